"""What the business does through the Cloud API: send, mark as read; each send is followed by its statuses."""

import asyncio
from urllib.parse import urlsplit

import httpx2

from wasl.clock import monotonic, now_ms
from wasl.emulator.customers import Entry, Thread
from wasl.emulator.ids import message_id_of
from wasl.emulator.limits import EMULATOR_MEDIA_BYTES_MAX
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.records import Accepted, Receipt
from wasl.emulator.refusals import Refusal, invalid
from wasl.emulator.send_checks import Send
from wasl.emulator.statuses import planned, status_update
from wasl.emulator.template_checks import refuse_unfit_template
from wasl.emulator.whatsapp import Emulator

_LISTING = ("meta", "dialog360")
"""Whose templates are known here; what the others check nobody outside has seen."""
TYPING_SECONDS = 25  # Meta shows the sign no longer than this


def refuse_unfit(emulator: Emulator, number: BusinessNumber, send: Send) -> None:
    """Raise Refusal when Meta would not accept this send now: speed, recipient, file, window."""
    behaviour = emulator.behaviours.of(number.phone_number_id)
    if emulator.post_office.full:
        raise Refusal(131016, "Too many webhooks wait for an answer of this business.")
    emulator.rates.count(behaviour, number.phone_number_id, send.recipient, monotonic())
    if send.recipient == number.display_phone_number:
        raise Refusal(131021, "The recipient and the sender are the same number.")
    if send.type == "template" and number.provider in _LISTING:
        refuse_unfit_template(emulator.templates, number.business_account_id, send.content)
    customer = emulator.customers.look_up(send.recipient)
    if send.by_business_scoped_id and customer is None:
        raise invalid("recipient", "no user of this business has this id")
    media_id = send.content.get("id") if isinstance(send.content, dict) else None
    if media_id is not None and media_id not in emulator.media:
        name = f"Param {send.type}['id']"
        raise Refusal(100, f"{name} is not a valid whatsapp business account media attachment ID.")
    if not behaviour.window_enforced or send.type == "template" or customer is None or not customer.known:
        return
    if not emulator.customers.thread(customer, number).window_open(now_ms() / 1000):
        raise Refusal(131047, "More than 24 hours have passed since the customer last wrote: send a template.")


def accept(
    emulator: Emulator,
    number: BusinessNumber,
    send: Send,
    *,
    api_version: str,
    answered: bool = True,
    failure: Refusal | None = None,
    brings_files: bool = False,
) -> Accepted:
    """Take a send, put it into the customer's thread and let its statuses follow; with a failure it ends as failed.

    With `brings_files` a file that is named by a link is fetched first; one that cannot be had ends as failed too.
    """
    customer = emulator.customers.at(send.recipient, known=False)
    thread = emulator.customers.thread(customer, number)
    accepted = Accepted(
        message_id=message_id_of(customer.phone or customer.key, sent_by_business=True),
        phone_number_id=number.phone_number_id,
        recipient=send.recipient,
        at=now_ms() / 1000,
        callback_data=send.callback_data,
        answered=answered,
        api_version=api_version,
        body=send.body,
    )
    emulator.accepted.append(accepted)
    entry = Entry(accepted.message_id, "business", int(accepted.at), send.type, send.content, send.context_id)
    entry.status, entry.accepted = "accepted", accepted
    if not customer.reachable:
        failure = failure or Refusal(131026, "The customer cannot be reached on WhatsApp.")
    elif send.type == "reaction" and thread.find(send.content["message_id"]) is None:
        failure = failure or invalid("reaction['message_id']", "this message is not in the thread")
    if failure is None or send.type != "reaction":
        emulator.put(thread, entry)
    emulator.statuses_to_come[number.phone_number_id] += 1
    link = send.content.get("link") if brings_files and isinstance(send.content, dict) else None
    emulator.spawn(_report(emulator, number, thread, entry, failure, link))
    return accepted


def take_receipt(emulator: Emulator, number: BusinessNumber, message_id: str, *, typing: bool) -> None:
    """Mark a customer's message, and all before it, as read; raise Refusal when nobody wrote it."""
    thread = emulator.customers.holding(message_id, number)
    if thread is None:
        raise invalid("message_id", "no message with this id came to this number")
    emulator.receipts.append(Receipt(number.phone_number_id, message_id, now_ms() / 1000, typing))
    thread.typing_until = now_ms() / 1000 + TYPING_SECONDS if typing else None
    for entry in thread.entries:
        if entry.author == "customer":
            entry.status = "read"
        if entry.message_id == message_id:
            break
    emulator.changes.note()


def tell_status(
    emulator: Emulator,
    number: BusinessNumber,
    thread: Thread,
    entry: Entry,
    name: str,
    failure: Refusal | None = None,
) -> None:
    """Note a status on a message of the business and tell the business of it."""
    accepted = entry.accepted
    if accepted is None:
        raise ValueError("Only what came through the Cloud API has statuses.")
    # Pricing stands in `sent` and in one of delivered and read: here in read only when delivered was left out.
    priced = name != "read" or entry.status != "delivered"
    if _RANK[name] > _RANK[entry.status]:
        entry.status = name
    at = now_ms() // 1000
    update = status_update(accepted, thread.customer, name, at, priced=priced, failure=failure)
    emulator.dispatch.tell(number, update)
    emulator.changes.note()


def tell_read(emulator: Emulator, number: BusinessNumber, thread: Thread, entry: Entry) -> bool:
    """Let the business know that the customer read a message, once, unless its number hides that."""
    if entry.status in ("read", "failed") or not entry.arrived:
        return False
    if "read" in emulator.behaviours.of(number.phone_number_id).statuses:
        tell_status(emulator, number, thread, entry, "read")
    entry.status = "read"
    return True


_RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}


async def _report(
    emulator: Emulator, number: BusinessNumber, thread: Thread, entry: Entry, failure: Refusal | None, link: str | None
) -> None:
    behaviour = emulator.behaviours.of(number.phone_number_id)
    if link is not None and failure is None:
        failure = await _bring(emulator, entry, link)
    if failure is not None:
        await asyncio.sleep(behaviour.sent_after_seconds)
        tell_status(emulator, number, thread, entry, "failed", failure)
        emulator.statuses_to_come[number.phone_number_id] -= 1
        return
    passed = 0.0
    for name, after in planned(behaviour):
        await asyncio.sleep(max(after - passed, 0.0))
        passed = after
        await emulator.post_office.room()
        if name != "read" or entry.status != "read":
            tell_status(emulator, number, thread, entry, name)
        if name == "delivered":
            _arrive(emulator, number, thread, entry)
    _arrive(emulator, number, thread, entry)
    emulator.statuses_to_come[number.phone_number_id] -= 1


async def _bring(emulator: Emulator, entry: Entry, link: str) -> Refusal | None:
    """Fetch a file from where a send says it lies; a refusal says that it is not there."""
    try:
        answer = await emulator.client.get(link)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Refusal(131052, f"The file could not be fetched: {type(error).__name__}.")
    if answer.status_code != 200 or len(answer.content) > EMULATOR_MEDIA_BYTES_MAX:
        return Refusal(131052, f"The file could not be fetched: {answer.status_code}.")
    mime_type = answer.headers.get("content-type", "application/octet-stream")
    kept = emulator.media.keep(answer.content, mime_type, urlsplit(link).path.rpartition("/")[2])
    entry.content = {**entry.content, "id": kept.media_id, "mime_type": mime_type}
    return None


def _arrive(emulator: Emulator, number: BusinessNumber, thread: Thread, entry: Entry) -> None:
    entry.arrived = True
    if entry.read_wanted or thread.customer.reads_at_once:
        tell_read(emulator, number, thread, entry)
    emulator.changes.note()
