"""A file in a form (RFC 7578), read while it leaves: it may be larger than what should stand in memory."""

import secrets
from collections.abc import AsyncIterator, Mapping

from wasl.channels.adapter import Upload


class FileForm:
    """Some fields, and one file under the name `file`. `chunks` may be read once."""

    def __init__(self, fields: Mapping[str, str], file: Upload) -> None:
        boundary = secrets.token_hex(16)
        parts = [_part(boundary, f'name="{name}"', "") + value.encode() for name, value in fields.items()]
        about = f'name="file"; filename="{_quoted(file.name)}"'
        parts.append(_part(boundary, about, f"Content-Type: {file.mime_type}\r\n"))
        self._before = b"".join(parts)
        self._after = f"\r\n--{boundary}--\r\n".encode()
        self._file = file
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self._before) + file.bytes + len(self._after)),
        }

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self._before
        async for chunk in self._file.chunks:
            yield chunk
        yield self._after


def _part(boundary: str, about: str, more: str) -> bytes:
    return f"\r\n--{boundary}\r\nContent-Disposition: form-data; {about}\r\n{more}\r\n".encode()


def _quoted(name: str) -> str:
    return name.replace("%", "%25").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
