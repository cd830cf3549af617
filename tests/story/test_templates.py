"""Templates as WhatsApp has them: offered with what a preview needs, sent when the window is closed, and given up when
WhatsApp takes them back."""

import asyncio
import time
from typing import Any

import pytest

from channels.send_schema import complaints
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, RANA, JsonObject, envelope
from wasl.emulator.templates import USUAL

pytestmark = pytest.mark.anyio
ON_ITS_WAY = {"name": "order_on_its_way", "language": "en", "body": {"1": "Rana", "2": "17"}}


async def refresh(scene: Scene) -> JsonObject:
    [channel] = (await scene.sara.ask("GET", "/api/live-chat/channels"))["channels"]
    return await scene.sara.ask("POST", "/api/live-chat/templates/refresh", json={"channel_id": channel["channel_id"]})


async def offered(scene: Scene) -> dict[tuple[str, str], JsonObject]:
    chat = await scene.sara.chat()
    query = {"conversation_id": chat["conversation_id"]}
    found = await scene.sara.ask("GET", "/api/live-chat/templates", params=query)
    return {(one["name"], one["language"]): one for one in found["templates"]}


async def choose(scene: Scene, phones: Phones, templates: list[Any]) -> None:
    """Let WhatsApp have other templates for the bakery."""
    number = scene.bakery.number.phone_number_id
    await phones.remote.choose_templates(templates, phone_number_id=number)


async def send(scene: Scene, template: JsonObject, expect: int = 200, **more: Any) -> JsonObject:
    asked = {"message_type": "template", "template": template, **more}
    return await scene.sara.send(await scene.sara.chat(), "", expect, **asked)


async def test_a_template_goes_out_when_the_window_is_closed(emulated: Scene, phones: Phones) -> None:
    await choose(emulated, phones, list(USUAL))
    await phones.write("now", HADI)
    await phones.write("hello", timestamp=int(time.time()) - 25 * 3600)
    await refresh(emulated)
    chat = await emulated.sara.chat()
    closed = await emulated.sara.send(chat, "Good morning", 409)
    assert (closed["code"], closed["window_expires_at"]) == ("window_closed", chat["window_expires_at"])
    sara = await emulated.watch(emulated.sara)
    message = (await send(emulated, ON_ITS_WAY))["message"]
    await sara.until_message(message["message_id"], status="delivered")
    [accepted] = await phones.accepted()
    assert complaints(accepted["body"]) == []
    assert accepted["body"]["template"]["components"][0]["parameters"][1] == {"type": "text", "text": "17"}
    assert message["content"] == "Hello Rana, your order 17 is on its way."


async def test_what_is_offered_is_what_whatsapp_has(emulated: Scene, phones: Phones) -> None:
    await choose(emulated, phones, list(USUAL))
    await phones.write("hello")
    listed = await refresh(emulated)
    assert listed["synced_at"]
    found = await offered(emulated)
    assert set(found) == {(one["name"], one["language"]) for one in USUAL}
    new = found["new_arrivals", "en"]
    assert (new["category"], new["status"], new["quality"], new["usable"]) == ("marketing", "approved", "yellow", True)
    assert (new["wants_file"], new["body"]["gaps"]) == ("image", ["first_name"])
    assert [button["gap"] for button in new["buttons"]] == [True, False]
    assert found["we_miss_you", "en"]["usable"] is False
    assert (await send(emulated, {"name": "we_miss_you", "language": "en"}, 422))["code"] == "template_unusable"
    stranger = {"conversation_id": (await emulated.sara.chat())["conversation_id"]}
    await emulated.karim.ask("GET", "/api/live-chat/templates", 404, params=stranger)
    [channel] = (await emulated.sara.ask("GET", "/api/live-chat/channels"))["channels"]
    asked = {"channel_id": channel["channel_id"]}
    await emulated.karim.ask("POST", "/api/live-chat/templates/refresh", 404, json=asked)


async def test_a_webhook_that_tells_of_a_change_is_enough(emulated: Scene, phones: Phones) -> None:
    await choose(emulated, phones, list(USUAL))
    await phones.write("hello")
    await refresh(emulated)
    sara = await emulated.watch(emulated.sara)
    paused = [{**one, "status": "PAUSED"} for one in USUAL]
    await choose(emulated, phones, paused)
    # Until it is told, the list is what it was; WhatsApp's own word decides.
    message = (await send(emulated, ON_ITS_WAY))["message"]
    failed = await sara.until_message(message["message_id"], status="failed")
    assert (failed["error"]["code"], "paused" in failed["error"]["message"]) == ("132015", True)
    change = {"event": "PAUSED", "message_template_name": "order_on_its_way", "message_template_language": "en"}
    body = envelope({"field": "message_template_status_update", "value": change})
    assert (await emulated.outside.deliver(emulated.bakery.number, body)).status_code == 200
    async with asyncio.timeout(30):
        while any(one["usable"] for one in (await offered(emulated)).values()):
            await asyncio.sleep(0.1)
    assert (await send(emulated, ON_ITS_WAY, 422))["code"] == "template_unusable"


async def test_a_list_that_does_not_come_takes_nothing_away(emulated: Scene, phones: Phones) -> None:
    garage = emulated.garage.number
    await emulated.outside.say(emulated.garage, RANA, "hello")
    [channel] = (await emulated.karim.ask("GET", "/api/live-chat/channels"))["channels"]
    assert channel["phone_number_id"] == garage.phone_number_id
    asked = {"channel_id": channel["channel_id"]}
    refused = await emulated.karim.ask("POST", "/api/live-chat/templates/refresh", 409, json=asked)
    assert refused["code"] == "templates_not_listed"
    chat = await emulated.karim.chat()
    query = {"conversation_id": chat["conversation_id"]}
    found = await emulated.karim.ask("GET", "/api/live-chat/templates", params=query)
    assert (found["templates"], found["synced_at"]) == ([], None)


async def test_what_a_number_can_do_is_told(emulated: Scene) -> None:
    [channel] = (await emulated.sara.ask("GET", "/api/live-chat/channels"))["channels"]
    assert channel["phone_number_id"] == emulated.bakery.number.phone_number_id
    assert (channel["provider"], channel["title"]) == ("meta", "Meta (WhatsApp Cloud API)")
    can = channel["capabilities"]
    assert {"text", "image", "voice", "document", "template", "interactive"} <= set(can["kinds"])
    assert can["files"]["image"] == {"bytes_max": 5 * 1024 * 1024, "mime_types": ["image/jpeg", "image/png"]}
    assert (can["quotes"], can["window"], can["template_list"], can["ticks"]) == (True, True, True, "exact")
