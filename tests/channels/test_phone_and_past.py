"""A number that is also used on a phone: its echoes, its past and its address book."""

from typing import Any

import pytest

from channels.bodies import (
    AT,
    BUSINESS,
    LINA,
    NUMBER_ID,
    RAMI,
    RAMI_ID,
    body,
    change,
    contact,
    message,
    plain,
    read_one,
)
from wasl.channels.envelope import read_envelope
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus, MessageType, Origin
from wasl.domain.updates import (
    ContactNamed,
    IdentityChanged,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    Noted,
    Reacted,
    Unreadable,
)


def echo(message_type: str = "text", **more: Any) -> dict[str, Any]:
    return message(message_type, **{"sender": BUSINESS, "to": RAMI} | more)


def echoes(*items: dict[str, Any], field: str = "smb_message_echoes", **value: Any) -> bytes:
    return body(change(field, message_echoes=list(items), **value))


def test_what_the_business_typed_on_its_phone() -> None:
    update = read_one(echoes(echo(), contacts=[contact()]))
    assert isinstance(update, MessageReceived)
    assert (update.origin, update.from_customer, update.status) == (Origin.ECHO, False, None)
    assert update.party == Party(phone=RAMI, name="Rami Haddad")


def test_an_echo_to_a_customer_without_a_number() -> None:
    update = read_one(echoes(echo(to=None, to_user_id=RAMI_ID, to_parent_user_id="LB.ENT.9")))
    assert isinstance(update, MessageReceived)
    assert update.party == Party(bsuid=RAMI_ID, parent_bsuid="LB.ENT.9")


def test_an_echo_whose_ends_are_swapped() -> None:
    revoke = echo("revoke", revoke={"original_message_id": "wamid.target"}, sender=RAMI, to=f"+{BUSINESS}")
    update = read_one(echoes(revoke))
    assert isinstance(update, MessageRevoked)
    assert update.party == Party(phone=RAMI)


def test_edits_and_reactions_from_the_phone() -> None:
    inner = {"type": "text", "text": {"body": "better"}}
    edit = read_one(echoes(echo("edit", edit={"original_message_id": "wamid.target", "message": inner})))
    assert isinstance(edit, MessageEdited)
    assert (edit.content.text, edit.party.phone) == ("better", RAMI)
    reaction = read_one(echoes(echo("reaction", reaction={"message_id": "wamid.target", "emoji": "❤"})))
    assert isinstance(reaction, Reacted)
    assert (reaction.actor, reaction.party.phone) == ("business", RAMI)


def test_an_echo_into_a_group() -> None:
    update = read_one(echoes(echo(to="G-77", recipient_type="group")))
    assert isinstance(update, MessageReceived)
    assert (update.party, update.content.details) == (Party(group_id="G-77"), {"group_id": "G-77"})


def past(*messages: Any, **thread: Any) -> bytes:
    threads = [{"id": RAMI, "messages": list(messages)} | thread]
    return body(change("history", history=[{"metadata": {"phase": 1, "chunk_order": 2}, "threads": threads}]))


@pytest.mark.parametrize(
    ("raw", "from_customer", "status"),
    [
        (message(history_context={"status": "READ"}), True, None),
        (message(to=BUSINESS), True, None),
        (message(sender=None, from_user_id=RAMI_ID), True, None),
        (message(sender=None), True, None),
        (message(sender=f"+{BUSINESS}", history_context={"status": "DELIVERED"}), False, MessageStatus.DELIVERED),
        (message(sender=BUSINESS, to=RAMI, history_context={"status": "played"}), False, MessageStatus.READ),
        (message(sender=BUSINESS, history_context={"status": "ERROR"}), False, MessageStatus.FAILED),
        (message(sender=BUSINESS, history_context={"status": "PENDING"}), False, None),
        (message(sender=BUSINESS, history_context="READ"), False, None),
        (message(sender=None, to=RAMI), False, None),
        (message(history_context={"from_me": True, "status": "SENT"}), False, MessageStatus.SENT),
        (message(sender=BUSINESS, history_context={"from_me": False}), True, None),
    ],
)
def test_both_sides_of_the_past(raw: dict[str, Any], from_customer: bool, status: MessageStatus | None) -> None:
    update = read_one(past(raw))
    assert isinstance(update, MessageReceived)
    assert (update.origin, update.from_customer, update.status) == (Origin.HISTORY, from_customer, status)
    assert (update.phone_number_id, update.party.phone) == (NUMBER_ID, RAMI)


def test_the_past_of_a_customer_without_a_number() -> None:
    context = {"user_id": RAMI_ID, "username": "@rami.h", "parent_user_id": "LB.ENT.9"}
    update = read_one(past(message(sender=None, from_user_id=RAMI_ID), id=None, context=context))
    assert isinstance(update, MessageReceived)
    assert update.party == Party(bsuid=RAMI_ID, parent_bsuid="LB.ENT.9", username="rami.h")


def test_a_thread_and_its_messages_know_different_names() -> None:
    update = read_one(past(message(), id=None, context={"user_id": RAMI_ID}))
    assert isinstance(update, MessageReceived)
    assert update.party == Party(phone=RAMI, bsuid=RAMI_ID)


def test_media_of_the_past_come_later_and_are_still_the_past() -> None:
    placeholder = read_one(past(message("media_placeholder")))
    assert isinstance(placeholder, MessageReceived)
    assert placeholder.content.type is MessageType.UNSUPPORTED
    photo = message("image", image={"id": "5"})
    theirs = read_one(body(change("history", messages=[photo])))
    ours = read_one(echoes(echo("image", image={"id": "5"}, history_context={"status": "READ"}), field="history"))
    assert isinstance(theirs, MessageReceived)
    assert isinstance(ours, MessageReceived)
    assert theirs.message_id == placeholder.message_id
    assert (theirs.origin, theirs.from_customer, theirs.content.type) == (Origin.HISTORY, True, MessageType.IMAGE)
    assert (ours.origin, ours.from_customer, ours.status) == (Origin.HISTORY, False, MessageStatus.READ)
    typed = read_one(body(change("history", messages=[message(sender=BUSINESS, to=RAMI)])))
    assert isinstance(typed, MessageReceived)
    assert (typed.from_customer, typed.party) == (False, Party(phone=RAMI))


def test_a_refused_and_an_empty_past_are_kept() -> None:
    refused: Any = {"errors": [{"code": 2593109, "title": "Not shared"}]}
    for chunk in (refused, {"metadata": {"progress": 100}}, {"threads": [{"id": RAMI, "messages": []}]}):
        assert isinstance(read_one(body(change("history", history=[chunk]))), Noted)
    for broken in ("broken", {"threads": [7]}):
        assert isinstance(read_one(body(change("history", history=[broken]))), Unreadable)


def test_chunks_threads_and_broken_neighbours_are_all_walked() -> None:
    chunk = {
        "threads": [
            {"id": RAMI, "messages": [message(), 5]},
            None,
            {"id": LINA, "messages": [message(sender=LINA)]},
        ]
    }
    updates = read_envelope(body(change("history", history=[chunk, {"errors": [{"code": 1}], "threads": []}])))
    assert [type(update) for update in updates] == [MessageReceived, Unreadable, Unreadable, MessageReceived, Noted]


def book(**entry: Any) -> bytes:
    return body(change("smb_app_state_sync", state_sync=[{"type": "contact", "action": "add"} | entry]))


def test_the_address_book_names_customers() -> None:
    update = read_one(
        book(contact={"full_name": "Rami H", "first_name": "Rami", "phone_number": RAMI, "username": "@rami.h"})
    )
    assert isinstance(update, ContactNamed)
    assert update.party == Party(phone=RAMI, username="rami.h", name="Rami H")
    by_id = read_one(book(contact={"first_name": "Rami", "user_id": RAMI_ID}))
    assert isinstance(by_id, ContactNamed)
    assert by_id.party == Party(bsuid=RAMI_ID, name="Rami")


@pytest.mark.parametrize(
    "entry",
    [
        {"action": "remove", "contact": {"full_name": "Rami", "phone_number": RAMI}},
        {"contact": {"phone_number": RAMI}},
        {"contact": {"full_name": "Nobody"}},
        {"type": "label"},
    ],
)
def test_an_entry_that_names_nobody_is_kept(entry: dict[str, Any]) -> None:
    assert isinstance(read_one(book(**entry)), Noted)
    assert isinstance(read_one(book(contact="broken")), Unreadable)


def system(**notice: Any) -> bytes:
    return body(change(messages=[message("system", system=notice)]))


@pytest.mark.parametrize("key", ["wa_id", "new_wa_id"])
def test_a_changed_number(key: str) -> None:
    notice: dict[str, Any] = {
        "type": "user_changed_number",
        "body": "Rami has a new number",
        key: LINA,
        "user_id": RAMI_ID,
    }
    update = read_one(system(**notice))
    assert isinstance(update, IdentityChanged)
    assert (update.previous, update.current) == (Party(phone=RAMI), Party(phone=LINA, bsuid=RAMI_ID))
    assert (update.update_id, update.notice, update.timestamp_seconds) == ("wamid.one", "Rami has a new number", AT)


def test_a_changed_user_id() -> None:
    new = "LB.7700"
    for user_id in (new, {"previous": RAMI_ID, "current": new}):
        raw = message("system", from_user_id=RAMI_ID, system={"type": "user_changed_user_id", "user_id": user_id})
        update = read_one(body(change(messages=[raw])))
        assert isinstance(update, IdentityChanged)
        assert (update.previous, update.current) == (Party(phone=RAMI, bsuid=RAMI_ID), Party(phone=RAMI, bsuid=new))


def test_a_change_to_the_same_is_none() -> None:
    assert isinstance(read_one(system(type="user_changed_number", wa_id=RAMI)), Noted)
    assert isinstance(read_one(system(type="user_changed_number")), Noted)
    nobody = message("system", system={"type": "user_changed_number", "wa_id": LINA}, sender=None)
    assert isinstance(read_one(body(change(messages=[nobody]))), Noted)


def test_the_list_of_changed_user_ids() -> None:
    entry = {
        "wa_id": RAMI,
        "user_id": {"previous": RAMI_ID, "current": "LB.7700"},
        "parent_user_id": {"previous": "LB.ENT.1", "current": "LB.ENT.2"},
        "detail": "The id is new",
        "timestamp": AT,
    }
    update = read_one(body(change("user_id_update", contacts=[contact()], user_id_update=[entry])))
    assert isinstance(update, IdentityChanged)
    assert update.previous == Party(phone=RAMI, bsuid=RAMI_ID, parent_bsuid="LB.ENT.1", name="Rami Haddad")
    assert update.current == Party(phone=RAMI, bsuid="LB.7700", parent_bsuid="LB.ENT.2", name="Rami Haddad")
    assert update.update_id.startswith("hash_")
    for broken in ({"wa_id": RAMI}, {"user_id": {"current": "LB.7700"}}, {"wa_id": RAMI, "user_id": "none"}):
        assert isinstance(read_one(body(change("user_id_update", user_id_update=[broken]))), Unreadable)


def test_a_contact_of_another_change_is_not_believed() -> None:
    first, second = (
        change(contacts=[contact()], messages=[message()]),
        change(messages=[message(message_id="wamid.two")]),
    )
    named, unnamed = (plain(update) for update in read_envelope(body(first, second)))
    assert isinstance(named, MessageReceived)
    assert isinstance(unnamed, MessageReceived)
    assert (named.party.name, unnamed.party.name) == ("Rami Haddad", None)
