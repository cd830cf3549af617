"""The HTTP server: one process, and a stop that loses nothing and keeps nobody waiting."""

import asyncio
import ctypes
import gc
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from wasl.app import Application, build_app
from wasl.bounded_http import State
from wasl.direct_http import LendingHttpProtocol
from wasl.direct_ws import DirectWebSocketProtocol
from wasl.errors import WaslError
from wasl.limits import DRAIN_SECONDS, SOCKET_PACKET_BYTES_MAX
from wasl.observe import configure_logs, log
from wasl.settings import Settings
from wasl.store.open import ServerLock

KEEP_ALIVE_SECONDS = 5
"""Longer, and connections that were cut without a word would be kept as long."""
STOP_SECONDS = 2
"""What requests under way get after the streams have left."""
STOP_NOTICE_SECONDS = 1.0
"""Between `/ready` saying no and the end of listening: balancers that ask do so about once a second."""
STOP_HANDSHAKE_SECONDS = 0.02
"""What a connection that is being made gets to be made."""
STOP_LINGER_SECONDS_MAX = 0.5
"""What a connection that was let in last gets to say what it came for, when it is slow to."""
BACKLOG = 4096
"""Connections that may wait to be accepted, up to the kernel's own bound: a crowd of dashboards returns at once."""
GC_THRESHOLDS = (50_000, 20, 50)
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another wants it. The default of 5 ms would let the event loop hold
up the writer at each of its statements."""
_REST_STEP_SECONDS = 0.05
_TICKS_PER_SECOND = 10  # of uvicorn's main loop
_SO_ATTACH_FILTER = 26
_DROP_SYN = (
    (0x30, 0, 0, 13),  # Load the flags of the TCP header;
    (0x54, 0, 0, 0x12),  # of them SYN and ACK.
    (0x15, 0, 1, 0x02),  # Is it SYN alone?
    (0x06, 0, 0, 0),  # Then drop it,
    (0x06, 0, 0, 0xFFFFFFFF),  # else let it pass.
)
"""Linux, socket(7) and linux/filter.h: a filter for a socket that listens."""
_TCP_INFO_BYTES, _TCP_INFO_UNACKED = 32, 24
"""Linux, struct tcp_info: for a socket that listens, `tcpi_unacked` is how many wait at it."""


class Server(uvicorn.Server):
    """uvicorn waits for open streams before it runs the application's shutdown: so they are told to leave first."""

    def __init__(
        self, config: uvicorn.Config, application: Application, when_started: Callable[[], None] | None = None
    ) -> None:
        super().__init__(config)
        self.server_state = self._state = State()
        self._hub = application.parts.hub
        self._when_started = when_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started and self._when_started is not None:
            self._when_started()

    async def on_tick(self, counter: int) -> bool:
        """Once a second: who keeps us waiting too long?"""
        if counter % _TICKS_PER_SECOND == 0:
            self._state.look(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave so that nobody notices who has another node to go to.

        First `/ready` says no while all goes on, so that balancers send people elsewhere. Then nobody new is let in,
        who came is served, streams say good-bye, and what was taken is written down.
        """
        self._hub.leaving = True
        self._state.leaving = True
        if self.server_state.connections:
            await self._rest(STOP_NOTICE_SECONDS)
        await self._stop_listening()
        self._hub.close()
        if not await self._hub.drained(DRAIN_SECONDS):
            log.warning("streams cut at the stop")
        await self._hear_out()
        await self._serve_out()
        await super().shutdown(sockets)

    async def _stop_listening(self) -> None:
        """Let in whom the kernel has let in already: closing the socket would reset those who wait there."""
        listeners = [listener for server in self.servers for listener in server.sockets]
        for listener in listeners:
            _turn_away(listener)
        await asyncio.sleep(STOP_HANDSHAKE_SECONDS)
        for _ in range(BACKLOG):
            if not any(map(_waiting_at, listeners)):
                break
            await asyncio.sleep(0)  # The loop takes one of them each time it goes round.
        for server in self.servers:
            server.close()

    async def _hear_out(self) -> None:
        """Give those who were let in last the time to say what they came for."""
        for _ in range(round(STOP_LINGER_SECONDS_MAX / _REST_STEP_SECONDS)):
            unheard = (isinstance(each, LendingHttpProtocol) and each.is_unheard for each in self._state.connections)
            if self.force_exit or not any(unheard):
                return
            await asyncio.sleep(_REST_STEP_SECONDS)

    async def _serve_out(self) -> None:
        """Serve those who came. Whoever waits longer, for a database that says nothing, hears that it was not done; and
        whoever does not take what is said to them is cut off."""
        connections, tasks = self._state.connections, self._state.tasks
        for connection in list(connections):
            connection.shutdown()
        for _ in range(round(STOP_SECONDS / _REST_STEP_SECONDS)):
            if self.force_exit or not (connections or tasks):
                return
            await asyncio.sleep(_REST_STEP_SECONDS)
        if late := list(tasks):
            log.warning("requests cut at the stop", requests=len(late))
            for task in late:
                task.cancel()
            await asyncio.wait(late, timeout=STOP_SECONDS)
        for connection in list(connections):
            connection.transport.close()
        await asyncio.sleep(_REST_STEP_SECONDS)
        for connection in list(connections):
            connection.transport.abort()

    async def _rest(self, seconds: float) -> None:
        """Let everything go on for a while, unless a person is in a hurry."""
        for _ in range(round(seconds / _REST_STEP_SECONDS)):
            if self.force_exit:
                return
            await asyncio.sleep(_REST_STEP_SECONDS)


def _turn_away(listener: socket.socket) -> None:
    """Let the kernel drop whoever begins to connect, and go on with those who have begun.

    Who comes now tries again after a second by itself and is refused then, which harms nobody: it has said nothing yet.
    """
    program = b"".join(struct.pack("=HBBI", *instruction) for instruction in _DROP_SYN)
    kept = ctypes.create_string_buffer(program, len(program))
    # Where the system knows no such filter, a moment remains in which somebody may be reset.
    with suppress(OSError, AttributeError):
        listener.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(_DROP_SYN), ctypes.addressof(kept))
        )


def _waiting_at(listener: socket.socket) -> int:
    """How many connections wait at a socket to be accepted; 0 where the system does not tell."""
    try:
        told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
        return int(struct.unpack_from("=I", told, _TCP_INFO_UNACKED)[0])
    except (OSError, AttributeError, struct.error):
        return 0


def spare_the_collector() -> None:
    """Look for reference cycles less often: a message leaves none, and each look walks all that is remembered. Of what
    the start has made, all stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()


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
        ws=DirectWebSocketProtocol,
        ws_max_size=SOCKET_PACKET_BYTES_MAX,
        ws_per_message_deflate=False,  # Its memory for each connection is many times what a quiet socket needs.
        ws_ping_interval=None,  # Engine.IO has pings of its own.
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
