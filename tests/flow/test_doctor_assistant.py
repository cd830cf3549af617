"""The doctor tells of assistants that know nothing, whose models cannot be asked, or who keep customers waiting."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.wire_server import Says, WireServer, fails, wire_server
from cast import Cast
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.domain.assistant_settings import settings_of
from wasl.flow import doctor_assistant
from wasl.flow.doctor_assistant import assistants
from wasl.flow.findings import Grade
from wasl.store.assistants import MODEL_KEY, Assistant
from wasl.store.directory import Directory

pytestmark = pytest.mark.anyio
KEY = "sk-olives-and-cedars"
OLIVE = "The assistant of number 155501"


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[WireServer]:
    async with wire_server() as server:
        yield server


@pytest.fixture
async def models(anyio_backend: str) -> AsyncIterator[OpenAiChat]:
    models = OpenAiChat()
    yield models
    await models.aclose()


async def told(cast: Cast, models: OpenAiChat, settings: dict[str, Any], *, entries: int = 3, **more: Any) -> list[str]:
    """What is said of Olive Bakery's number with these settings; what is wrong begins with `!`, a note with `?`."""
    number = cast.olive_number
    assistant = replace(Assistant(settings_of(settings)), **more)
    directory = Directory(
        channels={number.id: number, cast.cedar_number.id: cast.cedar_number},
        assistants={(number.account_id, number.id): assistant},
    )
    found = [one async for one in assistants(directory, {number.account_id: entries}, models)]
    signs = {Grade.GOOD: "", Grade.NOTE: "? ", Grade.WRONG: "! "}
    return [f"{signs[one.grade]}{one.sentence}" for one in found]


def lists(*names: str) -> Says:
    content = {"object": "list", "data": [{"id": name, "object": "model"} for name in names]}
    return Says(raw=json.dumps(content).encode(), content_type="application/json")


def model_at(url: str, name: str = "small") -> dict[str, Any]:
    return {"mode": "auto", "model": {"base_url": url, "name": name}}


async def test_an_assistant_says_what_it_does_and_how_much_it_knows(cast: Cast, models: OpenAiChat) -> None:
    assert await told(cast, models, {"mode": "off"}, entries=0) == []
    assert await told(cast, models, {"mode": "auto"}) == [f"{OLIVE} answers by itself, and knows 3 answers."]
    assert await told(cast, models, {"mode": "shadow"}) == [f"{OLIVE} drafts and sends nothing, and knows 3 answers."]


async def test_one_that_knows_nothing_is_told(cast: Cast, models: OpenAiChat, server: WireServer) -> None:
    [finding] = await told(cast, models, {"mode": "auto"}, entries=0)
    assert finding.startswith(f"! {OLIVE} answers by itself, and knows nothing: every question goes to a person.")
    [finding] = await told(cast, models, {"mode": "shadow"}, entries=0)
    assert finding.startswith(f"? {OLIVE} drafts and sends nothing, and knows nothing")
    server.will(lists("small"))
    assert (await told(cast, models, model_at(server.url), entries=0))[0].startswith(f"? {OLIVE} answers by itself")


async def test_a_model_is_asked_what_it_is_and_nothing_else(cast: Cast, models: OpenAiChat, server: WireServer) -> None:
    server.will(lists("large", "small:latest"))
    found = await told(cast, models, model_at(server.url), secrets={MODEL_KEY: KEY})
    assert found[1:] == [f"{server.url} answers, where the model small is asked."]
    [asked] = server.asked
    assert (asked.path, asked.headers["authorization"], asked.body) == ("/v1/models", f"Bearer {KEY}", {})
    server.will(lists("large", "smaller"))
    found = await told(cast, models, model_at(server.url))
    assert found[1:] == [f"? {server.url} answers, and does not list the model small: is it called so there?"]


@pytest.mark.parametrize("answer", [fails(404), fails(405), Says(raw=b"welcome", content_type="text/html"), lists()])
async def test_a_server_without_a_list_answers_all_the_same(
    cast: Cast, models: OpenAiChat, server: WireServer, answer: Says
) -> None:
    server.will(answer)
    assert (await told(cast, models, model_at(server.url)))[1:] == [
        f"{server.url} answers, where the model small is asked."
    ]


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (fails(401), "! The model small at {url}: The model's server does not take the key."),
        (fails(503), "? The model small at {url}: The model's server failed (503)."),
        (Says(resets_after=0), "! The model small at {url}: The connection to the model's server broke off."),
        (Says(wait_seconds=5), "! The model small at {url}: The model did not answer within 0 seconds."),
    ],
)
async def test_a_model_that_cannot_be_asked_is_told(
    cast: Cast, models: OpenAiChat, server: WireServer, monkeypatch: pytest.MonkeyPatch, answer: Says, finding: str
) -> None:
    if answer.wait_seconds:
        monkeypatch.setattr(doctor_assistant, "DOCTOR_REQUEST_SECONDS", 0.2)
    server.will(answer)
    found = await told(cast, models, model_at(server.url), secrets={MODEL_KEY: KEY})
    assert found[1:] == [finding.format(url=server.url)]
    assert KEY not in "".join(found)


async def test_nobody_there_and_no_key(cast: Cast, models: OpenAiChat) -> None:
    near, far = "http://127.0.0.1:9/v1", "https://models.example/v1"
    assert (await told(cast, models, model_at(near)))[1:] == [
        f"! The model small at {near}: The model's server could not be reached."
    ]
    assert (await told(cast, models, model_at(far)))[1:] == [
        f"! {OLIVE}: there is no key for its model, so the knowledge alone answers."
    ]


async def test_keys_that_cannot_be_opened_are_told(cast: Cast, models: OpenAiChat) -> None:
    assert (await told(cast, models, {"mode": "off"}, keys_lost=True)) == [
        f"! {OLIVE}: its keys cannot be opened. Enter them again: `wasl assistant set --ask-key`."
    ]


async def test_one_server_of_many_numbers_is_asked_once(cast: Cast, models: OpenAiChat, server: WireServer) -> None:
    server.will(lists("small"))
    assistant = Assistant(settings_of(model_at(server.url)))
    channels = {channel.id: channel for channel in (cast.olive_number, cast.cedar_number)}
    places = {(channel.account_id, channel.id): assistant for channel in channels.values()}
    directory = Directory(channels=channels, assistants=places)
    found = [one async for one in assistants(directory, {}, models)]
    assert (len(found), len(server.asked)) == (4, 1)
