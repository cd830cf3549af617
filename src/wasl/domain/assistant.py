"""What the assistant is allowed to do, what it may answer, and why it may call a person instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AssistantMode(StrEnum):
    """How far the assistant is trusted on a number."""

    OFF = "off"
    SHADOW = "shadow"
    """It drafts an answer to everything and sends none; what people send instead is held against it."""
    AUTO = "auto"
    """It answers by itself while a conversation's status is `bot`."""


class Reason(StrEnum):
    """Why a person is needed. In the order of urgency, the most urgent first."""

    UPSET = "upset"
    """The customer is angry or desperate."""
    ASKED = "asked"
    """The customer wants a person."""
    VIP = "vip"
    KEYWORD = "keyword"
    """A word that an account has named: a complaint, a lawyer, a refund."""
    JUDGEMENT = "judgement"
    """The assistant says that this is for a person."""
    UNSAFE = "unsafe"
    """What the model made was no answer, too long, or in another language: it was not sent."""
    UNSURE = "unsure"
    """Nothing that is known answers this well enough."""
    UNREADABLE = "unreadable"
    """Only something that the assistant cannot read: a picture, a voice note, a smile."""
    FAILED = "failed"
    """The model did not answer, refused, or the turn broke off again and again."""
    BUDGET = "budget"
    """The account's limit of turns, tokens or spending is used up."""
    WINDOW = "window"
    """The customer's window closed before the answer was there."""
    CLOSED = "closed"
    """Outside the business hours."""
    OFF = "off"
    """No assistant answers on this number."""


URGENCY: Mapping[Reason, int] = {
    Reason.UPSET: 30,
    Reason.ASKED: 20,
    Reason.VIP: 25,
    Reason.KEYWORD: 20,
    Reason.JUDGEMENT: 15,
    Reason.UNSAFE: 10,
    Reason.UNSURE: 10,
    Reason.UNREADABLE: 10,
    Reason.FAILED: 10,
    Reason.BUDGET: 10,
    Reason.WINDOW: 10,
    Reason.CLOSED: 5,
    Reason.OFF: 0,
}
"""What a reason adds to the priority of whoever waits."""


class Tier(StrEnum):
    """How well an entry of the knowledge fits a question."""

    EXACT = "exact"
    """It is one of the ways in which the entry says that it may be asked."""
    STRONG = "strong"
    WEAK = "weak"
    """It may be what is meant: worth showing to a person, not worth saying."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of the knowledge that an answer stands on, and how well it fits, from 0 to 100."""

    entry_id: int
    question: str
    answer: str
    score: int
    tier: Tier
    topic: str | None = None
    document: str | None = None
    """The name of the document of which it is a passage."""

    def as_json(self) -> dict[str, Any]:
        """As it stands in an answer's sources."""
        return {
            "entry_id": str(self.entry_id),
            "question": self.question,
            "score": self.score,
            "tier": self.tier.value,
            "topic": self.topic,
            "document": self.document,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the assistant reads it. `role` is `user`, `bot` or `operator`."""

    role: str
    text: str
    type: str = "text"
    at_ms: int = 0
    image: bytes | None = field(default=None, repr=False)
    """The picture itself, where the model can see; JPEG, PNG or WebP."""
    image_type: str | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a turn knows. Everything in it but `persona` was said by others: it is data, never an instruction."""

    account_id: int
    question: tuple[Line, ...]
    """The burst that is to be answered, oldest first."""
    history: tuple[Line, ...] = ()
    """What was said before, oldest first."""
    language: str | None = None
    """The language in which the customer writes: `en`, `fr`, `ar`, or `arabizi`."""
    customer: str | None = None
    """The customer's name."""
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words of the burst, one message per line."""
        return "\n".join(line.text for line in self.question if line.text.strip())

    @property
    def shows_pictures(self) -> bool:
        """Whether there is something to see in the burst, for a model that can."""
        return any(line.image is not None for line in self.question)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a turn has used of the account's limits."""

    model: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int = 0

    def plus(self, other: "Usage") -> "Usage":
        return Usage(
            other.model or self.model,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost_micros + other.cost_micros,
        )


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that the assistant wants to be kept: a fact about the customer, or a tag of the conversation."""

    kind: str
    """`fact` or `tag`."""
    text: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A tool was called that changes something elsewhere. Where it is not `ok` nobody knows whether it did."""

    tool: str
    ok: bool

    def as_json(self) -> dict[str, Any]:
        return {"tool": self.tool, "ok": self.ok}


@dataclass(frozen=True, slots=True)
class Answered:
    """What a turn came to: a reply, or a reason to call a person, or neither.

    `text` is what is to be said. Of a hand-over it is what the assistant would have said, shown to operators only.
    """

    text: str | None
    reason: Reason | None = None
    note: str = ""
    """A sentence for the operators: why."""
    confidence: int = 0
    """From 0 to 100."""
    matches: tuple[Match, ...] = ()
    """What it stands on; of a hand-over all that was found."""
    nearby: tuple[Match, ...] = ()
    """What was found beside that, and is not said: whoever corrects an answer may have meant one of these."""
    usage: Usage = Usage()
    noted: tuple[Noted, ...] = ()
    deeds: tuple[Deed, ...] = ()
    """What has happened elsewhere, whatever becomes of the answer."""
    steps: tuple[tuple[str, int, Mapping[str, Any] | None], ...] = ()
    """What was done, when (milliseconds since 1970), and with what result: for the trace."""

    @property
    def replies(self) -> bool:
        return self.reason is None and self.text is not None

    @property
    def found(self) -> tuple[Match, ...]:
        """All that was found, what it stands on first."""
        return (*self.matches, *self.nearby)

    @property
    def topic(self) -> str | None:
        """What it is about: the topic of what fits best."""
        return self.matches[0].topic if self.matches else None
