"""What is known of a customer beside their names: kept with the conversation in which it was learnt.

So it is the person's to whom that conversation belongs: it goes along when two customers turn out to be one, and comes
apart with them.
"""

from dataclasses import dataclass
from typing import Any

from wasl.clock import iso
from wasl.domain.events import EventKind
from wasl.errors import NotFound
from wasl.limits import CONTACT_FACTS_MAX
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.inbox import contact_id_of
from wasl.store.needs import Needs
from wasl.store.persons import user_of

_OF_PERSON = (
    "FROM conversations c JOIN contact_facts f ON f.conversation_key = c.conversation_key"
    " AND f.account_id = c.account_id WHERE c.user_id = ? AND c.account_id = ?"
)


def facts_of(connection: Connection, account_id: int, user_id: int) -> tuple[str, ...]:
    """What is known of a person, the newest first."""
    rows = connection.rows(f"SELECT f.fact_id, f.fact {_OF_PERSON}", (user_id, account_id))
    newest_first = dict.fromkeys(fact for _, fact in sorted(rows, reverse=True))
    return tuple(newest_first)[:CONTACT_FACTS_MAX]


def facts_shown(connection: Connection, account_id: int, user_id: str) -> list[dict[str, Any]]:
    """What is known of a person, the newest first, as the API shows it. Raises NotFound for somebody unknown."""
    person = _person(connection, account_id, user_id)
    rows = connection.rows(f"SELECT f.fact_id, f.fact, f.noted_ms {_OF_PERSON}", (person, account_id))
    unique: dict[str, tuple[int, int]] = {}
    for fact_id, fact, noted_ms in sorted(rows, reverse=True):
        unique.setdefault(fact, (fact_id, noted_ms))
    return [
        {"fact_id": str(fact_id), "fact": fact, "noted_at": iso(noted_ms)}
        for fact, (fact_id, noted_ms) in list(unique.items())[:CONTACT_FACTS_MAX]
    ]


def _person(connection: Connection, account_id: int, user_id: str) -> int:
    person = user_of(connection, account_id, contact_id_of(user_id))
    if person is None:
        raise NotFound("There is no such contact.")
    return person


@dataclass(frozen=True, slots=True)
class ForgetFact:
    """An operator says that something is not so, or nobody's business. Asked twice it changes nothing more."""

    account_id: int
    user_id: str
    fact_id: str

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Forget it, also where another conversation of theirs says the same; an event for each of their conversations.
        False when there is no such fact. Raises NotFound for somebody unknown."""
        person = _person(draft.connection, draft.account_id, self.user_id)
        rows = draft.connection.rows(f"SELECT f.fact_id, f.fact {_OF_PERSON}", (person, draft.account_id))
        fact = {str(fact_id): fact for fact_id, fact in rows}.get(self.fact_id)
        if fact is None:
            return False
        for conversation in draft.conversations_of_user(person):
            sql = "DELETE FROM contact_facts WHERE conversation_key = ? AND account_id = ? AND fact = ?"
            draft.connection.send(sql, (conversation.key, draft.account_id, fact))
            conversation.version = draft.next_sequence()
            parts = {"conversation": conversation.as_json(), "changed": "facts"}
            draft.append(EventKind.CONVERSATION_UPDATED, conversation, parts)
        return True


def note_fact(draft: Draft, conversation: Conversation, fact: str, operator_id: int | None) -> None:
    """Remember something about a customer, once. Of very much the oldest is forgotten."""
    sql = f"SELECT 1 {_OF_PERSON} AND f.fact = ? LIMIT 1"
    if draft.connection.rows(sql, (conversation.user_id, draft.account_id, fact)):
        return
    sql = (
        "INSERT INTO contact_facts (account_id, fact_id, conversation_key, fact, operator_id, noted_ms)"
        " SELECT ?, COALESCE(MAX(fact_id), 0) + 1, ?, ?, ?, ? FROM contact_facts WHERE account_id = ?"
    )
    row = (draft.account_id, conversation.key, fact, operator_id, draft.now_ms, draft.account_id)
    draft.connection.run(sql, row)
    sql = (
        "DELETE FROM contact_facts WHERE conversation_key = ? AND account_id = ? AND fact_id <= (SELECT fact_id"
        " FROM contact_facts WHERE conversation_key = ? AND account_id = ? ORDER BY fact_id DESC LIMIT 1 OFFSET ?)"
    )
    place = (conversation.key, draft.account_id)
    draft.connection.send(sql, (*place, *place, CONTACT_FACTS_MAX))
