"""The records of a history (history.py) that are the database at the end of an era, read by SQL."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EraEnds:
    """The rows that follow in this file are the database at the end of this era, counted from 0."""

    era: int
    at: float


@dataclass(frozen=True, slots=True)
class LogRow:
    """An event of the log; of a trimmed one what it was when it was deleted."""

    account: int
    sequence: int
    tag: str
    kind: str
    conversation: str
    digest: str
    trimmed: bool


@dataclass(frozen=True, slots=True)
class LogEnds:
    """Where a log ends and begins."""

    account: int
    head: int
    head_tag: str
    trim: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A row of `messages`."""

    account: int
    conversation: str
    message_id: str
    role: str
    origin: str
    clock: int
    sequence: int
    version: int
    status: str
    provider_id: str | None
    client_message_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A row of `conversations`, with what its counters say."""

    account: int
    conversation: str
    last_sequence: int
    status: str
    version: int
    message_count: int
    inbound_count: int
    clock: int


@dataclass(frozen=True, slots=True)
class MarkerRow:
    """How far an operator has read."""

    account: int
    operator: int
    conversation: str
    read_sequence: int


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that is still to be sent, or whose fate is not known."""

    account: int
    conversation: str
    sequence: int
    state: str
    attempt: int


@dataclass(frozen=True, slots=True)
class RawRow:
    """Webhooks that nobody could be found for: the outcome (quarantined or set_aside), the reason, and how many."""

    outcome: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What became of all updates that arrived for an account (0: nobody's yet), as the system itself counts."""

    account: int
    received: int
    stored: int
    duplicates: int
    quarantined: int
    set_aside: int
