"""What operators say about contacts: two are one person, or they are not; and what is noted about one is not so."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.facts import ForgetFact, facts_shown
from wasl.store.journal import Journal
from wasl.store.merge_contacts import MergeContacts, Merged, UnmergeContacts
from wasl.web import contact_schemas
from wasl.web.answers import Json
from wasl.web.asked import OneFact, OneMerge, PathId, TwoContacts
from wasl.web.failures import CHANGE_FAILURES, failures
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]


class Contacts:
    """The calls that merge contacts and undo it, and those about what is known of them. Each change is one of the
    journal."""

    def __init__(self, journal: Journal, database: Database) -> None:
        self._journal = journal
        self._database = database

    def add_routes(self, router: APIRouter) -> None:
        """Put them on a router."""
        responses = CHANGE_FAILURES | failures(409)
        for path, endpoint in (("/contacts/merge", self.merge), ("/contacts/unmerge", self.unmerge)):
            model = contact_schemas.Merged
            router.add_api_route(path, endpoint, methods=["POST"], response_model=model, responses=responses)
        facts = contact_schemas.Facts
        router.add_api_route("/client/{user_id}/facts", self.facts, methods=["GET"], response_model=facts)
        router.add_api_route(
            "/contacts/forget-fact", self.forget, methods=["POST"], response_model=facts, responses=CHANGE_FAILURES
        )

    async def merge(self, me: Me, asked: TwoContacts) -> Response:
        """These two are one person. Every conversation keeps its number and its own way to the customer."""
        merged = await self._journal.submit(MergeContacts(me.account_id, me, asked.user_id, asked.other_user_id))
        log.info("contacts merged", account_id=me.account_id, operator_id=me.id, merge_id=merged.merge_id)
        return _answer(merged)

    async def unmerge(self, me: Me, asked: OneMerge) -> Response:
        """They are not: everything that went over goes back."""
        merged = await self._journal.submit(UnmergeContacts(me.account_id, me, asked.merge_id))
        log.info("contacts unmerged", account_id=me.account_id, operator_id=me.id, merge_id=merged.merge_id)
        return _answer(merged)

    async def facts(self, me: Me, user_id: PathId) -> Response:
        """What the assistant has noted about a contact, and goes by when it answers them."""
        return Json({"success": True, "facts": await self._facts(me, user_id)})

    async def forget(self, me: Me, asked: OneFact) -> Response:
        """It is not so, or nobody's business: the assistant knows it no more. Answers what is left."""
        forgotten = await self._journal.submit(ForgetFact(me.account_id, asked.user_id, asked.fact_id))
        log.info("fact forgotten", account_id=me.account_id, operator_id=me.id, was_known=forgotten)
        return Json({"success": True, "facts": await self._facts(me, asked.user_id)})

    async def _facts(self, me: Operator, user_id: str) -> list[dict[str, Any]]:
        return await self._database.read(lambda connection: facts_shown(connection, me.account_id, user_id))


def _answer(merged: Merged) -> Json:
    return Json(
        {
            "success": True,
            "merge_id": merged.merge_id,
            "user_id": merged.user_id,
            "other_user_id": merged.other_user_id,
        }
    )
