"""Meta, as it delivers: it knocks again and again until somebody says 200, and only then counts a webhook as arrived.

Everything happens in callbacks of the connections, because a task for each of two thousand webhooks a second would cost
more than the webhooks.
"""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Sequence
from random import Random

from wasl.torture.history import Acknowledged, Posted, Refused, Writer, now
from wasl.torture.http import Line, address_of
from wasl.torture.letters import Letter, Letters, Oddities
from wasl.torture.stage import Stage

PATIENCE_SECONDS = 2.0
"""How long an answer may take before the next node is asked."""
SHUNNED_SECONDS = 0.5
"""A node that did not answer is not asked for so long, if another one is there."""
RETRY_SECONDS_FIRST, RETRY_SECONDS_MAX = 0.1, 2.0
REPEATED_SECONDS = (0.05, 8.0)
"""A webhook that was acknowledged comes again after so long."""
WAITING_MAX = 1_000
"""So many letters may wait to be taken before nothing new is written: then nobody is there."""
TICK_SECONDS = 0.01


class NotTaken(Exception):
    """Webhooks were posted that nobody acknowledged; the sentence says how many and what was answered."""


class Provider:
    """Delivers what `Letters` writes, to all nodes in turn. `rate` is new webhooks per second; None is as many as are
    taken. Counts `posted` and `acknowledged` (messages and changes of messages, each once), and `webhooks` (how many
    were acknowledged, each once), `deliveries` (how many times somebody said 200)."""

    def __init__(
        self,
        stage: Stage,
        writer: Writer,
        chance: Random,
        rate: float | None,
        *,
        senders: int = 24,
        oddities: Oddities | None = None,
        customers: int = 400,
    ) -> None:
        self.posted = self.acknowledged = self.webhooks = self.deliveries = self.refusals = 0
        # Dice of their own: what is written does not hang on how it is taken, so a seed always writes the same.
        self._letters = Letters(stage.accounts, Random(chance.random()), oddities, customers)
        self._writer = writer
        self._chance = chance
        self._rate = rate
        self._post = _Post([node.name for node in stage.nodes], [node.url for node in stage.nodes])
        self._idle = deque(_Sender(self, self._post) for _ in range(senders))
        self._senders = list(self._idle)
        self._due: list[tuple[float, int, _Delivery]] = []
        self._next: deque[_Delivery] = deque()
        self._numbers = itertools.count()
        self._allowed = 0.0
        self._ending = False
        self._out = 0
        """Deliveries that are not over, of letters that were posted."""
        self._troubled = 0
        """Deliveries that failed and wait for their next attempt."""
        self._last_trouble = "nothing was answered"
        self._clock: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Begin to deliver."""
        self._clock = asyncio.create_task(self._tick(), name="provider")

    async def until(self, webhooks: int) -> None:
        """Wait until so many webhooks were acknowledged."""
        while self.webhooks < webhooks:
            await self._pause()

    async def end(self, within_seconds: float) -> None:
        """Write nothing new, and wait until all that was posted is acknowledged. Raises NotTaken when it is not."""
        self._ending = True
        self._due = [(at if delivery.attempts else 0.0, number, delivery) for at, number, delivery in self._due]
        heapq.heapify(self._due)
        ends = now() + within_seconds
        try:
            while self._out and now() < ends:
                await self._pause()
            if self._out:
                missing = self.posted - self.acknowledged
                raise NotTaken(
                    f"{within_seconds:.0f} s after the last webhook was written, {missing} of {self.posted} messages"
                    f" are not acknowledged, and {self._out} deliveries wait. The last trouble: {self._last_trouble}."
                )
        finally:
            await self.cut()

    async def cut(self) -> None:
        """Stop at once, whatever is under way."""
        self._ending = True
        if self._clock is not None:
            self._clock.cancel()
            await asyncio.gather(self._clock, return_exceptions=True)
        for sender in self._senders:
            sender.close()

    async def _pause(self) -> None:
        if self._clock is not None and self._clock.done():
            self._clock.result()  # It ends by an error only, which is then ours too.
        await asyncio.sleep(TICK_SECONDS)

    async def _tick(self) -> None:
        last = now()
        while True:
            at = now()
            if self._rate is not None:
                self._allowed = min(self._allowed + (at - last) * self._rate, self._rate)
            last = at
            for sender in self._senders:
                sender.look_at_clock(at)
            self.fill()
            await asyncio.sleep(TICK_SECONDS)

    # -- what leaves --------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Give every idle sender something to deliver, as far as there is something."""
        while self._idle:
            delivery = self._choose()
            if delivery is None:
                return
            if not delivery.letter.posted:
                self._note_posted(delivery.letter)
            self._idle.popleft().deliver(delivery)

    def _choose(self) -> "_Delivery | None":
        if self._next:
            return self._next.popleft()
        if self._due and self._due[0][0] <= now():
            delivery = heapq.heappop(self._due)[2]
            self._troubled -= delivery.attempts > 0
            return delivery
        if self._ending or self._troubled > WAITING_MAX:
            return None
        if self._rate is not None:
            if self._allowed < 1.0:
                return None
            self._allowed -= 1.0
        letter = self._letters.write()
        door = self._post.turn()
        for copy in range(letter.twins):
            self._next.append(_Delivery(letter, self._post.beside(door, copy + 1)))
        self._out += 1 + letter.twins + letter.repeats
        return _Delivery(letter, door)

    def _note_posted(self, letter: Letter) -> None:
        letter.posted = True
        self.posted += letter.fresh
        self._writer.write(Posted(now(), letter.account, letter.ids, [], letter.changes))

    # -- what was answered --------------------------------------------------------------------------------------------

    def taken(self, sender: "_Sender", delivery: "_Delivery", door: int) -> None:
        """Somebody said 200, and every byte of it is here."""
        letter = delivery.letter
        self._writer.write(Acknowledged(now(), self._post.names[door], letter.ids, [], letter.changes))
        self.deliveries += 1
        self._out -= 1
        if not letter.acknowledged:
            letter.acknowledged = True
            self.webhooks += 1
            self.acknowledged += letter.fresh
            for _ in range(letter.repeats):
                pause = 0.0 if self._ending else self._chance.uniform(*REPEATED_SECONDS)
                self._later(_Delivery(letter, self._post.turn()), pause)
        self._idle.append(sender)
        self.fill()

    def failed(self, sender: "_Sender", delivery: "_Delivery", door: int, status: int, said: str) -> None:
        """It was not acknowledged: nobody knows whether it was stored, so it is sent again, to the next node."""
        self._last_trouble = f"{self._post.names[door]}: {status or said}"
        if status:
            if status != 503:
                self.refusals += 1
                self._writer.write(Refused(now(), self._post.names[door], delivery.letter.ids, status, said))
        else:
            self._post.shun(door)
        delivery.attempts += 1
        self._troubled += 1
        delivery.door = self._post.beside(door, 1)
        pause = min(RETRY_SECONDS_MAX, RETRY_SECONDS_FIRST * 2 ** min(delivery.attempts, 10))
        self._later(delivery, pause * self._chance.uniform(0.5, 1.0))
        self._idle.append(sender)
        # Not filled from here: while nobody answers, that would be a loop without a pause. The tick does it.

    def _later(self, delivery: "_Delivery", seconds: float) -> None:
        heapq.heappush(self._due, (now() + seconds, next(self._numbers), delivery))


class _Delivery:
    """A letter on its way, once."""

    __slots__ = ("attempts", "door", "letter")

    def __init__(self, letter: Letter, door: int) -> None:
        self.letter = letter
        self.door = door
        self.attempts = 0


class _Post:
    """The doors, by number, and which of them did not answer a moment ago."""

    def __init__(self, names: Sequence[str], urls: Sequence[str]) -> None:
        self.names = names
        self.addresses = [address_of(url) for url in urls]
        self._turns = itertools.cycle(range(len(names)))
        self._shunned_until = [0.0] * len(names)

    def turn(self) -> int:
        """The next door."""
        return next(self._turns)

    def beside(self, door: int, steps: int) -> int:
        """The door so many after this one."""
        return (door + steps) % len(self.names)

    def shun(self, door: int) -> None:
        """Nobody answered there."""
        self._shunned_until[door] = now() + SHUNNED_SECONDS

    def open_one(self, door: int) -> int:
        """This door, or the next one at which somebody is expected."""
        at = now()
        for step in range(len(self.names)):
            tried = self.beside(door, step)
            if self._shunned_until[tried] <= at:
                return tried
        return door


class _Sender:
    """Delivers one letter at a time; has a connection to each node."""

    def __init__(self, provider: Provider, post: _Post) -> None:
        self._provider = provider
        self._post = post
        self._lines: list[Line | None] = [None] * len(post.names)
        self._delivery: _Delivery | None = None
        self._door = 0
        self._ends = 0.0
        self._connecting: asyncio.Task[None] | None = None

    def deliver(self, delivery: _Delivery) -> None:
        """Write it to its door; the provider is told what came of it."""
        self._delivery = delivery
        self._door = self._post.open_one(delivery.door)
        self._ends = now() + PATIENCE_SECONDS
        line = self._lines[self._door]
        if line is not None and not line.closed:
            line.send(delivery.letter.request)
        else:
            self._connecting = asyncio.create_task(self._connect(delivery, self._door))

    def look_at_clock(self, at: float) -> None:
        """Give up what takes too long."""
        if self._delivery is not None and at > self._ends:
            self._hang_up()
            self._over(0, f"no answer in {PATIENCE_SECONDS} s")

    def close(self) -> None:
        """Hang up everywhere."""
        self._delivery = None
        self._hang_up()
        for line in self._lines:
            if line is not None:
                line.close()

    def _hang_up(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        line, self._lines[self._door] = self._lines[self._door], None
        if line is not None:
            line.close()

    async def _connect(self, delivery: _Delivery, door: int) -> None:
        try:
            loop = asyncio.get_running_loop()
            _, line = await loop.create_connection(lambda: Line(self._answered), *self._post.addresses[door])
        except OSError as error:
            self._connecting = None
            self._over(0, str(error))
            return
        self._connecting = None
        self._lines[door] = line
        line.send(delivery.letter.request)

    def _answered(self, line: Line, status: int) -> None:
        said = "the connection broke" if not status else line.body[:80].decode("utf-8", "replace")
        self._over(status, said)

    def _over(self, status: int, said: str) -> None:
        delivery, self._delivery = self._delivery, None
        if delivery is None:
            return
        if status == 200:
            self._provider.taken(self, delivery, self._door)
        else:
            self._provider.failed(self, delivery, self._door, status, said)
