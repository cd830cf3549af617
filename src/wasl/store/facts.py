"""What is known of a customer beside their names: kept with the conversation in which it was learnt.

So it is the person's to whom that conversation belongs: it goes along when two customers turn out to be one, and comes
apart with them.
"""

from wasl.limits import CONTACT_FACTS_MAX
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft

_OF_PERSON = (
    "FROM conversations c JOIN contact_facts f ON f.conversation_key = c.conversation_key"
    " AND f.account_id = c.account_id WHERE c.user_id = ? AND c.account_id = ?"
)


def facts_of(connection: Connection, account_id: int, user_id: int) -> tuple[str, ...]:
    """What is known of a person, the newest first."""
    rows = connection.rows(f"SELECT f.fact_id, f.fact {_OF_PERSON}", (user_id, account_id))
    newest_first = dict.fromkeys(fact for _, fact in sorted(rows, reverse=True))
    return tuple(newest_first)[:CONTACT_FACTS_MAX]


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
