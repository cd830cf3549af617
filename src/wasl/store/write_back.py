"""A draft becomes rows: one insert or update per table, however many messages there are."""

from wasl.domain.conversation import ConversationStatus
from wasl.store.conversation_row import (
    CONVERSATIONS,
    CUSTOMER_UPDATES,
    MOVING_UPDATES,
    PLACE_UPDATES,
    PLACES,
    STANDING_UPDATES,
    Conversation,
)
from wasl.store.database import Table
from wasl.store.draft import Draft
from wasl.store.message_row import MESSAGE_UPDATES, MESSAGES
from wasl.store.search import index_conversations

EVENTS = Table(
    "events",
    {
        "account_id": "int",
        "sequence": "int",
        "tag": "int",
        "kind": "text",
        "conversation_id": "text",
        "payload": "long",
        "created_ms": "int",
    },
    key=("account_id", "sequence"),
)
SEEN_UPDATES = Table("seen_updates", {"channel_id": "int", "update_id": "text"}, key=("channel_id", "update_id"))
CONTACTS = Table(
    "contacts",
    {"account_id": "int", "contact_id": "int", "name": "text", "language": "text", "created_ms": "int"},
    key=("account_id", "contact_id"),
)


def write_back(draft: Draft) -> None:
    """Write everything that a draft changed."""
    connection = draft.connection
    if draft.new_contacts:
        connection.insert(CONTACTS, draft.new_contacts)
    draft.store_identities()
    if draft.new_updates:
        connection.insert(SEEN_UPDATES, draft.new_updates)
    _write_conversations(draft)
    _write_messages(draft)
    if draft.events:
        _write_events(draft)
    _write_ledger(draft)


def _write_conversations(draft: Draft) -> None:
    touched = [found for found in draft.touched.values() if found.version > draft.head]
    new = [found for found in touched if found.is_new]
    changed = [found for found in touched if not found.is_new]
    connection = draft.connection
    if new:
        connection.insert(CONVERSATIONS, [found.insert_row() for found in new])
        connection.insert(PLACES, [found.place_row() for found in new])
        index_conversations(connection, new)
    if changed:
        connection.update(CONVERSATIONS, MOVING_UPDATES, [found.moving_row() for found in changed])
        standing = [found.standing_row() for found in changed if found.stands_otherwise]
        if standing:
            connection.update(CONVERSATIONS, STANDING_UPDATES, standing)
        moved = [found.moved_row() for found in changed if found.is_moved]
        if moved:
            connection.update(PLACES, PLACE_UPDATES, moved)
        renamed = [found.customer_row() for found in changed if found.customer_changed]
        if renamed:
            connection.update(CONVERSATIONS, CUSTOMER_UPDATES, renamed)
    _count_statuses(draft, touched)


def _count_statuses(draft: Draft, touched: list[Conversation]) -> None:
    moved: dict[ConversationStatus, int] = {}
    for found in touched:
        if found.stored_status is not found.handover.status:
            if found.stored_status is not None:
                moved[found.stored_status] = moved.get(found.stored_status, 0) - 1
            moved[found.handover.status] = moved.get(found.handover.status, 0) + 1
    sql = (
        "INSERT INTO conversation_totals AS t (account_id, status, total) VALUES (?, ?, ?)"
        " ON CONFLICT (account_id, status) DO UPDATE SET total = t.total + excluded.total"
    )
    for status, difference in moved.items():
        if difference:
            draft.connection.send(sql, (draft.account_id, status.value, difference))


def _write_messages(draft: Draft) -> None:
    messages = list(draft.messages())
    new = [message for message in messages if message.is_new]
    changed = [message for message in messages if not message.is_new and message.version > draft.head]
    if new:
        draft.connection.insert(MESSAGES, [message.insert_row() for message in new])
    if changed:
        draft.connection.update(MESSAGES, MESSAGE_UPDATES, [message.update_row() for message in changed])


def _write_events(draft: Draft) -> None:
    now_ms = draft.now_ms
    rows = [
        (e.account_id, e.sequence, e.tag, str(e.kind), e.conversation_id, e.payload.decode(), now_ms)
        for e in draft.events
    ]
    draft.connection.insert(EVENTS, rows)
    last = draft.events[-1]
    sql = "UPDATE account_stream SET head_sequence = ?, head_tag = ? WHERE account_id = ?"
    draft.connection.send(sql, (last.sequence, last.tag, draft.account_id))


def _write_ledger(draft: Draft) -> None:
    ledger = draft.ledger
    counts = (ledger.received, ledger.stored, ledger.duplicates, ledger.quarantined, ledger.set_aside)
    if any(counts):
        sql = (
            "UPDATE ledger SET received = received + ?, stored = stored + ?, duplicates = duplicates + ?,"
            " quarantined = quarantined + ?, set_aside = set_aside + ? WHERE account_id = ?"
        )
        draft.connection.send(sql, (*counts, draft.account_id))
