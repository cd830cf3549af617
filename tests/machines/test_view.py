"""The torture kit's own screen: the same as the dashboard's on every recorded story, and it complains when it must."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from wasl.torture.view import Applied, View, digest_of_messages, digest_of_rows

Json = dict[str, Any]
TRIPLES = orjson.loads((Path(__file__).resolve().parents[1] / "fixtures" / "triples.json").read_bytes())


def fresh(operator_id: str, snapshot: Json) -> View:
    """A screen that has loaded everything that a snapshot holds."""
    view = View(operator_id)
    load(view, snapshot)
    return view


def load(view: View, snapshot: Json) -> None:
    assert view.load_list({"chats": snapshot["conversations"], "as_of": snapshot["cursor"]})
    for conversation_id, messages in snapshot["messages"].items():
        assert view.load_history(conversation_id, page_of(messages, snapshot["cursor"]))


def page_of(messages: list[Json], as_of: str, **more: Any) -> Json:
    return {"messages": messages, "has_more": False, "next_before": None, "as_of": as_of, **more}


def shows(view: View, snapshot: Json) -> bool:
    """Whether a screen shows exactly what a snapshot holds, field by field and by its digests."""
    assert view.list_digest() == digest_of_rows(snapshot["conversations"])
    assert all(view.digest(key) == digest_of_messages(held) for key, held in snapshot["messages"].items())
    assert view.findings == []
    shown = {key: view.messages(key) for key in snapshot["messages"]}
    return (view.conversations, shown, view.cursor) == (
        snapshot["conversations"],
        snapshot["messages"],
        snapshot["cursor"],
    )


@pytest.mark.parametrize("triple", TRIPLES, ids=lambda triple: triple["name"].replace(" ", "-"))
def test_old_screen_and_events_are_the_new_screen(triple: Json) -> None:
    for page_before in range(len(triple["events"]) + 2):
        view = fresh(triple["operator_id"], triple["state"])
        for place, event in enumerate(triple["events"]):
            if place == page_before:
                load(view, triple["expected"])
            assert view.apply(event["event"], event["data"]) in (Applied.APPLIED, Applied.DUPLICATE)
            assert view.apply(event["event"], event["data"]) is Applied.DUPLICATE
        if page_before == len(triple["events"]):
            load(view, triple["expected"])
        assert shows(view, triple["expected"])


def lively() -> tuple[View, Json, str]:
    """A screen with an opened conversation of three messages, the story that follows, and the conversation's id."""
    triple = next(triple for triple in TRIPLES if triple["name"] == "a lively minute")
    [conversation_id] = triple["state"]["messages"]
    return fresh(triple["operator_id"], triple["state"]), triple, conversation_id


def test_an_event_after_a_gap_changes_nothing_and_says_so() -> None:
    view, triple, opened = lively()
    before = (view.digest(opened), view.list_digest(), view.cursor)
    assert view.apply(triple["events"][1]["event"], triple["events"][1]["data"]) is Applied.GAP
    assert (view.digest(opened), view.list_digest(), view.cursor) == before


def test_what_is_told_in_passing_has_no_place() -> None:
    view, _, opened = lively()
    assert view.apply("typing", {"conversation_id": opened}) is Applied.PASSING


def test_resync_forgets_and_a_load_begins_again() -> None:
    view, triple, opened = lively()
    assert view.apply("resync", {"reason": "tag", "sequence": 3, "tag": "00000000"}) is Applied.RESYNC
    assert (view.cursor, view.conversations, view.messages(opened)) == (None, [], [])
    assert view.apply(triple["events"][0]["event"], triple["events"][0]["data"]) is Applied.GAP
    load(view, triple["expected"])
    assert shows(view, triple["expected"])


def test_a_page_from_before_the_beginning_is_refused() -> None:
    view, triple, opened = lively()
    view.apply(triple["events"][0]["event"], triple["events"][0]["data"])
    assert not view.load_history(opened, page_of([], "5-00000005"))
    assert not view.load_list({"chats": [], "as_of": "5-00000005"})


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"sequence": 7, "version": 7}, "moved or was told twice"),
        ({"clock": 1}, "moved or was told twice"),
        ({"message_id": "other", "sequence": 7, "version": 7}, "provider id a1 of 1_155501 is shown twice"),
    ],
)
def test_a_double_is_found(changes: Json, finding: str) -> None:
    view, _, opened = lively()
    message = {**view.messages(opened)[0], **changes}
    data = {"sequence": 7, "previous": 6, "tag": "00000007", "conversation_id": opened, "message": message}
    assert view.apply("new_message", data) is Applied.APPLIED
    assert finding in view.findings[0]


def test_a_double_by_the_clients_own_id_is_found_in_another_conversation_too() -> None:
    view, triple, opened = lively()
    other = next(row["conversation_id"] for row in view.conversations if row["conversation_id"] != opened)
    for place, home in enumerate((opened, other)):
        message = {
            **triple["state"]["messages"][opened][0],
            "message_id": f"msg_{place}",
            "metadata": {},
            "client_message_id": "once",
            "conversation_id": home,
            "sequence": 4 + place,
        }
        view.load_history(home, page_of([message], "6-00000006"))
    assert any("client_message_id once is shown twice" in finding for finding in view.findings)


@pytest.mark.parametrize(("before", "after", "bad"), [("read", "sent", True), ("sending", "queued", False)])
def test_a_status_that_goes_back_is_found(before: str, after: str, bad: bool) -> None:
    view, _, opened = lively()
    template = view.messages(opened)[0]
    for version, status in ((7, before), (8, after)):
        message = {**template, "status": status, "version": version}
        data = {"sequence": version, "previous": version - 1, "tag": "0", "conversation_id": opened}
        view.apply("message_updated", {**data, "message": message})
    assert bool(view.findings) == bad


def test_pages_out_of_order_are_found() -> None:
    view, triple, opened = lively()
    view.load_list({"chats": triple["state"]["conversations"][::-1], "as_of": "6-00000006"})
    view.load_history(opened, page_of(triple["state"]["messages"][opened][::-1], "6-00000006"))
    assert [finding.rpartition(":")[0].partition(" is ")[2] for finding in view.findings] == ["out of order"] * 2
