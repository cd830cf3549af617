"""Sending: a message leaves in its conversation's order, and never twice by itself.

The promise: `sending` is durable before the first byte leaves. Only what provably did not leave is tried again; when
the answer was lost the message is `unknown`, which a status webhook or a person settles, never a second request. A
node begins nothing unless it knows that the others take it for living, and what it knows it writes down in the end.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from typing import TypeVar

from wasl.channels.meta import MetaChannel, MetaCredentials
from wasl.clock import monotonic
from wasl.domain.events import Event
from wasl.domain.pace import Pace
from wasl.domain.sending import NotSent, SendOutcome
from wasl.errors import Unavailable
from wasl.limits import (
    CHANNEL_MESSAGES_PER_SECOND,
    OUTBOX_LOOK_SECONDS,
    OUTBOX_REDATE_SECONDS,
    PACES_REMEMBERED_MAX,
    PAIR_BURST,
    PAIR_SECONDS_PER_MESSAGE,
    SEND_CLAIM_MAX,
    SEND_STOP_SECONDS,
    SENDS_AT_ONCE,
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
from wasl.store.outbox import Due, RedateOutbox, due_messages, misdated_accounts
from wasl.store.pulse import Pulse
from wasl.store.team import Team

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
        meta: MetaChannel,
        metrics: Metrics,
        pulse: Pulse,
        *,
        nodes: Callable[[], int],
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._meta = meta
        self._metrics = metrics
        self._nodes = nodes
        self._pulse = pulse
        self._wake = asyncio.Event()
        self._free = asyncio.Semaphore(SENDS_AT_ONCE)
        self._under_way: set[tuple[int, int]] = set()
        """Conversations with a request under way here: (account, conversation key)."""
        self._held_until: dict[int, float] = {}
        """Channels that must wait, by id, until a monotonic time."""
        self._redate_at = -inf
        """When to look next for what a wrong clock has dated, by the monotonic clock."""
        self._channel_paces: dict[int, Pace] = {}
        self._pair_paces: dict[tuple[int, int], Pace] = {}
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
            try:
                await self._redate()
                await self._forsake()
                if self._pulse.living:
                    await self._send_due()
            except Unavailable:
                log.warning("outbox not read")
            # A burst of events means one look, not one each.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), OUTBOX_LOOK_SECONDS)
            self._wake.clear()

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
        for due, attempt in await self._database.read(forsaken_claims):
            if (due.account_id, due.conversation_key) in self._under_way:
                continue
            if await self._journal.submit(ForsakeAttempt(due, attempt)):
                self._metrics.sends.labels("interrupted").inc()

    async def _send_due(self) -> None:
        now = monotonic()
        held = [channel_id for channel_id, until in self._held_until.items() if until > now]
        found = await self._database.read(lambda connection: due_messages(connection, held, SEND_CLAIM_MAX))
        for due in found:
            if self._closing:
                return
            line = (due.account_id, due.conversation_key)
            if line in self._under_way or self._wait_seconds(due) > 0:
                continue
            await self._free.acquire()
            self._under_way.add(line)
            task = asyncio.create_task(self._send(due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _wait_seconds(self, due: Due) -> float:
        """How long a message must wait for its channel's and its customer's pace; 0 takes a token of both."""
        now = monotonic()
        held = self._held_until.get(due.channel_id, 0.0) - now
        if held > 0:
            return held
        self._forget_paces()
        pair = self._pair_paces.setdefault(
            (due.account_id, due.conversation_key), Pace.full(1 / PAIR_SECONDS_PER_MESSAGE, PAIR_BURST, now)
        )
        missing = pair.take(now)
        if missing > 0:
            return missing
        missing = self._channel_pace(due.channel_id, now).take(now)
        if missing > 0:
            pair.tokens += 1.0
            asyncio.get_running_loop().call_later(missing, self._wake.set)
        return missing

    def _channel_pace(self, channel_id: int, now: float) -> Pace:
        """This node's share of what a number may send. With every node that comes or goes it is another one."""
        share = max(1.0, CHANNEL_MESSAGES_PER_SECOND / self._nodes())
        pace = self._channel_paces.setdefault(channel_id, Pace.full(share, share, now))
        pace.per_second = pace.burst = share
        return pace

    def _forget_paces(self) -> None:
        if len(self._pair_paces) > PACES_REMEMBERED_MAX:
            oldest = sorted(self._pair_paces, key=lambda pair: self._pair_paces[pair].at_seconds)
            for pair in oldest[: PACES_REMEMBERED_MAX // 2]:
                del self._pair_paces[pair]

    async def _send(self, due: Due) -> None:
        # Asked before the claim: a sign of life that comes after it does not undo that others gave it up before.
        until = self._pulse.living_until
        try:
            claim = await self._claim(due)
            if claim is not None:
                outcome = await self._attempt(claim, until)
                await self._settle(claim, outcome)
        except Unavailable:
            # Closing: it stays `sending` until this node is gone, and becomes unknown.
            log.warning("send interrupted by the database", account_id=due.account_id, sequence=due.sequence)
        finally:
            self._under_way.discard((due.account_id, due.conversation_key))
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

    async def _attempt(self, claim: Claim, until: float) -> SendOutcome:
        channel = self._team.channel(claim.due.channel_id)
        if channel is None:
            return NotSent("channel_gone", "The channel of this conversation is not set up.", 60.0, holds="channel")
        credentials = MetaCredentials(
            phone_number_id=channel.phone_number_id,
            access_token=channel.access_token,
            api_base_url=channel.api_base_url,
            api_version=channel.api_version,
        )
        return await self._meta.send(credentials, claim.outgoing, until)

    async def _settle(self, claim: Claim, outcome: SendOutcome) -> None:
        due = claim.due
        if isinstance(outcome, NotSent) and outcome.holds == "channel":
            self._held_until[due.channel_id] = monotonic() + outcome.retry_after_seconds
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
