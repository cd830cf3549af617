"""What a change will ask of its draft, and the lookups that fetch it for a whole batch at once."""

from dataclasses import dataclass, field

from wasl.domain.identity import Identity
from wasl.store.message_row import MESSAGE_SELECT

# Joined to the list, not `= ANY` of it: PostgreSQL may take a list on an index's second column for a filter, and
# compare every message of a channel with it. A test holds the plans of both databases.
KNOWN_IDS = (
    "SELECT m.channel_id, m.{0} FROM UNNEST(?) AS wanted"
    " JOIN messages m ON m.{0} = wanted.value WHERE m.channel_id = ANY(?)"
)
PARKED = (
    "SELECT p.channel_id, p.target_id, p.body FROM UNNEST(?) AS wanted"
    " JOIN parked_updates p ON p.target_id = wanted.value WHERE p.channel_id = ANY(?) ORDER BY p.received_ms"
)
TARGETS = (
    MESSAGE_SELECT.replace("FROM messages m", "FROM UNNEST(?) AS wanted JOIN messages m ON m.{0} = wanted.value")
    + " WHERE m.channel_id = ANY(?)"
)
MESSAGES_AT = f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.sequence IN (?, ?, ?, ?)"
TWINS = (
    MESSAGE_SELECT.replace(
        "FROM messages m", "FROM UNNEST(?) AS wanted JOIN messages m ON m.client_message_id = wanted.value"
    )
    + " WHERE m.account_id = ?"
)
LATEST_APART = (
    "SELECT MIN(received_ms - timestamp_ms) FROM (SELECT received_ms, timestamp_ms, role, origin FROM messages"
    " WHERE conversation_key = ? AND account_id = ? ORDER BY clock DESC, sequence DESC LIMIT 20) AS last"
    " WHERE role = 'user' AND origin = 'live'"
)
"""How far WhatsApp's time and ours stood apart when the last messages of a conversation came."""
SEEN_UPDATES = (
    "SELECT s.channel_id, s.update_id FROM UNNEST(?) AS wanted"
    " JOIN seen_updates s ON s.update_id = wanted.value WHERE s.channel_id = ANY(?)"
)
IDENTITIES = (
    "SELECT i.kind, i.value, i.contact_id, i.ended_ms > 0 AND i.ended_ms >= i.since_ms FROM UNNEST(?) AS wanted"
    " JOIN contact_identities i ON i.value = wanted.value WHERE i.account_id = ?"
)


@dataclass(slots=True)
class Needs:
    """What a change will ask of its draft, told beforehand so that one statement can fetch it for a whole batch."""

    channel_ids: set[int] = field(default_factory=set)
    new_message_ids: set[str] = field(default_factory=set)
    """Only whether they are there already."""
    own_message_ids: set[str] = field(default_factory=set)
    """The same for the business's own messages, which we may know by another id."""
    target_ids: set[str] = field(default_factory=set)
    """Messages that are changed or quoted, by our id or the provider's."""
    sequences: set[int] = field(default_factory=set)
    """Messages that are changed, by their place in the log."""
    client_message_ids: set[str] = field(default_factory=set)
    """Messages that a client may have asked for before, under its own id."""
    parked: set[tuple[int, str]] = field(default_factory=set)
    """What waits for a message: its channel, and the id under which it becomes known there."""
    window_of: set[str] = field(default_factory=set)
    """Conversations of which is asked whether their window is open."""
    update_ids: set[str] = field(default_factory=set)
    identities: set[Identity] = field(default_factory=set)
    commons: bool = False
    """Whether it also changes what belongs to no account."""

    def add(self, other: "Needs") -> None:
        """Join two lists of needs."""
        self.channel_ids |= other.channel_ids
        self.new_message_ids |= other.new_message_ids
        self.own_message_ids |= other.own_message_ids
        self.target_ids |= other.target_ids
        self.sequences |= other.sequences
        self.client_message_ids |= other.client_message_ids
        self.parked |= other.parked
        self.window_of |= other.window_of
        self.update_ids |= other.update_ids
        self.identities |= other.identities
        self.commons |= other.commons
