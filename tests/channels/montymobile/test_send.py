"""What MontyMobile is asked, and what each of its answers means: as far as anybody outside has seen."""

import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from channels.outgoing import BUTTONS, CARD, PLACE, every_kind, says
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
from wasl import limits
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.providers.montymobile import FORM, MontyMobile
from wasl.clock import monotonic
from wasl.domain.channels import Access
from wasl.domain.message import MessageType
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

GUID = "0d1b6f3e-6f1c-4b60-9c5a-3d2f6a1b7c88"
KINDS = every_kind(link=True)
TEXT = KINDS["text"]
HOST = "https://inbox.example/media/t"


def said(value: Any, status: int = 200, **headers: str) -> Answer:
    return answering(status, json.dumps(value).encode(), **headers)


ACCEPTING = said({"success": True, "data": {"messageId": GUID}})


def reached_by(url: str, number: str | None = "+961 1 000 100", **values: str) -> Access:
    defaults = {known.name: known.default for known in FORM.fields if known.default is not None}
    told = {"api_key": "a-key", "tenant": "a-tenant", "webhook_token": "w"}
    return Access("montymobile", "550100", number, url, {**defaults, **told, **values})


async def send(answer: Answer, outgoing: Outgoing = TEXT, **values: str) -> tuple[SendOutcome, Provider]:
    async with provider(answer) as played, aclosing(exchange_for(answer)) as exchange:
        adapter = MontyMobile(exchange, Downloads())
        return await adapter.send(reached_by(played.url, **values), outgoing), played


# -- what leaves -----------------------------------------------------------------------------------------------------


async def test_headers_path_and_body_of_a_text() -> None:
    outcome, played = await send(ACCEPTING)
    assert outcome == Accepted(GUID, named_in_statuses=False)
    ((line, headers, body),) = played.requests
    assert line == "POST /api/v2/WhatsappApi/send-session HTTP/1.1"
    assert (headers["tenant"], headers["api-key"]) == ("a-tenant", "a-key")
    assert body == {
        "to": "9613000001",
        "type": "TEXT",
        "source": "9611000100",
        "text": {"body": "*ahla* https://olive.example"},
    }


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("image", {"type": "IMAGE", "image": {"link": f"{HOST}/photo.jpg", "caption": "The shop"}}),
        (
            "document",
            {
                "type": "DOCUMENT",
                "document": {"link": f"{HOST}/prices.pdf", "caption": "Prices", "filename": "prices.pdf"},
            },
        ),
        ("video", {"type": "VIDEO", "video": {"link": f"{HOST}/oven.mp4", "caption": "Oven"}}),
        ("audio", {"type": "AUDIO", "audio": {"link": f"{HOST}/song.mp3"}}),
        ("voice", {"type": "AUDIO", "audio": {"link": f"{HOST}/voice.ogg", "voice": True}}),
        ("sticker", {"type": "STICKER", "sticker": {"link": f"{HOST}/tree.webp"}}),
        ("location", {"type": "LOCATION", "location": PLACE}),
        ("contacts", {"type": "CONTACTS", "contacts": [CARD]}),
        ("interactive", {"type": "INTERACTIVE", "interactive": BUTTONS}),
    ],
)
async def test_other_kinds(word: str, wanted: dict[str, Any]) -> None:
    outcome, played = await send(ACCEPTING, KINDS[word])
    assert isinstance(outcome, Accepted)
    assert played.requests[0][2] == {"to": "9613000001", "source": "9611000100"} | wanted
    assert " /api/v2/WhatsappApi/send-session " in played.requests[0][0]


@pytest.mark.parametrize(("api_id", "beside"), [("", {}), ("77", {"apiId": "77"})])
async def test_a_template_goes_elsewhere(api_id: str, beside: dict[str, str]) -> None:
    _, played = await send(ACCEPTING, KINDS["template"], api_id=api_id)
    line, _, body = played.requests[0]
    assert line == "POST /api/v2/WhatsappApi/send-whatsapp HTTP/1.1"
    assert body == beside | {
        "to": "9613000001",
        "type": "template",
        "source": "9611000100",
        "template": {
            "name": "order_ready",
            "language": {"code": "ar"},
            "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"link": f"{HOST}/photo.jpg"}}]},
                {"type": "body", "parameters": [{"type": "text", "text": "Rana"}]},
            ],
        },
    }


async def test_paths_headers_and_source_are_settings() -> None:
    values = {"send_path": "/v3/say", "key_header": "X-Key", "tenant_header": "X-Tenant", "source": "CEDAR"}
    _, played = await send(ACCEPTING, TEXT, **values)
    line, headers, body = played.requests[0]
    assert line == "POST /v3/say HTTP/1.1"
    assert (headers["x-key"], headers["x-tenant"], body["source"]) == ("a-key", "a-tenant", "CEDAR")
    assert "api-key" not in headers


async def test_a_quoted_message_is_named_as_meta_does() -> None:
    _, played = await send(ACCEPTING, replace(TEXT, reply_to="wamid.asked"))
    assert played.requests[0][2]["context"] == {"message_id": "wamid.asked"}


@pytest.mark.parametrize(
    ("outgoing", "code"),
    [
        (replace(TEXT, to=Recipient(bsuid="LB.44")), "no_recipient"),
        (replace(TEXT, to=Recipient()), "no_recipient"),
        (replace(TEXT, content=says(MessageType.TEXT, " ")), "empty_text"),
        (replace(KINDS["image"], file=None), "no_file"),
    ],
)
async def test_what_never_leaves(outgoing: Outgoing, code: str) -> None:
    outcome, played = await send(ACCEPTING, outgoing)
    assert isinstance(outcome, Refused)
    assert (outcome.code, played.requests) == (code, [])


async def test_whoever_stood_still_sends_nothing() -> None:
    async with provider(ACCEPTING) as played, aclosing(Exchange()) as exchange:
        adapter = MontyMobile(exchange, Downloads())
        assert await adapter.send(reached_by(played.url), TEXT, until=monotonic()) is NOT_BEGUN
    assert played.requests == []


# -- signals ---------------------------------------------------------------------------------------------------------


async def signalled(kind: SignalKind, **values: str) -> tuple[SendOutcome, Provider]:
    async with provider(said({"success": True})) as played, aclosing(Exchange()) as exchange:
        adapter = MontyMobile(exchange, Downloads())
        signal = Signal(kind, Recipient("9613000001"), "wamid.in", "👍")
        return await adapter.signal(reached_by(played.url, **values), signal), played


async def test_a_reaction_that_was_switched_on_goes_where_messages_go() -> None:
    outcome, played = await signalled(SignalKind.REACTION)
    assert outcome == Accepted("")
    line, _, body = played.requests[0]
    assert "send-session" in line
    assert (body["type"], body["reaction"]) == ("REACTION", {"message_id": "wamid.in", "emoji": "👍"})


@pytest.mark.parametrize("kind", [SignalKind.READ, SignalKind.TYPING])
async def test_receipts_go_nowhere_until_their_path_is_known(kind: SignalKind) -> None:
    outcome, played = await signalled(kind)
    assert isinstance(outcome, Refused)
    assert played.requests == []
    outcome, played = await signalled(kind, receipt_path="/v2/read")
    assert outcome == Accepted("")
    line, _, body = played.requests[0]
    assert line == "POST /v2/read HTTP/1.1"
    assert (body["status"], body["message_id"], "typing_indicator" in body) == (
        "read",
        "wamid.in",
        kind is SignalKind.TYPING,
    )


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [reset, hang_up, half_an_answer, no_http, silence, drip])
async def test_a_lost_answer_is_unclear_and_never_asked_for_twice(answer: Answer) -> None:
    outcome, played = await send(answer)
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        said({}),
        said({"success": True}),
        said({"success": True, "data": None}),
        said({"success": True, "data": {"messageId": ""}}),
        answering(200, b"<html>"),
        answering(302, b"", Location="/login"),
        answering(400, b"<html>bad request</html>"),
        answering(500, b"oops"),
        said({"title": "An error occurred"}, 500),
        answering(502, b"<html>bad gateway</html>"),
    ],
)
async def test_an_answer_that_says_nothing_of_the_message_is_unclear(answer: Answer) -> None:
    outcome, _ = await send(answer)
    assert isinstance(outcome, Unclear), outcome


async def test_an_answer_with_whatsapps_own_id_needs_no_guessing() -> None:
    outcome, _ = await send(said({"success": True, "data": {"messageId": "wamid.own"}}))
    assert outcome == Accepted("wamid.own", named_in_statuses=True)


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (said({"success": False, "message": "Outside the window"}), "http_200", "Outside the window"),
        (said({"success": False, "code": 1203, "message": "No"}, 500), "1203", "No"),
        (said({"success": False, "error": {"message": "Unknown template"}}, 400), "http_400", "Unknown template"),
        (said({"error": "Bad source"}, 400), "http_400", "Bad source"),
        (said({"title": "Unprocessable"}, 422), "http_422", ""),
    ],
)
async def test_a_refusal_shows_its_words(answer: Answer, code: str, words: str) -> None:
    outcome, _ = await send(answer)
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert outcome.message == ("MontyMobile refused the message" + (f": {words}" if words else "."))


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_holds_the_channel_for_an_administrator(status: int) -> None:
    for answer in (answering(status, b""), said({"success": False}, status)):
        outcome, _ = await send(answer)
        assert isinstance(outcome, NotSent)
        assert (outcome.holds, outcome.counts_as_attempt) == ("channel", False)
        assert outcome.retry_after_seconds == limits.SEND_HELD_RETRY_SECONDS


async def test_a_limit_is_waited_for_as_long_as_it_asks() -> None:
    outcome, _ = await send(answering(429, b"", Retry_After="90"))
    assert isinstance(outcome, NotSent)
    assert (outcome.holds, outcome.retry_after_seconds) == ("channel", 90)


@pytest.mark.parametrize("status", [404, 405])
async def test_an_address_where_nothing_is_holds_the_channel_for_an_administrator(status: int) -> None:
    """The older host of theirs answers like this: no message can have been taken."""
    outcome, _ = await send(answering(status, b"<html>Not found</html>"))
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds) == ("misconfigured", "channel")
    assert str(status) in outcome.message


async def test_a_key_that_it_repeats_is_blotted_out() -> None:
    outcome, _ = await send(said({"success": False, "message": "a-key is no key"}))
    assert isinstance(outcome, Refused)
    assert "a-key" not in outcome.message


@pytest.mark.parametrize("values", [{"api_key": "töken"}, {"tenant": ""}, {"api_key": "a\nb"}])
async def test_what_is_unfit_for_a_header_waits_for_an_administrator(values: dict[str, str]) -> None:
    outcome, played = await send(ACCEPTING, TEXT, **values)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, played.requests) == ("misconfigured", [])


async def test_a_channel_that_does_not_know_its_own_number_is_complained_of() -> None:
    async with aclosing(Exchange()) as exchange:
        adapter = MontyMobile(exchange, Downloads())
        assert "--display-phone-number" in (await adapter.examine(reached_by("http://127.0.0.1:9", None)) or "")
        with pytest.raises(ProviderAway, match="nothing is known that answers without a send"):
            await adapter.examine(reached_by("http://127.0.0.1:9"))
        assert await adapter.templates(reached_by("http://127.0.0.1:9")) == []
