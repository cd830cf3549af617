"""Puts the emulator together as one application, and serves it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from socket import socket

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from wasl.emulator import cloud_api, control, customer_control, handset_page
from wasl.emulator.carrier import Carry
from wasl.emulator.connection import ReachesConnections
from wasl.emulator.modes import modes
from wasl.emulator.people import play_customers
from wasl.emulator.whatsapp import Emulator, EmulatorConfig


def build_emulator(config: EmulatorConfig, *, carry: Carry | None = None) -> Starlette:
    """Return the application; `app.state.emulator` is there while its lifespan runs.

    A `carry` of its own lets tests deliver webhooks inside one process.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with Emulator(config, carry) as emulator:
            app.state.emulator = emulator
            stop = asyncio.Event()
            if config.lively:
                emulator.spawn(play_customers(emulator, stop, pace=config.pace))
            yield
            stop.set()

    return ReachesConnections(
        routes=[
            # Before the Cloud API, whose paths begin with any version.
            Mount("/emulator", routes=[*control.routes(), *customer_control.routes(), *handset_page.live_routes()]),
            *handset_page.routes(),
            *(route for mode in modes().values() for route in mode.routes()),
            *cloud_api.routes(),
        ],
        lifespan=lifespan,
    )


async def serve(
    host: str,
    port: int,
    config: EmulatorConfig,
    *,
    started: Callable[[int], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve an emulator until `stop` is set, or, without one, until SIGINT or SIGTERM.

    `started` learns the port, which matters for port 0.
    """
    app = build_emulator(config)
    settings = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="on")
    server = _Server(settings, app, started, own_signals=stop is None)
    serving = asyncio.create_task(server.serve())
    if stop is not None:
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        stopping.cancel()
    await serving


class _Server(uvicorn.Server):
    """Lets the handset pages go before it waits for open connections, so that a stop takes no time."""

    def __init__(
        self, settings: uvicorn.Config, app: Starlette, started: Callable[[int], None] | None, *, own_signals: bool
    ) -> None:
        super().__init__(settings)
        self._app = app
        self._started = started
        self._own_signals = own_signals

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        # Beside another server in one process, that one hears the signals and sets `stop`.
        with super().capture_signals() if self._own_signals else nullcontext():
            yield

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self._started is not None and self.started:
            self._started(self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._app.state.emulator.changes.close()
        await super().shutdown(sockets)
