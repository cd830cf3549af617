"""Carries webhooks to the business: again and again until it answers 200, and only then are they acknowledged."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import aiohttp

from wasl.clock import monotonic, now_ms
from wasl.emulator.carrier import Carry
from wasl.emulator.limits import (
    EMULATOR_CONNECTIONS_MAX,
    EMULATOR_DELIVERIES_WAITING_MAX,
    EMULATOR_DELIVERY_TIMEOUT_SECONDS,
    EMULATOR_RECORDS_MAX,
    EMULATOR_RETRY_DAYS,
    EMULATOR_RETRY_SECONDS_FIRST,
    EMULATOR_RETRY_SECONDS_MAX,
)
from wasl.emulator.records import Log
from wasl.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a delivery is tried."""

    first_seconds: float = EMULATOR_RETRY_SECONDS_FIRST
    most_seconds: float = EMULATOR_RETRY_SECONDS_MAX
    timeout_seconds: float = EMULATOR_DELIVERY_TIMEOUT_SECONDS
    give_up_after_seconds: float = EMULATOR_RETRY_DAYS * 86_400.0
    attempts_max: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A signed body on its way; every attempt and every copy carries exactly these bytes."""

    phone_number_id: str
    body: bytes
    headers: dict[str, str]
    provider_ids: tuple[str, ...]
    url: str | None = None
    """Where it goes, if not to the number's address."""


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    GIVEN_UP = "given_up"


@dataclass(slots=True)
class Delivery:
    """The story of one letter; times are Unix seconds, `seconds` the length of the last attempt."""

    delivery_id: int
    phone_number_id: str
    body_bytes: int
    provider_ids: tuple[str, ...]
    begun_at: float
    state: State = State.WAITING
    attempts: int = 0
    last_status: int | None = None
    last_error: str | None = None
    acknowledged_at: float | None = None
    seconds: float | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


class PostOffice:
    """Owns everything that is still on its way to the businesses."""

    def __init__(
        self,
        carry: Carry,
        url_of: Callable[[str], str],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        acknowledged: Callable[[Delivery], None],
        patience: Patience,
    ) -> None:
        self._post = carry
        self._url_of = url_of
        self._spawn = spawn
        self._acknowledged = acknowledged
        self._patience = patience
        self._connections = asyncio.Semaphore(EMULATOR_CONNECTIONS_MAX)
        self.log: Log[Delivery] = Log(EMULATOR_RECORDS_MAX)
        self.waiting_of: Counter[str] = Counter()
        """Letters on their way, by the number that they tell of."""
        self._settled = asyncio.Event()
        self._begun = 0

    def post(
        self,
        letter: Letter,
        delay_seconds: float = 0.0,
        *,
        gate: asyncio.Semaphore | None = None,
        attempts_max: int | None = None,
    ) -> Delivery:
        """Begin to deliver a letter. A gate bounds how many of its letters are under way at a time.

        Whoever makes letters looks at `full`, `require_room` or `room` first.
        """
        self._begun += 1
        delivery = Delivery(
            delivery_id=self._begun,
            phone_number_id=letter.phone_number_id,
            body_bytes=len(letter.body),
            provider_ids=letter.provider_ids,
            begun_at=now_ms() / 1000,
        )
        self.log.append(delivery)
        self.waiting_of[letter.phone_number_id] += 1
        self._spawn(self._carry(letter, delivery, delay_seconds, gate, attempts_max or self._patience.attempts_max))
        return delivery

    @property
    def waiting(self) -> int:
        return self.waiting_of.total()

    @property
    def full(self) -> bool:
        return self.waiting >= EMULATOR_DELIVERIES_WAITING_MAX

    def require_room(self) -> None:
        """Raise Unavailable when too many letters wait already."""
        if self.full:
            raise Unavailable(f"{self.waiting} webhooks wait for an answer already.")

    async def room(self) -> None:
        """Wait until there is room for another letter."""
        while self.full:
            self._settled.clear()
            await self._settled.wait()

    async def _carry(
        self, letter: Letter, delivery: Delivery, delay: float, gate: asyncio.Semaphore | None, attempts_max: int | None
    ) -> None:
        gives_up_at = monotonic() + self._patience.give_up_after_seconds
        pause = self._patience.first_seconds
        await asyncio.sleep(delay)
        while True:
            async with AsyncExitStack() as held:
                if gate is not None:
                    await held.enter_async_context(gate)
                await held.enter_async_context(self._connections)
                await self._attempt(letter, delivery)
            exhausted = attempts_max is not None and delivery.attempts >= attempts_max
            if delivery.state is State.ACKNOWLEDGED or exhausted or monotonic() + pause > gives_up_at:
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._patience.most_seconds)
        self._settle(delivery)

    async def _attempt(self, letter: Letter, delivery: Delivery) -> None:
        delivery.attempts += 1
        delivery.last_status = delivery.last_error = None
        started = monotonic()
        try:
            # Looked up anew: a business that moved gets the retries at its new address.
            url = letter.url or self._url_of(letter.phone_number_id)
            status = await self._post(url, letter.body, letter.headers, self._patience.timeout_seconds)
            delivery.last_status = status
            if status == 200:
                delivery.state = State.ACKNOWLEDGED
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            delivery.last_error = type(error).__name__
        delivery.seconds = monotonic() - started

    def _settle(self, delivery: Delivery) -> None:
        self.waiting_of[delivery.phone_number_id] -= 1
        self._settled.set()
        if delivery.state is State.ACKNOWLEDGED:
            delivery.acknowledged_at = now_ms() / 1000
            self._acknowledged(delivery)
        else:
            delivery.state = State.GIVEN_UP
        delivery.settled.set()
