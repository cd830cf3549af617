"""The OpenAI wire as it is read: the pieces of a streamed answer, put together.

Servers differ, and one may be hostile: nothing about a piece is taken for granted, and what is kept of it is bounded.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from wasl.assistant.limits import REASON_CHARACTERS_MAX, TOKENS_PER_CALL_MAX, TOOL_CALLS_PER_ROUND_MAX
from wasl.assistant.models.model import ToolCall

_NAME_CHARACTERS_MAX = 200
"""Of a call's id and of a tool's name."""


class NotTheWire(Exception):
    """What came is no answer to a chat completion."""


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""


class Gathering:
    """One answer on its way. `characters_max` bounds its words and what it writes to tools together."""

    def __init__(self, characters_max: int) -> None:
        self._characters_max = characters_max
        self._texts: list[str] = []
        self._characters = 0
        self._refusals: list[str] = []
        self._calls: dict[int, _Call] = {}
        self._finish: str | None = None
        self.has_begun = False
        self.tokens: tuple[int, int] | None = None
        """Read and written, where the server says so."""

    def take(self, piece: Any) -> None:
        """One piece, or a whole answer that did not come in pieces. Raises NotTheWire."""
        if not isinstance(piece, dict):
            raise NotTheWire
        self._count(piece.get("usage"))
        choices = piece.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            # Only one answer was asked for.
            if isinstance(choice, dict) and choice.get("index") in (0, None):
                self._take_choice(choice)

    @property
    def is_full(self) -> bool:
        """Whether it is longer than it may be: what comes now changes nothing any more."""
        return self._characters > self._characters_max

    @property
    def is_cut(self) -> bool:
        """Whether its end is missing."""
        return self.is_full or self._finish == "length"

    @property
    def text(self) -> str:
        return "".join(self._texts)

    @property
    def written(self) -> str:
        """All that the model wrote, for counting."""
        return self.text + "".join(call.name + call.arguments for call in self._calls.values())

    @property
    def refusal(self) -> str | None:
        """Why it would not answer; empty where only the content filter of its server says so."""
        if self._refusals or self._finish == "content_filter":
            return "".join(self._refusals)[:REASON_CHARACTERS_MAX]
        return None

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """What it wants to be used. A call without an id gets one, by which its result is told."""
        found = [call for call in self._calls.values() if call.name]
        return tuple(
            ToolCall(call.id or f"call_{place}", call.name, call.arguments) for place, call in enumerate(found)
        )

    def _take_choice(self, choice: dict[str, Any]) -> None:
        part = choice.get("delta") or choice.get("message")
        if not isinstance(part, dict):
            part = {}
        self.has_begun = True
        finish = choice.get("finish_reason")
        self._finish = finish if isinstance(finish, str) else self._finish
        self._add(self._texts, _text(part.get("content")))
        self._add(self._refusals, _text(part.get("refusal")))
        called = part.get("tool_calls")
        for place, call in enumerate(called if isinstance(called, list) else ()):
            if isinstance(call, dict):
                self._take_call(call, place)

    def _take_call(self, piece: dict[str, Any], place: int) -> None:
        index, told_id = piece.get("index"), piece.get("id")
        index = index if isinstance(index, int) else place
        call_id = told_id[:_NAME_CHARACTERS_MAX] if isinstance(told_id, str) else ""
        known = self._calls.get(index)
        if known is not None and call_id and known.id and known.id != call_id:
            # Some servers give every call the same place, and each one whole.
            index = max(self._calls) + 1
        if index not in self._calls and len(self._calls) > TOOL_CALLS_PER_ROUND_MAX:
            return  # More than are answered; one above is kept, so that they are told.
        call = self._calls.setdefault(index, _Call())
        call.id = call.id or call_id
        function = piece.get("function")
        if not isinstance(function, dict):
            return
        name, arguments = function.get("name"), function.get("arguments")
        if isinstance(name, str) and not call.name:
            call.name = name[:_NAME_CHARACTERS_MAX]
        if isinstance(arguments, dict):
            arguments = orjson.dumps(arguments).decode()
        if isinstance(arguments, str):
            self._characters += len(arguments)
            if not self.is_full:
                call.arguments += arguments

    def _add(self, parts: list[str], more: str) -> None:
        if more:
            room = self._characters_max - self._characters
            self._characters += len(more)
            parts.append(more[: max(0, room)])

    def _count(self, usage: Any) -> None:
        if isinstance(usage, dict):
            read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
            if isinstance(read, int) and isinstance(written, int) and read >= 0 and written >= 0:
                self.tokens = (min(read, TOKENS_PER_CALL_MAX), min(written, TOKENS_PER_CALL_MAX))


def _text(content: Any) -> str:
    """Words, or the words among the parts into which some servers divide them."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "".join(str(part["text"]) for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))
