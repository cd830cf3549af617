"""What Twilio is asked, and what each of its answers means."""

import base64
import json
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from channels.outgoing import CALLBACK, every_kind
from channels.provider_server import (
    Answer,
    Provider,
    answering,
    drip,
    endless,
    exchange_for,
    half_an_answer,
    hang_up,
    no_http,
    provider,
    reset,
    silence,
)
from channels.twilio.forms import NUMBER, SID, TOKEN, access
from wasl import limits
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.providers.twilio import FORM, Twilio
from wasl.channels.twilio_errors import TWILIO_ERRORS, Remedy
from wasl.clock import monotonic
from wasl.domain.channels import Access, FilesBy
from wasl.domain.message import Content, MessageType
from wasl.domain.sending import (
    NOT_BEGUN,
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

KINDS = every_kind(link=True)
LOST = [reset, hang_up, half_an_answer, no_http, silence, drip, endless]
TEXT = KINDS["text"]
CAN = sorted(word for word in KINDS if MessageType(word) in FORM.capabilities.kinds and word != "template")
ACCEPTING = answering(201, b'{"sid": "SM123", "status": "queued"}')
BACK = "https://inbox.example/webhooks/twilio/key"


def refusing(status: int, code: Any, words: str = "In its own words.", **headers: str) -> Answer:
    return answering(status, json.dumps({"code": code, "message": words, "status": status}).encode(), **headers)


async def send(
    answer: Answer, outgoing: Outgoing = TEXT, at: Access | None = None, until: float = 1e12
) -> tuple[SendOutcome, Provider]:
    async with provider(answer) as played, aclosing(exchange_for(answer)) as exchange:
        adapter = Twilio(exchange, Downloads())
        return await adapter.send(replace(at or access(), api_base_url=played.url), outgoing, until), played


def form_in(played: Provider) -> dict[str, str]:
    ((_, _, body),) = played.requests
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def saying(text: str) -> Outgoing:
    return replace(TEXT, content=Content.of_text(text))


def template(details: Mapping[str, Any]) -> Outgoing:
    return replace(TEXT, content=Content(MessageType.TEMPLATE, "Hello", None, {"template": details}))


async def test_an_accepted_text() -> None:
    outcome, played = await send(ACCEPTING)
    assert outcome == Accepted("SM123")
    line, headers, _ = played.requests[0]
    assert line == f"POST /2010-04-01/Accounts/{SID}/Messages.json HTTP/1.1"
    assert headers["authorization"] == "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert form_in(played) == {
        "From": f"whatsapp:+{NUMBER}",
        "To": "whatsapp:+9613000001",
        "Body": "*ahla* https://olive.example",
        "StatusCallback": f"{BACK}?m=m%3Amsg_1%3A1",
    }
    assert CALLBACK == "m:msg_1:1"


@pytest.mark.parametrize("word", CAN)
async def test_every_kind_that_it_can(word: str) -> None:
    outcome, played = await send(ACCEPTING, KINDS[word])
    assert outcome == Accepted("SM123")
    form, file = form_in(played), KINDS[word].file
    assert form.get("MediaUrl") == (file.link if file else None)
    assert form.get("Body", "") == KINDS[word].content.text


def test_what_it_can_is_declared() -> None:
    assert CAN == ["audio", "document", "image", "text", "video", "voice"]
    can = FORM.capabilities
    assert (can.files_by, can.settles_lost_answers, can.typing) == (FilesBy.LINK, True, True)
    assert (can.read_receipts, can.reactions, can.quotes, can.template_list, can.interactive) == (False,) * 4 + (
        frozenset(),
    )
    assert max(limit.bytes_max for limit in can.files.values()) == 16 * 1024 * 1024


@pytest.mark.parametrize("number", [NUMBER, f"+{NUMBER}", "+1 555 010 0100"])
async def test_the_number_may_be_entered_with_a_plus(number: str) -> None:
    _, played = await send(ACCEPTING, at=access(number=number))
    assert form_in(played)["From"] == f"whatsapp:+{NUMBER}"


async def test_a_customer_without_a_number() -> None:
    _, played = await send(ACCEPTING, replace(TEXT, to=Recipient(bsuid="LB.44")))
    assert form_in(played)["To"] == "whatsapp:LB.44"


@pytest.mark.parametrize(
    ("at", "back"),
    [
        (access(signed_url="https://x.example/hook"), "https://x.example/hook?m=m%3Amsg_1%3A1"),
        (access(signed_url="https://x.example/hook?a=1"), "https://x.example/hook?a=1&m=m%3Amsg_1%3A1"),
        (access(webhook_url=None), None),
    ],
)
async def test_where_statuses_come_back_to(at: Access, back: str | None) -> None:
    _, played = await send(ACCEPTING, at=at)
    assert form_in(played).get("StatusCallback") == back


@pytest.mark.parametrize(
    ("details", "variables"),
    [
        ({"name": "HX1", "language": "en"}, None),
        ({"name": "HX1", "language": "en", "components": [], "values": {}}, None),
        (
            {
                "name": "HX1",
                "language": "en",
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "b"}]}],
                "values": {"2": "b", "1": "a"},
            },
            {"1": "a", "2": "b"},
        ),
        (
            {
                "name": "HX1",
                "language": "en",
                "components": [
                    {"type": "header", "parameters": [{"type": "text", "text": "Hi"}]},
                    {"type": "body", "parameters": [{"type": "text", "text": "Rana"}, {"type": "text", "text": "17"}]},
                    {"type": "button", "sub_type": "url", "parameters": [{"type": "text", "text": "x"}]},
                ],
            },
            {"1": "Hi", "2": "Rana", "3": "17", "4": "x"},
        ),
        (
            {
                "name": "HX1",
                "language": "en",
                "components": [
                    {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Rana"}]}
                ],
            },
            {"name": "Rana"},
        ),
    ],
)
async def test_a_template_is_a_content_resource(details: Mapping[str, Any], variables: Any) -> None:
    outcome, played = await send(ACCEPTING, template(details))
    assert outcome == Accepted("SM123")
    form = form_in(played)
    assert form["ContentSid"] == "HX1"
    assert "Body" not in form
    assert (json.loads(form["ContentVariables"]) if "ContentVariables" in form else None) == variables


@pytest.mark.parametrize(
    ("outgoing", "code"),
    [
        (replace(TEXT, to=Recipient()), "no_recipient"),
        (saying(" \n"), "empty_text"),
        (saying("x" * 1601), "text_too_long"),
        (replace(KINDS["image"], file=None), "no_file"),
        (replace(KINDS["voice"], file=replace(KINDS["voice"].file, link=None, id="7")), "no_file"),  # type: ignore[type-var]
        (KINDS["template"], "not_supported"),
        (KINDS["interactive"], "no_file"),
    ],
)
async def test_what_never_leaves(outgoing: Outgoing, code: str) -> None:
    outcome, played = await send(ACCEPTING, outgoing)
    assert isinstance(outcome, Refused)
    assert (outcome.code, played.requests) == (code, [])


async def test_the_longest_text_leaves() -> None:
    outcome, played = await send(ACCEPTING, saying("ش" * 1599 + "\ud800"))
    assert outcome == Accepted("SM123")
    assert form_in(played)["Body"].endswith("ش\ufffd")


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", LOST)
async def test_a_lost_answer_is_unclear_and_never_asked_for_twice(answer: Answer) -> None:
    outcome, played = await send(answer)
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (201, b"<html>"),
        (201, b"{}"),
        (201, b'{"sid": ""}'),
        (302, b""),
        (400, b"<html>bad request</html>"),
        (401, b"no"),
        (404, b"{}"),
        (429, b"slow down"),
        (500, b'{"message": "no code"}'),
        (502, b"<html>bad gateway</html>"),
        (500, b'{"code": 20500, "message": "oops"}'),
        (503, b'{"code": 63016}'),
    ],
)
async def test_an_answer_that_says_nothing_of_the_message_is_unclear(status: int, body: bytes) -> None:
    outcome, played = await send(answering(status, body, Location="/elsewhere"))
    assert isinstance(outcome, Unclear)
    assert len(played.requests) == 1


@pytest.mark.parametrize("code", sorted(TWILIO_ERRORS))
async def test_every_known_code_has_its_remedy(code: str) -> None:
    known = TWILIO_ERRORS[code]
    outcome, _ = await send(refusing(400, int(code)))
    assert not isinstance(outcome, Accepted | Unclear)
    assert (outcome.code, outcome.message) == (code, known.sentence)
    assert known.sentence.endswith(".")
    match known.remedy:
        case Remedy.NONE:
            assert isinstance(outcome, Refused)
        case Remedy.WAIT:
            assert isinstance(outcome, NotSent)
            assert (outcome.holds, outcome.counts_as_attempt) == ("channel", True)
            assert outcome.retry_after_seconds == limits.SEND_LIMITED_RETRY_SECONDS
        case Remedy.SET_UP:
            assert isinstance(outcome, NotSent)
            assert (outcome.holds, outcome.counts_as_attempt) == ("channel", False)
            assert outcome.retry_after_seconds == limits.SEND_HELD_RETRY_SECONDS
            assert "administrator" in outcome.message


@pytest.mark.parametrize(
    ("status", "code", "kind", "counts"),
    [
        (400, 77777, Refused, None),
        (403, 77777, Refused, None),
        (404, 77777, Refused, None),
        (401, 77777, NotSent, False),
        (429, 77777, NotSent, True),
        (429, 63016, NotSent, True),
        (503, 20429, NotSent, True),
        (500, 20003, NotSent, False),
        (400, "63016", Refused, None),
    ],
)
async def test_other_codes_are_judged_by_their_status(status: int, code: Any, kind: type, counts: bool | None) -> None:
    outcome, _ = await send(refusing(status, code))
    assert isinstance(outcome, kind), outcome
    assert getattr(outcome, "counts_as_attempt", None) is counts
    if code == 77777:
        assert isinstance(outcome, Refused | NotSent)
        assert outcome.message == "Twilio did not send the message (code 77777): In its own words."


@pytest.mark.parametrize(("asked", "seconds"), [("90", 90), ("1", 60), ("999999999", 3600), ("soon", 60)])
async def test_twilio_may_ask_for_a_longer_pause(asked: str, seconds: float) -> None:
    outcome, _ = await send(refusing(429, 20429, Retry_After=asked))
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after_seconds == seconds


async def test_a_secret_that_is_said_back_is_blotted_out() -> None:
    outcome, _ = await send(refusing(400, 77777, f"bad token {TOKEN}"))
    assert isinstance(outcome, Refused)
    assert TOKEN not in outcome.message


@pytest.mark.parametrize(
    "changed",
    [
        access(auth_token="a token\nX-Evil: 1"),
        access(auth_token=""),
        access(auth_token="töken"),
        access(account_sid="AC/../x"),
        access(number="a-shop"),
    ],
)
async def test_a_channel_that_is_set_up_wrongly_waits_for_an_administrator(changed: Access) -> None:
    outcome, played = await send(ACCEPTING, at=changed)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.counts_as_attempt, played.requests) == ("misconfigured", False, [])


async def test_whoever_stood_still_for_too_long_sends_nothing() -> None:
    outcome, played = await send(ACCEPTING, until=monotonic())
    assert outcome is NOT_BEGUN
    assert played.requests == []


# -- typing ----------------------------------------------------------------------------------------------------------


async def signal(answer: Answer, kind: SignalKind) -> tuple[SendOutcome, Provider]:
    async with provider(answer) as played, aclosing(Exchange()) as exchange:
        adapter = Twilio(exchange, Downloads())
        at = access(typing_url=f"{played.url}/")
        return await adapter.signal(at, Signal(kind, Recipient("9613000001"), "SM7", "👍")), played


async def test_the_sign_of_typing() -> None:
    outcome, played = await signal(answering(200, b'{"success": true}'), SignalKind.TYPING)
    assert outcome == Accepted("")
    assert played.requests[0][0] == "POST /v2/Indicators/Typing.json HTTP/1.1"
    assert form_in(played) == {"messageId": "SM7", "channel": "whatsapp"}


@pytest.mark.parametrize("kind", [SignalKind.READ, SignalKind.REACTION])
async def test_nothing_else_is_told(kind: SignalKind) -> None:
    outcome, played = await signal(ACCEPTING, kind)
    assert isinstance(outcome, Refused)
    assert played.requests == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusing(404, 20404), Refused),
        (refusing(401, 20003), NotSent),
        (refusing(400, 77777), Refused),
        (refusing(429, 20429), NotSent),
        (answering(500, b"oops"), Unclear),
        (reset, Unclear),
    ],
)
async def test_a_sign_that_was_not_taken(answer: Answer, kind: type) -> None:
    outcome, _ = await signal(answer, SignalKind.TYPING)
    assert isinstance(outcome, kind)
