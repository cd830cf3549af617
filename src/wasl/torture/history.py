"""What everybody in a run wrote down: the only thing that the judge may look at.

A history is a folder of JSON-lines files, one per writer, so that nobody waits for anybody. A line is a record's name
and its fields in order. Times are `CLOCK_MONOTONIC` in seconds, which all processes of a machine share, also while the
wall clocks of nodes jump. Of texts only digests are kept.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, TypeAlias

import orjson

from wasl.torture.rows import (
    ConversationRow,
    EraEnds,
    LedgerRow,
    LogEnds,
    LogRow,
    MarkerRow,
    MessageRow,
    OutboxRow,
    RawRow,
)

__all__ = [  # What is written elsewhere and belongs here; what is written here needs no listing.
    "ConversationRow",
    "EraEnds",
    "LedgerRow",
    "LogEnds",
    "LogRow",
    "MarkerRow",
    "MessageRow",
    "OutboxRow",
    "RawRow",
]

FLUSHED_BYTES = 64 * 1024
"""A writer that is killed loses at most this; judged are only runs whose writers ended by themselves."""

Message: TypeAlias = list[Any]
"""`[message_id, role, clock, sequence, version, status, client_message_id]` as a screen was told of a message."""
Row: TypeAlias = list[Any]
"""`[conversation_id, last_sequence, status, unread, version]` as a screen was told of a conversation; what it was not
told is None."""


def now() -> float:
    """The moment, in seconds of the clock that everybody shares."""
    return time.monotonic()


def digest(content: bytes) -> str:
    """What stands for a text or an event where only equality matters."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


# -- those who watch --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who watches. `by` is sse, socket, socket-poll, poll, reload, walk or tab; `habit` is steady, restless,
    slow, stopped or tiny (a small window); `operator` is whose eyes they are."""

    who: str
    account: int
    operator: int
    by: str
    habit: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection was asked for, from a cursor on (None: as a fresh page), told by header, query or auth."""

    at: float
    who: str
    node: str
    how: str
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is no event: connected, heartbeat, bye, resync, conversations (a fresh list), lost, refused. With a cursor
    the watcher stands there afterwards; `detail` is the resync's reason, the refusal's status …"""

    at: float
    who: str
    kind: str
    cursor: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An event of the log, as a watcher got it: also when their own rule then ignores it."""

    at: float
    who: str
    sequence: int
    tag: str
    previous: int
    kind: str
    conversation: str
    digest: str
    """Of the event's JSON without what only one transport adds."""
    message: Message | None
    row: Row | None


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of a conversation's history, oldest first; `before` is where it was asked to end (None: at the newest)."""

    at: float
    who: str
    conversation: str
    before: str | None
    next_before: str | None
    cursor: str | None
    """Where in the log the page was read, if the answer said so."""
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list of conversations. `number` counts the pages of one walk from 0 on."""

    at: float
    who: str
    number: int
    last: bool
    cursor: str | None
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Doubled:
    """A watcher's view held two entries for one message: what, and by which of its names."""

    at: float
    who: str
    conversation: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Viewed:
    """What a watcher's screen showed in the end, as digests (torture/view.py), or a fresh load of it (`fresh`)."""

    at: float
    who: str
    fresh: bool
    cursor: str
    rows: list[Row]
    conversations: dict[str, list[Message]]
    """Every opened conversation whole, in the order shown."""


# -- those who write --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Posted:
    """The provider began to deliver a webhook with these messages; it does so until it is acknowledged."""

    at: float
    account: int
    ids: list[str]
    statuses: list[str]
    """`wamid:status` of statuses in it."""
    changes: list[str] = field(default_factory=list)
    """`kind:id:target` of what makes no message of its own: edit, reaction and revoke, each of the message `target`."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A webhook with these was answered with 200. Once per delivery, so the same ids may come again. `node` is who
    answered, or `emulator` for what the emulator tells by itself: how far our own messages have come."""

    at: float
    node: str
    ids: list[str]
    statuses: list[str]
    changes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refused:
    """A webhook was answered with neither 200 nor 503, which would make Meta give up on what was right."""

    at: float
    node: str
    ids: list[str]
    status: int
    code: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took a message of ours; `place` is its number among all it took."""

    place: int
    at: float
    wamid: str
    callback: str
    recipient: str
    text: str
    """Digest of its text."""
    answered: bool
    """False when the provider took it and our side was never told so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operator sent a reply: again with the same `client_message_id` when nobody answered."""

    at: float
    operator: int
    conversation: str
    client_message_id: str
    text: str
    newest: list[int] | None
    """`[clock, sequence]` of the last message on the author's screen."""
    again: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of it: the HTTP status, and of a 200 the message."""

    at: float
    client_message_id: str
    status: int
    code: str
    message: Message | None


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """An operator marked a conversation as read up to a sequence, and the answer's status (0: none came)."""

    at: float
    operator: int
    conversation: str
    sequence: int
    status: int


# -- what was done to the system --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Something was broken, from `at` until `until`."""

    at: float
    until: float
    name: str
    target: str
    detail: str


@dataclass(frozen=True, slots=True)
class Healed:
    """From here on nothing is broken, and nothing new is written."""

    at: float


@dataclass(frozen=True, slots=True)
class Copied:
    """The database was copied at a moment between these two."""

    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Restored:
    """Every node was stopped, the copy took the database's place, and the nodes started again: a new era begins at
    `at`; what was done after the copy is gone, as the administrator was told."""

    at: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """A node's memory, and its counters from /metrics, by name with labels. A restart counts from 0 again."""

    at: float
    node: str
    process: int
    resident_bytes: int
    figures: dict[str, float]


Record: TypeAlias = (
    Watcher | Opened | Told | Shown | Paged | Listed | Doubled | Viewed
    | Posted | Acknowledged | Refused | Accepted | Asked | Answered | ReadUpTo
    | Fault | Healed | Copied | Restored | Sampled
    | EraEnds | LogRow | LogEnds | MessageRow | ConversationRow | MarkerRow | OutboxRow | RawRow | LedgerRow
)  # fmt: skip
KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in Record.__args__}
_FIELDS = {kind: tuple(one.name for one in fields(kind)) for kind in KINDS.values()}


class Writer:
    """Writes one file of a history. Close it: what is not written yet is written then."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("ab", buffering=FLUSHED_BYTES)

    def write(self, record: Record) -> None:
        kind = type(record)
        values = [getattr(record, name) for name in _FIELDS[kind]]
        self._file.write(orjson.dumps([kind.__name__, *values], option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read(path: Path) -> Iterator[Record]:
    """The records of one file, in the order written."""
    with path.open("rb") as file:
        for line in file:
            name, *values = orjson.loads(line)
            yield KINDS[name](*values)


def read_all(folder: Path) -> Iterator[Record]:
    """The records of a whole history, file by file in the order of their names."""
    for path in sorted(folder.glob("*.jsonl")):
        yield from read(path)
