"""What an account knows: its entries, who changed them, and what customers asked in vain."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.flow.gather_questions import QuestionGatherer
from wasl.flow.shelf import Shelf
from wasl.limits import ID_CHARACTERS_MAX, SEARCH_CHARACTERS_MAX
from wasl.observe import log
from wasl.store.database import Connection, Database
from wasl.store.entries import AddEntry, ArchiveEntry, ChangeEntry
from wasl.store.journal import Journal
from wasl.store.knowledge import KnowledgeEntry, Wording
from wasl.store.knowledge_pages import PLACE_FORM, EntryPage, EntryQuery, entry_changes, entry_page, topics_of
from wasl.store.limits import TOPIC_CHARACTERS_MAX
from wasl.store.message_row import Json as JsonObject
from wasl.store.team import Team
from wasl.store.unanswered import DismissGroup, Group, open_groups
from wasl.web import knowledge_schemas as schemas
from wasl.web.answers import Json
from wasl.web.asked import CURSOR_MAX, PathId
from wasl.web.failures import CHANGE_FAILURES, READ_FAILURES, failures
from wasl.web.knowledge_faces import entry_face, match_face, name_of, newest_named, number_of
from wasl.web.limits import ENTRIES_PER_PAGE, ENTRIES_PER_PAGE_MAX
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]
Words = Annotated[str, Query(max_length=SEARCH_CHARACTERS_MAX, description="Words that all stand in it somewhere.")]
Topic = Annotated[str, Query(max_length=TOPIC_CHARACTERS_MAX, description="Only what is about this.")]
DocumentId = Annotated[str, Query(max_length=ID_CHARACTERS_MAX, description="Only the passages of this document.")]
Place = Annotated[
    str,
    Query(
        max_length=CURSOR_MAX,
        description="`next_cursor` of the page before.",
        json_schema_extra={"pattern": f"^({PLACE_FORM.pattern})?$"},
    ),
]
NEAREST = 3
"""Entries that are shown beside what was asked in vain."""


class KnowledgeCalls:
    """Each change is one of the journal, and every node answers by it from the next question on."""

    def __init__(
        self, database: Database, journal: Journal, team: Team, shelf: Shelf, gatherer: QuestionGatherer
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._shelf = shelf
        self._gatherer = gatherer

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["knowledge"], responses=READ_FAILURES)
        changing = CHANGE_FAILURES | failures(409)
        one = "/knowledge/entries/{entry_id}"
        dismiss = "/knowledge/unanswered/{group_id}/dismiss"
        for path, endpoint, method, model, responses in (
            ("/knowledge/entries", self.entries, "GET", schemas.Entries, {}),
            ("/knowledge/entries", self.add, "POST", schemas.OneEntry, changing),
            (one, self.change, "PUT", schemas.OneEntry, CHANGE_FAILURES | schemas.NOT_NEWEST),
            (one, self.archive, "DELETE", schemas.OneEntry, CHANGE_FAILURES),
            (f"{one}/changes", self.changes, "GET", schemas.EntryChanges, {}),
            ("/knowledge/unanswered", self.unanswered, "GET", schemas.Unanswered, {}),
            (dismiss, self.dismiss, "POST", schemas.Dismissed, changing),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=model, responses=responses)
        return router

    async def entries(
        self,
        me: Me,
        search: Words = "",
        topic: Topic = "",
        archived: Annotated[bool, Query(description="Those that are out of use instead.")] = False,
        cursor: Place = "",
        limit: Annotated[int, Query(ge=1, le=ENTRIES_PER_PAGE_MAX)] = ENTRIES_PER_PAGE,
        document_id: DocumentId = "",
        passages: Annotated[bool, Query(description="Passages of documents among them.")] = True,
    ) -> Response:
        """A page of what the account knows."""
        query = EntryQuery(
            search=search,
            topic=topic or None,
            archived=archived,
            cursor=cursor or None,
            limit=limit,
            document_id=number_of(document_id, "document") if document_id else None,
            passages=passages,
        )

        def read(connection: Connection) -> tuple[EntryPage, list[str]]:
            return entry_page(connection, me.account_id, query), topics_of(connection, me.account_id)

        page, topics = await self._database.read(read)
        return Json(
            {
                "success": True,
                "entries": [self._face(entry) for entry in page.entries],
                "next_cursor": page.next_cursor,
                "total": page.total,
                "topics": topics,
            }
        )

    async def add(self, me: Me, asked: schemas.AddedEntry) -> Response:
        """Write an entry."""
        group_id = number_of(asked.answers_group, "group of questions") if asked.answers_group is not None else None
        entry = await self._journal.submit(AddEntry(me.account_id, me.id, wording_of(asked), group_id))
        return self._one(me, entry, "entry added")

    async def change(self, me: Me, entry_id: PathId, asked: schemas.ChangedEntry) -> Response:
        """Let an entry say something else, or bring one back that was archived."""
        number = number_of(entry_id, "entry")
        change = ChangeEntry(me.account_id, me.id, number, wording_of(asked), asked.version, asked.archived)
        with newest_named(self._team):
            entry = await self._journal.submit(change)
        return self._one(me, entry, "entry changed")

    async def archive(self, me: Me, entry_id: PathId) -> Response:
        """Take an entry out of use. What was said with it keeps its source."""
        entry = await self._journal.submit(ArchiveEntry(me.account_id, me.id, number_of(entry_id, "entry")))
        return self._one(me, entry, "entry archived")

    async def changes(self, me: Me, entry_id: PathId) -> Response:
        """Who changed an entry, when, and from which message."""
        number = number_of(entry_id, "entry")
        found = await self._database.read(lambda connection: entry_changes(connection, me.account_id, number))
        changes = [{**change, "operator_name": name_of(self._team, change["operator_id"])} for change in found]
        return Json({"success": True, "entry_id": entry_id, "changes": changes})

    async def unanswered(self, me: Me) -> Response:
        """What customers asked in vain: the largest groups of what means the same, each with what is known that comes
        nearest."""
        await self._gatherer.gather(me.account_id)
        groups = await self._database.read(lambda connection: open_groups(connection, me.account_id))
        return Json({"success": True, "groups": [await self._group(me.account_id, group) for group in groups]})

    async def dismiss(self, me: Me, group_id: PathId) -> Response:
        """Nobody needs an answer to these questions; for a while they do not come back."""
        await self._journal.submit(DismissGroup(me.account_id, number_of(group_id, "group of questions")))
        log.info("questions dismissed", account_id=me.account_id, operator_id=me.id, group_id=group_id)
        return Json({"success": True, "group_id": group_id})

    async def _group(self, account_id: int, group: Group) -> JsonObject:
        nearest = await self._shelf.search(account_id, group.question, group.language, NEAREST)
        return {
            "group_id": str(group.group_id),
            "question": group.question,
            "language": group.language,
            "count": group.count,
            "examples": group.examples,
            "nearest": [match_face(match) for match in nearest],
        }

    def _one(self, me: Operator, entry: KnowledgeEntry, event: str) -> Json:
        log.info(event, account_id=me.account_id, operator_id=me.id, entry_id=entry.entry_id)
        return Json({"success": True, "entry": self._face(entry)})

    def _face(self, entry: KnowledgeEntry) -> JsonObject:
        return entry_face(self._team, entry.as_json())


def wording_of(asked: schemas.NewEntry) -> Wording:
    """What is asked for, without what is said twice."""
    phrasings = tuple(one for one in dict.fromkeys(asked.phrasings) if one != asked.question)
    return Wording(asked.question, asked.answers, phrasings, asked.topic)
