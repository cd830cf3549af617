"""The machine: who runs on which core, how busy the cores are, and what to write beside a figure."""

import contextlib
import importlib.metadata
import os
import platform
import resource
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLUSHES = 100
FLUSHED_BYTES = 4096
STRANGERS_PERCENT_MAX = 5
"""Others who use more than that of the cores were measured with us."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cores:
    """The server's side (its database too) has one core, whoever asks it has another."""

    server: int
    client: int


def two_cores() -> Cores:
    """Choose them among those that we may use. Raises SystemExit when there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("A measurement needs two cores: one for the server, one for its clients.")
    return Cores(cores[0], cores[1])


@contextlib.contextmanager
def on_core(core: int) -> Iterator[None]:
    """Bind this thread, and every process that it starts meanwhile, to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Usage:
    """How busy two cores, and this process, have been since this was made. Waiting for a disk is not being busy."""

    def __init__(self, cores: Cores) -> None:
        self._cores = cores
        self._started = time.perf_counter()
        self._busy = (_busy_seconds(cores.server), _busy_seconds(cores.client))
        self._ours = time.process_time()

    def until_now(self) -> "Shares":
        """The shares of the time since then."""
        seconds = time.perf_counter() - self._started
        busy = (_busy_seconds(self._cores.server), _busy_seconds(self._cores.client))
        return Shares(
            server_core=(busy[0] - self._busy[0]) / seconds,
            client_core=(busy[1] - self._busy[1]) / seconds,
            client=(time.process_time() - self._ours) / seconds,
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """1.0 is a whole core. `client` is our own part of the client's core; the rest of it is somebody else's."""

    server_core: float
    client_core: float
    client: float

    def __str__(self) -> str:
        strangers = max(0.0, self.client_core - self.client)
        return f"server's core {self.server_core:.0%} busy, client's {self.client:.0%} (+ {strangers:.0%} others)"


def cpu_seconds(pid: int) -> float:
    """How long a process has used a processor, in its own name and in the kernel's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def precise_cpu_seconds(pid: int) -> float:
    """The same of all threads that live now, to the nanosecond instead of to the hundredth of a second."""
    nanoseconds = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # It has just ended.
            nanoseconds += int((task / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def allow_many_files(wanted: int) -> int:
    """Raise the limit of open files of this process and of those that it will start; what it is then."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = most if most != resource.RLIM_INFINITY else wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return allowed


def strangers_share(cores: Cores, seconds: float = 1.0) -> float:
    """How much of the two cores others use, before anything of ours runs: 1.0 is all of both."""
    usage = Usage(cores)
    time.sleep(seconds)
    shares = usage.until_now()
    return (shares.server_core + shares.client_core) / 2


def machine_facts() -> dict[str, str | int | float]:
    """What a figure depends on; nothing that tells whose machine it is."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "flush_ms": round(flush_seconds(ROOT) * 1000, 3),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: importlib.metadata.version(name) for name in ("uvicorn", "uvloop", "httptools", "starlette")},
        "commit": _commit(),
    }


def load_before() -> dict[str, str | int | float]:
    """What else uses the machine before anything of ours runs, and whether that is too much for good figures."""
    percent = min(100, round(strangers_share(two_cores()) * 100))
    return {
        "others_percent_of_cores": percent,
        "average_of_a_minute": round(os.getloadavg()[0], 2),
        "busy": percent > STRANGERS_PERCENT_MAX,
    }


def flush_seconds(folder: Path) -> float:
    """How long a small write takes to be on the disk there: the middle one of some. It is a part of every commit."""
    times, block = [], b"x" * FLUSHED_BYTES
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(FLUSHES):
            file.write(block)
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - started)
    return sorted(times)[FLUSHES // 2]


def _commit() -> str:
    """Which version of the program is measured; with a plus sign when files of it were changed since."""
    git = ["git", "-C", str(ROOT)]
    try:
        said = subprocess.run([*git, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=True)
        own = ["src", "bench", ":!bench/results"]
        changed = subprocess.run([*git, "status", "--porcelain", *own], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip() + ("+" if changed else "")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _busy_seconds(core: int) -> float:
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith(f"cpu{core} "):
            user, nice, system, _idle, _waiting, interrupts, soft, *_ = (int(part) for part in line.split()[1:])
            return (user + nice + system + interrupts + soft) / _TICKS
    raise AssertionError(f"/proc/stat knows no core {core}")
