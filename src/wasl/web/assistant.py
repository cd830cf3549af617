"""The assistant of an account: what it is set to, what it did, and what it would answer."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from wasl.clock import iso, now_ms
from wasl.domain.assistant_settings import AssistantSettings, told_of
from wasl.domain.notes import note_parts
from wasl.domain.people import Operator, OperatorRole
from wasl.errors import NotFound
from wasl.flow.budget import day_of
from wasl.flow.try_it import Trial, Tried
from wasl.observe import log
from wasl.store.assistant_report import assistant_report
from wasl.store.assistants import MODEL_KEY, WHOLE_ACCOUNT, Assistant, ToldAssistant
from wasl.store.database import Database
from wasl.store.message_row import Json as JsonObject
from wasl.store.team import Channel, Team
from wasl.web import assistant_schemas as schemas
from wasl.web import tool_schemas
from wasl.web.answers import Json
from wasl.web.asking import Asking
from wasl.web.failures import CHANGE_FAILURES, NOT_A_TOOL, NOT_SET, READ_FAILURES, failures
from wasl.web.knowledge_faces import match_face
from wasl.web.limits import REPORT_DAYS, REPORT_DAYS_MAX
from wasl.web.session import require_role, signed_in

Me = Annotated[Operator, Depends(signed_in)]
Admin = Annotated[Operator, Depends(require_role(OperatorRole.ADMIN))]
_DAY_MS = 24 * 3600 * 1000


class AssistantCalls:
    """The calls about the assistant itself; those about what it knows stand in web/knowledge.py."""

    def __init__(self, database: Database, team: Team, trial: Trial, asking: Asking) -> None:
        self._database = database
        self._team = team
        self._trial = trial
        self._asking = asking

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["assistant"], responses=READ_FAILURES)
        changing = CHANGE_FAILURES | failures(409)
        for path, endpoint, method, model, responses in (
            ("/assistant/settings", self.settings, "GET", schemas.AllSettings, {}),
            ("/assistant/settings", self.change_settings, "PUT", schemas.SettingsChanged, changing | NOT_SET),
            ("/assistant/tools", self.change_tools, "PUT", tool_schemas.ToolsChanged, changing | NOT_A_TOOL),
            ("/assistant/report", self.report, "GET", schemas.Report, {}),
            ("/assistant/try", self.try_out, "POST", schemas.Tried, CHANGE_FAILURES | failures(429)),
        ):
            router.add_api_route(path, endpoint, methods=[method], response_model=model, responses=responses)
        return router

    async def settings(self, me: Me) -> Response:
        """What the assistant is set to, for the account and for each of its numbers. Keys and secrets are never
        shown."""
        account = self._team.assistant(me.account_id)
        channels = [
            {**_face_of(channel), **_place(self._team.assistant(me.account_id, channel.id))}
            for channel in self._team.channels(me.account_id)
        ]
        return Json(
            {
                "success": True,
                "account": _place(account),
                "channels": channels,
                "tools": tool_schemas.shown_tools(account),
                "defaults": told_of(AssistantSettings()),
            }
        )

    async def change_settings(self, me: Admin, asked: schemas.ChangedSettings) -> Response:
        """Set the assistant, for the account or for one number. It holds on every node within a second."""
        channel = self._channel(me, asked.channel_id)
        told = ToldAssistant(
            account_id=me.account_id,
            channel_id=channel.id if channel else WHOLE_ACCOUNT,
            version=asked.version,
            operator_id=me.id,
            settings=asked.settings.model_dump(mode="json", exclude_unset=True),
            secrets={MODEL_KEY: asked.model_key} if "model_key" in asked.model_fields_set else {},
        )
        assistant = await self._team.change_assistant(told)
        log.info("assistant set", account_id=me.account_id, channel_id=told.channel_id, operator_id=me.id)
        return Json({"success": True, **_face_of(channel), **_place(assistant)})

    async def change_tools(self, me: Admin, asked: tool_schemas.ChangedTools) -> Response:
        """Set all tools of the account: what is not named is taken away, with its secret."""
        told = ToldAssistant(
            account_id=me.account_id,
            channel_id=WHOLE_ACCOUNT,
            version=asked.version,
            operator_id=me.id,
            tools=asked.checked(),
            secrets=asked.secrets(),
        )
        assistant = await self._team.change_assistant(told)
        log.info("tools set", account_id=me.account_id, tools=len(asked.tools), operator_id=me.id)
        return Json({"success": True, "tools": tool_schemas.shown_tools(assistant), "version": assistant.version})

    async def report(
        self, me: Me, days: Annotated[int, Query(ge=1, le=REPORT_DAYS_MAX, description="How far back.")] = REPORT_DAYS
    ) -> Response:
        """What the assistant did in the last days, and how people judged it."""
        today = date.fromisoformat(day_of(self._team.assistant(me.account_id).settings))
        first_day, since_ms = (today - timedelta(days=days - 1)).isoformat(), now_ms() - days * _DAY_MS
        found = await self._database.read(
            lambda connection: assistant_report(connection, me.account_id, since_ms, first_day)
        )
        return Json({"success": True, "days": days, **found})

    async def try_out(self, me: Me, asked: schemas.Trying) -> Response:
        """What the assistant would answer to a customer who writes this. Nothing is stored or sent; what a model costs
        is counted."""
        channel = self._channel(me, asked.channel_id)
        with self._asking.place_for(me):
            tried = await self._trial.ask(me.account_id, channel.id if channel else WHOLE_ACCOUNT, asked.text)
        return Json({"success": True, **_tried(tried)})

    def _channel(self, me: Operator, channel_id: str | None) -> Channel | None:
        """One of the account's numbers. Raises NotFound."""
        if channel_id is None:
            return None
        found = next((one for one in self._team.channels(me.account_id) if str(one.id) == channel_id), None)
        if found is None:
            raise NotFound("There is no such channel.")
        return found


def _face_of(channel: Channel | None) -> JsonObject:
    if channel is not None:
        return channel.face.as_json()
    return dict.fromkeys(("channel_id", "provider", "phone_number_id", "display_phone_number", "name"))


def _place(assistant: Assistant) -> JsonObject:
    return {
        "settings": dict(assistant.told),
        "effective": told_of(assistant.settings),
        "has_model_key": MODEL_KEY in assistant.secrets,
        "has_own_model_key": assistant.own_key,
        "version": assistant.version,
    }


def _tried(tried: Tried) -> JsonObject:
    answered = tried.answered
    steps: list[Any] = [{"step": step, "at": iso(at_ms), "detail": detail} for step, at_ms, detail in answered.steps]
    outcome = "replied" if answered.replies else "handed_over" if answered.reason is not None else "silent"
    return {
        "outcome": outcome,
        "reply": answered.text if answered.replies else None,
        "draft": None if answered.replies else answered.text,
        "told": tried.told,
        "reason": answered.reason.value if answered.reason is not None else None,
        **note_parts(answered.note),
        "confidence": answered.confidence,
        "language": tried.language,
        "sources": [match_face(match) for match in answered.found],
        "steps": steps,
    }
