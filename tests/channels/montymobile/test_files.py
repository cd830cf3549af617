"""Files from MontyMobile: as base64 in JSON, as an address, or as the bytes themselves."""

import base64
import json
import os
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import pytest

from channels.provider_server import Answer, Provider, answering, provider
from wasl.channels.adapter import Download, NotFetched, Upload
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.providers import montymobile
from wasl.channels.providers.montymobile import FORM, MontyMobile
from wasl.domain.channels import Access
from wasl.domain.sending import Refused

pytestmark = pytest.mark.anyio

PHOTO = b"\x89PNG and so on"
TEXT = base64.b64encode(PHOTO).decode()
PATH = "/api/v2/WhatsappApi/get-media"
DEFAULTS = {known.name: known.default for known in FORM.fields if known.default is not None}


def said(value: Any, status: int = 200) -> Answer:
    return answering(status, json.dumps(value).encode())


@asynccontextmanager
async def speaking(paths: dict[str, Answer], **values: str) -> AsyncIterator[tuple[MontyMobile, Access, Provider]]:
    """An adapter before a MontyMobile that knows some paths."""
    told = {**DEFAULTS, "api_key": "a-key", "tenant": "a-tenant", **values}
    async with provider(answering(404, b""), paths) as played, aclosing(Exchange()) as exchange:
        downloads = Downloads()
        yield MontyMobile(exchange, downloads), Access("montymobile", "550100", None, played.url, told), played
        await downloads.aclose()


async def fetched(adapter: MontyMobile, access: Access, mime_type: str = "image/png") -> bytes:
    async with adapter.fetch(access, {"id": "m 1&x", "mime_type": mime_type}) as download:
        return b"".join([chunk async for chunk in download.chunks])


@pytest.mark.parametrize(
    "answer",
    [
        {"data": {"data": TEXT}},
        {"data": TEXT},
        {"data": {"data": f"data:image/png;base64,{TEXT}"}},
        {"data": {"data": TEXT[:8] + "\r\n" + TEXT[8:]}},
    ],
)
async def test_base64_in_json(answer: Any) -> None:
    async with speaking({PATH: said(answer)}) as (adapter, access, played):
        assert await fetched(adapter, access) == PHOTO
    line, headers, _ = played.requests[0]
    assert parse_qsl(line.split(" ")[1].partition("?")[2]) == [("MediaId", "m 1&x")]
    assert (headers["tenant"], headers["api-key"]) == ("a-tenant", "a-key")


async def test_the_bytes_themselves() -> None:
    async with speaking({PATH: answering(200, PHOTO)}) as (adapter, access, _):
        assert await fetched(adapter, access) == PHOTO


@pytest.mark.parametrize("where", ["data.url", "data", "url", "data.data"])
async def test_an_address_at_their_own_host_is_asked_with_the_key(where: str) -> None:
    async with speaking({"/file/7": answering(200, PHOTO)}) as (adapter, access, played):
        address = f"{played.url}/file/7"
        answers = {
            "data.url": {"data": {"url": address}},
            "data.data": {"data": {"data": address}},
            "data": {"data": address},
            "url": {"url": address},
        }
        played.paths = {**played.paths, PATH: said(answers[where])}
        assert await fetched(adapter, access) == PHOTO
    assert [headers.get("api-key") for _, headers, _ in played.requests] == ["a-key", "a-key"]


class Recorder(Downloads):
    """Notes what it is asked to fetch, and fetches nothing."""

    asked: tuple[str, Mapping[str, str], str]

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str], trusted: str = "") -> AsyncIterator[Download]:
        self.asked = (url, headers, trusted)
        yield Download(chunks=_photo())


async def _photo() -> AsyncIterator[bytes]:
    yield PHOTO


async def test_no_other_host_is_shown_the_key() -> None:
    async with provider(said({"data": {"url": "https://files.example/7"}})) as played, aclosing(Exchange()) as exchange:
        recorder = Recorder()
        access = Access("montymobile", "1", None, played.url, {**DEFAULTS, "api_key": "a-key", "tenant": "a-tenant"})
        assert await fetched(MontyMobile(exchange, recorder), access) == PHOTO
        await recorder.aclose()
    assert recorder.asked == ("https://files.example/7", {}, played.url)


async def test_an_address_inside_our_own_network_is_not_asked() -> None:
    async with provider(answering(200, PHOTO)) as inside, speaking({}) as (adapter, access, played):
        played.paths = {PATH: said({"data": {"url": f"{inside.url}/secret"}})}
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, access)
    assert (error.value.code, inside.requests) == ("address_refused", [])


@pytest.mark.parametrize(
    ("how", "answer", "wanted"),
    [
        ("bytes", answering(200, b'{"data": "is what the file says"}'), b'{"data": "is what the file says"}'),
        ("base64", said({"data": {"data": TEXT}}), PHOTO),
        ("base64", said({"data": base64.b64encode(b"https://no.example").decode()}), b"https://no.example"),
    ],
)
async def test_how_files_come_is_a_setting(how: str, answer: Answer, wanted: bytes) -> None:
    async with speaking({PATH: answer}, media_answer=how) as (adapter, access, _):
        assert await fetched(adapter, access) == wanted


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ("auto", said({"data": {"data": ""}})),
        ("auto", said({"data": {"data": "no base64!"}})),
        ("auto", said({"success": False, "message": "unknown id"})),
        ("auto", answering(200, b"")),
        ("auto", answering(200, b"<html>log in</html>", Content_Type="text/html")),
        ("url", said({"data": TEXT})),
        ("base64", said({"data": "https://evil.example/x"})),
        ("bytes", answering(200, b"")),
    ],
)
async def test_an_answer_without_a_file_is_asked_for_again_and_kept_as_none(how: str, answer: Answer) -> None:
    async with speaking({PATH: answer}, media_answer=how) as (adapter, access, _):
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, access)
    assert (error.value.code, error.value.again_after_seconds is not None) == ("unreadable_answer", True)


async def test_a_large_file_is_unpacked_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    content, plain, threads = os.urandom(12 * 1024 * 1024), base64.b64decode, []

    def decode(*text: Any, **more: Any) -> bytes:
        threads.append(threading.current_thread())
        return plain(*text, **more)

    monkeypatch.setattr(base64, "b64decode", decode)
    async with speaking({PATH: said({"data": base64.b64encode(content).decode()})}) as (adapter, access, _):
        assert await fetched(adapter, access) == content
    assert [thread is threading.current_thread() for thread in threads] == [False]


async def test_a_page_that_a_customer_sent_is_a_file() -> None:
    page = answering(200, b"<html>mine</html>", Content_Type="text/html")
    async with speaking({PATH: page}) as (adapter, access, _):
        assert await fetched(adapter, access, mime_type="text/html") == b"<html>mine</html>"


@pytest.mark.parametrize(("status", "again"), [(404, False), (400, False), (401, True), (429, True), (500, True)])
async def test_a_file_that_is_not_given(status: int, again: bool) -> None:
    async with speaking({PATH: answering(status, b"")}) as (adapter, access, _):
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, access)
    assert (error.value.again_after_seconds is not None) is again


async def test_a_file_that_is_too_large_for_one_answer_is_not_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(montymobile, "FETCH_WHOLE_BYTES_MAX", 8)
    async with speaking({PATH: answering(200, PHOTO)}) as (adapter, access, _):
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, access)
    assert (error.value.code, error.value.again_after_seconds) == ("too_large", None)


async def test_a_message_that_names_no_file() -> None:
    async with speaking({}) as (adapter, access, played):
        with pytest.raises(NotFetched):
            async with adapter.fetch(access, {"mime_type": "image/png"}):
                pass
    assert played.requests == []


async def test_nothing_is_left_with_montymobile() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield PHOTO

    async with speaking({}) as (adapter, access, played):
        outcome = await adapter.upload(access, Upload("photo.png", "image/png", chunks(), len(PHOTO)))
    assert isinstance(outcome, Refused)
    assert played.requests == []
