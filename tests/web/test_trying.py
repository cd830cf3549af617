"""What the assistant did, would do, and can do for a person: the report, the try-it box, and the copilot."""

import asyncio
from typing import Any

import pytest

from arrivals import BISAN, said
from assistants import UNSURE, Machine, reply_from
from wasl.domain.assistant import Answered
from wasl.errors import Conflict, Unavailable
from wasl.store.assistants import WHOLE_ACCOUNT, ToldAssistant
from wasl.store.teaching import JudgeAnswer
from wasl.web import assistant_schemas, knowledge_schemas
from wasl.web.schemas import Failure, InvalidRequest, SlowDown
from web.conftest import Office
from web.test_live_chat import API, fits

pytestmark = pytest.mark.anyio
TRY, REPORT, COPILOT = f"{API}/assistant/try", f"{API}/assistant/report", f"{API}/copilot"


async def test_a_question_is_tried_out_without_a_trace(office: Office) -> None:
    before = await office.chats()
    tried = fits(await office.omar.post(TRY, json={"text": "When are you open?"}), assistant_schemas.Tried)
    assert (tried["outcome"], tried["reply"], tried["reason"], tried["sources"]) == ("handed_over", None, "unsure", [])
    assert tried["told"].startswith("Thank you.")
    assert tried["steps"][0]["step"] == "began"
    number = str(office.cast.olive_number.id)
    asked = {"text": "مرحبا", "channel_id": number}
    fits(await office.omar.post(TRY, json=asked), assistant_schemas.Tried)
    assert fits(await office.clara.post(TRY, json=asked), Failure, 404)["code"] == "not_found"
    assert await office.chats() == before


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "asked", [{}, {"text": ""}, {"text": " \n"}, {"text": "x" * 4_001}, {"text": 5}, {"text": "a", "channel_id": 7}]
)
async def test_questions_that_are_none(office: Office, asked: dict[str, Any]) -> None:
    fits(await office.omar.post(TRY, json=asked), InvalidRequest, 422)


async def test_a_report_tells_what_the_assistant_did(office: Office) -> None:
    machine = Machine(office.parts.journal, office.parts.database, office.cast)
    reply = await machine.answers("a1", "hours?", reply_from(7))
    olive, rana = office.cast.olive.id, office.cast.rana.id
    await office.parts.journal.submit(JudgeAnswer(olive, rana, **reply.place, verdict="up"))
    await machine.answers("b1", "cars?", UNSURE, party=BISAN)
    found = fits(await office.omar.get(REPORT), assistant_schemas.Report)
    assert (found["days"], found["outcomes"], found["reasons"]) == (
        30,
        {"replied": 1, "handed_over": 1},
        {"unsure": 1},
    )
    [topic] = found["topics"]
    assert (topic["topic"], topic["replies"], topic["up"], topic["agreement"]) == ("hours", 1, 1, None)
    assert fits(await office.clara.get(REPORT), assistant_schemas.Report)["outcomes"] == {}
    assert fits(await office.omar.get(REPORT, params={"days": 1}), assistant_schemas.Report)["days"] == 1
    for days in ("0", "366", "x", "1e3"):
        fits(await office.omar.get(REPORT, params={"days": days}), InvalidRequest, 422)


async def test_a_copilot_without_a_model_helps_with_what_is_there(office: Office) -> None:
    await office.arrives(said("a1", "When are you open?"))
    ids = await office.ids()
    suggested = fits(await office.omar.post(f"{COPILOT}/suggest", json=ids), knowledge_schemas.Suggested)
    assert (suggested["text"], suggested["sources"]) == (None, [])
    assert (suggested["note"], suggested["note_code"]) == ("Nothing that is known answers this.", "nothing_known")
    summary = fits(await office.omar.post(f"{COPILOT}/summary", json=ids), knowledge_schemas.Written)
    assert summary["text"].startswith("Customer: Adam, English, neutral\nOpen question: When are you open?")
    arabic = await office.omar.post(f"{COPILOT}/summary", json={**ids, "language": "ar"})
    assert fits(arabic, knowledge_schemas.Written)["text"].startswith("العميل: Adam، الإنكليزية، مزاج عادي")
    wrong = await office.omar.post(f"{COPILOT}/summary", json={**ids, "language": "Arabic, and then"})
    assert wrong.status_code == 422
    asked = {"text": "Dear Sir, we are open.", "how": "shorter"}
    assert fits(await office.omar.post(f"{COPILOT}/rewrite", json=asked), Failure, 409)["code"] == "no_model"
    for path in ("suggest", "summary"):
        assert fits(await office.clara.post(f"{COPILOT}/{path}", json=ids), Failure, 404)["code"] == "not_found"
    assert (await office.chats())[0]["message_count"] == 1  # Nothing was sent.


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"how": "translate"}, "language_needed"),
        ({"how": "longer"}, "invalid_request"),
        ({"how": None}, "invalid_request"),
        ({"text": ""}, "invalid_request"),
        ({"text": "x" * 4_001}, "invalid_request"),
        ({"how": "translate", "language": "French"}, "invalid_request"),
    ],
)
async def test_rewritings_that_are_none(office: Office, told: dict[str, Any], code: str) -> None:
    asked = {"text": "Good morning", "how": "shorter", **told}
    assert fits(await office.omar.post(f"{COPILOT}/rewrite", json=asked), InvalidRequest, 422)["code"] == code


async def test_a_copilot_can_be_switched_off(office: Office) -> None:
    await office.arrives(said("a1"))
    ids, team = await office.ids(), office.parts.team
    number = office.cast.olive_number.id
    told = ToldAssistant(office.cast.olive.id, number, 0, None, settings={"copilot": False})
    await team.change_assistant(told)
    for path in ("suggest", "summary"):
        refused = fits(await office.omar.post(f"{COPILOT}/{path}", json=ids), Failure, 409)
        assert refused["code"] == "copilot_off"
    asked = {"text": "Good morning", "how": "shorter"}
    assert fits(await office.omar.post(f"{COPILOT}/rewrite", json=asked), Failure, 409)["code"] == "no_model"
    whole = ToldAssistant(office.cast.olive.id, WHOLE_ACCOUNT, 0, None, settings={"copilot": False})
    await team.change_assistant(whole)
    assert fits(await office.omar.post(f"{COPILOT}/rewrite", json=asked), Failure, 409)["code"] == "copilot_off"


class Model:
    """A copilot with a model, in place of the one of the node."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()
        self.asked = 0

    async def suggest(self, account_id: int, user_id: str, conversation_id: str) -> Answered:
        raise Unavailable("The model does not answer.", code="model_failed")

    async def rewrite(self, account_id: int, text: str, how: str, language: str | None) -> str:
        self.asked += 1
        await self.goes_on.wait()
        return f"{how} {language}: {text}"

    async def summary(self, account_id: int, user_id: str, conversation_id: str, *, language: str) -> str:
        raise Conflict("No model is set.", code="no_model")


async def test_what_a_model_says_and_how_it_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model()
    use(office, monkeypatch, model)
    await office.arrives(said("a1"))
    ids = await office.ids()
    assert fits(await office.omar.post(f"{COPILOT}/suggest", json=ids), Failure, 503)["code"] == "model_failed"
    assert fits(await office.omar.post(f"{COPILOT}/summary", json=ids), Failure, 409)["code"] == "no_model"
    asked = {"text": "Good morning", "how": "translate", "language": "fr"}
    waiting = [asyncio.create_task(office.omar.post(f"{COPILOT}/rewrite", json=asked)) for _ in range(2)]
    while model.asked < 2:
        await asyncio.sleep(0)
    answer = await office.omar.post(f"{COPILOT}/rewrite", json=asked)
    assert fits(answer, SlowDown, 429)["code"] == "assistant_busy"
    assert int(answer.headers["Retry-After"]) > 0
    others = asyncio.create_task(office.rana.post(f"{COPILOT}/rewrite", json=asked))
    model.goes_on.set()
    for one in await asyncio.gather(*waiting, others):
        assert fits(one, knowledge_schemas.Written)["text"] == "translate fr: Good morning"
    fits(await office.omar.post(f"{COPILOT}/rewrite", json=asked), knowledge_schemas.Written)


def use(office: Office, monkeypatch: pytest.MonkeyPatch, model: Model) -> None:
    """Put a copilot behind the door of this node."""
    for name in ("suggest", "rewrite", "summary"):
        monkeypatch.setattr(office.parts.school.copilot, name, getattr(model, name))
