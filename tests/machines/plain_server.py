"""A server as plain as can be, whose every past state is kept: what its screens must show is never in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ME, OTHER = "1", "2"
NAMES = ("1_5_aya", "1_5_bassam", "1_5_carla")
SENT_RANKS = ("queued", "sending", "unknown", "sent", "failed", "delivered", "read")
HANDOVERS = ("bot", "human", "waiting_human", "resolved")


@dataclass(frozen=True)
class Moment:
    """Everything, right after one sequence: rows and messages by id, and how many inbound messages each has read."""

    rows: Mapping[str, Json] = field(default_factory=dict)
    messages: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)

    def thread(self, name: str) -> list[Json]:
        held = self.messages.get(name, {}).values()
        return sorted(held, key=lambda message: (message["clock"], message["sequence"]))

    def listed(self) -> list[Json]:
        """The rows as ME sees them, in the list's order."""
        rows = sorted(self.rows.values(), key=lambda row: -int(row["last_sequence"]))
        return [{**row, "unread_count": row["inbound_count"] - self.read[row["conversation_id"]]} for row in rows]


class Server:
    """Takes changes, told as plain numbers so that anything can choose them; each is one event of the log or none."""

    def __init__(self) -> None:
        self.moments = [Moment()]
        self.events: list[Json] = []
        self.tags = [0]
        self.history = 0
        """Which history this is; it rises when an older state is restored."""
        self._visible = 0

    @property
    def head(self) -> int:
        return len(self.moments) - 1

    @property
    def now(self) -> Moment:
        return self.moments[-1]

    def cursor(self, sequence: int) -> str:
        return f"{sequence}-{self.tags[sequence]:08x}"

    # -- changes ------------------------------------------------------------------------------------------------------

    def begin(self, which: int) -> None:
        name = NAMES[which % len(NAMES)]
        if name in self.now.rows:
            return
        row = {
            "conversation_id": name,
            "user_id": str(which % len(NAMES)),
            "last_sequence": self.head + 1,
            "inbound_count": 0,
            "status": "waiting_human",
            "version": self.head + 1,
        }
        moment = Moment({**self.now.rows, name: row}, {**self.now.messages, name: {}}, {**self.now.read, name: 0})
        self._commit("new_conversation", name, moment, {"conversation": row})

    def customer_writes(self, which: int, late: int) -> None:
        """A message whose own time is up to so many seconds old: it never stands above an answer."""
        name = self._named(which)
        if name is not None:
            floor = max((m["clock"] for m in self.now.thread(name) if m["role"] == "operator"), default=0)
            self._write(name, "user", max(1_000 + self.head - late, floor))

    def operator_writes(self, which: int) -> None:
        name = self._named(which)
        if name is not None:
            self._write(name, "operator", max((m["clock"] for m in self.now.thread(name)), default=1_000))

    def past_is_told(self, which: int) -> None:
        name = self._named(which)
        if name is not None:
            self._write(name, "user", min((m["clock"] for m in self.now.thread(name)), default=1_000) - 1, past=True)

    def status_moves(self, which: int, rank: int) -> None:
        """One of our messages comes further, or begins a new attempt while no provider has spoken."""
        own = [m for held in self.now.messages.values() for m in held.values() if m["role"] == "operator"]
        if not own:
            return
        message = own[which % len(own)]
        current, wanted = SENT_RANKS.index(message["status"]), rank % len(SENT_RANKS)
        if wanted > current or (wanted < 3 and current < 3 and wanted != current):
            named = {"source_message_id": f"p{message['sequence']}"} if wanted >= 3 else message["metadata"]
            self._update(message, {"status": SENT_RANKS[wanted], "metadata": named}, with_row=rank % 2 == 0)

    def message_is_edited(self, which: int, with_row: bool) -> None:
        every = [m for held in self.now.messages.values() for m in held.values()]
        if every:
            self._update(every[which % len(every)], {"content": f"edited at {self.head + 1}"}, with_row=with_row)

    def handed_over(self, which: int, to: int) -> None:
        name = self._named(which)
        if name is not None:
            row = {**self.now.rows[name], "status": HANDOVERS[to % 4], "version": self.head + 1}
            self._commit("conversation_updated", name, self._with_row(row), {"conversation": row})

    def is_read(self, which: int, by_me: bool, unread: int) -> None:
        """An operator has read all but so many."""
        name = self._named(which)
        if name is None:
            return
        inbound = self.now.rows[name]["inbound_count"]
        seen = max(inbound - unread, self.now.read[name]) if by_me else inbound
        moment = Moment(self.now.rows, self.now.messages, {**self.now.read, name: seen} if by_me else self.now.read)
        read = {"operator_id": ME if by_me else OTHER, "sequence": self.head, "unread_count": inbound - seen}
        self._commit("conversation_updated", name, moment, {"read": read})

    def something_hidden(self) -> None:
        """A sequence that this operator may not see."""
        self.moments.append(self.now)
        self.tags.append(self._tag())

    def restore(self, back: int) -> None:
        """An older state comes back; from there on another history is written."""
        kept = max(0, self.head - back)
        del self.moments[kept + 1 :]
        del self.tags[kept + 1 :]
        self.events = [event for event in self.events if event["data"]["sequence"] <= kept]
        self._visible = self.events[-1]["data"]["sequence"] if self.events else 0
        self.history += 1
        self.tags[kept] = self._tag()

    # -- what is asked ------------------------------------------------------------------------------------------------

    def after(self, cursor: str) -> tuple[list[Json], str]:
        """The events behind a cursor, and where the asker stands with them."""
        place = int(cursor.partition("-")[0])
        return [event for event in self.events if event["data"]["sequence"] > place], self.cursor(self.head)

    def list_page(self, below: int | None, size: int) -> Json:
        rows = [row for row in self.now.listed() if below is None or row["last_sequence"] < below]
        return {"chats": rows[:size], "has_more": len(rows) > size, "as_of": self.cursor(self.head)}

    def history_page(self, name: str, before: str | None, size: int, with_row: bool) -> Json:
        edge = tuple(map(int, before.split("-"))) if before else (1 << 60, 0)
        older = [m for m in self.now.thread(name) if (m["clock"], m["sequence"]) < edge]
        shown = older[-size:]
        has_more = len(older) > size
        return {
            "messages": shown,
            "has_more": has_more,
            "next_before": f"{shown[0]['clock']}-{shown[0]['sequence']}" if has_more else None,
            "as_of": self.cursor(self.head),
            "conversation": next(r for r in self.now.listed() if r["conversation_id"] == name) if with_row else None,
        }

    # -- how --------------------------------------------------------------------------------------------------------

    def _named(self, which: int) -> str | None:
        names = list(self.now.rows)
        return names[which % len(names)] if names else None

    def _write(self, name: str, role: str, clock: int, *, past: bool = False) -> None:
        sequence = self.head + 1
        own = role == "operator"
        message_id = f"{'msg_' if own else 'w'}{self.history}.{sequence}"
        message = {
            "message_id": message_id,
            "conversation_id": name,
            "sequence": sequence,
            "clock": clock,
            "version": sequence,
            "role": role,
            "content": f"words {sequence}",
            "status": "queued" if own else None,
            "client_message_id": f"c{self.history}.{sequence}" if own else None,
            "metadata": {} if own else {"source_message_id": message_id},
        }
        row = {**self.now.rows[name], "version": sequence}
        if not past:
            row |= {"last_sequence": sequence, "inbound_count": row["inbound_count"] + (not own)}
        moment = self._with_row(row, message)
        self._commit("new_message", name, moment, {"message": message, "conversation": row})

    def _update(self, message: Json, change: Json, *, with_row: bool) -> None:
        sequence = self.head + 1
        message = {**message, **change, "version": sequence}
        row = self.now.rows[message["conversation_id"]]
        row = {**row, "version": sequence} if with_row else row
        parts = {"message": message, "conversation": row} if with_row else {"message": message}
        self._commit("message_updated", message["conversation_id"], self._with_row(row, message), parts)

    def _with_row(self, row: Json, message: Json | None = None) -> Moment:
        name, messages = row["conversation_id"], self.now.messages
        if message is not None:
            messages = {**messages, name: {**messages[name], message["message_id"]: message}}
        return Moment({**self.now.rows, name: row}, messages, self.now.read)

    def _commit(self, kind: str, name: str, moment: Moment, parts: Json) -> None:
        self.moments.append(moment)
        self.tags.append(self._tag())
        place = {"sequence": self.head, "previous": self._visible, "tag": f"{self.tags[-1]:08x}"}
        self.events.append({"event": kind, "data": {**place, "conversation_id": name, **parts}})
        self._visible = self.head

    def _tag(self) -> int:
        return self.history * 1_000 + len(self.tags)
