"""The body as a whole: batches, unknown fields, broken neighbours, and what is no webhook at all."""

import json
from typing import Any

import pytest

from channels.bodies import METADATA, NUMBER_ID, RAMI, body, change, contact, envelope, message, plain, read_one, status
from wasl.channels.envelope import read_envelope
from wasl.channels.json_body import read_json, write_json
from wasl.channels.limits import JSON_DEPTH_MAX
from wasl.domain.updates import MessageReceived, Noted, StatusReported, Unreadable
from wasl.errors import UnreadableBody
from wasl.limits import WEBHOOK_BODY_BYTES_MAX


def kinds(raw: bytes) -> list[type]:
    return [type(update) for update in read_envelope(raw)]


def test_a_batch_over_entries_and_changes_that_mixes_everything() -> None:
    raw = envelope(
        {
            "id": "1",
            "changes": [change(messages=[message(), message("reaction")], statuses=[status(), status("deleted")])],
        },
        {
            "id": "2",
            "changes": [change("account_alerts", alert="x"), change(messages=[message(message_id="wamid.two")])],
        },
    )
    assert kinds(raw) == [MessageReceived, Unreadable, StatusReported, Noted, Noted, MessageReceived]


def test_the_same_body_twice_says_the_same() -> None:
    raw = body(change(messages=[message(), message()]))
    first, second = (plain(update) for update in read_envelope(raw))
    assert first == second
    assert [plain(update) for update in read_envelope(raw)] == [first, second]


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (change("template_category_update", event="X"), Noted),
        ({"field": "security", "value": "text"}, Noted),
        ({"value": {"event": "PARTNER", "field": "account_update"}}, Noted),
        ({}, Noted),
        ({"field": "messages"}, Unreadable),
        ({"field": "messages", "value": []}, Unreadable),
        (change(), Noted),
        (change(messages=[]), Noted),
        (change(messages=["text"]), Unreadable),
        (change(statuses=[None]), Unreadable),
        (change(calls=7), Unreadable),
        (change(errors=[[]]), Unreadable),
        (change(state_sync=[1]), Unreadable),
        (change(user_id_update=[1]), Unreadable),
        ("change", Unreadable),
        (None, Unreadable),
    ],
)
def test_broken_and_unknown_changes_leave_their_neighbours_alone(broken: Any, kind: type) -> None:
    assert kinds(body(change(messages=[message()]), broken, change(statuses=[status()]))) == [
        MessageReceived,
        kind,
        StatusReported,
    ]
    read_one(body(broken))


def test_the_field_and_number_of_what_is_kept() -> None:
    noted = read_one(body(change("flows", event="X")))
    assert noted == Noted(NUMBER_ID, "flows", noted.origin_json)
    misplaced = read_one(body({"value": {"field": "account_update"}}))
    assert misplaced == Noted(None, "account_update", misplaced.origin_json)


@pytest.mark.parametrize("entry", [{}, {"id": "1"}, {"changes": []}, {"changes": None}, "entry", 5])
def test_an_entry_without_changes_is_kept(entry: Any) -> None:
    assert isinstance(read_one(envelope(entry)), Unreadable)


def test_an_unknown_list_beside_known_ones_is_kept() -> None:
    raw = body(change(messages=[message()], message_polls=[{"votes": 3}]))
    received, rest = read_envelope(raw)
    assert isinstance(received, MessageReceived)
    assert isinstance(rest, Noted)
    assert json.loads(rest.origin_json())["entry"][0]["changes"][0]["value"]["message_polls"] == [{"votes": 3}]


def test_objects_and_lists_written_as_strings() -> None:
    value = json.dumps({"metadata": json.dumps(METADATA), "messages": json.dumps([json.dumps(message())])})
    update = read_one(body({"field": "messages", "value": value}))
    assert isinstance(update, MessageReceived)
    assert (update.phone_number_id, update.content.text) == (NUMBER_ID, "kifak")


def test_lone_objects_where_lists_belong() -> None:
    raw = {"entry": {"changes": {"field": "messages", "value": {"contacts": contact(), "messages": message()}}}}
    update = read_one(json.dumps(raw).encode())
    assert isinstance(update, MessageReceived)
    assert update.party.name == "Rami Haddad"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"entry": []}',
        b'{"entry": null}',
        b'{"messages": [{}]}',
        b'{"entry": [',
        b"[" * 100_000,
        b'{"entry":' * 100_000,
        b"\xff\xfe\x00",
        b'{"a": ' + b"1" * 5000 + b"}",
    ],
)
def test_what_is_no_webhook(raw: bytes) -> None:
    with pytest.raises(UnreadableBody):
        read_envelope(raw)


def test_a_body_may_nest_as_deeply_as_the_limit_and_no_deeper() -> None:
    def nested(levels: int) -> bytes:
        return b'{"entry":' + b"[" * levels + b"]" * levels + b"}"

    assert isinstance(read_one(nested(JSON_DEPTH_MAX - 1)), Unreadable)
    with pytest.raises(UnreadableBody, match="deeper"):
        read_envelope(nested(JSON_DEPTH_MAX))


def test_the_largest_body_is_read_whole() -> None:
    messages = [message(message_id=f"wamid.{number}", text={"body": "x" * 2900}) for number in range(1000)]
    raw = body(change(contacts=[contact()], messages=messages))
    assert len(raw) > WEBHOOK_BODY_BYTES_MAX * 0.95
    assert len(read_envelope(raw)) == 1000


def test_a_batch_of_many_customers_gives_each_their_own_name() -> None:
    people = [(f"96170{number:06d}", f"Person {number}") for number in range(1000)]
    messages = [message(message_id=f"wamid.{phone}", sender=phone) for phone, _ in people]
    updates = read_envelope(body(change(contacts=[contact(*person) for person in reversed(people)], messages=messages)))
    found = [(update.party.phone, update.party.name) for update in updates if isinstance(update, MessageReceived)]
    assert found == people
    # What is kept of one holds that one's contact and not the other thousand.
    assert len(updates[0].origin_json()) < 1000


@pytest.mark.parametrize(
    ("found", "read"),
    [
        (rb"a\u0000b", "a\ufffdb"),
        (rb"a\ud83d", "a\ufffd"),
        (rb"\udc00\ud83d\ude00", "\ufffd😀"),
        (b"caf\xe9", "caf\ufffd"),
        (b"a\nb", "a\nb"),
        (b"a\x00b", "a\ufffdb"),
        (rb"C:\\u0000", r"C:\u0000"),
        ("مرحبا".encode(), "مرحبا"),
    ],
)
def test_characters_that_cannot_be_stored(found: bytes, read: str) -> None:
    raw = body(change(messages=[message(text={"body": "HERE"})])).replace(b"HERE", found)
    update = read_one(raw)
    assert isinstance(update, MessageReceived)
    assert update.content.text == read


def test_a_form_hides_no_such_character_either() -> None:
    form = {"type": "nfm_reply", "nfm_reply": {"response_json": '{"a\\u0000": "\\ud800"}'}}
    update = read_one(body(change(messages=[message("interactive", interactive=form)])))
    assert isinstance(update, MessageReceived)
    assert update.content.details["response"] == {"a\ufffd": "\ufffd"}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        (b"[NaN, Infinity, 1e999]", [None, None, "1e999"]),
        (b"[NaN, 123456789012345678901234567890]", [None, "123456789012345678901234567890"]),
        ("[1]".encode("utf-16"), [1]),
        (b'{"a\\u0000": ["\\u0000", 1.5, null]}', {"a\ufffd": ["\ufffd", 1.5, None]}),
    ],
)
def test_json_that_only_just_is_json(raw: bytes, value: Any) -> None:
    assert read_json(raw) == value
    assert json.loads(write_json(value)) == value


def test_ids_that_lost_their_digits_are_not_trusted() -> None:
    raw = body(change(messages=[message(text={"body": "one"}), message(text={"body": "two"})]))
    raw = raw.replace(b'"wamid.one"', b"123456789012345678901234567890")
    ids = {update.message_id for update in read_envelope(raw) if isinstance(update, MessageReceived)}
    assert len(ids) == 2


def test_the_kept_body_names_its_entry_and_number() -> None:
    update = read_one(body(change(contacts=[contact()], messages=[message()]), time=99))
    kept = json.loads(update.origin_json())
    (entry,) = kept["entry"]
    assert (kept["object"], entry["id"], entry["time"]) == ("whatsapp_business_account", "700100", 99)
    assert entry["changes"][0]["value"]["metadata"] == METADATA
    assert entry["changes"][0]["value"]["contacts"] == [contact(RAMI)]
