"""A server and its crowd of readers: rounds at a pace, rounds as fast as it goes, every delivery accounted for."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from bench.installation import Running
from bench.machine import Cores, Shares, Usage
from bench.publishers import Publishers
from bench.readers import Readers, Sample
from bench.report import median, percentile

MESSAGES_AHEAD = 16
"""Published and not yet read by the slowest sampled reader, when a server is driven as fast as it goes."""
MESSAGES_PER_SECOND_MAX = 2_000
"""More than any server here takes with a crowd before it; so many requests are written beforehand."""
SETTLE_SECONDS_MAX = 10.0
"""How long the last frames may take before they count as lost."""
WARM_UP_SECONDS = 1.0
CLIENT_SHARE_MAX = 0.90
"""A client busier than this may itself be what is measured."""
_TURN_SECONDS_MAX = 0.05


@dataclass(slots=True)
class Round:
    """What one stretch gave."""

    deliveries_per_second: float
    messages: int
    p50: float
    p99: float
    missing: int
    doubled: int
    shares: Shares
    cpu_per_delivery: float
    """Seconds of the server's own time, whatever else ran on its core."""


@dataclass(slots=True)
class Fanout:
    """A server, who reads it, and who writes to it. `request(number)` publishes the message of that number."""

    name: str
    readers: Readers
    running: Running
    streams: Sequence[int]
    samples: Sequence[Sample]
    marks_per_frame: int
    request: Callable[[int], bytes]
    sent_at: "array[float]"
    cores: Cores
    next: int
    """The number of the next message."""
    publishers: Publishers | None = None
    rounds: list[Round] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Deliveries a second, the middle one of the rounds."""
        return median([one.deliveries_per_second for one in self.rounds])

    @property
    def p99(self) -> float:
        """Seconds from publishing to reading, the middle one of the rounds."""
        return median([one.p99 for one in self.rounds])

    @property
    def whole(self) -> bool:
        """Whether every stream had every message once."""
        return not any(one.missing or one.doubled for one in self.rounds)

    @property
    def beside(self) -> dict[str, float]:
        """What else these rounds tell: the middle ones."""
        return {
            "ms p50": median([one.p50 for one in self.rounds]) * 1000,
            "µs of the server per delivery": median([one.cpu_per_delivery for one in self.rounds]) * 1e6,
        }

    @property
    def note(self) -> str:
        """What is needed to judge a figure of these rounds."""
        busiest = max((one.shares for one in self.rounds), key=lambda shares: shares.client)
        missing, doubled = sum(one.missing for one in self.rounds), sum(one.doubled for one in self.rounds)
        beside = ", ".join(f"{value:.1f} {name}" for name, value in self.beside.items())
        limit = "; THE CLIENT MAY BE THE LIMIT" if busiest.client > CLIENT_SHARE_MAX else ""
        return f"{len(self.rounds)} rounds: {beside}, {missing} lost, {doubled} too many; {busiest}{limit}"

    def paced(self, per_second: float, seconds: float) -> Round:
        """Publish at fixed moments, whatever the server does."""
        stretch = _Stretch(self, int(per_second * seconds))
        started = perf_counter()
        while stretch.sent < len(stretch.requests):
            elapsed = perf_counter() - started
            if elapsed * per_second >= stretch.sent and stretch.publishers.ready:
                stretch.publish()
            else:
                wait = (stretch.sent - elapsed * per_second) / per_second
                self.readers.turn(min(_TURN_SECONDS_MAX, max(0.0, wait)))
        return stretch.settled(stretch.first, perf_counter() - started)

    def saturated(self, seconds: float) -> Round:
        """Publish the next message as soon as fewer than MESSAGES_AHEAD are on their way."""
        stretch = _Stretch(self, int(MESSAGES_PER_SECOND_MAX * (WARM_UP_SECONDS + seconds)))
        counts_from = perf_counter() + WARM_UP_SECONDS
        ends = counts_from + seconds
        delivered, first, now = 0, 0, 0.0
        while now < ends:
            if stretch.seen > stretch.sent - MESSAGES_AHEAD and stretch.publishers.ready:
                stretch.publish()
                continue
            self.readers.turn(_TURN_SECONDS_MAX)
            now = perf_counter()
            if not first and now >= counts_from:
                first, counts_from, delivered = self.next, now, self.delivered()
                stretch.usage = Usage(self.cores)
        delivered = self.delivered() - delivered
        return stretch.settled(first, now - counts_from, delivered)

    def delivered(self) -> int:
        """Frames read by all streams so far."""
        marks = self.readers.marks
        return sum(marks[stream] for stream in self.streams) // self.marks_per_frame


class _Stretch:
    """The messages of one round, from the first one until everybody has the last one."""

    def __init__(self, fanout: Fanout, messages: int) -> None:
        self.first = fanout.next
        self.requests = [fanout.request(number) for number in range(self.first, self.first + messages)]
        self.usage = Usage(fanout.cores)
        self._cpu = fanout.running.cpu_seconds()
        self._fanout = fanout
        self._before = [fanout.readers.marks[stream] for stream in fanout.streams]
        for sample in fanout.samples:
            sample.restart()
        assert fanout.publishers is not None
        self.publishers = fanout.publishers

    @property
    def sent(self) -> int:
        return self._fanout.next - self.first

    @property
    def seen(self) -> int:
        """How many messages the slowest sampled reader has."""
        return min(len(sample.numbers) for sample in self._fanout.samples)

    def publish(self) -> None:
        """Send the next message."""
        number = self._fanout.next
        self._fanout.next = number + 1
        self._fanout.sent_at[number] = perf_counter()
        if number - self.first == len(self.requests):  # Faster than was thought: made now, on the client's time.
            self.requests.append(self._fanout.request(number))
        self.publishers.send(self.requests[number - self.first], self._answered)

    def _answered(self, status: int) -> None:
        if status // 100 != 2:
            raise SystemExit(f"{self._fanout.name} answered with {status} (0: not at all)")

    def settled(self, counts_from: int, seconds: float, delivered: int | None = None) -> Round:
        """Wait until everybody has everything, and count."""
        shares, fanout = self.usage.until_now(), self._fanout
        wanted = self.sent * fanout.marks_per_frame
        deadline = perf_counter() + SETTLE_SECONDS_MAX
        while perf_counter() < deadline and not (self.publishers.at_rest and self._all_have(wanted)):
            fanout.readers.turn(_TURN_SECONDS_MAX)
        counts = [(n - b) / fanout.marks_per_frame for n, b in zip(self._marks(), self._before, strict=True)]
        latencies = [
            latency
            for sample in fanout.samples
            for number, latency in zip(sample.numbers, sample.latencies, strict=True)
            if number >= counts_from
        ]
        unsound = sum(not sample.has_each_once(self.first, self.sent) for sample in fanout.samples)
        made = Round(
            (self.sent * len(counts) if delivered is None else delivered) / seconds,
            self.sent,
            percentile(latencies, 0.5),
            percentile(latencies, 0.99),
            int(sum(max(0.0, self.sent - count) for count in counts)) + unsound,
            int(sum(max(0.0, count - self.sent) for count in counts)),
            shares,
            (fanout.running.cpu_seconds() - self._cpu) / (self.sent * len(counts)),
        )
        fanout.rounds.append(made)
        return made

    def _all_have(self, wanted: int) -> bool:
        return all(now - before >= wanted for now, before in zip(self._marks(), self._before, strict=True))

    def _marks(self) -> list[int]:
        marks = self._fanout.readers.marks
        return [marks[stream] for stream in self._fanout.streams]
