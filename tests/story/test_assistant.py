"""The assistant at a whole server, with customers at WhatsApp and operators who watch: one answer, or one person."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assistant.wire_server import Says, WireServer, fails, handover, knows, reply, says, wire_server
from story.assistants import API, HOURS_AR, HOURS_EN, OPENING, employ, lines, until_chat
from story.people import Operator
from story.phone import Phones
from story.scene import Scene
from story.watcher import Watcher
from story.wire import HADI, RANA, JsonObject

pytestmark = pytest.mark.anyio

PERSON_EN = "Thank you. A colleague of ours will answer you here."


@pytest.fixture
async def model() -> AsyncIterator[WireServer]:
    async with wire_server() as server:
        yield server


def asks(model: WireServer) -> dict[str, Any]:
    """Settings that let a model answer."""
    return {"model": {"base_url": model.url, "name": "invented-1", "timeout_seconds": 30.0}}


async def answer_on(watcher: Watcher, text: str) -> JsonObject:
    """The assistant's answer, once it is on an operator's screen."""

    def shown() -> list[JsonObject]:
        return [one for one in watcher.arrivals() if one["role"] == "bot" and one["content"] == text]

    await watcher.until(shown, within_seconds=30.0)
    return shown()[0]


async def handed_over(operator: Operator, reason: str) -> JsonObject:
    return await until_chat(operator, {"status": "waiting_human", "handover_reason": reason}, within_seconds=30.0)


# -- without a model --------------------------------------------------------------------------------------------------


async def test_a_burst_gets_one_answer_on_every_screen_and_with_its_source(emulated: Scene, phones: Phones) -> None:
    # So long that no pause of the machine is taken for the end of the burst.
    await employ(emulated.sara, quiet_seconds=3.0, burst_seconds=30.0)
    omar = await emulated.watch(emulated.omar)
    for words in ("hello", "quick question", "when are you open?"):
        await phones.write(words)
    answer = await answer_on(omar, HOURS_EN)
    await omar.until_message(answer["message_id"], status="delivered")
    assert await phones.words_accepted() == [HOURS_EN]
    assert [one["role"] for one in omar.arrivals()] == ["user", "user", "user", "bot"], "saved, shown, then answered"
    [source, *_] = answer["metadata"]["assistant"]["sources"]
    assert (source["question"], source["topic"]) == ("When are you open?", "hours")
    assert answer["metadata"]["faq_match"] == source
    assert (await emulated.sara.chat())["status"] == "bot"
    omar.check()


async def test_the_customers_words_are_on_the_screens_before_anything_is_looked_up(
    emulated: Scene, phones: Phones
) -> None:
    await employ(emulated.sara)
    omar = await emulated.watch(emulated.omar)
    question = await phones.write("when are you open?")
    await answer_on(omar, HOURS_EN)
    hops = [hop["hop"] for hop in (await emulated.sara.trace(question))["hops"]]
    places = [hops.index(hop) for hop in ("saved", "broadcast", "assistant began", "looked up", "committed")]
    assert places == sorted(places), hops


async def test_each_is_answered_in_their_own_language(emulated: Scene, phones: Phones) -> None:
    await employ(emulated.sara)
    omar = await emulated.watch(emulated.omar)
    await phones.write("متى تفتحون؟")
    await answer_on(omar, HOURS_AR)
    await phones.write("When are you open?", HADI)
    await answer_on(omar, HOURS_EN)
    assert (await emulated.sara.chat(RANA))["language"] == "ar"


@pytest.mark.parametrize(
    "words",
    [
        "I want to talk to a real person please",
        "Je voudrais parler à un humain svp",
        "بدي احكي مع موظف",
        "badde e7ke ma3 7ada please",
    ],
)
async def test_whoever_asks_for_a_person_gets_one_and_is_told_once(emulated: Scene, phones: Phones, words: str) -> None:
    await employ(emulated.sara)
    await phones.write(words)
    chat = await handed_over(emulated.sara, "asked")
    queue = (await emulated.sara.ask("GET", f"{API}/waiting-queue"))["queue"]
    assert [row["conversation_id"] for row in queue] == [chat["conversation_id"]]
    await phones.write("hello??")
    await asyncio.sleep(1.0)
    said = await lines(emulated.sara, chat)
    assert [role for role, _ in said] == ["user", "bot", "system", "user"], said
    assert said[2] == ("system", "asked")


@pytest.mark.parametrize("words", ["😂😂😂", "?", "x " * 2_000], ids=["a smile", "a sign", "very much"])
async def test_what_nobody_can_read_calls_a_person(emulated: Scene, phones: Phones, words: str) -> None:
    await employ(emulated.sara)
    await phones.write(words)
    chat = await until_chat(emulated.sara, {"status": "waiting_human"})
    assert chat["handover_reason"] in ("unreadable", "unsure")


async def test_the_next_customer_gets_what_was_taught(emulated: Scene, phones: Phones) -> None:
    await employ(emulated.sara)
    omar = await emulated.watch(emulated.omar)
    await phones.write("When are you open?")
    answer = await answer_on(omar, HOURS_EN)
    chat = await emulated.omar.chat()
    place = {name: chat[name] for name in ("conversation_id", "user_id")}
    context = await emulated.omar.ask(
        "GET",
        f"{API}/faq-match-context",
        params={"conversation_id": chat["conversation_id"], "message_id": answer["message_id"]},
    )
    source = context["sources"][0]
    taught = "From nine to eight, since June."
    await emulated.omar.ask(
        "POST",
        f"{API}/edit-message",
        json={
            **place,
            "message_id": answer["message_id"],
            "action": "entry",
            "entry_id": source["entry_id"],
            "version": source["entry"]["version"],
            "answer": taught,
            "language": "en",
        },
    )
    await phones.write("When are you open?", HADI)
    await answer_on(omar, taught)
    changes = await emulated.sara.ask("GET", f"{API}/knowledge/entries/{source['entry_id']}/changes")
    assert any(change["from_message"] == answer["message_id"] for change in changes["changes"])


async def test_in_the_shadow_it_drafts_and_says_nothing(emulated: Scene, phones: Phones) -> None:
    await employ(emulated.sara, mode="shadow")
    await phones.write("When are you open?")
    chat = await until_chat(emulated.sara, {"status": "waiting_human"})
    await asyncio.sleep(1.0)
    assert await lines(emulated.sara, chat) == [("user", "When are you open?")]
    assert await phones.words_accepted() == []
    report = await emulated.sara.ask("GET", f"{API}/assistant/report")
    assert report["outcomes"]["drafted"] == 1


async def test_the_others_knowledge_answers_nobody(emulated: Scene, phones: Phones) -> None:
    await employ(emulated.sara, [])
    await employ(emulated.karim, [OPENING])
    await phones.write("When are you open?")
    await handed_over(emulated.sara, "unsure")


# -- with a model -----------------------------------------------------------------------------------------------------


async def test_a_model_answers_from_what_is_known(emulated: Scene, phones: Phones, model: WireServer) -> None:
    await employ(emulated.sara, key="an-invented-key", **asks(model))
    omar = await emulated.watch(emulated.omar)
    model.will(lambda asked: says(reply("Until six.", entry_ids=[asked.known["knowledge"][0]["entry_id"]])))
    question = await phones.write("I wonder until which hour you are open")
    await answer_on(omar, "Until six.")
    assert model.asked[0].headers["authorization"] == "Bearer an-invented-key"
    hops = [hop["hop"] for hop in (await emulated.sara.trace(question))["hops"]]
    places = [hops.index(hop) for hop in ("saved", "broadcast", "assistant began", "model called", "committed")]
    assert places == sorted(places), hops


async def test_whoever_takes_over_while_it_thinks_is_not_talked_over(
    emulated: Scene, phones: Phones, model: WireServer
) -> None:
    await employ(emulated.sara, **asks(model))
    thought = asyncio.Event()
    model.otherwise = Says(reply("Until six."), until=thought)
    await phones.write("When are you open?")
    await model.until_asked()
    chat = await emulated.omar.chat()
    place = {name: chat[name] for name in ("conversation_id", "user_id")}
    await emulated.omar.ask("POST", f"{API}/takeover", json=place)
    thought.set()
    await asyncio.sleep(1.0)
    assert await lines(emulated.omar, chat) == [("user", "When are you open?")]
    assert await phones.words_accepted() == []


async def test_whoever_writes_on_while_it_thinks_gets_one_answer_to_all(
    emulated: Scene, phones: Phones, model: WireServer
) -> None:
    await employ(emulated.sara, **asks(model))
    omar = await emulated.watch(emulated.omar)
    thought = asyncio.Event()
    model.will(Says(reply("Too early."), until=thought))
    await phones.write("When are you open?")
    await model.until_asked()
    await phones.write("On Sundays I mean")
    thought.set()
    asked = await model.until_asked(2)
    assert asked.words == "When are you open?\nOn Sundays I mean"
    answer = await answer_on(omar, HOURS_EN)
    await omar.until_message(answer["message_id"], status="delivered")
    assert await phones.words_accepted() == [HOURS_EN]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (fails(500), "failed"),
        (fails(401, "invalid_api_key"), "failed"),
        (says("I would say: nine to six!"), "unsafe"),
        (says(reply("word " * 2_000)), "unsafe"),
        (says(handover("asked")), "asked"),
    ],
    ids=["down", "wrong key", "no JSON", "far too long", "for a person"],
)
async def test_what_is_no_answer_calls_a_person_and_is_never_sent(
    emulated: Scene, phones: Phones, model: WireServer, answer: Says, reason: str
) -> None:
    await employ(emulated.sara, **asks(model))
    model.otherwise = answer
    await phones.write("What do you think of the weather over the sea?")
    chat = await handed_over(emulated.sara, reason)
    await asyncio.sleep(0.3)
    assert await phones.words_accepted() == [PERSON_EN]
    [line] = [one for one in await emulated.sara.whole_history(chat) if one["role"] == "system"]
    told = line["metadata"]["handover"]
    assert told["note"], "operators see why"
    assert reason != "unsafe" or told["draft"], "and what was not said"


async def test_a_model_that_is_down_comes_back(emulated: Scene, phones: Phones, model: WireServer) -> None:
    await employ(emulated.sara, **asks(model))
    omar = await emulated.watch(emulated.omar)
    model.otherwise = fails(503)
    await phones.write("When are you open?")
    chat = await handed_over(emulated.sara, "failed")
    model.otherwise = knows
    place = {name: chat[name] for name in ("conversation_id", "user_id")}
    await emulated.omar.ask("POST", f"{API}/release", json=place)
    await phones.write("Hello? When are you open?")
    await answer_on(omar, HOURS_EN)
