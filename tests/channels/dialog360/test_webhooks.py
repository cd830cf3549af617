"""Who may speak for 360dialog, and the three shapes in which it speaks."""

import json
from typing import Any

import pytest

from channels.bodies import AT, NUMBER_ID, RAMI, body, change, contact, message, status
from wasl.channels.adapter import Knock
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.providers.dialog360 import FORM, Dialog360
from wasl.domain.channels import Access
from wasl.domain.message import MessageStatus, MessageType, Origin
from wasl.domain.updates import MessageReceived, Noted, StatusReported, Unreadable, Update
from wasl.errors import UnreadableBody

ADAPTER = Dialog360(Exchange(), Downloads())


def access(**values: str) -> Access:
    defaults = {known.name: known.default for known in FORM.fields if known.default is not None}
    return Access("dialog360", NUMBER_ID, None, "https://waba.example", {**defaults, "api_key": "k", **values})


def knock(content: bytes = b"{}", /, **headers: str) -> Knock:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Knock("POST", "/webhooks/dialog360/k", "", raw, content)


def read(document: Any, at: Access | None = None) -> list[Update]:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(ADAPTER.read(knock(content), at or access()))


# -- proof -----------------------------------------------------------------------------------------------------------


def test_without_a_secret_the_unguessable_address_is_the_proof() -> None:
    assert ADAPTER.proves(knock(), access())


@pytest.mark.parametrize(
    ("headers", "believed"),
    [
        ({"x_wasl_secret": "olives"}, True),
        ({"x_wasl_secret": "olive"}, False),
        ({"x_wasl_secret": "olives "}, False),
        ({"x_wasl_secret": ""}, False),
        ({"x_other": "olives"}, False),
        ({}, False),
    ],
)
def test_with_a_secret_its_header_must_say_it(headers: dict[str, str], believed: bool) -> None:
    assert ADAPTER.proves(knock(b"{}", **headers), access(webhook_secret="olives")) is believed


def test_the_headers_name_may_be_written_as_people_do() -> None:
    named = access(webhook_secret="olives", webhook_header="X-From-360")
    assert ADAPTER.proves(knock(x_from_360="olives"), named)
    assert not ADAPTER.proves(knock(x_wasl_secret="olives"), named)


def test_nobody_asks_whether_the_address_is_ours() -> None:
    asked = Knock("GET", "/", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=", (), b"")
    assert ADAPTER.verify(asked, [""]) is None


def test_several_numbers_share_no_address() -> None:
    assert not FORM.app_level_url
    assert FORM.proof is None


# -- reading ---------------------------------------------------------------------------------------------------------


def test_metas_envelope_with_several_updates() -> None:
    updates = read(body(change(messages=[message(), message(message_id="wamid.two")], statuses=[status("read")])))
    assert [type(update).__name__ for update in updates] == ["MessageReceived", "MessageReceived", "StatusReported"]
    assert {update.phone_number_id for update in updates} == {NUMBER_ID}


def test_an_event_of_a_partners_holds_metas_value() -> None:
    past = {**message(text={"body": "from before"}), "history_context": {"status": "READ"}}
    value = change(history=[{"metadata": {"phase": 0}, "threads": [{"id": RAMI, "messages": [past]}]}])["value"]
    [update] = read({"id": "evt_1", "event": "history", "data": value})
    assert isinstance(update, MessageReceived)
    assert (update.origin, update.content.text, update.party.phone) == (Origin.HISTORY, "from before", RAMI)


def test_an_echo_of_a_partners_event_is_no_customers_message() -> None:
    echo = {"from": "15550100100", "to": RAMI, "id": "wamid.echo", "timestamp": str(AT), "type": "text"}
    value = change(message_echoes=[{**echo, "text": {"body": "from the phone"}}])["value"]
    [update] = read({"id": "evt_2", "event": "smb_message_echoes", "data": value})
    assert isinstance(update, MessageReceived)
    assert (update.origin, update.from_customer) == (Origin.ECHO, False)


def test_an_event_that_is_not_known_is_kept() -> None:
    [update] = read({"id": "evt_3", "event": "number_moved", "data": {"to": "elsewhere"}})
    assert isinstance(update, Noted)
    assert update.field == "number_moved"


def test_a_message_of_the_api_of_old() -> None:
    """Lists at top level, and no number: it came to the channel's own address."""
    [update] = read({"contacts": [contact()], "messages": [message(text={"body": "old but good"})]})
    assert isinstance(update, MessageReceived)
    assert (update.phone_number_id, update.content.text) == (NUMBER_ID, "old but good")
    assert (update.party.name, update.party.phone, update.origin) == ("Rami Haddad", RAMI, Origin.LIVE)


def test_a_voice_note_of_the_api_of_old_is_a_voice_note() -> None:
    [update] = read({"messages": [message("voice", voice={"id": "m-1", "mime_type": "audio/ogg; codecs=opus"})]})
    assert isinstance(update, MessageReceived)
    assert update.content.type is MessageType.VOICE
    assert update.content.media == {"id": "m-1", "mime_type": "audio/ogg; codecs=opus", "voice": True}


def test_statuses_of_the_api_of_old() -> None:
    errors = [{"code": 470, "title": "too late"}]
    updates = read({"statuses": [status("read"), status("failed", "wamid.two", errors=errors)]})
    assert [update.status for update in updates if isinstance(update, StatusReported)] == [
        MessageStatus.READ,
        MessageStatus.FAILED,
    ]
    assert {update.phone_number_id for update in updates} == {NUMBER_ID}


def test_a_broken_item_does_not_stop_its_neighbours() -> None:
    updates = read({"messages": [7, message()], "statuses": "none"})
    assert [type(update) for update in updates] == [Unreadable, MessageReceived, Unreadable]


def test_an_envelope_that_names_no_number_is_of_the_channel_at_whose_address_it_came() -> None:
    value = {"messaging_product": "whatsapp", "messages": [message()]}
    [update] = read(body({"field": "messages", "value": value}))
    assert update.phone_number_id == NUMBER_ID


def test_what_speaks_of_a_whole_business_account_is_nobodys() -> None:
    [update] = read(body({"field": "account_alerts", "value": {"alert": "x"}}))
    assert isinstance(update, Noted)
    assert update.phone_number_id is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"not json", b'{"event": 7, "data": {}}', b'{"entry": []}'])
def test_what_is_no_webhook_is_said_to_be_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read(content)


def test_what_was_kept_of_an_old_body_reads_the_same() -> None:
    [update] = read({"contacts": [contact()], "messages": [message()]})
    [again] = ADAPTER.read(Knock.kept(update.origin_json()), access())
    assert isinstance(update, MessageReceived)
    assert isinstance(again, MessageReceived)
    assert (again.message_id, again.party, again.content) == (update.message_id, update.party, update.content)
