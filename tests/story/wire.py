"""Webhooks as Meta writes and signs them, made by hand: a business's number and what it is told."""

import hashlib
import hmac
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

JsonObject = dict[str, Any]
NOON = 1_790_000_000
"""A moment of WhatsApp's clock, in seconds; stories count from here."""
_ids = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with WhatsApp, as a business sees them: `phone` is digits with the country code."""

    name: str
    phone: str

    def contact(self) -> JsonObject:
        return {"profile": {"name": self.name}, "wa_id": self.phone}


RANA = Customer("Rana", "9613000001")
HADI = Customer("Hadi", "9613000002")
NOUR = Customer("Nour", "9613000003")


@dataclass(frozen=True, slots=True)
class Number:
    """A business's number at Meta, with the secret of the app that it belongs to."""

    phone_number_id: str
    display: str
    secret: str

    def sign(self, body: bytes) -> str:
        """The value of `X-Hub-Signature-256`."""
        return "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()

    def value(self, **parts: Any) -> JsonObject:
        """The value of a change: what every one has, and these parts."""
        metadata = {"display_phone_number": self.display, "phone_number_id": self.phone_number_id}
        return {"messaging_product": "whatsapp", "metadata": metadata, **parts}

    def said(self, messages: Sequence[JsonObject], *people: Customer) -> JsonObject:
        """A change that tells of customers' messages."""
        contacts = [person.contact() for person in people]
        return {"field": "messages", "value": self.value(contacts=contacts, messages=list(messages))}

    def told(self, statuses: Iterable[JsonObject]) -> JsonObject:
        """A change that tells how far the business's messages have come."""
        return {"field": "messages", "value": self.value(statuses=list(statuses))}


def envelope(*changes: JsonObject) -> bytes:
    """One body with these changes."""
    entry = {"id": "100200300", "changes": list(changes)}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})


def fresh_id(kind: str = "in") -> str:
    """A message id that nobody has used in this run."""
    return f"wamid.{kind}.{next(_ids):08d}"


def text(person: Customer, body: str, *, message_id: str | None = None, at: int = 0, **more: Any) -> JsonObject:
    """A customer's text, `at` seconds after noon."""
    words = {"type": "text", "text": {"body": body}}
    return {"from": person.phone, "id": message_id or fresh_id(), "timestamp": str(NOON + at), **words, **more}


def status(message_id: str, word: str, *, at: int = 0, **more: Any) -> JsonObject:
    """How far a message of the business has come."""
    return {"id": message_id, "status": word, "timestamp": str(NOON + at), **more}
