"""Sending every kind of message by the API: what can be sent is queued once; what cannot is refused with a word, and
nothing of it is queued."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from arrivals import BISAN, arrival, echoed, said
from wasl.clock import now_ms
from wasl.domain.message import MessageType
from wasl.domain.templates import Template
from wasl.store.channel_form import NewChannel
from wasl.store.files import KeepUpload, Pictured, StoredFile
from wasl.store.templates import ReplaceTemplates
from wasl.web import schemas
from web.conftest import Office
from web.test_live_chat import fits

pytestmark = pytest.mark.anyio
SEND = "/api/live-chat/send-message"
JsonObject = dict[str, Any]

BODY = {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is on its way."}
TEMPLATES = [
    Template("on_its_way", "en", "utility", "approved", "green", [BODY]),
    Template("paused", "en", "utility", "paused", "red", [BODY]),
    Template("with_picture", "en", "marketing", "approved", None, [{"type": "HEADER", "format": "IMAGE"}, BODY]),
    Template("carousel", "en", "marketing", "approved", None, [BODY, {"type": "CAROUSEL", "cards": []}]),
]
FILLED = {"name": "on_its_way", "language": "en", "body": {"1": "Adam", "2": "17"}}

YES_OR_NO = [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]
BUTTON = {"kind": "button", "body": "Is it this?", "buttons": YES_OR_NO}
LIST = {
    "kind": "list",
    "body": "Which?",
    "header": "Sizes",
    "footer": "Cedar",
    "list": {"button": "All", "sections": [{"rows": [{"id": "s", "title": "Small", "description": "20 cm"}]}]},
}
LINK = {"kind": "cta_url", "body": "Track it", "cta": {"text": "Track", "url": "https://cedar.example/7"}}
CARD = {
    "name": {"formatted_name": "Sami"},
    "phones": [{"phone": "+961 3 000 009"}],
    "emails": [{"email": "s@a.example"}],
}
KINDS: Mapping[str, JsonObject] = {
    "text": {"message": "*marhaba*"},
    "location": {"message_type": "location", "location": {"latitude": 33.89, "longitude": 35.5, "name": "Bakery"}},
    "contacts": {"message_type": "contacts", "contacts": [CARD]},
    "buttons": {"message_type": "interactive", "interactive": BUTTON},
    "list": {"message_type": "interactive", "interactive": LIST},
    "link": {"message_type": "interactive", "interactive": LINK},
    "template": {"message_type": "template", "template": FILLED},
}
FILES: Mapping[str, tuple[MessageType, str]] = {
    "image": (MessageType.IMAGE, "image/jpeg"),
    "voice": (MessageType.VOICE, "audio/ogg"),
    "audio": (MessageType.AUDIO, "audio/mpeg"),
    "video": (MessageType.VIDEO, "video/mp4"),
    "document": (MessageType.DOCUMENT, "application/pdf"),
    "sticker": (MessageType.STICKER, "image/webp"),
}
CAPTIONED = {"image", "video", "document"}


async def bring(office: Office, kind: MessageType, mime_type: str, *, size: int = 1_000, name: str = "a file") -> str:
    """An upload of Olive Bakery."""
    place = bring.count = getattr(bring, "count", 0) + 1  # type: ignore[attr-defined]
    file = StoredFile(f"{place:064x}", mime_type, size)
    upload_id = f"up_{place}"
    await office.parts.journal.submit(
        KeepUpload(office.cast.olive.id, office.cast.rana.id, Pictured(file), kind, name, upload_id)
    )
    return upload_id


async def has_templates(office: Office) -> None:
    number = office.cast.olive_number
    await office.parts.journal.submit(ReplaceTemplates(office.cast.olive.id, number.id, TEMPLATES))


async def outbox(office: Office) -> int:
    [(count,)] = await office.parts.database.read(
        lambda c: c.rows("SELECT count(*) FROM messages WHERE role <> 'user'")
    )
    return int(count)


async def post(office: Office, asked: JsonObject, **more: Any) -> httpx2.Response:
    return await office.rana.post(SEND, json={**await office.ids(), **asked, **more})


async def refused(office: Office, asked: JsonObject, status: int, code: str) -> JsonObject:
    before = await outbox(office)
    answer = await post(office, asked)
    body: JsonObject = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert body["error"].endswith(".")
    assert await outbox(office) == before
    return body


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_queued_once(office: Office, kind: str) -> None:
    await office.arrives(said("a1"))
    await has_templates(office)
    answers = [await post(office, KINDS[kind], client_message_id="draft-1") for _ in range(2)]
    messages = [fits(answer, schemas.Sent)["message"] for answer in answers]
    assert messages[0]["message_id"] == messages[1]["message_id"]
    assert messages[0]["type"] == KINDS[kind].get("message_type", "text")
    assert messages[0]["content"]
    assert await outbox(office) == 1


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_is_sent_once_however_often_it_is_asked_for(office: Office, kind: str) -> None:
    await office.arrives(said("a1"))
    upload_id = await bring(office, *FILES[kind])
    caption = "see this" if kind in CAPTIONED else ""
    asked = {"message_type": kind, "upload_id": upload_id, "message": caption, "client_message_id": "draft-1"}
    first = fits(await post(office, asked), schemas.Sent)["message"]
    again = fits(await post(office, asked), schemas.Sent)["message"]
    assert first["message_id"] == again["message_id"]
    assert (first["type"], first["content"], first["media"]["state"]) == (kind, caption, "ready")
    assert first["media"]["url"] == f"/api/live-chat/media/{first['media']['sha256']}"
    assert first["media"]["voice"] is (kind == "voice")
    await refused(office, {**asked, "client_message_id": "draft-2"}, 404, "upload_gone")


async def test_what_is_shown_of_each_kind(office: Office) -> None:
    await office.arrives(said("a1"))
    await has_templates(office)
    shown = {kind: (await post(office, asked)).json()["message"] for kind, asked in KINDS.items()}
    assert shown["location"]["metadata"]["location"] == KINDS["location"]["location"]
    assert shown["contacts"]["content"] == "Sami: +961 3 000 009"
    assert shown["contacts"]["metadata"]["contacts"][0]["name"] == {"formatted_name": "Sami", "first_name": "Sami"}
    assert shown["list"]["metadata"]["interactive"]["action"]["sections"][0]["rows"][0]["id"] == "s"
    template = shown["template"]["metadata"]["template"]
    assert shown["template"]["content"] == template["preview"]["body"] == "Hello Adam, your order 17 is on its way."
    assert template["components"][0]["parameters"] == [{"type": "text", "text": "Adam"}, {"type": "text", "text": "17"}]


async def test_a_template_and_buttons_begin_with_a_picture(office: Office) -> None:
    await office.arrives(said("a1"))
    await has_templates(office)
    wanted = {**FILLED, "name": "with_picture"}
    asked = {"message_type": "template", "template": wanted}
    await refused(office, asked, 422, "template_values")
    wrong = await bring(office, MessageType.VIDEO, "video/mp4")
    await refused(office, {**asked, "upload_id": wrong}, 422, "template_values")
    picture = await bring(office, MessageType.IMAGE, "image/jpeg")
    message = fits(await post(office, {**asked, "upload_id": picture}), schemas.Sent)["message"]
    assert message["media"]["mime_type"] == "image/jpeg"
    picture = await bring(office, MessageType.IMAGE, "image/jpeg")
    await refused(
        office, {"message_type": "interactive", "interactive": LIST, "upload_id": picture}, 422, "unfit_content"
    )
    asked = {"message_type": "interactive", "interactive": BUTTON, "upload_id": picture}
    message = fits(await post(office, asked), schemas.Sent)["message"]
    assert message["metadata"]["interactive"]["header"] == {"type": "image"}
    picture = await bring(office, MessageType.IMAGE, "image/jpeg")
    asked = {"message_type": "template", "template": FILLED, "upload_id": picture}
    await refused(office, asked, 422, "template_values")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"message": "  "}, "empty_message"),
        ({"message_type": "image"}, "unfit_content"),
        ({"message_type": "location"}, "unfit_content"),
        ({"message_type": "contacts"}, "unfit_content"),
        ({"message_type": "contacts", "contacts": [{"name": {"formatted_name": " "}}]}, "unfit_content"),
        ({"message_type": "contacts", "contacts": [CARD] * 21}, "unfit_content"),
        ({"message_type": "interactive"}, "unfit_content"),
        ({"message_type": "interactive", "interactive": {**BUTTON, "buttons": []}}, "unfit_content"),
        ({"message_type": "interactive", "interactive": {**BUTTON, "buttons": YES_OR_NO * 2}}, "unfit_content"),
        ({"message_type": "interactive", "interactive": {**BUTTON, "body": " "}}, "unfit_content"),
        ({"message_type": "interactive", "interactive": {**BUTTON, "body": "x" * 1025}}, "unfit_content"),
        ({"message_type": "interactive", "interactive": {**LIST, "list": None}}, "unfit_content"),
        ({"message_type": "interactive", "interactive": {**LIST, "header": "x" * 61}}, "unfit_content"),
        ({"message_type": "interactive", "interactive": {**LINK, "cta": {"text": "x", "url": "x"}}}, "unfit_content"),
        ({"message_type": "template"}, "unfit_content"),
        ({"message_type": "template", "template": {**FILLED, "name": "never_heard_of"}}, "template_unusable"),
        ({"message_type": "template", "template": {**FILLED, "language": "fr"}}, "template_unusable"),
        ({"message_type": "template", "template": {**FILLED, "name": "paused"}}, "template_unusable"),
        ({"message_type": "template", "template": {**FILLED, "name": "carousel"}}, "template_unusable"),
        ({"message_type": "template", "template": {**FILLED, "body": {"1": "", "2": "", "3": "c"}}}, "template_values"),
        ({"message_type": "template", "template": {**FILLED, "body": {"1": "a" * 1000, "2": "b"}}}, "template_values"),
    ],
)  # fmt: skip
async def test_what_whatsapp_would_not_take_is_not_queued(office: Office, asked: JsonObject, code: str) -> None:
    await office.arrives(said("a1"))
    await has_templates(office)
    await refused(office, asked, 422, code)


async def test_missing_values_are_named(office: Office) -> None:
    await office.arrives(said("a1"))
    await has_templates(office)
    asked = {"message_type": "template", "template": {**FILLED, "body": {"1": " "}}}
    body = await refused(office, asked, 422, "template_values")
    assert body["missing"] == ["body 1", "body 2"]
    assert "body 1, body 2" in body["error"]


@pytest.mark.parametrize(
    ("kind", "file", "caption", "status", "code"),
    [
        ("text", (MessageType.IMAGE, "image/jpeg", 10), "x", 422, "unfit_content"),
        ("image", (MessageType.IMAGE, "image/jpeg", 10), "x" * 1025, 422, "unfit_content"),
        ("voice", (MessageType.VOICE, "audio/ogg", 10), "words", 422, "unfit_content"),
        ("image", (MessageType.IMAGE, "image/gif", 10), "", 422, "file_refused"),
        ("image", (MessageType.IMAGE, "image/jpeg", 6 * 1024 * 1024), "", 413, "too_large"),
    ],
)
async def test_files_that_do_not_fit(
    office: Office, kind: str, file: tuple[MessageType, str, int], caption: str, status: int, code: str
) -> None:
    await office.arrives(said("a1"))
    upload_id = await bring(office, file[0], file[1], size=file[2])
    asked = {"message_type": kind, "upload_id": upload_id, "message": caption}
    await refused(office, asked, status, code)
    # It is still there: as a document anything may go.
    fits(await post(office, {**asked, "message_type": "document", "message": ""}), schemas.Sent)


async def test_a_file_is_nobody_elses(office: Office) -> None:
    await office.arrives(said("a1"))
    ids = await office.ids()
    upload_id = await bring(office, *FILES["image"])
    asked = {**ids, "message_type": "image", "upload_id": upload_id}
    assert (await office.clara.post(SEND, json=asked)).json()["code"] == "not_found"
    await refused(office, {"message_type": "image", "upload_id": "up_nothing"}, 404, "upload_gone")


async def test_what_a_channel_cannot_do_is_refused(office: Office) -> None:
    new = NewChannel("twilio", "+15550001000", {"account_sid": "AC1", "auth_token": "x"}, "http://127.0.0.1:9")
    channel = await office.parts.team.add_channel(office.cast.olive.id, new)
    arrived = arrival(office.cast, said("a1"), received_ms=now_ms(), channel=channel)
    await office.parts.journal.submit(arrived)
    assert not channel.capabilities.quotes
    body = await refused(office, KINDS["contacts"], 422, "not_supported")
    assert "Twilio" in body["error"]
    await refused(office, {"message": "yes", "reply_to": "a1"}, 422, "not_supported")


async def test_a_closed_window_takes_templates_only(office: Office) -> None:
    """By WhatsApp's own time: ours is months away from it in these tests."""
    await has_templates(office)
    day_ms = 24 * 3600 * 1000
    await office.arrives(said("a1"), received_ms=now_ms() - day_ms + 60_000)
    fits(await post(office, {"message": "in time"}), schemas.Sent)
    await office.arrives(said("b1", party=BISAN), received_ms=now_ms() - day_ms - 1)
    for kind in set(KINDS) - {"template"}:
        body = await refused(office, KINDS[kind], 409, "window_closed")
        assert schemas.WindowClosed.model_validate(body)
        assert body["window_expires_at"] == "2026-09-22T14:13:20Z"
    fits(await post(office, KINDS["template"]), schemas.Sent)


async def test_a_message_that_came_late_opens_no_window_that_is_closed_by_now(office: Office) -> None:
    """What else the number heard of late tells WhatsApp's time better than a webhook that waited for a day."""
    await office.arrives(said("b1", party=BISAN, at=25 * 3600))
    await office.arrives(said("a1"))
    assert (await office.chats())[0]["user_name"] == "Adam"
    await refused(office, {"message": "too late"}, 409, "window_closed")


async def test_nobody_writes_first_but_by_a_template(office: Office) -> None:
    await has_templates(office)
    await office.arrives(echoed("e1", "We have opened"))
    body = await refused(office, {"message": "hello"}, 409, "window_closed")
    assert body["window_expires_at"] is None
    fits(await post(office, KINDS["template"]), schemas.Sent)
