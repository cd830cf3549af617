"""Twilio's forms, with invented people, and a channel that they are posted to."""

from typing import Any
from urllib.parse import urlencode

from wasl.channels.adapter import Knock
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.providers.twilio import FORM, Twilio
from wasl.channels.twilio_webhooks import signed
from wasl.domain.channels import Access
from wasl.domain.updates import Update

NUMBER, RAMI, SID, TOKEN = "15550100100", "9613000001", "AC0123", "a-token"
URL = "https://inbox.example/webhooks/twilio/key"
ADAPTER = Twilio(Exchange(), Downloads())


def access(
    webhook_url: str | None = URL, number: str = NUMBER, api: str = "https://t.example", **values: str
) -> Access:
    defaults = {known.name: known.default for known in FORM.fields if known.default is not None}
    told = {**defaults, "account_sid": SID, "auth_token": TOKEN, **values}
    return Access("twilio", number, None, api, told, webhook_url)


def message(**fields: str) -> dict[str, str]:
    """A text of Rami's."""
    usual = {
        "MessageSid": "SM1",
        "AccountSid": SID,
        "From": f"whatsapp:+{RAMI}",
        "To": f"whatsapp:+{NUMBER}",
        "WaId": RAMI,
        "ProfileName": "Rami",
        "MessageType": "text",
        "Body": "kifak",
        "NumMedia": "0",
    }
    return usual | fields


def status(word: str, **fields: str) -> dict[str, str]:
    """How far a message of ours has come."""
    usual = {"MessageSid": "SM9", "From": f"whatsapp:+{NUMBER}", "To": f"whatsapp:+{RAMI}", "MessageStatus": word}
    return usual | fields


def body_of(form: dict[str, str]) -> bytes:
    return urlencode(form).encode()


def knock(body: bytes, *, query: str = "", **headers: str) -> Knock:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Knock("POST", "/webhooks/twilio/key", query, raw, body)


def signed_knock(form: dict[str, str], url: str = URL, *, query: str = "", token: str = TOKEN) -> Knock:
    """A form as Twilio signs it for an address."""
    text = url + (f"?{query}" if query else "") + "".join(name + form[name] for name in sorted(form))
    return knock(body_of(form), query=query, x_twilio_signature=signed(token, text))


def read(form: dict[str, str], *, query: str = "", at: Access | None = None) -> list[Update]:
    return list(ADAPTER.read(knock(body_of(form), query=query), at or access()))


def read_one(form: dict[str, str], **more: Any) -> Any:
    """The only update of a form, the same again from what is kept of it."""
    [update] = read(form, **more)
    [again] = ADAPTER.read(Knock.kept(update.origin_json()), more.get("at") or access())
    assert repr(again).partition("origin_json")[0] == repr(update).partition("origin_json")[0]
    assert again.origin_json() == update.origin_json()
    return update
