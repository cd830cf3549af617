"""Files that operators bring to be sent, and files of customers that they ask for once more.

A file comes as the body of its request, as it is, and is written to its store while it comes: it is never in memory as
a whole, and not bound by the limit of other bodies.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from wasl.domain.message import MessageType
from wasl.domain.people import Operator
from wasl.errors import Invalid
from wasl.files.keeping import FileTooLarge
from wasl.files.limits import FILE_BYTES_MAX
from wasl.flow.bring_files import Brought, FileDesk
from wasl.observe import log
from wasl.store.journal import Journal
from wasl.store.media_jobs import FetchAgain
from wasl.web import media_schemas as schemas
from wasl.web.answers import Json
from wasl.web.asked import OneMessage
from wasl.web.failures import CHANGE_FAILURES, failures
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]
STREAMED = frozenset((("POST", "/api/live-chat/uploads"),))
"""What reads its own body."""
_NAME_CHARACTERS_MAX = 1_000
FileName = Annotated[
    str,
    Query(
        max_length=_NAME_CHARACTERS_MAX,
        description="What the file is called.",
        json_schema_extra={"pattern": r"^[^\u0000]*$"},
    ),
]
_BODY = {
    "required": True,
    "description": f"The file as it is, at most {FILE_BYTES_MAX // (1024 * 1024)} MB.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


class Uploads:
    """The calls about files, except the one that shows them."""

    def __init__(self, desk: FileDesk, journal: Journal) -> None:
        self._desk = desk
        self._journal = journal

    def router(self) -> APIRouter:
        """To be put below `/api/live-chat`."""
        router = APIRouter(tags=["files"], responses=CHANGE_FAILURES)
        router.add_api_route(
            "/uploads",
            self.bring,
            methods=["POST"],
            response_model=schemas.Brought,
            responses=failures(415, 429),
            openapi_extra={"requestBody": _BODY},
        )
        router.add_api_route("/uploads/{upload_id}", self.forget, methods=["DELETE"], response_model=schemas.Forgotten)
        router.add_api_route(
            "/fetch-media",
            self.fetch_again,
            methods=["POST"],
            response_model=schemas.FetchedAgain,
            responses=failures(409),
        )
        return router

    async def bring(
        self,
        request: Request,
        me: Me,
        name: FileName = "",
        kind: Annotated[
            schemas.UploadKind | None,
            Query(description="As what it is to be sent; without it, as what it is. A recording is `voice`."),
        ] = None,
        content_type: Annotated[str, Header(description="A hint: the bytes decide.")] = "",
    ) -> Response:
        """Bring a file, to be named by `upload_id` in `/send-message` within a day. It is looked at, brought within
        WhatsApp's limits where it can be, and refused where nobody should be sent it."""
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:20]) > FILE_BYTES_MAX:
            raise FileTooLarge(f"A file may have at most {FILE_BYTES_MAX // (1024 * 1024)} MB.")
        brought = Brought(storable_name(name), content_type, MessageType(kind.value) if kind else None)
        kept = await self._desk.bring(me, chunks_of(request), brought)
        log.info("file brought", operator_id=me.id, kind=kept.kind.value, bytes=kept.file.bytes)
        return Json({"success": True, "upload": kept.as_json()})

    async def forget(self, me: Me, upload_id: Annotated[str, Path(max_length=64)]) -> Response:
        """Give up a file that was brought and is not to be sent."""
        await self._desk.forget(me, upload_id)
        return Json({"success": True, "upload_id": upload_id})

    async def fetch_again(self, me: Me, asked: OneMessage) -> Response:
        """Fetch the file of a customer's message once more, after it could not be had."""
        message = await self._journal.submit(FetchAgain(me.account_id, asked.conversation_id, asked.message_id))
        return Json({"success": True, "message": message.as_json()})


async def chunks_of(request: Request) -> AsyncIterator[bytes]:
    """The body of a request as it comes. Raises Invalid `cut_short`."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise Invalid("The file did not come whole.", code="cut_short") from error


def storable_name(name: str) -> str:
    """What a file is called, as it can be stored."""
    # Half a character cannot be stored as text: it has no encoding.
    return name.encode("utf-8", "replace").decode("utf-8")
