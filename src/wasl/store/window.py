"""Whether free text may still be sent, by WhatsApp's own time.

A customer's message opens the window for 24 hours of WhatsApp's clock. What that clock says now is told from ours by
how far the two stood apart when the number's last messages came: a clock of ours that is wrong by hours, but steady,
makes no difference.
"""

from wasl.domain.conversation import WINDOW_SECONDS
from wasl.errors import Conflict
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.needs import LATEST_APART

WINDOW_CLOSED = "The customer last wrote more than 24 hours ago. Only a template can be sent now."
_LAST_EVENTS = 200
"""How far back in the account's log the number's other customers are asked what time it is."""
_APART_OF_NUMBER = (
    "SELECT MIN(received_ms - timestamp_ms) FROM messages WHERE account_id = ? AND sequence > ? AND channel_id = ?"
    " AND role = 'user' AND origin = 'live'"
)


def window_is_open(draft: Draft, conversation: Conversation) -> bool:
    """Whether the customer wrote within the last 24 hours. Nothing is known of one who never wrote: it is not."""
    if conversation.window_from_ms is None:
        return False
    return whatsapp_now_ms(draft, conversation) < conversation.window_from_ms + WINDOW_SECONDS * 1000


def require_open_window(draft: Draft, conversation: Conversation) -> None:
    """Raises Conflict `window_closed`."""
    if not window_is_open(draft, conversation):
        raise Conflict(
            WINDOW_CLOSED,
            code="window_closed",
            details={"window_expires_at": conversation.as_json()["window_expires_at"]},
        )


def whatsapp_now_ms(draft: Draft, conversation: Conversation) -> int:
    """WhatsApp's time, as well as this number's newest messages tell it, and this conversation's if it is a quiet
    number. The least delay is the truest: the others were late."""
    if conversation.key not in draft.latest_apart_ms:
        [(found,)] = draft.connection.rows(LATEST_APART, (conversation.key, draft.account_id))
        draft.latest_apart_ms[conversation.key] = found
    own = draft.latest_apart_ms[conversation.key]
    return draft.now_ms - _least(own, *_apart_of_number(draft, conversation.channel.channel_id))


def whatsapp_time_ms(draft: Draft, channel_id: int, our_ms: int) -> int:
    """What WhatsApp's clock said when ours said `our_ms`, as well as a number's newest messages tell it."""
    return our_ms - _least(*_apart_of_number(draft, channel_id))


def apart_of_number(connection: Connection, account_id: int, channel_id: int, head: int) -> int | None:
    """How far our clock was ahead of WhatsApp's when a number's newest messages came; None when it is a quiet one."""
    [(apart,)] = connection.rows(_APART_OF_NUMBER, (account_id, head - _LAST_EVENTS, channel_id))
    return None if apart is None else int(apart)


def _apart_of_number(draft: Draft, channel_id: int) -> list[int | None]:
    if channel_id not in draft.apart_ms:
        draft.apart_ms[channel_id] = apart_of_number(draft.connection, draft.account_id, channel_id, draft.head)
    new = [
        message.received_ms - message.timestamp_ms
        for message in draft.new_messages()
        if message.channel_id == channel_id and message.is_user and message.origin == "live"
    ]
    return [draft.apart_ms[channel_id], *new]


def _least(*apart: int | None) -> int:
    return min((value for value in apart if value is not None), default=0)
