"""The bodies of sends, of every kind that operators can compose: as the schema wants them, nothing lost on the way."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from channels.send_schema import complaints
from wasl.channels.cloud_bodies import message_body, signal_body
from wasl.domain.message import Content, MessageType
from wasl.domain.replies import Button, Choice, ListRow, choice, contact_cards, location
from wasl.domain.sending import FileHandle, Outgoing, Recipient, Signal, SignalKind
from wasl.domain.templates import Template, Values, fill

PAYLOADS = Path(os.environ.get("WASL_PAYLOADS") or Path(__file__).resolve().parents[3] / "shared" / "payloads")
COLLECTED = PAYLOADS / "send_message.schema.json"
PHONE, BSUID = Recipient("9613000001"), Recipient(bsuid="LB.13491208655302741918")
BY_ID = FileHandle("menu of today.pdf", "application/pdf", id="1037543291543636")
BY_LINK = FileHandle("menu.pdf", "application/pdf", link="https://inbox.example/media/word/menu.pdf")
MEDIA = {"state": "ready", "sha256": "ab", "name": "menu.pdf"}

WITH_ALL = Template(
    "new_arrivals",
    "en",
    "marketing",
    "approved",
    "green",
    [
        {"type": "HEADER", "format": "DOCUMENT"},
        {"type": "BODY", "text": "For you, {{first_name}}: {{what}}."},
        {"type": "FOOTER", "text": "Cedar"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "See", "url": "https://cedar.example/{{1}}"},
                {"type": "COPY_CODE", "text": "Copy"},
            ],
        },
    ],
)
NUMBERED = Template(
    "on_its_way",
    "ar",
    "utility",
    "approved",
    None,
    [{"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"}, {"type": "BODY", "text": "{{1}} then {{2}} {{1}}"}],
)
PLAIN = Template("hello_world", "en_US", "utility", "approved", None, [{"type": "BODY", "text": "Hello."}])


def _template(template: Template, values: Values, media: dict[str, Any] | None = None) -> Content:
    made = fill(template, values)
    about = {"name": template.name, "language": template.language, "components": made.components}
    return Content(MessageType.TEMPLATE, made.preview["body"], media, {"template": about})


BUTTONS = [Button("yes", "Yes"), Button("no", "No"), Button("later", "Later")]
ROWS = [ListRow("1", "Small", "20 cm"), ListRow("2", "Large")]
FILES = [
    Content(MessageType.IMAGE, "a *caption*", MEDIA),
    Content(MessageType.VIDEO, "", MEDIA),
    Content(MessageType.AUDIO, "", MEDIA),
    Content(MessageType.VOICE, "", MEDIA),
    Content(MessageType.DOCUMENT, "the menu", MEDIA),
    Content(MessageType.STICKER, "", MEDIA),
    choice(Choice("button", "Is it this one?", header_file="image", buttons=BUTTONS)),
    choice(Choice("cta_url", "The menu", header_file="document", link_text="Open", link="https://cedar.example")),
    _template(WITH_ALL, Values({}, {"first_name": "Rana", "what": "bread"}, {"1": "bread", "2": "CEDAR10"}), MEDIA),
]
OTHERS = [
    Content.of_text("see https://cedar.example *now*"),
    location(33.89, 35.5),
    location(-33, 151.2, "Harbour", "1 Pier Street"),
    contact_cards(
        [{"name": {"formatted_name": "Adam Khoury"}, "phones": [{"phone": "+961 3 000 001", "type": "WORK"}]}]
    ),
    contact_cards(
        [
            {"name": {"formatted_name": "A", "last_name": "B"}, "emails": [{"email": "a@b.example"}]},
            {"name": {"formatted_name": "C"}, "org": {"company": "Cedar"}},
        ]
    ),
    choice(Choice("button", "Shall we deliver?", "Order 7", "Cedar", BUTTONS)),
    choice(Choice("list", "Which size?", list_button="Sizes", sections=[("", ROWS)])),
    choice(Choice("list", "Which?", list_button="All", sections=[("One", ROWS), ("Two", [ListRow("3", "None")])])),
    choice(Choice("cta_url", "Track it", link_text="Track", link="https://cedar.example/7")),
    _template(PLAIN, Values({}, {}, {})),
    _template(NUMBERED, Values({"1": "7"}, {"1": "a", "2": "b"}, {})),
]


def _bodies() -> list[dict[str, Any]]:
    sends = [Outgoing(PHONE, content, "m:msg_1:1", file=file) for content in FILES for file in (BY_ID, BY_LINK)]
    sends += [Outgoing(to, content, "m:msg_1:1", reply_to="wamid.q") for content in OTHERS for to in (PHONE, BSUID)]
    signals = [Signal(SignalKind.REACTION, to, "wamid.q", emoji) for to in (PHONE, BSUID) for emoji in ("👍", "")]
    return [*map(message_body, sends), *map(signal_body, signals)]


BODIES = _bodies()


def _named(body: dict[str, Any]) -> str:
    return str(body["type"])


@pytest.mark.parametrize("body", BODIES, ids=_named)
def test_every_body_is_one_that_meta_takes(body: dict[str, Any]) -> None:
    assert complaints(body) == []


@pytest.mark.skipif(not COLLECTED.exists(), reason="the collection of bodies is not here (WASL_PAYLOADS)")
@pytest.mark.parametrize("body", BODIES, ids=_named)
def test_every_body_is_one_of_the_specification(body: dict[str, Any]) -> None:
    found = validator_for(json.loads(COLLECTED.read_text())).iter_errors(body)
    assert [error.message for error in found] == []


def test_every_kind_that_can_be_sent_is_tried() -> None:
    sent = {content.type for content in [*FILES, *OTHERS]}
    assert sent == set(MessageType) - {MessageType.ORDER, MessageType.UNSUPPORTED}


@pytest.mark.parametrize(
    "spoil",
    [
        {"to": "9613000001"},
        {"to": None},
        {"text": {"body": ""}},
        {"text": {"body": "x", "colour": "red"}},
        {"context": {}},
        {"recipient": "LB.1"},
        {"biz_opaque_callback_data": "x" * 513},
    ],
)
def test_the_schema_finds_what_meta_would_not_take(spoil: dict[str, Any]) -> None:
    assert complaints({**message_body(Outgoing(PHONE, Content.of_text("x"), "m:1:1")), **spoil})


def test_what_a_body_says_is_what_was_asked() -> None:
    def body(content: Content, file: FileHandle | None = None) -> Any:
        made = message_body(Outgoing(PHONE, content, "m:1:1", file=file))
        return made[made["type"]]

    assert body(FILES[0], BY_ID) == {"id": BY_ID.id, "caption": "a *caption*"}
    assert body(FILES[3], BY_ID) == {"id": BY_ID.id, "voice": True}
    assert body(FILES[4], BY_LINK) == {"link": BY_LINK.link, "caption": "the menu", "filename": "menu.pdf"}
    assert body(OTHERS[0]) == {"body": "see https://cedar.example *now*", "preview_url": True}
    assert body(OTHERS[2])["name"] == "Harbour"
    assert body(FILES[6], BY_ID)["header"] == {"type": "image", "image": {"id": BY_ID.id}}
    components = body(FILES[8], BY_ID)["components"]
    assert components[0]["parameters"] == [{"type": "document", "document": {"id": BY_ID.id, "filename": BY_ID.name}}]
    named = [{"type": "text", "parameter_name": "first_name", "text": "Rana"}]
    assert components[1]["parameters"][:1] == named
    assert [(part["sub_type"], part["index"]) for part in components[2:]] == [("url", "1"), ("copy_code", "2")]
    assert body(OTHERS[-1])["components"][1]["parameters"] == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
    ]
