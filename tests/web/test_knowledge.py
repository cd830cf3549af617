"""What an account knows, as its people write, find, change and archive it."""

import json
from typing import Any

import httpx2
import pytest

from arrivals import BISAN, DIMA
from assistants import UNSURE, Machine
from wasl.web import knowledge_schemas as schemas
from wasl.web.schemas import Failure, InvalidRequest
from web.conftest import Office
from web.test_live_chat import API, fits

pytestmark = pytest.mark.anyio
ENTRIES, UNANSWERED = f"{API}/knowledge/entries", f"{API}/knowledge/unanswered"
OPENING = {
    "question": "When are you open?",
    "answers": {"en": "From nine to six.", "ar": "من التاسعة إلى السادسة."},
    "phrasings": ["opening hours", "متى تفتحون؟"],
    "topic": "hours",
}
PARKING = {"question": "Where can I park?", "answers": {"en": "Behind the house."}}


async def add(who: httpx2.AsyncClient, told: dict[str, Any]) -> dict[str, Any]:
    return dict(fits(await who.post(ENTRIES, json=told), schemas.OneEntry)["entry"])


async def page(who: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    return dict(fits(await who.get(ENTRIES, params=query), schemas.Entries))


def questions(found: dict[str, Any]) -> list[str]:
    return [entry["question"] for entry in found["entries"]]


def machine(office: Office) -> Machine:
    return Machine(office.parts.journal, office.parts.database, office.cast)


async def test_an_operator_writes_finds_and_changes_an_entry(office: Office) -> None:
    entry = await add(office.omar, OPENING)
    omar, rana = str(office.cast.omar.id), str(office.cast.rana.id)
    assert {name: entry[name] for name in OPENING} == OPENING
    assert (entry["created_by"], entry["created_by_name"], entry["origin"], entry["document"]) == (
        omar,
        "Omar",
        "written",
        None,
    )
    await add(office.rana, PARKING)
    found = await page(office.rana)
    assert (questions(found), found["total"], found["topics"]) == (
        ["Where can I park?", "When are you open?"],
        2,
        ["hours"],
    )
    for query in ({"search": "OPENING"}, {"search": "تفتحون"}, {"topic": "hours"}):
        assert questions(await page(office.rana, **query)) == ["When are you open?"]
    address = f"{ENTRIES}/{entry['entry_id']}"
    told = {**OPENING, "answers": {"en": "From ten."}, "version": entry["version"]}
    changed = fits(await office.rana.put(address, json=told), schemas.OneEntry)["entry"]
    assert (changed["answers"], changed["updated_by_name"]) == ({"en": "From ten."}, "Rana")
    assert fits(await office.omar.put(address, json=told), schemas.OneEntry)["entry"] == changed  # It is so already.
    told = {**told, "answers": {"en": "From eleven."}}
    refused = fits(await office.omar.put(address, json=told), schemas.NewerEntry, 409)
    assert (refused["code"], refused["entry"]) == ("newer_version", changed)
    history = fits(await office.omar.get(f"{address}/changes"), schemas.EntryChanges)["changes"]
    assert [(one["operator_id"], one["operator_name"]) for one in history] == [(rana, "Rana"), (omar, "Omar")]
    assert history[1]["entry"] == {**OPENING, "archived": False}


async def test_an_entry_is_archived_and_comes_back(office: Office) -> None:
    entry = await add(office.omar, OPENING)
    address = f"{ENTRIES}/{entry['entry_id']}"
    for _ in range(2):
        gone = fits(await office.omar.delete(address), schemas.OneEntry)["entry"]
        assert gone["archived"]
    assert questions(await page(office.omar)) == []
    assert questions(await page(office.omar, archived=True)) == ["When are you open?"]
    told = {**OPENING, "version": gone["version"]}
    back = fits(await office.omar.put(address, json=told), schemas.OneEntry)["entry"]
    assert not back["archived"]
    told = {**told, "version": back["version"], "archived": True}
    assert fits(await office.omar.put(address, json=told), schemas.OneEntry)["entry"]["archived"]


async def test_pages_follow_one_another(office: Office) -> None:
    for number in range(5):
        await add(office.omar, {**PARKING, "question": f"Question {number}?"})
    first = await page(office.omar, limit=3)
    rest = await page(office.omar, limit=3, cursor=first["next_cursor"])
    assert questions(first) + questions(rest) == [f"Question {number}?" for number in (4, 3, 2, 1, 0)]
    assert (rest["next_cursor"], rest["total"]) == (None, 5)


async def test_what_is_written_is_brought_into_order(office: Office) -> None:
    told = {
        "question": "  When\nare   you open? ",
        "answers": {"en": " \n From nine\nto six. \n"},
        "phrasings": ["hours ", "hours", "When are you open?"],
        "topic": " opening  hours ",
        "unknown": {"is": "ignored"},
    }
    entry = await add(office.omar, told)
    assert (entry["question"], entry["answers"], entry["phrasings"], entry["topic"]) == (
        "When are you open?",
        {"en": "From nine\nto six."},
        ["hours"],
        "opening hours",
    )


async def test_another_account_neither_sees_nor_changes_it(office: Office) -> None:
    entry = await add(office.omar, OPENING)
    await machine(office).answers("a1", "Do you sell cars?", UNSURE)
    address = f"{ENTRIES}/{entry['entry_id']}"
    [group] = fits(await office.omar.get(UNANSWERED), schemas.Unanswered)["groups"]
    for answer in (
        await office.clara.put(address, json={**OPENING, "version": entry["version"]}),
        await office.clara.delete(address),
        await office.clara.get(f"{address}/changes"),
        await office.clara.post(f"{UNANSWERED}/{group['group_id']}/dismiss"),
        await office.clara.post(ENTRIES, json={**PARKING, "answers_group": group["group_id"]}),
    ):
        assert fits(answer, Failure, 404)["code"] == "not_found"
    theirs = await page(office.clara)
    assert (theirs["entries"], theirs["total"], theirs["topics"]) == ([], 0, [])
    assert fits(await office.clara.get(UNANSWERED), schemas.Unanswered)["groups"] == []
    assert questions(await page(office.omar)) == ["When are you open?"]


async def test_what_was_asked_in_vain_is_grouped_and_answered(office: Office) -> None:
    olive = machine(office)
    await olive.answers("a1", "Do you sell gift cards?", UNSURE)
    await olive.answers("b1", "any gift cards", UNSURE, party=BISAN)
    await olive.answers("d1", "boats?", UNSURE, party=DIMA)
    groups = fits(await office.omar.get(UNANSWERED), schemas.Unanswered)["groups"]
    assert [(group["question"], group["count"], group["nearest"]) for group in groups] == [
        ("Do you sell gift cards?", 2, []),
        ("boats?", 1, []),
    ]
    assert [example["question"] for example in groups[0]["examples"]] == ["any gift cards", "Do you sell gift cards?"]
    chats = {chat["conversation_id"]: chat["user_id"] for chat in await office.chats()}
    for example in groups[0]["examples"]:
        assert chats[example["conversation_id"]] == example["user_id"]
    await add(office.omar, {**PARKING, "question": "Gift cards?", "answers_group": groups[0]["group_id"]})
    told = {**PARKING, "answers_group": groups[0]["group_id"]}
    assert fits(await office.omar.post(ENTRIES, json=told), Failure, 409)["code"] == "group_settled"
    dismiss = f"{UNANSWERED}/{groups[1]['group_id']}/dismiss"
    assert fits(await office.omar.post(dismiss), schemas.Dismissed)["group_id"] == groups[1]["group_id"]
    assert fits(await office.omar.post(dismiss), schemas.Dismissed)["group_id"] == groups[1]["group_id"]
    answered = f"{UNANSWERED}/{groups[0]['group_id']}/dismiss"
    assert fits(await office.omar.post(answered), Failure, 409)["code"] == "group_settled"
    assert fits(await office.omar.get(UNANSWERED), schemas.Unanswered)["groups"] == []
    assert questions(await page(office.omar)) == ["Gift cards?"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("question", ""), ("question", " \n"), ("question", "x" * 501), ("question", None), ("question", 5),
        ("question", "a\x00"), ("question", "a\ud800"),
        ("answers", {}), ("answers", None), ("answers", "text"), ("answers", {"en": ""}), ("answers", {"en": " "}),
        ("answers", {"en": "x" * 4_001}), ("answers", {"english": "x"}), ("answers", {"EN": "x"}),
        ("answers", {f"a{chr(97 + n)}": "x" for n in range(11)}), ("answers", {"en": "a\ud800"}),
        ("phrasings", ["x"] * 51), ("phrasings", [""]), ("phrasings", ["x" * 501]), ("phrasings", "x"),
        ("topic", ""), ("topic", "x" * 61), ("topic", 5), ("answers_group", 5), ("answers_group", ""),
        ("version", -1), ("version", "x"), ("version", None), ("archived", "perhaps"),
    ],
)  # fmt: skip
async def test_entries_that_are_none(office: Office, name: str, value: Any) -> None:
    entry = await add(office.omar, OPENING)
    content = json.dumps({**OPENING, "version": entry["version"], name: value}).encode("ascii")
    as_json = {"Content-Type": "application/json"}
    if name not in ("version", "archived"):
        refused = fits(await office.omar.post(ENTRIES, content=content, headers=as_json), InvalidRequest, 422)
        assert refused["fields"][0]["field"].startswith(name)
    if name != "answers_group":
        answer = await office.omar.put(f"{ENTRIES}/{entry['entry_id']}", content=content, headers=as_json)
        assert fits(answer, InvalidRequest, 422)["fields"][0]["field"].startswith(name)
    assert (await page(office.omar))["entries"] == [entry]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_ids_of_nothing(office: Office) -> None:
    for number in ("0", "999", "x", "-1", "1.5", "9" * 30, "٣", "1%20", "%ED%A0%80"):
        address = f"{ENTRIES}/{number}"
        for answer in (
            await office.omar.put(address, json={**OPENING, "version": 1}),
            await office.omar.delete(address),
            await office.omar.get(f"{address}/changes"),
            await office.omar.post(f"{UNANSWERED}/{number}/dismiss"),
        ):
            assert fits(answer, Failure, 404)["code"] == "not_found"
    fits(await office.omar.get(f"{ENTRIES}/{'9' * 600}/changes"), InvalidRequest, 422)
    refused = await office.omar.post(ENTRIES, json={**OPENING, "answers_group": "x"})
    assert fits(refused, Failure, 404)["code"] == "not_found"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "invalid_request"), ("limit=101", "invalid_request"), ("limit=x", "invalid_request"),
        ("archived=perhaps", "invalid_request"), ("passages=x", "invalid_request"),
        ("search=" + "x" * 101, "invalid_request"),
        ("topic=" + "x" * 61, "invalid_request"), ("cursor=x", "bad_cursor"), ("cursor=0", "bad_cursor"),
        ("cursor=-5", "bad_cursor"), ("cursor=" + "9" * 39, "bad_cursor"), ("cursor=" + "9" * 50, "invalid_request"),
        ("search=%00", "invalid_request"),
    ],
)  # fmt: skip
async def test_absurd_parameters(office: Office, query: str, code: str) -> None:
    assert fits(await office.omar.get(f"{ENTRIES}?{query}"), InvalidRequest, 422)["code"] == code


async def test_strange_searches_find_nothing_and_break_nothing(office: Office) -> None:
    await add(office.omar, OPENING)
    for query in (
        "search=%ED%A0%80",
        "search=%FF%FE",
        "search=%22%27%3B--",
        "search=%25_%5C",
        "topic=%27",
        "topic=%ED",
    ):
        assert questions(fits(await office.omar.get(f"{ENTRIES}?{query}"), schemas.Entries)) == []
    for query in ("document_id=x", "document_id=-1", "document_id=%D9%A3"):
        fits(await office.omar.get(f"{ENTRIES}?{query}"), Failure, 404)
    assert questions(await page(office.omar, document_id="7")) == []
