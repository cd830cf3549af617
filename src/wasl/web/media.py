"""Files on their way to a browser, or to a provider that fetches them from a link.

An operator's browser asks by the file's hash with its session and is led on to a link that is good for minutes and
needs no session: players ask for parts of a file many times, and a provider has no session at all. What could hold a
program is never shown, only handed over.
"""

import base64
import binascii
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256 as digest
from typing import Annotated
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Path, Query
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from wasl.clock import now_ms
from wasl.domain.people import Operator
from wasl.errors import NotFound, WaslError
from wasl.files.keeping import FileStore
from wasl.files.kinds import OCTETS, FileKind
from wasl.files.limits import MEDIA_LINK_SECONDS, MEDIA_LINK_SENT_SECONDS
from wasl.store.database import Database
from wasl.store.files import StoredFile, find_file
from wasl.web.answers import Unbroken, failure
from wasl.web.failures import READ_FAILURES
from wasl.web.session import signed_in

LINK_KEY = "media links"
"""What the key that signs links is derived for."""
Me = Annotated[Operator, Depends(signed_in)]
Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_MAC_BYTES = 16
_PLAIN_NAME = re.compile(r"[^A-Za-z0-9._ -]")
_ALONE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'"
"""For whoever opens the file itself: a page that can do nothing and reach nothing."""
_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf"
"""A browser's own viewer does not work in a sandbox; it runs nothing of the file's."""


class LinkEnded(WaslError):
    """The link was good once, or never was."""

    http_status = 404
    code = "link_ended"


class Purpose(IntEnum):
    """What a link is for."""

    SHOW = 0
    SAVE = 1
    SEND = 2
    """A provider fetches it, and must hear what it is."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link names."""

    account_id: int
    sha256: str
    purpose: Purpose = Purpose.SHOW


class MediaLinks:
    """Makes links and believes only its own."""

    def __init__(self, key: bytes, public_url: str | None) -> None:
        self._key = key
        self._public_url = (public_url or "").rstrip("/")

    def path(self, linked: Linked, name: str, seconds: int) -> str:
        """A path on this server that is good for so long. The name is for whoever saves the file."""
        named = [linked.account_id, linked.sha256, int(linked.purpose), now_ms() // 1000 + seconds]
        token = _text(orjson.dumps(named))
        shown = "".join(filter(str.isprintable, name)) or "file"
        return f"/media/{token}.{_text(self._mac(token))}/{quote(shown, safe='')}"

    def address(self, account_id: int, sha256: str, name: str) -> str | None:
        """Where a provider may fetch a file; None when nobody knows how we are reached."""
        linked = Linked(account_id, sha256, Purpose.SEND)
        return f"{self._public_url}{self.path(linked, name, MEDIA_LINK_SENT_SECONDS)}" if self._public_url else None

    def linked(self, token: str) -> Linked:
        """What a link names. Raises LinkEnded."""
        named, _, mac = token.partition(".")
        try:
            # As text: several texts stand for the same bytes, and only one of them is ours.
            if not hmac.compare_digest(mac, _text(self._mac(named))):
                raise LinkEnded("This link is not one of ours.")
            account_id, sha256, purpose, ends = orjson.loads(_bytes(named))
        except (binascii.Error, ValueError, TypeError) as error:
            raise LinkEnded("This link is not one of ours.") from error
        if ends <= now_ms() // 1000:
            raise LinkEnded("This link is too old. Open the conversation again.")
        return Linked(account_id, sha256, Purpose(purpose))

    def _mac(self, token: str) -> bytes:
        return hmac.new(self._key, token.encode(), digest).digest()[:_MAC_BYTES]


class MediaDoor:
    """The two addresses of a file."""

    def __init__(self, database: Database, files: FileStore, links: MediaLinks) -> None:
        self._database = database
        self._files = files
        self._links = links

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["live chat"], responses=READ_FAILURES)
        router.add_api_route(
            "/media/{sha256}", self.lead_on, methods=["GET"], status_code=302, response_class=RedirectResponse
        )
        return router

    def route(self) -> Route:
        """Where links lead."""
        path, unbroken = "/media/{token}/{name:path}", [Middleware(Unbroken)]
        return Route(path, self.give, methods=["GET", "HEAD"], middleware=unbroken)

    async def lead_on(
        self,
        me: Me,
        sha256: Hash,
        name: Annotated[str, Query(max_length=300, json_schema_extra={"pattern": r"^[^\u0000]*$"})] = "",
        download: Annotated[bool, Query(description="Hand it over instead of showing it.")] = False,
    ) -> Response:
        """Lead on to a link to a file of this account, good for ten minutes."""
        found = await self._database.read(lambda connection: find_file(connection, me.account_id, sha256))
        if found is None:
            raise NotFound("There is no such file.", code="file_gone")
        linked = Linked(me.account_id, sha256, Purpose.SAVE if download else Purpose.SHOW)
        path = self._links.path(linked, name, MEDIA_LINK_SECONDS)
        headers = {"Cache-Control": f"private, max-age={MEDIA_LINK_SECONDS // 2}"}
        return RedirectResponse(path, status_code=302, headers=headers)

    async def give(self, request: Request) -> Response:
        """A file, or a part of it, to whoever has its link."""
        try:
            linked = self._links.linked(request.path_params["token"])
            file = await self._database.read(lambda connection: find_file(connection, linked.account_id, linked.sha256))
            if file is None:
                raise LinkEnded("The file is gone.")
            return await self._answer(request, linked, file)
        except WaslError as error:
            return failure(error)

    async def _answer(self, request: Request, linked: Linked, file: StoredFile) -> Response:
        headers = _headers(file, request.path_params["name"], linked.purpose)
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers={"ETag": headers["ETag"]})
        status, start, end = _part(request.headers.get("range", ""), file.bytes)
        if status == 416:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{file.bytes}"})
        headers["Content-Length"] = str(end - start)
        if status == 206:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.bytes}"
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        chunks = self._files.read(linked.account_id, linked.sha256, start, end)
        # Whether it can be had is known with its first bytes, when there is still time to say so.
        first = await anext(chunks, b"")
        return StreamingResponse(_after(first, chunks), status_code=status, headers=headers)


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


def _headers(file: StoredFile, name: str, purpose: Purpose) -> dict[str, str]:
    kind = FileKind(file.mime_type)
    inline = kind.shown_inline and purpose is Purpose.SHOW
    told = kind.shown_inline or purpose is Purpose.SEND
    plain = _PLAIN_NAME.sub("_", name) or "file"
    way = "inline" if inline else "attachment"
    return {
        "Content-Type": file.mime_type if told else OCTETS,
        "Content-Disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": _PDF if file.mime_type == "application/pdf" else _ALONE,
        "Cache-Control": f"private, max-age={MEDIA_LINK_SECONDS}, immutable",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }


def _part(asked: str, size: int) -> tuple[int, int, int]:
    """Status, start and end of what a Range header asks for; one that is not understood asks for everything."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or (not match[1] and not match[2]):
        return 200, 0, size
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(size, int(match[2]) + 1) if match[2] else size
    return (206, start, end) if start < end else (416, 0, 0)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
