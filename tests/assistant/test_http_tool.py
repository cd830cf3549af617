"""An account's tools: one request to where it may go, an answer that is data, and an end whatever happens."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from channels.provider_server import (
    Provider,
    answering,
    drip,
    endless,
    half_an_answer,
    hang_up,
    no_http,
    provider,
    reset,
)
from channels.provider_server import silence as silent
from wasl import public_address
from wasl.assistant.limits import TOOL_ANSWER_BYTES_MAX, TOOL_ANSWER_CHARACTERS_MAX
from wasl.assistant.tools import http_tool
from wasl.assistant.tools.http_tool import HttpTool, HttpTools, ToolAnswer

pytestmark = pytest.mark.anyio
SECRET = "t00l-secret-of-olive"
ANY: dict[str, Any] = {"type": "object", "additionalProperties": True}


def tool_at(url: str, method: str = "GET", **more: Any) -> HttpTool:
    return HttpTool("order_status", "How an order stands.", ANY, url, method, **more)


async def called(tool: HttpTool, arguments: dict[str, Any] | None = None, seconds: float = 5.0) -> ToolAnswer:
    """Through a client that may reach this machine."""
    tools = HttpTools([tool.url.partition("/orders")[0]])
    try:
        return await tools.call(tool, arguments or {}, "1 wamid.1", seconds)
    finally:
        await tools.aclose()


async def refused(url: str) -> str | None:
    tools = HttpTools()
    try:
        answer = await tools.call(tool_at(url), {}, "1 wamid.1", 5.0)
    finally:
        await tools.aclose()
    assert not answer.ok
    return answer.error


@pytest.fixture
async def shop(anyio_backend: str) -> AsyncIterator[Provider]:
    async with provider(answering(200, b'{"status": "baked"}')) as shop:
        yield shop


async def test_arguments_of_a_question_stand_in_its_address(shop: Provider) -> None:
    tool = tool_at(f"{shop.url}/orders?lang=en", secret=SECRET)
    answer = await called(tool, {"number": "A/1 2&x=3", "with": ["price", "date"], "deep": {"a": 1}, "n": 2, "b": True})
    assert answer == ToolAnswer(True, '{"status": "baked"}')
    [(line, headers, _)] = shop.requests
    assert line == (
        "GET /orders?lang=en&number=A%2F1+2%26x%3D3&with=price&with=date&deep=%7B%22a%22%3A1%7D&n=2&b=true HTTP/1.1"
    )
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert "idempotency-key" not in headers


async def test_an_order_is_json_and_names_itself_so_that_it_is_done_once(shop: Provider) -> None:
    tool = tool_at(f"{shop.url}/orders", "POST", secret=SECRET, header="X-Api-Key")
    for number in ("A1", "A1", "A2"):
        assert (await called(tool, {"number": number})).ok
    lines, heads, bodies = zip(*shop.requests, strict=True)
    assert lines[0] == "POST /orders HTTP/1.1"
    assert bodies == ({"number": "A1"}, {"number": "A1"}, {"number": "A2"})
    assert heads[0]["x-api-key"] == SECRET
    assert "authorization" not in heads[0]
    first, second, third = (head["idempotency-key"] for head in heads)
    assert first == second != third


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_change_things_as_an_order_does(shop: Provider, method: str) -> None:
    tool = tool_at(f"{shop.url}/orders/7", method)
    assert not tool.only_reads
    assert (await called(tool, {"number": "A1"})).ok
    [(line, head, body)] = shop.requests
    assert (line, body) == (f"{method} /orders/7 HTTP/1.1", {"number": "A1"})
    assert head["idempotency-key"]


@pytest.mark.parametrize(
    ("header", "secret", "sent"),
    [
        ("Authorization", "abc", "Bearer abc"),
        ("authorization", "abc", "Bearer abc"),
        ("Authorization", "Basic bWU6eW91", "Basic bWU6eW91"),
        ("Authorization", "Bearer abc", "Bearer abc"),
        ("X-Api-Key", "abc", "abc"),
    ],
)
async def test_a_secret_stands_after_its_scheme(shop: Provider, header: str, secret: str, sent: str) -> None:
    assert (await called(tool_at(f"{shop.url}/orders", secret=secret, header=header))).ok
    assert shop.requests[0][1][header.lower()] == sent


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "10.0.0.1"),
        *("192.168.1.1", "169.254.169.254", "[fd00::1]", "[64:ff9b::7f00:1]"),
    ],
)
async def test_nothing_inside_is_reached(shop: Provider, host: str) -> None:
    port = shop.url.rpartition(":")[2]
    assert await refused(f"http://{host}:{port}/orders") in (
        "Its address is not a public one.",
        "It could not be reached.",  # Where the name is none that is looked up.
    )
    assert shop.requests == []


async def test_a_name_that_leads_inside_is_not_followed(shop: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))
        return [public, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", told, raising=False)
    port = shop.url.rpartition(":")[2]
    assert await refused(f"http://shop.example:{port}/orders") == "Its address is not a public one."
    assert shop.requests == []


async def test_the_address_that_was_judged_is_the_one_that_is_reached(
    shop: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []

    async def told(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(public_address, "is_public", lambda _: True)
    monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", told, raising=False)
    port = shop.url.rpartition(":")[2]
    tools = HttpTools()
    answer = await tools.call(tool_at(f"http://shop.example:{port}/orders"), {}, "", 5.0)
    await tools.aclose()
    assert answer.ok
    assert shop.requests[0][1]["host"] == f"shop.example:{port}"
    assert lookups == ["shop.example"]


async def test_only_the_origins_that_the_machines_owner_names_may_lie_inside(shop: Provider) -> None:
    tools = HttpTools(["http://127.0.0.1:1"])
    answer = await tools.call(tool_at(f"{shop.url}/orders"), {}, "", 5.0)
    await tools.aclose()
    assert answer.error == "Its address is not a public one."


async def test_a_redirect_is_not_followed(shop: Provider) -> None:
    async with provider(answering(302, b"", Location=f"{shop.url}/orders")) as moved:
        answer = await called(tool_at(f"{moved.url}/orders", secret=SECRET))
    assert answer.error == "It sends elsewhere, and that is not followed."
    assert shop.requests == []


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_what_a_tool_says_of_its_failure_is_told(status: int) -> None:
    async with provider(answering(status, b"no such order")) as shop:
        answer = await called(tool_at(f"{shop.url}/orders"))
    assert answer == ToolAnswer(False, "no such order", f"It answered with the status {status}.")


async def test_a_tool_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with provider(silent) as shop:
        answer = await called(tool_at(f"{shop.url}/orders"), seconds=0.3)
        assert answer.error == "It did not answer within 0 seconds."
        monkeypatch.setattr(http_tool, "TOOL_SECONDS_MAX", 0.3)
        assert (
            await called(tool_at(f"{shop.url}/orders"), seconds=60.0)
        ).error == "It did not answer within 0 seconds."


async def test_a_tool_that_drips_has_no_more_time_than_one_that_hangs() -> None:
    async with provider(drip) as shop:
        answer = await called(tool_at(f"{shop.url}/orders"), seconds=0.3)
    assert answer.error == "It did not answer within 0 seconds."


async def test_an_answer_of_ten_megabytes_is_refused_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with provider(answering(200, b"x" * 10_000_000)) as shop:
        assert (await called(tool_at(f"{shop.url}/orders"))).error == "Its answer has more than 64 KB."
    async with provider(endless) as shop:
        assert (await called(tool_at(f"{shop.url}/orders"))).error == "Its answer has more than 64 KB."
    async with provider(answering(200, b"y" * TOOL_ANSWER_BYTES_MAX)) as shop:
        answer = await called(tool_at(f"{shop.url}/orders"))
    assert answer.ok
    assert len(answer.text) == TOOL_ANSWER_CHARACTERS_MAX


@pytest.mark.parametrize("ending", [reset, hang_up, half_an_answer, no_http])
async def test_a_tool_that_breaks_off_could_not_be_reached(ending: Any) -> None:
    async with provider(ending) as shop:
        assert (await called(tool_at(f"{shop.url}/orders"))).error == "It could not be reached."


async def test_an_answer_that_comes_packed_is_not_unpacked() -> None:
    import gzip

    body = gzip.compress(b" " * 10**7)
    async with provider(answering(200, body, Content_Encoding="gzip")) as shop:
        assert not (await called(tool_at(f"{shop.url}/orders"))).ok


@pytest.mark.parametrize("status", [200, 401])
async def test_a_secret_that_a_tool_repeats_is_shown_to_nobody(status: int) -> None:
    async with provider(answering(status, f"key {SECRET} is fine".encode())) as shop:
        answer = await called(tool_at(f"{shop.url}/orders", secret=SECRET))
    assert answer.text == "key [secret] is fine"


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "cp1256"])
async def test_an_answer_in_arabic_is_read_in_whatever_letters_it_came(letters: str) -> None:
    async with provider(answering(200, "الطلب جاهز".encode(letters))) as shop:
        assert (await called(tool_at(f"{shop.url}/orders"))).text == "الطلب جاهز"


async def test_bytes_that_are_no_text_are_no_harm() -> None:
    async with provider(answering(200, b"\xff\xfe\x00\x1b[31mred\xe2\x80\xae")) as shop:
        answer = await called(tool_at(f"{shop.url}/orders"))
    assert answer.ok
    assert json.dumps(answer.text)
    assert not set(answer.text) & set("\x00\x1b\u202e")


@pytest.mark.parametrize(
    ("changed", "arguments"),
    [
        ({"url": "file:///etc/passwd"}, {}),
        ({"url": "gopher://shop.example/"}, {}),
        ({"url": "http:///orders"}, {}),
        ({"url": "http://shop.example:99999/"}, {}),
        ({"secret": "line\r\nX-Other: 1"}, {}),
        ({"secret": "مفتاح"}, {}),
        ({}, {"x": "y" * 10_000}),
        ({"method": "POST"}, {"x": 10**30}),
        ({"method": "POST"}, {"x": "\ud800"}),
        ({"url": f"http://{'a' * 300}.example/"}, {}),
    ],
)
async def test_what_cannot_be_sent_is_not_sent(shop: Provider, changed: dict[str, Any], arguments: Any) -> None:
    tool = replace(tool_at(f"{shop.url}/orders", secret=SECRET), **changed)
    tools = HttpTools([shop.url])
    answer = await tools.call(tool, arguments, "1 wamid.1", 5.0)
    await tools.aclose()
    assert not answer.ok
    assert answer.error
    assert shop.requests == []
