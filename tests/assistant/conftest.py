"""A model's server on loopback, and what asks it."""

from collections.abc import AsyncIterator

import pytest

from assistant.talking import Talker
from assistant.wire_server import WireServer, knows, says, wire_server
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.assistant.tools.http_tool import HttpTools


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[WireServer]:
    async with wire_server() as served:
        served.otherwise = says("hello")
        yield served


@pytest.fixture
async def model(anyio_backend: str) -> AsyncIterator[OpenAiChat]:
    model = OpenAiChat()
    yield model
    await model.aclose()


@pytest.fixture
async def tools(anyio_backend: str) -> AsyncIterator[HttpTools]:
    tools = HttpTools()
    yield tools
    await tools.aclose()


@pytest.fixture
def talker(server: WireServer, model: OpenAiChat, tools: HttpTools) -> Talker:
    server.otherwise = knows
    return Talker(server, model, tools)
