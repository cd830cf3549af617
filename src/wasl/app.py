"""Every part, built once and joined here; what each needs it gets as an argument."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from wasl import __version__
from wasl.channels.adapter import Adapter
from wasl.channels.cloud_limits import CLOUD_FILES
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.registry import adapters, forms
from wasl.domain.events import Cursor, Event
from wasl.domain.people import Operator
from wasl.errors import Misconfigured, WaslError
from wasl.files.keeping import FileStore
from wasl.files.opening import open_files, scratch_of
from wasl.files.scratch import Scratch
from wasl.files.workshop import Workshop
from wasl.flow.bring_files import FileDesk
from wasl.flow.bring_knowledge import KnowledgeDesk
from wasl.flow.compare import DraftComparer
from wasl.flow.compose import Composer
from wasl.flow.fetch_media import MediaFetcher
from wasl.flow.gather_questions import QuestionGatherer
from wasl.flow.leave_silent import SilenceKeeper
from wasl.flow.mind import Mind
from wasl.flow.outgoing_files import OutgoingFiles
from wasl.flow.receive import Reception
from wasl.flow.reply import Replier
from wasl.flow.send import Sender
from wasl.flow.signals import Signaller
from wasl.flow.sweep_files import FileSweeper
from wasl.flow.sync_templates import TemplateKeeper
from wasl.flow.timers import Timers
from wasl.flow.try_it import Trial
from wasl.flow.weigh_windows import WindowKeeper
from wasl.limits import NODE_ANSWER_SECONDS_MAX, PRESENCE_SETTLE_SECONDS
from wasl.live.bus import BUS_KEY, Bus, open_bus
from wasl.live.hub import Hub
from wasl.live.presence import Presence
from wasl.live.whispers import Whispers
from wasl.observe import Metrics, log
from wasl.settings import Settings
from wasl.store.checkup import weak_settings
from wasl.store.database import Database, Engine
from wasl.store.directory import Reading
from wasl.store.duties import Duties
from wasl.store.inbox import PageQuery, conversation_page
from wasl.store.journal import Journal
from wasl.store.open import database_complaint, open_engine, prepare
from wasl.store.pulse import Pulse
from wasl.store.secrets import SecretBox
from wasl.store.team import Team
from wasl.web.addresses import PlainAddresses
from wasl.web.answers import BodyLimit, LastWord, Unbroken, install_handlers
from wasl.web.assistant_doors import School, assistant_routers
from wasl.web.dashboard import dashboard_routes
from wasl.web.document import describe
from wasl.web.documents import STREAMED as STREAMED_DOCUMENTS
from wasl.web.events import EventPoll, EventStream
from wasl.web.live_chat import LiveChat
from wasl.web.media import LINK_KEY, MediaDoor, MediaLinks
from wasl.web.operations import Operations
from wasl.web.presence import PresenceCalls
from wasl.web.reactions import Reactions
from wasl.web.reference import add_reference
from wasl.web.security_headers import SecurityHeaders, headers_of_no_page
from wasl.web.sends import Sends
from wasl.web.session import Sessions
from wasl.web.sockets import Sockets
from wasl.web.straight_sends import StraightSends
from wasl.web.straight_webhooks import StraightWebhooks
from wasl.web.templates import ChannelCalls
from wasl.web.uploads import STREAMED, Uploads
from wasl.web.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Providers:
    """The customers' side: what speaks to providers, and what it speaks through."""

    adapters: Mapping[str, Adapter]
    exchange: Exchange
    downloads: Downloads

    @classmethod
    def open(cls) -> "Providers":
        exchange, downloads = Exchange(), Downloads()
        return cls(adapters(exchange, downloads), exchange, downloads)

    async def close(self) -> None:
        await self.downloads.aclose()
        await self.exchange.aclose()


@dataclass(frozen=True, slots=True)
class Cellar:
    """Where files lie, who looks at them, and who makes links to them."""

    files: FileStore
    workshop: Workshop
    links: MediaLinks

    async def close(self) -> None:
        await self.workshop.close()
        await self.files.close()


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs inside a node. Tests reach in here; the program itself passes each part what it needs."""

    settings: Settings
    metrics: Metrics
    engine: Engine
    database: Database
    journal: Journal
    hub: Hub
    bus: Bus
    team: Team
    pulse: Pulse
    sender: Sender
    presence: Presence
    whispers: Whispers
    timers: Timers
    templates: TemplateKeeper
    providers: Providers
    cellar: Cellar
    fetcher: MediaFetcher
    signaller: Signaller
    replier: Replier
    school: School
    mind: Mind


@dataclass(frozen=True, slots=True)
class Application:
    """A node: its ASGI application and its parts."""

    asgi: ASGIApp
    parts: Parts


def build_app(settings: Settings) -> Application:
    """Open the memory, bring the schema up to date, and join the parts. They start with the ASGI lifespan.

    Raises Misconfigured with a clear sentence when the installation cannot start like this.
    """
    box, metrics = SecretBox(settings.key()), Metrics()
    parts = _join(settings, box, metrics, _prepared(settings, box, metrics))
    return Application(_doors(parts, box), parts)


def _join(settings: Settings, box: SecretBox, metrics: Metrics, engine: Engine) -> Parts:
    bus = open_bus(settings.redis_url, box.derive(BUS_KEY), metrics, alone=engine.dialect == "sqlite")
    database = Database(engine)
    # Presence is built below: it tells the hub whom it sees, and the hub asks it for all of them.
    hub = _hub(settings, database, metrics, bus, lambda account_id: presence.whole(account_id))  # noqa: PLW0108

    def committed(events: Sequence[Event]) -> None:
        for hear in (hub.publish, bus.publish, sender.hear, fetcher.hear, signaller.hear, replier.hear):
            hear(events)

    journal = Journal(engine, committed, metrics)
    team = Team(database, journal, Reading(box, forms(), settings.public_url))
    providers, scratch = Providers.open(), scratch_of(settings)
    cellar = Cellar(open_files(settings), Workshop(scratch), MediaLinks(box.derive(LINK_KEY), settings.public_url))
    pulse, duties = _signs_of_life(settings, engine)
    sweeper = FileSweeper(database, journal, cellar.files, duties)
    leaving = OutgoingFiles(database, team, providers.adapters, cellar.files, cellar.links.address)
    sender = Sender(database, journal, team, providers.adapters, metrics, pulse, nodes=bus.nodes, files=leaving)
    presence = _presence(settings, team, hub, bus)
    signaller = Signaller(database, journal, team, providers.adapters, pulse, metrics)
    fetcher = MediaFetcher(database, journal, team, providers.adapters, cellar.files, cellar.workshop, pulse, metrics)
    mind = Mind.open(settings, database, journal, team, cellar.files, cellar.workshop)
    school = _school(database, journal, team, mind, scratch, duties)
    thinking, perceive = partial(whisper_thinking, hub, bus), mind.perception.perceive
    replier = Replier(
        database, journal, team, mind.thinker, pulse, metrics, signaller.type, thinking, perceive=perceive
    )
    return Parts(
        settings=settings,
        metrics=metrics,
        engine=engine,
        database=database,
        journal=journal,
        hub=hub,
        bus=bus,
        team=team,
        pulse=pulse,
        sender=sender,
        presence=presence,
        whispers=Whispers(database, presence, hub.whisper, bus.whisper, signaller.type),
        timers=_timers(team, database, journal, duties, (sweeper.sweep, scratch.tidy, school.gatherer.gather_all)),
        templates=TemplateKeeper(database, journal, team, providers.adapters, duties),
        providers=providers,
        cellar=cellar,
        fetcher=fetcher,
        signaller=signaller,
        replier=replier,
        school=school,
        mind=mind,
    )


def _timers(
    team: Team,
    database: Database,
    journal: Journal,
    duties: Duties,
    housekeeping: Sequence[Callable[[], Awaitable[object]]],
) -> Timers:
    windows = WindowKeeper(database, journal, team, duties)
    silence = SilenceKeeper(database, journal, team, duties)
    comparer = DraftComparer(database, journal, duties)
    queue_keeping = (windows.weigh, silence.leave_silent, comparer.compare)
    return Timers(team, database, journal, duties, housekeeping, queue_keeping)


def _signs_of_life(settings: Settings, engine: Engine) -> tuple[Pulse, Duties]:
    # A thread and a connection of its own: a sign of life must not wait behind searches.
    about_nodes = Database(engine, readers=1, seconds_max=NODE_ANSWER_SECONDS_MAX)
    pulse = Pulse(about_nodes, settings.node, alone=engine.dialect == "sqlite")
    return pulse, Duties(about_nodes, pulse.node)


def _school(database: Database, journal: Journal, team: Team, mind: Mind, scratch: Scratch, duties: Duties) -> School:
    """What the assistant is taught by, and what people ask of it."""
    desk, gatherer = KnowledgeDesk(database, journal, scratch), QuestionGatherer(database, journal, duties)
    return School(mind.shelf, desk, gatherer, Trial(database, journal, team, mind.thinker), mind.copilot)


def whisper_thinking(hub: Hub, bus: Bus, account_id: int, conversation_id: str, thinking: bool) -> None:
    """Show every operator that the assistant makes an answer, as they see it of a colleague who types."""
    data = {"conversation_id": conversation_id, "operator_id": None, "name": None, "typing": thinking}
    hub.whisper(account_id, "typing", data)
    bus.whisper(account_id, "typing", data)


def _hub(
    settings: Settings, database: Database, metrics: Metrics, bus: Bus, whole: Callable[[int], dict[str, Any] | None]
) -> Hub:
    return Hub(
        database,
        metrics,
        settings.node,
        settings.heartbeat_seconds,
        stream_age_seconds=settings.stream_age_seconds,
        head_poll_seconds=bus.heads_poll_seconds,
        whole=whole,
    )


def _presence(settings: Settings, team: Team, hub: Hub, bus: Bus) -> Presence:
    return Presence(
        team.operator,
        hub.whisper,
        bus.whisper,
        streams_max=settings.streams_per_operator,
        settle_seconds=PRESENCE_SETTLE_SECONDS if settings.redis_url else 0.0,
    )


def _prepared(settings: Settings, box: SecretBox, metrics: Metrics) -> Engine:
    """The database, with its schema up to date."""
    engine = open_engine(settings)
    try:
        prepare(engine, box)
        weak = weak_settings(engine)
    except engine.failures as error:
        raise Misconfigured(f"The database cannot be opened: {database_complaint(error)}") from error
    metrics.synchronous_full.set(not weak)
    if weak:
        log.warning("a power cut may take back commits", **weak)
    return engine


def _doors(parts: Parts, box: SecretBox) -> ASGIApp:
    """The two hot paths stay raw; everything else is FastAPI's."""
    sessions = Sessions(parts.team, parts.settings, box, parts.metrics)
    reception = Reception(parts.team, parts.journal, parts.templates.moved, parts.metrics.heard.add)
    headers = headers_of_no_page(over_https=sessions.over_https)
    webhooks = Webhooks(parts.team, parts.providers.adapters, reception, parts.metrics, headers)

    async def snapshot(operator: Operator) -> tuple[Cursor, dict[str, Any]]:
        page = await parts.database.read(
            lambda connection: conversation_page(connection, operator.account_id, operator.id, PageQuery())
        )
        return page.as_of, page.as_event()

    stream = EventStream(parts.hub, sessions, parts.presence, snapshot)
    media = MediaDoor(parts.database, parts.cellar.files, parts.cellar.links)
    sockets = Sockets(parts.hub, sessions, parts.presence, parts.whispers, snapshot)
    doors = Starlette(
        routes=[
            Route("/webhooks/{provider}", webhooks),
            Route("/webhooks/{provider}/{channel_key}", webhooks),
            Route("/api/live-chat/events", stream),
            media.route(),
            Mount("/socket.io", sockets),
            Mount("/", _operators_api(parts, sessions, media)),
        ],
        middleware=[
            Middleware(SecurityHeaders, over_https=sessions.over_https),
            Middleware(LastWord),
            Middleware(PlainAddresses),
        ],
        lifespan=lambda _: _lifespan(parts),
    )
    return StraightWebhooks(doors, LastWord(webhooks, headers))


def _operators_api(parts: Parts, sessions: Sessions, media: MediaDoor) -> ASGIApp:
    api = FastAPI(title="Wasl", version=__version__, docs_url=None, redoc_url=None)
    api.state.sessions = sessions
    install_handlers(api)
    api.include_router(sessions.router())
    sends = Sends(parts.journal, Composer(parts.database, parts.team))
    for router in _live_chat(parts, sends, media):
        api.include_router(router, prefix="/api/live-chat")
    api.include_router(Operations(parts.database, parts.team, parts.metrics, parts.hub, parts.bus).router())
    describe(api, forms())
    add_reference(api)
    for route in dashboard_routes():
        api.router.routes.append(route)
    return BodyLimit(Unbroken(StraightSends(api, sends, sessions)), streamed=STREAMED | STREAMED_DOCUMENTS)


def _live_chat(parts: Parts, sends: Sends, media: MediaDoor) -> Iterator[APIRouter]:
    """All that operators ask for, beside the stream."""
    database, journal, team = parts.database, parts.journal, parts.team
    yield LiveChat(database, journal, team, parts.hub.head, parts.hub.broadcast_ms).router()
    yield sends.router()
    yield ChannelCalls(database, team, parts.templates).router()
    yield media.router()
    yield Uploads(FileDesk(journal, parts.cellar.files, parts.cellar.workshop, CLOUD_FILES), journal).router()
    yield Reactions(journal, team).router()
    yield PresenceCalls(parts.whispers).router()
    yield from assistant_routers(database, journal, team, parts.school)
    yield EventPoll(parts.hub, parts.settings.streams_per_operator).router()


async def _start(parts: Parts) -> None:
    parts.journal.start()
    await parts.team.refresh()
    await parts.pulse.start()
    parts.hub.start()
    parts.bus.start(parts.hub.publish, parts.whispers.overhear, parts.hub.look, parts.hub.look_everywhere)
    parts.presence.start()
    parts.sender.start()
    parts.fetcher.start()
    parts.signaller.start()
    parts.replier.start()
    parts.timers.start()
    parts.templates.start()


@asynccontextmanager
async def _lifespan(parts: Parts) -> AsyncIterator[None]:
    try:
        await _start(parts)
    except WaslError as error:
        # The server says only that it did not start, and where in the program.
        log.error("not started", code=error.code, error=error.message)
        raise
    try:
        yield
    finally:
        # From the doors inwards: nobody is promised anything that the next one could not keep.
        parts.hub.close()
        await parts.timers.close()
        await parts.templates.close()
        await parts.replier.close()
        await parts.mind.finish()
        await parts.sender.close()
        await parts.fetcher.close()
        await parts.signaller.close()
        parts.whispers.close()
        await parts.presence.close()
        await parts.hub.stop()
        await parts.journal.close()
        # Only now: what was committed last should not wait for the other nodes' next look at the heads.
        await parts.bus.close()
        await parts.pulse.close()
        await parts.providers.close()
        await parts.cellar.close()
        await parts.school.desk.close()
        await parts.mind.close()
        parts.database.close()
