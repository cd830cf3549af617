"""A file on its way to a customer: with its provider once, before its message, in the order of the conversation."""

import asyncio
import hashlib
from typing import Any

import pytest

import samples
from story.people import Operator
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, RANA, Customer, JsonObject

pytestmark = pytest.mark.anyio


async def bring(operator: Operator, content: bytes, name: str, **query: str) -> JsonObject:
    path, asked = "/api/live-chat/uploads", {"name": name, **query}
    found: JsonObject = (await operator.ask("POST", path, params=asked, content=content))["upload"]
    return found


async def send_file(operator: Operator, content: bytes, name: str, person: Customer = RANA, **more: Any) -> JsonObject:
    """Bring a file and send it to a customer."""
    kind = {"kind": more.pop("kind")} if "kind" in more else {}
    upload = await bring(operator, content, name, **kind)
    asked = {"message_type": upload["kind"], "upload_id": upload["upload_id"], "force": True}
    words = more.pop("words", "")
    found: JsonObject = (await operator.send(await operator.chat(person), words, **asked | more))["message"]
    return found


async def uploads_of(phones: Phones) -> list[str]:
    """The files that the provider was brought by this business, by what its messages name."""
    bodies = [send["body"] for send in await phones.accepted()]
    return [body[body["type"]]["id"] for body in bodies if "id" in body[body["type"]]]


async def test_a_picture_arrives_with_its_words(emulated: Scene, phones: Phones) -> None:
    await phones.write("Show me the cake")
    omar = await emulated.watch(emulated.omar)
    content = samples.picture("JPEG", (800, 600))
    message = await send_file(emulated.sara, content, "cake.jpg", words="With figs")
    await omar.until_message(message["message_id"], status="delivered")
    [shown] = [message for message in omar.arrivals() if message["type"] == "image"]
    media = shown["media"]
    assert (media["state"], media["width"], media["height"], shown["image_url"]) == ("ready", 800, 600, media["url"])
    assert media["sha256"] == hashlib.sha256(content).hexdigest()
    [send] = await phones.accepted()
    assert send["body"]["type"] == "image"
    assert send["body"]["image"]["caption"] == "With figs"
    assert await phones.remote.file(send["body"]["image"]["id"]) == content
    omar.check()


async def test_a_voice_note_a_document_and_a_film_arrive_as_what_they_are(emulated: Scene, phones: Phones) -> None:
    await phones.write("Tell me more")
    watcher = await emulated.watch(emulated.sara)
    await send_file(emulated.sara, samples.sound("webm"), "recording.webm", kind="voice")
    await send_file(emulated.sara, samples.PDF, "قائمة.pdf", words="Our prices")
    last = await send_file(emulated.sara, samples.film(), "oven.mp4")
    await watcher.until_message(last["message_id"], status="delivered")
    voice, paper, film = [send["body"] for send in await phones.accepted()]
    assert (voice["type"], voice["audio"]["voice"]) == ("audio", True)
    assert (await phones.remote.file(voice["audio"]["id"])).startswith(b"OggS")
    assert (paper["document"]["filename"], paper["document"]["caption"]) == ("قائمة.pdf", "Our prices")
    assert await phones.remote.file(paper["document"]["id"]) == samples.PDF
    assert await phones.remote.file(film["video"]["id"]) == samples.film()


async def test_the_same_file_is_brought_once_and_anew_when_it_is_forgotten(emulated: Scene, phones: Phones) -> None:
    for person in (RANA, HADI):
        await phones.write("The menu please", person)
    watcher = await emulated.watch(emulated.sara)
    content = samples.picture("PNG", (300, 200))
    for person in (RANA, HADI):
        message = await send_file(emulated.sara, content, "menu.png", person)
        await watcher.until_message(message["message_id"], status="delivered")
    first, second = await uploads_of(phones)
    assert first == second
    await phones.remote.forget_file(first)
    message = await send_file(emulated.sara, content, "menu.png")
    await watcher.until_message(message["message_id"], status="delivered")
    *_, third = await uploads_of(phones)
    assert third != first
    assert len(await phones.accepted()) == 3


async def test_many_customers_get_one_file_that_is_brought_once(emulated: Scene, phones: Phones) -> None:
    people = [Customer(f"Guest {place}", f"96170555{place:03d}") for place in range(8)]
    for person in people:
        await phones.write("The menu please", person)
    watcher = await emulated.watch(emulated.sara)
    content = samples.picture("PNG", (310, 200))
    sent = await asyncio.gather(*(send_file(emulated.sara, content, "menu.png", person) for person in people))
    for message in sent:
        await watcher.until_message(message["message_id"], status="delivered")
    assert len(set(await uploads_of(phones))) == 1
    assert len(await phones.accepted()) == len(people)


async def test_words_wait_for_the_file_before_them(emulated: Scene, phones: Phones) -> None:
    await phones.write("And?")
    watcher = await emulated.watch(emulated.sara)
    await phones.behave(upload_seconds=1.0)
    chat = await emulated.sara.chat()
    before = await emulated.sara.send(chat, "Look", force=True)
    await send_file(emulated.sara, samples.picture("PNG", (320, 200)), "oven.png")
    last = await emulated.sara.send(chat, "That is our oven", force=True)
    await watcher.until_message(last["message"]["message_id"], status="delivered")
    kinds = [send["body"]["type"] for send in await phones.accepted()]
    assert kinds == ["text", "image", "text"]
    assert before["message"]["sequence"] < last["message"]["sequence"]


async def test_buttons_may_begin_with_a_picture(emulated: Scene, phones: Phones) -> None:
    await phones.write("Which one?")
    watcher = await emulated.watch(emulated.sara)
    content = samples.picture("PNG", (330, 200))
    upload = await bring(emulated.sara, content, "cakes.png")
    asked = {
        "message_type": "interactive",
        "upload_id": upload["upload_id"],
        "interactive": {"kind": "button", "body": "Which?", "buttons": [{"id": "a", "title": "The left one"}]},
        "force": True,
    }
    message = (await emulated.sara.send(await emulated.sara.chat(), "", **asked))["message"]
    await watcher.until_message(message["message_id"], status="delivered")
    assert message["media"]["url"] == upload["url"]
    [send] = await phones.accepted()
    header = send["body"]["interactive"]["header"]
    assert header["type"] == "image"
    assert await phones.remote.file(header["image"]["id"]) == content


async def test_a_large_file_never_stands_in_memory(emulated: Scene, phones: Phones) -> None:
    """Neither on its way in, nor on its way to the provider, nor when somebody looks at it."""
    await phones.write("The whole catalogue, please")
    watcher = await emulated.watch(emulated.sara)
    content = bytes(range(256)) * 4 * 1024 * 60  # 60 MB
    before = emulated.node.resident_bytes()
    upload = await bring(emulated.sara, content, "catalogue.bin")
    asked = {"message_type": "document", "upload_id": upload["upload_id"], "force": True}
    message = (await emulated.sara.send(await emulated.sara.chat(), "", **asked))["message"]
    await watcher.until_message(message["message_id"], status="delivered")
    led = await emulated.outside.client.get(upload["url"], headers=emulated.sara.headers)
    assert (await emulated.outside.client.get(led.headers["location"])).content == content
    assert emulated.node.resident_bytes() - before < 30 * 1024 * 1024
