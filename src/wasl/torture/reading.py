"""What servers send to those who watch, read once: blocks of a stream, packets of a socket, items of a poll."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from wasl.torture.history import Message, Row, digest

Json = dict[str, Any]

DURABLE = frozenset({"new_conversation", "new_message", "message_updated", "conversation_updated"})
"""The kinds that stand in the log."""
PASSING = frozenset({"typing", "presence"})
"""The kinds that are said in passing, and move no cursor."""
READ_EVENTS_KEPT = 512
"""Events that are kept read, because everybody in an account gets the same bytes at about the same time."""

_HEAD = re.compile(rb'\{"sequence":(\d+),"previous":(-?\d+),"tag":"([0-9a-f]{8})",')


@dataclass(frozen=True, slots=True)
class Frame:
    """One block of the stream. `raw` is the JSON as it came, `retry_ms` how long to wait before coming back."""

    kind: str
    id: str | None
    raw: bytes
    retry_ms: int | None = None

    @property
    def data(self) -> Json:
        found: Json = orjson.loads(self.raw)
        return found


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the log. `digest` is that of its JSON as the log holds it; nobody may change `data`."""

    kind: str
    sequence: int
    previous: int
    tag: str
    conversation: str
    digest: str
    message: Message | None
    row: Row | None
    data: Json

    @property
    def cursor(self) -> str:
        return f"{self.sequence}-{self.tag}"


class Events:
    """Reads events, and each of them once, however many watchers bring it: only equal bytes are the same event."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes], Event] = OrderedDict()

    def read(self, kind: str, raw: bytes) -> Event:
        """The event of these bytes. Raises ValueError or KeyError when they are none."""
        found = self._kept.get((kind, raw))
        if found is None:
            found = self._kept[kind, raw] = _event_of(kind, raw)
            if len(self._kept) > READ_EVENTS_KEPT:
                self._kept.popitem(last=False)
        return found


def _event_of(kind: str, raw: bytes) -> Event:
    data: Json = orjson.loads(raw)
    message, row = data.get("message"), data.get("conversation")
    return Event(
        kind,
        data["sequence"],
        data["previous"],
        data["tag"],
        data.get("conversation_id") or "",
        digest(payload_of(raw)),
        message_of(message) if message else None,
        row_of(row) if row else None,
        data,
    )


def payload_of(raw: bytes) -> bytes:
    """The JSON object of an event as the log holds it: without the place in the log that is put before it."""
    head = _HEAD.match(raw)
    if head is not None:
        return b"{" + raw[head.end() :]
    data = orjson.loads(raw)
    return orjson.dumps({name: value for name, value in data.items() if name not in ("sequence", "previous", "tag")})


def message_of(told: Mapping[str, Any]) -> Message:
    """What a history keeps of a message."""
    return [
        told["message_id"],
        told["role"],
        told["clock"],
        told["sequence"],
        told["version"],
        told["status"],
        told.get("client_message_id"),
    ]


def row_of(told: Mapping[str, Any]) -> Row:
    """What a history keeps of a conversation's row; events do not tell the reader's own count."""
    return [
        told["conversation_id"],
        told["last_sequence"],
        told["status"],
        told.get("unread_count"),
        told["version"],
    ]


# -- the stream --------------------------------------------------------------------------------------------------------


def frame_of_block(block: bytes) -> Frame:
    """A block of the event stream, without the empty line that ends it."""
    fields = dict(line.partition(b": ")[::2] for line in block.split(b"\n"))
    place, retry = fields.get(b"id"), fields.get(b"retry")
    kind, data = fields.get(b"event", b"").decode(), fields.get(b"data", b"")
    return Frame(kind, place.decode() if place else None, data, int(retry) if retry else None)


class Refused(Exception):
    """The server did not do what it was asked; says its status and body."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        super().__init__(f"{status}: {body[:300]!r}")
        self.status = status
        self.body = body


class StreamBytes:
    """An HTTP answer in chunks, taken apart as it comes."""

    def __init__(self) -> None:
        self.ended = False
        """Whether the server has ended it in order."""
        self._bytes = bytearray()
        self._begun = False
        self._text = b""
        """The part of a block that has come."""

    def blocks(self, data: bytes) -> Iterator[bytes]:
        """The blocks that these bytes complete. Raises Refused when the answer is not a stream."""
        self._bytes += data
        if not self._begun:
            end = self._bytes.find(b"\r\n\r\n")
            if end < 0:
                return
            status = int(self._bytes[9:12])
            if status != 200:
                raise Refused(status, bytes(self._bytes[end + 4 :]))
            self._begun = True
            del self._bytes[: end + 4]
        text = self._text + b"".join(self._chunks())
        *blocks, self._text = text.split(b"\n\n")
        yield from blocks

    def _chunks(self) -> Iterator[bytes]:
        at, held = 0, self._bytes
        while (line := held.find(b"\r\n", at)) >= 0:
            size = int(held[at:line], 16)
            if size == 0:
                self.ended = True
                break
            if len(held) < line + size + 4:
                break
            yield bytes(held[line + 2 : line + 2 + size])
            at = line + size + 4
        del held[:at]


# -- Socket.IO ---------------------------------------------------------------------------------------------------------


def frame_of_packet(packet: bytes) -> Frame:
    """A packet `42["kind",{…}]` as the stream would have brought it. Raises ValueError when it is something else."""
    kind, _, rest = packet[4:-1].partition(b'",')
    name = kind.decode()
    if name in DURABLE:
        raw = without_second_name(rest)
        head = _HEAD.match(raw)
        place = f"{head[1].decode()}-{head[3].decode()}" if head else None
        return Frame(name, place, raw)
    data = orjson.loads(rest)
    place = f"{data['sequence']}-{data['tag']}" if "tag" in data else data.get("cursor")
    return Frame(name, place, rest, data.get("retry_ms"))


def without_second_name(data: bytes) -> bytes:
    """The JSON of an event without what Socket.IO adds to it. Fails when it is not there, right before its twin."""
    start, end = data.index(b'"conversationId":'), data.index(b'"conversation_id":')
    name = data[start + len(b'"conversationId":') : end]
    twin = data[end + len(b'"conversation_id":') :]
    if not name.endswith(b",") or not twin.startswith(name[:-1]):
        raise ValueError(f"two names that differ: {data[start : end + 80]!r}")
    return data[:start] + data[end:]


# -- the long-poll -----------------------------------------------------------------------------------------------------


def items_of_page(body: bytes, events: Sequence[Json]) -> Iterator[tuple[Json, bytes]]:
    """Each item of a page of `/events/poll` with the bytes of its `data`, as they stand in the page."""
    at = 0
    starts: list[tuple[int, int]] = []
    for event in events:
        mark = b'{"id":"%b","event":"%b","data":' % (event["id"].encode(), event["event"].encode())
        begins = body.index(mark, at)
        at = begins + len(mark)
        starts.append((begins, at))
    last = body.index(b'],"cursor":', at) if starts else 0
    for place, event in enumerate(events):
        # Behind an item's data stand its own bracket, and the comma before the next one.
        end = starts[place + 1][0] - 2 if place + 1 < len(starts) else last - 1
        yield event, body[starts[place][1] : end]
