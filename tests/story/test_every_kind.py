"""Every kind of message from an operator to the customer's phone: as WhatsApp wants it, in order, and once."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

import samples
from channels.send_schema import complaints
from story.phone import Phones
from story.scene import Scene
from story.test_files import bring
from story.wire import JsonObject
from wasl.emulator.templates import USUAL

pytestmark = pytest.mark.anyio
PAYLOADS = Path(os.environ.get("WASL_PAYLOADS") or Path(__file__).resolve().parents[3] / "shared" / "payloads")
COLLECTED = PAYLOADS / "send_message.schema.json"

BUTTONS = [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]
CARD = {"name": {"formatted_name": "Sami Haddad"}, "phones": [{"phone": "+961 3 000 009", "type": "WORK"}]}
ROWS = [{"id": "s", "title": "Small", "description": "20 cm"}, {"id": "l", "title": "Large"}]
PLAIN: list[JsonObject] = [
    {"message": "*see* https://cedar.example"},
    {"message_type": "location", "location": {"latitude": 33.89, "longitude": 35.5, "name": "Cedar Bakery"}},
    {"message_type": "contacts", "contacts": [CARD]},
    {"message_type": "interactive", "interactive": {"kind": "button", "body": "Is it this?", "buttons": BUTTONS}},
    {
        "message_type": "interactive",
        "interactive": {"kind": "list", "body": "Which?", "list": {"button": "All", "sections": [{"rows": ROWS}]}},
    },
    {
        "message_type": "interactive",
        "interactive": {"kind": "cta_url", "body": "Track", "cta": {"text": "Go", "url": "https://cedar.example/7"}},
    },
    {
        "message_type": "template",
        "template": {"name": "order_on_its_way", "language": "ar", "body": {"1": "رنا", "2": "17"}},
    },
]
FILES: list[tuple[str, JsonObject]] = [
    ("photo.jpg", {"message_type": "image", "message": "this one"}),
    ("note.webm", {"message_type": "voice"}),
    ("menu.pdf", {"message_type": "document", "message": "the menu"}),
    ("photo.jpg", {"message_type": "interactive", "interactive": {"kind": "button", "body": "?", "buttons": BUTTONS}}),
    (
        "photo.jpg",
        {
            "message_type": "template",
            "template": {
                "name": "new_arrivals",
                "language": "en",
                "body": {"first_name": "Rana"},
                "buttons": {"0": "bread"},
            },
        },
    ),
]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def every_kind(scene: Scene) -> list[JsonObject]:
    """What to ask for, files brought."""
    contents = {"photo.jpg": samples.picture("JPEG", (64, 48)), "note.webm": samples.sound("webm"), "menu.pdf": PDF}
    asked = list(PLAIN)
    for name, more in FILES:
        kind = {"kind": "voice"} if more["message_type"] == "voice" else {}
        upload = await bring(scene.sara, contents[name], name, **kind)
        asked.append({**more, "upload_id": upload["upload_id"]})
    return asked


async def test_every_kind_leaves_once_in_order_as_whatsapp_wants_it(emulated: Scene, phones: Phones) -> None:
    number = emulated.bakery.number.phone_number_id
    await phones.remote.choose_templates(list(USUAL), phone_number_id=number)
    quoted = await phones.write("hello")
    [channel] = (await emulated.sara.ask("GET", "/api/live-chat/channels"))["channels"]
    asked = {"channel_id": channel["channel_id"]}
    await emulated.sara.ask("POST", "/api/live-chat/templates/refresh", json=asked)
    watcher = await emulated.watch(emulated.omar)
    chat = await emulated.sara.chat()
    sent = []
    for place, more in enumerate(await every_kind(emulated)):
        about: dict[str, Any] = {"message": "", **more, "client_message_id": f"draft-{place}", "reply_to": quoted}
        words = about.pop("message")
        twice = await asyncio.gather(*(emulated.sara.send(chat, words, **about) for _ in range(2)))
        again = await emulated.sara.send(chat, words, **about)
        assert len({answer["message"]["message_id"] for answer in [*twice, again]}) == 1
        sent.append(again["message"])
    for message in sent:
        await watcher.until_message(message["message_id"], status="delivered")

    bodies = [send["body"] for send in await phones.accepted()]
    words = [about.get("message_type", "text") for about in [*PLAIN, *(more for _, more in FILES)]]
    assert [body["type"] for body in bodies] == [{"voice": "audio"}.get(word, word) for word in words]
    assert [complaints(body) for body in bodies] == [[]] * len(bodies)
    assert all(body["context"] == {"message_id": quoted} for body in bodies)
    if COLLECTED.exists():
        collected = validator_for(json.loads(COLLECTED.read_text()))
        assert [error.message for body in bodies for error in collected.iter_errors(body)] == []
    history = await emulated.sara.whole_history(chat)
    assert [message["message_id"] for message in history[1:]] == [message["message_id"] for message in sent]
    watcher.check()
