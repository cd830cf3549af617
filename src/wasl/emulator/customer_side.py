"""What customers do: write, read, and make the business's own phone speak; each becomes a webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wasl.clock import now_ms
from wasl.emulator.business_side import tell_read
from wasl.emulator.customers import Customer, Entry
from wasl.emulator.envelopes import provider_ids_of
from wasl.emulator.ids import message_id_of
from wasl.emulator.inbound import Written
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.updates import Update
from wasl.emulator.whatsapp import Emulator
from wasl.errors import WaslError


def write(
    emulator: Emulator,
    number: BusinessNumber,
    customer: Customer,
    written: Written,
    *,
    at: int | None = None,
    reply_to: str | None = None,
    message_id: str | None = None,
) -> str:
    """Let a customer send something to a business; return the message's id. `at` is in Unix seconds."""
    at = now_ms() // 1000 if at is None else at
    message_id = message_id or message_id_of(customer.phone or customer.key, sent_by_business=False)
    thread = emulator.customers.thread(customer, number)
    customer.known = True
    thread.heard(at)
    entry = Entry(message_id, "customer", at, written.type, written.content, reply_to)
    emulator.put(thread, entry)
    message: dict[str, Any] = customer.sender() | _message(entry)
    if reply_to is not None:
        message["context"] = {"from": number.display_phone_number, "id": reply_to}
    value = {"contacts": [customer.contact()], "messages": [message | written.beside]}
    emulator.dispatch.tell(number, Update("messages", value, provider_ids_of(value)))
    return message_id


def write_on_business_phone(
    emulator: Emulator,
    number: BusinessNumber,
    customer: Customer,
    written: Written,
    *,
    at: int | None = None,
    message_id: str | None = None,
) -> str:
    """Let the business write on its own phone, which arrives as an echo; return the message's id."""
    at = now_ms() // 1000 if at is None else at
    message_id = message_id or message_id_of(customer.phone or customer.key, sent_by_business=True)
    entry = Entry(message_id, "phone", at, written.type, written.content, status="delivered")
    emulator.put(emulator.customers.thread(customer, number), entry)
    message = _to(number, customer) | _message(entry) | written.beside
    value = {"contacts": [customer.contact()], "message_echoes": [message]}
    emulator.dispatch.tell(number, Update("smb_message_echoes", value, provider_ids_of(value)))
    return message_id


@dataclass(frozen=True, slots=True)
class Remembered:
    """A line of a thread's past, as the business's phone remembers it; `at` is in Unix seconds."""

    message_id: str
    at: int
    by_business: bool
    written: Written


def tell_history(
    emulator: Emulator, number: BusinessNumber, pasts: Sequence[tuple[Customer, Sequence[Remembered]]]
) -> None:
    """Let a business hear what its phone remembers, as when that is connected: all threads in one webhook."""
    threads = []
    for customer, lines in pasts:
        names = {"wa_id": customer.phone, "user_id": customer.bsuid, "username": customer.username}
        context = {name: value for name, value in names.items() if value}
        messages = [_remembered(emulator, number, customer, line) for line in lines]
        threads.append(({"id": customer.phone} if customer.phone else {}) | {"context": context, "messages": messages})
    chunk = {"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}, "threads": threads}
    value = {"contacts": [customer.contact() for customer, _ in pasts], "history": [chunk]}
    emulator.dispatch.tell(number, Update("history", value, provider_ids_of(value)))


def _remembered(emulator: Emulator, number: BusinessNumber, customer: Customer, line: Remembered) -> dict[str, Any]:
    author, names = ("phone", _to(number, customer)) if line.by_business else ("customer", customer.sender())
    entry = Entry(line.message_id, author, line.at, line.written.type, line.written.content, status="delivered")
    emulator.put(emulator.customers.thread(customer, number), entry)
    return names | _message(entry) | line.written.beside | {"history_context": {"status": "READ"}}


def _to(number: BusinessNumber, customer: Customer) -> dict[str, str]:
    names = {"from": number.display_phone_number, "to": customer.phone, "to_user_id": customer.bsuid}
    return {name: value for name, value in names.items() if value}


def read(emulator: Emulator, number: BusinessNumber, customer: Customer) -> int:
    """Let a customer look at the thread; return how many messages of the business became read by it.

    What is still on its way becomes read on arrival.
    """
    thread = emulator.customers.thread(customer, number)
    count = 0
    for entry in thread.entries:
        if entry.accepted is not None:
            entry.read_wanted = True
            count += tell_read(emulator, number, thread, entry)
    if count:
        emulator.changes.note()
    return count


def absorb(emulator: Emulator, number: BusinessNumber, value: object) -> None:
    """Take what a hand-made webhook says into the threads, as far as it can be understood."""
    messages = value.get("messages") if isinstance(value, dict) else None
    for message in messages if isinstance(messages, list) else []:
        if not isinstance(message, dict):
            continue
        message_id, kind, address = message.get("id"), message.get("type"), message.get("from")
        address = message.get("from_user_id") if address is None else address
        if not (isinstance(message_id, str) and isinstance(kind, str) and isinstance(address, str)):
            continue
        try:
            customer = emulator.customers.at(address)
        except WaslError:
            continue  # A hand-made address that no phone could have, or too many customers: nothing to show.
        thread = emulator.customers.thread(customer, number)
        written_at = str(message.get("timestamp", ""))
        at = int(written_at) if written_at.isdigit() else now_ms() // 1000
        thread.heard(at)
        emulator.put(thread, Entry(message_id, "customer", at, kind, message.get(kind)))


def _message(entry: Entry) -> dict[str, Any]:
    message: dict[str, Any] = {"id": entry.message_id, "timestamp": str(entry.at), "type": entry.type}
    return message if entry.content is None else message | {entry.type: entry.content}
