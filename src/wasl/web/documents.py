"""Documents of the knowledge: brought as they are, cut into passages, and taken out of use again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from wasl.assistant.documents.limits import DOCUMENT_BYTES_MAX
from wasl.domain.people import Operator
from wasl.files.keeping import FileTooLarge
from wasl.flow.bring_knowledge import KnowledgeDesk
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.documents import ArchiveDocument, Document, living_documents
from wasl.store.journal import Journal
from wasl.store.message_row import Json as JsonObject
from wasl.store.team import Team
from wasl.web import knowledge_schemas as schemas
from wasl.web.answers import Json
from wasl.web.asked import PathId
from wasl.web.failures import CHANGE_FAILURES, NOT_READ, READ_FAILURES, failures
from wasl.web.knowledge_faces import name_of, number_of
from wasl.web.session import signed_in
from wasl.web.uploads import FileName, chunks_of, storable_name

Me = Annotated[Operator, Depends(signed_in)]
STREAMED = frozenset((("POST", "/api/live-chat/knowledge/documents"),))
"""What reads its own body."""
_BODY = {
    "required": True,
    "description": f"The document as it is, at most {DOCUMENT_BYTES_MAX // (1024 * 1024)} MB: text, Markdown, PDF, a"
    " spreadsheet (.xlsx, .csv) or a saved web page.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


class DocumentCalls:
    """The calls about documents."""

    def __init__(self, database: Database, journal: Journal, team: Team, desk: KnowledgeDesk) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._desk = desk

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["knowledge"], responses=READ_FAILURES)
        path = "/knowledge/documents"
        router.add_api_route(path, self.documents, methods=["GET"], response_model=schemas.Documents)
        router.add_api_route(
            path,
            self.bring,
            methods=["POST"],
            response_model=schemas.DocumentBrought,
            responses=CHANGE_FAILURES | failures(409, 429) | NOT_READ,
            openapi_extra={"requestBody": _BODY},
        )
        router.add_api_route(
            f"{path}/{{document_id}}",
            self.archive,
            methods=["DELETE"],
            response_model=schemas.DocumentGone,
            responses=CHANGE_FAILURES,
        )
        return router

    async def documents(self, me: Me) -> Response:
        """The documents whose passages are in use."""
        found = await self._database.read(lambda connection: living_documents(connection, me.account_id))
        return Json({"success": True, "documents": [self._face(document) for document in found]})

    async def bring(
        self,
        request: Request,
        me: Me,
        name: FileName = "",
        content_type: Annotated[str, Header(description="A hint: the bytes decide.")] = "",
    ) -> Response:
        """Bring a document. It is cut into passages, which are in use at once; a table with columns of questions and
        answers becomes entries. It takes the place of a document of the same name; the same bytes are known again."""
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:20]) > DOCUMENT_BYTES_MAX:
            raise FileTooLarge(f"A document may have at most {DOCUMENT_BYTES_MAX // (1024 * 1024)} MB.")
        added = await self._desk.bring(me.account_id, me.id, chunks_of(request), storable_name(name), content_type)
        return Json(
            {
                "success": True,
                "document": self._face(added.document),
                "passages": added.document.passages,
                "is_new": added.is_new,
                "replaced": str(added.replaced) if added.replaced is not None else None,
            }
        )

    async def archive(self, me: Me, document_id: PathId) -> Response:
        """Take a document and its passages out of use."""
        await self._journal.submit(ArchiveDocument(me.account_id, me.id, number_of(document_id, "document")))
        log.info("document archived", account_id=me.account_id, operator_id=me.id, document_id=document_id)
        return Json({"success": True, "document_id": document_id})

    def _face(self, document: Document) -> JsonObject:
        shown = document.as_json()
        return {**shown, "created_by_name": name_of(self._team, shown["created_by"])}
