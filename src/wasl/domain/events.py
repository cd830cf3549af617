"""The changes that dashboards must learn of, and the cursor that says how far one has read."""

import re
from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """The durable kinds: each is a row of the log and takes one sequence."""

    NEW_CONVERSATION = "new_conversation"
    NEW_MESSAGE = "new_message"
    MESSAGE_UPDATED = "message_updated"
    CONVERSATION_UPDATED = "conversation_updated"


class ResyncReason(StrEnum):
    """Why continuity cannot be proven, so that a client must fetch again what it shows."""

    AHEAD = "ahead"
    """The cursor is beyond the log: an older database was restored."""
    TRIMMED = "trimmed"
    """The log no longer reaches back to the cursor."""
    TAG = "tag"
    """The log has another event at that place: its history diverged."""
    SCOPE = "scope"
    """What the operator may see has changed since."""
    FAR = "far"
    """So much has happened that a snapshot is cheaper."""


CURSOR_FORM = re.compile(r"(0|[1-9][0-9]{0,17})-([0-9a-f]{8})")


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in an account's log: the sequence and the random tag of the event that stands there."""

    sequence: int
    tag: int

    def __str__(self) -> str:
        return f"{self.sequence}-{self.tag:08x}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Read `"<sequence>-<8 hex digits>"`; None when it is anything else."""
        match = CURSOR_FORM.fullmatch(text)
        return cls(int(match[1]), int(match[2], 16)) if match else None


@dataclass(frozen=True, slots=True)
class Event:
    """One committed change. `payload` is its JSON object without sequence, previous and tag, encoded once.

    `previous_tag` is the tag of the event before it, so that events chain: nobody who holds one history can mistake the
    next event of another for their own, even where the numbers fit.
    """

    account_id: int
    sequence: int
    tag: int
    previous_tag: int
    kind: EventKind
    conversation_id: str
    payload: bytes

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.sequence, self.tag)

    @property
    def before(self) -> Cursor:
        """The place right before this event."""
        return Cursor(self.sequence - 1, self.previous_tag)
