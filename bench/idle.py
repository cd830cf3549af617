"""What a stream costs while nothing happens: memory above the empty process, and a processor's time for heartbeats."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

from bench.installation import Running
from bench.machine import Cores
from bench.readers import Readers, opened
from bench.report import Figure, Report
from bench.stage import reading, stage

KIB = 1024
STREAM_KIB_MAX = 16.0
STREAMS = (1_000, 10_000)
FILES_BESIDE_STREAMS = 200
CPU_SHARE_MAX = 0.15
HEARTBEAT_SECONDS = 15.0
CPU_SECONDS, CPU_SECONDS_QUICK = 30.0, 15.0
"""Whole heartbeats."""
SETTLE_SECONDS = 1.5
"""Longer than the server's look at the heads of its feeds."""


@dataclass(frozen=True, slots=True)
class Memory:
    """KiB of a process: in memory, its own part of what it shares, and the kernel's objects of the whole machine."""

    resident: float
    proportional: float
    kernel: float


def measure_idle(report: Report, cores: Cores, files: int, quick: bool) -> None:
    """Open streams and let them be."""
    print("==> Idle streams", flush=True)
    with (
        stage(cores, WASL_HEARTBEAT_SECONDS=f"{HEARTBEAT_SECONDS:g}") as ready,
        contextlib.closing(Readers()) as readers,
    ):
        empty, held = memory_of(ready.ours), 0
        for count in STREAMS:
            if files < count + FILES_BESIDE_STREAMS:
                print(f"!!! {count:,} streams are not measured: no more than {files:,} files may be open")
                return
            for one in opened(ready.ours.port, count - held, reading(ready)):
                readers.add(one)
            held = count
            _let_be(readers, SETTLE_SECONDS)
            _report_memory(report, count, empty, memory_of(ready.ours))
        _report_cpu(report, ready.ours, readers, held, CPU_SECONDS_QUICK if quick else CPU_SECONDS)


def memory_of(running: Running) -> Memory:
    """What it holds now."""
    rows: dict[str, float] = {}
    for line in Path(f"/proc/{running.pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        rows[name] = float(rest.split()[0])
    slab = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("Slab:"))
    return Memory(rows["Rss"], rows["Pss"], float(slab.split()[1]))


def _let_be(readers: Readers, seconds: float) -> None:
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        readers.turn(0.1)
    if readers.closed:
        raise SystemExit(f"{readers.closed} idle streams were closed")


def _report_memory(report: Report, count: int, empty: Memory, now: Memory) -> None:
    resident = (now.resident - empty.resident) / count
    kernel = (now.kernel - empty.kernel) / count / 2
    note = (
        f"RSS {empty.resident / KIB:.0f} → {now.resident / KIB:.0f} MiB; PSS "
        f"{(now.proportional - empty.proportional) / count:.1f} KiB per stream; the kernel's objects beside it, "
        f"{kernel:.1f} KiB per end of a connection"
    )
    bound = f"≤ {STREAM_KIB_MAX:.0f} KiB"
    name = f"memory per idle stream, {count:,} streams"
    report.add(Figure(name, resident, "KiB", bound, None, resident <= STREAM_KIB_MAX, note))


def _report_cpu(report: Report, running: Running, readers: Readers, count: int, seconds: float) -> None:
    before = running.cpu_seconds()
    _let_be(readers, seconds)
    share = (running.cpu_seconds() - before) / seconds
    note = f"over {seconds:.0f} s, a heartbeat every {HEARTBEAT_SECONDS:.0f} s"
    bound = f"≤ {CPU_SHARE_MAX:.0%} of a core"
    name = f"processor, {count:,} idle streams"
    report.add(Figure(name, share * 100, "%", bound, None, share <= CPU_SHARE_MAX, note))
