"""Who waits while their window runs out: found by the clock, and moved up in the queue, each by one event."""

from collections.abc import Sequence
from dataclasses import dataclass

from wasl.domain.conversation import WINDOW_SECONDS, ConversationStatus, window_level
from wasl.domain.events import EventKind
from wasl.store.conversation_row import PLACED_SOURCE
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.listening import weigh
from wasl.store.needs import LATEST_APART, Needs
from wasl.store.window import apart_of_number, whatsapp_now_ms


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who waits for a person, and how soon their window was seen to run out."""

    account_id: int
    conversation_key: int
    channel_id: int
    window_from_ms: int
    level: int
    place: int
    """In the list, by which all of them are walked through."""


def accounts_that_keep_waiting(connection: Connection) -> set[int]:
    """The accounts with somebody in the queue."""
    rows = connection.rows("SELECT account_id FROM conversation_totals WHERE status = 'waiting_human' AND total > 0")
    return {account_id for (account_id,) in rows}


def waiting_since(
    connection: Connection, account_id: int, channel_ids: Sequence[int], after: int, limit: int
) -> list[Waiting]:
    """Those of some numbers who wait and stand behind a place of the list: last active longest ago first."""
    sql = (
        "SELECT c.conversation_key, c.channel_id, c.window_from_ms, c.window_level, p.last_sequence"
        f" FROM {PLACED_SOURCE} WHERE p.account_id = ? AND p.status = 'waiting_human' AND p.last_sequence > ?"
        " AND c.channel_id = ANY(?) AND c.window_from_ms IS NOT NULL ORDER BY p.last_sequence LIMIT ?"
    )
    rows = connection.rows(sql, (account_id, after, list(channel_ids), limit))
    return [Waiting(account_id, *row) for row in rows]


def level_of(connection: Connection, waiting: Waiting, our_ms: int, head: int, apart_ms: dict[int, int | None]) -> int:
    """How soon a window runs out, when our clock says `our_ms`, by WhatsApp's. `apart_ms` remembers how far the two
    stand apart on each number."""
    channel_id = waiting.channel_id
    if channel_id not in apart_ms:
        apart_ms[channel_id] = apart_of_number(connection, waiting.account_id, channel_id, head)
    apart = apart_ms[channel_id]
    if apart is None:  # A quiet number: what this customer's last messages say.
        [(apart,)] = connection.rows(LATEST_APART, (waiting.conversation_key, waiting.account_id))
    left_ms = waiting.window_from_ms + WINDOW_SECONDS * 1000 - (our_ms - (apart or 0))
    return window_level(left_ms / 1000)


@dataclass(frozen=True, slots=True)
class WeighWindow:
    """Let the priority of somebody who waits follow how soon their window runs out."""

    account_id: int
    conversation_key: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether that changes it."""
        conversation = draft.conversation(self.conversation_key)
        if conversation.handover.status is not ConversationStatus.WAITING_HUMAN or conversation.window_from_ms is None:
            return False
        left_ms = conversation.window_from_ms + WINDOW_SECONDS * 1000 - whatsapp_now_ms(draft, conversation)
        level = window_level(left_ms / 1000)
        if level == conversation.window_level:
            return False
        conversation.window_level = level
        weigh(conversation)
        conversation.version = draft.next_sequence()
        parts = {"conversation": conversation.as_json(), "changed": "priority"}
        draft.append(EventKind.CONVERSATION_UPDATED, conversation, parts)
        return True
