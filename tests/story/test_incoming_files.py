"""A customer's file: its message is there at once, the file as soon as it can be had; what cannot be had says so."""

import asyncio
import hashlib
from typing import Any

import pytest

import samples
from story.phone import Phones
from story.scene import Scene
from story.watcher import Watcher
from story.wire import JsonObject

pytestmark = pytest.mark.anyio


def states_of(watcher: Watcher, message_id: str) -> list[JsonObject]:
    """The media that a message was shown with, in order."""
    shown = (frame.data.get("message") for frame in watcher.events)
    return [message["media"] for message in shown if message and message["message_id"] == message_id]


async def until_media(watcher: Watcher, message_id: str, state: str, within_seconds: float = 30.0) -> JsonObject:
    """Wait until a message shows its file in this state."""
    async with asyncio.timeout(within_seconds):
        while not (shown := states_of(watcher, message_id)) or shown[-1]["state"] != state:
            await asyncio.sleep(0.02)
    return shown[-1]


async def bytes_of(scene: Scene, url: str) -> bytes:
    led = await scene.outside.client.get(url, headers=scene.sara.headers)
    assert led.status_code == 302, led.text
    found = await scene.outside.client.get(led.headers["location"])
    assert found.status_code == 200, found.text
    return found.content


@pytest.mark.parametrize(
    ("kind", "content", "mime_type", "known"),
    [
        ("image", samples.picture("JPEG", (800, 600)), "image/jpeg", {"width": 800, "height": 600}),
        ("voice", samples.sound("ogg"), "audio/ogg; codecs=opus", {"voice": True, "duration_seconds": 1.5}),
        ("video", samples.film(), "video/mp4", {"width": 320, "height": 240, "duration_seconds": 1.0}),
        ("document", samples.PDF, "application/pdf", {"bytes": len(samples.PDF)}),
        ("sticker", samples.picture("WEBP", (512, 512)), "image/webp", {"width": 512}),
    ],
)
async def test_a_file_follows_its_message(
    emulated: Scene, phones: Phones, kind: str, content: bytes, mime_type: str, known: JsonObject
) -> None:
    sara = await emulated.watch(emulated.sara)
    media_id = await phones.remote.keep_file(content, mime_type, "theirs.bin")
    message_id = await phones.send(kind, media_id=media_id)
    media = await until_media(sara, message_id, "ready")
    assert states_of(sara, message_id)[0]["state"] == "pending"
    assert {key: media[key] for key in known} == known
    assert (media["mime_type"], media["sha256"]) == (mime_type.partition(";")[0], hashlib.sha256(content).hexdigest())
    assert await bytes_of(emulated, media["url"]) == content
    if kind in ("image", "video"):
        assert (await bytes_of(emulated, media["thumbnail_url"])).startswith(b"\xff\xd8\xff")
    if kind == "voice":
        assert len(media["peaks"]) == 64
    [shown] = (await emulated.sara.history(await emulated.sara.chat()))["messages"]
    assert shown["media"] == media
    assert media_id not in str(shown)  # What the provider calls it is nobody's business.
    sara.check()


@pytest.mark.parametrize("trouble", [{"status": 503}, {"broken": True}, {"status": 404}])
async def test_what_goes_wrong_for_a_while_is_tried_again(
    emulated: Scene, phones: Phones, trouble: dict[str, Any]
) -> None:
    sara = await emulated.watch(emulated.sara)
    content = samples.picture("PNG", (200, 100))
    media_id = await phones.remote.keep_file(content, "image/png")
    await phones.remote.trouble_file(media_id, times=1, **trouble)
    message_id = await phones.send("image", media_id=media_id)
    media = await until_media(sara, message_id, "ready")
    assert [shown["state"] for shown in states_of(sara, message_id)] == ["pending", "ready"]
    assert await bytes_of(emulated, media["url"]) == content


async def test_what_cannot_be_had_says_so_and_can_be_asked_for_again(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    content = samples.picture("PNG", (210, 100))
    media_id = await phones.remote.keep_file(content, "image/png")
    await phones.remote.trouble_file(media_id, times=1, status=410)
    message_id = await phones.send("image", media_id=media_id)
    media = await until_media(sara, message_id, "failed")
    assert (media["can_retry"], media["error"]["code"], media["url"]) == (True, "http_410", None)
    assert media["error"]["message"]

    chat = await emulated.sara.chat()
    asked = {"conversation_id": chat["conversation_id"], "message_id": message_id}
    again = await emulated.sara.ask("POST", "/api/live-chat/fetch-media", json=asked)
    assert (again["message"]["media"]["state"], again["message"]["media"]["can_retry"]) == ("pending", False)
    media = await until_media(sara, message_id, "ready")
    assert await bytes_of(emulated, media["url"]) == content
    refused = await emulated.sara.ask("POST", "/api/live-chat/fetch-media", 409, json=asked)
    assert refused["code"] == "nothing_to_fetch"
    foreign = await emulated.karim.ask("POST", "/api/live-chat/fetch-media", 404, json=asked)
    assert foreign["code"] == "not_found"
    sara.check()


async def test_an_id_that_whatsapp_does_not_know_any_more(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    media_id = await phones.remote.keep_file(samples.PDF, "application/pdf")
    await phones.remote.trouble_file(media_id, times=100, status=503)
    message_id = await phones.send("document", media_id=media_id)
    await phones.remote.forget_file(media_id)
    assert (await until_media(sara, message_id, "failed"))["can_retry"] is True


async def test_a_program_of_a_customer_is_kept_and_never_shown(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    for content, name in ((samples.SVG, "logo.svg"), (samples.PROGRAM, "photo.jpg")):
        media_id = await phones.remote.keep_file(content, "image/jpeg", name)
        message_id = await phones.send("document", media_id=media_id)
        media = await until_media(sara, message_id, "ready")
        led = await emulated.outside.client.get(media["url"], headers=emulated.sara.headers)
        found = await emulated.outside.client.get(led.headers["location"])
        assert found.headers["content-type"] == "application/octet-stream"
        assert found.headers["content-disposition"].startswith("attachment")
        assert found.headers["x-content-type-options"] == "nosniff"
        assert found.content == content


async def test_files_that_come_slowly_hold_up_no_others(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    slow = []
    for place in range(5):
        media_id = await phones.remote.keep_file(samples.PDF + bytes([place]), "application/pdf")
        await phones.remote.trouble_file(media_id, times=1, seconds=12.0)
        slow.append(await phones.send("document", media_id=media_id))
    media_id = await phones.remote.keep_file(samples.picture("PNG", (220, 100)), "image/png")
    message_id = await phones.send("image", media_id=media_id)
    await until_media(sara, message_id, "ready")
    assert [states_of(sara, each)[-1]["state"] for each in slow] == ["pending"] * 5


async def test_a_deleted_message_shows_no_file_later(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    media_id = await phones.remote.keep_file(samples.picture("PNG", (230, 100)), "image/png")
    await phones.remote.trouble_file(media_id, times=1, seconds=1.0)
    message_id = await phones.send("image", media_id=media_id)
    await phones.send("revoke", message_id=message_id)
    await asyncio.sleep(2.0)
    assert states_of(sara, message_id)[-1] is None
    [shown] = (await emulated.sara.history(await emulated.sara.chat()))["messages"]
    assert (shown["media"], shown["image_url"]) == (None, None)
