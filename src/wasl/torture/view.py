"""What an observer's screen shows, built from nothing but what the server told: pages and events.

The rules are those of the dashboard (`dashboard/src/live/apply.ts`, `thread.ts`, `store.ts`), written a second time and
without a line of the server's own code, so that they can bear witness against it.
"""

import hashlib
import itertools
import json
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]

RECENT_EVENTS_MAX = 1_000
"""As many events are repeated over a page that is older than the screen, as the dashboard does."""
FINDINGS_MAX = 200
"""After so many complaints the next one tells nothing new."""

_RANKS = {"sent": 1, "failed": 2, "delivered": 3, "read": 4}
"""What a provider has said is never taken back; before it has spoken (0) an attempt may begin anew."""


class Applied(StrEnum):
    """What became of an event."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    """It was applied before, and changed nothing."""
    GAP = "gap"
    """Something is missing before it, and it changed nothing: read the log from `View.cursor`, then go on."""
    PASSING = "passing"
    """It has no place in the log (`connected`, `typing`, `presence`, `bye` …)."""
    RESYNC = "resync"
    """The server cannot prove continuity. Everything was forgotten: load the list and the histories again."""


@dataclass(slots=True)
class _Thread:
    """The loaded part of a conversation: without holes from its oldest loaded message to the cursor."""

    held: dict[str, Json] = field(default_factory=dict)
    places: list[tuple[int, int, str]] = field(default_factory=list)
    complete: bool = False
    next_before: str | None = None
    fetched: bool = False

    def put(self, message: Json) -> None:
        """Hold this version of a message, at its place."""
        before = self.held.get(message["message_id"])
        if before is not None and _place(before) != _place(message):
            del self.places[bisect_left(self.places, _place(before))]
        if before is None or _place(before) != _place(message):
            insort(self.places, _place(message))
        self.held[message["message_id"]] = message


@dataclass(slots=True)
class _Mark:
    """How much of a conversation the operator had read, and where in the log that was known."""

    inbound: int | None
    """Inbound messages that were read; None while the row they are counted in is not held."""
    unread: int
    sequence: int


class View:
    """One operator's screen. Not for several threads; it never waits and never asks anybody.

    A new view, and one after `resync`, stands nowhere: load the list, and then histories, which together decide where
    it begins. From then on events move it. Pages may come at any time, in any order, and again.
    """

    def __init__(self, operator_id: str) -> None:
        self.operator_id = operator_id
        self.findings: list[str] = []
        """What no screen should ever be told: doubles, moved messages, statuses that went back, pages out of order."""
        self._names: dict[str, tuple[str, str]] = {}
        self.begin_again()

    def begin_again(self) -> None:
        """Forget everything that is shown, as after `resync`. What was found stays."""
        self.cursor: str | None = None
        """`<sequence>-<tag>`: everything up to here is applied. None: nothing is loaded yet."""
        self._rows: dict[str, dict[str, Any]] = {}
        self._threads: dict[str, _Thread] = {}
        self._closed: set[str] = set()
        self._marks: dict[str, _Mark] = {}
        self._recent: deque[tuple[str, Json]] = deque()
        self._forgotten_up_to = -1
        self._moved = False
        self._names.clear()

    # -- what is told -------------------------------------------------------------------------------------------------

    def apply(self, event_kind: str, data: Json) -> Applied:
        """Take an event with its `data` as the server sent it, and say what became of it."""
        if event_kind == "resync":
            self.begin_again()
            return Applied.RESYNC
        if event_kind == "conversations":
            page = {"chats": data["conversations"], "as_of": f"{data['sequence']}-{data['tag']}"}
            return Applied.APPLIED if self.load_list(page) else Applied.DUPLICATE
        if not isinstance(data.get("sequence"), int) or not isinstance(data.get("previous"), int):
            return Applied.PASSING
        applied = sequence_of(self.cursor)
        if data["sequence"] <= applied:
            return Applied.DUPLICATE
        if data["previous"] > applied:
            return Applied.GAP
        self._go_on(f"{data['sequence']}-{data['tag']}")
        self._repeat(event_kind, data)
        self._remember(event_kind, data)
        return Applied.APPLIED

    def close(self, conversation_id: str) -> None:
        """Keep a conversation's messages no longer; its row stays. Loaded again it begins with its newest page."""
        self._closed.add(conversation_id)
        thread = self._threads.pop(conversation_id, None)
        for message in thread.held.values() if thread else ():
            for name in _names_of(message):
                self._names.pop(name, None)

    def advance(self, cursor: str) -> None:
        """Move over what this operator may not see: the `cursor` of a page of `/events/poll`."""
        if self.cursor is not None and sequence_of(cursor) > sequence_of(self.cursor):
            self._go_on(cursor)

    def load_list(self, snapshot: Json) -> bool:
        """Join a page of the list (`chats`, `as_of`). False when it is older than can be made good: ask again."""
        position = sequence_of(snapshot["as_of"])
        if position < self._forgotten_up_to:
            return False
        rows = snapshot["chats"]
        order = [row["last_sequence"] for row in rows]
        if order != sorted(order, reverse=True):
            self._find(f"a page of the list is out of order: {order}")
        for row in rows:
            self._place_listed(row, position)
        self._stand_at(snapshot["as_of"])
        return True

    def load_history(self, conversation_id: str, page: Json) -> bool:
        """Join a page of history (`messages`, `has_more`, `next_before`, `as_of`, `conversation`). False as above."""
        position = sequence_of(page["as_of"])
        if position < self._forgotten_up_to:
            return False
        self._check_page(conversation_id, page["messages"])
        self._merge_history(conversation_id, page)
        row = page.get("conversation")
        if row and "unread_count" in row:
            self._place_listed(row, position)
        elif row:
            self._place_row(row)
        self._stand_at(page["as_of"])
        return True

    # -- what is shown ------------------------------------------------------------------------------------------------

    @property
    def conversations(self) -> list[dict[str, Any]]:
        """The rows in the list's order: newest activity first. `unread_count` is None while only the server knows."""
        return sorted(self._rows.values(), key=lambda row: -int(row["last_sequence"]))

    def messages(self, conversation_id: str) -> list[Json]:
        """The loaded messages of a conversation, in its order; none when it is not loaded."""
        thread = self._threads.get(conversation_id)
        return [thread.held[message_id] for _, _, message_id in thread.places] if thread else []

    def is_loaded(self, conversation_id: str) -> bool:
        """Whether its messages are kept: it was loaded, or seen to begin."""
        return conversation_id in self._threads

    def next_before(self, conversation_id: str) -> str | None:
        """Where the next older page of history begins; None when nothing older exists."""
        thread = self._threads[conversation_id]
        return None if thread.complete else thread.next_before

    def is_complete(self, conversation_id: str) -> bool:
        """Whether nothing older than what is loaded exists."""
        return self._threads[conversation_id].complete

    def digest(self, conversation_id: str) -> str:
        """What a person sees of a conversation's loaded messages, as 32 hex digits."""
        return digest_of_messages(self.messages(conversation_id))

    def list_digest(self) -> str:
        """What a person sees of the held rows, as 32 hex digits."""
        return digest_of_rows(self.conversations)

    # -- events -------------------------------------------------------------------------------------------------------

    def _repeat(self, kind: str, data: Json) -> None:
        """The effect of an event without the cursor's rule. It may be repeated: versions decide what is new."""
        conversation_id, sequence = data.get("conversation_id"), data["sequence"]
        if kind == "new_conversation" and conversation_id:
            self._marks.setdefault(conversation_id, _Mark(0, 0, sequence))
            if conversation_id not in self._closed:
                self._threads.setdefault(conversation_id, _Thread(complete=True))
        if row := data.get("conversation"):
            self._place_row(row)
        if message := data.get("message"):
            self._place_message(message)
        read = data.get("read")
        if read and conversation_id and read["operator_id"] == self.operator_id:
            self._apply_read(conversation_id, read["unread_count"], sequence)

    def _go_on(self, cursor: str) -> None:
        if not self._moved:
            # A page from before the beginning can no longer be made good: what followed it was never told here.
            self._moved, self._forgotten_up_to = True, sequence_of(self.cursor)
        self.cursor = cursor

    def _remember(self, kind: str, data: Json) -> None:
        self._recent.append((kind, data))
        if len(self._recent) > RECENT_EVENTS_MAX:
            self._forgotten_up_to = self._recent.popleft()[1]["sequence"]

    def _stand_at(self, as_of: str) -> None:
        """Begin where everything loaded so far is covered, or repeat what happened after the page was read."""
        position = sequence_of(as_of)
        if not self._moved:
            if self.cursor is None or position < sequence_of(self.cursor):
                self.cursor = as_of
            return
        for kind, data in self._recent:
            if data["sequence"] > position:
                self._repeat(kind, data)

    # -- messages -----------------------------------------------------------------------------------------------------

    def _place_message(self, message: Json) -> None:
        thread = self._threads.get(message["conversation_id"])
        if thread is None:
            return
        held = thread.held.get(message["message_id"])
        if held is None:
            is_first = not thread.places or _place(message) < thread.places[0]
            if is_first and not thread.complete:
                return  # Shown now it would hide the hole between; it comes with its page.
        self._hold(thread, message)

    def _merge_history(self, conversation_id: str, page: Json) -> None:
        self._closed.discard(conversation_id)
        thread = self._threads.setdefault(conversation_id, _Thread())
        first = min((_place(message) for message in page["messages"]), default=None)
        is_older = first is not None and (not thread.places or first[:2] < thread.places[0][:2])
        if not thread.fetched or is_older or not page["has_more"]:
            thread.complete, thread.next_before = not page["has_more"], page["next_before"]
        thread.fetched = True
        for message in page["messages"]:
            self._hold(thread, message)

    def _hold(self, thread: _Thread, message: Json) -> None:
        held = thread.held.get(message["message_id"])
        if held is not None:
            self._compare(held, message)
            if held["version"] >= message["version"]:
                return
        thread.put(message)
        self._name(message)

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _place_row(self, row: Json) -> None:
        conversation_id = row["conversation_id"]
        held = self._rows.get(conversation_id)
        if held is not None:
            older, newer = sorted((held, row), key=lambda one: int(one["version"]))
            if older["last_sequence"] > newer["last_sequence"]:
                self._find(f"the row of {conversation_id} went back in the list: version {newer['version']}")
            if held["version"] >= row["version"]:
                return
            thread = self._threads.get(conversation_id)
            if thread is not None and held["user_id"] != row["user_id"]:
                # Two contacts were merged, or are no longer: the customer of all messages goes by another id.
                thread.held = {name: {**one, "user_id": row["user_id"]} for name, one in thread.held.items()}
        unread = _unread(row, self._marks.get(conversation_id))
        self._rows[conversation_id] = {**row, "unread_count": unread}

    def _place_listed(self, row: Json, position: int) -> None:
        """A row that the server gave at a position of the log, with this operator's own count."""
        conversation_id, inbound = row["conversation_id"], row["inbound_count"]
        mark, unread = self._marks.get(conversation_id), row["unread_count"]
        newest = _Mark(None if unread is None else inbound - unread, unread or 0, position)
        if mark is not None and mark.sequence >= position:
            newest = _Mark(inbound - mark.unread, mark.unread, mark.sequence) if mark.inbound is None else mark
        self._place_row(row)
        self._mark(conversation_id, newest)

    def _apply_read(self, conversation_id: str, unread: int, sequence: int) -> None:
        known, row = self._marks.get(conversation_id), self._rows.get(conversation_id)
        if known is None or known.sequence < sequence:
            inbound = row["inbound_count"] - unread if row is not None else None
            self._mark(conversation_id, _Mark(inbound, unread, sequence))

    def _mark(self, conversation_id: str, mark: _Mark) -> None:
        self._marks[conversation_id] = mark
        if (row := self._rows.get(conversation_id)) is not None:
            row["unread_count"] = _unread(row, mark)

    # -- what must never be told --------------------------------------------------------------------------------------

    def _compare(self, held: Json, told: Json) -> None:
        """Two versions of a message stand at one place, and its status went forward."""
        name = told["message_id"]
        if _place(held) != _place(told):
            self._find(f"message {name} moved or was told twice: {_place(held)[:2]} and {_place(told)[:2]}")
        older, newer = (held, told) if held["version"] <= told["version"] else (told, held)
        if _RANKS.get(older["status"], 0) > _RANKS.get(newer["status"], 0):
            self._find(f"the status of {name} went back: {older['status']} to {newer['status']}")

    def _name(self, message: Json) -> None:
        """Nothing is shown twice, whatever it is called: by us, by the provider, or by the client that wrote it."""
        owner = (message["conversation_id"], message["message_id"])
        for name in _names_of(message):
            if self._names.setdefault(name, owner) != owner:
                self._find(f"{name} is shown twice: {self._names[name]} and {owner}")

    def _check_page(self, conversation_id: str, messages: Iterable[Json]) -> None:
        places = [_place(message) for message in messages]
        if any(one[:2] >= other[:2] for one, other in itertools.pairwise(places)):
            self._find(f"a page of {conversation_id} is out of order: {places}")
        if len({place[2] for place in places}) < len(places):
            self._find(f"a page of {conversation_id} holds a message twice: {places}")

    def _find(self, finding: str) -> None:
        if len(self.findings) < FINDINGS_MAX and finding not in self.findings:
            self.findings.append(finding)


def digest_of_messages(messages: Iterable[Json]) -> str:
    """32 hex digits for messages in their order: id, clock, sequence, version, status, role and the text's hash."""
    return _digest(
        [
            message["message_id"],
            message["clock"],
            message["sequence"],
            message["version"],
            message["status"],
            message["role"],
            hashlib.sha256((message["content"] or "").encode()).hexdigest(),
        ]
        for message in messages
    )


def digest_of_rows(rows: Iterable[Json]) -> str:
    """32 hex digits for rows in their order: conversation, last_sequence, status and unread_count."""
    return _digest([row["conversation_id"], row["last_sequence"], row["status"], row["unread_count"]] for row in rows)


def sequence_of(cursor: str | None) -> int:
    """The sequence of a cursor; -1 for none, so that everything is newer."""
    return int(cursor.partition("-")[0]) if cursor else -1


def _digest(lines: Iterable[list[Any]]) -> str:
    whole = hashlib.sha256()
    for line in lines:
        whole.update(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    return whole.hexdigest()[:32]


def _names_of(message: Json) -> Iterator[str]:
    channel = "_".join(message["conversation_id"].split("_", 2)[:2])
    yield f"message id {message['message_id']} of {channel}"
    if provider_id := (message.get("metadata") or {}).get("source_message_id"):
        yield f"provider id {provider_id} of {channel}"
    if message.get("client_message_id"):
        yield f"client_message_id {message['client_message_id']}"


def _place(message: Json) -> tuple[int, int, str]:
    return message["clock"], message["sequence"], message["message_id"]


def _unread(row: Json, mark: _Mark | None) -> int | None:
    """What was read stays read while more comes in."""
    if mark is None or mark.inbound is None:
        return None
    return max(0, int(row["inbound_count"]) - mark.inbound)
