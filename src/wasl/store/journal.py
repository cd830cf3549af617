"""The only way to change an account's data, with group commit.

Callers hand in a change and await its commit. One thread takes all changes that wait, runs them in one transaction,
commits, and hands the committed events on, in order, before it answers the callers. What a caller was told has
happened is on the disk; what a screen has shown is too.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar, cast

from wasl.clock import monotonic, now_ms
from wasl.domain.events import Event
from wasl.errors import Unavailable, WaslError
from wasl.limits import (
    DATABASE_SILENT_SECONDS_MAX,
    JOURNAL_ANSWER_SECONDS_MAX,
    JOURNAL_BATCH_CHANGES_MAX,
    JOURNAL_GATHER_SECONDS,
    JOURNAL_LOOK_SECONDS,
    JOURNAL_STOP_SECONDS,
    JOURNAL_WAITING_CHANGES_MAX,
)
from wasl.observe import Metrics, log
from wasl.store.database import Connection, Engine
from wasl.store.draft import Draft
from wasl.store.needs import Needs
from wasl.store.recall import Recall
from wasl.store.write_back import write_back

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Change(Protocol[T_co]):
    """Something that happens to an account. It may be run again from the start, on a fresh draft, if its transaction
    fails. A refusal (any WaslError) must be raised before the draft is touched."""

    @property
    def account_id(self) -> int:
        """Whose data it changes."""
        ...

    def needs(self) -> Needs:
        """What it will ask of the draft."""
        ...

    def apply(self, draft: Draft) -> T_co:
        """Change the draft; the result goes to the caller after the commit."""
        ...


class CommitLost(Exception):
    """The answer to a COMMIT was lost: it may have happened. Nothing is run again; whoever asks again is told what is
    there by the ids that make webhooks and sends idempotent, and what was committed is found by the next look at the
    log."""


Listener = Callable[[Sequence[Event]], None]


@dataclass(slots=True, eq=False)
class _Waiting:
    change: Change[Any]
    future: "asyncio.Future[Any]"
    since: float
    """When it was submitted, by the monotonic clock."""
    given_up: bool = False
    """Its caller was told that nothing can be confirmed; if the writer has not begun with it, it need not."""
    result: Any = None
    error: BaseException | None = None


class Journal:
    """One writer thread over one connection. `listener` is called on the event loop with each batch's events.

    A database that does not answer keeps the writer, but no caller for longer than a bounded time. The writer waits on:
    only the server can say what became of a commit, and a frozen one answers once it goes on.
    """

    def __init__(
        self,
        engine: Engine,
        listener: Listener,
        metrics: Metrics,
        *,
        clock: Callable[[], int] = now_ms,
        answer_seconds_max: float = JOURNAL_ANSWER_SECONDS_MAX,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._answer_seconds_max = answer_seconds_max
        self._silence: tuple[type[Exception], ...] = (CommitLost, *engine.failures)
        self._listener = listener
        self._metrics = metrics
        self._loop: asyncio.AbstractEventLoop | None = None
        # None is the last word: nothing comes after it.
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._unanswered: deque[_Waiting] = deque()
        """In the order they were submitted, which is the order of their answers."""
        self._looking = False
        self._closing = False
        self._cut = False
        self._busy_since: float | None = None
        self._connection: Connection | None = None
        self._upkeep = engine.upkeep()
        self._recall = Recall()
        self._thread = threading.Thread(target=self._run, name="wasl-write", daemon=True)

    def start(self) -> None:
        """Begin to work for the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        if self._upkeep is not None:
            self._upkeep.start()

    def submit(self, change: Change[T]) -> "asyncio.Future[T]":
        """Queue a change; the future ends with its result once it is durable.

        It ends with the change's own WaslError when it refuses, and with Unavailable when too much waits already or
        the database does not answer in time. Only a commit whose answer was lost, or came too late, may have happened
        all the same.
        """
        assert self._loop is not None, "the journal was not started"
        future: asyncio.Future[T] = self._loop.create_future()
        if self._closing or self._queue.qsize() >= JOURNAL_WAITING_CHANGES_MAX:
            future.set_exception(Unavailable("The server is stopping or overloaded; nothing was changed. Try again."))
            return future
        waiting = _Waiting(change, future, monotonic())
        self._unanswered.append(waiting)
        self._queue.put(waiting)
        if not self._looking:
            self._looking = True
            self._loop.call_later(JOURNAL_LOOK_SECONDS, self._give_up)
        return future

    async def close(self) -> None:
        """Commit what waits, as far as the database lets us, then stop."""
        self._closing = True
        self._queue.put(None)
        await self._ended(JOURNAL_STOP_SECONDS)
        if self._thread.is_alive():
            self._cut = True
            self._cut_connection()
            await self._ended(JOURNAL_STOP_SECONDS)

    async def _ended(self, seconds: float) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join, seconds)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            if not self._queue.empty():
                time.sleep(JOURNAL_GATHER_SECONDS)
            batch = self._take(first)
            self._busy_since = monotonic()
            events = self._commit_all(batch) if batch else ()
            self._busy_since = None
            assert self._loop is not None
            with suppress(RuntimeError):  # Stopped meanwhile, without waiting for a database that hung.
                self._loop.call_soon_threadsafe(self._answer, batch, events)
            if self._upkeep is not None:
                self._upkeep.committed(max(len(batch), len(events)))
        if self._upkeep is not None:
            self._upkeep.close()
        if self._connection is not None:
            self._connection.close()

    def _take(self, first: _Waiting) -> list[_Waiting]:
        batch = [first]
        while len(batch) < JOURNAL_BATCH_CHANGES_MAX and not self._queue.empty():
            waiting = self._queue.get()
            if waiting is None:
                self._queue.put(None)
                break
            batch.append(waiting)
        return [waiting for waiting in batch if not waiting.given_up]

    def _answer(self, batch: list[_Waiting], events: Sequence[Event]) -> None:
        if events:
            self._listener(events)
        for waiting in batch:
            if waiting.future.done():
                continue  # Its caller left, or was told already that nothing can be confirmed.
            if waiting.error is not None:
                waiting.future.set_exception(waiting.error)
            else:
                waiting.future.set_result(waiting.result)
        while self._unanswered and self._unanswered[0].future.done():
            self._unanswered.popleft()

    def _give_up(self) -> None:
        """Answer those who have waited for too long; looks again for as long as anybody waits."""
        now = monotonic()
        while self._unanswered and (first := self._unanswered[0]).since <= now - self._answer_seconds_max:
            self._unanswered.popleft()
            first.given_up = True
            if not first.future.done():
                first.future.set_exception(_unavailable(CommitLost()))
        if self._busy_since is not None and self._busy_since <= now - DATABASE_SILENT_SECONDS_MAX:
            self._cut_connection()
        self._looking = bool(self._unanswered)
        if self._looking and self._loop is not None:
            self._loop.call_later(JOURNAL_LOOK_SECONDS, self._give_up)

    def _cut_connection(self) -> None:
        connection = self._connection
        if connection is not None:
            log.warning("journal connection cut", dialect=connection.dialect)
            connection.cut()

    def _commit_all(self, batch: list[_Waiting]) -> Sequence[Event]:
        """Commit a batch as one; if that fails, one change at a time, so that a poisonous one fails alone."""
        try:
            return self._commit(batch)
        except CommitLost as error:
            self._refuse(batch, error)
            return ()
        except self._engine.failures as error:
            return self._fail_or_redo(batch, error)
        except Exception as error:
            log.warning("journal batch redone one by one", changes=len(batch), error=type(error).__name__)
        return self._commit_each(batch)

    def _commit_each(self, batch: list[_Waiting]) -> Sequence[Event]:
        events: list[Event] = []
        for waiting in batch:
            waiting.result = waiting.error = None
            try:
                events.extend(self._commit([waiting]))
            except self._silence as error:
                self._refuse([waiting], error)
            except Exception as error:
                waiting.error = error
                log.error("journal change failed", change=type(waiting.change).__name__, error=repr(type(error)))
        return events

    def _fail_or_redo(self, batch: list[_Waiting], error: Exception) -> Sequence[Event]:
        # The connection may only have been cut since its last use. Nothing was committed: a new one may try again.
        log.warning("journal lost the database", changes=len(batch), error=type(error).__name__)
        self._drop_connection()
        try:
            return self._commit(batch)
        except self._silence as again:
            self._refuse(batch, again)
            return ()
        except Exception:
            return self._commit_each(batch)

    def _refuse(self, batch: list[_Waiting], error: Exception) -> None:
        self._drop_connection()
        for waiting in batch:
            waiting.error = _unavailable(error)

    def _commit(self, batch: list[_Waiting]) -> Sequence[Event]:
        started = time.perf_counter()
        connection = self._open_connection()
        connection.begin_write()
        try:
            drafts = self._draft(connection, batch)
            for waiting in batch:
                self._apply(waiting, drafts)
            for draft in drafts.values():
                write_back(draft)
            try:
                connection.commit()
            except self._engine.failures as error:
                raise CommitLost from error
        except BaseException:
            connection.rollback()
            raise
        for draft in drafts.values():
            draft.committed(self._recall)
        self._metrics.commits.inc()
        self._metrics.changes.inc(len(batch))
        self._metrics.commit_seconds.observe(time.perf_counter() - started)
        if len(drafts) == 1:
            return next(iter(drafts.values())).events
        return [event for draft in drafts.values() for event in draft.events]

    def _draft(self, connection: Connection, batch: list[_Waiting]) -> dict[int, Draft]:
        needs: dict[int, Needs] = {}
        for waiting in batch:
            needs.setdefault(waiting.change.account_id, Needs()).add(waiting.change.needs())
        at_ms = self._clock()
        # Ascending: two nodes that lock the same accounts in the same order cannot wait for each other in a circle.
        # Account 0, which is nobody, has no log; but its rows need an order as well.
        if 0 in needs or any(needed.commons for needed in needs.values()):
            connection.lock_commons()
        drafts = {account_id: Draft(connection, account_id, at_ms, self._recall) for account_id in sorted(needs)}
        for account_id, draft in drafts.items():
            draft.load(needs[account_id])
        return drafts

    @staticmethod
    def _apply(waiting: _Waiting, drafts: dict[int, Draft]) -> None:
        try:
            waiting.result = waiting.change.apply(drafts[waiting.change.account_id])
            waiting.error = None
        except WaslError as refusal:
            waiting.error = refusal

    def _open_connection(self) -> Connection:
        if self._cut:
            raise CommitLost
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except self._engine.failures as error:
                log.warning("journal connection did not close", error=type(error).__name__)


def _unavailable(error: Exception) -> Unavailable:
    unavailable = Unavailable("The database does not answer, so nothing can be confirmed. Try again in a moment.")
    unavailable.__cause__ = error
    return unavailable


def change_of(account_id: int, apply: Callable[[Draft], T]) -> Change[T]:
    """A change made of a function, for what needs nothing fetched beforehand."""
    return cast("Change[T]", _Applied(account_id, apply))


@dataclass(frozen=True, slots=True)
class _Applied:
    account_id: int
    run: Callable[[Draft], Any]

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Any:
        return self.run(draft)
