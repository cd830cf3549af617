"""What Qiscus's hooks say: whose message it is, what it says, and what is none of a customer's."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.qiscus.hooks import ADAPTER, APP, AT, CHANNEL, RAMI, access, hook, knock, message, read, read_one, room
from channels.test_any_body import ANYTHING
from wasl.channels.adapter import Knock
from wasl.channels.qiscus_webhooks import room_in, room_name
from wasl.domain.identity import Party
from wasl.domain.message import MessageType
from wasl.domain.updates import MessageReceived, Noted, Unreadable
from wasl.errors import UnreadableBody


def test_a_text() -> None:
    update = read_one(hook())
    assert isinstance(update, MessageReceived)
    assert (update.phone_number_id, update.message_id, update.content.text) == (CHANNEL, "wa_wamid.one", "kifak")
    assert update.party == Party(phone=RAMI, provider_id=f"qiscus:{CHANNEL}:42", name="Rami")
    assert (update.timestamp_seconds, update.from_customer) == (AT, True)


def test_the_proof_is_the_address() -> None:
    assert ADAPTER.proves(knock(hook()), access())
    assert ADAPTER.verify(knock(b""), ["x"]) is None
    assert not ADAPTER.form.app_level_url
    assert (ADAPTER.thanks.body, ADAPTER.thanks.content_type) == (b"{}", "application/json")


def test_a_body_of_old_puts_all_of_it_beside_the_payload() -> None:
    inner = hook()["payload"]
    update = read_one({key: inner[key] for key in ("from", "message", "room")} | {"payload": {}})
    assert (update.message_id, update.party.phone) == ("wa_wamid.one", RAMI)
    mixed = {"message": inner["message"], "payload": {"from": inner["from"], "room": inner["room"]}}
    assert read_one(mixed).party.provider_id == f"qiscus:{CHANNEL}:42"


def test_the_new_session_hook_tells_of_the_same_message() -> None:
    update = read_one({**hook(), "webhook_type": "NEW_SESSION_WEBHOOK", "room_log": {"channel_id": int(CHANNEL)}})
    assert update.message_id == read_one(hook()).message_id


# -- ids and times ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message_id"),
    [
        ({}, "wa_wamid.one"),
        ({"unique_temp_id": None, "id": 77, "id_str": "77"}, "77"),
        ({"unique_temp_id": "", "id": 77, "id_str": None}, "77"),
    ],
)
def test_the_id_of_a_message(changes: dict[str, Any], message_id: str) -> None:
    assert read_one(hook(message(**changes))).message_id == message_id


def test_without_any_id_it_is_a_hash_of_the_message() -> None:
    bare = {"unique_temp_id": None, "id": 0, "id_str": "0"}
    first, same, other = (read_one(hook(message(**bare, text=text))).message_id for text in ("a", "a", "b"))
    assert first.startswith("hash_")
    assert first == same != other
    somebody = hook(message(**bare, text="a"), **{"from": {"email": "9613000002"}})
    assert read_one(somebody).message_id != first


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, AT),
        ({"unix_timestamp": str(AT)}, AT),
        ({"unix_timestamp": None, "unix_nano_timestamp": AT * 1_000_000_000}, AT),
        ({"unix_timestamp": None, "unix_nano_timestamp": AT * 1000}, AT),
        ({"unix_timestamp": None}, AT),
        ({"unix_timestamp": None, "timestamp": "2026-09-21T14:13:20"}, AT),
        ({"unix_timestamp": None, "timestamp": "2026-09-21T16:13:20+02:00"}, AT),
        ({"unix_timestamp": None, "timestamp": "yesterday", "created_at": "2026-09-21T14:13:20Z"}, AT),
        ({"unix_timestamp": None, "timestamp": None}, 0),
        ({"unix_timestamp": "soon", "timestamp": {}, "unix_nano_timestamp": [1]}, 0),
    ],
)
def test_when_it_was_written(changes: dict[str, Any], seconds: int) -> None:
    assert read_one(hook(message(**changes))).timestamp_seconds == seconds


# -- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "where", "party"),
    [
        ({"email": f"+{RAMI}"}, room(), Party(phone=RAMI, provider_id="qiscus:963:42")),
        ({"email": "Test2"}, room(), Party(provider_id="qiscus:963:42")),
        ({"email": "Test2"}, {}, Party(provider_id="Test2")),
        ({"email": RAMI}, {}, Party(phone=RAMI)),
        ({"email": int(RAMI)}, {"id": 7}, Party(phone=RAMI, provider_id="qiscus:963:7")),
        ({"name": "X"}, {}, Party(name="X")),
    ],
)
def test_every_name_of_a_customer(sender: dict[str, Any], where: dict[str, Any], party: Party) -> None:
    assert read_one(hook(None, where, **{"from": sender})).party == party


def test_a_room_belongs_to_one_number_and_the_newest_counts() -> None:
    names = ("other", room_name("963", "1"), room_name("96", "3:9"), room_name("963", "2"), room_name("4500", "9"))
    assert room_in("963", names) == "2"
    assert room_in("4500", names) == "9"
    assert room_in("96", names) == "3:9"
    assert room_in("7", names) is None


@pytest.mark.parametrize(
    ("document", "number"),
    [
        (hook(), CHANNEL),
        (hook(None, room("4500")), "4500"),
        (hook(None, room("4500", as_text=False)), "4500"),
        ({**hook(None, {"id": 1}), "channel": {"id": 4500, "source": "wa"}}, "4500"),
        ({**hook(None, {"id": 1}), "room_log": {"channel_id": "4500"}}, "4500"),
        # One of the places that name a channel names ours: it is ours.
        ({**hook(), "channel": {"id": 123}}, CHANNEL),
        (hook(None, {"id": 1, "options": "{}"}), CHANNEL),
        (hook(None, {"id": 1, "options": "[broken"}), CHANNEL),
        (hook(None, "no room"), CHANNEL),
    ],
)
def test_the_channel_that_a_body_names_counts(document: dict[str, Any], number: str) -> None:
    assert read_one(document).phone_number_id == number


@pytest.mark.parametrize("source", ["ig", "fb", "telegram", "line"])
def test_other_networks_of_the_app_are_kept_and_not_shown(source: str) -> None:
    update = read_one(hook(None, room(source=source)))
    assert isinstance(update, Noted)
    assert update.field == f"source {source}"


# -- echoes and other hooks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {**hook(), "type": "post_comment_rest"},
        hook(type="post_comment_rest"),
        hook(**{"from": {"email": f"{APP}_admin@qismo.com"}}),
        hook(**{"from": {"email": "other-app_admin@qismo.com"}}),
    ],
)
def test_what_bots_and_agents_wrote_is_no_message(document: dict[str, Any]) -> None:
    update = read_one(document)
    assert isinstance(update, Noted)
    assert update.field == "echo"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"service": {"id": 1}, "resolved_by": {"id": 2}, "customer": {}}, "mark_as_resolved"),
        ({"candidate_agent": {"id": 1}, "room_id": "42"}, "agent_allocation"),
        ({"webhook_type": "SOMETHING_NEW"}, "something_new"),
        ({}, "unknown"),
        ({"type": "x" * 5000}, "x" * 100),
    ],
)
def test_hooks_without_a_message_are_kept(document: dict[str, Any], field: str) -> None:
    update = read_one(document)
    assert isinstance(update, Noted)
    assert (update.field, update.phone_number_id) == (field, CHANNEL)


# -- what it says ----------------------------------------------------------------------------------------------------

URL = "https://cdn.example/app/image/upload/x/1669_my%20photo.JPG?sign=1"


@pytest.mark.parametrize(
    ("url", "kind", "mime_type"),
    [
        (URL, MessageType.IMAGE, "image/jpeg"),
        ("https://cdn.example/a.png", MessageType.IMAGE, "image/png"),
        ("https://cdn.example/a.mp4", MessageType.VIDEO, "video/mp4"),
        ("https://cdn.example/a.mp3", MessageType.AUDIO, "audio/mpeg"),
        ("https://cdn.example/a.oga", MessageType.VOICE, "audio/ogg"),
        ("https://cdn.example/a.opus", MessageType.VOICE, "audio/ogg"),
        ("https://cdn.example/a.pdf", MessageType.DOCUMENT, "application/pdf"),
        ("https://cdn.example/a.exe", MessageType.DOCUMENT, None),
        ("https://cdn.example/raw/upload/abc", MessageType.DOCUMENT, None),
        ("not an address", MessageType.DOCUMENT, None),
    ],
)
def test_a_file(url: str, kind: MessageType, mime_type: str | None) -> None:
    part = {"url": url, "caption": "look"}
    content = read_one(hook(message(type="file_attachment", text="look", payload=part))).content
    assert (content.type, content.text, content.media["url"]) == (kind, "look", url)
    assert content.media.get("mime_type") == mime_type
    assert content.media.get("voice") is (True if kind is MessageType.VOICE else None)


def test_the_name_of_a_file() -> None:
    part = {"url": URL, "file_name": "prices.pdf"}
    assert read_one(hook(message(type="file_attachment", payload=part))).content.media["name"] == "prices.pdf"
    plain = read_one(hook(message(type="file_attachment", payload={"url": URL}))).content
    assert plain.media["name"] == "1669_my photo.JPG"


@pytest.mark.parametrize(
    ("text", "caption", "shown"),
    [
        (f"[file] {URL} [/file]", "", ""),
        (f" [file] {URL} [/file]", None, ""),
        (URL, None, ""),
        ("Tess", "Tess", "Tess"),
        ("Tess", None, "Tess"),
    ],
)
def test_the_caption_of_a_file(text: str, caption: str | None, shown: str) -> None:
    part = {"url": URL, "caption": caption}
    assert read_one(hook(message(type="file_attachment", text=text, payload=part))).content.text == shown


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({"type": None}, MessageType.TEXT, "kifak"),
        ({"text": ""}, MessageType.TEXT, ""),
        ({"type": "reply", "payload": {"text": "yes", "replied_comment_id": 1}}, MessageType.TEXT, "yes"),
        (
            {"type": "location", "payload": {"latitude": 33.9, "longitude": 35.5, "name": "Souk"}},
            MessageType.LOCATION,
            "Souk",
        ),
        (
            {"type": "contact_person", "payload": {"name": "Lina", "value": "+9613000002", "type": "phone"}},
            MessageType.CONTACTS,
            "Lina: +9613000002",
        ),
        ({"type": "carousel", "text": "Menu"}, MessageType.UNSUPPORTED, "Menu"),
        ({"type": "custom", "text": ""}, MessageType.UNSUPPORTED, "Unsupported message: custom"),
        ({"type": "file_attachment", "text": "lost", "payload": {}}, MessageType.UNSUPPORTED, "lost"),
        ({"type": "location", "payload": {}}, MessageType.UNSUPPORTED, "kifak"),
        ({"payload": '{"url": "x"}', "type": "file_attachment"}, MessageType.DOCUMENT, "kifak"),
    ],
)
def test_every_kind_of_message(changes: dict[str, Any], kind: MessageType, text: str) -> None:
    content = read_one(hook(message(**changes))).content
    assert (content.type, content.text) == (kind, text)
    if kind is MessageType.UNSUPPORTED:
        assert content.details["raw"]["unique_temp_id"] == "wa_wamid.one"


# -- anything --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"5", b"<xml>", b"{", b"a=b"])
def test_a_body_that_is_none(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read(body)


def test_a_fault_of_ours_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl.channels.qiscus_webhooks._content", lambda _message: 1 / 0)
    [update] = read(hook())
    assert isinstance(update, Unreadable)
    assert json.loads(update.origin_json()) == hook()


_KEYS = ("from", "message", "room", "type")
_HOOKS = st.fixed_dictionaries(
    {},
    optional={
        "type": ANYTHING,
        "channel": ANYTHING,
        "payload": ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(_KEYS, ANYTHING)),
        "message": ANYTHING,
        "from": ANYTHING,
        "room": ANYTHING | st.fixed_dictionaries({"options": ANYTHING, "id": ANYTHING}),
    },
)
_LIKELY = st.builds(
    lambda said, where: hook(message(**said), where),
    st.dictionaries(st.sampled_from([*message(), "created_at", "unix_nano_timestamp"]), ANYTHING, max_size=4),
    ANYTHING | st.just(room()),
)


@given(_HOOKS | _LIKELY | ANYTHING)
def test_any_body_is_read_or_refused_and_what_is_kept_says_the_same(document: Any) -> None:
    try:
        [update] = read(document)
    except UnreadableBody:
        return
    assert not isinstance(update, Unreadable), update.reason
    [again] = ADAPTER.read(Knock.kept(update.origin_json()), access())
    assert repr(again).partition("origin_json")[0] == repr(update).partition("origin_json")[0]
