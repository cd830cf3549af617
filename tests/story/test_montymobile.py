"""MontyMobile in both directions: one webhook for each update, an API of its own, and ticks that are guesses."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

import samples
from story.node import Node
from story.people import Outside, UnexpectedStatus, contents
from story.phone import in_order
from story.shops import SetUp, Shop, montymobile, open_shop
from story.test_files import send_file
from story.test_signals import react, type_there
from story.watcher import Watcher
from story.wire import HADI, RANA, JsonObject, envelope, text
from wasl.domain.templates import Template
from wasl.emulator.remote import RemoteEmulator
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.templates import EnterTemplate
from wasl.torture.process import Emulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(home: Settings, outside: Outside, node: Node, whatsapp: Emulator) -> AsyncIterator[Shop]:
    async with RemoteEmulator(whatsapp.url) as remote:
        yield await open_shop(home, outside, node, remote, montymobile)
        await remote.until_quiet(30.0)
        await remote.behave_well()


def statuses_of(watcher: Watcher, message_id: str) -> list[str]:
    """The states that a message was shown in, in order, each once: it may be named without a step."""
    shown = (frame.data.get("message") for frame in watcher.events)
    states = [message["status"] for message in shown if message and message["message_id"] == message_id]
    return [state for state, before in zip(states, [None, *states], strict=False) if state != before]


def errors_of(watcher: Watcher, message_id: str) -> list[str]:
    """The codes of what was said to be wrong with a message, each once."""
    shown = (frame.data.get("message") for frame in watcher.events)
    errors = [message["error"] for message in shown if message and message["message_id"] == message_id]
    return list(dict.fromkeys(error["code"] for error in errors if error))


async def reply(shop: Shop, words: str, **more: Any) -> JsonObject:
    found: JsonObject = (await shop.sara.send(await shop.sara.chat(), words, **more))["message"]
    return found


async def test_words_go_both_ways_and_the_ticks_say_that_they_are_guesses(shop: Shop) -> None:
    sara = await shop.watch()
    asked = await shop.phones.write("Are you open?")
    shown = await sara.until_message(asked)
    assert (shown["content"], shown["is_user"]) == ("Are you open?", True)
    message = await reply(shop, "Until eight")
    delivered = await sara.until_message(message["message_id"], status="delivered")
    assert delivered["metadata"]["ticks"] == "best_effort"
    await shop.phones.look()
    await sara.until_message(message["message_id"], status="read")
    assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "delivered", "read")
    assert [entry["content"]["body"] for entry in await shop.phones.sees()] == ["Are you open?", "Until eight"]
    [accepted] = await shop.phones.accepted()
    assert accepted["callback_data"] is None
    assert accepted["message_id"] == (await sara.until_message(message["message_id"]))["metadata"]["source_message_id"]


async def test_ticks_of_two_customers_and_of_several_messages_do_not_mix(shop: Shop) -> None:
    """`delivered` comes before `sent`, as it was seen to, and twice."""
    await shop.phones.behave(statuses=["delivered", "sent"], duplicate=2)
    sara = await shop.watch()
    await shop.phones.write("hello", RANA)
    await shop.phones.write("hello too", HADI)
    sent = {}
    for person, words in ((RANA, "one"), (HADI, "two"), (RANA, "three")):
        answer = await shop.sara.send(await shop.sara.chat(person), words)
        sent[words] = answer["message"]["message_id"]
    for message_id in sent.values():
        await sara.until_message(message_id, status="delivered")
    await shop.phones.remote.until_quiet(30.0)
    for send in await shop.phones.accepted():
        message = await sara.until_message(sent[send["body"]["text"]["body"]])
        assert message["metadata"]["source_message_id"] == send["message_id"]
        assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "delivered")


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [("image", "image/png"), ("voice", "audio/ogg"), ("document", "application/pdf"), ("video", "video/mp4")],
)
async def test_a_file_is_fetched_however_it_comes(shop: Shop, kind: str, mime_type: str) -> None:
    """As base64 in JSON, as bytes, and by an address."""
    sara = await shop.watch()
    sent = await shop.phones.send(kind)
    await sara.until(lambda: ((sara.messages().get(sent) or {}).get("media") or {}).get("state") == "ready")
    message = sara.messages()[sent]
    assert message["type"] == kind
    assert message["media"]["mime_type"].startswith(mime_type)


async def test_the_same_webhook_three_times_is_one_message(shop: Shop) -> None:
    await shop.phones.behave(duplicate=3)
    await shop.phones.write("only once")
    await shop.phones.remote.until_quiet(30.0)
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["only once"]


async def test_a_message_without_an_id_arrives_once(shop: Shop) -> None:
    number = shop.business.number
    nameless = {key: value for key, value in text(RANA, "who am I").items() if key != "id"}
    body = envelope(number.said([nameless], RANA))
    for _ in range(2):
        assert (await shop.post(body, X_Webhook_Token=shop.set_up.secret)).status_code == 200
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["who am I"]


async def test_whether_a_message_left_is_not_guessed_but_what_came_is_told(shop: Shop) -> None:
    """A lost answer settles by nothing here: a person decides, who learns that something was delivered."""
    await shop.phones.behave(sends=[{"ending": "lose_reply"}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "once only")
    await sara.until(
        lambda: "may be this message" in str((sara.messages().get(message["message_id"]) or {}).get("error"))
    )
    await shop.phones.remote.until_quiet(30.0)
    await asyncio.sleep(1.2)
    shown = sara.messages()[message["message_id"]]
    assert (shown["status"], shown["error"]["code"]) == ("unknown", "unknown_outcome")
    assert "delivered" in shown["error"]["message"]
    assert await shop.phones.words_accepted() == ["once only"]


@pytest.mark.parametrize("ending", ["drop", "bare"])
async def test_what_may_have_left_is_not_sent_again(shop: Shop, ending: str) -> None:
    await shop.phones.behave(sends=[{"ending": ending}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "into the dark")
    await sara.until_message(message["message_id"], status="unknown")
    await asyncio.sleep(1.2)
    assert statuses_of(sara, message["message_id"]) == ["queued", "sending", "unknown"]
    assert await shop.phones.accepted() == []


async def test_a_refusal_shows_their_words_and_a_limit_is_waited_for(shop: Shop) -> None:
    refusals = [
        {"ending": "refuse", "code": 131047, "details": "Outside the window"},
        {"ending": "refuse", "code": 130429, "status": 429, "times": None},
    ]
    await shop.phones.behave(sends=refusals)
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "too late")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["message"] == "MontyMobile refused the message: Outside the window"
    after = await reply(shop, "patience")
    await sara.until(lambda: errors_of(sara, after["message_id"]) == ["http_429"])
    assert statuses_of(sara, after["message_id"])[:3] == ["queued", "sending", "queued"]
    assert await shop.phones.words_accepted() == []


async def test_a_failure_that_is_told_later(shop: Shop) -> None:
    await shop.phones.behave(sends=[{"ending": "fail_later", "code": 131026}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "nobody there")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["code"] == "131026"


@pytest.mark.parametrize("kind", ["image", "document"])
async def test_a_file_goes_out_by_a_link_that_montymobile_can_fetch(shop: Shop, kind: str) -> None:
    await shop.phones.write("hello")
    sara = await shop.watch()
    content = samples.picture("JPEG", (320, 200)) if kind == "image" else b"%PDF-1.4\n%%EOF\n"
    message = await send_file(shop.sara, content, "it.jpg" if kind == "image" else "it.pdf", words="Look")
    await sara.until_message(message["message_id"], status="delivered")
    [send] = await shop.phones.accepted()
    part = send["body"][kind]
    assert (part["caption"], "id" in part) == ("Look", False)
    assert part["link"].startswith(shop.webhook_url.partition("/webhooks/")[0] + "/media/")
    [entry] = [entry for entry in await shop.phones.sees() if entry["author"] == "business"]
    assert await shop.phones.remote.file(entry["content"]["id"]) == content


async def test_a_file_that_montymobile_cannot_use_fails_later_with_its_reason(shop: Shop) -> None:
    await shop.phones.write("hello")
    sara = await shop.watch()
    await shop.phones.behave(sends=[{"ending": "fail_later", "code": 131052}])
    message = await send_file(shop.sara, samples.picture("JPEG", (32, 20)), "it.jpg")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["code"] == "131052"


@pytest.mark.parametrize("kind", ["voice", "video"])
async def test_a_kind_of_file_that_is_off_is_refused_before_it_is_queued(shop: Shop, kind: str) -> None:
    await shop.phones.write("hello")
    content = samples.sound("ogg") if kind == "voice" else samples.film()
    more = {"kind": "voice"} if kind == "voice" else {}
    with pytest.raises(UnexpectedStatus, match="not_supported") as refused:
        await send_file(shop.sara, content, f"it.{kind}", RANA, **more)
    assert refused.value.status == 422
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["hello"]


async def test_a_template_that_an_administrator_entered_goes_where_templates_go(shop: Shop, home: Settings) -> None:
    await shop.phones.write("hello")
    chat = await shop.sara.chat()
    components = [{"type": "BODY", "text": "Hello {{1}}, your order is ready."}]
    async with open_memory(home) as memory:
        template = Template("order_ready", "en", "utility", "approved", None, components)
        await memory.journal.submit(EnterTemplate(int(shop.business.account_id), shop.channel_id, template))
    sara = await shop.watch()
    asked = {"name": "order_ready", "language": "en", "body": {"1": "Rana"}}
    message = (await shop.sara.send(chat, "", message_type="template", template=asked))["message"]
    assert message["content"] == "Hello Rana, your order is ready."
    await sara.until_message(message["message_id"], status="delivered")
    [send] = await shop.phones.accepted()
    assert (send["body"]["type"], send["body"]["template"]["name"]) == ("template", "order_ready")
    refresh = {"channel_id": str(shop.channel_id)}
    refused = await shop.sara.ask("POST", "/api/live-chat/templates/refresh", 422, json=refresh)
    assert refused["code"] == "not_supported"


async def test_reactions_are_refused_and_nothing_is_told_of_reading_or_typing(shop: Shop) -> None:
    asked = await shop.phones.write("thank you!")
    chat = await shop.sara.chat()
    assert (await react(shop.sara, chat, asked, "❤️", 422))["code"] == "not_supported"
    await shop.sara.read(chat, chat["last_sequence"])
    await type_there(shop.sara, chat)
    await asyncio.sleep(1.2)
    number = shop.business.number.phone_number_id
    assert [one for one in await shop.phones.remote.receipts() if one["phone_number_id"] == number] == []
    assert [one for one in await shop.phones.remote.refused() if one["phone_number_id"] == number] == []


async def test_what_an_administrator_switched_on_is_tried_in_metas_shape(
    home: Settings, outside: Outside, node: Node, whatsapp: Emulator
) -> None:
    async with RemoteEmulator(whatsapp.url) as remote:
        shop = await open_shop(home, outside, node, remote, tried)
        asked = await shop.phones.write("hello")
        sara = await shop.watch()
        film = await send_file(shop.sara, samples.film(), "oven.mp4", words="Our oven", reply_to=asked)
        await sara.until_message(film["message_id"], status="delivered")
        place = {"latitude": 33.89, "longitude": 35.5}
        where = await reply(shop, "", message_type="location", location=place)
        await sara.until_message(where["message_id"], status="delivered")
        first, second = [send["body"] for send in await shop.phones.accepted()]
        assert (first["type"], first["video"]["caption"], first["context"]) == (
            "video",
            "Our oven",
            {"message_id": asked},
        )
        assert (second["type"], second["location"]) == ("location", place)
        await remote.until_quiet(30.0)


def tried(place: int, emulator_url: str) -> SetUp:
    usual = montymobile(place, emulator_url)
    return replace(usual, new=replace(usual.new, switched_on=("video", "location", "quotes")))


async def test_the_dashboard_is_told_what_this_number_cannot_do(shop: Shop) -> None:
    [channel] = (await shop.sara.ask("GET", "/api/live-chat/channels"))["channels"]
    can = channel["capabilities"]
    assert (channel["provider"], can["kinds"]) == ("montymobile", ["document", "image", "template", "text"])
    assert (can["ticks"], can["settles_lost_answers"], can["template_list"]) == ("best_effort", False, False)
    assert [can[word] for word in ("quotes", "reactions", "read_receipts", "typing", "interactive")] == [
        False,
        False,
        False,
        False,
        [],
    ]
    assert shop.set_up.secret not in str(channel)


# -- what it alone does, and does not --------------------------------------------------------------------------------


async def test_only_who_has_the_token_is_heard(shop: Shop) -> None:
    body = envelope(shop.business.number.said([text(RANA, "by hand")], RANA))
    for token in ("another token", ""):
        assert (await shop.post(body, X_Webhook_Token=token)).status_code == 401
    assert (await shop.post(body)).status_code == 401
    assert (await shop.post(body, "/webhooks/montymobile", X_Webhook_Token=shop.set_up.secret)).status_code == 404
    assert (await shop.sara.chats())["chats"] == []
    assert (await shop.post(body, X_Webhook_Token=shop.set_up.secret)).status_code == 200
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["by hand"]


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("location", {"location": {"latitude": 33.9, "longitude": 35.5}}),
        ("interactive", {"interactive": {"kind": "button", "body": "Which?", "buttons": [{"id": "s", "title": "S"}]}}),
        ("contacts", {"contacts": [{"name": {"formatted_name": "Rana", "first_name": "Rana"}, "phones": []}]}),
    ],
)
async def test_what_nobody_has_seen_work_is_refused_before_it_is_queued(
    shop: Shop, kind: str, part: JsonObject
) -> None:
    await shop.phones.write("hello")
    chat = await shop.sara.chat()
    refused = await shop.sara.send(chat, "", expect=422, message_type=kind, **part)
    assert refused["code"] == "not_supported"
    assert contents(await shop.sara.whole_history(chat)) == ["hello"]


async def test_a_status_of_what_another_program_sent_touches_no_message_of_ours(shop: Shop) -> None:
    await shop.phones.behave(statuses=[])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "ours")
    await sara.until_message(message["message_id"], status="sent")
    campaign = {"id": "wamid.campaign", "status": "failed", "timestamp": "1600000000", "recipient_id": RANA.phone}
    body = orjson.dumps(
        {
            "entry": [
                {
                    "id": "1",
                    "changes": [{"field": "messages", "value": shop.business.number.value(statuses=[campaign])}],
                }
            ]
        }
    )
    for _ in range(2):
        assert (await shop.post(body, X_Webhook_Token=shop.set_up.secret)).status_code == 200
    assert statuses_of(sara, message["message_id"]) == ["queued", "sending", "sent"]
