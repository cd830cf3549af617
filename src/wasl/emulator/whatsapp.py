"""The emulated WhatsApp itself: everything it owns, and the tasks that carry its traffic."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any

import httpx2

from wasl.emulator.behaviour import GOOD_DAY, Behaviour, Behaviours
from wasl.emulator.carrier import Carrier, Carry
from wasl.emulator.cast import CALM, Pace
from wasl.emulator.changes import Changes
from wasl.emulator.customers import Customers, Entry, Thread
from wasl.emulator.deliveries import Delivery, Patience, PostOffice
from wasl.emulator.limits import EMULATOR_RECORDS_MAX
from wasl.emulator.media import MediaStore
from wasl.emulator.numbers import BusinessNumber, Numbers
from wasl.emulator.rates import Rates
from wasl.emulator.records import Accepted, Acknowledged, Log, Receipt, Refused
from wasl.emulator.templates import Templates
from wasl.emulator.webhooks import Dispatch


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    """How an emulator begins. `public_url` is where it is reached; media addresses begin with it when it is given."""

    numbers: tuple[BusinessNumber, ...] = ()
    behaviour: Behaviour = GOOD_DAY
    patience: Patience = field(default_factory=Patience)
    public_url: str | None = None
    lively: bool = False  # a small cast of customers writes by itself
    pace: Pace = CALM
    seed: int = 1


class Emulator:
    """Owns the numbers, the customers, the traffic between them, and the tasks that carry it."""

    def __init__(self, config: EmulatorConfig, carry: Carry | None = None) -> None:
        self.config = config
        self.chance = Random(config.seed)  # noqa: S311 - disorder on demand, repeatable; no secret comes from it
        self.client = httpx2.AsyncClient(trust_env=False)
        self._carrier = Carrier()
        self.numbers = Numbers(config.numbers)
        self.customers = Customers()
        self.behaviours = Behaviours(config.behaviour, self.chance)
        self.media = MediaStore()
        self.templates = Templates()
        self.rates = Rates()
        self.changes = Changes()
        self.accepted: Log[Accepted] = Log(EMULATOR_RECORDS_MAX)
        self.refused: Log[Refused] = Log(EMULATOR_RECORDS_MAX)
        self.receipts: Log[Receipt] = Log(EMULATOR_RECORDS_MAX)
        self.acknowledged: Log[Acknowledged] = Log(EMULATOR_RECORDS_MAX)
        self.statuses_to_come: Counter[str] = Counter()
        """Sends whose statuses are not all told yet, by the number that sent."""
        self._acknowledged_ids: dict[str, None] = {}
        self._awaited: dict[str, asyncio.Event] = {}
        self.post_office = PostOffice(
            carry or self._carrier.post, self._url_of, self.spawn, self._note_acknowledged, config.patience
        )
        self.dispatch = Dispatch(self.behaviours, self.post_office.post, self.chance)
        self._tasks: set[asyncio.Task[None]] = set()
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> "Emulator":
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.changes.close()
        self.dispatch.close()
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(kind, error, trace)
        await self._carrier.aclose()
        await self.client.aclose()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something until the emulator closes; an error in it is a mistake of ours and ends the emulator."""
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def put(self, thread: Thread, entry: Entry) -> None:
        """Show an entry in a thread: as a bubble, or as the change of another bubble."""
        content = entry.content if isinstance(entry.content, dict) else {}
        aim = content.get("message_id") if entry.type == "reaction" else content.get("original_message_id")
        target = thread.find(aim) if entry.type in ("reaction", "edit", "revoke") and isinstance(aim, str) else None
        if entry.type == "reaction" and target is not None:
            target.reactions[entry.author] = str(content.get("emoji") or "")
        elif entry.type == "edit" and target is not None and isinstance(content.get("message"), dict):
            target.content = content["message"].get(target.type, target.content)
            target.edited = True
        elif entry.type == "revoke" and target is not None:
            target.deleted = True
        elif entry.type not in ("reaction", "edit", "revoke"):
            self.customers.write(thread, entry)
        self.changes.note()

    def waiting(self, phone_number_id: str | None = None) -> int:
        """How much the business of a number, or of any, has not been told yet, or has not answered 200 to."""
        counts = self.post_office.waiting_of + self.dispatch.waiting_of + self.statuses_to_come
        return counts.total() if phone_number_id is None else counts[phone_number_id]

    async def until_acknowledged(self, provider_id: str) -> None:
        """Wait until the business has answered 200 to a webhook that names this id."""
        if provider_id not in self._acknowledged_ids:
            await self._awaited.setdefault(provider_id, asyncio.Event()).wait()

    def forget(self) -> None:
        """Forget all customers and all traffic, and behave as at the start; numbers and files stay."""
        self.customers.clear()
        self.behaviours.choose(self.config.behaviour)
        for log in (self.accepted, self.refused, self.receipts, self.acknowledged, self.post_office.log):
            log.clear()
        self._acknowledged_ids.clear()
        self.changes.note()

    def _note_acknowledged(self, delivery: Delivery) -> None:
        number = self.numbers.find(delivery.phone_number_id)
        for provider_id in delivery.provider_ids:
            if provider_id in self._acknowledged_ids:
                continue
            self._acknowledged_ids[provider_id] = None
            if len(self._acknowledged_ids) > EMULATOR_RECORDS_MAX:
                del self._acknowledged_ids[next(iter(self._acknowledged_ids))]
            at = delivery.acknowledged_at or 0.0
            self.acknowledged.append(Acknowledged(provider_id, delivery.phone_number_id, at, delivery.delivery_id))
            thread = self.customers.holding(provider_id, number)
            entry = thread.find(provider_id) if thread else None
            if entry is not None and entry.status == "sending":
                entry.status = "delivered"
            awaited = self._awaited.pop(provider_id, None)
            if awaited is not None:
                awaited.set()
        self.changes.note()

    def _url_of(self, phone_number_id: str) -> str:
        return self.numbers.find(phone_number_id).webhook_url
