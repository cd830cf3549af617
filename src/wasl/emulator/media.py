"""Files that the emulator keeps: uploaded by the business, or sent by customers."""

import base64
import hashlib
import secrets
import struct
import zlib
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message

from wasl.clock import monotonic
from wasl.emulator import sample_files
from wasl.emulator.ids import new_media_id
from wasl.emulator.limits import EMULATOR_MEDIA_KEPT_BYTES_MAX, EMULATOR_MEDIA_URL_SECONDS
from wasl.errors import NotFound, TooLarge


@dataclass(frozen=True, slots=True)
class Media:
    """One file."""

    media_id: str
    content: bytes
    mime_type: str
    name: str
    brought_by: str = ""
    """The business's number that brought it; nothing for a customer's."""

    @property
    def sha256_hex(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sha256_base64(self) -> str:
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with the next `times` downloads of a file."""

    times: int = 1
    status: int = 200
    seconds: float = 0.0
    broken: bool = False


class MediaStore:
    """All files by id; the oldest go when there are too many bytes. Download addresses live five minutes."""

    def __init__(self) -> None:
        self._files: dict[str, Media] = {}
        self._bytes = 0
        self._addresses: dict[str, tuple[str, float]] = {}
        self._samples: dict[str, str] = {}
        self._troubles: dict[str, Trouble] = {}

    def keep(self, content: bytes, mime_type: str, name: str, brought_by: str = "") -> Media:
        if len(content) > EMULATOR_MEDIA_KEPT_BYTES_MAX:
            raise TooLarge(f"All files together may have {EMULATOR_MEDIA_KEPT_BYTES_MAX} bytes.")
        media = Media(new_media_id(), content, mime_type, name, brought_by)
        self._files[media.media_id] = media
        self._bytes += len(content)
        while self._bytes > EMULATOR_MEDIA_KEPT_BYTES_MAX:
            oldest = self._files.pop(next(iter(self._files)))
            self._bytes -= len(oldest.content)
        return media

    def find(self, media_id: str) -> Media:
        """Return a file; raise NotFound."""
        if media_id not in self._files:
            raise NotFound(f"There is no file {media_id}.")
        return self._files[media_id]

    def brought(self, phone_number_id: str) -> list[str]:
        """The ids of what a business's number has brought, in order."""
        return [media.media_id for media in self._files.values() if media.brought_by == phone_number_id]

    def forget(self, media_id: str) -> None:
        """Know nothing of a file any more; raise NotFound."""
        self._bytes -= len(self.find(media_id).content)
        del self._files[media_id]

    def trouble(self, media_id: str, trouble: Trouble) -> None:
        """Let something go wrong with a file; raise NotFound."""
        self.find(media_id)
        self._troubles[media_id] = trouble

    def next_trouble(self, media_id: str) -> Trouble | None:
        """What goes wrong with this download."""
        trouble = self._troubles.pop(media_id, None)
        if trouble is not None and trouble.times > 1:
            self._troubles[media_id] = replace(trouble, times=trouble.times - 1)
        return trouble

    def __contains__(self, media_id: object) -> bool:
        return media_id in self._files

    def open_address(self, media_id: str) -> str:
        """Return a new word under which this file can be downloaded for five minutes."""
        now = monotonic()
        self._addresses = {word: held for word, held in self._addresses.items() if held[1] > now}
        word = secrets.token_urlsafe(24)
        self._addresses[word] = (media_id, now + EMULATOR_MEDIA_URL_SECONDS)
        return word

    def at_address(self, word: str) -> Media:
        """Return the file of a download address; raise NotFound when it is unknown or older than five minutes."""
        media_id, ends = self._addresses.get(word, ("", 0.0))
        if ends <= monotonic():
            raise NotFound("This address is not valid any more.")
        return self.find(media_id)

    def sample(self, kind: str) -> str:
        """Return the id of a small invented file, so that a customer can send one without uploading it."""
        if self._samples.get(kind) not in self._files:
            mime_type, name, content = _sample_file(kind)
            self._samples[kind] = self.keep(content, mime_type, name).media_id
        return self._samples[kind]


def read_form(content_type: str, body: bytes) -> dict[str, tuple[bytes, str, str]]:
    """Return the parts of a multipart body: name → (content, MIME type, file name). An unreadable body has none."""
    declared = Message()
    declared["Content-Type"] = content_type
    boundary = declared.get_boundary("")
    form: dict[str, tuple[bytes, str, str]] = {}
    if not boundary:
        return form
    # Cut by hand: the standard library's mail parser is made for text and is free to change line ends.
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        headers = message_from_bytes(head.strip())
        name = headers.get_param("name", header="content-disposition")
        if isinstance(name, str):
            form[name] = (content, headers.get_content_type(), headers.get_filename() or "")
    return form


def _sample_file(kind: str) -> tuple[str, str, bytes]:
    """Return MIME type, name and bytes."""
    match kind:
        case "image":
            return "image/png", "cedar.png", _picture()
        case "document":
            return "application/pdf", "price-list.pdf", _DOCUMENT
        case "video":
            return "video/mp4", "clip.mp4", sample_files.film()
        case "sticker":
            return "image/webp", "sticker.webp", sample_files.sticker()
        case _:
            return "audio/ogg; codecs=opus", "voice.ogg", sample_files.voice_note()


def _picture(side: int = 96) -> bytes:
    """Draw a PNG of a green slope under a light sky."""
    rows = bytearray()
    for y in range(side):
        rows.append(0)
        for x in range(side):
            sky = y < side - x // 2 - side // 4
            rows += bytes((190 - y // 2, 220, 240)) if sky else bytes((40 + x // 2, 120 + y // 2, 70))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


_DOCUMENT = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 40>>stream
BT /F 18 Tf 40 110 Td (Price list) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
