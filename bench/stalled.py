"""Readers that stop reading: what each costs the server, and whether the others notice."""

import contextlib
import re
import subprocess
from collections.abc import Iterator, Sequence
from time import perf_counter

from bench.fanout import SETTLE_SECONDS_MAX, Fanout, Round
from bench.idle import KIB, memory_of
from bench.installation import Running
from bench.machine import Cores
from bench.publishers import Publishers
from bench.readers import Readers, opened
from bench.report import Figure, Report, median
from bench.stage import our_crowd, reading, stage

READING, STALLED = 900, 100
MESSAGES_PER_SECOND = 50
COST_KIB_MAX = 128.0
P99_RATIO_MAX = 1.2
ROUNDS, ROUNDS_QUICK = 3, 1
SECONDS, SECONDS_QUICK = 5.0, 3.0
"""Of each half of a round: less than a reader may stand still before it is cut."""
RECEIVE_BYTES = 32 * KIB
"""What a stalled reader's own machine takes for it; a bound, so that all the rest waits on the server's side."""


def measure_stalled(report: Report, cores: Cores, quick: bool) -> None:
    """A hundred of a thousand readers read like the others, then stop, then read again, in turns."""
    print("==> Stalled readers", flush=True)
    with stage(cores) as ready, contextlib.closing(Readers()) as readers:
        crowd = our_crowd(ready, readers, READING)
        late = opened(ready.ours.port, STALLED, reading(ready), RECEIVE_BYTES)
        stalling = [readers.add(one) for one in late]
        ports = {readers.port_of(stream) for stream in stalling}
        seconds = SECONDS_QUICK if quick else SECONDS
        before, after, costs, sent = [], [], [], 0
        with contextlib.closing(Publishers(readers, [ready.ours.port])) as crowd.publishers:
            for _ in range(ROUNDS_QUICK if quick else ROUNDS):
                before.append(crowd.paced(MESSAGES_PER_SECOND, seconds))
                with _paused(readers, stalling):
                    process = memory_of(ready.ours).resident
                    after.append(crowd.paced(MESSAGES_PER_SECOND, seconds))
                    process = (memory_of(ready.ours).resident - process) / STALLED
                    costs.append((process, _queued_kib(ready.ours, ports) / STALLED))
                sent = crowd.next - ready.first
                unwhole = _catch_up(crowd, stalling, sent)
        _report(report, before, after, costs, unwhole, sent)


@contextlib.contextmanager
def _paused(readers: Readers, streams: Sequence[int]) -> Iterator[None]:
    for stream in streams:
        readers.pause(stream)
    try:
        yield
    finally:
        for stream in streams:
            readers.resume(stream)


def _queued_kib(running: Running, ports: set[int]) -> float:
    """What the kernel holds on the server's side of these connections. Raises NotMeasured without iproute2's `ss`."""
    command = ["ss", "-tmnH", "state", "established", f"( sport = :{running.port} )"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    queued = 0
    for addresses, memory in zip(lines[::2], lines[1::2], strict=True):
        if int(addresses.split()[3].rpartition(":")[2]) in ports:
            queued += sum(int(found) for found in re.findall(r"[(,](?:r|w|f|o|bl)(\d+)", memory))
    return queued / KIB


def _catch_up(crowd: Fanout, stalling: Sequence[int], messages: int) -> int:
    """Let them read what they have missed; how many of them have not exactly every message."""
    marks, wanted = crowd.readers.marks, messages * crowd.marks_per_frame
    deadline = perf_counter() + SETTLE_SECONDS_MAX
    while any(marks[stream] < wanted for stream in stalling) and perf_counter() < deadline:
        crowd.readers.turn(0.05)
    return sum(marks[stream] != wanted for stream in stalling)


def _report(
    report: Report,
    before: Sequence[Round],
    after: Sequence[Round],
    costs: Sequence[tuple[float, float]],
    unwhole: int,
    messages: int,
) -> None:
    cost = max(process + kernel for process, kernel in costs)
    parts = "; ".join(f"{process:.0f} in the process + {kernel:.0f} in the kernel" for process, kernel in costs)
    note = f"KiB each: {parts}; {unwhole} of {STALLED} not whole after {messages} messages"
    kept = cost <= COST_KIB_MAX and not unwhole
    report.add(Figure("a stalled reader's memory", cost, "KiB", f"≤ {COST_KIB_MAX:.0f} KiB", None, kept, note))
    ratio = median([late.p99 / early.p99 for early, late in zip(before, after, strict=True)])
    name = f"p99 of {READING} others beside {STALLED} that stall, {MESSAGES_PER_SECOND} messages/s"
    alone = median([one.p99 for one in before]) * 1000
    whole = not any(one.missing or one.doubled for one in (*before, *after))
    bound = f"≤ {P99_RATIO_MAX} × {alone:.1f} ms without"
    value = median([one.p99 for one in after]) * 1000
    report.add(Figure(name, value, "ms", bound, ratio, ratio <= P99_RATIO_MAX and whole, str(after[-1].shares)))
