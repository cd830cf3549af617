"""Turns of the assistant of which nobody knows whether they were ended: a backup that was put back remembers them."""

from dataclasses import dataclass

from wasl.domain.assistant import Reason
from wasl.domain.conversation import ConversationStatus
from wasl.domain.notes import Note, NoteCode
from wasl.store.answers import call_to, continuation_of
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.needs import Needs


def open_turns(connection: Connection) -> list[tuple[int, int]]:
    """The account and the conversation of each turn that was not ended."""
    sql = "SELECT account_id, conversation_key FROM turns ORDER BY account_id, conversation_key"
    return [(account_id, key) for account_id, key in connection.rows(sql)]


@dataclass(frozen=True, slots=True)
class GiveUpTurn:
    """Let nobody take a turn any more. If a customer waited for the assistant's answer, a person is called."""

    account_id: int
    conversation_key: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether a person was called. Nothing is said to the customer: they may have heard it already."""
        sql = "DELETE FROM turns WHERE account_id = ? AND conversation_key = ? RETURNING shadow"
        rows = draft.connection.rows(sql, (self.account_id, self.conversation_key))
        conversation = continuation_of(draft, draft.conversation(self.conversation_key))
        if not any(not shadow for (shadow,) in rows) or conversation.handover.status is not ConversationStatus.BOT:
            return False
        call_to(draft, conversation, Reason.FAILED, Note(NoteCode.BACKUP_RESTORED))
        return True
