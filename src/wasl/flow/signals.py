"""Reactions, read receipts and the sign of typing on their way to customers. None of them holds up a message.

The promise: customers see in the end the newest of what operators did, whoever dies meanwhile. A word may be told twice
and is never told after a newer one; what the provider will not take is taken back on every screen.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from wasl.channels.adapter import Adapter
from wasl.clock import monotonic
from wasl.domain.events import Event
from wasl.domain.sending import (
    Accepted,
    NotSent,
    Recipient,
    Refused,
    SendOutcome,
    Signal,
    SignalKind,
    Unclear,
    callback_data_for_click,
)
from wasl.errors import Unavailable
from wasl.flow.limits import SIGNAL_LOOK_SECONDS, SIGNALS_AT_ONCE, TYPING_AT_ONCE
from wasl.limits import PACES_REMEMBERED_MAX, SEND_BUSY_RETRY_SECONDS, SEND_RETRY_SECONDS_MAX, TYPING_EVERY_SECONDS
from wasl.observe import Metrics, log
from wasl.store.attempts import recipient_of
from wasl.store.conversation_row import CONVERSATION_SELECT, Conversation
from wasl.store.database import Connection, Database
from wasl.store.journal import Journal
from wasl.store.pulse import Pulse
from wasl.store.reactions import RefuseReaction
from wasl.store.signals import (
    DueSignal,
    claim_signals,
    is_last_attempt,
    may_tell_typing,
    read_by_typing,
    signal_missed,
    signal_told,
    signals_wait,
)
from wasl.store.team import Channel, Team
from wasl.waiting import wait_at_most

_NEWS = (b'"changed":"reaction"', b'"changed":"read"')
"""Stands in the event of whatever may have to be told."""


class Signaller:
    """Tells what is due, beside the signallers of the other nodes."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        team: Team,
        adapters: Mapping[str, Adapter],
        pulse: Pulse,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._adapters = adapters
        self._pulse = pulse
        self._metrics = metrics
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._typing: set[asyncio.Task[None]] = set()
        self._typing_at: dict[tuple[int, str], float] = {}
        """When this node last told a conversation's customer that somebody types."""

    def hear(self, events: Sequence[Event]) -> None:
        """Look soon: something was committed that may have to be told."""
        if any(news in event.payload for event in events for news in _NEWS):
            self._wake.set()

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop in the middle: what was not told is told by whoever lives then."""
        tasks = [self._task, *self._under_way, *self._typing]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def type(self, account_id: int, conversation_id: str) -> None:
        """Tell a customer that somebody types, if that was not told a moment ago. Nobody waits for it."""
        now, line = monotonic(), (account_id, conversation_id)
        told_at = self._typing_at.get(line)
        if (told_at is not None and now - told_at < TYPING_EVERY_SECONDS) or len(self._typing) >= TYPING_AT_ONCE:
            return
        if len(self._typing_at) > PACES_REMEMBERED_MAX:
            self._typing_at.clear()  # The database remembers too.
        self._typing_at[line] = now
        self._begin(self._type(account_id, conversation_id), self._typing)

    def _begin(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

    async def _run(self) -> None:
        while True:
            try:
                if self._pulse.living:
                    await self._tell_due()
            except Unavailable:
                log.warning("signals not looked for")
            await wait_at_most(self._wake, SIGNAL_LOOK_SECONDS)
            self._wake.clear()

    async def _tell_due(self) -> None:
        free, node = SIGNALS_AT_ONCE - len(self._under_way), self._pulse.node
        if free <= 0 or not await self._database.read(signals_wait):
            return
        # Asked before the claim: a sign of life that comes after it does not undo that others gave it up before.
        until = self._pulse.living_until
        for due in await self._database.write(lambda connection: claim_signals(connection, node, free)):
            self._begin(self._tell(due, until), self._under_way)

    async def _tell(self, due: DueSignal, until: float) -> None:
        try:
            to = await self._database.read(lambda connection: _recipient(connection, due))
            named = callback_data_for_click(due.target, due.version) if due.kind is SignalKind.REACTION else ""
            signal = Signal(due.kind, to, due.message_id, due.emoji, named)
            await self._settle(due, await self._say(self._team.channel(due.channel_id), signal, until))
        except Unavailable:
            # Its lease ends, and it is told again.
            log.warning("signal not told", account_id=due.account_id, kind=due.kind.value)
        finally:
            self._wake.set()

    async def _settle(self, due: DueSignal, outcome: SendOutcome) -> None:
        match outcome:
            case Accepted():
                await self._database.write(lambda connection: signal_told(connection, due))
                self._metrics.signals.labels("told").inc()
            case Refused(code, message):
                await self._give_up(due, code, message)
            case NotSent(code, message) if is_last_attempt(due):
                await self._give_up(due, code, message)
            case Unclear() if is_last_attempt(due):
                await self._give_up(due, "unknown_outcome", "WhatsApp's answer was lost again and again.")
            case NotSent() | Unclear():
                # An answer that was lost too: telling it twice does no harm.
                pause = _pause_seconds(due, outcome)
                await self._database.write(lambda connection: signal_missed(connection, due, pause))
                self._metrics.signals.labels("postponed").inc()

    async def _give_up(self, due: DueSignal, code: str, sentence: str) -> None:
        if due.kind is SignalKind.REACTION:
            await self._journal.submit(RefuseReaction(due, code, sentence))
        else:
            await self._database.write(lambda connection: signal_told(connection, due))
        self._metrics.signals.labels("given up").inc()
        log.info("signal given up", account_id=due.account_id, kind=due.kind.value, code=code)

    async def _type(self, account_id: int, conversation_id: str) -> None:
        try:
            heard = await self._database.read(lambda connection: _last_heard(connection, account_id, conversation_id))
            channel = self._team.channel(heard[0].channel.channel_id) if heard else None
            if heard is None or channel is None or not channel.capabilities.typing:
                return
            conversation, message_id, sequence = heard
            about = (account_id, conversation.key, conversation.channel.channel_id)
            if not await self._database.write(lambda connection: may_tell_typing(connection, *about)):
                return
            signal = Signal(SignalKind.TYPING, recipient_of(conversation), message_id)
            if isinstance(await self._say(channel, signal, self._pulse.living_until), Accepted):
                await self._database.write(lambda c: read_by_typing(c, *about, message_id, sequence))
                self._metrics.signals.labels("told").inc()
        except Unavailable:
            log.warning("typing not told", account_id=account_id)

    async def _say(self, channel: Channel | None, signal: Signal, until: float) -> SendOutcome:
        if channel is None:
            return Refused("channel_gone", "The channel of this conversation is not set up.")
        return await self._adapters[channel.provider].signal(channel.access, signal, until)


def _pause_seconds(due: DueSignal, outcome: NotSent | Unclear) -> float:
    """Twice as long after every failure, and never less than the provider asks for."""
    asked = outcome.retry_after_seconds if isinstance(outcome, NotSent) else 0.0
    return max(asked, min(SEND_BUSY_RETRY_SECONDS * (1 << (due.attempt - 1)), SEND_RETRY_SECONDS_MAX))


def _recipient(connection: Connection, due: DueSignal) -> Recipient:
    sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.conversation_key = ?"
    [row] = connection.rows(sql, (due.account_id, due.conversation_key))
    return recipient_of(Conversation.of_row(row))


def _last_heard(connection: Connection, account_id: int, conversation_id: str) -> tuple[Conversation, str, int] | None:
    """The customer's newest message, to which the sign of typing is an answer: its id and sequence."""
    sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.conversation_id = ?"
    rows = connection.rows(sql, (account_id, conversation_id))
    if not rows:
        return None
    conversation = Conversation.of_row(rows[0])
    sql = (
        "SELECT message_id, sequence FROM messages WHERE conversation_key = ? AND account_id = ? AND role = 'user'"
        " AND origin = 'live' AND deleted_ms IS NULL ORDER BY clock DESC, sequence DESC LIMIT 1"
    )
    heard = connection.rows(sql, (conversation.key, account_id))
    return (conversation, *heard[0]) if heard else None
