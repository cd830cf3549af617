"""What is asked of a model, what it answers, and how it fails: everything that the rest of Wasl knows of models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from wasl.domain.assistant import Usage
from wasl.domain.assistant_settings import ModelTerms
from wasl.domain.notes import Note

Json = Mapping[str, Any]
NOTHING_USED = Usage()
_OLLAMA_PORT = 11_434
_NEAR = (".local", ".lan", ".internal", ".home.arpa")
"""Names of one's own network."""


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """An account's way to its model. The key goes to the address in the terms and nowhere else."""

    terms: ModelTerms
    key: str | None = field(default=None, repr=False)

    @property
    def is_usable(self) -> bool:
        """Whether it can be asked at all: servers of the world want a key, those of one's own may do without."""
        return self.terms.is_set and (bool(self.key) or is_near(self.terms.base_url))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a model that sees."""

    content: bytes = field(repr=False)
    mime_type: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model wants a tool to be used. `arguments` is what it wrote, which should be JSON."""

    id: str
    name: str
    arguments: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the talk with a model. `role` is `system`, `user`, `assistant` or `tool`."""

    role: str
    text: str = field(repr=False)
    pictures: tuple[Picture, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    """What the model wanted to be used; of `assistant` only."""
    answers: str | None = None
    """The id of the call whose result this is; of `tool` only."""


@dataclass(frozen=True, slots=True)
class ToolForm:
    """A tool as a model is told of it. `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Json


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a model. Its answer is one JSON object of the schema `form`, or words where that is None."""

    turns: Sequence[Turn]
    tools: Sequence[ToolForm] = ()
    may_call: bool = True
    """Whether it may want tools this time; it must know those that it has called before."""
    form: Json | None = None
    characters_max: int = 4_000
    """An answer that is longer is cut off there."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a model answered."""

    text: str = field(default="", repr=False)
    calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    """Why it would not answer, in its own words; empty where the content filter of its server stopped it."""
    cut: bool = False
    """Whether the answer was longer than it may be, so that its end is missing."""
    usage: Usage = NOTHING_USED


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice note in words."""

    text: str = field(repr=False)
    usage: Usage = NOTHING_USED


@dataclass(frozen=True, slots=True)
class Sound:
    """A voice note. The name's ending says what it is."""

    content: bytes = field(repr=False)
    name: str
    mime_type: str
    seconds: float = 0.0


class ModelFailed(Exception):
    """A model gave no answer. `again` says whether it may the next time, and after how long; the note is for
    operators, and what was used all the same is counted."""

    def __init__(
        self,
        code: str,
        note: Note,
        *,
        again: bool = False,
        pause_seconds: float = 0.0,
        usage: Usage = NOTHING_USED,
    ) -> None:
        super().__init__(note)
        self.code = code
        self.note = note
        self.again = again
        self.pause_seconds = pause_seconds
        self.usage = usage


class Model(Protocol):
    """Whatever speaks to models. Every call ends within `seconds`, and raises nothing but ModelFailed."""

    async def ask(self, access: ModelAccess, asked: Asked, seconds: float) -> Said: ...

    async def hear(self, access: ModelAccess, sound: Sound, seconds: float) -> Heard: ...


def is_near(base_url: str) -> bool:
    """Whether an address looks like one's own: this machine, this network, a container beside, or Ollama's port."""
    try:
        parts = urlsplit(base_url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if port == _OLLAMA_PORT or "." not in host.replace(":", "."):
        return bool(host)
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.endswith(_NEAR)


def cost_of(terms: ModelTerms, tokens_in: int, tokens_out: int) -> Usage:
    """What a call has used, with its price."""
    micros = tokens_in * terms.micros_per_million_in + tokens_out * terms.micros_per_million_out
    return Usage(terms.name, tokens_in, tokens_out, -(-micros // 1_000_000))
