"""Nodes that share one database tell each other what is new. What the bus says is a hint; the log is the truth.

Hints may be lost, doubled, swapped or absent: that costs latency, never an event.
"""

import random
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

from wasl.domain.events import Event
from wasl.errors import Misconfigured
from wasl.limits import HEADS_POLL_SECONDS, HEADS_POLL_SHARED_SECONDS
from wasl.live.hints import Hear, Look, LookEverywhere, Overhear
from wasl.observe import Metrics, log

BUS_KEY = "bus"
"""The purpose for which the installation's key of the bus is derived."""


class Bus(Protocol):
    """What a node says to the others, and what it hears."""

    @property
    def healthy(self) -> bool:
        """Whether what other nodes say arrives."""

    @property
    def state(self) -> str:
        """The same in words, for `/ready`."""

    def start(self, hear: Hear, overhear: Overhear, look: Look, look_everywhere: LookEverywhere) -> None:
        """Begin to listen. All four are called on the event loop and must not block."""

    def publish(self, events: Sequence[Event]) -> None:
        """Tell of committed events, in the order of the log. Never blocks, never raises; the hint may be lost."""

    def whisper(self, account_id: int, kind: str, data: dict[str, Any]) -> None:
        """Tell something that matters only now, and may be lost without harm. `data` is what JSON can hold."""

    def nodes(self) -> int:
        """How many nodes live, this one among them, as far as is known."""

    def heads_poll_seconds(self) -> float:
        """How long to wait before the next look at the heads of the watched accounts. Ask anew for every look."""

    async def close(self) -> None:
        """Take leave of the others."""


class MemoryBus:
    """The bus of a node that has nobody to talk to. `alone` says that no other node can share its database."""

    def __init__(self, metrics: Metrics, *, alone: bool) -> None:
        self._poll_seconds = HEADS_POLL_SECONDS if alone else HEADS_POLL_SHARED_SECONDS
        metrics.bus_healthy.set(1)
        metrics.nodes.set(1)

    healthy = True
    state = "memory"

    def start(self, hear: Hear, overhear: Overhear, look: Look, look_everywhere: LookEverywhere) -> None:
        """Nobody will ever be heard."""

    def publish(self, events: Sequence[Event]) -> None:
        """Everybody who has to know is told by the hub."""

    def whisper(self, account_id: int, kind: str, data: dict[str, Any]) -> None:
        """As with events."""

    def nodes(self) -> int:
        """This one."""
        return 1

    def heads_poll_seconds(self) -> float:
        """Seconds, spread a little so that nodes on one database do not ask in step."""
        return self._poll_seconds * random.uniform(0.8, 1.2)  # noqa: S311 - a pause is no secret

    async def close(self) -> None:
        """Nothing is open."""


def open_bus(redis_url: str | None, key: bytes, metrics: Metrics, *, alone: bool) -> Bus:
    """The bus that the settings ask for; `key` is the installation's, for the bus only.

    Raises Misconfigured when the URL cannot be read, or Redis' driver is not installed; Redis itself may come later.
    """
    if redis_url and alone:
        log.warning("redis not used: with SQLite there is one node")
    if not redis_url or alone:
        return MemoryBus(metrics, alone=alone)
    bus: Bus = _driver().RedisBus(redis_url, key, metrics)
    return bus


async def ask_redis(redis_url: str, key: bytes) -> str | None:
    """Try what a node does with Redis; what is wrong with it in a few words, or None.

    Raises Misconfigured as `open_bus` does.
    """
    complaint: str | None = await _driver().ask_redis(redis_url, key)
    return complaint


def _driver() -> ModuleType:
    """The module that needs Redis' driver, which is an extra."""
    try:
        return import_module("wasl.live.redis_bus")
    except ImportError as error:
        raise Misconfigured("For WASL_REDIS_URL install Wasl with its driver: pip install 'wasl[redis]'.") from error
