"""A fault under way, and a kind of fault: what each of the menu has in common."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from wasl.torture.history import Fault, Writer, now
from wasl.torture.installation import Installation


class Crack:
    """One fault under way. What it breaks is claimed with `on`, which is when it begins."""

    def __init__(self, installation: Installation, chance: Random, pace: float) -> None:
        self.installation = installation
        self.chance = chance
        self._pace = pace
        self.at: float | None = None
        self.target = ""
        self.detail = ""

    @contextlib.asynccontextmanager
    async def on(self, *targets: str) -> AsyncIterator[None]:
        """Wait until nobody else breaks these."""
        async with self.installation.claim(*targets):
            self.at, self.target = now(), ", ".join(targets)
            yield

    async def hold(self, seconds: tuple[float, float]) -> None:
        """Let it be broken for a while, between two bounds."""
        await asyncio.sleep(self.chance.uniform(*seconds) * self._pace)


Break: TypeAlias = Callable[[Crack], Awaitable[None]]
BOTH, SHARED = ("sqlite", "postgres"), ("postgres",)
FROZEN_SECONDS = (3.0, 10.0)
HELD_SECONDS = (2.0, 6.0)


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One of the menu. `run` returns when what it broke works again, and has written a Fault then if anything was."""

    name: str
    engines: tuple[str, ...]
    breaks: Break
    nodes_min: int = 1

    async def run(self, installation: Installation, chance: Random, writer: Writer, pace: float = 1.0) -> None:
        """Do it once; with another pace it holds for so many times as long."""
        crack = Crack(installation, chance, pace)
        try:
            await self.breaks(crack)
        finally:
            if crack.at is not None:
                writer.write(Fault(crack.at, now(), self.name, crack.target, crack.detail))

    def possible(self, installation: Installation) -> bool:
        """Whether this installation has what it breaks."""
        return installation.shape.engine in self.engines and len(installation.nodes) >= self.nodes_min


class Menu(dict[str, FaultKind]):
    """Faults by name."""

    def of(self, *engines: str, nodes_min: int = 1) -> Callable[[Break], Break]:
        """Enter a fault, under its function's name, for these engines and so many nodes."""

        def enter(breaks: Break) -> Break:
            name = str(breaks.__name__)
            self[name] = FaultKind(name, engines, breaks, nodes_min)
            return breaks

        return enter
