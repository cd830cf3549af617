"""The collection of real webhook bodies that lives beside the checkout and is no part of it, read provider by provider.

`WASL_PAYLOADS` names its folder. A provider has a `Collection`: what a channel of it is set up by, how a file becomes a
request, and what each file shows. A file that nobody said anything about fails the test.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from wasl.channels.adapter import Adapter, Knock
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.registry import adapters
from wasl.domain.updates import MessageReceived, StatusReported, Update

FOLDER = Path(os.environ.get("WASL_PAYLOADS") or Path(__file__).resolve().parents[3] / "shared" / "payloads")
IS_HERE = (FOLDER / "check.py").exists()
_NUMBER = re.compile(rb'("phone_number_id": *")[^"]*(")')
_SHOWN_AS = {
    "edit": "MessageEdited",
    "revoke": "MessageRevoked",
    "reaction": "Reacted",
    "button": "live interactive",
    "system": "Noted",
}
_INCOMPLETE = ("messages__interactive__+errors__pywa",)
"""An answer of which WhatsApp gives no more than that it is missing."""
MISSING = "the collection of webhook bodies is not here (WASL_PAYLOADS)"


def posted(body: bytes) -> Knock:
    """A file as the body of a request."""
    return Knock("POST", "/webhooks", "", (), body)


@dataclass(frozen=True, slots=True)
class Collection:
    """The bodies of one provider. `shows` says of each file, by its name without `.json`, what every update in it is
    (`gist_of`), in order; without it EXPECTED.json says the same of the items that show something."""

    provider: str
    folder: str
    values: Mapping[str, str]
    shows: Mapping[str, Sequence[str]] | None = None
    knock: Callable[[bytes], Knock] = posted
    number: re.Pattern[bytes] = _NUMBER
    """Where a body names the business's number: what stands between its first group and its second."""

    def files(self) -> list[Path]:
        return sorted((FOLDER / self.folder).glob("*.json"))

    def expected(self, path: Path) -> Sequence[str] | None:
        """What a file is said to show; None when nobody said."""
        return self.shows.get(path.stem) if self.shows is not None else gists_expected(path)


def gist_of(update: Update) -> str:
    """What an update is, in two or three words."""
    match update:
        case MessageReceived():
            return f"{update.origin} {update.content.type}"
        case StatusReported():
            return f"status {update.status}"
        case _:
            return type(update).__name__


def addressed(body: bytes, phone_number_id: str, number: re.Pattern[bytes] = _NUMBER) -> bytes:
    """The same body of another number of the business, where it names one."""
    return number.sub(rb"\g<1>" + phone_number_id.encode() + rb"\g<2>", body)


def as_form(body: bytes) -> Knock:
    """A file of a form's fields as the body of a request."""
    return posted(urlencode(orjson.loads(body)).encode())


def gists_expected(path: Path) -> list[str]:
    """The same of a file that EXPECTED.json describes, as far as it does: of its items, not of whole changes."""
    if path.stem in _INCOMPLETE:
        return ["live unsupported"]
    described = orjson.loads((FOLDER / "EXPECTED.json").read_bytes())[f"{path.parent.name}/{path.name}"]
    found = []
    for event in described:
        match event["kind"]:
            case "message" | "echo":
                origin = {"history": "history", "smb_message_echoes": "echo"}.get(event["field"], "live")
                found.append(_SHOWN_AS.get(event["type"], f"{origin} {event['type']}"))
            case "history_message":
                found.append(f"history {event['type']}")
            case "status" if event["field"] != "calls":
                found.append(f"status {event['status']}")
    return found


def every_adapter() -> Mapping[str, Adapter]:
    """All adapters, of which nothing is sent."""
    return adapters(Exchange(), Downloads())


def texts_of(value: Any) -> set[str]:
    """Every text in a body (JSON, or a form), also inside of JSON that is written as a text; numbers as digits."""
    match value:
        case bytes():
            found = _unwrapped(value.decode())
            return texts_of(found) if found is not None else {text for _, text in parse_qsl(value.decode())}
        case dict():
            return {text for part in value.values() for text in texts_of(part)}
        case list():
            return {text for part in value for text in texts_of(part)}
        case str():
            inner = _unwrapped(value)
            return {value, value.strip()} | (texts_of(inner) if inner is not None else set())
        case int() | float():
            return {str(value)}
        case _:
            return set()


def _unwrapped(text: str) -> Any:
    try:
        found = orjson.loads(text) if text[:1] in ("{", "[") else None
    except orjson.JSONDecodeError:
        return None
    return found


META = Collection("meta", "meta", {"app_secret": "an app secret", "verify_token": "a word", "access_token": "a token"})
DIALOG360 = Collection(
    "dialog360",
    "360dialog",
    {"api_key": "a key"},
    {
        "legacy_onprem_status_failed": ["status failed"],
        "legacy_onprem_status_read": ["status read"],
        "partner_history_wrapped": ["history text"],
    },
)
MONTYMOBILE = Collection(
    "montymobile",
    "montymobile",
    {"api_key": "a key", "tenant": "a tenant", "webhook_token": "a token"},
    {
        "inbound_text_expected": ["live text"],
        "status_delivered_marketing_1": ["status delivered"],
        "status_delivered_utility_3": ["status delivered"],
        "status_delivered_utility_5": ["status delivered"],
        "status_sent_marketing_2": ["status sent"],
    },
)
QISCUS = Collection(
    "qiscus",
    "qiscus",
    {"app_code": "abcde-123", "secret_key": "a key"},
    {
        "bot_webhook_old_style_2024": ["live text"],
        "bot_webhook_wa_text_2025": ["live text"],
        "mark_as_resolved_from_types": ["Noted"],
        "new_session_webhook_image": ["live image"],
        "sdk_webhook_text_live": ["live text"],
    },
    number=re.compile(rb'(channel_id\\?": *)\d+(\b)'),
)
TWILIO = Collection(
    "twilio",
    "twilio",
    {"account_sid": "AC00000000000000000000000000000000", "auth_token": "a token"},
    {
        "inbound_button": ["live interactive"],
        "inbound_flow": ["live interactive"],
        "inbound_forwarded": ["live text"],
        "inbound_frequently_forwarded": ["live text"],
        "inbound_list_reply": ["live interactive"],
        "inbound_location": ["live location"],
        "inbound_voice": ["live voice"],
    },
    knock=as_form,
    number=re.compile(rb'("To": *"whatsapp:\+)\d+(")'),
)
COLLECTIONS = (META, DIALOG360, MONTYMOBILE, QISCUS, TWILIO)
