"""(18) Watchers who do not read cost no memory without bound, and the others no time."""

from statistics import median

from wasl.torture import history
from wasl.torture.judge.latencies import Latencies
from wasl.torture.judge.screens import Screens
from wasl.torture.judge.tables import Facts
from wasl.torture.judge.verdict import Findings

STALLING = frozenset({"slow", "stopped", "tiny"})
RESIDENT_BYTES_MAX = 768 * 1024 * 1024
"""No node is ever larger, whatever it goes through: it is what a small machine has."""
GROWTH_BYTES_MAX = 64 * 1024 * 1024
"""From the third quarter of a process's life to its last: caches are full by then; what still grows has no bound."""
SAMPLES_MIN = 8
STEADY_P99_SECONDS_MAX = 2.5
"""The margin for steady watchers while nothing is broken, on two cores that also run the system and the crowd."""
LATENCIES_MIN = 100


def judge_memory(facts: Facts, screens: Screens, latencies: Latencies, findings: Findings) -> None:
    """Once all records are read."""
    stalled = [screen for screen in screens.by_name.values() if screen.watcher.habit in STALLING]
    if not stalled:
        findings.waived[18] = "nobody was slow or stood still in this run"
        return
    processes: dict[tuple[str, int], list[history.Sampled]] = {}
    for sampled in facts.sampled:
        processes.setdefault((sampled.node, sampled.process), []).append(sampled)
    for (node, process), samples in processes.items():
        _judge_process(node, process, [sampled.resident_bytes for sampled in samples], findings)
    steady = latencies.steady_quiet()
    if steady.count >= LATENCIES_MIN:
        findings.compared[18] += 1
        if steady.p99 > STEADY_P99_SECONDS_MAX:
            sentence = (
                f"Steady watchers were shown messages with a p99 of {steady.p99:.2f} s while nothing was broken and"
            )
            findings.blame(18, f"{sentence} others did not read; the margin is {STEADY_P99_SECONDS_MAX} s.")


def _judge_process(node: str, process: int, sizes: list[int], findings: Findings) -> None:
    findings.compared[18] += len(sizes)
    name = f"Node {node} (process {process})"
    if max(sizes) > RESIDENT_BYTES_MAX:
        findings.blame(18, f"{name} took {max(sizes):,} bytes; {RESIDENT_BYTES_MAX:,} are the bound.")
    if len(sizes) < SAMPLES_MIN:
        return
    quarter = len(sizes) // 4
    growth = median(sizes[-quarter:]) - median(sizes[2 * quarter : 3 * quarter])
    if growth > GROWTH_BYTES_MAX:
        findings.blame(18, f"{name} grew by {growth:,.0f} bytes in the last quarter of its life and does not stop.")
