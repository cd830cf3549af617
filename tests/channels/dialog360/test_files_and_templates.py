"""Files to and from 360dialog, its templates, and what is found wrong with a channel."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from channels.provider_server import Answer, Provider, answering, provider
from wasl.channels.adapter import NotFetched, Upload
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.limits import TEMPLATE_PAGE_BYTES_MAX
from wasl.channels.providers.dialog360 import Dialog360
from wasl.domain.channels import Access
from wasl.domain.sending import FileHandle, NotSent, Refused

pytestmark = pytest.mark.anyio

PHOTO = b"\x89PNG and so on"
URL = "https://inbox.example/webhooks/dialog360/key-of-the-channel"
META = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=77&hash=x"


@asynccontextmanager
async def speaking(paths: dict[str, Answer]) -> AsyncIterator[tuple[Dialog360, Access, Provider]]:
    """An adapter before a provider that knows some paths."""
    async with provider(answering(404, b"{}"), paths) as played, aclosing(Exchange()) as exchange:
        downloads = Downloads()
        access = Access("dialog360", "550100", None, played.url, {"api_key": "a-key"}, webhook_url=URL)
        yield Dialog360(exchange, downloads), access, played
        await downloads.aclose()


def saying(value: Any, status: int = 200) -> Answer:
    return answering(status, json.dumps(value).encode())


async def fetched(adapter: Dialog360, access: Access, media: dict[str, Any]) -> tuple[bytes, Any]:
    async with adapter.fetch(access, media) as download:
        return b"".join([chunk async for chunk in download.chunks]), download


async def one_chunk(content: bytes) -> AsyncIterator[bytes]:
    yield content


# -- files -----------------------------------------------------------------------------------------------------------


async def test_a_file_comes_from_metas_address_under_360dialogs_host_with_the_key() -> None:
    about = {
        "url": META,
        "mime_type": "image/png",
        "sha256": hashlib.sha256(PHOTO).hexdigest(),
        "file_size": len(PHOTO),
    }
    paths = {"/m-1": saying(about), "/whatsapp_business/attachments/": answering(200, PHOTO)}
    async with speaking(paths) as (adapter, access, played):
        content, download = await fetched(adapter, access, {"id": "m-1"})
    assert content == PHOTO
    assert (download.mime_type, download.bytes, download.sha256) == ("image/png", len(PHOTO), about["sha256"])
    lines = [line for line, _, _ in played.requests]
    assert lines == ["GET /m-1 HTTP/1.1", "GET /whatsapp_business/attachments/?mid=77&hash=x HTTP/1.1"]
    assert {headers["d360-api-key"] for _, headers, _ in played.requests} == {"a-key"}


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/whatsapp_business/attachments/?mid=77",
        "http://lookaside.fbsbx.com/attachments",
        "https://lookaside.fbsbx.com.evil.example/x",
        "http://127.0.0.1:1/x",
        "file:///etc/passwd",
        "",
    ],
)
async def test_no_other_address_is_shown_the_key(address: str) -> None:
    async with speaking({"/m-1": saying({"url": address, "id": "m-1"})}) as (adapter, access, played):
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, access, {"id": "m-1"})
    assert error.value.again_after_seconds is None or address == ""
    assert len(played.requests) == 1


@pytest.mark.parametrize("media_id", ["", "../messages", "a b", "m-1?x", "m#1"])
async def test_an_id_that_is_none_is_not_asked_for(media_id: str) -> None:
    async with speaking({}) as (adapter, access, played):
        with pytest.raises(NotFetched):
            await fetched(adapter, access, {"id": media_id})
    assert played.requests == []


@pytest.mark.parametrize(("status", "again"), [(404, False), (400, False), (500, True), (503, True)])
async def test_a_file_that_is_not_given(status: int, again: bool) -> None:
    async with speaking({"/m-1": saying({"message": "no"}, status)}) as (adapter, access, _):
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, access, {"id": "m-1"})
    assert (error.value.again_after_seconds is not None) is again


async def test_a_file_is_left_with_360dialog() -> None:
    async with speaking({"/media": saying({"id": "up-1"})}) as (adapter, access, played):
        handle = await adapter.upload(access, Upload("photo.png", "image/png", one_chunk(PHOTO), len(PHOTO)))
    assert handle == FileHandle("photo.png", "image/png", id="up-1")
    line, headers, body = played.requests[0]
    assert line == "POST /media HTTP/1.1"
    assert headers["content-type"].startswith("multipart/form-data; boundary=")
    assert PHOTO in body
    assert b'name="messaging_product"' in body
    assert b"image/png" in body


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (saying({"error": {"code": 131053, "message": "x"}}, 400), Refused),
        (saying({"error": {"code": 190, "message": "x"}}, 401), NotSent),
        (answering(502, b"<html>"), NotSent),
        (saying({"meta": {"developer_message": "Too large"}}, 400), Refused),
        (saying({"meta": {"developer_message": "Invalid api_key"}}, 401), NotSent),
    ],
)
async def test_a_file_that_is_not_taken(answer: Answer, wanted: type) -> None:
    async with speaking({"/media": answer}) as (adapter, access, _):
        outcome = await adapter.upload(access, Upload("photo.png", "image/png", one_chunk(PHOTO), len(PHOTO)))
    assert isinstance(outcome, wanted)
    assert getattr(outcome, "code", "") != "http_401" or getattr(outcome, "holds", "") == "channel"


async def test_a_file_waits_for_a_new_key() -> None:
    paths = {"/m-1": saying({"meta": {"developer_message": "Invalid api_key"}}, 401)}
    async with speaking(paths) as (adapter, access, _):
        with pytest.raises(NotFetched) as error:
            await fetched(adapter, access, {"id": "m-1"})
    assert error.value.again_after_seconds is not None
    assert "administrator" in error.value.message


# -- templates and the channel itself --------------------------------------------------------------------------------


def template(place: int) -> dict[str, Any]:
    components = [{"type": "BODY", "text": "Hello {{1}}"}]
    return {
        "name": f"t{place}",
        "language": "ar",
        "category": "UTILITY",
        "status": "approved",
        "components": components,
    }


async def test_all_templates_are_listed() -> None:
    page = {"count": 2, "total": 2, "waba_templates": [template(1), template(2)]}
    async with speaking({"/v1/configs/templates": saying(page)}) as (adapter, access, played):
        found = await adapter.templates(access)
    assert [(one.name, one.language, one.category, one.status) for one in found] == [
        ("t1", "ar", "utility", "approved"),
        ("t2", "ar", "utility", "approved"),
    ]
    assert found[0].gaps("BODY") == ["1"]
    assert len(played.requests) == 1


async def test_templates_beyond_the_first_page_are_asked_for() -> None:
    page = {"total": 3, "waba_templates": [template(1), template(2)]}
    async with speaking({"/v1/configs/templates": saying(page)}) as (adapter, access, played):
        assert len(await adapter.templates(access)) == 4
    assert [line.split(" ")[1].partition("offset=")[2] for line, _, _ in played.requests] == ["0", "2"]


async def test_without_a_total_the_list_ends_where_a_page_is_empty_or_told_again() -> None:
    async with speaking({"/v1/configs/templates": saying({"waba_templates": []})}) as (adapter, access, played):
        assert await adapter.templates(access) == []
    assert len(played.requests) == 1
    page = {"waba_templates": [template(1), template(2)]}
    async with speaking({"/v1/configs/templates": saying(page)}) as (adapter, access, played):
        assert {one.name for one in await adapter.templates(access)} == {"t1", "t2"}
    assert len(played.requests) == 2


async def test_a_full_page_that_is_told_again_is_no_whole_list() -> None:
    page = {"total": 300, "waba_templates": [template(place) for place in range(100)]}
    async with speaking({"/v1/configs/templates": saying(page)}) as (adapter, access, played):
        with pytest.raises(ProviderAway):
            await adapter.templates(access)
    assert "limit=100&" in played.requests[0][0]


@pytest.mark.parametrize(
    "answer",
    [
        answering(500, b""),
        answering(200, b"<html>Please sign in</html>"),
        answering(200, b""),
        saying([template(1)]),
        saying({"meta": {}}),
        saying({"waba_templates": "none"}),
        saying({"waba_templates": [template(1)], "more": "x" * TEMPLATE_PAGE_BYTES_MAX}),
    ],
)
async def test_templates_that_are_not_listed(answer: Answer) -> None:
    async with speaking({"/v1/configs/templates": answer}) as (adapter, access, _):
        with pytest.raises(ProviderAway):
            await adapter.templates(access)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (saying({"url": URL}), None),
        (saying({"url": URL + "/"}), None),
        (saying({"url": "https://old.example/hook"}), "another webhook address"),
        (saying({}), "has no webhook address"),
        (saying({}, 404), "has no webhook address"),
        (saying({"meta": {"developer_message": "Invalid api_key"}}, 401), "answers 401 to its key"),
    ],
)
async def test_what_is_wrong_with_a_channel(answer: Answer, complaint: str | None) -> None:
    async with speaking({"/v1/configs/webhook": answer}) as (adapter, access, _):
        found = await adapter.examine(access)
    assert (found is None) if complaint is None else complaint in (found or "")
    assert "key-of-the-channel" not in (found or "")
