"""What is known of a run beside what watchers saw: columns of numbers instead of objects, because a long run has
millions of everything.
"""

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field

from wasl.torture import history

UNSEEN = -1
"""In a column: nothing stands here."""
NEVER = float("inf")
EMULATOR = "emulator"
"""Stands for the node in acknowledgements of what the emulator delivered by itself."""

ORIGINS = ("live", "echo", "history")
REPLIES = frozenset({"operator", "bot", "system"})
STATUSES = ("", "queued", "sending", "unknown", "sent", "failed", "delivered", "read")
RANKS = {"sent": 1, "failed": 2, "delivered": 3, "read": 4, "played": 4}
"""What a provider has said is never taken back; before it has spoken (0) an attempt may begin anew."""


def rank_of(status: str | None) -> int:
    """How far a status is on its way."""
    return RANKS.get(status or "", 0)


def parse_cursor(cursor: str | None) -> tuple[int, int] | None:
    """`<sequence>-<8 hex digits>` as numbers; None when it is none."""
    sequence, dash, tag = (cursor or "").partition("-")
    try:
        return (int(sequence), int(tag, 16)) if dash else None
    except ValueError:
        return None


class Log:
    """The log of an account in one era, by sequence, and what the watchers made of it."""

    def __init__(self, account: int) -> None:
        self.account = account
        self.tags = array("q", [UNSEEN])
        self.digests = array("Q", [0])
        self.kinds: list[str] = [""]
        self.conversations: list[str] = [""]
        self.trimmed = 0
        self.doubles: list[int] = []
        """Sequences that two rows claim."""
        self.heard = array("q", [0])
        """The hash of the bytes that a watcher was told here and that were compared with the log; 0 before."""
        self.messages = array("i", [UNSEEN])
        """The message that this event brought, if it was acknowledged."""
        self.ways = bytearray(1)
        """A bit for each way by which it was seen."""
        self.ends: history.LogEnds | None = None
        self.last = 0

    def add(self, sequence: int, tag: str, kind: str, conversation: str, digest: str, trimmed: bool) -> None:
        """Note a row of the log."""
        if sequence > self.last:
            self._grow(sequence)
        if self.tags[sequence] != UNSEEN:
            self.doubles.append(sequence)
        self.tags[sequence] = int(tag, 16)
        self.digests[sequence] = int(digest, 16) if digest else 0
        self.kinds[sequence] = _interned(kind)
        self.conversations[sequence] = _interned(conversation)
        self.trimmed += trimmed

    def holds(self, sequence: int, tag: int) -> bool:
        """Whether this very event is in it; the place before the first one is in every log."""
        return sequence == 0 or (sequence <= self.last and self.tags[sequence] == tag)

    def _grow(self, sequence: int) -> None:
        more = max(sequence - self.last, 0)
        self.tags.extend([UNSEEN] * more)
        self.digests.extend([0] * more)
        self.kinds.extend([""] * more)
        self.conversations.extend([""] * more)
        self.heard.extend([0] * more)
        self.messages.extend([UNSEEN] * more)
        self.ways.extend(bytes(more))
        self.last = sequence


_NAMES: dict[str, str] = {}


def _interned(name: str) -> str:
    return _NAMES.setdefault(name, name)


class Rows:
    """The messages of one era in columns; `at` leads from a message's number to its row."""

    def __init__(self) -> None:
        self.at = array("i")
        self.numbers = array("i")
        self.accounts = array("i")
        self.conversations: list[str] = []
        self.clocks = array("q")
        self.sequences = array("q")
        self.versions = array("q")
        self.roles: list[str] = []
        self.origins: list[str] = []
        self.statuses: list[str] = []
        self.texts: list[str] = []
        self.doubles: list[int] = []
        """Numbers of messages that more than one row has."""
        self.provider: dict[str, list[int]] = {}
        """Rows by what the provider calls them, where that is another name than ours."""
        self.client: dict[str, list[int]] = {}
        self.clients: dict[int, str] = {}
        self.by_conversation: dict[str, array[int]] = {}
        self._inbound: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def row_of(self, number: int | None) -> int:
        """The row of a message, or UNSEEN."""
        return self.at[number] if number is not None and number < len(self.at) else UNSEEN

    def add(self, number: int, row: history.MessageRow) -> None:
        """Note a row."""
        if number >= len(self.at):
            self.at.extend([UNSEEN] * (number + 1 - len(self.at)))
        place = len(self.numbers)
        if self.at[number] != UNSEEN:
            self.doubles.append(number)
        self.at[number] = place
        conversation = _interned(row.conversation)
        self.numbers.append(number)
        self.accounts.append(row.account)
        self.conversations.append(conversation)
        self.clocks.append(row.clock)
        self.sequences.append(row.sequence)
        self.versions.append(row.version)
        self.roles.append(_interned(row.role))
        self.origins.append(_interned(row.origin))
        self.statuses.append(_interned(row.status or ""))
        self.by_conversation.setdefault(conversation, array("i")).append(place)
        if row.role == "user":
            self.texts.append("")
        else:
            self.texts.append(row.text)
        if row.provider_id and row.provider_id != row.message_id:
            self.provider.setdefault(row.provider_id, []).append(place)
        if row.client_message_id:
            self.client.setdefault(row.client_message_id, []).append(place)
            self.clients[place] = row.client_message_id

    def inbound(self, conversation: str) -> list[int]:
        """The sequences of a conversation's live messages of the customer, in order."""
        found = self._inbound.get(conversation)
        if found is None:
            rows = self.by_conversation.get(conversation, array("i"))
            found = sorted(self.sequences[row] for row in rows if self.is_inbound(row))
            self._inbound[conversation] = found
        return found

    def inbound_between(self, conversation: str, after: int, until: int) -> int:
        """How many of them stand behind a sequence, up to another."""
        found = self.inbound(conversation)
        return max(0, bisect_right(found, until) - bisect_right(found, after))

    def is_inbound(self, row: int) -> bool:
        """Whether it counts as unread until it is read."""
        return self.roles[row] == "user" and self.origins[row] == "live"

    def is_reply(self, row: int) -> bool:
        """Whether somebody of the business wrote it."""
        return self.roles[row] in REPLIES and self.origins[row] != "history"


@dataclass(slots=True, eq=False)
class Era:
    """A time between two restores, and the database at its end."""

    number: int
    ended_at: float
    logs: dict[int, Log] = field(default_factory=dict)
    rows: Rows = field(default_factory=Rows)
    conversations: dict[str, history.ConversationRow] = field(default_factory=dict)
    markers: dict[tuple[int, str], int] = field(default_factory=dict)
    outbox: list[history.OutboxRow] = field(default_factory=list)
    raw: list[history.RawRow] = field(default_factory=list)
    ledger: list[history.LedgerRow] = field(default_factory=list)

    def log(self, account: int) -> Log:
        """The log of an account."""
        found = self.logs.get(account)
        if found is None:
            found = self.logs[account] = Log(account)
        return found


class Names:
    """A number for every message that anybody spoke of."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.names: list[str] = []

    def number(self, name: str) -> int:
        """The number of a name, perhaps a new one."""
        found = self.numbers.get(name)
        if found is None:
            found = self.numbers[name] = len(self.names)
            self.names.append(name)
        return found


@dataclass(slots=True)
class Facts:
    """Everything but what watchers saw."""

    names: Names = field(default_factory=Names)
    posted: bytearray = field(default_factory=bytearray)
    ack_numbers: "array[int]" = field(default_factory=lambda: array("i"))
    ack_times: "array[float]" = field(default_factory=lambda: array("d"))
    acked_at: "array[float]" = field(default_factory=lambda: array("d"))
    """When a message was first acknowledged, by its number; NEVER if it was not."""
    posted_statuses: dict[str, int] = field(default_factory=dict)
    """The greatest rank that the provider began to tell, by wamid."""
    acked_statuses: list[tuple[str, int, float]] = field(default_factory=list)
    """What was acknowledged of them: wamid, rank and when, NEVER for what is only known to have been."""
    refused: list[history.Refused] = field(default_factory=list)
    eras: list[Era] = field(default_factory=list)
    accepted: list[history.Accepted] = field(default_factory=list)
    asked: list[history.Asked] = field(default_factory=list)
    answered: list[history.Answered] = field(default_factory=list)
    reads: list[history.ReadUpTo] = field(default_factory=list)
    faults: list[history.Fault] = field(default_factory=list)
    copied: list[history.Copied] = field(default_factory=list)
    restored: list[history.Restored] = field(default_factory=list)
    healed_at: float = NEVER
    sampled: list[history.Sampled] = field(default_factory=list)
    deliveries: int = 0
    records: int = 0

    @property
    def last(self) -> Era:
        """The era that the run ended in."""
        return self.eras[-1]

    def post(self, ids: list[str], statuses: list[str]) -> None:
        """Note what the provider began to deliver."""
        for name in ids:
            number = self.names.number(name)
            if number >= len(self.posted):
                self.posted.extend(bytes(max(1024, number + 1 - len(self.posted))))
            self.posted[number] = 1
        for status in statuses:
            wamid, _, word = status.rpartition(":")
            self.posted_statuses[wamid] = max(self.posted_statuses.get(wamid, 0), rank_of(word))

    def acknowledge(self, at: float, node: str, ids: list[str], statuses: list[str]) -> None:
        """Note what was answered with 200. The emulator tells only in the end what was, and not when."""
        if node == EMULATOR:
            self.post(ids, [])
            self.note_statuses(statuses, at)
            return
        self.deliveries += 1
        for name in ids:
            number = self.names.number(name)
            self.ack_numbers.append(number)
            self.ack_times.append(at)
            if number >= len(self.acked_at):
                self.acked_at.extend([NEVER] * max(1024, number + 1 - len(self.acked_at)))
            self.acked_at[number] = min(at, self.acked_at[number])
        self.note_statuses(statuses, at)

    def note_statuses(self, statuses: list[str], at: float) -> None:
        """Note which statuses were acknowledged."""
        for status in statuses:
            wamid, _, word = status.rpartition(":")
            self.acked_statuses.append((wamid, rank_of(word), at))

    def was_posted(self, number: int) -> bool:
        return number < len(self.posted) and self.posted[number] == 1

    def acked(self, number: int | None) -> float:
        """When a message was first acknowledged."""
        return self.acked_at[number] if number is not None and number < len(self.acked_at) else NEVER

    def survives(self, at: float, era: int) -> bool:
        """Whether what was done at a moment must be there at the end of an era: done in it, or before the copy that it
        began with, and that with every restore in between. What was done while the copy was made may be either."""
        born = sum(1 for restored in self.restored[:era] if restored.at <= at)
        return all(at < self.copy_before(restore).since for restore in range(born, era))

    def copy_before(self, restore: int) -> history.Copied:
        """The copy that a restore (counted from 0) put into place."""
        at = self.restored[restore].at
        found = [copied for copied in self.copied if copied.until <= at]
        return found[-1] if found else history.Copied(0.0, 0.0)
