"""The HTTP server: one process, and a stop that loses nothing and keeps nobody waiting."""

import gc
import resource
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn

from wasl.app import Application, build_app
from wasl.direct_http import LendingHttpProtocol
from wasl.errors import WaslError
from wasl.limits import DRAIN_SECONDS
from wasl.observe import configure_logs, log
from wasl.settings import Settings
from wasl.store.open import ServerLock

KEEP_ALIVE_SECONDS = 5
"""Longer, and connections that were cut without a word would be kept as long."""
STOP_SECONDS = 2
"""What requests under way get after the streams have left."""
BACKLOG = 4096
"""Connections that may wait to be accepted, up to the kernel's own bound: a crowd of dashboards returns at once."""
GC_THRESHOLDS = (50_000, 20, 50)
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another wants it. The default of 5 ms would let the event loop hold
up the writer at each of its statements."""


class Server(uvicorn.Server):
    """uvicorn waits for open streams before it runs the application's shutdown: so they are told to leave first."""

    def __init__(
        self, config: uvicorn.Config, application: Application, when_started: Callable[[], None] | None = None
    ) -> None:
        super().__init__(config)
        self._hub = application.parts.hub
        self._when_started = when_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started and self._when_started is not None:
            self._when_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, let the streams say good-bye, finish what is under way, and write down what was taken."""
        for server in self.servers:
            server.close()
        self._hub.close()
        if not await self._hub.drained(DRAIN_SECONDS):
            log.warning("streams cut at the stop")
        await super().shutdown(sockets)


def spare_the_collector() -> None:
    """Look for reference cycles less often: a message leaves none, and each look walks all that is remembered."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def open_many_files() -> None:
    """Let the process have as many connections as the system allows it: the usual soft limit is 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def stop_quietly() -> None:
    """Let the program end with status 0 when it is told to stop.

    uvicorn hears SIGTERM and SIGINT, stops, and raises them again for whoever listened before: nobody has to die then.
    """
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)


def server_of(application: Application, when_started: Callable[[], None] | None = None) -> Server:
    """A server for an application, with the settings that were measured."""
    settings = application.parts.settings
    config = uvicorn.Config(
        application.asgi,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=LendingHttpProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return Server(config, application, when_started)


def serve(settings: Settings) -> int:
    """Run a node until it is told to stop; the exit status."""
    configure_logs(settings.log_level, settings.log_format)
    sys.setswitchinterval(SWITCH_SECONDS)
    open_many_files()
    stop_quietly()
    try:
        if settings.database_url:
            return _run(settings)
        with ServerLock(settings.data_dir):
            return _run(settings)
    except WaslError as error:
        print(f"wasl: {error.message}", file=sys.stderr)  # noqa: T201
        return 1


def _run(settings: Settings) -> int:
    application = build_app(settings)
    spare_the_collector()
    log.info("serving", host=settings.host, port=settings.port, database=application.parts.engine.dialect)
    server = server_of(application)
    server.run()
    log.info("stopped")
    return 0 if server.started else 1
