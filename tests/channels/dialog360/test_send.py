"""What 360dialog is asked, and what each of its answers means."""

import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from channels.outgoing import CALLBACK, every_kind
from channels.provider_server import (
    Answer,
    Provider,
    answering,
    drip,
    exchange_for,
    half_an_answer,
    hang_up,
    no_http,
    provider,
    reset,
    silence,
)
from channels.send_schema import complaints
from channels.test_meta_send import refusing
from wasl import limits
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.meta_errors import META_ERRORS, ErrorClass
from wasl.channels.providers.dialog360 import Dialog360
from wasl.domain.channels import Access
from wasl.domain.sending import (
    Accepted,
    NotSent,
    Outgoing,
    Recipient,
    Refused,
    SendOutcome,
    Signal,
    SignalKind,
    Unclear,
)

pytestmark = pytest.mark.anyio

KINDS = every_kind()
TEXT = KINDS["text"]
ACCEPTING = answering(200, b'{"messages": [{"id": "wamid.new"}], "contacts": [{"input": "+9613000001"}]}')


def reached_by(url: str, key: str = "a-key") -> Access:
    return Access("dialog360", "550100", None, url, {"api_key": key})


def own(status: int, words: str = "In its own words") -> Answer:
    """A refusal of 360dialog itself."""
    meta = {"api_status": "stable", "success": False, "http_code": status, "developer_message": words}
    return answering(status, json.dumps({"meta": meta}).encode())


async def send(answer: Answer, outgoing: Outgoing = TEXT) -> tuple[SendOutcome, Provider]:
    async with provider(answer) as played, aclosing(exchange_for(answer)) as exchange:
        adapter = Dialog360(exchange, Downloads())
        return await adapter.send(reached_by(played.url), outgoing, 1e12), played


async def test_the_key_and_the_path() -> None:
    outcome, played = await send(ACCEPTING)
    assert outcome == Accepted("wamid.new")
    ((line, headers, body),) = played.requests
    assert line == "POST /messages HTTP/1.1"
    assert headers["d360-api-key"] == "a-key"
    assert "authorization" not in headers
    assert (body["to"], body["biz_opaque_callback_data"]) == ("+9613000001", CALLBACK)
    assert body["text"] == {"body": "*ahla* https://olive.example", "preview_url": True}


@pytest.mark.parametrize("word", sorted(KINDS))
async def test_every_kind_leaves_in_metas_shape(word: str) -> None:
    outcome, played = await send(ACCEPTING, KINDS[word])
    assert outcome == Accepted("wamid.new")
    body = played.requests[0][2]
    theirs = "audio" if word == "voice" else word
    assert (body["messaging_product"], body["type"]) == ("whatsapp", theirs)
    assert body[theirs]
    assert complaints(body) == []
    file = KINDS[word].file
    if file is not None and word != "template":
        assert body[theirs]["id"] == file.id


async def test_a_customer_without_a_number_and_a_quoted_message() -> None:
    _, played = await send(ACCEPTING, replace(TEXT, to=Recipient(bsuid="LB.44"), reply_to="wamid.asked"))
    body = played.requests[0][2]
    assert (body["recipient"], body["context"]) == ("LB.44", {"message_id": "wamid.asked"})
    assert "to" not in body


@pytest.mark.parametrize(
    ("kind", "emoji", "wanted"),
    [
        (SignalKind.REACTION, "👍", {"type": "reaction", "reaction": {"message_id": "wamid.in", "emoji": "👍"}}),
        (SignalKind.REACTION, "", {"type": "reaction", "reaction": {"message_id": "wamid.in", "emoji": ""}}),
        (SignalKind.READ, "", {"status": "read", "message_id": "wamid.in"}),
        (SignalKind.TYPING, "", {"status": "read", "message_id": "wamid.in", "typing_indicator": {"type": "text"}}),
    ],
)
async def test_signals(kind: SignalKind, emoji: str, wanted: dict[str, Any]) -> None:
    async with provider(answering(200, b'{"success": true}')) as played, aclosing(Exchange()) as exchange:
        adapter = Dialog360(exchange, Downloads())
        outcome = await adapter.signal(reached_by(played.url), Signal(kind, Recipient("9613000001"), "wamid.in", emoji))
    assert outcome == Accepted("")
    body = played.requests[0][2]
    assert {key: body.get(key) for key in wanted} == wanted


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [reset, hang_up, half_an_answer, no_http, silence, drip])
async def test_a_lost_answer_is_unclear_and_never_asked_for_twice(answer: Answer) -> None:
    outcome, played = await send(answer)
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        answering(200, b"{}"),
        answering(502, b"<html>bad gateway</html>"),
        answering(500, b'{"error": "down"}'),
        answering(404, b""),
        own(500, "Internal server error"),
        own(502, "WhatsApp for Business API not available"),
    ],
)
async def test_an_answer_that_says_nothing_of_the_message_is_unclear(answer: Answer) -> None:
    outcome, _ = await send(answer)
    assert isinstance(outcome, Unclear), outcome


_MEANT: dict[ErrorClass, tuple[type[SendOutcome], str | None]] = {
    ErrorClass.RETRY: (NotSent, "channel"),
    ErrorClass.RETRY_SLOW: (NotSent, "channel"),
    ErrorClass.PAIR: (NotSent, "recipient"),
    ErrorClass.AUTH: (NotSent, "channel"),
    ErrorClass.CONFIG: (NotSent, "channel"),
    ErrorClass.WINDOW: (Refused, None),
    ErrorClass.TEMPLATE: (Refused, None),
    ErrorClass.PERMANENT: (Refused, None),
    ErrorClass.UNCLEAR: (Unclear, None),
}


@pytest.mark.parametrize("error_class", list(ErrorClass))
async def test_each_class_of_metas_errors(error_class: ErrorClass) -> None:
    code = next(code for code, error in META_ERRORS.items() if error.error_class is error_class)
    outcome, _ = await send(refusing(400, code))
    wanted, holds = _MEANT[error_class]
    assert isinstance(outcome, wanted), outcome
    assert getattr(outcome, "holds", None) == holds
    if not isinstance(outcome, Unclear | Accepted):
        assert outcome.code == str(code)
        assert outcome.message.endswith(".")


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_360dialog_refuses_holds_the_channel_for_an_administrator(status: int) -> None:
    outcome, _ = await send(own(status, "Invalid api_key"))
    assert isinstance(outcome, NotSent)
    assert (outcome.holds, outcome.counts_as_attempt) == ("channel", False)
    assert "An administrator must enter a new one." in outcome.message


async def test_a_limit_of_360dialogs_own_is_waited_for() -> None:
    outcome, _ = await send(own(429))
    assert isinstance(outcome, NotSent)
    assert (outcome.holds, outcome.retry_after_seconds) == ("channel", limits.SEND_LIMITED_RETRY_SECONDS)


async def test_what_360dialog_itself_refuses_says_so_in_its_words() -> None:
    outcome, _ = await send(own(400, "Could not send message due to lack of payment"))
    assert outcome == Refused("http_400", "360dialog refused it: Could not send message due to lack of payment")


async def test_a_key_that_it_repeats_is_blotted_out() -> None:
    outcome, _ = await send(own(400, "a-key is not yours"))
    assert isinstance(outcome, Refused)
    assert "a-key" not in outcome.message


@pytest.mark.parametrize("key", ["", "a key", "a\nkey", "clé"])
async def test_a_key_that_is_none_waits_for_an_administrator(key: str) -> None:
    async with aclosing(Exchange()) as exchange:
        adapter = Dialog360(exchange, Downloads())
        outcome = await adapter.send(reached_by("http://127.0.0.1:9", key), TEXT, 1e12)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds) == ("misconfigured", "channel")
