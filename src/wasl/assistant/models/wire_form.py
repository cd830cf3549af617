"""The OpenAI wire as it is written: a question as the JSON of a chat completion, in the form that a server takes.

Servers that speak it differ in what they refuse. So each model is asked in the strictest form first, and what it
complained of is left out of the next try (OpenAI, "API reference: Create chat completion").
"""

import base64
from dataclasses import dataclass, replace
from typing import Any

from wasl.assistant.limits import BYTES_PER_TOKEN, TOKENS_PER_PICTURE
from wasl.assistant.models.model import Asked, Picture, ToolForm, Turn
from wasl.domain.assistant_settings import ModelTerms

JsonObject = dict[str, Any]
_MILDER = {"json_schema": "json_object", "json_object": "text"}
_HOPELESS = ("context_length", "context length", "context window")
"""The question itself is too long: no other form makes it shorter."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """In which form a model is asked."""

    answers_in: str = "json_schema"
    """`json_schema`, `json_object` or `text`, the strictest first."""
    counts: bool = True
    """Whether it is asked to say what a streamed answer has used."""
    limit: str = "max_tokens"
    """What the greatest length of an answer is called: models that reason take `max_completion_tokens` only."""

    def milder(self, complaint: str, *, formed: bool) -> "Dialect | None":
        """What to try after a refusal; None when there is nothing left. `formed` says whether JSON was asked for."""
        said = complaint.lower()
        if any(word in said for word in _HOPELESS):
            return None
        if self.limit == "max_tokens" and "max_completion_tokens" in said:
            return replace(self, limit="max_completion_tokens")
        if self.counts and ("stream_options" in said or "include_usage" in said):
            return replace(self, counts=False)
        if formed and self.answers_in in _MILDER:
            return replace(self, answers_in=_MILDER[self.answers_in])
        return replace(self, counts=False) if self.counts else None


def body_of(terms: ModelTerms, asked: Asked, dialect: Dialect) -> JsonObject:
    """The arguments of a chat completion."""
    body: JsonObject = {
        "model": terms.name,
        "messages": [_message_of(turn) for turn in asked.turns],
        dialect.limit: terms.answer_tokens_max,
    }
    if asked.tools:
        body["tools"] = [_tool_of(tool) for tool in asked.tools]
        body["tool_choice"] = "auto" if asked.may_call else "none"
    if dialect.counts:
        body["stream_options"] = {"include_usage": True}
    if asked.form is not None and dialect.answers_in == "json_schema":
        schema = {"name": "answer", "strict": True, "schema": asked.form}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif asked.form is not None and dialect.answers_in == "json_object":
        body["response_format"] = {"type": "json_object"}
    return body


def tokens_asked(asked: Asked) -> int:
    """About how many tokens a question has, for where nobody says so."""
    texts = [part for turn in asked.turns for part in (turn.text, *(call.arguments for call in turn.calls))]
    texts += [f"{tool.name}{tool.description}{tool.parameters}" for tool in asked.tools]
    pictures = sum(len(turn.pictures) for turn in asked.turns)
    return sum(map(tokens_of, texts)) + pictures * TOKENS_PER_PICTURE


def tokens_of(text: str) -> int:
    """About how many tokens a text has."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def _message_of(turn: Turn) -> JsonObject:
    if turn.role == "tool":
        return {"role": "tool", "tool_call_id": turn.answers, "content": turn.text}
    if turn.calls:
        called = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in turn.calls
        ]
        return {"role": turn.role, "content": turn.text or None, "tool_calls": called}
    if not turn.pictures:
        return {"role": turn.role, "content": turn.text}
    shown = [{"type": "image_url", "image_url": {"url": _data_url(one)}} for one in turn.pictures]
    return {"role": turn.role, "content": [{"type": "text", "text": turn.text}, *shown]}


def _data_url(picture: Picture) -> str:
    return f"data:{picture.mime_type};base64,{base64.b64encode(picture.content).decode()}"


def _tool_of(tool: ToolForm) -> JsonObject:
    parameters = dict(tool.parameters)
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    }
