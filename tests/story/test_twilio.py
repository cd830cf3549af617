"""Twilio in both directions: signed forms, statuses at the address that each send names, and what it cannot do."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest

import samples
from story.node import Node
from story.people import Outside, contents
from story.phone import in_order
from story.shops import Shop, open_shop, twilio
from story.watcher import Watcher
from story.wire import RANA, Customer, JsonObject
from wasl.domain.templates import Template
from wasl.emulator.modes.twilio import sid_of, signature_of
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
        yield await open_shop(home, outside, node, remote, twilio)
        await remote.until_quiet(30.0)
        await remote.behave_well()


def statuses_of(watcher: Watcher, message_id: str) -> list[str]:
    shown = (frame.data.get("message") for frame in watcher.events)
    return [message["status"] for message in shown if message and message["message_id"] == message_id]


async def reply(shop: Shop, words: str, **more: Any) -> JsonObject:
    found: JsonObject = (await shop.sara.send(await shop.sara.chat(), words, **more))["message"]
    return found


def form_of(shop: Shop, **fields: str) -> dict[str, str]:
    usual = {
        "AccountSid": shop.set_up.account,
        "From": f"whatsapp:+{RANA.phone}",
        "To": f"whatsapp:+{shop.set_up.display}",
        "MessageSid": "SM" + "7" * 32,
        "Body": "by hand",
    }
    return usual | fields


async def posted(shop: Shop, form: dict[str, str], token: str | None = None, url: str | None = None) -> int:
    """The answer to a form that is signed by the account's token, or by another."""
    signature = signature_of(shop.webhook_url, form, shop.set_up.token if token is None else token)
    body = urlencode(form).encode()
    kind = "application/x-www-form-urlencoded"
    return (await shop.post(body, url, X_Twilio_Signature=signature, Content_Type=kind)).status_code


async def test_words_go_both_ways_and_every_tick_follows(shop: Shop) -> None:
    sara = await shop.watch()
    asked = await shop.phones.write("Are you open?")
    shown = await sara.until_message(sid_of(asked))
    assert (shown["content"], shown["is_user"]) == ("Are you open?", True)
    message = await reply(shop, "Until eight")
    await sara.until_message(message["message_id"], status="delivered")
    await shop.phones.look()
    await sara.until_message(message["message_id"], status="read")
    assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "delivered", "read")
    bubbles = [entry["content"]["body"] for entry in await shop.phones.sees()]
    assert bubbles == ["Are you open?", "Until eight"]
    [accepted] = await shop.phones.accepted()
    assert accepted["callback_data"].startswith(f"{shop.webhook_url}?m=")
    assert (await shop.sara.chat())["phone_clean"] == RANA.phone


async def test_what_is_not_words_is_seen_too(shop: Shop) -> None:
    await shop.phones.send("location", latitude=33.9, longitude=35.5, name="Souk")
    await shop.phones.send("button_reply", id="yes", title="Yes, please")
    await shop.phones.send("list_reply", id="large", title="Large")
    await shop.phones.send("form_reply", response_json='{"size": "L", "flow_token": "x"}')
    await shop.phones.send("contacts", name="Lina", phone="+9613000009")
    history = await shop.sara.whole_history(await shop.sara.chat())
    assert [(message["type"], message["content"]) for message in history] == [
        ("location", "Souk"),
        ("interactive", "Yes, please"),
        ("interactive", "Large"),
        ("interactive", "Form answered\nsize: L"),
        ("unsupported", "Unsupported message: contacts"),
    ]


@pytest.mark.parametrize(
    ("kind", "shown_as", "mime_type"),
    [
        ("image", "image", "image/png"),
        ("voice", "voice", "audio/ogg"),
        ("document", "document", "application/pdf"),
        ("sticker", "sticker", "image/webp"),
    ],
)
async def test_a_file_is_fetched_with_the_accounts_token_and_shown(
    shop: Shop, kind: str, shown_as: str, mime_type: str
) -> None:
    sara = await shop.watch()
    sent = await shop.phones.send(kind)
    await sara.until_message(sid_of(sent))
    await sara.until(lambda: (sara.messages()[sid_of(sent)]["media"] or {}).get("state") == "ready")
    message = sara.messages()[sid_of(sent)]
    assert message["type"] == shown_as
    assert message["media"]["mime_type"].startswith(mime_type)
    assert "twilio" not in str(message["media"])


async def test_the_same_webhook_three_times_is_one_message(shop: Shop) -> None:
    await shop.phones.behave(duplicate=3)
    await shop.phones.write("only once")
    await shop.phones.remote.until_quiet(30.0)
    sara = await shop.watch()
    message = await reply(shop, "and this once")
    await sara.until_message(message["message_id"], status="delivered")
    await shop.phones.remote.until_quiet(30.0)
    history = await shop.sara.whole_history(await shop.sara.chat())
    assert contents(history) == ["only once", "and this once"]
    assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "delivered")


async def test_a_lost_answer_is_settled_by_the_status_at_its_own_address(shop: Shop) -> None:
    await shop.phones.behave(sends=[{"ending": "lose_reply"}], statuses=["read"])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "once only")
    await sara.until_message(message["message_id"], status="unknown")
    await shop.phones.look()
    await sara.until_message(message["message_id"], status="read")
    assert statuses_of(sara, message["message_id"]) == ["queued", "sending", "unknown", "read"]
    assert await shop.phones.words_accepted() == ["once only"]


async def test_however_many_answers_are_lost_each_message_is_taken_once_and_in_order(shop: Shop) -> None:
    """Every other answer is lost, and every webhook comes twice."""
    people = [Customer(f"Person {place}", f"96130001{place:02d}") for place in range(4)]
    await shop.phones.behave(sends=[{"ending": "lose_reply", "chance": 0.5, "times": None}], duplicate=2)
    sara = await shop.watch()
    messages = []
    for person in people:
        await shop.phones.write("hello", person)
        chat = await shop.sara.chat(person)
        for words in ("one", "two", "three"):
            answer = await shop.sara.send(chat, words, force=True)
            messages.append(answer["message"]["message_id"])
    for message_id in messages:
        await sara.until_message(message_id, status="delivered")
    await shop.phones.remote.until_quiet(30.0)
    taken: dict[str, list[str]] = {}
    for send in await shop.phones.accepted():
        taken.setdefault(send["recipient"], []).append(send["body"]["text"]["body"])
    assert taken == {person.phone: ["one", "two", "three"] for person in people}


@pytest.mark.parametrize("ending", ["drop", "bare"])
async def test_what_may_have_left_is_not_sent_again(shop: Shop, ending: str) -> None:
    await shop.phones.behave(sends=[{"ending": ending}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "into the dark")
    await sara.until_message(message["message_id"], status="unknown")
    await asyncio.sleep(1.2)
    assert (await sara.until_message(message["message_id"]))["error"]["code"] == "unknown_outcome"
    assert await shop.phones.accepted() == []


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        ({"ending": "refuse", "code": 21610}, "21610", "stopped"),
        ({"ending": "fail_later", "code": 131047}, "63016", "24 hours"),
        ({"ending": "fail_later"}, "63003", "not on WhatsApp"),
    ],
)
async def test_a_failure_says_why(shop: Shop, outcome: JsonObject, code: str, words: str) -> None:
    await shop.phones.behave(sends=[outcome])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "not this one")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["code"] == code
    assert words in failed["error"]["message"]
    after = await reply(shop, "the line goes on")
    await sara.until_message(after["message_id"], status="delivered")
    assert await shop.phones.words_accepted() == (
        ["the line goes on"] if outcome["ending"] == "refuse" else ["not this one", "the line goes on"]
    )


@pytest.mark.parametrize(("code", "status", "shown"), [(63018, 429, "63018"), (190, 401, "20003")])
async def test_a_limit_and_a_wrong_token_hold_the_message_back(shop: Shop, code: int, status: int, shown: str) -> None:
    await shop.phones.behave(sends=[{"ending": "refuse", "code": code, "status": status, "times": None}])
    await shop.phones.write("hello")
    sara = await shop.watch()
    message = await reply(shop, "patience")
    await sara.until(lambda: (sara.messages().get(message["message_id"], {}).get("error") or {}).get("code") == shown)
    assert statuses_of(sara, message["message_id"])[:3] == ["queued", "sending", "queued"]
    assert await shop.phones.accepted() == []


async def test_only_the_accounts_token_may_speak(shop: Shop) -> None:
    form = form_of(shop)
    assert await posted(shop, form, "another token") == 401
    assert await posted(shop, form, "") == 401
    assert (await shop.post(urlencode(form).encode())).status_code == 401
    # An address without the channel's key, and one with another.
    assert await posted(shop, form, url="/webhooks/twilio") == 404
    assert await posted(shop, form, url="/webhooks/twilio/" + "x" * 32) in (401, 404)
    assert (await shop.sara.chats())["chats"] == []
    assert await posted(shop, form) == 200
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["by hand"]


async def test_behind_a_proxy_the_public_address_is_signed(shop: Shop) -> None:
    """The proxy calls us by a name and a port of its own; what Twilio signed is how the world calls us."""
    form = form_of(shop)
    signature = signature_of(shop.webhook_url, form, shop.set_up.token)
    body, path = urlencode(form).encode(), shop.webhook_url.partition("/webhooks/")[2]
    headers = {"X_Twilio_Signature": signature, "Host": "inside.local:8000", "X_Forwarded_Host": "evil.example"}
    assert (await shop.post(body, f"/webhooks/{path}", **headers)).status_code == 200
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["by hand"]


async def test_a_form_with_something_new_in_it_is_taken(shop: Shop) -> None:
    assert await posted(shop, form_of(shop, Brand_New="x", Emoji="👍 ÿ & = +", Empty="")) == 200
    assert contents(await shop.sara.whole_history(await shop.sara.chat())) == ["by hand"]


async def test_a_customer_without_a_number_is_answered_by_id(shop: Shop) -> None:
    await shop.phones.remote.add_customer(bsuid="LB.55500077", name="Ziad")
    number = shop.business.number.phone_number_id
    sent = await shop.phones.remote.send("LB.55500077", "text", text="hi", phone_number_id=number, wait=True)
    sara = await shop.watch()
    [chat] = (await shop.sara.chats())["chats"]
    message = (await shop.sara.send(chat, "hello Ziad"))["message"]
    await sara.until_message(message["message_id"], status="delivered")
    [accepted] = await shop.phones.accepted()
    assert (accepted["recipient"], sid_of(sent)[:2]) == ("LB.55500077", "SM")


# -- files, and what it cannot -----------------------------------------------------------------------------------------


async def bring(shop: Shop, content: bytes, name: str, **query: str) -> JsonObject:
    path, asked = "/api/live-chat/uploads", {"name": name, **query}
    found: JsonObject = (await shop.sara.ask("POST", path, params=asked, content=content))["upload"]
    return found


@pytest.mark.parametrize(
    ("name", "content", "query", "kind", "words"),
    [
        ("cake.jpg", samples.picture("JPEG", (400, 300)), {}, "image", "With figs"),
        ("recording.webm", samples.sound("webm"), {"kind": "voice"}, "audio", ""),
        ("prices.pdf", b"%PDF-1.4 with prices", {}, "document", "Prices"),
    ],
)
async def test_a_file_goes_by_a_link_that_twilio_fetches(
    shop: Shop, name: str, content: bytes, query: dict[str, str], kind: str, words: str
) -> None:
    await shop.phones.write("Show me")
    sara = await shop.watch()
    upload = await bring(shop, content, name, **query)
    asked = {"message_type": upload["kind"], "upload_id": upload["upload_id"]}
    message = await reply(shop, words, **asked)
    after = await reply(shop, "And?")
    # The first file of a node waits for the processes that look at files.
    ids = (after["message_id"], message["message_id"])
    # Twilio tells of a file when it has fetched it, perhaps after the words behind it.
    await sara.until(lambda: all(statuses_of(sara, one)[-1:] == ["delivered"] for one in ids), within_seconds=30)
    assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "delivered")
    file, text = [send["body"] for send in await shop.phones.accepted()]
    assert (file["type"], text["type"]) == (kind, "text")
    assert file[kind]["link"].startswith(f"{shop.webhook_url.partition('/webhooks')[0]}/media/")
    assert file[kind].get("caption", "") == words
    # What the customer has is what was kept here.
    [entry, _] = [found["content"] for found in await shop.phones.sees() if found["author"] == "business"]
    kept = await shop.phones.remote.file(entry["id"])
    assert (kept == content) is (kind == "document" or kept[:3] == content[:3])
    assert len(kept) > 10


async def test_what_it_cannot_is_told_and_refused_before_anything_leaves(shop: Shop) -> None:
    await shop.phones.write("hello")
    chat = await shop.sara.chat()
    [channel] = (await shop.sara.ask("GET", "/api/live-chat/channels"))["channels"]
    can = channel["capabilities"]
    kinds = ["audio", "document", "image", "template", "text", "video", "voice"]
    assert (channel["provider"], can["kinds"]) == ("twilio", kinds)
    assert (can["typing"], can["quotes"], can["reactions"], can["interactive"]) == (True, False, False, [])
    place = {"message_type": "location", "location": {"latitude": 33.9, "longitude": 35.5}}
    choice = {"kind": "button", "body": "Size?", "buttons": [{"id": "s", "title": "Small"}]}
    for asked in (place, {"message_type": "interactive", "interactive": choice}):
        refused = await shop.sara.send(chat, "", expect=422, **asked)
        assert refused["code"] == "not_supported"
        assert "Twilio" in refused["error"]
    assert await shop.phones.accepted() == []


async def test_the_sign_of_typing_marks_the_customers_words_as_read(shop: Shop) -> None:
    await shop.phones.write("hello")
    chat = await shop.sara.chat()
    asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"], "typing": True}
    await shop.sara.ask("POST", "/api/live-chat/typing", json=asked)
    number = shop.business.number.phone_number_id
    async with asyncio.timeout(30):
        while not (seen := [one for one in await shop.phones.remote.receipts() if one["phone_number_id"] == number]):
            await asyncio.sleep(0.05)
    assert [one["typing"] for one in seen] == [True]


async def test_two_numbers_of_an_account_share_an_address_and_keep_their_customers_apart(
    shop: Shop, home: Settings
) -> None:
    second = f"1555021{shop.channel_id:04d}"
    async with open_memory(home) as memory:
        new = NewChannel("twilio", second, shop.set_up.new.values, shop.set_up.new.api_base_url)
        await memory.team.add_channel(int(shop.business.account_id), new)
    for place, number in enumerate((shop.set_up.display, second, "15550219999")):
        assert await posted(shop, form_of(shop, To=f"whatsapp:+{number}", MessageSid=f"SM{place}")) == 200
    chats = (await shop.sara.chats())["chats"]
    ours = f"{shop.business.account_id}_{{}}_{RANA.phone}"
    # Of the third, which nobody has set up, nothing is shown.
    found = {chat["conversation_id"] for chat in chats}
    assert found == {ours.format(shop.set_up.display), ours.format(second)}


# -- set up by its form ------------------------------------------------------------------------------------------------


async def test_a_number_that_the_command_has_set_up_works_both_ways(
    home: Settings, outside: Outside, node: Node, whatsapp: Emulator
) -> None:
    async with RemoteEmulator(whatsapp.url) as remote:
        shop = await open_shop(home, outside, node, remote, twilio, by_command=True)
        await shop.phones.write("Is this you?")
        sara = await shop.watch()
        message = await reply(shop, "It is")
        await sara.until_message(message["message_id"], status="delivered")
        assert [entry["content"]["body"] for entry in await shop.phones.sees()] == ["Is this you?", "It is"]
        await remote.until_quiet(30.0)
        await remote.behave_well()


async def test_a_template_that_was_entered_goes_out_with_its_values(shop: Shop, home: Settings) -> None:
    name = "HX11111111111111111111111111111111"
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
    await sara.until_message(message["message_id"], status="delivered")
    assert message["content"] == "Hello Rana, your order 17 is ready."
    [send] = await shop.phones.accepted()
    assert send["body"]["template"]["name"] == name
    parameters = send["body"]["template"]["components"][0]["parameters"]
    assert [parameter["text"] for parameter in parameters] == ["Rana", "17"]
