"""The dashboard's built files, read once at the start and served from memory."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from wasl.errors import NotFound
from wasl.web.answers import failure

MISSING = "The dashboard is not built: run bin/setup (it needs Node 20), or install Wasl from its wheel."
# Never answered with the page: a program that mistypes an address must be told so.
_NEVER_PAGES = ("api", "webhooks", "assets", "socket.io")
_INDEX = "index.html"
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
_COMPRESSIBLE = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file in all of its encodings, the plain one under the empty name."""

    media_type: str
    encoded: Mapping[str, bytes]
    etag: str


class Dashboard:
    """Looks names up in memory, so that no address reaches any other file."""

    def __init__(self, folder: Traversable) -> None:
        self._assets = dict(_assets_of(folder)) if folder.is_dir() else {}

    async def show(self, request: Request) -> Response:
        """A file by its name; for every other address the page, whose own code then knows what to show."""
        path = request.path_params["path"]
        asset = self._assets.get(path)
        unknown_name = asset is None and path.split("/", 1)[0] in _NEVER_PAGES
        if unknown_name or request.method not in ("GET", "HEAD"):
            return failure(NotFound("There is nothing at this address."))
        index = self._assets.get(_INDEX)
        if index is None:
            return PlainTextResponse(MISSING, status_code=404 if path else 200)
        return _answer(request, path, asset) if asset is not None else _answer(request, _INDEX, index)


def dashboard_routes(folder: Traversable | None = None) -> list[Route]:
    """The routes for every address that no other route takes. They stand behind all others."""
    dashboard = Dashboard(folder or resources.files("wasl").joinpath("dashboard_build"))
    every_method = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [_LastResort("/{path:path}", dashboard.show, methods=every_method, include_in_schema=False)]


class _LastResort(Route):
    """Never more than a partial match: a known address that is asked with a wrong method says so itself (405)."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child_scope = super().matches(scope)
        return (Match.PARTIAL if match is Match.FULL else match), child_scope


def _assets_of(folder: Traversable, prefix: str = "") -> list[tuple[str, Asset]]:
    entries = {entry.name: entry for entry in folder.iterdir()}
    found = []
    for name, entry in entries.items():
        if entry.is_dir():
            found += _assets_of(entry, f"{prefix}{name}/")
        elif not name.endswith(tuple(_ENCODINGS.values())):
            packed = {word: entries.get(name + ending) for word, ending in _ENCODINGS.items()}
            found.append((prefix + name, _asset(name, entry.read_bytes(), packed)))
    return found


def _asset(name: str, plain: bytes, packed: Mapping[str, Traversable | None]) -> Asset:
    ending = "." + name.rpartition(".")[2]
    media_type = _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    encoded = {word: entry.read_bytes() for word, entry in packed.items() if entry is not None}
    if "gzip" not in encoded and media_type.startswith(_COMPRESSIBLE):
        encoded["gzip"] = gzip.compress(plain, mtime=0)
    smaller = {word: content for word, content in encoded.items() if len(content) < len(plain)}
    return Asset(media_type, {"": plain, **smaller}, hashlib.sha256(plain).hexdigest()[:16])


def _answer(request: Request, path: str, asset: Asset) -> Response:
    encoding = _best_encoding(request.headers.get("accept-encoding", ""), asset)
    # The entity tag names one representation: the packed one is another.
    etag = f'"{asset.etag}{"-" + encoding if encoding else ""}"'
    headers = {"ETag": etag, "Vary": "Accept-Encoding", "Cache-Control": _caching(path)}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(asset.encoded[encoding], headers=headers, media_type=asset.media_type)


def _caching(path: str) -> str:
    # Files below assets/ carry a fingerprint of their content in their name.
    return "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"


def _best_encoding(accepted: str, asset: Asset) -> str:
    words = {
        word.strip().lower()
        for word, _, quality in (part.partition(";") for part in accepted.split(","))
        if quality.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    }
    return next((word for word in _ENCODINGS if word in words and word in asset.encoded), "")
