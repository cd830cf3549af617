"""What is told about an account's assistant, checked at the door, and what is answered.

A setting that is not named is the account's, and else the default. What this version does not know is refused here: a
setting that is silently forgotten is worse than none.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic.config import JsonDict

from wasl.domain.assistant import AssistantMode
from wasl.domain.notes import NoteCode
from wasl.limits import TEXT_CHARACTERS_MAX
from wasl.web import limits as bounds
from wasl.web.asked import Asked, Id, Spoken, Text
from wasl.web.schemas import Success
from wasl.web.told import Secret, Told, Version, web_address
from wasl.web.tool_schemas import ToolShown

LANGUAGE = r"^([a-z]{2,3}|arabizi)$"
Language = Annotated[str, Field(pattern=LANGUAGE, description="ISO 639-1, or `arabizi`.")]
NO_OTHERS: JsonDict = {"additionalProperties": False}
"""Of an object by languages: what is no language is no key of it."""
Score = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=bounds.COUNT_MAX)]
Micros = Annotated[int, Field(ge=0, le=bounds.MICROS_MAX)]
_DAY_OF_YEAR = re.compile(r"\d\d-\d\d")


def _known_zone(zone: str) -> str:
    if zone not in _zones():
        raise ValueError("No such time zone: they are named like Asia/Beirut")
    return zone


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _real_day(day: str) -> str:
    try:
        # A leap year, so that the last of February may be a holiday.
        date.fromisoformat(f"2024-{day}" if _DAY_OF_YEAR.fullmatch(day) else day)
    except ValueError as error:
        raise ValueError("A holiday is written 2026-12-25, or 12-25 for every year") from error
    return day


def _server_address(address: str) -> str:
    if not address:
        return address
    if urlsplit(web_address(address)).query or "#" in address:
        raise ValueError("The address of a server ends with its path, as in https://api.example/v1")
    return address


CustomerTexts = Annotated[
    dict[Language, Annotated[Spoken, Field(max_length=bounds.CUSTOMER_TEXT_CHARACTERS_MAX)]],
    Field(max_length=bounds.CUSTOMER_TEXTS_MAX, json_schema_extra=NO_OTHERS),
]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Span = Annotated[list[ClockTime], Field(min_length=2, max_length=2, description="From and to, `HH:MM`.")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Holiday = Annotated[str, Field(pattern=r"^(\d{4}-)?\d\d-\d\d$"), AfterValidator(_real_day)]
Word = Annotated[Spoken, Field(max_length=bounds.KEYWORD_CHARACTERS_MAX)]
Tag = Annotated[Spoken, Field(max_length=bounds.TAG_CHARACTERS_MAX)]
ModelName = Annotated[Text, Field(max_length=bounds.MODEL_NAME_CHARACTERS_MAX)]
ServerAddress = Annotated[Text, Field(max_length=bounds.ADDRESS_CHARACTERS_MAX), AfterValidator(_server_address)]


class HoursTold(Told):
    """When somebody of the team is there. Without a day in `weekly` it is always."""

    zone: Annotated[str, Field(max_length=64), AfterValidator(_known_zone)] = Field(
        default="UTC", description="As the IANA database names it: `Asia/Beirut`."
    )
    weekly: dict[Weekday, Annotated[list[Span], Field(max_length=bounds.SPANS_PER_DAY_MAX)]] = Field(default={})
    holidays: Annotated[list[Holiday], Field(max_length=bounds.HOLIDAYS_MAX)] = Field(
        default=[], description="Days on which nobody is there: `2026-12-25`, or `12-25` for every year."
    )
    assistant_answers: bool = True


class ModelTold(Told):
    """A server that speaks the OpenAI wire. Without a name the knowledge alone answers."""

    base_url: ServerAddress = ""
    name: ModelName = ""
    transcription: ModelName = Field(default="", description="The model that writes down voice notes, if any.")
    sees: bool = False
    timeout_seconds: float = Field(default=20.0, ge=1, le=bounds.MODEL_SECONDS_MAX)
    answer_tokens_max: int = Field(default=600, ge=bounds.MODEL_TOKENS_MIN, le=bounds.MODEL_TOKENS_MAX)
    micros_per_million_in: Micros = 0
    micros_per_million_out: Micros = 0


class LimitsTold(Told):
    """What the assistant may use in a day; 0 is no limit."""

    turns_per_day: Count = 2_000
    tokens_per_day: Annotated[int, Field(ge=0, le=bounds.MICROS_MAX)] = 2_000_000
    micros_per_day: Micros = 0


class RulesTold(Told):
    """When a person is called whatever the assistant could say, and what becomes of who falls silent."""

    keywords: Annotated[list[Word], Field(max_length=bounds.KEYWORDS_MAX)] = Field(default=[])
    vip_tags: Annotated[list[Tag], Field(max_length=bounds.VIP_TAGS_MAX)] = Field(default=["vip"])
    upset: bool = True
    idle_minutes: int = Field(default=0, ge=0, le=bounds.IDLE_MINUTES_MAX, description="0 is never.")
    idle_move: Literal["end", "release"] = "end"


class SettingsTold(Told):
    """What an assistant is set to."""

    mode: AssistantMode = AssistantMode.OFF
    quiet_seconds: float = Field(default=2.5, ge=0, le=bounds.QUIET_SECONDS_MAX)
    burst_seconds: float = Field(
        default=10.0, ge=0, le=bounds.BURST_SECONDS_MAX, description="At least as long as `quiet_seconds`."
    )
    persona: Annotated[Text, Field(max_length=bounds.PERSONA_CHARACTERS_MAX)] = ""
    confident_from: Score = 65
    agreement_from: Score = 0
    agreement_samples: int = Field(default=20, ge=1, le=bounds.AGREEMENT_SAMPLES_MAX)
    answer_characters_max: int = Field(default=1_500, ge=bounds.ANSWER_CHARACTERS_MIN, le=TEXT_CHARACTERS_MAX)
    copilot: bool = True
    handover_texts: CustomerTexts = Field(default={})
    away_texts: CustomerTexts = Field(default={})
    hours: HoursTold = HoursTold()
    model: ModelTold = ModelTold()
    limits: LimitsTold = LimitsTold()
    rules: RulesTold = RulesTold()

    @model_validator(mode="after")
    def _waits_long_enough(self) -> Self:
        told = {"quiet_seconds", "burst_seconds"} <= self.model_fields_set
        if told and self.burst_seconds < self.quiet_seconds:
            raise ValueError("A burst lasts at least as long as a customer has to be quiet")
        return self


class ChangedSettings(Asked):
    """The settings of the account, or of one of its numbers, as a whole."""

    channel_id: Id | None = Field(description="`null`: what holds for all numbers that do not say otherwise.")
    settings: SettingsTold = Field(description="What is not named here is as it is for the account, or by default.")
    model_key: Secret | None = Field(
        default=None,
        description="The key for the server of `model.base_url`, and for no other; `null` takes it away. Without this"
        " field it stays.",
    )
    version: Version = Field(description="The one that was seen; 0 where there was none.")


# -- answers ----------------------------------------------------------------------------------------------------------


class PlaceFace(BaseModel):
    """What is set in one place."""

    settings: SettingsTold = Field(description="Only what was told here.")
    effective: SettingsTold = Field(description="What holds here.")
    has_model_key: bool = Field(description="Whether there is a key for the server that holds here.")
    has_own_model_key: bool
    version: int


class ChannelAssistant(PlaceFace):
    """What is set for a number."""

    channel_id: str
    name: str | None
    provider: str
    phone_number_id: str
    display_phone_number: str | None


class AllSettings(Success):
    """The assistant of an account."""

    account: PlaceFace
    channels: list[ChannelAssistant]
    tools: list[ToolShown]
    defaults: SettingsTold


class SettingsChanged(Success, PlaceFace):
    """What is set there now."""

    channel_id: str | None
    name: str | None
    provider: str | None
    phone_number_id: str | None
    display_phone_number: str | None


class TopicReport(BaseModel):
    """What became of answers about a topic."""

    topic: str | None
    drafts: int
    compared: int = Field(description="Drafts that were held against what a person sent.")
    agreement: int | None = Field(description="How near they came to that, from 0 to 100.")
    replies: int
    up: int
    down: int


class DayOfSpending(BaseModel):
    """What was used on a day of the account's calendar."""

    day: str
    turns: int
    tokens: int
    cost_micros: int = Field(description="Millionths of the account's currency.")


class Report(Success):
    """What the assistant did in the last days."""

    days: int
    outcomes: dict[str, int]
    reasons: dict[str, int] = Field(description="Why people were called.")
    topics: list[TopicReport]
    spending: list[DayOfSpending]
    languages: dict[str, int]
    sentiments: dict[str, int] = Field(description="Of all conversations, as they are now.")


class Trying(Asked):
    """A question as a customer might write it."""

    text: Annotated[Spoken, Field(max_length=bounds.TRIED_CHARACTERS_MAX)]
    channel_id: Id | None = Field(default=None, description="On which number; none: by the account's settings.")


class NoteFace(BaseModel):
    """Why, in a sentence for the team."""

    note: str = Field(description="In English; empty where there is nothing to say.")
    note_code: NoteCode | None = Field(
        description="What the sentence says, for screens in other languages; null where a model has said it in its own"
        " words."
    )
    note_values: dict[str, str | int] = Field(description="What the sentence holds: numbers, and words of others.")


class MatchFace(BaseModel):
    """An entry of the knowledge that an answer stands on."""

    entry_id: str
    question: str
    answer: str | None
    score: int
    tier: str = Field(description="`exact`, `strong` or `weak`.")
    topic: str | None
    document: str | None


class StepFace(BaseModel):
    """What was done, and when."""

    step: str
    at: str | None
    detail: Any = None


class Tried(Success, NoteFace):
    """What the assistant would do. Nothing was stored or sent."""

    outcome: Literal["replied", "handed_over", "silent"]
    reply: str | None
    draft: str | None = Field(description="What it would have said, where it calls a person instead.")
    told: str | None = Field(description="What the customer hears when a person is called.")
    reason: str | None
    confidence: int
    language: str | None
    sources: list[MatchFace]
    steps: list[StepFace]
