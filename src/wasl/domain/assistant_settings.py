"""What an account sets its assistant to: for all of its numbers, and otherwise for one.

As JSON each part is an object; a number's own settings name only what differs, key by key. What is read here was
checked at the door, and what this version does not know is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from wasl.domain.assistant import AssistantMode
from wasl.domain.hours import WEEKDAYS, Hours

__all__ = [
    "PARTS",
    "WEEKDAYS",
    "AssistantSettings",
    "Hours",
    "Limits",
    "ModelTerms",
    "Rules",
    "overlaid",
    "settings_of",
]

Json = Mapping[str, Any]
QUIET_SECONDS = 2.5
"""So long a customer says nothing more before they are answered: people write one thought in several messages."""
BURST_SECONDS = 10.0
"""So long at most they wait for that."""


@dataclass(frozen=True, slots=True)
class ModelTerms:
    """A server that speaks the OpenAI wire. Without a name there is none, and the knowledge alone answers."""

    base_url: str = ""
    name: str = ""
    transcription: str = ""
    """The model that writes down voice notes, if any."""
    sees: bool = False
    """Whether it takes pictures."""
    timeout_seconds: float = 20.0
    answer_tokens_max: int = 600
    micros_per_million_in: int = 0
    """The price of a million tokens that it reads, in millionths of the account's currency."""
    micros_per_million_out: int = 0

    @property
    def is_set(self) -> bool:
        return bool(self.name and self.base_url)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an account lets its assistant use in a day; 0 is no limit."""

    turns_per_day: int = 2_000
    tokens_per_day: int = 2_000_000
    micros_per_day: int = 0
    """Spending, in millionths of the account's currency."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When a person is called whatever the assistant could say, and what becomes of who falls silent."""

    keywords: tuple[str, ...] = ()
    vip_tags: tuple[str, ...] = ("vip",)
    upset: bool = True
    """Whether anger calls a person."""
    idle_minutes: int = 0
    """After so long without a word; 0 is never."""
    idle_move: str = "end"
    """`end`, or `release` to give back to the assistant what a person holds."""


@dataclass(frozen=True, slots=True)
class AssistantSettings:
    """What holds on one number. Texts to customers are by language; what is not there has a default in many."""

    mode: AssistantMode = AssistantMode.OFF
    quiet_seconds: float = QUIET_SECONDS
    burst_seconds: float = BURST_SECONDS
    persona: str = ""
    """How the assistant introduces itself and speaks: the only words of its brief that are instructions."""
    confident_from: int = 65
    """From which score, 0 to 100, a match may be said without a model."""
    agreement_from: int = 0
    """From which agreement with what people send, 0 to 100, it answers a topic by itself; 0 asks for none."""
    agreement_samples: int = 20
    """On how many comparisons that must stand."""
    answer_characters_max: int = 1_500
    copilot: bool = True
    """Whether operators are offered suggestions, rewriting and summaries."""
    handover_texts: Mapping[str, str] = field(default_factory=dict)
    """What a customer is told, once, when a person is called: language → text."""
    away_texts: Mapping[str, str] = field(default_factory=dict)
    """The same when nobody is there."""
    hours: Hours = field(default_factory=Hours)
    model: ModelTerms = field(default_factory=ModelTerms)
    limits: Limits = field(default_factory=Limits)
    rules: Rules = field(default_factory=Rules)

    @property
    def listens(self) -> bool:
        return self.mode is not AssistantMode.OFF


PARTS = {"hours": Hours, "model": ModelTerms, "limits": Limits, "rules": Rules}


def overlaid(below: Json, above: Json) -> dict[str, Any]:
    """The settings of an account with those of a number laid over them."""
    merged = {**below, **above}
    for name in PARTS:
        if name in below and name in above:
            merged[name] = {**below[name], **above[name]}
    return merged


def settings_of(told: Json) -> AssistantSettings:
    """Read settings from their JSON."""
    values = {name: value for name, value in told.items() if name in _NAMES and name not in PARTS}
    if "mode" in values:
        values["mode"] = AssistantMode(values["mode"])
    parts = {name: _part(kind, told[name]) for name, kind in PARTS.items() if name in told}
    return AssistantSettings(**values, **parts)


def told_of(settings: AssistantSettings) -> dict[str, Any]:
    """Write settings as their JSON, whole."""
    return {one.name: _plain(getattr(settings, one.name)) for one in fields(AssistantSettings)}


def _plain(value: Any) -> Any:
    if type(value) in PARTS.values():
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(held) for held in value]
    return value.value if isinstance(value, AssistantMode) else value


def _part(kind: Any, told: Json) -> Any:
    values = {one.name: told[one.name] for one in fields(kind) if one.name in told}
    if "weekly" in values:
        values["weekly"] = {day: tuple((start, end) for start, end in spans) for day, spans in values["weekly"].items()}
    for name in ("keywords", "vip_tags"):
        if name in values:
            values[name] = tuple(values[name])
    if "holidays" in values:
        values["holidays"] = frozenset(values["holidays"])
    return kind(**values)


_NAMES = frozenset(one.name for one in fields(AssistantSettings))
