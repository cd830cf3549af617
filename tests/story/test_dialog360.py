"""360dialog in both directions: Meta's envelope at an address of the number's own, with a secret in a header."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

import samples
from story.node import Node
from story.people import Outside, contents
from story.phone import in_order
from story.shops import Shop, dialog360, open_shop
from story.test_files import send_file
from story.test_signals import react, type_there, until
from story.watcher import Watcher
from story.wire import RANA, JsonObject, envelope, fresh_id, text
from wasl.clock import ms_of
from wasl.emulator.remote import RemoteEmulator
from wasl.emulator.templates import USUAL
from wasl.settings import Settings
from wasl.torture.process import Emulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(home: Settings, outside: Outside, node: Node, whatsapp: Emulator) -> AsyncIterator[Shop]:
    async with RemoteEmulator(whatsapp.url) as remote:
        yield await open_shop(home, outside, node, remote, dialog360)
        await remote.until_quiet(30.0)
        await remote.behave_well()


def statuses_of(watcher: Watcher, message_id: str) -> list[str]:
    shown = (frame.data.get("message") for frame in watcher.events)
    return [message["status"] for message in shown if message and message["message_id"] == message_id]


async def reply(shop: Shop, words: str, **more: Any) -> JsonObject:
    found: JsonObject = (await shop.sara.send(await shop.sara.chat(), words, **more))["message"]
    return found


async def told(shop: Shop, body: JsonObject | bytes, secret: str | None = None) -> int:
    """The answer to a webhook made by hand."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return (await shop.post(content, X_Wasl_Secret=shop.set_up.secret if secret is None else secret)).status_code


async def test_words_go_both_ways_and_every_tick_follows(shop: Shop) -> None:
    sara = await shop.watch()
    asked = await shop.phones.write("Are you open?")
    shown = await sara.until_message(asked)
    assert (shown["content"], shown["is_user"]) == ("Are you open?", True)
    message = await reply(shop, "Until eight")
    await sara.until_message(message["message_id"], status="delivered")
    await shop.phones.look()
    await sara.until_message(message["message_id"], status="read")
    assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "delivered", "read")
    assert [entry["content"]["body"] for entry in await shop.phones.sees()] == ["Are you open?", "Until eight"]
    assert (await shop.sara.chat())["phone_clean"] == RANA.phone


async def test_a_reply_quotes_what_the_customer_wrote(shop: Shop) -> None:
    asked = await shop.phones.write("How much?")
    sara = await shop.watch()
    message = await reply(shop, "Five dollars", reply_to=asked)
    await sara.until_message(message["message_id"], status="delivered")
    [accepted] = await shop.phones.accepted()
    assert accepted["body"]["context"] == {"message_id": asked}
    quoting = await shop.phones.write("Too much", reply_to=accepted["message_id"])
    assert (await sara.until_message(quoting))["reply_to"] == message["message_id"]


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [("image", "image/png"), ("voice", "audio/ogg"), ("document", "application/pdf"), ("sticker", "image/webp")],
)
async def test_a_file_is_fetched_under_360dialogs_host_with_the_key(shop: Shop, kind: str, mime_type: str) -> None:
    sara = await shop.watch()
    sent = await shop.phones.send(kind)
    await sara.until(lambda: ((sara.messages().get(sent) or {}).get("media") or {}).get("state") == "ready")
    message = sara.messages()[sent]
    assert message["type"] == kind
    assert message["media"]["mime_type"].startswith(mime_type)
    assert "fbsbx" not in str(message)


async def test_what_is_not_words_goes_both_ways(shop: Shop) -> None:
    sara = await shop.watch()
    await shop.phones.send("location", latitude=33.9, longitude=35.5, name="Souk")
    await shop.phones.send("list_reply", id="large", title="Large")
    await shop.phones.send("order", text="two of these")
    await shop.phones.send("contacts", name="Lina", phone="+9613000009")
    history = await shop.sara.whole_history(await shop.sara.chat())
    assert [message["type"] for message in history] == ["location", "interactive", "order", "contacts"]
    place = {"latitude": 33.89, "longitude": 35.5, "name": "The shop"}
    buttons = {"kind": "button", "body": "Which?", "buttons": [{"id": "s", "title": "Small"}]}
    for kind, part in (("location", {"location": place}), ("interactive", {"interactive": buttons})):
        message = await reply(shop, "", message_type=kind, **part)
        await sara.until_message(message["message_id"], status="delivered")
    assert [send["body"]["type"] for send in await shop.phones.accepted()] == ["location", "interactive"]


async def test_the_same_webhook_three_times_is_one_message(shop: Shop) -> None:
    await shop.phones.behave(duplicate=3, batch=2, gather_seconds=0.05)
    await shop.phones.write("only once")
    await shop.phones.remote.until_quiet(30.0)
    sara = await shop.watch()
    message = await reply(shop, "and this once")
    await sara.until_message(message["message_id"], status="delivered")
    await shop.phones.remote.until_quiet(30.0)
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["only once", "and this once"]
    assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "delivered")


async def test_a_lost_answer_is_settled_by_a_status(shop: Shop) -> None:
    await shop.phones.behave(sends=[{"ending": "lose_reply"}], statuses=["read"])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "once only")
    await sara.until_message(message["message_id"], status="unknown")
    await shop.phones.look()
    await sara.until_message(message["message_id"], status="read")
    assert statuses_of(sara, message["message_id"]) == ["queued", "sending", "unknown", "read"]
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


async def test_a_refusal_says_why_and_the_line_goes_on(shop: Shop) -> None:
    await shop.phones.behave(sends=[{"ending": "refuse", "code": 131047}, {"ending": "refuse", "code": 130429}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "too late")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["code"] == "131047"
    assert "24 hours" in failed["error"]["message"]
    after = await reply(shop, "patience")
    await sara.until_message(after["message_id"], status="delivered")
    assert statuses_of(sara, after["message_id"])[:4] == ["queued", "sending", "queued", "sending"]
    assert await shop.phones.words_accepted() == ["patience"]


@pytest.mark.parametrize(("kind", "word"), [("image", "image"), ("voice", "audio")])
async def test_a_file_goes_out_by_an_upload_with_the_key(shop: Shop, kind: str, word: str) -> None:
    await shop.phones.write("hello")
    sara = await shop.watch()
    content = samples.picture("JPEG", (320, 200)) if kind == "image" else samples.sound("ogg")
    more = {"words": "With figs"} if kind == "image" else {"kind": "voice"}
    message = await send_file(shop.sara, content, f"it.{kind}", RANA, **more)
    await sara.until_message(message["message_id"], status="delivered")
    [send] = await shop.phones.accepted()
    assert send["body"]["type"] == word
    assert await shop.phones.remote.file(send["body"][word]["id"])
    assert message["media"]["state"] == "ready"


async def test_templates_are_those_that_360dialog_lists(shop: Shop) -> None:
    await shop.phones.write("hello")
    chat = await shop.sara.chat()
    await shop.sara.ask("POST", "/api/live-chat/templates/refresh", json={"channel_id": str(shop.channel_id)})
    query = {"conversation_id": chat["conversation_id"]}
    found = (await shop.sara.ask("GET", "/api/live-chat/templates", params=query))["templates"]
    assert {(one["name"], one["language"]) for one in found} == {(one["name"], one["language"]) for one in USUAL}
    sara = await shop.watch()
    template = {"name": "order_on_its_way", "language": "en", "body": {"1": "Rana", "2": "17"}}
    message = await reply(shop, "", message_type="template", template=template)
    await sara.until_message(message["message_id"], status="delivered")
    [send] = await shop.phones.accepted()
    assert send["body"]["template"]["name"] == "order_on_its_way"


async def test_reactions_receipts_and_typing_reach_the_customer(shop: Shop) -> None:
    number = shop.business.number.phone_number_id
    asked = await shop.phones.write("thank you!")
    chat = await shop.sara.chat()
    await react(shop.sara, chat, asked, "❤️")
    await shop.sara.read(chat, chat["last_sequence"])
    await type_there(shop.sara, chat)

    async def all_told() -> bool:
        [entry] = [entry for entry in await shop.phones.sees() if entry["message_id"] == asked]
        told = {one["typing"] for one in await shop.phones.remote.receipts() if one["phone_number_id"] == number}
        return entry["reactions"] == {"business": "❤️"} and told == {False, True}

    await until(all_told)
    sara = await shop.watch()
    message = await reply(shop, "welcome")
    await sara.until_message(message["message_id"], status="delivered")
    [ours] = [send["message_id"] for send in await shop.phones.accepted() if send["body"]["type"] == "text"]
    await shop.phones.remote.react(f"+{RANA.phone}", ours, "👍", phone_number_id=number, wait=True)
    await sara.until(lambda: bool(sara.messages()[message["message_id"]]["reactions"]))
    [reaction] = sara.messages()[message["message_id"]]["reactions"]
    assert (reaction["from"], reaction["emoji"]) == ("user", "👍")


# -- what it alone does ----------------------------------------------------------------------------------------------


async def test_only_who_knows_address_and_secret_is_heard(shop: Shop) -> None:
    number = shop.business.number
    body = envelope(number.said([text(RANA, "by hand")], RANA))
    assert await told(shop, body, "another secret") == 401
    assert await told(shop, body, "") == 401
    assert (await shop.post(body, "/webhooks/dialog360", X_Wasl_Secret=shop.set_up.secret)).status_code == 404
    wrong = shop.webhook_url[:-3] + "xxx"
    assert (await shop.post(body, wrong, X_Wasl_Secret=shop.set_up.secret)).status_code == 401
    assert (await shop.sara.chats())["chats"] == []
    answer = await shop.post(body, X_Wasl_Secret=shop.set_up.secret)
    assert (answer.status_code, answer.content) == (200, b"")
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["by hand"]


async def test_a_partners_event_with_the_past_of_a_phone_is_no_news(shop: Shop) -> None:
    number = shop.business.number
    past = {**text(RANA, "from before"), "history_context": {"status": "READ"}}
    thread = {"id": RANA.phone, "messages": [past]}
    value = number.value(history=[{"metadata": {"phase": 0, "chunk_order": 1}, "threads": [thread]}])
    wrapped = {"id": "evt_1", "event": "history", "data": value}
    assert await told(shop, wrapped) == 200
    assert await told(shop, wrapped) == 200
    chat = await shop.sara.chat()
    assert contents(await shop.sara.whole_history(chat)) == ["from before"]
    assert chat["unread_count"] == 0


async def test_a_body_of_the_api_of_old_is_understood_at_the_numbers_own_address(shop: Shop) -> None:
    sara = await shop.watch()
    old = {"contacts": [RANA.contact()], "messages": [text(RANA, "old but good")]}
    assert await told(shop, old) == 200
    assert await told(shop, old) == 200
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["old but good"]
    await shop.phones.behave(statuses=[], window_enforced=False)
    message = await reply(shop, "welcome back")
    await sara.until_message(message["message_id"], status="sent")
    [accepted] = await shop.phones.accepted()
    # As they were: without a time.
    assert await told(shop, {"statuses": [{"id": accepted["message_id"], "status": "read"}]}) == 200
    await sara.until_message(message["message_id"], status="read")
    hops = {hop["hop"]: ms_of(hop["at"]) for hop in (await shop.sara.trace(message["message_id"]))["hops"]}
    assert hops["read"] >= hops["sent"]


async def test_what_cannot_be_read_is_kept_and_answered_with_200(shop: Shop) -> None:
    assert await told(shop, b"no json at all") == 200
    assert await told(shop, {"surprise": fresh_id()}) == 200
    assert (await shop.sara.chats())["chats"] == []


async def test_a_key_that_360dialog_refuses_holds_the_message_for_an_administrator(
    home: Settings, outside: Outside, node: Node, whatsapp: Emulator
) -> None:
    async with RemoteEmulator(whatsapp.url) as remote:
        shop = await open_shop(home, outside, node, remote, dialog360)
        await shop.phones.write("hello")
        number = shop.business.number.phone_number_id
        again = {"display_phone_number": shop.set_up.display, "provider": "dialog360"}
        await remote.add_number(number, shop.webhook_url, access_token="another", **again)
        sara = await shop.watch()
        message = await reply(shop, "with an old key")
        await sara.until(lambda: (sara.messages()[message["message_id"]]["error"] or {}).get("code") == "http_401")
        shown = sara.messages()[message["message_id"]]
        assert shown["status"] == "queued"
        assert "administrator" in shown["error"]["message"]
        assert await shop.phones.accepted() == []
