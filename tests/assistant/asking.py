"""Asking a model over the wire, as tests do it."""

from typing import Any

import pytest

from assistant.wire_server import WireServer
from wasl.assistant.models.model import Asked, ModelAccess, ModelFailed, Said, Turn
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.domain.assistant_settings import ModelTerms

KEY = "sk-invented-for-olive"
FORM = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
HELLO = Asked([Turn("system", "Be kind."), Turn("user", "hello")])


def access_to(server: WireServer, key: str | None = KEY, **terms: Any) -> ModelAccess:
    return ModelAccess(ModelTerms(base_url=server.url, name="small", **terms), key)


async def ask(model: OpenAiChat, server: WireServer, asked: Asked = HELLO, seconds: float = 10.0) -> Said:
    return await model.ask(access_to(server), asked, seconds)


async def failure(model: OpenAiChat, server: WireServer, asked: Asked = HELLO, seconds: float = 10.0) -> ModelFailed:
    with pytest.raises(ModelFailed) as raised:
        await ask(model, server, asked, seconds)
    return raised.value
