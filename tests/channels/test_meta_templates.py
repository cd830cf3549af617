"""Meta's list of templates: whole, or not there at all."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from channels.provider_server import Answer, Provider, answering, provider
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.limits import TEMPLATE_PAGE_BYTES_MAX
from wasl.channels.providers.meta import Meta
from wasl.domain.channels import Access

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def speaking(answer: Answer) -> AsyncIterator[tuple[Meta, Access, Provider]]:
    """An adapter before a provider that always says the same."""
    async with provider(answer) as played, aclosing(Exchange()) as exchange:
        values = {"api_version": "v24.0", "access_token": "a-token", "business_account_id": "7"}
        downloads = Downloads()
        yield Meta(exchange, downloads), Access("meta", "1", None, played.url, values), played
        await downloads.aclose()


def saying(value: Any) -> Answer:
    return answering(200, json.dumps(value).encode())


async def test_an_account_without_templates() -> None:
    async with speaking(saying({"data": [], "paging": {"cursors": {"after": "x"}}})) as (adapter, access, played):
        assert await adapter.templates(access) == []
    assert len(played.requests) == 1


async def test_what_cannot_be_sent_is_left_out() -> None:
    listed = [{"name": "hello", "language": "en"}, {"name": "no language"}, 5]
    async with speaking(saying({"data": listed})) as (adapter, access, _):
        assert [found.name for found in await adapter.templates(access)] == ["hello"]


@pytest.mark.parametrize(
    "answer",
    [
        answering(500, b""),
        answering(200, b"<html>Please sign in</html>"),
        answering(200, b""),
        saying([]),
        saying({"paging": {}}),
        saying({"data": {"name": "hello"}}),
        saying({"data": [{"name": "hello", "language": "en"}], "more": "x" * TEMPLATE_PAGE_BYTES_MAX}),
        answering(200, b'{"data": [' + b" " * TEMPLATE_PAGE_BYTES_MAX),
    ],
)
async def test_what_is_no_list_takes_no_templates_away(answer: Answer) -> None:
    async with speaking(answer) as (adapter, access, _):
        with pytest.raises(ProviderAway):
            await adapter.templates(access)
