"""For whoever runs Wasl: is it alive, is it ready, and what are its figures."""

from typing import Literal

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.responses import JSONResponse, PlainTextResponse, Response

from wasl.errors import Unavailable
from wasl.limits import READY_SECONDS_MAX
from wasl.live.bus import Bus
from wasl.live.hub import Hub
from wasl.observe import Metrics
from wasl.store.database import Connection, Database
from wasl.store.team import Team
from wasl.web.answers import Json
from wasl.web.failures import OPEN, Responses, failures

LEDGER_ENTRIES = ("received", "stored", "duplicates", "quarantined", "set_aside")


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(BaseModel):
    """It can be sent traffic; `degraded` when it hears nothing from other nodes."""

    status: Literal["ok", "degraded"]
    database: Literal["ok"]
    bus: str


class NotReady(BaseModel):
    """Why it cannot."""

    status: Literal["stopping", "unavailable"]
    database: str


class Operations:
    """`/health`, `/ready` and `/metrics`; they name no account and need no login."""

    def __init__(self, database: Database, team: Team, metrics: Metrics, hub: Hub, bus: Bus) -> None:
        self._database = database
        self._team = team
        self._metrics = metrics
        self._hub = hub
        self._bus = bus

    def router(self) -> APIRouter:
        router = APIRouter(tags=["operations"], responses=failures(422))
        not_ready: Responses = {503: {"model": NotReady, "description": "It should be sent nothing now."}}
        for path, endpoint, model, kind, responses in (
            ("/health", self.health, Health, JSONResponse, {}),
            ("/ready", self.ready, Ready, JSONResponse, not_ready),
            ("/metrics", self.metrics, None, PlainTextResponse, failures(503)),
        ):
            router.add_api_route(
                path,
                endpoint,
                methods=["GET"],
                response_model=model,
                response_class=kind,
                responses=responses,
                openapi_extra=OPEN,
            )
        return router

    async def health(self) -> Response:
        """The process answers."""
        return Json({"status": "ok"})

    async def ready(self) -> Response:
        """It can be sent traffic: the database answers and it is not about to stop.

        Without Redis a node is degraded and still ready (200): it asks the database more often and misses nothing.
        If it answered 503, a proxy would take all nodes away at once, for the sake of a fraction of a second.
        """
        if self._hub.leaving:
            return Json({"status": "stopping", "database": "ok"}, status_code=503)
        try:
            await self._database.read(lambda connection: connection.rows("SELECT 1"), READY_SECONDS_MAX)
        except Unavailable as error:
            return Json({"status": "unavailable", "database": error.message}, status_code=503)
        status = "ok" if self._bus.healthy else "degraded"
        return Json({"status": status, "database": "ok", "bus": self._bus.state})

    async def metrics(self) -> Response:
        """All figures in Prometheus' text format, the ledger of this installation among them."""
        for entry, count in zip(LEDGER_ENTRIES, await self._database.read(ledger_totals), strict=True):
            self._metrics.ledger.labels(entry).set(count)
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)


def ledger_totals(connection: Connection) -> tuple[int, ...]:
    """The ledger over all accounts, in the order of LEDGER_ENTRIES; received is the sum of the others."""
    columns = ", ".join(f"coalesce(sum({entry}), 0)" for entry in LEDGER_ENTRIES)
    return tuple(int(count) for count in connection.rows(f"SELECT {columns} FROM ledger")[0])
