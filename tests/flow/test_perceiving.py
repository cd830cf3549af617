"""Voice notes become words and pictures something to see, within bounds, before anybody answers."""

import asyncio
import base64
import hashlib
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from PIL import Image

import samples
from arrivals import revoked, said
from assistant.wire_server import Says, fails, handover, reply, says, wire_server
from flow.minds import Desk
from wasl.channels.adapter import Download
from wasl.domain.channels import Access
from wasl.domain.message import MessageType
from wasl.flow import perceive
from web.conftest import Office, office

__all__ = ["office"]
pytestmark = pytest.mark.anyio
HELLO = reply("Hello! How can we help you?")
NOTE = samples.sound("ogg")


class Files:
    """A provider that gives out the files that a test puts there, once it may."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain
        self.contents: dict[str, bytes] = {}
        self.may = asyncio.Event()
        self.may.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        async def chunks() -> AsyncIterator[bytes]:
            yield self.contents[media["id"]]

        await self.may.wait()
        yield Download(chunks())


@pytest.fixture
async def files(office: Office, monkeypatch: pytest.MonkeyPatch) -> Files:
    adapters: Any = office.parts.providers.adapters
    files = Files(adapters["meta"])
    monkeypatch.setitem(adapters, "meta", files)
    return files


@pytest.fixture
async def desk(office: Office, files: Files) -> AsyncIterator[Desk]:
    async with wire_server() as server:
        server.otherwise = says(HELLO)
        desk = Desk(office, server)
        await desk.sets(model={"transcription": "ear", "sees": True})
        yield desk
        await office.parts.replier.close()


def voice(message_id: str = "m1", file: str = "v", mime_type: str = "audio/ogg", at: int = 0) -> Any:
    media = {"id": file, "mime_type": mime_type, "voice": True}
    return said(message_id, "", kind=MessageType.VOICE, media=media, at=at)


def image(message_id: str = "m1", text: str = "", file: str = "p", at: int = 0) -> Any:
    return said(message_id, text, kind=MessageType.IMAGE, media={"id": file, "mime_type": "image/png"}, at=at)


async def test_a_voice_note_is_answered_by_what_is_said_in_it(desk: Desk, files: Files) -> None:
    files.contents["v"] = NOTE
    desk.server.hears = says("hello there")
    await desk.arrives(voice())
    [answer] = await desk.ends()
    assert (answer["outcome"], answer["question"]) == ("replied", "hello there")
    line = {"from": "customer", "text": "hello there", "kind": "voice"}
    assert desk.server.asked[0].data(2)["customer_says"] == [line]
    [heard] = desk.server.heard
    assert (heard.body["model"], heard.body["file"]) == ("ear", NOTE)
    assert heard.headers["authorization"] == "Bearer sk-invented-for-olive"
    steps = {step[0]: step[2] for step in orjson.loads(answer["steps"])}
    assert steps["voice note heard"]["model"] == "ear"
    # Everybody who looks reads it too, and so does the next turn; it is written down once.
    message = (await desk.thread())[0]
    assert (message["content"], message["metadata"]["transcript"]) == ("", "hello there")
    sql = "SELECT payload FROM events WHERE kind = 'message_updated' ORDER BY sequence DESC"
    told = [orjson.loads(row[0]) for row in await desk.office.parts.database.read(lambda c: c.rows(sql))]
    [shown] = [event for event in told if event["changed"] == "transcript"]
    assert shown["message"]["metadata"]["transcript"] == "hello there"
    await desk.arrives(said("m2", "hi again", at=1))
    await desk.ends(2)
    assert desk.server.asked[1].known["said_before"][0] == line
    assert len(desk.server.heard) == 1
    assert await desk.used() == (2, 2 * 230 + 15)


async def test_a_voice_note_that_is_still_coming_is_waited_for(desk: Desk, files: Files) -> None:
    files.contents["v"] = NOTE
    files.may.clear()
    desk.server.hears = says("hello there")
    await desk.arrives(voice())
    await asyncio.sleep(0.5)
    assert desk.server.heard == []
    files.may.set()
    assert (await desk.ends())[0]["question"] == "hello there"


async def test_a_file_that_does_not_come_is_not_waited_for_long(
    desk: Desk, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perceive, "MEDIA_WAIT_SECONDS", 0.3)
    files.may.clear()
    await desk.arrives(voice())
    told = await desk.handed_over()
    assert (told["reason"], told["note"]) == ("failed", "A file did not come in time.")


@pytest.mark.parametrize(
    ("answer", "why", "code", "because"),
    [
        (fails(401), "The model's server does not take the key.", "voice_note_unheard", "model_key_wrong"),
        (says(""), "There are no words in it.", "voice_note_wordless", None),
        (
            Says(resets_after=0),
            "The connection to the model's server broke off.",
            "voice_note_unheard",
            "model_broke_off",
        ),
    ],
)
async def test_a_voice_note_that_cannot_be_heard_is_for_a_person(
    desk: Desk, files: Files, answer: Says, why: str, code: str, because: str | None
) -> None:
    files.contents["v"] = NOTE
    desk.server.hears = answer
    await desk.arrives(voice())
    told = await desk.handed_over()
    assert (told["reason"], told["note"]) == ("failed", f"A voice note could not be written down: {why}")
    assert (told["note_code"], told["note_values"].get("because")) == (code, because)
    assert desk.server.asked == []


async def test_a_voice_note_of_unknown_length_is_as_long_as_its_bytes(desk: Desk, files: Files) -> None:
    files.contents["v"] = b"OggS" + bytes(1_300_000)
    await desk.arrives(voice())
    told = await desk.handed_over()
    [message] = [one for one in await desk.thread() if one["role"] == "user"]
    assert message["media"]["duration_seconds"] is None
    assert (told["reason"], told["note_code"], desk.server.heard) == ("failed", "voice_note_too_long", [])


async def test_words_beside_a_voice_note_that_cannot_be_heard_are_answered(desk: Desk, files: Files) -> None:
    files.contents["v"] = NOTE
    desk.server.hears = fails(500)
    await desk.arrives(voice(), said("m2", "hi", at=1))
    assert (await desk.ends())[0]["outcome"] == "replied"
    assert desk.server.asked[0].data(2)["customer_says"] == [
        {"from": "customer", "text": "", "kind": "voice"},
        {"from": "customer", "text": "hi"},
    ]


async def test_a_voice_note_that_is_too_long_is_for_a_person(
    desk: Desk, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perceive, "VOICE_NOTE_SECONDS_MAX", 1.0)
    files.contents["v"] = NOTE
    await desk.arrives(voice())
    assert (await desk.handed_over())["note"] == "A voice note could not be written down: It is too long."
    assert desk.server.heard == []


async def test_of_large_sounds_only_some_are_in_memory_at_a_time(
    desk: Desk, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perceive, "SOUND_SMALL_BYTES", 10)
    most, here, together = 0, 0, asyncio.Event()
    perception = desk.office.parts.mind.perception
    plain = perception._hear

    async def hear(*asked: Any) -> Any:
        nonlocal most, here
        here += 1
        most = max(most, here)
        if here == 2:
            together.set()
        async with asyncio.timeout(30):
            await together.wait()
        await asyncio.sleep(0.05)
        here -= 1
        return await plain(*asked)

    monkeypatch.setattr(perception, "_large_sounds", asyncio.Semaphore(2))
    monkeypatch.setattr(perception, "_hear", hear)
    files.contents["v"] = NOTE
    desk.server.hears = says("hello there")
    await desk.arrives(*(voice(f"m{place}", at=place) for place in range(5)))
    [answer] = await desk.ends()
    assert answer["question"] == "\n".join(["hello there"] * 5), "each is heard in the end"
    assert most == 2


async def test_a_sound_that_no_server_takes_is_made_into_one(desk: Desk, files: Files) -> None:
    files.contents["v"] = samples.sound("webm")
    desk.server.hears = says("hello there")
    await desk.arrives(voice(mime_type="audio/webm"))
    assert (await desk.ends())[0]["question"] == "hello there"
    assert desk.server.heard[0].body["file"].startswith(b"OggS")
    assert desk.server.heard[0].body["file_name"] == "voice.ogg"


async def test_without_a_model_that_hears_a_voice_note_is_for_a_person(desk: Desk, files: Files) -> None:
    await desk.sets()
    files.contents["v"] = NOTE
    await desk.arrives(voice())
    assert (await desk.handed_over())["reason"] == "unreadable"
    assert desk.server.heard == []


async def test_a_model_that_only_hears_is_used_for_that(desk: Desk, files: Files) -> None:
    """What was said is looked up in the knowledge, as if it had been written."""
    await desk.sets(model={"name": "", "transcription": "ear"})
    files.contents["v"] = NOTE
    desk.server.hears = says("when do you open?")
    await desk.arrives(voice())
    assert (await desk.handed_over())["reason"] == "unsure"
    assert (await desk.ends())[0]["question"] == "when do you open?"


async def test_a_budget_that_is_used_up_hears_nothing(desk: Desk, files: Files) -> None:
    await desk.sets(model={"transcription": "ear"}, limits={"turns_per_day": 1})
    await desk.arrives(said("m1", "hi"))
    await desk.ends()
    files.contents["v"] = NOTE
    await desk.arrives(voice("m2", at=1))
    told = await desk.handed_over()
    assert (told["reason"], told["note"]) == ("budget", "The assistant's limit of turns for today is used up.")
    assert told["note_code"] == "limit_of_turns"
    assert desk.server.heard == []


async def test_what_was_deleted_is_not_kept_in_words(desk: Desk, files: Files) -> None:
    files.contents["v"] = NOTE
    desk.server.hears = says("hello there")
    await desk.arrives(voice())
    await desk.ends()
    await desk.arrives(revoked("m1", at=5))
    assert "transcript" not in (await desk.thread())[0]["metadata"]


async def test_a_picture_is_shown_to_a_model_that_sees_small(desk: Desk, files: Files) -> None:
    content = samples.picture("PNG", (3000, 2000))
    files.contents["p"] = content
    desk.server.will(says(reply("Which cake do you want?")))
    await desk.arrives(image(text="do you make this?"))
    assert (await desk.ends())[0]["outcome"] == "replied"
    [_, shown] = desk.server.asked[0].messages[2]["content"]
    head, _, coded = shown["image_url"]["url"].partition(",")
    seen = base64.b64decode(coded)
    assert head == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(seen)).size == (1024, 683)
    assert hashlib.sha256(seen).hexdigest() != hashlib.sha256(content).hexdigest()
    says_ = desk.server.asked[0].data(2)["customer_says"]
    assert says_ == [{"from": "customer", "text": "do you make this?", "kind": "image", "picture": 1}]


async def test_a_picture_without_words_is_seen_too(desk: Desk, files: Files) -> None:
    files.contents["p"] = samples.picture("PNG", (100, 100))
    desk.server.will(says(handover("A picture of a broken cake.")))
    await desk.arrives(image())
    assert (await desk.handed_over())["note"] == "A picture of a broken cake."


async def test_a_picture_without_a_model_that_sees_is_for_a_person(desk: Desk, files: Files) -> None:
    await desk.sets()
    files.contents["p"] = samples.picture("PNG", (100, 100))
    await desk.arrives(image())
    assert (await desk.handed_over())["reason"] == "unreadable"
    assert desk.server.asked == []


@pytest.mark.parametrize("content", [samples.bomb(), b"\x89PNG\r\n\x1a\n" + bytes(100), samples.PROGRAM])
async def test_a_picture_that_cannot_be_opened_is_for_a_person(desk: Desk, files: Files, content: bytes) -> None:
    files.contents["p"] = content
    await desk.arrives(image())
    told = await desk.handed_over()
    assert (told["reason"], told["note"]) == ("failed", "A file could not be opened.")
    assert desk.server.asked == []


async def test_of_many_pictures_the_newest_are_shown(desk: Desk, files: Files) -> None:
    for place in range(6):
        files.contents[f"p{place}"] = samples.picture("PNG", (100 + place, 100))
    desk.server.will(says(reply("Which one do you want?")))
    await desk.arrives(*(image(f"m{place}", file=f"p{place}", at=place) for place in range(6)))
    [answer] = await desk.ends()
    assert len(desk.server.asked[0].messages[2]["content"]) == 1 + 4
    assert len([step for step in orjson.loads(answer["steps"]) if step[0] == "picture seen"]) == 4
