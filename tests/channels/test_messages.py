"""What a customer may send, and how it reads in the inbox."""

from typing import Any

import pytest

from channels.bodies import AT, LINA, LINA_ID, NUMBER_ID, RAMI, RAMI_ID, body, change, contact, message, read_one
from wasl.domain.identity import Party
from wasl.domain.message import Content, MessageType, Origin
from wasl.domain.updates import MessageEdited, MessageReceived, MessageRevoked, Noted, Reacted, Unreadable


def read_message(*messages: dict[str, Any], contacts: Any = ()) -> MessageReceived:
    update = read_one(body(change(contacts=list(contacts), messages=list(messages))))
    assert isinstance(update, MessageReceived)
    return update


def read_content(message_type: str, **more: Any) -> Content:
    return read_message(message(message_type, **more)).content


def test_a_plain_text() -> None:
    update = read_message(message(), contacts=[contact()])
    assert (update.phone_number_id, update.message_id, update.timestamp_seconds) == (NUMBER_ID, "wamid.one", AT)
    assert update.party == Party(phone=RAMI, name="Rami Haddad")
    assert update.content == Content(MessageType.TEXT, "kifak")
    assert (update.origin, update.from_customer, update.reply_to, update.status) == (Origin.LIVE, True, None, None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [({"body": ""}, ""), ({"body": 7}, "7"), ("straight", "straight"), ('{"body": "packed"}', "packed")],
)
def test_a_text_in_odd_wrapping(text: Any, shown: str) -> None:
    assert read_content("text", text=text) == Content(MessageType.TEXT, shown)


def test_a_reply_names_what_it_quotes() -> None:
    update = read_message(message(context={"from": "15550100100", "id": "wamid.quoted"}))
    assert update.reply_to == "wamid.quoted"


def test_marks_around_a_message_become_details() -> None:
    product, advertisement = (
        {"catalog_id": "12", "product_retailer_id": "soap"},
        {"source_type": "ad", "headline": "Hi"},
    )
    content = read_content(
        "text",
        context={"forwarded": True, "frequently_forwarded": "true", "referred_product": product},
        referral=advertisement,
    )
    assert content.details == {
        "forwarded": True,
        "frequently_forwarded": True,
        "referred_product": product,
        "referral": advertisement,
    }


@pytest.mark.parametrize(
    ("kind", "part", "expected_type", "text", "media"),
    [
        ("image", {"caption": "the sea"}, MessageType.IMAGE, "the sea", {}),
        ("video", {}, MessageType.VIDEO, "", {}),
        ("audio", {"voice": True}, MessageType.VOICE, "", {"voice": True}),
        ("audio", {"voice": False}, MessageType.AUDIO, "", {"voice": False}),
        ("audio", {}, MessageType.AUDIO, "", {"voice": False}),
        ("document", {"filename": "bill.pdf"}, MessageType.DOCUMENT, "", {"name": "bill.pdf"}),
        ("sticker", {"animated": True}, MessageType.STICKER, "", {}),
        ("image", {"url": "https://media.example/7"}, MessageType.IMAGE, "", {"url": "https://media.example/7"}),
    ],
)
def test_media(kind: str, part: dict[str, Any], expected_type: MessageType, text: str, media: dict[str, Any]) -> None:
    content = read_content(kind, **{kind: {"id": 71, "mime_type": "x/y", "sha256": "abc=", **part}})
    assert (content.type, content.text) == (expected_type, text)
    assert content.media == {"id": "71", "mime_type": "x/y", "sha256": "abc=", **media}


def test_media_that_whatsapp_could_not_hand_over() -> None:
    errors = [{"code": 131052, "error_data": {"details": "The file is over 100 MB"}}]
    content = read_content("document", document={"filename": "film.mkv"}, errors=errors)
    assert content.type is MessageType.DOCUMENT
    assert content.text == "Document not received: The file is over 100 MB"
    assert (content.media, content.details["errors"]) == ({"name": "film.mkv"}, errors)
    assert read_content("image", errors=errors).text == "Image not received: The file is over 100 MB"


@pytest.mark.parametrize(
    ("kind", "part", "expected_type", "text"),
    [
        ("location", {"latitude": 33.9, "longitude": 35.5}, MessageType.LOCATION, "33.9, 35.5"),
        (
            "location",
            {"latitude": "33", "longitude": 0, "name": "Port", "address": "Quay 2"},
            MessageType.LOCATION,
            "Port\nQuay 2",
        ),
        (
            "contacts",
            [
                {"name": {"formatted_name": "Lina"}, "phones": [{"phone": "+961 3 000 002"}]},
                {"name": {"first_name": "Omar"}},
            ],
            MessageType.CONTACTS,
            "Lina: +961 3 000 002\nOmar",
        ),
        (
            "contacts",
            [{"vcard": "BEGIN:VCARD\nFN:Lina K\nTEL;type=CELL:+961 3 000 002\nEND:VCARD"}],
            MessageType.CONTACTS,
            "Lina K: +961 3 000 002",
        ),
        ("contacts", {"phones": [{"wa_id": 9613000002}]}, MessageType.CONTACTS, "9613000002"),
        ("contacts", [{"emails": []}], MessageType.CONTACTS, "Contact"),
        ("button", {"payload": "YES", "text": "Yes please"}, MessageType.INTERACTIVE, "Yes please"),
        (
            "order",
            {
                "catalog_id": "9",
                "text": "fast please",
                "product_items": [
                    {"product_retailer_id": "soap", "quantity": 2, "item_price": 3.5, "currency": "USD"},
                    {"product_retailer_id": "oil"},
                ],
            },
            MessageType.ORDER,
            "fast please\nOrder\n2 × soap (3.5 USD)\n? × oil",
        ),
        ("template", {"name": "welcome"}, MessageType.TEMPLATE, "welcome"),
        (
            "interactive",
            {"type": "button_reply", "button_reply": {"id": "b1", "title": "Cancel"}},
            MessageType.INTERACTIVE,
            "Cancel",
        ),
        (
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "r1", "title": "Red", "description": "a colour"}},
            MessageType.INTERACTIVE,
            "Red\na colour",
        ),
        (
            "interactive",
            {"type": "call_permission_reply", "call_permission_reply": {"response": "accept", "is_permanent": True}},
            MessageType.INTERACTIVE,
            "Calls allowed from now on",
        ),
        (
            "interactive",
            {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}},
            MessageType.INTERACTIVE,
            "Calls allowed",
        ),
        (
            "interactive",
            {"type": "call_permission_reply", "call_permission_reply": {"response": "reject"}},
            MessageType.INTERACTIVE,
            "Calls not allowed",
        ),
        (
            "interactive",
            {"type": "button", "body": {"text": "Which size?"}, "action": {}},
            MessageType.INTERACTIVE,
            "Which size?",
        ),
    ],
)
def test_words_for_what_is_not_text(kind: str, part: Any, expected_type: MessageType, text: str) -> None:
    content = read_content(kind, **{kind: part})
    assert (content.type, content.text) == (expected_type, text)
    kept = content.details[kind]
    assert kept == ([part] if isinstance(part, dict) and isinstance(kept, list) else part)


@pytest.mark.parametrize(
    ("answer", "text", "response"),
    [
        (
            {"body": "Sent", "response_json": '{"size": "L", "flow_token": "t", "extras": ["a", 2], "gift": true}'},
            "Form answered\nsize: L\nextras: a, 2\ngift: yes",
            {"size": "L", "flow_token": "t", "extras": ["a", 2], "gift": True},
        ),
        ({"body": "Booked", "response_json": "[1, 2]"}, "Booked", [1, 2]),
        ({"response_json": "not json"}, "Form answered", None),
        ({"response_json": {"size": "S"}}, "Form answered\nsize: S", {"size": "S"}),
    ],
)
def test_a_form(answer: dict[str, Any], text: str, response: Any) -> None:
    content = read_content("interactive", interactive={"type": "nfm_reply", "nfm_reply": answer})
    assert content.text == text
    assert content.details.get("response") == response


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (
            message("unsupported", errors=[{"code": 131051, "title": "Not supported"}], unsupported={"type": "poll"}),
            "Unsupported message: poll",
        ),
        (message("unsupported"), "Unsupported message"),
        (message("unknown"), "Unsupported message"),
        (message("hologram", hologram={"depth": 3}), "Unsupported message: hologram"),
        (message("image"), "Unsupported message: image"),
        (message("text", text=None), "Unsupported message: text"),
        (message("location", location={"latitude": 1}), "Unsupported message: location"),
        (message("contacts", contacts="none"), "Unsupported message: contacts"),
        (message("order", order=[]), "Unsupported message: order"),
        (message("button", button={}), "Unsupported message: button"),
        (message("template", template=3), "Unsupported message: template"),
        (message("interactive"), "Unsupported message: interactive"),
        (message("interactive", interactive={"type": "button_reply"}), "Unsupported message: interactive"),
        (
            message("interactive", interactive={"type": "call_permission_reply", "call_permission_reply": {}}),
            "Unsupported message: interactive",
        ),
        (message("request_welcome"), "Opened the chat for the first time"),
        (message("media_placeholder"), "Photo, video or file of the past, not handed over yet"),
    ],
)
def test_what_cannot_be_shown_is_seen_and_kept(raw: dict[str, Any], text: str) -> None:
    content = read_message(raw).content
    assert (content.type, content.text) == (MessageType.UNSUPPORTED, text)
    assert content.details["raw"] == raw
    assert content.details["provider_type"] == raw["type"]


def test_a_message_without_a_type_is_read_by_what_it_carries() -> None:
    raw = message()
    del raw["type"]
    assert read_message(raw).content == Content(MessageType.TEXT, "kifak")


def test_a_message_without_an_id_is_named_by_its_content() -> None:
    raw = message()
    del raw["id"]
    first, same = read_message(raw), read_message(dict(reversed(raw.items())))
    other = read_message(raw | {"timestamp": str(AT + 1)})
    assert first.message_id == same.message_id != other.message_id
    assert first.message_id.startswith("hash_")
    assert len(first.message_id) == len("hash_") + 40


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (str(AT), AT),
        (AT, AT),
        (AT * 1000, AT),
        (f"{AT}.7", AT),
        (-5, 0),
        ("9" * 30, 1234),
        (None, 1234),
        ("soon", 1234),
        ([], 1234),
        (True, 1234),
        ("9" * 5000, 1234),
    ],
)
def test_times(found: Any, seconds: int) -> None:
    update = read_one(body(change(messages=[message(timestamp=found)]), time=1234))
    assert isinstance(update, MessageReceived)
    assert update.timestamp_seconds == seconds


def test_a_message_without_any_time_stands_where_it_arrived() -> None:
    assert read_message(message(timestamp=None)).timestamp_seconds == 0


def test_a_reaction_is_set_and_taken_away() -> None:
    for found, emoji in (("👍", "👍"), ("", ""), (None, "")):
        reaction = {"message_id": "wamid.target", "emoji": found}
        update = read_one(body(change(messages=[message("reaction", reaction=reaction)])))
        assert isinstance(update, Reacted)
        assert (update.target_id, update.emoji, update.actor) == ("wamid.target", emoji, "user")
        assert (update.update_id, update.party) == ("wamid.one", Party(phone=RAMI))


def test_an_edit_holds_the_new_content() -> None:
    inner = {"type": "image", "image": {"id": "5", "caption": "better"}, "context": {"id": "M0"}}
    edit = {"original_message_id": "wamid.target", "message": inner}
    update = read_one(body(change(messages=[message("edit", edit=edit)])))
    assert isinstance(update, MessageEdited)
    assert (update.target_id, update.content) == ("wamid.target", Content(MessageType.IMAGE, "better", {"id": "5"}))


def test_a_deletion() -> None:
    update = read_one(body(change(messages=[message("revoke", revoke={"original_message_id": "wamid.target"})])))
    assert isinstance(update, MessageRevoked)
    assert (update.target_id, update.party.phone, update.timestamp_seconds) == ("wamid.target", RAMI, AT)


@pytest.mark.parametrize(
    "raw", [message("reaction"), message("edit", edit={"original_message_id": "x"}), message("revoke", revoke=[])]
)
def test_a_change_of_nothing_is_kept_for_later(raw: dict[str, Any]) -> None:
    assert isinstance(read_one(body(change(messages=[raw]))), Unreadable)


def test_a_notice_that_the_customer_did_not_write_is_no_message() -> None:
    system = {"type": "customer_identity_changed", "body": "New phone"}
    assert isinstance(read_one(body(change(messages=[message("system", system=system)]))), Noted)


def test_a_group_is_one_customer_and_names_its_speaker() -> None:
    update = read_message(message(group_id="G-77", from_user_id=RAMI_ID), contacts=[contact()])
    assert update.party == Party(group_id="G-77")
    assert update.content.text == "kifak"
    speaker = {"name": "Rami Haddad", "phone": RAMI, "bsuid": RAMI_ID}
    assert update.content.details == {"group_id": "G-77", "speaker": speaker}


@pytest.mark.parametrize(
    ("raw", "contacts", "party"),
    [
        (message(), [contact(LINA, "Lina"), contact(RAMI, "Rami")], Party(phone=RAMI, name="Rami")),
        (message(), [contact(LINA, "Lina")], Party(phone=RAMI)),
        (message(sender=int(RAMI)), [contact(RAMI, "Rami")], Party(phone=RAMI, name="Rami")),
        (message(sender="+961 3 000 001"), [contact(RAMI, "Rami")], Party(phone=RAMI, name="Rami")),
        (
            message(from_user_id=RAMI_ID),
            [contact(None, "Rami", user_id=RAMI_ID)],
            Party(phone=RAMI, bsuid=RAMI_ID, name="Rami"),
        ),
        (
            message(sender=None, from_user_id=RAMI_ID),
            [contact(RAMI, "Rami", user_id=RAMI_ID)],
            Party(phone=RAMI, bsuid=RAMI_ID, name="Rami"),
        ),
        (message(sender=RAMI_ID), [contact(RAMI_ID, "Rami")], Party(bsuid=RAMI_ID, name="Rami")),
        (
            message(sender=None, from_user_id=RAMI_ID, from_parent_user_id="LB.ENT.55"),
            [],
            Party(bsuid=RAMI_ID, parent_bsuid="LB.ENT.55"),
        ),
        (
            message(sender=None, from_user_id=RAMI_ID),
            [{"profile": {"name": "Rami", "username": "@rami.h"}, "user_id": "oops"}],
            Party(bsuid=RAMI_ID, username="rami.h", name="Rami"),
        ),
        (message(sender=None, from_user_id=RAMI_ID), [contact(None, "Lina", user_id=LINA_ID)], Party(bsuid=RAMI_ID)),
        (message(sender=None, from_user_id="broken id"), [], Party(provider_id="broken id")),
        (message(from_user_id="null"), [contact(user_id="null")], Party(phone=RAMI, name="Rami Haddad")),
        (message(from_user_id="0"), [], Party(phone=RAMI)),
        (message(sender="null", from_user_id=RAMI_ID), [], Party(bsuid=RAMI_ID)),
        (
            message(sender=None, from_user_id="null"),
            [contact(LINA, "Lina", user_id="null"), contact(RAMI, "Rami", user_id="null")],
            Party(provider_id="null"),
        ),
        (
            message(sender=None, from_user_id="null"),
            [contact(RAMI, "Rami", user_id="null")],
            Party(phone=RAMI, name="Rami"),
        ),
        (
            message(sender=None),
            [contact(RAMI, "Rami", username="rami.h")],
            Party(phone=RAMI, username="rami.h", name="Rami"),
        ),
        (message(sender=None), [contact(RAMI), contact(LINA)], Party()),
        (message(sender=None), [], Party()),
        (message(sender="13491208655302741918"), [], Party(provider_id="13491208655302741918")),
        (message(sender=["x"]), "nonsense", Party()),
    ],
)
def test_who_wrote(raw: dict[str, Any], contacts: Any, party: Party) -> None:
    update = read_one(body(change(contacts=contacts, messages=[raw])))
    assert isinstance(update, MessageReceived)
    assert update.party == party
    assert list(update.party.identities())


def test_a_message_of_somebody_unknown_still_reaches_the_inbox() -> None:
    update = read_one(b'{"entry": [{"changes": [{"value": {"messages": [{}]}}]}]}')
    assert isinstance(update, MessageReceived)
    assert (update.phone_number_id, update.party, update.content.type) == ("", Party(), MessageType.UNSUPPORTED)
