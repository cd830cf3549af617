"""What Meta tells of a message after it was accepted: sent, delivered, read, failed."""

import hashlib
from typing import Any

from wasl.emulator.behaviour import Behaviour
from wasl.emulator.customers import WINDOW_SECONDS, Customer
from wasl.emulator.records import Accepted
from wasl.emulator.refusals import Refusal
from wasl.emulator.updates import Update

# From this version on, `conversation` stands in statuses of free entry points alone.
FIRST_VERSION_WITHOUT_CONVERSATION = 24.0


def planned(behaviour: Behaviour) -> list[tuple[str, float]]:
    """Return the statuses to tell and when, in seconds after the acceptance.

    Another order than sent, delivered, read changes who comes at which time, not the times.
    """
    after = {
        "sent": behaviour.sent_after_seconds,
        "delivered": behaviour.delivered_after_seconds,
        "read": behaviour.read_after_seconds,
    }
    times = [(name, seconds) for name in behaviour.statuses if (seconds := after[name]) is not None]
    return list(zip([name for name, _ in times], sorted(seconds for _, seconds in times), strict=True))


def status_update(
    accepted: Accepted, customer: Customer, name: str, at: int, *, priced: bool, failure: Refusal | None = None
) -> Update:
    """Return the webhook's update for one status; `failure` is why a message failed."""
    status: dict[str, Any] = {"id": accepted.message_id, "status": name, "timestamp": str(at)}
    status |= customer.recipient()
    if accepted.callback_data is not None:
        status["biz_opaque_callback_data"] = accepted.callback_data
    if failure is not None:
        status["errors"] = [failure.in_status()]
    elif priced:
        status |= _bill(accepted, name, at)
    value: dict[str, Any] = {"statuses": [status]}
    if failure is None:
        value["contacts"] = [customer.contact()]
    return Update("messages", value, (f"{accepted.message_id}:{name}",))


def _bill(accepted: Accepted, name: str, at: int) -> dict[str, Any]:
    template = accepted.body.get("type") == "template"
    category = "utility" if template else "service"
    kind = "regular" if template else "free_customer_service"
    bill: dict[str, Any] = {
        "pricing": {"billable": template, "pricing_model": "PMP", "category": category, "type": kind}
    }
    if float(accepted.api_version.removeprefix("v")) < FIRST_VERSION_WITHOUT_CONVERSATION:
        digest = hashlib.sha256(f"{accepted.phone_number_id}/{accepted.recipient}/{category}".encode()).hexdigest()
        bill["conversation"] = {"id": digest[:32], "origin": {"type": category}}
        if name == "sent":
            bill["conversation"]["expiration_timestamp"] = str(at + WINDOW_SECONDS)
    return bill
