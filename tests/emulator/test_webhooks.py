"""What the emulator tells a business: signed, shaped like Meta's, repeated until 200, in disorder when asked to."""

import base64
import re

import orjson
import pytest

from emulator.receiver import DISPLAY, MAYA, NUMBER, Stage, until

pytestmark = pytest.mark.anyio


async def test_a_text_arrives_signed_and_shaped_like_metas(scene: Stage) -> None:
    message_id = await scene.remote.write(MAYA, "kifak", profile_name="Maya", wait=True)
    assert scene.receiver.signed_rightly()
    body = orjson.loads(scene.receiver.bodies[0])
    assert body["object"] == "whatsapp_business_account"
    assert body["entry"][0]["changes"][0]["field"] == "messages"
    value = scene.receiver.values[0]
    assert value["metadata"] == {"display_phone_number": DISPLAY, "phone_number_id": NUMBER}
    assert value["contacts"][0]["profile"] == {"name": "Maya"}
    assert value["contacts"][0]["wa_id"] == "9613000001"
    message = value["messages"][0]
    assert message | {"timestamp": "", "from_user_id": ""} == {
        "from": "9613000001",
        "from_user_id": "",
        "id": message_id,
        "timestamp": "",
        "type": "text",
        "text": {"body": "kifak"},
    }
    assert message["timestamp"].isdigit()
    assert re.fullmatch(r"LB\.\d{17}", message["from_user_id"])
    assert base64.b64decode(message_id.removeprefix("wamid.")).startswith(b"\x1c\x18\x0a9613000001")


async def test_an_update_is_acknowledged_by_200_alone(scene: Stage) -> None:
    scene.receiver.answers = [500, 401, 302, 204, 200]
    scene.receiver.may_confirm.clear()
    message_id = await scene.remote.write(MAYA, "hi")
    await until(lambda: len(scene.receiver.bodies) == 5)
    assert await scene.remote.acknowledged() == []
    scene.receiver.may_confirm.set()
    await scene.remote.until_quiet()
    assert await scene.remote.acknowledged() == [message_id]
    assert len(scene.receiver.bodies) == 5
    assert len(set(scene.receiver.bodies)) == 1
    delivery = (await scene.remote.deliveries())[0]
    assert (delivery["state"], delivery["attempts"], delivery["last_status"]) == ("acknowledged", 5, 200)


async def test_a_business_that_is_away_gets_it_when_it_is_back(scene: Stage) -> None:
    url = scene.receiver.url
    details = {"display_phone_number": DISPLAY, "access_token": "t", "app_secret": "s"}
    await scene.remote.add_number(NUMBER, "http://127.0.0.1:9/webhooks/meta", **details)
    message_id = await scene.remote.write(MAYA, "hi")
    while not (delivery := (await scene.remote.deliveries())[0])["attempts"]:
        pass
    assert delivery["last_status"] is None
    await scene.remote.add_number(NUMBER, url, **details)
    await scene.remote.until_quiet()
    assert await scene.remote.acknowledged() == [message_id]


async def test_duplicates_are_the_same_bytes(scene: Stage) -> None:
    await scene.remote.behave(duplicate=3)
    await scene.remote.write(MAYA, "hi")
    await scene.remote.until_quiet()
    assert len(scene.receiver.bodies) == 3
    assert len(set(scene.receiver.bodies)) == 1
    assert len(await scene.remote.acknowledged()) == 1


@pytest.mark.parametrize(
    ("style", "entries", "changes", "messages"), [("changes", 1, 5, 1), ("entries", 5, 1, 1), ("messages", 1, 1, 5)]
)
async def test_a_batch_is_one_body(scene: Stage, style: str, entries: int, changes: int, messages: int) -> None:
    await scene.remote.behave(batch=5, batch_style=style)
    texts = ["test1", "test2", "test3", "test4", "test5"]
    await scene.remote.write_all(MAYA, texts)
    await scene.remote.until_quiet()
    body = orjson.loads(scene.receiver.bodies[0])
    assert len(scene.receiver.bodies) == 1
    assert len(body["entry"]) == entries
    assert len(body["entry"][0]["changes"]) == changes
    assert len(body["entry"][0]["changes"][0]["value"]["messages"]) == messages
    assert len(body["entry"][0]["changes"][0]["value"]["contacts"]) == 1
    assert [message["text"]["body"] for message in scene.receiver.messages] == texts


async def test_a_batch_that_does_not_fill_leaves_after_a_while(scene: Stage) -> None:
    await scene.remote.behave(batch=100, gather_seconds=0.01)
    await scene.remote.write_all(MAYA, ["a", "b"])
    await scene.remote.until_quiet()
    assert len(scene.receiver.bodies) == 1
    assert len(scene.receiver.messages) == 2


async def test_reordered_updates_are_all_there_in_another_order(scene: Stage) -> None:
    await scene.remote.behave(reorder=20, batch=20)
    texts = [str(number) for number in range(20)]
    await scene.remote.write_all(MAYA, texts)
    await scene.remote.until_quiet()
    heard = [message["text"]["body"] for message in scene.receiver.messages]
    assert heard != texts
    assert sorted(heard) == sorted(texts)


async def test_a_delay_holds_back_but_loses_nothing(scene: Stage) -> None:
    await scene.remote.behave(delay_seconds=0.05)
    await scene.remote.write(MAYA, "late", wait=True)
    delivery = (await scene.remote.deliveries())[0]
    assert delivery["acknowledged_at"] - delivery["begun_at"] >= 0.05


async def test_a_customer_without_a_phone_has_no_number_anywhere(scene: Stage) -> None:
    customer = await scene.remote.add_customer(name="Hadi", username="hadi.designs")
    await scene.remote.write(customer["bsuid"], "hello", wait=True)
    value = scene.receiver.values[0]
    assert value["contacts"] == [
        {"profile": {"name": "Hadi", "username": "hadi.designs"}, "user_id": customer["bsuid"]}
    ]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == customer["bsuid"]


@pytest.mark.parametrize(
    ("kind", "options", "type_told", "key"),
    [
        ("image", {"caption": "look"}, "image", "caption"),
        ("voice", {}, "audio", "voice"),
        ("document", {}, "document", "filename"),
        ("sticker", {}, "sticker", "animated"),
        ("location", {"name": "Home"}, "location", "latitude"),
        ("button_reply", {"id": "yes", "title": "Yes"}, "interactive", "button_reply"),
        ("list_reply", {"id": "1", "title": "One"}, "interactive", "list_reply"),
        ("form_reply", {}, "interactive", "nfm_reply"),
        ("button", {"text": "Stop"}, "button", "payload"),
        ("order", {}, "order", "product_items"),
        ("unsupported", {}, "unsupported", "type"),
        ("system", {"wa_id": "9613000002"}, "system", "wa_id"),
        ("poll_of_tomorrow", {"raw": {"poll_of_tomorrow": {"choices": []}}}, "poll_of_tomorrow", "choices"),
    ],
)
async def test_every_type_can_be_sent(
    scene: Stage, kind: str, options: dict[str, object], type_told: str, key: str
) -> None:
    await scene.remote.send(MAYA, kind, wait=True, **options)
    message = scene.receiver.messages[0]
    assert message["type"] == type_told
    assert key in message[type_told]


async def test_reactions_edits_deletions_and_quotes_name_their_message(scene: Stage) -> None:
    first = await scene.remote.write(MAYA, "hello")
    await scene.remote.write(MAYA, "and this", reply_to=first)
    await scene.remote.react(MAYA, first, "👍")
    await scene.remote.react(MAYA, first, "")
    await scene.remote.edit(MAYA, first, "hello!")
    await scene.remote.delete(MAYA, first)
    await scene.remote.until_quiet()
    by_type: dict[str, list[dict[str, object]]] = {}
    for message in scene.receiver.messages:
        by_type.setdefault(message["type"], []).append(message)
    assert [message.get("context") for message in by_type["text"]] == [None, {"from": DISPLAY, "id": first}]
    reactions = [message["reaction"] for message in by_type["reaction"]]
    assert {"message_id": first, "emoji": "👍"} in reactions
    assert {"message_id": first} in reactions
    edit = {"original_message_id": first, "message": {"type": "text", "text": {"body": "hello!"}}}
    assert by_type["edit"][0]["edit"] == edit
    assert by_type["revoke"][0]["revoke"] == {"original_message_id": first}
    entry = (await scene.remote.thread(MAYA))[0]
    assert (entry["deleted"], entry["edited"], entry["content"]) == (True, True, {"body": "hello!"})


async def test_the_businesss_own_phone_arrives_as_an_echo(scene: Stage) -> None:
    message_id = await scene.remote.echo(MAYA, "from my pocket", wait=True)
    body = orjson.loads(scene.receiver.bodies[0])
    assert body["entry"][0]["changes"][0]["field"] == "smb_message_echoes"
    echo = scene.receiver.values[0]["message_echoes"][0]
    assert (echo["from"], echo["to"], echo["id"]) == (DISPLAY, "9613000001", message_id)


async def test_the_address_is_asked_to_prove_itself(scene: Stage) -> None:
    assert await scene.remote.verify(NUMBER)
    assert not await scene.remote.verify(NUMBER, "wrong")
    assert scene.receiver.questions[0]["hub.mode"] == "subscribe"
