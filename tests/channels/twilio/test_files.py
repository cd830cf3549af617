"""Files from Twilio, what it is asked beside messages, and the token that nobody else is shown."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from channels.provider_server import Answer, Provider, answering, provider
from channels.twilio.forms import ADAPTER, SID, access
from wasl.channels.adapter import NotFetched, Upload
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.providers.twilio import Twilio
from wasl.domain.channels import Access
from wasl.domain.sending import Refused

pytestmark = pytest.mark.anyio

PHOTO = b"\x89PNG and so on"


@asynccontextmanager
async def speaking(paths: dict[str, Answer]) -> AsyncIterator[tuple[Twilio, Access, Provider]]:
    async with provider(answering(404, b"{}"), paths) as played, aclosing(Exchange()) as exchange:
        downloads = Downloads()
        yield Twilio(exchange, downloads), access(api=played.url), played
        await downloads.aclose()


async def fetched(adapter: Twilio, at: Access, url: str) -> bytes:
    async with adapter.fetch(at, {"url": url}) as download:
        return b"".join([chunk async for chunk in download.chunks])


async def test_an_address_leads_on_to_the_bytes() -> None:
    paths = {"/Media/ME1": answering(307, b"", Location="/elsewhere"), "/elsewhere": answering(200, PHOTO)}
    async with speaking(paths) as (adapter, at, played):
        assert await fetched(adapter, at, f"{played.url}/Media/ME1") == PHOTO
    assert [line.split()[1] for line, _, _ in played.requests] == ["/Media/ME1", "/elsewhere"]
    assert played.requests[0][1]["authorization"].startswith("Basic ")


async def test_whoever_it_leads_to_is_not_shown_the_token() -> None:
    async with provider(answering(200, PHOTO)) as stranger:
        onward = {"/Media/ME1": answering(307, b"", Location=f"{stranger.url}/x")}
        async with speaking(onward) as (adapter, at, played):
            with pytest.raises(NotFetched) as error:
                await fetched(adapter, at, f"{played.url}/Media/ME1")
    # A private address is refused before anybody there is asked.
    assert (error.value.code, stranger.requests) == ("address_refused", [])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "file:///etc/passwd",
        "https://evil.example/2010-04-01/Media/ME1",
        "https://api.twilio.com.evil.example/x",
        "https://eviltwilio.com/x",
        "http://api.twilio.com/x",
        "http://127.0.0.1:1/x",
        "http://t.example/x",
        "https://t.example:444/x",
    ],
)
async def test_no_other_address_is_asked(address: str) -> None:
    with pytest.raises(NotFetched) as error:
        await fetched(ADAPTER, access(), address)
    assert (error.value.code, error.value.again_after_seconds) == ("address_refused", None)


@pytest.mark.parametrize(("status", "again"), [(404, True), (410, False), (401, False), (500, True), (429, True)])
async def test_a_file_that_cannot_be_had(status: int, again: bool) -> None:
    async with speaking({"/Media/ME1": answering(status, b"no")}) as (adapter, at, played):
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, at, f"{played.url}/Media/ME1")
    assert (error.value.again_after_seconds is not None) is again


async def test_a_token_that_cannot_be_one_waits_for_an_administrator() -> None:
    with pytest.raises(NotFetched) as error:
        await fetched(ADAPTER, access(auth_token="tö"), "https://t.example/x")
    assert error.value.code == "misconfigured"


async def test_no_file_is_left_there_and_no_template_listed() -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    outcome = await ADAPTER.upload(access(), Upload("a", "image/png", nothing(), 0))
    assert isinstance(outcome, Refused)
    assert await ADAPTER.templates(access()) == []


async def test_the_account_is_looked_at_with_its_own_token() -> None:
    path = f"/2010-04-01/Accounts/{SID}.json"
    async with speaking({path: answering(200, b'{"status": "active"}')}) as (adapter, at, played):
        assert await adapter.examine(at) is None
    assert played.requests[0][0] == f"GET {path} HTTP/1.1"
    async with speaking({path: answering(401, b"{}")}) as (adapter, at, _):
        assert "401" in str(await adapter.examine(at))
        with pytest.raises(ProviderAway):
            await adapter.examine(access(api="http://127.0.0.1:9"))
    assert "cannot be used" in str(await ADAPTER.examine(access(auth_token="")))
