"""The handset page: a phone on which a person plays any customer. The page itself lies in `handset/`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from wasl.emulator.limits import EMULATOR_STREAM_PAUSE_SECONDS
from wasl.emulator.whatsapp import Emulator
from wasl.errors import NotFound

FOLDER = Path(__file__).parent / "handset"
FILES = {
    "handset.css": "text/css",
    "handset.js": "text/javascript",
    "bubbles.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_NO_GUESSING = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-cache"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {**_NO_GUESSING, "Content-Security-Policy": _POLICY, "Cross-Origin-Opener-Policy": "same-origin"}
MEDIA_HEADERS = {**_NO_GUESSING, "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}
"""A file may say of itself that it is a page or a script, and its sender may be anybody."""
_HEARTBEAT_SECONDS = 15.0


def routes() -> list[Route]:
    return [
        Route("/", index, methods=["GET"]),
        Route("/handset", page, methods=["GET"]),
        Route("/handset/{name}", part, methods=["GET"]),
    ]


def live_routes() -> list[Route]:
    """Return what the page reads beside the control API; it stands under the same prefix."""
    return [Route("/changes", changes, methods=["GET"]), Route("/media/{media_id}", media, methods=["GET"])]


async def index(request: Request) -> Response:
    return RedirectResponse("/handset")


async def page(request: Request) -> Response:
    return FileResponse(FOLDER / "handset.html", headers=HEADERS)


async def part(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    return FileResponse(FOLDER / name, media_type=FILES[name], headers=HEADERS)


async def changes(request: Request) -> Response:
    """Stream a number that grows whenever something changed; the page then reads again what it shows."""
    emulator: Emulator = request.app.state.emulator
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(_frames(emulator), media_type="text/event-stream", headers=headers)


async def media(request: Request) -> Response:
    """Show a file to the person who plays a customer; the business must use the Cloud API."""
    emulator: Emulator = request.app.state.emulator
    try:
        found = emulator.media.find(request.path_params["media_id"])
    except NotFound as error:
        return Response(error.message, status_code=404, media_type="text/plain")
    return Response(found.content, media_type=found.mime_type, headers=MEDIA_HEADERS)


async def _frames(emulator: Emulator) -> AsyncIterator[bytes]:
    seen = emulator.changes.count
    yield f"retry: 1000\ndata: {seen}\n\n".encode()
    while not emulator.changes.closed:
        try:
            async with asyncio.timeout(_HEARTBEAT_SECONDS):
                seen = await emulator.changes.after(seen)
            yield f"data: {seen}\n\n".encode()
            await asyncio.sleep(EMULATOR_STREAM_PAUSE_SECONDS)
        except TimeoutError:
            yield b": still here\n\n"
