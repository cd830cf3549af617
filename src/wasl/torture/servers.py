"""PostgreSQL and Redis of a run's own: on free ports, with throw-away data, ended by what only they are."""

import contextlib
import functools
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from wasl.torture.children import Guard, children_of, freeze

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 15.0
# A crashed PostgreSQL's last children may still hold its shared memory for a moment; a port may be taken between
# the moment it was found free and the moment the server binds it.
START_ATTEMPTS_MAX = 3


class Unavailable(Exception):
    """The machine lacks a server's program; what needs it is skipped, loudly, with this reason."""


@contextlib.contextmanager
def postgres_server() -> Iterator["PostgresServer"]:
    """Run a private PostgreSQL, durable as in production (fsync on), and remove it afterwards. Raises Unavailable."""
    programs = _postgres_programs()
    owner = _unprivileged_user()
    with _folder("wasl-postgres-", owner) as folder:
        server = PostgresServer(programs, folder, owner)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def redis_server() -> Iterator["RedisServer"]:
    """Run a private Redis that keeps nothing on disk. Raises Unavailable."""
    program = shutil.which("redis-server")
    if program is None:
        raise Unavailable("redis-server is not installed")
    with _folder("wasl-redis-", None) as folder:
        server = RedisServer(program, folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()


class PostgresServer:
    """One PostgreSQL cluster; its address stays the same through kill and start."""

    def __init__(self, programs: Path, folder: Path, owner: str | None) -> None:
        self._programs = programs
        self._folder = folder
        self._owner = owner
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None
        self._port = 0
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Start it, on its data of before if there are any; return when it answers."""
        if not self._data.exists():
            self._make_cluster()
        self._process, self._port = _launch(self._command, self._answers, self._folder, self._port, self._owner)

    @property
    def alive(self) -> bool:
        """Whether it runs, frozen or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    def copy(self) -> None:
        """Keep a copy of everything in it, of one moment while this runs, in the place of the one before."""
        place = self._folder / "copy"
        shutil.rmtree(place, ignore_errors=True)
        where = [f"--pgdata={place}", "--host=127.0.0.1", f"--port={self._port}", "--username=wasl"]
        self._run("pg_basebackup", *where, "--checkpoint=fast", "--wal-method=stream", "--no-sync")

    def put_back(self) -> None:
        """Let the copy take the place of what is in it. It must not run, and starts with what the copy held."""
        shutil.rmtree(self._data)
        (self._folder / "copy").rename(self._data)

    def url(self, name: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return _postgres_url(self._port, name)

    def create_database(self, template: str = "template1") -> str:
        """Make a database as a copy of `template` and return its address."""
        name = f"wasl_{next(self._numbers)}"
        self._execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def create_template(self, name: str, prepare: Callable[[str], None]) -> None:
        """Make a database once, prepared by `prepare(url)` (migrations, say), for create_database to copy.

        `prepare` must close its connections: PostgreSQL copies no database that somebody is connected to.
        """
        self._execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        prepare(self.url(name))

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def kill(self) -> None:
        """End it as kill -9 does, every process at once: nothing is flushed, every connection is cut."""
        self._dismiss_guard()
        if self._process is None:
            return
        # The postmaster stands first, so that it starts no child anew, and what died of them keeps its number.
        freeze(self._process.pid)
        with contextlib.ExitStack() as held:
            children = [held.enter_context(child) for child in children_of(self._process.pid)]
            self._process.kill()
            for child in children:
                child.send(signal.SIGKILL)
        self._process.wait(STOP_SECONDS_MAX)
        self._process = None

    def freeze(self) -> None:
        """Stop every process of it where it stands: connections stay open and nothing answers, until it is thawed."""
        assert self._process is not None, "it does not run"
        # The postmaster first, so that no child appears that is not seen.
        pids = [self._process.pid]
        freeze(self._process.pid)
        for child in children_of(self._process.pid):
            with child:
                child.send(signal.SIGSTOP)
                child.until_stopped()
                pids.append(child.pid)
        self._guard = Guard(pids)

    def thaw(self) -> None:
        """Let it go on as if no time had passed; nothing happens when it is not frozen."""
        self._dismiss_guard()
        if self._process is not None:
            for child in children_of(self._process.pid):
                with child:
                    child.send(signal.SIGCONT)
            self._process.send_signal(signal.SIGCONT)

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def stop(self) -> None:
        """End it cleanly, without waiting for its clients; nothing happens when it does not run."""
        if self._process is not None:
            self.thaw()
            _stop(self._process, signal.SIGINT)
            self._process = None

    def _make_cluster(self) -> None:
        options = ["--username=wasl", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        # Not synced is only the empty cluster; what a run writes is.
        self._run("initdb", f"--pgdata={self._data}", *options, "--no-sync")

    def _run(self, program: str, *options: str) -> None:
        command = _as_user(self._owner, [str(self._programs / program), *options])
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}\n{done.stderr}")

    def _command(self, port: int) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            "fsync": "on",
            "synchronous_commit": "on",
            "shared_buffers": "128MB",
            "max_connections": "100",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(port), *options]

    def _answers(self, port: int) -> bool:
        try:
            psycopg.connect(_postgres_url(port, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)


class RedisServer:
    """One Redis; its address stays the same through kill and start, its data do not."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None
        self._port = 0

    @property
    def alive(self) -> bool:
        """Whether it runs, frozen or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, empty; return when it answers."""
        self._process, self._port = _launch(self._command, self._answers, self._folder, self._port, None)

    def kill(self) -> None:
        """End it as kill -9 does."""
        self._dismiss_guard()
        if self._process is not None:
            _stop(self._process, signal.SIGKILL)
            self._process = None

    def freeze(self) -> None:
        """Stop it where it stands: connections stay open, new ones are even accepted, and nothing answers."""
        assert self._process is not None, "it does not run"
        freeze(self._process.pid)
        self._guard = Guard([self._process.pid])

    def thaw(self) -> None:
        """Let it go on as if no time had passed; nothing happens when it is not frozen."""
        self._dismiss_guard()
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def stop(self) -> None:
        """End it; nothing happens when it does not run."""
        if self._process is not None:
            self.thaw()
            _stop(self._process, signal.SIGINT)
            self._process = None

    def _command(self, port: int) -> list[str]:
        return [self._program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]

    def _answers(self, port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class ServerDied(RuntimeError):
    """A server ended, or did not answer in time, while it was started; says what it logged last."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _postgres_url(port: int, name: str) -> str:
    return f"postgresql://wasl@127.0.0.1:{port}/{name}"


def _postgres_programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs; Debian keeps them off the PATH."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: float(folder.parent.name))
    program = shutil.which("initdb")
    if program is None:
        raise Unavailable("PostgreSQL is not installed (no initdb)")
    return Path(program).resolve().parent


def _unprivileged_user() -> str | None:
    """Return whom PostgreSQL runs as when we are root, which it refuses to run as; None for ourselves."""
    if os.geteuid() != 0:
        return None
    if shutil.which("setpriv") is None:
        raise Unavailable("PostgreSQL refuses to run as root, and setpriv is not installed")
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextlib.contextmanager
def _folder(prefix: str, owner: str | None) -> Iterator[Path]:
    # In the system's own folder: others' may be closed to PostgreSQL's user, and their names too long for a socket's.
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner is not None:
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder)


def _launch(
    command: Callable[[int], list[str]], answers: Callable[[int], bool], folder: Path, port: int, owner: str | None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server on `port`, or on a free one when that is 0; return it and its port when it answers."""
    for attempt in range(1, START_ATTEMPTS_MAX + 1):
        tried = port or free_port()
        process = _spawn(command(tried), folder, owner)
        try:
            _wait_until(functools.partial(answers, tried), process, folder)
        except ServerDied:
            if attempt == START_ATTEMPTS_MAX:
                raise
            time.sleep(0.2)
        else:
            return process, tried
    raise AssertionError("the last attempt returns or raises")


def _spawn(command: list[str], folder: Path, owner: str | None) -> subprocess.Popen[bytes]:
    with _log(folder).open("ab") as log:
        return subprocess.Popen(
            _as_user(owner, command, dies_with_us=True),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal ends the run, which then stops the server in order.
        )


def _as_user(owner: str | None, command: list[str], dies_with_us: bool = False) -> list[str]:
    options = [] if owner is None else [f"--reuid={owner}", f"--regid={pwd.getpwnam(owner).pw_gid}", "--clear-groups"]
    if dies_with_us and shutil.which("setpriv"):
        # A run that is killed takes its servers with it. One call for both: a change of user forgets the wish.
        options.append("--pdeathsig=INT")
    return ["setpriv", *options, *command] if options else command


def _wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < deadline:
        if answers():
            return
        time.sleep(0.02)
    _stop(process, signal.SIGKILL)
    said = _log(folder).read_text(errors="replace")[-2000:]
    raise ServerDied(f"{process.args!r} did not start within {START_SECONDS_MAX:.0f} s; its log ends:\n{said}")


def _log(folder: Path) -> Path:
    return folder / "server.log"


def _stop(process: subprocess.Popen[bytes], kind: signal.Signals) -> None:
    process.send_signal(kind)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS_MAX)
