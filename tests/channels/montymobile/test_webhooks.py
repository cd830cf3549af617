"""Who may speak for MontyMobile, in each mode that a channel can be set to, and what it says."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from channels.bodies import NUMBER_ID, RAMI, body, change, contact, message, status
from wasl.channels.adapter import Knock
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.providers.montymobile import FORM, MontyMobile
from wasl.domain.channels import Access, FilesBy, Ticks
from wasl.domain.identity import Party
from wasl.domain.updates import MessageReceived, StatusReported, Update
from wasl.errors import UnreadableBody

ADAPTER = MontyMobile(Exchange(), Downloads())
BODY = b'{"entry": [{"id": "1"}]}'


def access(**values: str) -> Access:
    defaults = {known.name: known.default for known in FORM.fields if known.default is not None}
    told = {"api_key": "k", "tenant": "t", "webhook_token": "olives"}
    return Access("montymobile", NUMBER_ID, "+961 1 000 100", "https://monty.example", {**defaults, **told, **values})


def knock(content: bytes = BODY, query: str = "", /, **headers: str) -> Knock:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Knock("POST", "/webhooks/montymobile/k", query, raw, content)


def read(content: bytes) -> list[Update]:
    return list(ADAPTER.read(knock(content), access()))


def signed(content: bytes = BODY, key: bytes = b"cedar") -> str:
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


# -- proof -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "believed"),
    [
        ({"x_webhook_token": "olives"}, True),
        ({"x_webhook_token": "olives", "x_signature": "of-a-rule-that-nobody-knows"}, True),
        ({"x_webhook_token": "olive"}, False),
        ({"x_webhook_token": ""}, False),
        ({"x_signature": signed()}, False),
        ({}, False),
    ],
)
def test_the_static_token_is_the_proof(headers: dict[str, str], believed: bool) -> None:
    assert ADAPTER.proves(knock(BODY, "", **headers), access()) is believed


def test_the_tokens_header_is_a_setting_written_in_any_case() -> None:
    named = access(token_header="X-Monty-Token")
    assert ADAPTER.proves(knock(x_monty_token="olives"), named)
    assert not ADAPTER.proves(knock(x_webhook_token="olives"), named)


@pytest.mark.parametrize(
    ("headers", "believed"),
    [
        ({"x_signature": signed()}, True),
        ({"x_signature": signed(BODY + b" ")}, False),
        ({"x_signature": signed(key=b"another")}, False),
        ({"x_signature": signed(key=b"")}, False),
        ({"x_signature": ""}, False),
        ({"x_webhook_token": "olives"}, False),
    ],
)
def test_a_signature_over_the_raw_bytes_can_be_tried(headers: dict[str, str], believed: bool) -> None:
    assert (
        ADAPTER.proves(knock(BODY, "", **headers), access(signature_mode="hmac-sha256-base64", signature_key="cedar"))
        is believed
    )


def test_a_signature_without_a_key_proves_nothing() -> None:
    keyless = access(signature_mode="hmac-sha256-base64")
    assert not ADAPTER.proves(knock(x_signature=signed(key=b"")), keyless)


def test_without_any_proof_the_unguessable_address_is_one() -> None:
    assert ADAPTER.proves(knock(), access(signature_mode="none"))
    assert not FORM.app_level_url


@pytest.mark.parametrize(("word", "answer"), [("ours", "1158"), ("theirs", None), ("", None)])
def test_a_question_with_get_is_answered_as_metas_is_if_a_word_was_set(word: str, answer: str | None) -> None:
    asked = knock(b"", f"hub.mode=subscribe&hub.challenge=1158&hub.verify_token={word}")
    assert ADAPTER.verify(asked, ["ours"]) == answer
    assert ADAPTER.verify(asked, [""]) is None


# -- reading ---------------------------------------------------------------------------------------------------------


def test_a_customers_text() -> None:
    [update] = read(body(change(contacts=[contact()], messages=[message(text={"body": "marhaba"})])))
    assert isinstance(update, MessageReceived)
    assert (update.content.text, update.party.phone, update.party.name) == ("marhaba", RAMI, "Rami Haddad")


def test_who_wrote_is_believed_of_the_message_and_not_of_the_contact() -> None:
    """Seen there: `contacts[0].wa_id` names somebody else."""
    [update] = read(body(change(contacts=[contact("9611000100", "Somebody")], messages=[message()])))
    assert isinstance(update, MessageReceived)
    assert (update.party.phone, update.party.name) == (RAMI, None)


def test_a_message_without_an_id_is_known_by_what_it_says() -> None:
    nameless = {key: value for key, value in message().items() if key != "id"}
    first, second = read(body(change(messages=[nameless])))[0], read(body(change(messages=[nameless])))[0]
    assert isinstance(first, MessageReceived)
    assert isinstance(second, MessageReceived)
    assert first.message_id.startswith("hash_")
    assert first.message_id == second.message_id


def test_a_status_carries_its_customer_because_it_calls_the_message_otherwise_than_the_send_was_answered() -> None:
    old = {"conversation": {"id": "c1", "origin": {"type": "utility"}}, "pricing": {"pricing_model": "PMP"}}
    [update] = read(body(change(statuses=[status("delivered", "wamid.theirs", **old)])))
    assert isinstance(update, StatusReported)
    assert (update.provider_message_id, update.joined_by) == ("wamid.theirs", Party(phone=RAMI))


@pytest.mark.parametrize("recipient", [None, "", "LB.4400112233", {"a": 1}])
def test_a_status_that_names_no_number_is_joined_to_nothing(recipient: Any) -> None:
    [update] = read(body(change(statuses=[status(recipient_id=recipient)])))
    assert isinstance(update, StatusReported)
    assert update.joined_by is None


def test_what_was_kept_of_a_status_reads_the_same() -> None:
    [update] = read(body(change(statuses=[status()])))
    [again] = ADAPTER.read(Knock.kept(update.origin_json()), access())
    assert isinstance(again, StatusReported)
    assert again.joined_by == Party(phone=RAMI)


def test_a_body_that_names_no_number_is_of_the_channel_at_whose_address_it_came() -> None:
    value = {"messages": [message()], "statuses": [status()]}
    updates = read(json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode())
    assert [update.phone_number_id for update in updates] == [NUMBER_ID, NUMBER_ID]


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"Destination": "9613000001"}'])
def test_what_is_no_webhook_is_said_to_be_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read(content)


# -- what it can do --------------------------------------------------------------------------------------------------


def test_only_what_was_seen_to_work_is_on() -> None:
    can = FORM.capabilities.as_json()
    assert can["kinds"] == ["document", "image", "template", "text"]
    assert (can["quotes"], can["reactions"], can["read_receipts"], can["typing"]) == (False, False, False, False)
    assert (can["interactive"], can["template_list"], can["settles_lost_answers"]) == ([], False, False)
    assert (FORM.capabilities.ticks, FORM.capabilities.files_by) == (Ticks.BEST_EFFORT, FilesBy.LINK)


def test_what_nobody_has_seen_can_be_switched_on() -> None:
    can = FORM.capabilities.switched(FORM.capabilities.switchable)
    assert {"audio", "voice", "video", "sticker", "location", "contacts", "interactive"} <= set(can.kinds)
    assert can.quotes
    assert can.reactions
    assert can.read_receipts
    assert can.typing
    assert can.interactive == {"button", "list", "cta_url"}
    assert set(can.files) >= {kind for kind in can.kinds if kind in ("audio", "voice", "video", "sticker")}
