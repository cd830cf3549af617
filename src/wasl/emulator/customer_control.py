"""The part of the control API that plays customers: who they are, what they write, and webhooks made by hand."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from wasl.emulator.asked import Asked
from wasl.emulator.control import route, shown
from wasl.emulator.customer_side import absorb, read, write, write_on_business_phone
from wasl.emulator.customers import Customer, Entry, Thread
from wasl.emulator.handwritten import letters_of
from wasl.emulator.inbound import written
from wasl.emulator.limits import EMULATOR_CONNECTIONS_MAX, EMULATOR_MESSAGES_PER_CALL_MAX, EMULATOR_WAIT_SECONDS_MAX
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.whatsapp import Emulator
from wasl.errors import Invalid, Unavailable


def routes() -> list[Route]:
    return [
        route("/customers", add_customer, "POST"),
        route("/customers", list_customers, "GET"),
        route("/customers/{address}", change_customer, "PATCH"),
        route("/customers/{address}/messages", write_messages, "POST"),
        route("/customers/{address}/thread", show_thread, "GET"),
        route("/customers/{address}/read", read_thread, "POST"),
        route("/webhook", deliver_handwritten, "POST"),
    ]


async def add_customer(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Make a customer. Without a phone the business will know the person by the business-scoped id alone."""
    asked = await Asked.of(request)
    customer = emulator.customers.add(
        phone=asked.maybe_text("phone"),
        name=asked.maybe_text("name"),
        bsuid=asked.maybe_text("bsuid"),
        username=asked.maybe_text("username"),
    )
    emulator.changes.note()
    return {"customer": shown(customer)}


async def list_customers(emulator: Emulator, request: Request) -> dict[str, Any]:
    """List the customers with the newest entry of each one's thread, newest first, then those who never wrote."""
    number = emulator.numbers.find(request.query_params.get("phone_number_id"))
    threads = emulator.customers.threads_of(number)
    busy = [{"customer": shown(thread.customer), "last": _shown_entry(thread.entries[-1])} for thread in threads]
    known = {thread.customer.key for thread in threads}
    quiet = [{"customer": shown(one), "last": None} for one in emulator.customers if one.key not in known]
    return {"customers": busy + quiet, "changes": emulator.changes.count}


async def change_customer(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Change a customer's name, username, whether the phone can be reached, or reads everything at once."""
    customer = emulator.customers.find(request.path_params["address"])
    asked = await Asked.of(request)
    customer.name = asked.maybe_text("name") or customer.name
    customer.username = asked.maybe_text("username") or customer.username
    customer.reachable = asked.flag("reachable", customer.reachable)
    customer.reads_at_once = asked.flag("reads_at_once", customer.reads_at_once)
    emulator.changes.note()
    return {"customer": shown(customer)}


async def write_messages(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Let a customer, made if need be, write one message, or several: `messages` is a list of them."""
    asked = await Asked.of(request)
    emulator.post_office.require_room()
    number = emulator.numbers.find(asked.maybe_text("phone_number_id"))
    customer = emulator.customers.at(request.path_params["address"], name=asked.maybe_text("profile_name"))
    listed = [Asked.object(one, "A message") for one in asked.list("messages")] or [asked]
    if len(listed) > EMULATOR_MESSAGES_PER_CALL_MAX:
        raise Invalid(f"At most {EMULATOR_MESSAGES_PER_CALL_MAX} messages in one call.")
    message_ids = [_write(emulator, number, customer, one) for one in listed]
    if asked.flag("wait"):
        await _in_time(asyncio.gather(*(emulator.until_acknowledged(one) for one in message_ids)))
    return {"message_id": message_ids[0], "message_ids": message_ids, "customer": shown(customer)}


async def show_thread(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Show everything that passed between a customer and a number, oldest first."""
    number = emulator.numbers.find(request.query_params.get("phone_number_id"))
    customer = emulator.customers.find(request.path_params["address"])
    thread = emulator.customers.thread(customer, number)
    return _shown_thread(thread) | {"changes": emulator.changes.count}


async def read_thread(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Let a customer look at the thread, which marks the business's messages as read."""
    asked = await Asked.of(request)
    number = emulator.numbers.find(asked.maybe_text("phone_number_id"))
    return {"count": read(emulator, number, emulator.customers.find(request.path_params["address"]))}


async def deliver_handwritten(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Wrap, sign and deliver values that were made by hand, as the options say; see docs/emulator.md."""
    asked = await Asked.of(request)
    emulator.post_office.require_room()
    number = emulator.numbers.find(asked.maybe_text("phone_number_id"))
    values, letters = letters_of(asked, number, emulator.chance)
    for value in values:
        absorb(emulator, number, value)
    gate = asyncio.Semaphore(asked.whole("concurrency", EMULATOR_CONNECTIONS_MAX, most=EMULATOR_CONNECTIONS_MAX))
    attempts = asked.whole("attempts", 0, most=1_000) or None
    deliveries = [emulator.post_office.post(letter, gate=gate, attempts_max=attempts) for letter in letters]
    if asked.flag("wait"):
        await _in_time(asyncio.gather(*(delivery.settled.wait() for delivery in deliveries)))
    return {"deliveries": [shown(delivery, hide=("settled",)) for delivery in deliveries]}


def _write(emulator: Emulator, number: BusinessNumber, customer: Customer, asked: Asked) -> str:
    message = written(asked, emulator.media)
    at, message_id = asked.maybe_whole("timestamp"), asked.maybe_text("message_id_to_use")
    if asked.flag("echo"):
        return write_on_business_phone(emulator, number, customer, message, at=at, message_id=message_id)
    reply_to = asked.maybe_text("reply_to")
    return write(emulator, number, customer, message, at=at, reply_to=reply_to, message_id=message_id)


async def _in_time(work: "asyncio.Future[Any]") -> None:
    try:
        async with asyncio.timeout(EMULATOR_WAIT_SECONDS_MAX):
            await work
    except TimeoutError:
        raise Unavailable("The business did not answer 200 in time; the webhooks are still on their way.") from None


def _shown_thread(thread: Thread) -> dict[str, Any]:
    entries = [_shown_entry(entry) for entry in thread.entries]
    about = {"last_inbound_at": thread.last_inbound_at, "typing_until": thread.typing_until}
    return {"customer": shown(thread.customer), "entries": entries} | about


def _shown_entry(entry: Entry) -> dict[str, Any]:
    return shown(entry, hide=("accepted", "read_wanted", "arrived"))
