"""A program that answers on a port, as a process: started, stopped, killed and frozen as on a real machine."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from wasl.torture.servers import ServerDied, free_port

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 20.0
START_ATTEMPTS_MAX = 3


class Process:
    """One of them. It keeps its port through kill and start, and appends to one log. `{port}` in its command is that
    port, which WASL_PORT names too. It dies with the thread that started it, so nothing outlives a kit that is killed.
    """

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        self.port = 0
        self._command = command
        self._environment = dict(environment)
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._running is not None, "it does not run"
        return self._running.pid

    @property
    def alive(self) -> bool:
        """Whether it runs, frozen or not."""
        return self._running is not None and self._running.poll() is None

    @property
    def fell(self) -> bool:
        """Whether it ended without having been stopped or killed."""
        return self._running is not None and self._running.poll() is not None

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
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it stood."""
        self._signal(signal.SIGCONT)

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

    def _signal(self, kind: signal.Signals) -> None:
        # Through the object that knows whether it has ended: its number may be somebody else's by then.
        assert self._running is not None, "it does not run"
        self._running.send_signal(kind)

    def _spawn(self) -> None:
        environment = surroundings() | self._environment | {"WASL_PORT": str(self.port)}
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                tied([part.replace("{port}", str(self.port)) for part in self._command]),
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


def surroundings() -> dict[str, str]:
    """Our environment without what names an installation: nothing here may ever touch a real one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WASL_")}


def tied(command: list[str]) -> list[str]:
    """The command of a program that dies with the thread that starts it, where the machine can do that."""
    return ["setpriv", "--pdeathsig=KILL", *command] if shutil.which("setpriv") else command


class Emulator(Process):
    """The emulator of WhatsApp."""

    def __init__(self, log: Path) -> None:
        super().__init__([sys.executable, "-m", "wasl", "emulator", "--port", "{port}"], log, {})
