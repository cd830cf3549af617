"""A turn with a model: Olive Bakery's knowledge, a customer's words, and what becomes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.asking import access_to
from assistant.wire_server import WireServer
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.assistant.talking.conversing import Bill, converse
from wasl.assistant.tools.http_tool import HttpTool, HttpTools
from wasl.assistant.tools.toolbox import Toolbox
from wasl.clock import monotonic
from wasl.domain.assistant import Answered, Brief, Line, Match, Tier
from wasl.domain.assistant_settings import AssistantSettings

HOURS = Match(3, "When are you open?", "We are open every day from 9 to 18.", 92, Tier.STRONG, "hours")
CAKE = Match(4, "How much is a cake?", "A chocolate cake costs 15 $; see https://olive.example/cakes.", 71, Tier.STRONG)
DELIVERY = Match(5, "Do you deliver?", "We deliver in Beirut.", 64, Tier.STRONG, None, "Delivery.pdf")


def said(*texts: str, role: str = "user") -> tuple[Line, ...]:
    return tuple(Line(role, text) for text in texts)


def brief_of(*texts: str, language: str | None = None, **more: Any) -> Brief:
    return Brief(1, said(*texts), language=language, **more)


@dataclass
class Talker:
    """Holds turns with a model at a server."""

    server: WireServer
    model: OpenAiChat
    tools: HttpTools
    settings: AssistantSettings = field(default_factory=AssistantSettings)
    found: Mapping[str, Sequence[Match]] = field(default_factory=dict)
    """What a search for a text finds."""
    own: Sequence[HttpTool] = ()
    bill: Bill = field(default_factory=Bill)
    terms: dict[str, Any] = field(default_factory=dict)
    seconds: float = 20.0
    reads_only: bool = False

    async def hold(self, *texts: str, matches: Sequence[Match] = (HOURS, CAKE), **about: Any) -> Answered:
        """A turn about some words of the customer."""
        return await self.about(brief_of(*texts, **about), matches)

    async def about(self, brief: Brief, matches: Sequence[Match] = (HOURS, CAKE)) -> Answered:
        async def search(text: str, language: str | None) -> Sequence[Match]:
            return self.found.get(text, ())

        toolbox = Toolbox(
            search,
            self.tools,
            self.own,
            deed="1 wamid.1",
            reserved_tags=self.settings.rules.vip_tags,
            reads_only=self.reads_only,
        )
        access = access_to(self.server, **self.terms)
        until, self.bill = monotonic() + self.seconds, Bill()
        return await converse(self.model, access, brief, matches, self.settings, toolbox, until=until, bill=self.bill)

    def change(self, **settings: Any) -> None:
        self.settings = replace(self.settings, **settings)
