"""Signed webhooks of Meta's shape, written before the clock starts: one text message of an invented customer each."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

CUSTOMERS = 1_000
PHONE_NUMBER_ID = "550100100100100"
BUSINESS = "15550100100"
APP_SECRET = "an app secret of the bench"
MARK = "#"
"""Stands before a message's number at the start of its text, so that a client finds it in a frame."""
MARK_DIGITS = 8

_NAMES = ("Rana Khoury", "Omar Haddad", "Lina Saad", "Karim Nassar", "Maya Aoun", "Ziad Farah", "Nour Sleiman")
_TEXT = (
    "Hello, do you still have the cedar honey in the large jar? I would come by tomorrow after work, "
    "and please keep two of the olive breads for me if that is possible. Shukran!"
)


def webhooks(first: int, count: int, accounts: int = 1, customers: int = CUSTOMERS) -> list[bytes]:
    """Whole HTTP requests, each with a message of its own; `first` is the number of the first one.

    The customers take turns, and the accounts. The size is what Meta's bodies have: about 700 bytes.
    """
    return [
        webhook(number, customer_of(number % customers), number % accounts) for number in range(first, first + count)
    ]


@dataclass(frozen=True, slots=True)
class Customer:
    """Who writes."""

    phone: str
    user_id: str
    name: str


def customer_of(place: int) -> Customer:
    """One of those who are made up here."""
    return Customer(f"9613{place:06d}", f"LB.4400{place:016d}", _NAMES[place % len(_NAMES)])


def webhook(number: int, customer: Customer, account: int = 0) -> bytes:
    """A whole HTTP request with the message of that number."""
    return _request(webhook_body(number, customer, account))


def phone_number_id(account: int) -> str:
    """The number of one of the accounts, counted from 0."""
    return str(int(PHONE_NUMBER_ID) + account)


def endless(requests: list[bytes]) -> Iterator[bytes]:
    """The same requests again and again, for a server that does not look at them."""
    while True:
        yield from requests


class Numbers:
    """Gives every message of a run a number of its own."""

    def __init__(self) -> None:
        self.next = 0

    def webhooks(self, count: int) -> list[bytes]:
        """Requests whose messages were never sent before."""
        first, self.next = self.next, self.next + count
        return webhooks(first, count)


def marked(number: int) -> str:
    """How the text of a message begins."""
    return f"{MARK}{number:0{MARK_DIGITS}d}"


def webhook_body(number: int, customer: Customer, account: int = 0, said: str | None = None) -> bytes:
    """What such a request holds; `said` is a text of its own."""
    phone = customer.phone
    wamid = base64.b64encode(f"HBgM{phone}{hashlib.md5(str(number).encode()).hexdigest()}".encode()).decode()
    message = {
        "from": phone,
        "from_user_id": customer.user_id,
        "id": f"wamid.{wamid}",
        "timestamp": str(int(time.time())),
        "text": {"body": f"{marked(number)} {_TEXT}" if said is None else said},
        "type": "text",
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": BUSINESS, "phone_number_id": phone_number_id(account)},
        "contacts": [
            {"profile": {"name": customer.name}, "wa_id": phone, "user_id": customer.user_id},
        ],
        "messages": [message],
    }
    entry = {"id": "700100700100700", "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, separators=(",", ":")).encode()


def _request(body: bytes) -> bytes:
    signature = hmac.digest(APP_SECRET.encode(), body, "sha256").hex()
    head = (
        "POST /webhooks/meta HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "User-Agent: facebookexternalua\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: deflate, gzip\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\n"
        "\r\n"
    )
    return head.encode() + body
