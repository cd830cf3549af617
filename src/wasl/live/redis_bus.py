"""The bus over Redis: hints by publish and subscribe, and the certainty of noticing when they cannot arrive.

One connection listens and is asked, whenever it is silent, whether it lives; the other speaks. A Redis that is gone or
frozen is noticed by its silence, and the hub then looks at the database instead.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from wasl.clock import monotonic
from wasl.domain.events import Event
from wasl.limits import (
    BUS_ANSWER_SECONDS,
    BUS_GARBAGE_TOLD_SECONDS,
    BUS_HELLO_SECONDS,
    BUS_PING_SECONDS,
    BUS_RETRY_SECONDS_FIRST,
    BUS_RETRY_SECONDS_MAX,
    BUS_SILENCES_DOUBTED,
    BUS_SILENCES_MAX,
    BUS_SILENT_NODE_SECONDS,
    BUS_STOP_SECONDS,
    HEADS_POLL_HINTED_SECONDS,
    HEADS_POLL_UNHINTED_SECONDS,
    WHISPER_BYTES_MAX,
)
from wasl.live.hints import Garbage, Hear, Hello, Hint, Look, LookEverywhere, Message, Overhear, Speech, Whisper
from wasl.live.outgoing import Batch, Outgoing
from wasl.live.redis_line import FAILURES, Line, RedisAddress, complaint_of, subscribe
from wasl.observe import Metrics, log


class RedisBus:
    """One node's voice and ears. `key` is the installation's: who has another one is not heard, and does not hear."""

    def __init__(self, url: str, key: bytes, metrics: Metrics) -> None:
        """Raises Misconfigured when the URL cannot be used. Nothing is connected yet."""
        self._address = RedisAddress(url)
        self._speech = Speech(key)
        self._metrics = metrics
        self._outgoing = Outgoing()
        self._complaint = "not reached yet"
        self._well = asyncio.Event()
        self._well_since = 0.0
        self._peers: dict[bytes, float] = {}
        """When each other node was last heard, by a monotonic clock."""
        self._garbage_told_next = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        metrics.bus_healthy.set(0)
        metrics.nodes.set_function(self.nodes)

    @property
    def healthy(self) -> bool:
        """Whether what other nodes say arrives: false at once when the connection is lost, or within a second when
        Redis says nothing any more."""
        return self._well.is_set()

    @property
    def state(self) -> str:
        """`redis`, or what is wrong with it."""
        return "redis" if self.healthy else f"redis: {self._complaint}"

    def start(self, hear: Hear, overhear: Overhear, look: Look, look_everywhere: LookEverywhere) -> None:
        """Begin to listen, to speak, and to say hello. Redis need not be there yet."""
        self._hear, self._overhear, self._look, self._look_everywhere = hear, overhear, look, look_everywhere
        self._tasks = [asyncio.create_task(work) for work in (self._listen(), self._speak(), self._greet())]

    def publish(self, events: Sequence[Event]) -> None:
        """Hint at committed events. While Redis does not answer only their numbers are kept, for when it does again."""
        dropped = self._outgoing.add_events(events, inline=self.healthy)
        if dropped:
            self._metrics.bus_hints.labels("dropped").inc(dropped)

    def whisper(self, account_id: int, kind: str, data: dict[str, Any]) -> None:
        """Say it to those who listen now; nothing is kept for later."""
        if not self.healthy:
            return
        whisper = Whisper(account_id, kind, data)
        said = self._speech.encode(whisper)
        if len(said) <= WHISPER_BYTES_MAX:
            self._outgoing.add_aside(self._speech.channel(whisper), said)

    def nodes(self) -> int:
        """This node and those heard of lately. While nothing can be heard, those of before: they still send, too."""
        if self.healthy:
            earliest = monotonic() - BUS_SILENT_NODE_SECONDS
            if earliest > self._well_since:
                self._peers = {node: at for node, at in self._peers.items() if at >= earliest}
        return 1 + len(self._peers)

    def heads_poll_seconds(self) -> float:
        """Within a second while hints arrive, more often while they do not."""
        if self.healthy:
            return random.uniform(*HEADS_POLL_HINTED_SECONDS)  # noqa: S311 - a pause is no secret
        return HEADS_POLL_UNHINTED_SECONDS

    async def close(self) -> None:
        """Take leave, so that the others need not find out, and hang up."""
        self._say(Hello(leaving=True))
        if self.healthy and self._tasks:
            with suppress(TimeoutError):
                async with asyncio.timeout(BUS_STOP_SECONDS):
                    await self._outgoing.emptied()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        pause = _Pause()
        while True:
            try:
                async with self._address.line() as line:
                    said = await subscribe(line, self._speech.channels())
                    pause = _Pause()
                    self._is_well()
                    for answer in said:
                        self._take(answer)
                    await self._hear_out(line)
            except FAILURES as error:
                self._is_unwell(complaint_of(error))
            except Exception as error:  # A mistake of ours, or of the driver; only its kind, it may hold a message.
                log.error("bus failed", error=type(error).__name__)
                self._is_unwell("failed")
            await pause.over()

    async def _hear_out(self, line: Line) -> None:
        """Listen until the connection breaks. Silences are counted, not timed: when this process itself was held up,
        what came meanwhile is read before the next one."""
        silences = 0
        while True:
            answer = await line.read_response(timeout=BUS_PING_SECONDS, disconnect_on_error=False)
            if answer is not None:
                silences = 0
                self._is_well()
                self._take(answer)
                continue
            silences += 1
            if silences >= BUS_SILENCES_MAX:
                raise TimeoutError
            if silences >= BUS_SILENCES_DOUBTED:
                self._is_unwell("does not answer")
            await line.send_command("PING")

    def _take(self, answer: Any) -> None:
        if answer[0] != b"message":
            return
        try:
            heard = self._speech.decode(answer[2])
        except Garbage:
            self._metrics.bus_hints.labels("garbage").inc()
            # Counted always, told now and then: a flood of it must not become a flood of lines.
            if monotonic() >= self._garbage_told_next:
                self._garbage_told_next = monotonic() + BUS_GARBAGE_TOLD_SECONDS
                log.warning("message of no node of ours", size=len(answer[2]))
            return
        if heard is None:
            return
        match heard:
            case node, Hello(leaving):
                self._meet(node, leaving=leaving)
            case _, Whisper(account_id, kind, data):
                self._overhear(account_id, kind, data)
            case _, Hint() as hint:
                self._metrics.bus_hints.labels("heard").inc()
                if hint.events:
                    self._hear(hint.events)
                else:
                    self._look(hint.account_id)

    def _meet(self, node: bytes, *, leaving: bool) -> None:
        if leaving:
            self._peers.pop(node, None)
            return
        if node not in self._peers:
            self._say(Hello())  # So that a newcomer knows of us at once.
        self._peers[node] = monotonic()

    def _is_well(self) -> None:
        if self.healthy:
            return
        self._well_since = monotonic()
        self._well.set()
        self._metrics.bus_healthy.set(1)
        log.info("bus joined")
        self._say(Hello())
        # First subscribed, then looked: what was committed in between is found by one or the other.
        self._look_everywhere()

    def _is_unwell(self, complaint: str) -> None:
        if self.healthy or complaint != self._complaint:
            log.warning("bus lost", reason=complaint)
        was_healthy, self._complaint = self.healthy, complaint
        self._well.clear()
        self._metrics.bus_healthy.set(0)
        if was_healthy:
            self._look_everywhere()  # The poll may be in one of its long pauses.

    async def _greet(self) -> None:
        while True:
            await asyncio.sleep(BUS_HELLO_SECONDS)
            self._say(Hello())

    def _say(self, message: Message) -> None:
        if self.healthy:
            self._outgoing.add_aside(self._speech.channel(message), self._speech.encode(message))

    async def _speak(self) -> None:
        pause = _Pause()
        while True:
            await self._well.wait()  # Of two connections to a Redis that is gone, one is enough to find out.
            batch = Batch()
            try:
                async with self._address.line() as line:
                    # A frozen Redis accepts connections too; what is written to it would pile up in memory.
                    await line.send_command("PING")
                    await line.read_response()
                    while True:
                        batch = await self._outgoing.take()
                        await self._tell(line, batch)
                        batch, pause = Batch(), _Pause()
            except FAILURES as error:
                log.warning("hints not sent", reason=complaint_of(error), accounts=len(batch.hints))
            except Exception as error:
                log.error("bus failed", error=type(error).__name__)
                batch = Batch()  # It may be what failed.
            self._metrics.bus_hints.labels("dropped").inc(self._outgoing.take_back(batch))
            await pause.over()

    async def _tell(self, line: Line, batch: Batch) -> None:
        hints = ((self._speech.channel(hint), self._speech.encode(hint)) for hint in batch.hints.values())
        commands = [("PUBLISH", channel, message) for channel, message in (*hints, *batch.asides)]
        await line.send_packed_command(line.pack_commands(commands))
        for _ in commands:
            await line.read_response()
        self._metrics.bus_hints.labels("sent").inc(len(batch.hints))


class _Pause:
    """Pauses before connecting again, each twice as long as the one before."""

    def __init__(self) -> None:
        self._seconds = BUS_RETRY_SECONDS_FIRST

    async def over(self) -> None:
        """Wait for the end of the next one."""
        await asyncio.sleep(self._seconds * random.uniform(0.5, 1.0))  # noqa: S311 - a pause is no secret
        self._seconds = min(2 * self._seconds, BUS_RETRY_SECONDS_MAX)


async def ask_redis(url: str, key: bytes) -> str | None:
    """Try what a node does with Redis; what is wrong with it, in words to be put after its name, or None.

    Raises Misconfigured when the URL cannot be used.
    """
    speech = Speech(key)
    try:
        async with asyncio.timeout(3 * BUS_ANSWER_SECONDS), RedisAddress(url).line() as line:
            await subscribe(line, speech.channels())
    except FAILURES as error:
        return complaint_of(error)
    return None
