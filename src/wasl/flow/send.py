"""Sending: a message leaves in its conversation's order, and never twice by itself.

The promise: `sending` is durable before the first byte leaves. Only what provably did not leave is tried again; when
the answer was lost the message is `unknown`, which a status webhook or a person settles, never a second request. A
node begins nothing unless it knows that the others take it for living, and what it knows it writes down in the end.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import TypeVar

from wasl.channels.adapter import Adapter
from wasl.clock import monotonic
from wasl.domain.events import Event
from wasl.domain.sending import NotSent, Refused, SendOutcome
from wasl.errors import Unavailable
from wasl.flow.gathering import Gathering
from wasl.flow.limits import (
    FORSAKEN_LOOK_SECONDS,
    OUTBOX_BUSY_MIN,
    OUTBOX_BUSY_PAUSE_SECONDS,
    OUTBOX_PAGES_MAX,
    OUTBOX_PAUSE_SECONDS,
)
from wasl.flow.outgoing_files import NO_FILE, OutgoingFiles, Prepared
from wasl.flow.paces import Paces
from wasl.limits import (
    OUTBOX_LOOK_SECONDS,
    OUTBOX_REDATE_SECONDS,
    SEND_CLAIM_MAX,
    SEND_STOP_SECONDS,
    SENDS_AT_ONCE,
    SENDS_OF_CHANNEL_AT_ONCE,
)
from wasl.observe import Metrics, log
from wasl.store.attempts import (
    Claim,
    ClaimMessage,
    ForsakeAttempt,
    ReturnClaim,
    SettleAttempt,
    forsaken_claims,
)
from wasl.store.database import Database
from wasl.store.journal import Change, Journal
from wasl.store.outbox import BEFORE_ALL, Due, RedateOutbox, due_messages, misdated_accounts
from wasl.store.pulse import Pulse
from wasl.store.team import Channel, Team
from wasl.waiting import wait_at_most

T = TypeVar("T")

_QUEUED = b'"status":"queued"'
"""Stands in the event of every message that waits to leave; looking for it is cheaper than reading the outbox."""


class Sender:
    """Empties the outbox, beside the senders of the other nodes. `nodes` tells how many send at the same time, since a
    number's rate is one for them all."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        team: Team,
        adapters: Mapping[str, Adapter],
        metrics: Metrics,
        pulse: Pulse,
        *,
        nodes: Callable[[], int],
        files: OutgoingFiles | None = None,
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._adapters = adapters
        self._metrics = metrics
        self._files = files
        self._pulse = pulse
        self._wake = asyncio.Event()
        self._free = asyncio.Semaphore(SENDS_AT_ONCE)
        self._under_way: set[tuple[int, int]] = set()
        """Conversations with a request under way here: (account, conversation key)."""
        self._ended: set[tuple[int, int]] = set()
        """Messages whose attempt here ended since the last look began: (account, sequence)."""
        self._paces = Paces(self._channel, nodes, self._wake.set)
        self._at_once: Counter[int] = Counter()
        """Requests under way here, by channel."""
        self._forsake_at = -inf
        """When to look next for attempts whose maker died, by the monotonic clock."""
        self._redate_at = -inf
        """When to look next for what a wrong clock has dated, by the monotonic clock."""
        self._settling = Gathering(OUTBOX_BUSY_PAUSE_SECONDS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def hear(self, events: Sequence[Event]) -> None:
        """Look at the outbox soon: something was committed that may belong there."""
        if any(_QUEUED in event.payload for event in events):
            self._wake.set()

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Claim nothing more, and give the requests under way some time: their outcome must be written down.

        One that takes longer is found by whoever lives then, and becomes unknown.
        """
        self._closing = True
        self._wake.set()
        _, late = await asyncio.wait((self._task, *self._tasks), timeout=SEND_STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while not self._closing:
            looked_at = monotonic()
            try:
                await self._redate()
                await self._forsake()
                if self._pulse.living:
                    await self._send_due()
            except Unavailable:
                log.warning("outbox not read")
            # A burst of events means one look, not one each.
            await wait_at_most(self._wake, OUTBOX_LOOK_SECONDS)
            pause = OUTBOX_BUSY_PAUSE_SECONDS if self._busy else OUTBOX_PAUSE_SECONDS
            await asyncio.sleep(looked_at + pause - monotonic())
            self._wake.clear()

    @property
    def _busy(self) -> bool:
        return len(self._under_way) >= OUTBOX_BUSY_MIN

    async def _redate(self) -> None:
        """Let nothing wait for an hour that a clock has told which was put back since."""
        if monotonic() < self._redate_at:
            return
        for account_id in await self._database.read(misdated_accounts):
            rows = await self._journal.submit(RedateOutbox(account_id))
            log.warning("outbox dated anew", account_id=account_id, rows=rows)
        self._redate_at = monotonic() + OUTBOX_REDATE_SECONDS

    async def _forsake(self) -> None:
        """Give up attempts whose maker died: nobody knows whether they left, so they are not made again."""
        if monotonic() < self._forsake_at:
            return
        self._forsake_at = monotonic() + FORSAKEN_LOOK_SECONDS
        for due, attempt in await self._database.read(forsaken_claims):
            if (due.account_id, due.conversation_key) in self._under_way:
                continue
            if await self._journal.submit(ForsakeAttempt(due, attempt)):
                self._metrics.sends.labels("interrupted").inc()

    async def _send_due(self) -> None:
        # Customers who have to wait, because they were sent much, must not hide those behind them.
        after = BEFORE_ALL
        for _ in range(OUTBOX_PAGES_MAX):
            busy = [channel_id for channel_id, count in self._at_once.items() if count >= SENDS_OF_CHANNEL_AT_ONCE]
            held = [*self._paces.resting(), *busy]
            self._ended.clear()
            look = partial(due_messages, held_channels=held, limit=SEND_CLAIM_MAX, after=after)
            found = await self._database.read(look)
            await self._send_each(found)
            if len(found) < SEND_CLAIM_MAX or self._closing:
                return
            after = found[-1].place

    async def _send_each(self, found: Sequence[Due]) -> None:
        for due in found:
            line = (due.account_id, due.conversation_key)
            if (due.account_id, due.sequence) in self._ended:
                continue  # An attempt has been made since the look: it is not due as it was found.
            if line in self._under_way or self._at_once[due.channel_id] >= SENDS_OF_CHANNEL_AT_ONCE:
                continue
            if self._paces.wait_seconds(due) > 0:
                continue
            await self._free.acquire()
            if self._closing:
                self._free.release()
                return
            self._under_way.add(line)
            self._at_once[due.channel_id] += 1
            task = asyncio.create_task(self._send(due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _channel(self, channel_id: int) -> Channel | None:
        return self._team.channel(channel_id)

    async def _send(self, due: Due) -> None:
        try:
            file = await self._files.prepared(due) if due.sha256 and self._files else NO_FILE
            if file is None:
                return
            # Asked before the claim: a sign of life that comes after it does not undo that others gave it up before.
            until = self._pulse.living_until
            claim = await self._claim(due)
            if claim is not None:
                channel = self._channel(due.channel_id)
                outcome = await self._attempt(claim, channel, file, until)
                await self._settle(claim, self._judged(due, outcome, channel))
        except Unavailable:
            # Closing: it stays `sending` until this node is gone, and becomes unknown.
            log.warning("send interrupted by the database", account_id=due.account_id, sequence=due.sequence)
        finally:
            self._ended.add((due.account_id, due.sequence))
            self._under_way.discard((due.account_id, due.conversation_key))
            self._at_once[due.channel_id] -= 1
            self._free.release()
            self._wake.set()

    async def _claim(self, due: Due) -> Claim | None:
        try:
            return await self._journal.submit(ClaimMessage(due, self._pulse.node))
        except Unavailable:
            # It may be claimed all the same; but nobody knows better than we do that nothing left.
            await self._write_down(ReturnClaim(due, self._pulse.node))
            return None

    async def _write_down(self, change: Change[T]) -> T:
        """Submit a change until the database answers. Raises Unavailable once the node stops."""
        while True:
            try:
                return await self._journal.submit(change)
            except Unavailable:
                if self._closing:
                    raise
            await asyncio.sleep(OUTBOX_LOOK_SECONDS)

    async def _attempt(
        self, claim: Claim, channel: Channel | None, file: Prepared | NotSent | Refused, until: float
    ) -> SendOutcome:
        if isinstance(file, NotSent | Refused):
            return file
        if channel is None:
            return NotSent("channel_gone", "The channel of this conversation is not set up.", 60.0, holds="channel")
        adapter = self._adapters[channel.provider]
        outgoing = replace(claim.outgoing, file=file.handle)
        outcome = await adapter.send(channel.access, outgoing, until)
        return await self._files.judged(claim.due, file, outcome) if self._files else outcome

    def _judged(self, due: Due, outcome: SendOutcome, used: Channel | None) -> SendOutcome:
        """Let the number wait if its provider said so of how it is set up now."""
        if not isinstance(outcome, NotSent) or outcome.holds != "channel":
            return outcome
        channel = self._channel(due.channel_id)
        if used is not None and channel is not None and channel.access != used.access:
            return replace(outcome, retry_after_seconds=0.0)
        self._paces.hold(due.channel_id, outcome.retry_after_seconds)
        return outcome

    async def _settle(self, claim: Claim, outcome: SendOutcome) -> None:
        due = claim.due
        if self._busy:
            await self._settling.wait()
        status = await self._write_down(SettleAttempt(due, claim.attempt, outcome))
        name = type(outcome).__name__
        self._metrics.sends.labels(name.lower()).inc()
        log.info(
            "message sent" if name == "Accepted" else "message not sent",
            account_id=due.account_id,
            sequence=due.sequence,
            attempt=claim.attempt,
            outcome=name,
            status=status,
        )
