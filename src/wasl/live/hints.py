"""What nodes say to each other, as bytes: hints of what was committed, whispers, and hellos.

Each message is proven with a key of the installation. Whatever else is written into a Redis that is shared, or by
somebody who got into it, is garbage: nobody can put words into a customer's mouth there.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from wasl.domain.events import Event, EventKind
from wasl.limits import BUS_SHARDS, HINT_INLINE_BYTES_MAX

VERSION = 1
"""Of what is written here. Nodes of two versions hear nothing of each other, and learn from the database instead."""

_NODE_BYTES = 8
_PROOF_BYTES = 16


Hear = Callable[[Sequence[Event]], None]
"""Takes events of one account that another node committed; `hub.publish`."""
Overhear = Callable[[int, str, dict[str, Any]], None]
"""Takes a whisper of another node: account, kind, data."""
Look = Callable[[int], None]
"""Reads an account's log on from where its ring ends, if anybody here watches that account."""
LookEverywhere = Callable[[], None]
"""Looks at the heads of all watched accounts now, whatever the poll's interval."""


class Garbage(Exception):
    """A message that no node of this installation wrote; what it holds is never told."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The events `first` to `last` of an account are committed; `events` are they, or nothing when they are large."""

    account_id: int
    first: int
    last: int
    previous_tag: int
    """Tag of the event before the first."""
    last_tag: int
    events: tuple[Event, ...] = ()

    @classmethod
    def of(cls, events: Sequence[Event]) -> "Hint":
        """Tell of committed events of one account, in the order of its log."""
        first, last = events[0], events[-1]
        inline = tuple(events) if _bytes_of(events) <= HINT_INLINE_BYTES_MAX else ()
        return cls(first.account_id, first.sequence, last.sequence, first.previous_tag, last.tag, inline)

    def joined(self, later: "Hint") -> "Hint":
        """Tell both in one message. Between them another node may have committed: what is inline keeps that hole."""
        if later.last <= self.last:
            return self
        inline: tuple[Event, ...] = ()
        if self.events and later.events and later.first > self.last:
            together = self.events + later.events
            inline = together if _bytes_of(together) <= HINT_INLINE_BYTES_MAX else ()
        return Hint(self.account_id, self.first, later.last, self.previous_tag, later.last_tag, inline)

    def without_events(self) -> "Hint":
        """The same, only by number."""
        return Hint(self.account_id, self.first, self.last, self.previous_tag, self.last_tag)


@dataclass(frozen=True, slots=True)
class Whisper:
    """Something that matters only now, such as who is typing; `data` is what JSON can hold."""

    account_id: int
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hello:
    """A node lives, or is about to leave."""

    leaving: bool = False


Message = Hint | Whisper | Hello


class Speech:
    """Writes and reads the messages of one installation, in the voice of one node."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        # Random, because names and process ids are the same in every container.
        self._node = secrets.token_bytes(_NODE_BYTES)
        installation = hashlib.blake2b(b"channels", key=key, digest_size=6).hexdigest()
        self._prefix = f"wasl:{VERSION}:{installation}"

    def channels(self) -> list[str]:
        """Every channel that a node listens to; those of another installation have other names."""
        sharded = [f"{self._prefix}:{kind}:{shard}" for kind in ("hints", "whispers") for shard in range(BUS_SHARDS)]
        return [*sharded, f"{self._prefix}:nodes"]

    def channel(self, message: Message) -> str:
        """Where a message is said."""
        match message:
            case Hint():
                return f"{self._prefix}:hints:{message.account_id % BUS_SHARDS}"
            case Whisper():
                return f"{self._prefix}:whispers:{message.account_id % BUS_SHARDS}"
            case Hello():
                return f"{self._prefix}:nodes"

    def encode(self, message: Message) -> bytes:
        """Node, proof, one line of JSON, then the payloads of a hint's events as they are."""
        head, body = _written(message)
        said = b"".join((orjson.dumps(head), b"\n", *body))
        return b"".join((self._node, self._proof(self._node, said), said))

    def decode(self, raw: bytes) -> tuple[bytes, Message] | None:
        """Who said it and what; None for what this node said itself. Raises Garbage, and nothing else."""
        node, proof, said = raw[:_NODE_BYTES], raw[_NODE_BYTES : _NODE_BYTES + _PROOF_BYTES], raw[_HEAD_BYTES:]
        if node == self._node:
            return None
        if not hmac.compare_digest(proof, self._proof(node, said)):
            raise Garbage
        try:
            line, _, body = said.partition(b"\n")
            return node, _read(orjson.loads(line), memoryview(body))
        except (ValueError, TypeError, IndexError) as error:
            raise Garbage from error

    def _proof(self, node: bytes, said: bytes) -> bytes:
        return hashlib.blake2b(said, key=self._key, salt=node, digest_size=_PROOF_BYTES).digest()


_HEAD_BYTES = _NODE_BYTES + _PROOF_BYTES


def _written(message: Message) -> tuple[list[Any], list[bytes]]:
    match message:
        case Hint(account_id, first, last, previous_tag, last_tag, events):
            rows = [
                (e.sequence, e.tag, e.previous_tag, e.kind.value, e.conversation_id, len(e.payload)) for e in events
            ]
            head = ["hint", account_id, first, last, previous_tag, last_tag, rows]
            return head, [event.payload for event in events]
        case Whisper(account_id, kind, data):
            return ["whisper", account_id, kind, data], []
        case Hello(leaving):
            return ["hello", leaving], []


def _read(head: list[Any], body: memoryview) -> Message:
    match head:
        case ["hint", int(account_id), int(first), int(last), int(previous_tag), int(last_tag), list(rows)]:
            return Hint(account_id, first, last, previous_tag, last_tag, _events(account_id, rows, body))
        case ["whisper", int(account_id), str(kind), dict(data)]:
            return Whisper(account_id, kind, data)
        case ["hello", bool(leaving)]:
            return Hello(leaving)
    raise ValueError


def _events(account_id: int, rows: list[Any], body: memoryview) -> tuple[Event, ...]:
    found: list[Event] = []
    start = 0
    for sequence, tag, previous_tag, kind, conversation_id, size in rows:
        payload = bytes(body[start : start + size])
        found.append(Event(account_id, sequence, tag, previous_tag, EventKind(kind), conversation_id, payload))
        start += size
    if start != len(body):
        raise ValueError
    return tuple(found)


def _bytes_of(events: Sequence[Event]) -> int:
    return sum(len(event.payload) for event in events)
