"""What Twilio's forms say, and that whatever they say is kept."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.twilio.forms import ADAPTER, NUMBER, RAMI, access, body_of, knock, message, read, read_one, status
from wasl.channels.adapter import Knock
from wasl.clock import now_ms
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus, MessageType
from wasl.domain.updates import MessageReceived, Noted, StatusReported, Unreadable
from wasl.errors import UnreadableBody


def test_a_text() -> None:
    update = read_one(message())
    assert isinstance(update, MessageReceived)
    assert (update.phone_number_id, update.message_id, update.content.text) == (NUMBER, "SM1", "kifak")
    assert update.party == Party(phone=RAMI, name="Rami")
    assert abs(update.timestamp_seconds - now_ms() / 1000) < 60


def test_what_is_kept_remembers_when_it_came() -> None:
    [update] = read(message() | {"_arrived": "1790000000"})
    assert isinstance(update, MessageReceived)
    assert update.timestamp_seconds == 1_790_000_000


def said(**fields: str) -> tuple[Any, str, Any]:
    content = read_one(message(**fields)).content
    return content.type, content.text, dict(content.details)


PLACE = {"Latitude": "33.9", "Longitude": "-35.5"}


@pytest.mark.parametrize(
    ("fields", "kind", "text", "details"),
    [
        ({"Forwarded": "true"}, MessageType.TEXT, "kifak", {"forwarded": True}),
        ({"FrequentlyForwarded": "true"}, MessageType.TEXT, "kifak", {"frequently_forwarded": True}),
        ({"Body": ""}, MessageType.TEXT, "", {}),
        (
            {**PLACE, "Label": "Souk", "Address": "Beirut", "Body": ""},
            MessageType.LOCATION,
            "Souk\nBeirut",
            {"location": {"latitude": 33.9, "longitude": -35.5, "name": "Souk", "address": "Beirut"}},
        ),
        (PLACE, MessageType.LOCATION, "33.9, -35.5", {"location": {"latitude": 33.9, "longitude": -35.5}}),
        (
            {"ButtonText": "Yes", "ButtonPayload": "p-1", "MessageType": "button"},
            MessageType.INTERACTIVE,
            "Yes",
            {"button": {"text": "Yes", "payload": "p-1"}},
        ),
        (
            {"ListId": "o-1", "ListTitle": "Large", "MessageType": "interactive"},
            MessageType.INTERACTIVE,
            "Large",
            {"interactive": {"type": "list_reply", "list_reply": {"id": "o-1", "title": "Large"}}},
        ),
        (
            {"ListId": "o-1", "Body": "Small"},
            MessageType.INTERACTIVE,
            "Small",
            {"interactive": {"type": "list_reply", "list_reply": {"id": "o-1", "title": "Small"}}},
        ),
        (
            {"ReferralHeadline": "Bread", "ReferralSourceId": "7", "ReferralNumMedia": "0"},
            MessageType.TEXT,
            "kifak",
            {"referral": {"ReferralHeadline": "Bread", "ReferralSourceId": "7"}},
        ),
    ],
)
def test_every_kind_of_message(fields: dict[str, str], kind: MessageType, text: str, details: Any) -> None:
    assert said(**fields) == (kind, text, details)


@pytest.mark.parametrize(
    "fields",
    [
        {"FlowData": '{"size": ["L", "M"], "gift": true, "flow_token": "x"}'},
        {"InteractiveData": '{"flowResponse": {"size": ["L", "M"], "gift": true, "flow_token": "x"}}'},
    ],
)
def test_the_answers_of_a_form(fields: dict[str, str]) -> None:
    kind, text, details = said(Body="", MessageType="interactive", **fields)
    assert (kind, text) == (MessageType.INTERACTIVE, "Form answered\nsize: L, M\ngift: yes")
    assert details["response"]["size"] == ["L", "M"]


@pytest.mark.parametrize("answers", [[1], 5, True, "yes"])
def test_answers_of_a_form_that_are_no_object(answers: Any) -> None:
    kind, text, details = said(
        Body="", MessageType="interactive", InteractiveData=json.dumps({"flowResponse": answers})
    )
    assert (kind, text) == (MessageType.INTERACTIVE, "Form answered")
    assert details["interactive"]["nfm_reply"]["response_json"] == answers


@pytest.mark.parametrize("broken", ["[", "[]", "5", "null", "{"])
def test_answers_that_cannot_be_read_are_shown_as_unsupported(broken: str) -> None:
    kind, text, details = said(Body="", MessageType="interactive", FlowData=broken)
    assert (kind, text) == (MessageType.UNSUPPORTED, "Unsupported message: interactive")
    assert details["raw"]["FlowData"] == broken


def test_an_unknown_kind_is_visible_and_kept() -> None:
    kind, text, details = said(Body="", MessageType="poll", PollName="Lunch?")
    assert (kind, text) == (MessageType.UNSUPPORTED, "Unsupported message: poll")
    assert details["raw"]["PollName"] == "Lunch?"
    assert said(Body="words", MessageType="poll")[:2] == (MessageType.TEXT, "words")


FILE = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM1/Media/ME1"


@pytest.mark.parametrize(
    ("mime_type", "word", "kind", "voice"),
    [
        ("image/jpeg", "image", MessageType.IMAGE, None),
        ("video/mp4", "video", MessageType.VIDEO, None),
        ("audio/mpeg", "audio", MessageType.AUDIO, None),
        ("audio/ogg", "audio", MessageType.VOICE, True),
        ("audio/ogg; codecs=opus", "audio", MessageType.VOICE, True),
        ("application/pdf", "document", MessageType.DOCUMENT, None),
        ("text/vcard", "contacts", MessageType.DOCUMENT, None),
        ("image/webp", "sticker", MessageType.STICKER, None),
        ("image/webp", "image", MessageType.STICKER, None),
        ("", "image", MessageType.DOCUMENT, None),
    ],
)
def test_a_file(mime_type: str, word: str, kind: MessageType, voice: bool | None) -> None:
    update = read_one(message(MediaUrl0=FILE, MediaContentType0=mime_type, MessageType=word, Body="look", NumMedia="1"))
    assert (update.content.type, update.content.text) == (kind, "look")
    assert update.content.media["url"] == FILE
    assert update.content.media["mime_type"] == (mime_type or "application/octet-stream")
    assert update.content.media.get("voice") is voice


def test_several_files_are_a_message_each_and_none_is_lost_on_the_way() -> None:
    files = {f"MediaUrl{place}": f"{FILE}{place}" for place in range(3)}
    kinds = {f"MediaContentType{place}": f"image/{word}" for place, word in enumerate(("png", "jpeg", "gif"))}
    updates = read(message(Body="all of them", NumMedia="3", **files, **kinds))
    found = [update for update in updates if isinstance(update, MessageReceived)]
    assert [(update.message_id, update.content.text) for update in found] == [
        ("SM1", "all of them"),
        ("SM1.1", ""),
        ("SM1.2", ""),
    ]
    assert [(update.content.media or {})["url"] for update in found] == [f"{FILE}{place}" for place in range(3)]
    for update in updates:
        [again] = ADAPTER.read(Knock.kept(update.origin_json()), access())
        assert again.origin_json() == update.origin_json()


def test_a_quoted_message() -> None:
    assert read_one(message(OriginalRepliedMessageSid="SM9")).reply_to == "SM9"


# -- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "party"),
    [
        ({"From": "whatsapp:US.1349", "WaId": ""}, Party(bsuid="US.1349", name="Rami")),
        (
            {"From": "whatsapp:US.1349", "ExternalUserId": "whatsapp:US.1349"},
            Party(phone=RAMI, bsuid="US.1349", name="Rami"),
        ),
        ({"ExternalUserId": "whatsapp:US.1349"}, Party(phone=RAMI, bsuid="US.1349", name="Rami")),
        ({"From": "whatsapp:somebody", "WaId": ""}, Party(provider_id="somebody", name="Rami")),
        ({"ProfileName": ""}, Party(phone=RAMI)),
        ({"From": "", "WaId": "", "ExternalUserId": "whatsapp:US.1349"}, Party(bsuid="US.1349", name="Rami")),
        ({"From": ""}, Party(phone=RAMI, name="Rami")),
        ({"From": "", "WaId": "", "ProfileName": ""}, Party()),
    ],
)
def test_every_name_of_a_customer(fields: dict[str, str], party: Party) -> None:
    assert read_one(message(**fields)).party == party


@pytest.mark.parametrize(
    ("known", "named", "meant"),
    [
        (NUMBER, f"whatsapp:+{NUMBER}", NUMBER),
        (f"+{NUMBER}", f"whatsapp:+{NUMBER}", f"+{NUMBER}"),
        (NUMBER, "whatsapp:+15550100101", "15550100101"),
        (f"+{NUMBER}", "whatsapp:+15550100101", "+15550100101"),
        (NUMBER, "", NUMBER),
        (NUMBER, "whatsapp:shop", NUMBER),
    ],
)
def test_an_address_that_serves_several_numbers(known: str, named: str, meant: str) -> None:
    assert read_one(message(To=named), at=access(number=known)).phone_number_id == meant
    assert read_one(status("sent", From=named), at=access(number=known)).phone_number_id == meant


def test_without_a_channel_the_form_names_the_number() -> None:
    [update] = ADAPTER.read(knock(body_of(message())), None)
    assert update.phone_number_id == f"+{NUMBER}"


# -- statuses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("sent", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("read", MessageStatus.READ),
        ("failed", MessageStatus.FAILED),
        ("undelivered", MessageStatus.FAILED),
    ],
)
def test_a_status(word: str, meant: MessageStatus) -> None:
    update = read_one(status(word), query="m=m%3Amsg_1%3A2")
    assert isinstance(update, StatusReported)
    assert (update.provider_message_id, update.status) == ("SM9", meant)
    assert update.callback_data == "m:msg_1:2"


@pytest.mark.parametrize("word", ["queued", "accepted", "sending", "scheduled", "brand_new"])
def test_a_status_that_tells_nothing_is_kept(word: str) -> None:
    update = read_one(status(word))
    assert isinstance(update, Noted)
    assert update.field == f"status {word}"


def test_why_a_message_failed() -> None:
    update = read_one(status("undelivered", ErrorCode="63016", ErrorMessage="x"))
    assert (update.error_code, "24 hours" in update.error_message) == ("63016", True)
    unknown = read_one(status("failed", ErrorCode="77777", ErrorMessage="In its own words."))
    assert unknown.error_message == "Twilio did not send the message (code 77777): In its own words."


def test_a_status_without_our_address_still_counts() -> None:
    assert read_one(status("sent")).callback_data is None


# -- anything --------------------------------------------------------------------------------------------------------


def test_other_posts_are_kept() -> None:
    assert isinstance(read_one({"EventType": "onTyping", "AccountSid": "AC0"}), Noted)
    assert isinstance(read_one(message(MessageSid="")), Noted)
    assert isinstance(read_one({"EventType": "onTyping", "MessageSid": "SM1"}), Noted)
    [noted] = ADAPTER.read(knock(json.dumps([{"type": "event"}]).encode()), access())
    assert isinstance(noted, Noted)


@pytest.mark.parametrize("body", [b"", b"&", b"&&"])
def test_a_form_that_holds_nothing(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        ADAPTER.read(knock(body), access())


def test_characters_that_no_database_keeps_are_replaced() -> None:
    update = read_one(message(Body="a\x00b", ProfileName="R\x00"))
    assert (update.content.text, update.party.name) == ("a\ufffdb", "R\ufffd")


def test_a_fault_of_ours_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("wasl.channels.twilio_webhooks._said", fail)
    update = read_one(message())
    assert isinstance(update, Unreadable)
    assert update.reason == "RuntimeError while reading a form"


@pytest.mark.parametrize("fields", [{"Latitude": "north", "Longitude": "1"}, {"_arrived": "soon"}])
def test_what_cannot_be_read_is_kept_for_a_later_version(fields: dict[str, str]) -> None:
    assert isinstance(read_one(message(**fields)), Unreadable)


_MORE = """
MessageStatus MediaUrl0 MediaUrl1 MediaContentType0 Latitude Longitude ListId ButtonText FlowData InteractiveData
ErrorCode EventType ReferralBody m _arrived
"""
_KEYS = st.sampled_from([*message(), *_MORE.split()])
_VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "received", "sent", "whatsapp:+9613000001", "whatsapp:US.1", "{}", '{"a": [1]}', "[", "nan"]),
)


@given(st.dictionaries(_KEYS | st.text(max_size=5), _VALUES, max_size=10))
def test_any_form_is_read_and_what_is_kept_says_the_same(form: dict[str, str]) -> None:
    try:
        updates = read(form)
    except UnreadableBody:
        return
    assert updates
    for update in updates:
        [again] = ADAPTER.read(Knock.kept(update.origin_json()), access())
        assert type(again) is type(update)
        assert again.origin_json() == update.origin_json()


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        ADAPTER.read(knock(body), access())
    except UnreadableBody:
        return
