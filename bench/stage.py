"""What stands ready before a crowd comes: a server of ours with its ring full, and an event of it for the peers."""

import contextlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import orjson
import uvloop

from bench.bodies import CUSTOMERS, MARK, Numbers, marked, webhooks
from bench.client import Caller, as_fast_as_answered, asking
from bench.fanout import Fanout
from bench.installation import Running, fresh_folder, furnish, our_server, settings_for
from bench.machine import Cores
from bench.nchan import publishing, subscribing
from bench.readers import SAMPLED, Readers, Sample, Step, evenly, opened

MESSAGES_MAX = 1_000_000
"""In all rounds of one server; the moment at which each was sent is kept."""
STREAMS_PER_OPERATOR = "20000"
"""One operator opens all of them: whose they are makes no difference to what they cost."""
_WARM_UP_SECONDS_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Our server, and what is needed to read it and to do as it does. `pieces` is an event's JSON around its mark."""

    ours: Running
    token: str
    cores: Cores
    cursor: str
    pieces: list[bytes]
    first: int
    """The first number that no message has."""

    def event(self, number: int) -> bytes:
        """The data of an event, as long as ours are, for a peer to send."""
        return marked(number).encode().join(self.pieces)

    @property
    def marks(self) -> int:
        """How often the mark stands in an event."""
        return len(self.pieces) - 1


@contextlib.contextmanager
def stage(cores: Cores, **environment: str) -> Iterator[Stage]:
    """Our server on SQLite in a folder of its own. A new ring would grow while memory is measured, so it is full."""
    with fresh_folder("crowd") as folder:
        settings = settings_for(folder, None)
        furnish(settings)
        limits = {"WASL_STREAMS_PER_OPERATOR": STREAMS_PER_OPERATOR}
        with our_server(settings, cores.server, **limits, **environment) as ours:
            yield uvloop.run(prepared(ours, cores))


async def prepared(ours: Running, cores: Cores) -> Stage:
    """Fill the ring of a server with messages, and learn what an event of it looks like."""
    token, numbers = await ours.signed_in(), Numbers()
    async with Caller(ours.port) as caller:
        await _polled(caller, token, "")  # From here on the account's ring is kept.
        await _sent(ours, numbers, 2 * CUSTOMERS)
        before, _ = await _polled(caller, token, "")
        number = numbers.next
        await _sent(ours, numbers, 1)
        cursor, data = await _polled(caller, token, f"?after={before}")
    pieces = data.split(marked(number).encode())
    if data.count(MARK.encode()) != len(pieces) - 1:
        raise SystemExit(f"an event with a mark that is no number: {data!r}")
    return Stage(ours, token, cores, cursor, pieces, numbers.next)


async def _sent(ours: Running, numbers: Numbers, count: int) -> None:
    load = await as_fast_as_answered(ours.port, iter(numbers.webhooks(count)), _WARM_UP_SECONDS_MAX, min(count, 64))
    if load.refused:
        raise SystemExit(f"Wasl answered with {load.refused} (status: how many)")


async def _polled(caller: Caller, token: str, query: str) -> tuple[str, bytes]:
    answer, _ = await caller.ask(asking(f"/api/live-chat/events/poll{query}", token))
    page = orjson.loads(answer)
    return page["cursor"], orjson.dumps(page["events"][-1]["data"]) if page["events"] else b""


def our_crowd(stage: Stage, readers: Readers, count: int) -> Fanout:
    """Readers of our event stream; a message comes as a signed webhook, and goes the whole way."""
    return crowd("Wasl", stage, stage.ours, readers, count, reading(stage), webhook)


def reading(stage: Stage) -> list[Step]:
    """How a reader of ours opens its stream."""
    request = asking(f"/api/live-chat/events?cursor={stage.cursor}", stage.token)
    return [Step(request, lambda came: b"event: connected\n" in came and came.endswith(b"\n\n\r\n"))]


def webhook(number: int) -> bytes:
    """How a message comes to us."""
    return webhooks(number, 1)[0]


def nchan_crowd(stage: Stage, nchan: Running, readers: Readers, count: int) -> Fanout:
    """Readers of nchan's; a message comes as the data of an event of ours."""
    steps = [Step(subscribing(), lambda came: b"\r\n\r\n" in came)]
    return crowd("nchan", stage, nchan, readers, count, steps, lambda number: publishing(stage.event(number)))


def crowd(
    name: str,
    stage: Stage,
    running: Running,
    readers: Readers,
    count: int,
    steps: Sequence[Step],
    request: Callable[[int], bytes],
) -> Fanout:
    """Open so many streams; some, as far apart as can be, are read word for word."""
    sent_at = array("d", bytes(8 * MESSAGES_MAX))
    samples = {place: Sample(sent_at) for place in sorted(evenly(SAMPLED, count))}
    streams = [
        readers.add(one, samples[place].take if place in samples else None)
        for place, one in enumerate(opened(running.port, count, steps))
    ]
    return Fanout(
        name, readers, running, streams, list(samples.values()), stage.marks, request, sent_at, stage.cores, stage.first
    )
