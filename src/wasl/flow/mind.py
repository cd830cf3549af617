"""The assistant's parts, joined: what it knows, what it asks models and tools through, and who works with that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.assistant.outside import Reach
from wasl.assistant.tools.http_tool import HttpTools
from wasl.files.keeping import FileStore
from wasl.files.workshop import Workshop
from wasl.flow.budget import Budget
from wasl.flow.copilot import Copilot
from wasl.flow.perceive import Perception
from wasl.flow.shelf import Shelf
from wasl.flow.think import Thinker
from wasl.settings import Settings
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.team import Team


@dataclass(frozen=True, slots=True)
class Mind:
    """One of a node."""

    shelf: Shelf
    model: OpenAiChat
    tools: HttpTools
    budget: Budget
    perception: Perception
    thinker: Thinker
    copilot: Copilot

    @classmethod
    def open(
        cls, settings: Settings, database: Database, journal: Journal, team: Team, files: FileStore, workshop: Workshop
    ) -> "Mind":
        """Raises Misconfigured for a setting that cannot be."""
        shelf, model = Shelf(database), OpenAiChat(Reach.of(settings.trusted_model_origins))
        tools, budget = HttpTools(settings.trusted_tool_origins), Budget(database, journal)
        perception = Perception(database, journal, files, workshop, model, budget)
        thinker = Thinker(database, shelf, model, tools, budget)
        copilot = Copilot(database, team, thinker, model, budget)
        return cls(shelf, model, tools, budget, perception, thinker, copilot)

    async def finish(self) -> None:
        """Write down what was used, while the journal still writes."""
        await self.budget.close()

    async def close(self) -> None:
        """Let everything go."""
        await self.tools.aclose()
        await self.model.aclose()
        self.shelf.close()


@asynccontextmanager
async def thinking(settings: Settings, database: Database, journal: Journal) -> AsyncIterator[Thinker]:
    """Somebody who only thinks, for a command."""
    shelf, model, tools = Shelf(database), OpenAiChat(), HttpTools(settings.trusted_tool_origins)
    budget = Budget(database, journal)
    try:
        yield Thinker(database, shelf, model, tools, budget)
    finally:
        await budget.close()
        await tools.aclose()
        await model.aclose()
        shelf.close()
