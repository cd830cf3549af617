"""The simulated customers, and the thread that each has with each business number."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wasl.emulator.ids import business_scoped_id_of
from wasl.emulator.limits import EMULATOR_CUSTOMERS_MAX, EMULATOR_THREAD_ENTRIES_MAX
from wasl.emulator.numbers import PHONE, BusinessNumber, digits_of
from wasl.emulator.records import Accepted
from wasl.errors import Conflict, Invalid, NotFound

WINDOW_SECONDS = 24 * 3600


@dataclass(slots=True)
class Customer:
    """One person with WhatsApp. Without a phone the business knows the person by the business-scoped id alone."""

    key: str
    name: str
    phone: str | None
    bsuid: str | None
    username: str | None = None
    known: bool = True  # False while only the business has written: then nobody can say when the window closed
    reachable: bool = True
    reads_at_once: bool = False

    def contact(self) -> dict[str, Any]:
        """Return the entry of `contacts[]` in a webhook."""
        profile: dict[str, str] = {"name": self.name}
        if self.username:
            profile["username"] = self.username
        contact: dict[str, Any] = {"profile": profile}
        if self.phone:
            contact["wa_id"] = self.phone
        if self.bsuid:
            contact["user_id"] = self.bsuid
        return contact

    def sender(self) -> dict[str, str]:
        """Return the fields of `messages[]` that say who wrote."""
        names = {"from": self.phone, "from_user_id": self.bsuid}
        return {name: value for name, value in names.items() if value}

    def recipient(self) -> dict[str, str]:
        """Return the fields of `statuses[]` that say to whom."""
        names = {"recipient_id": self.phone, "recipient_user_id": self.bsuid}
        return {name: value for name, value in names.items() if value}


@dataclass(slots=True)
class Entry:
    """One bubble of a thread. `content` is the object that Meta's JSON carries under the type's name."""

    message_id: str
    author: str  # customer, business, or phone: typed on the business's own phone
    at: int
    type: str
    content: Any
    reply_to: str | None = None
    status: str = "sending"
    reactions: dict[str, str] = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False
    arrived: bool = False
    read_wanted: bool = False  # the customer looked before it arrived
    accepted: Accepted | None = None


@dataclass(slots=True)
class Thread:
    """What passed between one customer and one number, newest last."""

    customer: Customer
    phone_number_id: str
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=EMULATOR_THREAD_ENTRIES_MAX))
    last_inbound_at: int | None = None
    typing_until: float | None = None  # the business is seen typing

    def find(self, message_id: str) -> Entry | None:
        return next((entry for entry in reversed(self.entries) if entry.message_id == message_id), None)

    def window_open(self, now_seconds: float) -> bool:
        return self.last_inbound_at is not None and now_seconds - self.last_inbound_at < WINDOW_SECONDS

    def heard(self, at: int) -> None:
        """Note that the customer wrote, which opens or renews the window."""
        self.last_inbound_at = max(self.last_inbound_at or 0, at)


class Customers:
    """All customers, findable by phone and by business-scoped id, and their threads."""

    def __init__(self, portfolio: str = "portfolio") -> None:
        self._portfolio = portfolio
        self._by_address: dict[str, Customer] = {}
        self._threads: dict[tuple[str, str], Thread] = {}
        self._thread_of: dict[tuple[str, str], Thread] = {}
        self.count = 0

    def __iter__(self) -> Iterator[Customer]:
        return iter({customer.key: customer for customer in self._by_address.values()}.values())

    def find(self, address: str) -> Customer:
        """Return the customer with this phone, in any spelling, or this business-scoped id; raise NotFound."""
        customer = self.look_up(address)
        if customer is None:
            raise NotFound(f"No customer has the address {address}.")
        return customer

    def look_up(self, address: str) -> Customer | None:
        return self._by_address.get(address) or self._by_address.get(digits_of(address))

    def add(
        self,
        *,
        phone: str | None = None,
        name: str | None = None,
        bsuid: str | None = None,
        username: str | None = None,
        known: bool = True,
    ) -> Customer:
        """Return the customer with this phone or id, made if there is none; a new name replaces the old one."""
        if phone is not None:
            phone = digits_of(phone)
            if not PHONE.fullmatch(phone):
                raise Invalid("A phone number has 7 to 15 digits and begins with its country code.")
        elif bsuid is None:
            bsuid = business_scoped_id_of(username or name or "somebody", self._portfolio)
        found = next((self._by_address[a] for a in (phone, bsuid) if a and a in self._by_address), None)
        if found is None:
            found = self._make(phone, name, bsuid, username, known)
        found.name = name or found.name
        found.username = username or found.username
        found.known = found.known or known
        return found

    def at(self, address: str, *, name: str | None = None, known: bool = True) -> Customer:
        """Return the customer with this phone or business-scoped id, made if there is none."""
        if digits_of(address).isdigit():
            return self.add(phone=address, name=name, known=known)
        return self.add(bsuid=address, name=name, known=known)

    def thread(self, customer: Customer, number: BusinessNumber) -> Thread:
        key = (number.phone_number_id, customer.key)
        if key not in self._threads:
            self._threads[key] = Thread(customer, number.phone_number_id)
        return self._threads[key]

    def threads_of(self, number: BusinessNumber) -> list[Thread]:
        """Return the threads of a number that hold something, the one with the newest entry first."""
        mine = [t for t in self._threads.values() if t.phone_number_id == number.phone_number_id and t.entries]
        return sorted(mine, key=lambda thread: thread.entries[-1].at, reverse=True)

    def write(self, thread: Thread, entry: Entry) -> None:
        """Put an entry at the end of a thread; the oldest one goes when the thread is full."""
        if len(thread.entries) == thread.entries.maxlen:
            self._thread_of.pop((thread.phone_number_id, thread.entries[0].message_id), None)
        thread.entries.append(entry)
        self._thread_of[thread.phone_number_id, entry.message_id] = thread

    def holding(self, message_id: str, number: BusinessNumber) -> Thread | None:
        """Return the thread of a number in which this message stands."""
        return self._thread_of.get((number.phone_number_id, message_id))

    def clear(self) -> None:
        self._by_address.clear()
        self._threads.clear()
        self._thread_of.clear()
        self.count = 0

    def _make(
        self, phone: str | None, name: str | None, bsuid: str | None, username: str | None, known: bool
    ) -> Customer:
        if self.count >= EMULATOR_CUSTOMERS_MAX:
            raise Conflict(f"There are {EMULATOR_CUSTOMERS_MAX} customers already.")
        key = phone or bsuid or ""
        bsuid = bsuid or business_scoped_id_of(key, self._portfolio)
        customer = Customer(key, name or (f"+{phone}" if phone else bsuid), phone, bsuid, username, known)
        self._by_address |= {address: customer for address in (phone, bsuid) if address}
        self.count += 1
        return customer
