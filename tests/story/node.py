"""A server of ours as a process of its own: started, stopped and killed as on a real machine."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from servers import ServerDied, free_port
from wasl.settings import Settings

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 20.0
START_ATTEMPTS_MAX = 3


class Process:
    """A program that answers on a port. It keeps its port through kill and start, and appends to one log."""

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        self.port = 0
        self._command = command
        self._environment = environment
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._running is not None, "it does not run"
        return self._running.pid

    def start(self) -> None:
        """Start it and wait until it answers; on another port if somebody took ours before its first start."""
        first = not self.port
        for attempt in range(1, START_ATTEMPTS_MAX + 1):
            self.port = free_port() if first else self.port
            self._spawn()
            if self._answers():
                return
            if attempt == START_ATTEMPTS_MAX or not first:
                raise ServerDied(f"{self._command!r} did not start; its log ends:\n{self.said()[-3000:]}")

    def stop(self) -> tuple[int, float]:
        """Ask it to stop, as an init system does; its exit status, and the seconds that it took."""
        process, self._running = self._running, None
        assert process is not None, "it does not run"
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        return status, time.monotonic() - started

    def kill(self) -> None:
        """End it as kill -9 does: it writes nothing more, and finishes nothing."""
        process, self._running = self._running, None
        if process is not None:
            process.kill()
            process.wait()

    def freeze(self) -> None:
        """Let it stand still as SIGSTOP does: its connections stay open, and nothing moves until `thaw`."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it stood."""
        os.kill(self.pid, signal.SIGCONT)

    def fetch(self, path: str) -> str:
        """The text of a page, without any client's state. Raises OSError when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10.0)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def said(self) -> str:
        """Everything that it wrote to its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def resident_bytes(self) -> int:
        """The memory that it holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _spawn(self) -> None:
        # A test run that is killed takes its servers with it.
        tied = ["setpriv", "--pdeathsig=KILL"] if shutil.which("setpriv") else []
        environment = {**os.environ, **self._environment, "WASL_PORT": str(self.port)}
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [*tied, *self._command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        assert self._running is not None
        deadline = time.monotonic() + START_SECONDS_MAX
        while self._running.poll() is None and time.monotonic() < deadline:
            try:
                self.fetch("/health")
            except OSError:
                time.sleep(0.02)
            else:
                return True
        self.kill()
        return False


class Node(Process):
    """`wasl serve` on the installation that some settings name."""

    def __init__(self, settings: Settings, log: Path, **environment: str) -> None:
        command = [sys.executable, "-m", "wasl", "serve"]
        super().__init__(command, log, environment_of(settings) | {"WASL_HOST": "127.0.0.1"} | environment)
        self.settings = settings

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """The structured lines of its log; those of one name, if one is given."""
        raw = (line for line in self.said().splitlines() if line.startswith("{"))
        return [line for line in map(orjson.loads, raw) if event in (None, line.get("event"))]

    def figures(self) -> dict[str, float]:
        """What `/metrics` shows, by name with labels."""
        lines = self.fetch("/metrics").splitlines()
        rows = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in rows}

    def ledger(self) -> dict[str, int]:
        """What became of all updates that arrived, over all accounts."""
        figures = self.figures()
        entries = ("received", "stored", "duplicates", "quarantined", "set_aside")
        return {entry: int(figures[f'wasl_ledger{{entry="{entry}"}}']) for entry in entries}

    def check_ledger(self) -> None:
        """Every update that was received is accounted for."""
        ledger = self.ledger()
        received = ledger.pop("received")
        assert received == sum(ledger.values()), ledger | {"received": received}
        assert min(ledger.values()) >= 0, ledger


class WhatsApp(Process):
    """The emulator, as a process."""

    def __init__(self, log: Path) -> None:
        program = (
            "import asyncio, os; from wasl.emulator.app import serve;"
            " from wasl.emulator.whatsapp import EmulatorConfig;"
            " asyncio.run(serve('127.0.0.1', int(os.environ['WASL_PORT']), EmulatorConfig()))"
        )
        super().__init__([sys.executable, "-c", program], log, {})


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment variables that make these settings."""
    assert settings.secret_key is not None
    found = {
        "WASL_DATA_DIR": str(settings.data_dir),
        "WASL_SECRET_KEY": settings.secret_key.get_secret_value(),
        "WASL_LOG_FORMAT": "json",
    }
    shared = {"WASL_DATABASE_URL": settings.database_url, "WASL_REDIS_URL": settings.redis_url}
    return found | {name: value for name, value in shared.items() if value}
