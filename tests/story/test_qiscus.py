"""Qiscus in both directions: bot webhooks in, answers into rooms, its echoes and other networks left out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

import samples
from story.node import Node
from story.people import Outside, contents
from story.shops import Shop, open_shop, qiscus
from story.watcher import Watcher
from story.wire import HADI, RANA, JsonObject
from wasl.domain.templates import Template
from wasl.emulator.remote import RemoteEmulator
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.team import NewChannel
from wasl.store.templates import EnterTemplate
from wasl.torture.process import Emulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(home: Settings, outside: Outside, node: Node, whatsapp: Emulator) -> AsyncIterator[Shop]:
    async with RemoteEmulator(whatsapp.url) as remote:
        yield await open_shop(home, outside, node, remote, qiscus)
        await remote.until_quiet(30.0)
        await remote.behave_well()


def statuses_of(watcher: Watcher, message_id: str) -> list[str]:
    shown = (frame.data.get("message") for frame in watcher.events)
    return [message["status"] for message in shown if message and message["message_id"] == message_id]


async def reply(shop: Shop, words: str, **more: Any) -> JsonObject:
    found: JsonObject = (await shop.sara.send(await shop.sara.chat(), words, **more))["message"]
    return found


def hook(shop: Shop, text: str, **changes: Any) -> JsonObject:
    """A bot webhook of Rana's; `changes` are of its room's options, `channel` of the whole."""
    channel = changes.pop("channel", shop.business.number.phone_number_id)
    options = {"source": "wa", "channel_details": {"channel_id": channel}, **changes}
    message = {"type": "text", "text": text, "unique_temp_id": f"wa_wamid.{text}", "unix_timestamp": 1_790_000_000}
    payload = {
        "from": {"email": RANA.phone, "name": RANA.name},
        "message": message,
        "room": {"id_str": f"9{channel}", "options": orjson.dumps(options).decode()},
    }
    return {"type": "post_comment_mobile", "payload": payload}


async def test_words_go_both_ways_through_the_customers_room(shop: Shop) -> None:
    sara = await shop.watch()
    asked = await shop.phones.write("Are you open?")
    shown = await sara.until_message(f"wa_{asked}")
    assert (shown["content"], shown["is_user"]) == ("Are you open?", True)
    message = await reply(shop, "Until eight")
    await sara.until_message(message["message_id"], status="sent")
    await shop.phones.remote.until_quiet(30.0)
    bubbles = [entry["content"]["body"] for entry in await shop.phones.sees()]
    assert bubbles == ["Are you open?", "Until eight"]
    # Nothing is told of what became of it, and the echo of the bot is no message.
    assert statuses_of(sara, message["message_id"]) == ["queued", "sending", "sent"]
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["Are you open?", "Until eight"]
    assert (await shop.sara.chat())["phone_clean"] == RANA.phone


async def test_without_a_room_the_answer_goes_to_the_number(shop: Shop) -> None:
    """As of a customer whose history was imported, or of a hook of old that names no room."""
    told = hook(shop, "from of old")
    told["payload"]["room"] = {}
    # The emulator has not seen what was posted by hand.
    await shop.phones.behave(window_enforced=False)
    assert (await shop.post(orjson.dumps(told))).status_code == 200
    sara = await shop.watch()
    message = await reply(shop, "by number")
    await sara.until_message(message["message_id"], status="sent")
    [accepted] = await shop.phones.accepted()
    shown = await sara.until_message(message["message_id"])
    # Only the number's address names what it takes.
    assert shown["metadata"]["source_message_id"] == accepted["message_id"]
    assert accepted["body"]["recipient_type"] == "individual"


async def test_what_an_agent_types_in_qiscus_is_no_message_of_a_customer(shop: Shop) -> None:
    await shop.phones.write("hello")
    await shop.phones.send("text", text="from the agent", echo=True)
    history = await shop.sara.whole_history(await shop.sara.chat())
    assert contents(history) == ["hello"]
    assert len((await shop.sara.chats())["chats"]) == 1


@pytest.mark.parametrize(
    ("kind", "shown_as", "mime_type"),
    [("image", "image", "image/png"), ("voice", "voice", "audio/ogg"), ("document", "document", "application/pdf")],
)
async def test_a_file_is_fetched_and_shown(shop: Shop, kind: str, shown_as: str, mime_type: str) -> None:
    sara = await shop.watch()
    words = "look" if kind != "voice" else ""
    sent = f"wa_{await shop.phones.send(kind, caption=words)}"
    await sara.until(lambda: ((sara.messages().get(sent) or {}).get("media") or {}).get("state") == "ready")
    message = sara.messages()[sent]
    assert (message["type"], message["content"]) == (shown_as, words)
    assert message["media"]["mime_type"].startswith(mime_type)
    assert "qiscus" not in str(message["media"])


async def test_the_same_webhook_three_times_is_one_message(shop: Shop) -> None:
    await shop.phones.behave(duplicate=3)
    await shop.phones.write("only once")
    await shop.phones.write("only once")
    await shop.phones.remote.until_quiet(30.0)
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["only once", "only once"]


async def test_places_and_unknown_kinds_are_seen(shop: Shop) -> None:
    await shop.phones.send("location", latitude=33.9, longitude=35.5, name="Souk")
    await shop.phones.send("button_reply", id="yes", title="Yes")
    await shop.phones.send("order")
    history = await shop.sara.whole_history(await shop.sara.chat())
    assert [(message["type"], message["content"]) for message in history] == [
        ("location", "Souk"),
        ("text", "Yes"),
        ("unsupported", "Unsupported message: order"),
    ]


async def test_a_lost_answer_stays_unknown_and_is_never_sent_again(shop: Shop) -> None:
    await shop.phones.behave(sends=[{"ending": "lose_reply"}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "once only")
    await sara.until_message(message["message_id"], status="unknown")
    await shop.phones.remote.until_quiet(30.0)
    await asyncio.sleep(1.2)
    assert statuses_of(sara, message["message_id"]) == ["queued", "sending", "unknown"]
    assert await shop.phones.words_accepted() == ["once only"]
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["hello", "once only"]


async def test_a_refusal_says_why(shop: Shop) -> None:
    await shop.phones.behave(sends=[{"ending": "refuse", "code": 131047}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "too late")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["code"] == "131047"
    assert "24 hours" in failed["error"]["message"]
    after = await reply(shop, "the line goes on")
    await sara.until_message(after["message_id"], status="sent")
    assert await shop.phones.words_accepted() == ["the line goes on"]


async def test_the_address_is_the_secret(shop: Shop) -> None:
    body = orjson.dumps(hook(shop, "by hand"))
    assert (await shop.post(body, "/webhooks/qiscus")).status_code == 404
    assert (await shop.post(body, "/webhooks/qiscus/" + "x" * 32)).status_code in (401, 404)
    assert (await shop.sara.chats())["chats"] == []
    answer = await shop.post(body)
    assert (answer.status_code, answer.json()) == (200, {})
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["by hand"]


async def test_other_networks_of_the_app_are_none_of_ours(shop: Shop) -> None:
    assert (await shop.post(orjson.dumps(hook(shop, "on a photo", source="ig")))).status_code == 200
    assert (await shop.sara.chats())["chats"] == []


async def test_two_numbers_of_an_app_share_an_address_and_never_a_room(
    shop: Shop, home: Settings, whatsapp: Emulator
) -> None:
    first, second = shop.business.number.phone_number_id, f"88{shop.channel_id:06d}"
    async with open_memory(home) as memory:
        new = NewChannel("qiscus", second, shop.set_up.new.values, f"{whatsapp.url}/qiscus")
        await memory.team.add_channel(int(shop.business.account_id), new)
    for channel in (first, second):
        assert (await shop.post(orjson.dumps(hook(shop, f"to {channel}", channel=channel)))).status_code == 200
    chats = (await shop.sara.chats())["chats"]
    ours = f"{shop.business.account_id}_{{}}_{RANA.phone}"
    assert {chat["conversation_id"] for chat in chats} == {ours.format(first), ours.format(second)}


async def test_a_number_that_nobody_set_up_is_kept_and_shown_to_nobody(shop: Shop) -> None:
    await shop.phones.write("mine", HADI)
    answer = await shop.post(orjson.dumps(hook(shop, "whose?", channel="424242")))
    assert answer.status_code == 200
    assert len((await shop.sara.chats())["chats"]) == 1


# -- files, buttons, and what it cannot --------------------------------------------------------------------------------


async def test_a_picture_goes_into_the_room_by_a_link_that_qiscus_fetches(shop: Shop) -> None:
    await shop.phones.write("Show me")
    sara = await shop.watch()
    content = samples.picture("JPEG", (400, 300))
    path, named = "/api/live-chat/uploads", {"name": "cake.jpg"}
    upload = (await shop.sara.ask("POST", path, params=named, content=content))["upload"]
    message = await reply(shop, "With figs", message_type="image", upload_id=upload["upload_id"])
    await sara.until_message(message["message_id"], status="sent")
    await shop.phones.remote.until_quiet(30.0)
    [send] = await shop.phones.accepted()
    assert (send["body"]["type"], send["body"]["image"]["caption"]) == ("image", "With figs")
    [entry] = [found["content"] for found in await shop.phones.sees() if found["author"] == "business"]
    assert await shop.phones.remote.file(entry["id"]) == content


async def test_buttons_go_into_the_room_and_the_answer_is_words(shop: Shop) -> None:
    await shop.phones.write("I want bread")
    sara = await shop.watch()
    choice = {
        "kind": "button",
        "body": "Size?",
        "buttons": [{"id": "s", "title": "Small"}, {"id": "l", "title": "Large"}],
    }
    message = await reply(shop, "", message_type="interactive", interactive=choice)
    await sara.until_message(message["message_id"], status="sent")
    [send] = await shop.phones.accepted()
    titles = [button["reply"]["title"] for button in send["body"]["interactive"]["action"]["buttons"]]
    assert titles == ["Small", "Large"]
    await shop.phones.send("button_reply", id="Large", title="Large")
    assert contents(await shop.sara.whole_history(await shop.sara.chat()))[-1] == "Large"


async def test_what_it_cannot_is_told_and_refused_before_anything_leaves(shop: Shop) -> None:
    await shop.phones.write("hello")
    chat = await shop.sara.chat()
    [channel] = (await shop.sara.ask("GET", "/api/live-chat/channels"))["channels"]
    can = channel["capabilities"]
    assert (channel["provider"], can["ticks"], can["interactive"]) == ("qiscus", "none", ["button"])
    assert not any(can[word] for word in ("typing", "quotes", "reactions", "read_receipts", "settles_lost_answers"))
    rows = [{"rows": [{"id": "s", "title": "Small"}]}]
    for asked in (
        {"message_type": "location", "location": {"latitude": 33.9, "longitude": 35.5}},
        {"message_type": "contacts", "contacts": [{"name": {"formatted_name": "Lina"}}]},
        {
            "message_type": "interactive",
            "interactive": {"kind": "list", "body": "?", "list": {"button": "b", "sections": rows}},
        },
    ):
        refused = await shop.sara.send(chat, "", expect=422, **asked)
        assert refused["code"] == "not_supported"
        assert "Qiscus" in refused["error"]
    assert await shop.phones.accepted() == []


# -- set up by its form ------------------------------------------------------------------------------------------------


async def test_a_number_that_the_command_has_set_up_works_both_ways(
    home: Settings, outside: Outside, node: Node, whatsapp: Emulator
) -> None:
    async with RemoteEmulator(whatsapp.url) as remote:
        shop = await open_shop(home, outside, node, remote, qiscus, by_command=True)
        await shop.phones.write("Is this you?")
        sara = await shop.watch()
        message = await reply(shop, "It is")
        await sara.until_message(message["message_id"], status="sent")
        assert [entry["content"]["body"] for entry in await shop.phones.sees()] == ["Is this you?", "It is"]
        await remote.until_quiet(30.0)
        await remote.behave_well()


async def test_a_template_that_was_entered_goes_out_with_its_values(shop: Shop, home: Settings) -> None:
    name = "order_ready"
    body = {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is ready."}
    entered = Template(name, "en", "utility", "approved", None, [body])
    async with open_memory(home) as memory:
        await memory.journal.submit(EnterTemplate(int(shop.business.account_id), shop.channel_id, entered))
    approved = {"name": name, "language": "en", "status": "APPROVED", "category": "UTILITY", "components": [body]}
    await shop.phones.remote.choose_templates([approved], shop.business.number.phone_number_id)
    await shop.phones.write("hello")
    sara = await shop.watch()
    values = {"1": "Rana", "2": "17"}
    asked = {"message_type": "template", "template": {"name": name, "language": "en", "body": values}}
    message = await reply(shop, "", **asked)
    await sara.until_message(message["message_id"], status="sent")
    assert message["content"] == "Hello Rana, your order 17 is ready."
    [send] = await shop.phones.accepted()
    assert send["body"]["template"]["name"] == name
    parameters = send["body"]["template"]["components"][0]["parameters"]
    assert [parameter["text"] for parameter in parameters] == ["Rana", "17"]
