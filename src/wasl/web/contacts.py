"""What operators say about contacts: two are one person, or they are not."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.observe import log
from wasl.store.journal import Journal
from wasl.store.merge_contacts import MergeContacts, Merged, UnmergeContacts
from wasl.web import contact_schemas
from wasl.web.answers import Json
from wasl.web.asked import OneMerge, TwoContacts
from wasl.web.failures import CHANGE_FAILURES, failures
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]


class Contacts:
    """The calls that merge contacts and undo it. Each is one change of the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def add_routes(self, router: APIRouter) -> None:
        """Put them on a router."""
        responses = CHANGE_FAILURES | failures(409)
        for path, endpoint in (("/contacts/merge", self.merge), ("/contacts/unmerge", self.unmerge)):
            model = contact_schemas.Merged
            router.add_api_route(path, endpoint, methods=["POST"], response_model=model, responses=responses)

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


def _answer(merged: Merged) -> Json:
    return Json(
        {
            "success": True,
            "merge_id": merged.merge_id,
            "user_id": merged.user_id,
            "other_user_id": merged.other_user_id,
        }
    )
