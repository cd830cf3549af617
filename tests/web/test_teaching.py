"""Teaching at a message: its answer is opened, judged, corrected, and every screen sees it."""

import json
from typing import Any

import httpx2
import pytest

from arrivals import BISAN
from assistants import SHADOW, UNSURE, Machine, Seen, reply_from
from wasl.store.knowledge import Wording
from wasl.web import knowledge_schemas as schemas
from wasl.web import schemas as live_schemas
from wasl.web.schemas import Failure, InvalidRequest
from web.conftest import Office
from web.test_knowledge import OPENING, add
from web.test_live_chat import API, fits

pytestmark = pytest.mark.anyio
OPEN, JUDGE, CORRECT = f"{API}/faq-match-context", f"{API}/answer-feedback", f"{API}/edit-message"
SAID = Wording(str(OPENING["question"]), {"en": "From nine to six."}, (), "hours")


def machine(office: Office) -> Machine:
    return Machine(office.parts.journal, office.parts.database, office.cast)


async def replied(office: Office) -> tuple[Seen, dict[str, Any]]:
    """A reply of the assistant, and the entry that it stands on."""
    entry = await add(office.rana, OPENING)
    return await machine(office).answers("a1", "opening times??", reply_from(int(entry["entry_id"]), SAID)), entry


async def opened(who: httpx2.AsyncClient, seen: Seen) -> dict[str, Any]:
    return dict(fits(await who.get(OPEN, params=seen.place), schemas.Opened))


async def message(office: Office, seen: Seen) -> dict[str, Any]:
    """The message as a screen that loads it now shows it."""
    address = f"{API}/conversation/{seen.user_id}/{seen.conversation_id}"
    found = fits(await office.omar.get(address), live_schemas.History)["messages"]
    return dict(next(one for one in found if one["message_id"] == seen.message_id))


async def test_an_answer_is_opened_by_its_message(office: Office) -> None:
    seen, entry = await replied(office)
    found = await opened(office.omar, seen)
    assert (found["message_id"], found["outcome"], found["question"], found["reply"]) == (
        seen.message_id,
        "replied",
        "opening times??",
        "From nine to six.",
    )
    [source] = found["sources"]
    assert (source["entry"], source["answer"], source["score"]) == (entry, "From nine to six.", 91)


async def test_a_verdict_is_seen_on_every_screen(office: Office) -> None:
    seen, _ = await replied(office)
    after = (await office.rana.get(f"{API}/unified-chats")).json()["as_of"]
    for verdict in ("up", "down", None):
        done = fits(await office.omar.post(JUDGE, json={**seen.place, "verdict": verdict}), schemas.Judged)
        assert (done["message_id"], done["verdict"]) == (seen.message_id, verdict)
        assert (await message(office, seen))["metadata"]["assistant"]["verdict"] == verdict
        assert (await opened(office.rana, seen))["verdict"] == verdict
    polled = await office.rana.get(f"{API}/events/poll", params={"after": after, "wait": 0})
    told = [event["data"] for event in polled.json()["events"] if event["data"].get("changed") == "teaching"]
    assert [one["message"]["metadata"]["assistant"]["verdict"] for one in told] == ["up", "down", None]


async def test_the_entry_that_was_said_is_changed(office: Office) -> None:
    seen, entry = await replied(office)
    told = {**seen.named, "action": "entry", "entry_id": entry["entry_id"], "version": entry["version"]}
    done = fits(await office.omar.post(CORRECT, json={**told, "answer": "From ten."}), schemas.Taught)
    assert done["entry"]["answers"] == {**OPENING["answers"], "en": "From ten."}  # type: ignore[dict-item]
    assert (done["entry"]["updated_by_name"], done["answer"]["verdict"], done["answer"]["correction"]) == (
        "Omar",
        "down",
        "From ten.",
    )
    assert done["answer"]["sources"][0]["entry"] == done["entry"]
    assert (done["answer"]["verdict_by_name"], done["answer"]["corrected_by_name"]) == ("Omar", "Omar")
    shown = (await message(office, seen))["metadata"]["assistant"]
    assert (shown["verdict"], shown["corrected"], shown["taught"]) == ("down", True, "entry")
    [change, _] = fits(
        await office.rana.get(f"{API}/knowledge/entries/{entry['entry_id']}/changes"), schemas.EntryChanges
    )["changes"]
    assert (change["operator_name"], change["from_message"]) == ("Omar", seen.message_id)
    again = await office.omar.post(CORRECT, json={**told, "answer": "From eleven."})
    refused = fits(again, schemas.NewerEntry, 409)
    assert (refused["code"], refused["entry"]) == ("newer_version", done["entry"])
    french = {**told, "version": done["entry"]["version"], "answer": "De dix.", "language": "fr"}
    done = fits(await office.omar.post(CORRECT, json=french), schemas.Taught)
    assert list(done["entry"]["answers"]) == ["en", "ar", "fr"]


async def test_a_new_entry_is_made_where_a_person_was_called(office: Office) -> None:
    seen = await machine(office).answers("b1", "Do you sell\ncars?", UNSURE, party=BISAN)
    found = await opened(office.omar, seen)
    assert (found["outcome"], found["reason"], found["note"], found["sources"]) == (
        "handed_over",
        "unsure",
        "Nothing that is known answers this.",
        [],
    )
    told = {**seen.named, "action": "new", "answers": {"en": "No, bread."}, "topic": "cars"}
    done = fits(await office.omar.post(CORRECT, json=told), schemas.Taught)
    assert (done["entry"]["question"], done["entry"]["origin"], done["entry"]["from_message"]) == (
        "Do you sell cars?",
        "taught",
        seen.message_id,
    )
    assert (await message(office, seen))["metadata"]["handover"]["taught"] == "new"
    assert (await office.omar.get(f"{API}/knowledge/unanswered")).json()["groups"] == []


async def test_one_message_alone_is_corrected(office: Office) -> None:
    seen, entry = await replied(office)
    told = {**seen.named, "action": "message", "correction": "In June from ten."}
    done = fits(await office.omar.post(CORRECT, json=told), schemas.Taught)
    assert (done["entry"], done["answer"]["correction"]) == (None, "In June from ten.")
    assert (await opened(office.rana, seen))["sources"][0]["entry"] == entry


async def test_a_draft_is_opened_at_its_question(office: Office) -> None:
    olive = machine(office)
    await olive.is_asked("a1", "opening times??", terms=SHADOW)
    await olive.ends(reply_from(7, SAID), "opening times??")
    found = await opened(office.omar, olive.last("user"))
    assert (found["outcome"], found["draft"], found["reply"]) == ("drafted", "From nine to six.", None)
    assert found["sources"][0]["entry"] is None  # There is no such entry any more.


async def test_nobody_else_opens_judges_or_corrects(office: Office) -> None:
    seen, entry = await replied(office)
    told = {**seen.named, "action": "entry", "entry_id": entry["entry_id"], "answer": "From ten."}
    for answer in (
        await office.clara.get(OPEN, params=seen.place),
        await office.clara.post(JUDGE, json={**seen.place, "verdict": "down"}),
        await office.clara.post(CORRECT, json=told),
        await office.omar.get(OPEN, params={**seen.place, "message_id": "nothing"}),
        await office.omar.post(JUDGE, json={**seen.place, "conversation_id": "nowhere", "verdict": "up"}),
        await office.omar.post(CORRECT, json={**told, "user_id": "999"}),
        await office.omar.post(CORRECT, json={**told, "entry_id": "999"}),
        await office.omar.post(CORRECT, json={**told, "entry_id": "x"}),
    ):
        assert fits(answer, Failure, 404)["code"] == "not_found"
    answer = await office.omar.get(OPEN, params={**seen.place, "message_id": "a1"})
    assert fits(answer, Failure, 404)["code"] == "no_answer"
    assert (await opened(office.rana, seen))["verdict"] is None


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"action": "entry", "answer": "x"}, "entry_needed"),
        ({"action": "entry", "entry_id": "1"}, "answer_needed"),
        ({"action": "new"}, "answer_needed"),
        ({"action": "message"}, "correction_needed"),
        ({"action": "message", "answer": "x"}, "correction_needed"),
        ({"action": "forget"}, "invalid_request"),
        ({"action": None}, "invalid_request"),
        ({"action": "new", "answers": {}}, "invalid_request"),
        ({"action": "new", "answers": {"english": "x"}}, "invalid_request"),
        ({"action": "new", "answer": " "}, "invalid_request"),
        ({"action": "new", "answer": "x" * 4_001}, "invalid_request"),
        ({"action": "new", "answer": "x", "language": "English"}, "invalid_request"),
        ({"action": "new", "answer": "x", "question": "x" * 501}, "invalid_request"),
        ({"action": "new", "answer": "x", "phrasings": ["x"] * 51}, "invalid_request"),
        ({"action": "new", "answer": "a\ud800"}, "invalid_request"),
        ({"action": "entry", "entry_id": "1", "answer": "x", "version": -1}, "invalid_request"),
        ({"action": "entry", "entry_id": 1, "answer": "x"}, "invalid_request"),
        ({"action": "message", "correction": "a\x00"}, "invalid_request"),
        ({"action": "message", "correction": "x", "message_id": ""}, "invalid_request"),
    ],
)
async def test_corrections_that_say_nothing(office: Office, told: dict[str, Any], code: str) -> None:
    seen, entry = await replied(office)
    content = json.dumps({**seen.named, **told}).encode("ascii")
    answer = await office.omar.post(CORRECT, content=content, headers={"Content-Type": "application/json"})
    assert fits(answer, InvalidRequest, 422)["code"] == code
    found = await opened(office.omar, seen)
    assert (found["verdict"], found["sources"][0]["entry"]) == (None, entry)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_verdicts_that_are_none(office: Office) -> None:
    seen, _ = await replied(office)
    for verdict in ("", "good", 1, True, ["up"]):
        fits(await office.omar.post(JUDGE, json={**seen.place, "verdict": verdict}), InvalidRequest, 422)
    fits(await office.omar.post(JUDGE, json=seen.place), InvalidRequest, 422)
    fits(await office.omar.get(OPEN, params={"conversation_id": seen.conversation_id}), InvalidRequest, 422)
    fits(await office.omar.get(OPEN, params={**seen.place, "message_id": "x" * 600}), InvalidRequest, 422)
