"""What a model may do in a turn, and what it may not: whatever it writes, nothing else is called."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from assistant.talking import DELIVERY, HOURS
from channels.provider_server import Provider, answering, provider
from wasl.assistant.limits import NOTED_MAX, TOOLS_MAX
from wasl.assistant.models.model import ToolCall
from wasl.assistant.tools.http_tool import HttpTool, HttpTools
from wasl.assistant.tools.toolbox import Toolbox, http_tool_of, http_tools_of
from wasl.domain.assistant import Match, Noted, Reason
from wasl.errors import Invalid

pytestmark = pytest.mark.anyio
NUMBER = {"type": "object", "properties": {"number": {"type": "string", "maxLength": 8}}, "required": ["number"]}
TOLD: dict[str, Any] = {
    "name": "order_status",
    "description": "How an order stands.",
    "parameters": NUMBER,
    "url": "https://shop.example/orders",
    "method": "GET",
}


@pytest.fixture
async def shop(anyio_backend: str) -> AsyncIterator[Provider]:
    async with provider(answering(200, b"baked")) as shop:
        yield shop


@pytest.fixture
async def http(shop: Provider) -> AsyncIterator[HttpTools]:
    tools = HttpTools([shop.url])
    yield tools
    await tools.aclose()


def toolbox(http: HttpTools, *own: HttpTool, **more: Any) -> Toolbox:
    async def search(text: str, language: str | None) -> list[Match]:
        return [HOURS, DELIVERY] if text == "hours" else []

    return Toolbox(search, http, own, **more)


async def used(box: Toolbox, name: str, arguments: str) -> Any:
    return await box.use(ToolCall("call_0", name, arguments), "en", 5.0)


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("rm", "{}", "There is no such tool."),
        ("search_knowledge", "hours", "The arguments are no JSON object:"),
        ("search_knowledge", "[]", "The arguments are no JSON object:"),
        ("search_knowledge", '{"query": "a"} {"query": "b"}', "The arguments are no JSON object:"),
        (
            "search_knowledge",
            '{"query": "a", "query": "b"}',
            "The arguments are no JSON object: a key stands there twice",
        ),
        ("search_knowledge", "{}", "arguments must have query."),
        ("search_knowledge", '{"query": ""}', "query must have at least 1 characters."),
        ("search_knowledge", '{"query": "a", "all": true}', "arguments has no all."),
        ("note_fact", '{"fact": {"a": 1}}', "fact must be of the type string."),
        ("note_fact", '{"fact": "   "}', "That is not kept."),
        ("hand_over", '{"reason": "x"}', "arguments must have asked."),
        ("tag", '{"tag": "' + "x" * 100 + '"}', "tag must have at most 40 characters."),
        ("tag", '{"tag": "' + "x" * 10_000 + '"}', "The arguments are too long."),
        ("tag", '{"\ud800": 1}', "arguments must have tag."),
    ],
)
async def test_what_does_not_fit_is_told_and_not_done(http: HttpTools, name: str, arguments: str, error: str) -> None:
    box = toolbox(http)
    result = await used(box, name, arguments)
    assert not result.ok
    assert error in result.told
    assert box.noted == ()


async def test_a_search_finds_sources(http: HttpTools) -> None:
    result = await used(toolbox(http), "search_knowledge", '{"query": "hours"}')
    assert result.matches == (HOURS, DELIVERY)
    assert HOURS.answer in result.told


async def test_a_search_in_vain_is_no_source(http: HttpTools) -> None:
    result = await used(toolbox(http), "search_knowledge", '{"query": "parking"}')
    assert (result.ok, result.matches, result.source) == (True, (), "")


async def test_facts_and_tags_are_few_and_once(http: HttpTools) -> None:
    box = toolbox(http, reserved_tags=("vip",))
    for place in range(NOTED_MAX + 3):
        await used(box, "note_fact", f'{{"fact": "fact  {place // 2}"}}')
    for tag in ("VIP", "Vip ", "vip!", "“vip”", "order"):
        await used(box, "tag", f'{{"tag": "{tag}"}}')
    assert box.noted == (*(Noted("fact", f"fact {place}") for place in range(4)), Noted("tag", "order"))


async def test_a_person_is_called(http: HttpTools) -> None:
    result = await used(toolbox(http), "hand_over", '{"reason": "Angry.", "asked": true}')
    assert (result.called, result.note) == (Reason.ASKED, "Angry.")


async def test_an_accounts_tool_is_called_with_what_fits(http: HttpTools, shop: Provider) -> None:
    box = toolbox(http, http_tool_of({**TOLD, "url": f"{shop.url}/orders"}))
    assert "order_status" in [form.name for form in box.forms]
    result = await used(box, "order_status", '{"number": "A1"}')
    assert (result.ok, result.source) == (True, "baked")
    assert (await used(box, "order_status", '{"number": "much too long"}')).ok is False
    assert (await used(box, "order_status", '{"number": "A1", "admin": true}')).ok is False
    assert len(shop.requests) == 1


async def test_what_may_change_something_is_not_there_for_a_draft(http: HttpTools, shop: Provider) -> None:
    book = http_tool_of({**TOLD, "name": "book", "url": f"{shop.url}/book", "method": "POST"})
    look = http_tool_of({**TOLD, "url": f"{shop.url}/orders"})
    box = toolbox(http, book, look, reads_only=True)
    names = [form.name for form in box.forms]
    assert "order_status" in names
    assert "book" not in names
    assert "no such tool" in (await used(box, "book", '{"number": "A1"}')).told
    assert shop.requests == []


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "order status"},
        {"name": ""},
        {"name": None},
        {"name": "hand_over"},
        {"name": "x" * 65},
        {"description": ""},
        {"description": "x" * 1_001},
        {"parameters": None},
        {"parameters": {"type": "string"}},
        {"parameters": {"type": "object", "properties": {"x": {"pattern": "a"}}}},
        {"parameters": {"type": "object", "properties": {"x" * 9_000: {"type": "string"}}}},
        {"url": "ftp://shop.example"},
        {"url": "https://"},
        {"url": "shop.example"},
        {"url": "https://user:password@shop.example/"},
        {"url": "https://shop.example/#part"},
        {"url": "https://shop.example:99999/"},
        {"url": None},
        {"method": "HEAD"},
        {"header": "Bad Header"},
        {"header": "X\r\nY"},
        {"header": 7},
    ],
)
def test_a_tool_that_is_set_up_wrongly_is_refused_with_a_sentence(changed: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as raised:
        http_tool_of({**TOLD, **changed})
    assert raised.value.message.endswith(".")


@pytest.mark.parametrize("told", [{**TOLD, "parameters": {}}, {k: v for k, v in TOLD.items() if k != "parameters"}])
def test_a_tool_may_ask_for_nothing(told: dict[str, Any]) -> None:
    assert http_tool_of(told).parameters == {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }


def test_tools_get_their_own_secrets() -> None:
    other = {**TOLD, "name": "prices", "header": "X-Key"}
    tools = http_tools_of([TOLD, other], {"tool:prices": "secret", "model_key": "sk"})
    assert [(tool.name, tool.secret, tool.header) for tool in tools] == [
        ("order_status", None, "Authorization"),
        ("prices", "secret", "X-Key"),
    ]
    assert "secret" not in repr(tools)


def test_tools_are_not_too_many_and_not_twice() -> None:
    with pytest.raises(Invalid, match="same name"):
        http_tools_of([TOLD, TOLD], {})
    with pytest.raises(Invalid, match="at most"):
        http_tools_of([{**TOLD, "name": f"t{place}"} for place in range(TOOLS_MAX + 1)], {})
