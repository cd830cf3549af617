"""The part of the control API about files: what was brought, and what goes wrong with them on demand."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from wasl.emulator.asked import Asked
from wasl.emulator.media import Media, Trouble
from wasl.emulator.whatsapp import Emulator
from wasl.errors import Invalid

_PIECES = 20


async def show_media(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Answer a file, whoever brought it."""
    media = emulator.media.find(request.path_params["media_id"])
    content = base64.b64encode(media.content).decode()
    return {"media_id": media.media_id, "mime_type": media.mime_type, "name": media.name, "content": content}


async def list_brought(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Answer the ids of what a business's number has brought, in order."""
    return {"media_ids": emulator.media.brought(request.query_params.get("phone_number_id", ""))}


async def forget_media(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Know nothing of a file any more, as after thirty days."""
    emulator.media.forget(request.path_params["media_id"])
    return {}


async def trouble_media(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Let the next `times` downloads of a file answer `status`, come over `seconds`, or come `broken`."""
    asked = (await Asked.of(request)).fields
    if not set(asked) <= {"times", "status", "seconds", "broken"}:
        raise Invalid("What may go wrong with a file has times, status, seconds and broken.")
    trouble = Trouble(
        times=int(asked.get("times", 1)),
        status=int(asked.get("status", 200)),
        seconds=float(asked.get("seconds", 0.0)),
        broken=bool(asked.get("broken")),
    )
    emulator.media.trouble(request.path_params["media_id"], trouble)
    return {}


def troubled(media: Media, trouble: Trouble) -> Response:
    """A download as somebody wanted it to go."""
    if trouble.status != 200:
        return Response("Out of order", status_code=trouble.status, media_type="text/plain")
    content = media.content[:-1] + bytes([media.content[-1] ^ 1]) if trouble.broken else media.content
    size = max(1, len(content) // _PIECES)

    async def slowly() -> AsyncIterator[bytes]:
        for start in range(0, len(content), size):
            await anyio.sleep(trouble.seconds / _PIECES)
            yield content[start : start + size]

    return StreamingResponse(slowly(), media_type=media.mime_type, headers={"Content-Length": str(len(content))})
