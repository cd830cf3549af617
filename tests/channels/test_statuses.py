"""Delivery reports and calls."""

from typing import Any

import pytest

from channels.bodies import AT, BUSINESS, LINA, NUMBER_ID, RAMI, body, change, contact, message, read_one, status
from wasl.channels.envelope import read_envelope
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus, MessageType
from wasl.domain.updates import MessageReceived, Noted, StatusReported, Unreadable


def read_status(raw: dict[str, Any]) -> StatusReported:
    update = read_one(body(change(contacts=[contact()], statuses=[raw])))
    assert isinstance(update, StatusReported)
    return update


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("sent", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("read", MessageStatus.READ),
        ("played", MessageStatus.READ),
        ("failed", MessageStatus.FAILED),
    ],
)
def test_the_words_of_delivery(word: str, expected: MessageStatus) -> None:
    update = read_status(status(word, biz_opaque_callback_data="m:abc:1"))
    assert (update.phone_number_id, update.provider_message_id, update.status) == (NUMBER_ID, "wamid.ours", expected)
    assert (update.timestamp_seconds, update.callback_data) == (AT, "m:abc:1")
    assert (update.error_code, update.error_message) == (None, None)


@pytest.mark.parametrize(
    ("errors", "code", "sentence"),
    [
        (
            [{"code": 131047, "title": "Re-engagement"}],
            "131047",
            "The customer last wrote more than 24 hours ago. Only a template message can be sent now.",
        ),
        (
            [{"code": "131026", "error_data": {"details": "Not on WhatsApp"}}],
            "131026",
            "The customer is not on WhatsApp, or uses a version that is too old. WhatsApp says: Not on WhatsApp",
        ),
        ({"code": 999999, "message": "New trouble"}, "999999", "New trouble"),
        ([None, {"title": "No code"}], None, "No code"),
        ([{"code": "9" * 40}], "9" * 40, None),
        ("broken", None, None),
        ([], None, None),
    ],
)
def test_why_a_message_failed(errors: Any, code: str | None, sentence: str | None) -> None:
    update = read_status(status("failed", errors=errors))
    assert (update.error_code, update.error_message) == (code, sentence)


@pytest.mark.parametrize("user_id", ["null", "0", "undefined"])
def test_what_is_no_id_names_nobody_beside_a_number(user_id: str) -> None:
    assert read_status(status(recipient_user_id=user_id)).recipient == Party(phone=RAMI, name="Rami Haddad")


def test_a_group_reports_each_participant() -> None:
    reports = [
        status("read", recipient_id="G-77", recipient_type="group", recipient_participant_id=who)
        for who in (RAMI, LINA)
    ]
    updates = read_envelope(body(change(statuses=reports)))
    assert [type(update) for update in updates] == [StatusReported, StatusReported]


@pytest.mark.parametrize("word", ["deleted", "warning", "teleported", None, 5, ["sent"], "SENT"])
def test_unknown_words_are_kept_and_change_nothing(word: Any) -> None:
    assert isinstance(read_one(body(change(statuses=[status(word)]))), Noted)


def test_a_status_of_no_message_is_kept_for_later() -> None:
    assert isinstance(read_one(body(change(statuses=[status(id=None)]))), Unreadable)


def call(event: str = "connect", **more: Any) -> dict[str, Any]:
    session = {"sdp_type": "offer", "sdp": "v=0"}
    return {"id": "wacid.one", "event": event, "from": RAMI, "to": BUSINESS, "timestamp": AT, "session": session} | more


@pytest.mark.parametrize("direction", ["USER_INITIATED", None])
def test_a_customers_call_is_seen(direction: str | None) -> None:
    update = read_one(body(change("calls", contacts=[contact()], calls=[call(direction=direction)])))
    assert isinstance(update, MessageReceived)
    assert (update.message_id, update.party) == ("wacid.one", Party(phone=RAMI, name="Rami Haddad"))
    assert (update.content.type, update.content.text) == (MessageType.UNSUPPORTED, "Voice call")
    assert "session" not in update.content.details["raw"]


@pytest.mark.parametrize(
    "raw",
    [
        call("terminate", direction="USER_INITIATED"),
        call(direction="BUSINESS_INITIATED"),
        call(**{"from": BUSINESS, "to": RAMI}),
        {},
    ],
)
def test_the_rest_of_a_call_is_kept(raw: dict[str, Any]) -> None:
    assert isinstance(read_one(body(change("calls", calls=[raw]))), Noted)


@pytest.mark.parametrize("field", ["calls", "messages"])
def test_a_ringing_phone_is_no_delivery(field: str) -> None:
    assert isinstance(read_one(body(change(field, statuses=[status("RINGING", type="call")]))), Noted)
    assert isinstance(read_one(body(change("calls", statuses=[status("read")]))), Noted)


def test_errors_beside_messages_are_kept() -> None:
    updates = read_envelope(body(change(errors=[{"code": 131000}], messages=[message()])))
    assert [type(update) for update in updates] == [Noted, MessageReceived]
