"""Teaching the assistant where people work: an answer is opened, judged and corrected at its message."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.errors import Invalid
from wasl.limits import ID_CHARACTERS_MAX
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.teaching import CorrectAnswer, JudgeAnswer, Lesson, read_answer
from wasl.store.team import Team
from wasl.web import knowledge_schemas as schemas
from wasl.web.answers import Json
from wasl.web.failures import CHANGE_FAILURES, READ_FAILURES
from wasl.web.knowledge_faces import answer_face, entry_face, newest_named, number_of
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]
QueryId = Annotated[str, Query(min_length=1, max_length=ID_CHARACTERS_MAX)]


class TeachingCalls:
    """Each change is one of the journal; every screen sees at the message that somebody looked after it."""

    def __init__(self, database: Database, journal: Journal, team: Team) -> None:
        self._database = database
        self._journal = journal
        self._team = team

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["teaching"], responses=READ_FAILURES)
        for path, endpoint, method, model, responses in (
            ("/faq-match-context", self.open, "GET", schemas.Opened, {}),
            ("/answer-feedback", self.judge, "POST", schemas.Judged, CHANGE_FAILURES),
            ("/edit-message", self.correct, "POST", schemas.Taught, CHANGE_FAILURES | schemas.NOT_NEWEST),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=model, responses=responses)
        return router

    async def open(self, me: Me, conversation_id: QueryId, message_id: QueryId) -> Response:
        """What the assistant was asked and why it said what it said: of its message, of the line that calls a person,
        or of a question to which it only drafted an answer."""
        found = await self._database.read(
            lambda connection: read_answer(connection, me.account_id, conversation_id, message_id)
        )
        return Json({"success": True, "message_id": message_id, **answer_face(self._team, found)})

    async def judge(self, me: Me, asked: schemas.Judging) -> Response:
        """Say whether an answer was good."""
        judged = await self._journal.submit(
            JudgeAnswer(me.account_id, me.id, asked.conversation_id, asked.message_id, asked.verdict)
        )
        log.info("answer judged", account_id=me.account_id, operator_id=me.id, verdict=asked.verdict)
        return Json({"success": True, "message_id": judged.message["message_id"], "verdict": judged.verdict})

    async def correct(self, me: Me, asked: schemas.Correcting) -> Response:
        """Say what the assistant should have said; the next customer gets the new answer."""
        lesson = Lesson(asked.action)
        answers, whole = await self._answers(me, asked)
        _refuse_empty(asked, lesson, answers)
        correction = CorrectAnswer(
            account_id=me.account_id,
            operator_id=me.id,
            conversation_id=asked.conversation_id,
            user_id=asked.user_id,
            message_id=asked.message_id,
            lesson=lesson,
            entry_id=number_of(asked.entry_id, "entry") if asked.entry_id is not None else None,
            version=asked.version,
            question=asked.question,
            answers=answers,
            whole=whole,
            phrasings=tuple(dict.fromkeys(asked.phrasings)) if asked.phrasings is not None else None,
            topic=asked.topic,
            correction=asked.correction,
        )
        with newest_named(self._team):
            taught = await self._journal.submit(correction)
        log.info("answer corrected", account_id=me.account_id, operator_id=me.id, lesson=lesson.value)
        entry = entry_face(self._team, taught.entry.as_json()) if taught.entry else None
        answer = answer_face(self._team, taught.answer)
        return Json({"success": True, "message_id": taught.message["message_id"], "answer": answer, "entry": entry})

    async def _answers(self, me: Operator, asked: schemas.Correcting) -> tuple[dict[str, str] | None, bool]:
        """What is to be answered, and whether that is all: one answer alone is laid over the others."""
        if asked.answers is not None:
            return asked.answers, True
        if asked.answer is None:
            return None, False
        language = asked.language
        if language is None:
            answer = await self._database.read(
                lambda connection: read_answer(connection, me.account_id, asked.conversation_id, asked.message_id)
            )
            language = answer["language"] or "en"
        return {"ar" if language == "arabizi" else language: asked.answer}, False


def _refuse_empty(asked: schemas.Correcting, lesson: Lesson, answers: dict[str, str] | None) -> None:
    """Raises Invalid when a correction says nothing."""
    match lesson:
        case Lesson.ENTRY:
            if asked.entry_id is None:
                raise Invalid("Say which entry is to be changed.", code="entry_needed")
            if answers is None and not (asked.question or asked.phrasings is not None or asked.topic):
                raise Invalid("Say what the entry should say.", code="answer_needed")
        case Lesson.NEW:
            if answers is None:
                raise Invalid("Say what the new entry should answer.", code="answer_needed")
        case Lesson.MESSAGE:
            if asked.correction is None:
                raise Invalid("Say what this message should have said.", code="correction_needed")
