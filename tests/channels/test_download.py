"""Files are fetched from where providers keep them: never from inside our own network, never for ever."""

import asyncio
import ipaddress
import socket
from contextlib import suppress
from typing import Any

import pytest

from channels.provider_server import Provider, answering, drip, hang_up, listening, provider, reset, silence
from wasl import public_address
from wasl.channels import download
from wasl.channels.adapter import NotFetched
from wasl.channels.download import Downloads

pytestmark = pytest.mark.anyio
SECRET = {"Authorization": "Bearer the-channels-token"}


async def fetched(url: str, trusted: str = "", headers: dict[str, str] | None = None) -> bytes:
    downloads = Downloads()
    try:
        async with downloads.open(url, headers or {}, trusted) as found:
            return b"".join([chunk async for chunk in found.chunks])
    finally:
        await downloads.aclose()


async def refused(url: str, trusted: str = "", headers: dict[str, str] | None = None) -> NotFetched:
    with pytest.raises(NotFetched) as raised:
        await fetched(url, trusted, headers)
    return raised.value


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.0.9",
        "168.63.129.16",
        "[64:ff9b:1::7f00:1]",
        "[64:ff9b:1::808:808]",
        "[64:ff9b::a83f:8110]",
        "[fec0::1]",
        "[::7f00:1]",
        "[::808:808]",
        "[::ffff:0:7f00:1]",
        "[::ffff:0:808:808]",
    ],
)
async def test_nothing_inside_is_reached_by_any_name(host: str) -> None:
    async with provider(answering(200, b"inside")) as inside:
        port = inside.url.rpartition(":")[2]
        problem = await refused(f"http://{host}:{port}/secret")
        assert inside.requests == []
    assert problem.code in ("address_refused", "gaierror")
    if problem.code == "address_refused":
        assert problem.again_after_seconds is None


@pytest.mark.parametrize(
    "address",
    [
        *("192.0.0.9", "192.0.0.170", "168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::a83f:8110"),
        *("64:ff9b:1::808:808", "fec0::1", "::808:808", "::ffff:0:808:808", "10.0.0.1", "fd00::1", "fe80::1%eth0"),
    ],
)
def test_what_is_refused_does_not_rest_on_the_interpreters_tables(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (ipaddress.IPv4Address, ipaddress.IPv6Address):
        monkeypatch.setattr(kind, "is_global", True)
    assert not public_address.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "157.240.1.1", "2a03:2880:f10c::1", "64:ff9b::808:808", "192.0.1.1"])
def test_the_worlds_addresses_are_public(address: str) -> None:
    assert public_address.is_public(address)


async def test_no_connection_is_used_for_another_name_at_the_same_address() -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\na file")
                await writer.drain()

    downloads = Downloads()
    async with listening(serve) as port:
        for _ in range(2):
            async with downloads.open(f"http://127.0.0.1:{port}/x", {}, f"http://127.0.0.1:{port}") as found:
                assert [chunk async for chunk in found.chunks] == [b"a file"]
        await downloads.aclose()
    assert connections == 2


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/x", "gopher://x", "//x", "", "http://", "a b"]
)
async def test_only_http_is_spoken(url: str) -> None:
    assert (await refused(url)).code == "address_refused"


async def test_an_address_that_an_administrator_entered_may_lie_anywhere() -> None:
    async with provider(answering(200, b"a file")) as own:
        assert await fetched(f"{own.url}/file", own.url, SECRET) == b"a file"
        assert own.requests[0][1]["authorization"] == SECRET["Authorization"]
        # Its port and scheme are part of it.
        assert (await refused(f"{own.url}/file", "http://127.0.0.1:1")).code == "address_refused"


async def test_a_redirect_inside_is_not_followed() -> None:
    async with provider(answering(200, b"inside")) as inside:
        for target in (f"{inside.url}/secret", "http://169.254.169.254/latest", "file:///etc/passwd", "//[::1]/x"):
            async with provider(answering(302, b"", Location=target)) as own:
                problem = await refused(f"{own.url}/file", own.url, SECRET)
                assert (problem.code, problem.again_after_seconds) == ("address_refused", None)
        assert inside.requests == []


async def test_redirects_end() -> None:
    async with provider(answering(302, b"", Location="/again")) as own:
        assert (await refused(f"{own.url}/file", own.url)).code == "too_many_redirects"
        assert len(own.requests) == 5


async def test_a_key_is_shown_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_address, "is_public", lambda _: True)
    async with (
        provider(answering(200, b"a file")) as other,
        provider(answering(302, b"", Location=f"{other.url}/file")) as own,
    ):
        assert await fetched(f"{own.url}/file", own.url, SECRET) == b"a file"
        assert "authorization" in own.requests[0][1]
        assert "authorization" not in other.requests[0][1]


async def test_the_address_that_was_judged_is_the_one_that_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is looked up twice may say something else the second time."""
    lookups: list[str] = []

    async def told(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(public_address, "is_public", lambda _: True)
    monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", told, raising=False)
    async with provider(answering(200, b"a file")) as own:
        port = own.url.rpartition(":")[2]
        assert await fetched(f"http://files.example:{port}/x") == b"a file"
        assert own.requests[0][1]["host"] == f"files.example:{port}"
    assert lookups == ["files.example"]


@pytest.mark.parametrize(
    ("status", "again"),
    [(500, True), (503, True), (429, True), (408, True), (421, True), (404, True), (403, False), (410, False)],
)
async def test_what_may_go_better_is_told_from_what_will_not(status: int, again: bool) -> None:
    async with provider(answering(status, b"no")) as own:
        problem = await refused(f"{own.url}/file", own.url)
    assert (problem.code, problem.again_after_seconds is not None) == (f"http_{status}", again)


async def test_a_file_that_is_not_there_is_asked_for_a_few_times_only() -> None:
    """Its address may have run out; whoever asks again is told another."""
    async with provider(answering(404, b"no")) as own:
        assert (await refused(f"{own.url}/file", own.url)).attempts_max == 4
    async with provider(answering(503, b"no")) as own:
        assert (await refused(f"{own.url}/file", own.url)).attempts_max is None


@pytest.mark.parametrize("answer", [silence, drip, reset, hang_up])
async def test_a_server_that_says_nothing_to_the_end_is_left(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx2

    monkeypatch.setattr(download, "_TIMEOUT", httpx2.Timeout(0.3))
    async with provider(answer) as own:
        assert isinstance(own, Provider)
        problem = await refused(f"{own.url}/file", own.url)
    assert problem.again_after_seconds is not None
