"""The calls about the assistant, joined: each part gets what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter

from wasl.flow.bring_knowledge import KnowledgeDesk
from wasl.flow.gather_questions import QuestionGatherer
from wasl.flow.shelf import Shelf
from wasl.flow.try_it import Trial
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.team import Team
from wasl.web.asking import Asking
from wasl.web.assistant import AssistantCalls
from wasl.web.copilot import Copilot, CopilotCalls
from wasl.web.documents import DocumentCalls
from wasl.web.knowledge import KnowledgeCalls
from wasl.web.teaching import TeachingCalls


@dataclass(frozen=True, slots=True)
class School:
    """What the assistant is taught by, tried out and asked with."""

    shelf: Shelf
    desk: KnowledgeDesk
    gatherer: QuestionGatherer
    trial: Trial
    copilot: Copilot


def assistant_routers(database: Database, journal: Journal, team: Team, school: School) -> Iterator[APIRouter]:
    """All that stands below `/api/live-chat` of it."""
    asking = Asking()
    yield AssistantCalls(database, team, school.trial, asking).router()
    yield KnowledgeCalls(database, journal, team, school.shelf, school.gatherer).router()
    yield DocumentCalls(database, journal, team, school.desk).router()
    yield TeachingCalls(database, journal, team).router()
    yield CopilotCalls(school.copilot, database, team, asking).router()
