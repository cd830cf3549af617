"""Qiscus's hooks, with invented people, and a channel that they are posted to."""

import json
from typing import Any

from wasl.channels.adapter import Knock
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.providers.qiscus import FORM, Qiscus
from wasl.domain.channels import Access
from wasl.domain.updates import Update

CHANNEL, APP, KEY, RAMI, AT = "963", "olive-1x", "a-key", "9613000001", 1_790_000_000
ADAPTER = Qiscus(Exchange(), Downloads())


def access(api: str = "https://q.example", number: str = CHANNEL, **values: str) -> Access:
    defaults = {known.name: known.default for known in FORM.fields if known.default is not None}
    return Access("qiscus", number, None, api, {**defaults, "app_code": APP, "secret_key": KEY, **values})


def message(**changes: Any) -> dict[str, Any]:
    """A text of Rami's."""
    usual = {
        "id": 0,
        "id_str": "0",
        "type": "text",
        "text": "kifak",
        "payload": None,
        "unique_temp_id": "wa_wamid.one",
        "unix_timestamp": AT,
        "timestamp": "2026-09-21T14:13:20Z",
    }
    return usual | changes


def room(channel: str = CHANNEL, *, as_text: bool = True, **options: Any) -> dict[str, Any]:
    """Rami's room of a channel."""
    told = {"channel": "wa", "source": "wa", "channel_details": {"channel_id": int(channel)}} | options
    return {"id": 42, "id_str": "42", "name": "Rami", "type": "group", "options": json.dumps(told) if as_text else told}


def hook(said: Any = None, where: Any = None, **changes: Any) -> dict[str, Any]:
    """A bot webhook; `changes` are of its payload."""
    payload = {
        "type": "post_comment_mobile",
        "from": {"email": RAMI, "name": "Rami", "id": 0},
        "message": message() if said is None else said,
        "room": room() if where is None else where,
    }
    return {"type": "post_comment_mobile", "app_code": APP, "payload": payload | changes}


def knock(document: Any) -> Knock:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Knock("POST", "/webhooks/qiscus/key", "", (), body)


def read(document: Any, at: Access | None = None) -> list[Update]:
    return list(ADAPTER.read(knock(document), at or access()))


def read_one(document: Any, at: Access | None = None) -> Any:
    """The only update of a body, the same again from what is kept of it."""
    [update] = read(document, at)
    [again] = ADAPTER.read(Knock.kept(update.origin_json()), at or access())
    assert repr(again).partition("origin_json")[0] == repr(update).partition("origin_json")[0]
    return update
