"""Replying: the assistant's turn, from a customer's words to an answer that is queued, or a person who is called.

The promise: each burst of messages gets one answer, or one person. It never stands against anything newer: whoever
takes the conversation over, or writes on, while the answer is made, is not talked over. Whatever dies in between,
nobody waits for ever: the turn is a row, and only the transaction that queues the answer takes it away.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import orjson

from wasl.assistant.talking.rules import call_for_person, claims_something, still_learning
from wasl.assistant.wording import away_text, told_to_customer, unfit
from wasl.clock import monotonic, now_ms
from wasl.domain.assistant import Answered, AssistantMode, Reason
from wasl.domain.assistant_settings import AssistantSettings
from wasl.domain.conversation import ConversationStatus
from wasl.domain.events import Event, EventKind
from wasl.domain.message import Origin
from wasl.domain.notes import Note, NoteCode
from wasl.errors import Unavailable
from wasl.flow.budget import day_of
from wasl.flow.limits import (
    AWAY_AGAIN_SECONDS,
    AWAY_ALWAYS_SECONDS,
    TURN_LOOK_SECONDS,
    TURN_PAUSE_SECONDS,
    TURN_SECONDS_MAX,
    TURNS_AT_ONCE,
)
from wasl.flow.perceive import Perceived
from wasl.flow.shares import shares_of
from wasl.limits import OUTBOX_REDATE_SECONDS, QUESTION_CHARACTERS_MAX, TYPING_EVERY_SECONDS
from wasl.observe import Metrics, log, place_of
from wasl.store.agreement import agreement_on
from wasl.store.answers import EndTurn, NoteDiscarded
from wasl.store.assistants import Assistant
from wasl.store.away import TellAway
from wasl.store.briefs import Situation, read_situation
from wasl.store.database import Connection, Database
from wasl.store.journal import Journal
from wasl.store.limits import TURN_ATTEMPTS_MAX
from wasl.store.pulse import Pulse
from wasl.store.spending import is_spent
from wasl.store.team import Team
from wasl.store.turn_claims import ClaimTurn, due_turns, forsaken_turns, redate_turns, waiting_accounts
from wasl.store.turns import Turn
from wasl.waiting import wait_at_most

_WAKING = (EventKind.NEW_MESSAGE, EventKind.CONVERSATION_UPDATED)
_REWRITTEN = ("edit", "deletion")
Steps = list[tuple[str, int, dict[str, object] | None]]


class Answerer(Protocol):
    """Whatever makes an answer of a question. It calls a person rather than raise, but it may raise too."""

    async def answer(self, situation: Situation, assistant: Assistant) -> Answered: ...


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be taken, and when to look again."""

    turns: list[Turn]
    pause_seconds: float


@dataclass(slots=True)
class _Thinking:
    """An answer that is being made here."""

    task: "asyncio.Task[None]"
    turn: Turn
    in_vain: bool = False


class Replier:
    """Takes the turns that are due, beside the other nodes. `tell_typing` shows a customer, and `tell_thinking` the
    operators, that an answer is being made; `perceive` reads what is no text."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        team: Team,
        answerer: Answerer,
        pulse: Pulse,
        metrics: Metrics,
        tell_typing: Callable[[int, str], None] = lambda *_: None,
        tell_thinking: Callable[[int, str, bool], None] = lambda *_: None,
        perceive: Callable[[Situation, Assistant], Awaitable[Perceived]] | None = None,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._answerer = answerer
        self._pulse = pulse
        self._metrics = metrics
        self._tell_typing = tell_typing
        self._tell_thinking = tell_thinking
        self._perceive = perceive
        self._clock = clock
        self._wake = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], tuple[int, int]] = {}
        self._claiming: set[tuple[int, int]] = set()
        """Conversations whose turn is found, and perhaps not taken yet."""
        self._thinking: dict[tuple[int, str], _Thinking] = {}
        """By (account, conversation id)."""
        self._redate_at = 0.0

    def hear(self, events: Sequence[Event]) -> None:
        """Look for turns soon, and leave off an answer that something newer has made vain."""
        for event in events:
            thinking = self._thinking.get((event.account_id, event.conversation_id))
            if thinking is not None and _is_newer(event, thinking.turn):
                thinking.in_vain = True
                thinking.task.cancel()
                self._wake.set()
            elif event.kind in _WAKING:
                self._wake.set()

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop in the middle: what was not finished is begun again by whoever lives then."""
        tasks = [self._task, *self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            pause_seconds = TURN_LOOK_SECONDS
            try:
                if self._pulse.living:
                    pause_seconds = await self._take_due()
            except Unavailable:
                log.warning("turns not looked for")
            except Exception as error:  # Whatever it is, customers wait for the next look.
                log.error("turns not looked for", error=type(error).__name__, at=place_of(error))
            await asyncio.sleep(TURN_PAUSE_SECONDS)
            await wait_at_most(self._wake, pause_seconds)
            self._wake.clear()

    async def _take_due(self) -> float:
        """Begin the turns that are due; in how many seconds to look again."""
        if monotonic() >= self._redate_at:
            await self._database.write(redate_turns)
            self._redate_at = monotonic() + OUTBOX_REDATE_SECONDS
        found = await self._database.read(partial(self._look, held=list(self._under_way.values())))
        for turn in found.turns:
            if (turn.account_id, turn.conversation_key) not in self._claiming:
                self._begin(turn)
        return found.pause_seconds

    def _look(self, connection: Connection, held: Sequence[tuple[int, int]]) -> "_Found":
        """What this node may take now, beside what it holds."""
        has = Counter(account_id for account_id, _ in held)
        free = TURNS_AT_ONCE - len(held)
        turns = forsaken_turns(connection, self._pulse.node, held, free) if free > 0 else []
        has.update(turn.account_id for turn in turns)
        waiting = waiting_accounts(connection)
        due = [one.account_id for one in waiting if one.due_in_ms <= 0]
        shares = shares_of(due, has, TURNS_AT_ONCE)
        if shares:
            return _Found([*turns, *due_turns(connection, shares)], 0.0)
        # Whatever is due and has no share is looked for when one that is under way has ended.
        later = (one.due_in_ms / 1000 for one in waiting if one.due_in_ms > 0)
        return _Found(turns, min((TURN_LOOK_SECONDS, *later)))

    def _begin(self, turn: Turn) -> None:
        task, place = asyncio.create_task(self._take(turn)), (turn.account_id, turn.conversation_key)
        self._under_way[task] = place
        self._claiming.add(place)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._claiming.discard(self._under_way.pop(task))
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, Unavailable):
                log.warning("turn broke off", code=error.code)
            else:
                log.error("turn broke off", error=type(error).__name__, at=place_of(error))

    async def _take(self, found: Turn) -> None:
        turn = await self._journal.submit(ClaimTurn(found, self._pulse.node))
        self._claiming.discard((found.account_id, found.conversation_key))
        if turn is None:
            return
        began_ms, began = self._clock(), monotonic()
        situation = await self._database.read(lambda connection: read_situation(connection, turn))
        if situation is None:
            return
        assistant = self._team.assistant(turn.account_id, turn.channel_id)
        if turn.tells:
            await self._tell_away(turn, situation, assistant.settings)
            if not turn.shadow:
                return
        begun = ("began", began_ms, {"node": self._pulse.node, "attempt": turn.attempt})
        place = (turn.account_id, situation.conversation_id)
        task = asyncio.current_task()
        assert task is not None
        thinking = self._thinking[place] = _Thinking(task, turn)
        self._tell_thinking(*place, True)
        try:
            perceived, answered = await self._thought(turn, situation, assistant)
        except asyncio.CancelledError:
            if thinking.in_vain:
                self._note_discarded(self._ending(turn, situation, assistant, Answered(None, steps=(begun,)), 0))
            raise
        finally:
            if self._thinking.get(place) is thinking:
                del self._thinking[place]
                self._tell_thinking(*place, False)
        answered = replace(answered, steps=(begun, *perceived.steps, *answered.steps))
        await self._end(turn, perceived.situation, assistant, answered, round((monotonic() - began) * 1000))

    async def _tell_away(self, turn: Turn, situation: Situation, settings: AssistantSettings) -> None:
        at_ms, hours = self._clock(), settings.hours
        is_away = not hours.is_open(at_ms)
        told = await self._journal.submit(
            TellAway(
                turn=turn,
                text=away_text(settings, situation.brief.language, at_ms) if is_away else None,
                until_ms=_away_until(settings, at_ms) or at_ms,
                closed_since_ms=hours.closed_since(at_ms) or at_ms - AWAY_ALWAYS_SECONDS * 1000,
                windowed=self._is_windowed(turn),
            )
        )
        self._metrics.turns.labels("told" if told else "not_told").inc()
        log.info("customer told that nobody is there", conversation_id=situation.conversation_id, told=told)

    async def _thought(self, turn: Turn, situation: Situation, assistant: Assistant) -> tuple[Perceived, Answered]:
        """What the customer has said, as far as it can be read, and what is to be said to it. Raises Unavailable."""
        perceived = Perceived(situation)
        refused = self._refused(turn, situation, assistant.settings)
        if refused is not None:
            return perceived, refused
        try:
            async with asyncio.timeout(TURN_SECONDS_MAX):
                if self._perceive is not None:
                    perceived = await self._perceive(situation, assistant)
                answered = await self._answered(turn, perceived, assistant)
        except TimeoutError:
            return perceived, Answered(None, Reason.FAILED, Note(NoteCode.TOOK_TOO_LONG))
        except Unavailable:
            raise
        except Exception as error:
            log.error("answer failed", account_id=turn.account_id, error=type(error).__name__, at=place_of(error))
            return perceived, Answered(None, Reason.FAILED, Note(NoteCode.ASSISTANT_FAILED))
        return perceived, unfit(answered, perceived.situation.brief, assistant.settings)

    async def _answered(self, turn: Turn, perceived: Perceived, assistant: Assistant) -> Answered:
        situation, settings = perceived.situation, assistant.settings
        called = call_for_person(situation.brief, situation.mood, settings, self._clock())
        if called is None or called.reason is Reason.UNREADABLE:
            called = _unread(perceived) or (None if situation.brief.shows_pictures else called)
        if called is not None:
            return called
        day = day_of(settings, self._clock())
        spent = await self._database.read(lambda c: is_spent(c, turn.account_id, day, settings.limits))
        if spent is not None:
            return Answered(None, Reason.BUDGET, spent)
        if turn.shadow:
            return await self._answerer.answer(situation, assistant)
        typing = asyncio.create_task(self._keep_typing(turn.account_id, situation.conversation_id))
        try:
            return await self._answerer.answer(situation, assistant)
        finally:
            typing.cancel()

    async def _keep_typing(self, account_id: int, conversation_id: str) -> None:
        while True:
            self._tell_typing(account_id, conversation_id)
            await asyncio.sleep(TYPING_EVERY_SECONDS)

    @staticmethod
    def _refused(turn: Turn, situation: Situation, settings: AssistantSettings) -> Answered | None:
        """What nobody should think about: a person is called."""
        if turn.attempt > TURN_ATTEMPTS_MAX:
            return Answered(None, Reason.FAILED, Note(NoteCode.BROKE_OFF))
        if not situation.brief.question:
            return Answered(None)  # The customer has taken back all that was asked.
        if situation.continued:
            return Answered(None, Reason.UNREADABLE, Note(NoteCode.GOES_ON_ELSEWHERE))
        if not turn.shadow and situation.handover.status is not ConversationStatus.BOT:
            return Answered(None)  # A person is called already, or there.
        if not turn.shadow and settings.mode is not AssistantMode.AUTO:
            return Answered(None, Reason.OFF, Note(NoteCode.SWITCHED_OFF))
        return None

    async def _end(
        self, turn: Turn, situation: Situation, assistant: Assistant, answered: Answered, spent_ms: int
    ) -> None:
        settings, learning = assistant.settings, None
        claims = claims_something(answered.text or "", situation.brief.text, answered.matches)
        if settings.agreement_from and answered.replies and claims and not turn.shadow:
            topic, samples = answered.topic, settings.agreement_samples
            standing = await self._database.read(lambda c: agreement_on(c, turn.account_id, topic, samples))
            learning = still_learning(settings, *standing)
        if learning is not None:
            answered = replace(answered, note=learning)
        ending = self._ending(turn, situation, assistant, answered, spent_ms)
        outcome = await self._journal.submit(replace(ending, drafts=learning is not None))
        self._metrics.turns.labels(outcome.value if outcome is not None else "discarded").inc()
        log.info(
            "turn ended",
            conversation_id=situation.conversation_id,
            outcome=outcome and outcome.value,
            reason=answered.reason and answered.reason.value,
            ms=spent_ms,
        )

    def _ending(
        self, turn: Turn, situation: Situation, assistant: Assistant, answered: Answered, spent_ms: int
    ) -> EndTurn:
        settings, language, at_ms = assistant.settings, situation.brief.language, self._clock()
        return EndTurn(
            turn=turn,
            epoch=situation.handover.epoch,
            answered=answered,
            question=situation.brief.text[:QUESTION_CHARACTERS_MAX],
            language=language,
            day=day_of(settings, self._clock()),
            spent_ms=spent_ms,
            # Also of what is to be said: a person may be called for it all the same.
            told=None
            if situation.told
            else told_to_customer(answered.reason or Reason.UNSURE, settings, language, at_ms),
            told_until_ms=_away_until(settings, at_ms),
            windowed=self._is_windowed(turn),
        )

    def _note_discarded(self, ending: EndTurn) -> None:
        """Nobody waits for it, and nothing depends on it."""
        noted = asyncio.ensure_future(self._journal.submit(NoteDiscarded(ending)))
        noted.add_done_callback(_look_at)

    def _is_windowed(self, turn: Turn) -> bool:
        channel = self._team.channel(turn.channel_id)
        return channel is None or channel.capabilities.window


def _is_newer(event: Event, turn: Turn) -> bool:
    """Whether what happened makes an answer vain that is being made in its conversation. A draft is compared with what
    a person says: whoever takes the conversation does not disturb it."""
    if event.kind is EventKind.NEW_CONVERSATION:
        return False
    data = orjson.loads(event.payload)
    if event.kind is EventKind.CONVERSATION_UPDATED:
        return data.get("changed") == "status" and not turn.shadow
    message = data["message"]
    if event.kind is EventKind.MESSAGE_UPDATED:
        return bool(message["is_user"]) and data.get("changed") in _REWRITTEN
    if message["origin"] == Origin.ECHO:
        return not turn.shadow
    return bool(message["is_user"]) and message["origin"] == Origin.LIVE


def _look_at(noted: "asyncio.Future[None]") -> None:
    if not noted.cancelled() and (error := noted.exception()) is not None:
        log.warning("discarded answer not noted", error=type(error).__name__)


def _away_until(settings: AssistantSettings, at_ms: int) -> int | None:
    """Until when nobody is there; None when somebody is."""
    if settings.hours.is_open(at_ms):
        return None
    return settings.hours.opens_at(at_ms) or at_ms + AWAY_AGAIN_SECONDS * 1000


def _unread(perceived: Perceived) -> Answered | None:
    """A person for what could not be read and is all that there is; None where there are words, or something to see."""
    brief = perceived.situation.brief
    if perceived.failed is None or brief.text.strip() or brief.shows_pictures:
        return None
    return Answered(None, perceived.reason, perceived.failed)
