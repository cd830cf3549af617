"""A right history made by hand, small enough to be spoilt on purpose: two accounts, four watchers, three conversations.

Everything is derived from a list of happenings per account, so that a tale in which the system did something else is
as whole as the right one: rows, pages, lists and screens follow from what happened.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wasl.torture import history
from wasl.torture.history import Message, Row, Writer, digest
from wasl.torture.judge import Judgement, judge

A, B, C = "1_a", "1_b", "2_c"
BEGAN = 1000.0
HEALED = BEGAN + 30
ENDED = HEALED + 10
RESTORED = BEGAN + 20
"""In a tale with a restore: after everything of the first era."""
PAGE = 3
"""Messages on a page of history."""
CALLBACKS = {"m-1": "m:m-1:1", "m-2": "m:m-2:1"}
WAMIDS = {"m-1": "wamid.out1", "m-2": "wamid.out2"}


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a log, and what it says of a message."""

    account: int
    sequence: int
    tag: str
    kind: str
    conversation: str
    message: Message | None = None

    @property
    def cursor(self) -> str:
        return f"{self.sequence}-{self.tag}"

    @property
    def digest(self) -> str:
        return digest(f"{self.account} {self.cursor} {self.kind}".encode())

    @property
    def at(self) -> float:
        """When it was acknowledged, if it was; screens have it a little later."""
        return BEGAN + 1 + self.sequence / 2


def happened(account: int, sequence: int, kind: str, where: str, message: Message | None = None, era: int = 0) -> Any:
    """An event; of a message only `[id, role, clock, status, client]`, the rest is where it stands."""
    tag = digest(f"{account} {sequence} {era}".encode())[:8]
    if message is not None:
        name, role, clock, placed, status, client = message
        message = [name, role, clock, placed or sequence, sequence, status, client]
    return Happening(account, sequence, tag, kind, where, message)


def customers(account: int, sequence: int, where: str, name: str, clock: int, era: int = 0) -> Any:
    """A message of the customer arrives."""
    return happened(account, sequence, "new_message", where, [name, "user", clock, 0, None, None], era)


def ours(sequence: int, name: str, clock: int, status: str, placed: int = 0, era: int = 0) -> Any:
    """A reply of ours in A of account 1: new, or, when it was `placed` before, as it is now."""
    kind = "message_updated" if placed else "new_message"
    client = name.replace("m", "c")
    return happened(1, sequence, kind, A, [name, "operator", clock, placed, status, client], era)


def first_log(*, late: int = 103, second: int = 106) -> list[Happening]:
    """The log of account 1. `late` is the clock of A3, which was sent before the reply m-1 and came after it; `second`
    that of the reply m-2."""
    return [
        happened(1, 1, "new_conversation", A),
        customers(1, 2, A, "wamid.A1", 100),
        happened(1, 3, "new_conversation", B),
        customers(1, 4, B, "wamid.B1", 101),
        customers(1, 5, A, "wamid.A2", 102),
        ours(6, "m-1", 103, "queued"),
        ours(7, "m-1", 103, "sending", 6),
        ours(8, "m-1", 103, "sent", 6),
        ours(9, "m-1", 103, "delivered", 6),
        customers(1, 10, A, "wamid.A3", late),
        ours(11, "m-1", 103, "read", 6),
        customers(1, 12, B, "wamid.B2", 105),
        ours(13, "m-2", second, "queued"),
        ours(14, "m-2", second, "sending", 13),
        ours(15, "m-2", second, "sent", 13),
        happened(1, 16, "conversation_updated", B),
    ]


def second_log() -> list[Happening]:
    """The log of account 2."""
    return [
        happened(2, 1, "new_conversation", C),
        customers(2, 2, C, "wamid.C1", 100),
        customers(2, 3, C, "wamid.C2", 101),
    ]


Logs = dict[int, list[Happening]]
Changed = Callable[[Message], Message]


@dataclass
class Tale:
    """What everybody wrote down: records by file."""

    logs: list[Logs] = field(default_factory=list)
    """By era."""
    files: dict[str, list[Any]] = field(default_factory=lambda: {"run": [], "hall": []})
    markers: dict[tuple[int, str], int] = field(default_factory=lambda: {(1, A): 5})

    # -- to make one --------------------------------------------------------------------------------------------------

    def did(self, *records: Any) -> None:
        """What was done in the run."""
        self.files["run"] += records

    def saw(self, *records: Any) -> None:
        """What was seen in the hall."""
        self.files["hall"] += records

    def at(self, sequence: int, account: int = 1, era: int = -1) -> Happening:
        """An event by its place."""
        return next(each for each in self.logs[era][account] if each.sequence == sequence)

    def cursor(self, sequence: int, account: int = 1, era: int = -1) -> str:
        return self.at(sequence, account, era).cursor if sequence else "0-0badcafe"

    def shown(self, who: str, sequences: Iterable[int], account: int = 1, era: int = -1, delay: float = 0.01) -> None:
        """A watcher is shown events, one after the other."""
        for sequence in sequences:
            self.saw(show(who, self.at(sequence, account, era), delay))

    def came(self, at: float, who: str, cursor: str | None, how: str = "query") -> None:
        """A watcher opens a connection."""
        self.saw(history.Opened(at, who, "node-0", how, cursor))
        if cursor is not None:
            self.saw(history.Told(at + 0.01, who, "connected", cursor, "node-0"))

    def messages(self, conversation: str, until: int = 1 << 30, era: int = -1) -> list[Message]:
        """A conversation as the rows had it at a place of the log."""
        found: dict[str, Message] = {}
        for log in self.logs[era].values():
            for each in log:
                if each.conversation == conversation and each.message is not None and each.sequence <= until:
                    found[each.message[0]] = each.message
        return sorted(found.values(), key=lambda message: (message[2], message[3]))

    def rows(self, account: int, operator: int, until: int = 1 << 30, era: int = -1) -> list[Row]:
        """The list as an operator is shown it at a place of the log."""
        rows = []
        for name in {A: 1, B: 1, C: 2}:
            known = [each for each in self.logs[era].get(account, []) if each.conversation == name]
            known = [each for each in known if each.sequence <= until]
            if known:
                messages = self.messages(name, until, era)
                marker = self.markers.get((operator, name), 0)
                unread = sum(1 for each in messages if each[1] == "user" and each[3] > marker)
                last = max([each[3] for each in messages], default=known[0].sequence)
                rows.append([name, last, "human", unread, known[-1].sequence])
        return sorted(rows, key=lambda row: -row[1])

    def listed(self, at: float, who: str, account: int, operator: int, until: int, era: int = -1) -> None:
        """A walk through the whole list, one conversation on each page."""
        rows, cursor = self.rows(account, operator, until, era), self.cursor(until, account, era)
        for number, row in enumerate(rows or [None]):
            last = number >= len(rows) - 1
            self.saw(history.Listed(at, who, number, last, cursor, [row] if row else []))

    def walked(self, at: float, who: str, conversation: str, until: int, era: int = -1) -> None:
        """A walk through a whole conversation, from the newest page up."""
        messages, before = self.messages(conversation, until, era), None
        while True:
            page, messages = messages[-PAGE:], messages[:-PAGE]
            following = f"{page[0][2]}-{page[0][3]}" if messages else None
            self.saw(history.Paged(at, who, conversation, before, following, self.cursor(until, 1, era), page))
            before = following
            if not messages:
                return

    def ended(self, who: str, account: int, operator: int, at: float = ENDED - 1) -> None:
        """What a screen shows in the end, and then a fresh load of it."""
        last = self.logs[-1][account][-1].sequence
        rows = self.rows(account, operator)
        for fresh in (False, True):
            threads = {row[0]: self.messages(row[0]) for row in rows}
            self.saw(history.Viewed(at + fresh, who, fresh, self.cursor(last, account), rows, threads))

    def evidence(self, era: int, at: float) -> None:
        """The database at the end of an era, read by SQL."""
        records: list[Any] = [history.EraEnds(era, at)]
        for account, log in self.logs[era].items():
            records.append(history.LogEnds(account, log[-1].sequence, log[-1].tag, 0))
            records += [
                history.LogRow(account, each.sequence, each.tag, each.kind, each.conversation, each.digest, False)
                for each in log
            ]
            for name, last, status, _, version in self.rows(account, 0, era=era):
                messages = self.messages(name, era=era)
                inbound = sum(1 for each in messages if each[1] == "user")
                row = history.ConversationRow(
                    account, name, last, status, version, len(messages), inbound, messages[-1][2]
                )
                records += [row, *(_message_row(account, name, message) for message in messages)]
            stored = len(records)
            records.append(history.LedgerRow(account, stored + 2, stored, 1, 0, 1))
        records += [history.MarkerRow(1, *key, sequence) for key, sequence in self.markers.items()]
        records.append(history.RawRow("quarantined", "unreadable", 1))
        self.files[f"era-{era}"] = records

    # -- to spoil one -------------------------------------------------------------------------------------------------

    def change(self, kind: type[Any], where: dict[str, Any] | None = None, /, **fields: Any) -> None:
        """Change all records of a kind that are like `where`; a function is given what stands there."""
        changed = 0
        for records in self.files.values():
            for place, record in enumerate(records):
                if isinstance(record, kind) and _is_like(record, where or {}):
                    now = {k: v(getattr(record, k)) if callable(v) else v for k, v in fields.items()}
                    records[place] = replace(record, **now)
                    changed += 1
        assert changed, f"nothing to change: {kind.__name__} {where}"

    def drop(self, kind: type[Any], /, **where: Any) -> None:
        """Take records away."""
        before = sum(map(len, self.files.values()))
        for name, records in self.files.items():
            self.files[name] = [each for each in records if not (isinstance(each, kind) and _is_like(each, where))]
        assert sum(map(len, self.files.values())) < before, f"nothing to drop: {kind.__name__} {where}"

    def insert(self, record: Any, kind: type[Any], /, **where: Any) -> None:
        """Put a record behind the last one of a kind that is like `where`."""
        for records in self.files.values():
            places = [i for i, each in enumerate(records) if isinstance(each, kind) and _is_like(each, where)]
            if places:
                records.insert(places[-1] + 1, record)
                return
        raise AssertionError(f"nowhere to insert: {kind.__name__} {where}")

    def find(self, kind: type[Any], /, **where: Any) -> Any:
        """The first record of a kind that is like `where`."""
        return next(
            each
            for records in self.files.values()
            for each in records
            if isinstance(each, kind) and _is_like(each, where)
        )

    def messages_change(
        self, kind: type[Any], who: str | None, name: str, change: Callable[[Message], Message]
    ) -> None:
        """Tell another thing of one message in everything of a kind, to one watcher or to all."""

        def changed(messages: Any) -> Any:
            if isinstance(messages, dict):
                return {where: changed(thread) for where, thread in messages.items()}
            return [change(each) if each[0] == name else each for each in messages]

        where: dict[str, Any] = {"who": who} if who else {}
        if kind is history.Shown:
            where["message"] = lambda message: message is not None and message[0] == name
            self.change(kind, where, message=change)
        elif kind is history.Viewed:
            self.change(kind, where, conversations=changed)
        else:
            self.change(kind, where, messages=changed)

    # -- to judge one -------------------------------------------------------------------------------------------------

    def write(self, folder: Path) -> None:
        """Write it down, one file per writer."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, records in self.files.items():
            with Writer(folder / f"{name}.jsonl") as writer:
                for record in records:
                    writer.write(record)

    def judged(self, folder: Path) -> Judgement:
        self.write(folder)
        return judge(folder)


def show(who: str, event: Happening, delay: float = 0.01, previous: int | None = None) -> history.Shown:
    """An event as a watcher is shown it."""
    before = event.sequence - 1 if previous is None else previous
    return history.Shown(
        event.at + delay,
        who,
        event.sequence,
        event.tag,
        before,
        event.kind,
        event.conversation,
        event.digest,
        event.message,
        None,
    )


def broken(judgement: Judgement) -> dict[int, list[str]]:
    """The violated invariants, and what was said."""
    return {v.number: [each.sentence for each in v.violations] for v in judgement.verdicts if v.total}


def _is_like(record: Any, where: dict[str, Any]) -> bool:
    return all(
        value(getattr(record, name)) if callable(value) else getattr(record, name) == value
        for name, value in where.items()
    )


def _message_row(account: int, conversation: str, message: Message) -> history.MessageRow:
    name, role, clock, sequence, version, status, client = message
    called = WAMIDS.get(name) if status not in (None, "queued", "sending", "unknown") else None
    text = digest(name.encode())
    return history.MessageRow(
        account, conversation, name, role, "live", clock, sequence, version, status or "", called, client, text
    )
