"""Where somebody watches from, and what all who watch in one process share."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from wasl.torture.asking import Eyes, Sessions
from wasl.torture.history import Writer
from wasl.torture.reading import Events


class SomeOperator(Protocol):
    """What a seat must know of the operator whose eyes it has."""

    @property
    def id(self) -> int: ...
    @property
    def email(self) -> str: ...
    @property
    def password(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who is to watch. `by` and `habit` are those of history.Watcher; `doors` are the nodes' URLs, the first
    one first; `opened` is how many conversations they keep open."""

    who: str
    account: int
    operator: SomeOperator
    by: str
    habit: str
    doors: list[str]
    seed: int
    opened: int

    @property
    def eyes(self) -> Eyes:
        return Eyes(self.operator.id, self.operator.email, self.operator.password)


@dataclass(slots=True)
class Crowd:
    """What the watchers of a process share."""

    writer: Writer
    events: Events = field(default_factory=Events)
    sessions: Sessions = field(default_factory=Sessions)
    calm: bool = False
    """Nobody cuts, dawdles or leaves any more: everybody is to get to the end of the log."""
    over: bool = False
    """Nobody watches any more."""
    failed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Fails when a watcher fails by itself, which is a mistake of ours."""

    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Let something be done beside the rest. When it fails, everybody does."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._look)
        return task

    async def end(self) -> None:
        """Let nothing go on."""
        self.over = True
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def fail(self, error: BaseException) -> None:
        """Something is wrong with the kit."""
        if not self.failed.done():
            self.failed.set_exception(error)

    def _look(self, task: "asyncio.Task[None]") -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.fail(error)
