"""A customer who writes while nobody is there, and whom no assistant answers, hears when somebody will be: once."""

from dataclasses import dataclass

from wasl.domain.assistant import Reason
from wasl.domain.handover import Handover
from wasl.store.answers import tell_customer
from wasl.store.conversation_row import Conversation
from wasl.store.draft import Draft
from wasl.store.last_words import was_told
from wasl.store.needs import Needs
from wasl.store.turns import Turn, end_turn, is_left_alone, still_tells
from wasl.store.window import window_is_open


@dataclass(frozen=True, slots=True)
class TellAway:
    """Tell the customer of a turn that nobody is there, unless they know, or somebody is all the same."""

    turn: Turn
    text: str | None
    """None: somebody is there by now."""
    until_ms: int
    closed_since_ms: int
    """Since when nobody should be there: whoever has written since then is there all the same."""
    windowed: bool = True
    """Whether the channel takes free text only while the customer's window is open."""

    @property
    def account_id(self) -> int:
        return self.turn.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether they were told. Unless a draft is still to be made, it is all that there was to do."""
        counts = still_tells(draft, self.turn)
        if not self.turn.shadow:
            end_turn(draft, self.turn)
        if not counts:
            return False
        conversation = draft.conversation(self.turn.conversation_key)
        if self.text is None or not is_left_alone(conversation, draft.now_ms):
            return False
        if self._somebody_is_there(draft, conversation) or self._has_heard(draft, conversation):
            return False
        if self.windowed and not window_is_open(draft, conversation):
            return False
        tell_customer(draft, conversation, self.text, windowed=self.windowed, until_ms=self.until_ms)
        return True

    def _somebody_is_there(self, draft: Draft, conversation: Conversation) -> bool:
        """Whether a person has written since the doors were closed: nobody is talked over."""
        sql = (
            "SELECT saved_ms FROM messages WHERE conversation_key = ? AND account_id = ? AND role = 'operator'"
            " AND origin <> 'history' ORDER BY clock DESC, sequence DESC LIMIT 1"
        )
        stored = draft.connection.rows(sql, (conversation.key, draft.account_id))
        return any(saved_ms >= self.closed_since_ms for (saved_ms,) in stored)

    def _has_heard(self, draft: Draft, conversation: Conversation) -> bool:
        """Whether the assistant has handed over here, and has told so: of one wait a customer hears once."""
        return _was_handed_over(conversation.handover) and was_told(
            draft.connection, draft.account_id, conversation.key, conversation.settled_sequence
        )


def _was_handed_over(handover: Handover) -> bool:
    return handover.reason is not None and handover.reason is not Reason.OFF
