"""Judges a history: all promises, how much of each was compared, and which dangerous states were reached.

It knows nothing of the product and nothing of the run but what everybody wrote down. Who acted is read first, then each
watcher is followed record by record, so that what is kept grows with the messages and not with those who watch.
"""

from dataclasses import dataclass, field
from pathlib import Path

from wasl.torture.judge.excerpt import explain
from wasl.torture.judge.latencies import Latencies, Latency
from wasl.torture.judge.lists import judge_lists
from wasl.torture.judge.liveness import VISIBLE_SECONDS, judge_liveness
from wasl.torture.judge.log import judge_logs
from wasl.torture.judge.memory import judge_memory
from wasl.torture.judge.messages import Told, judge_messages
from wasl.torture.judge.outbound import judge_outbound
from wasl.torture.judge.pages import Pages
from wasl.torture.judge.reached import not_applicable, reached
from wasl.torture.judge.reading import lines_of, read_acts, split
from wasl.torture.judge.screens import Screens
from wasl.torture.judge.statuses import judge_statuses
from wasl.torture.judge.verdict import Findings, Verdict, Violation

__all__ = ["Judgement", "Latency", "Verdict", "Violation", "judge"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the promises in a run."""

    verdicts: list[Verdict]
    reached: dict[str, int]
    """How often each dangerous state was reached."""
    not_applicable: dict[str, str] = field(default_factory=dict)
    """States that this run could not reach, and why."""
    latencies: list[Latency] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """Records, acknowledged messages, events shown, and what is suspicious and right."""

    @property
    def green(self) -> bool:
        """No promise was broken, and over each something was compared."""
        return bool(self.verdicts) and all(verdict.green for verdict in self.verdicts)

    @property
    def unreached(self) -> list[str]:
        """Dangerous states that this run could have reached and did not."""
        return [name for name, count in self.reached.items() if not count and name not in self.not_applicable]

    def latency_rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """A name with p50, p90, p99 and the greatest, as they are printed."""
        return [
            (f"{each.name} ({each.count:,})", tuple(_told(s) for s in (each.p50, each.p90, each.p99, each.most)))
            for each in self.latencies
        ]


def judge(folder: Path) -> Judgement:
    """Judge the history in a folder of JSON-lines files. Reads each once, and again only to explain a violation."""
    acted, watched = split(folder)
    facts, aside = read_acts(acted)
    findings = Findings()
    told, pages = Told(facts, findings), Pages(facts, findings)
    latencies = Latencies(facts, VISIBLE_SECONDS)
    screens = Screens(facts, findings, latencies, told, pages)
    take = screens.take
    records = 0
    for records, line in enumerate(lines_of(watched, aside), 1):  # noqa: B007 - it is how many there were
        take(line)
    judge_logs(facts, screens, findings)
    judge_messages(facts, findings)
    judge_lists(facts, findings)
    judge_statuses(facts, told, findings)
    judge_outbound(facts, findings)
    judge_liveness(facts, screens, findings)
    judge_memory(facts, screens, latencies, findings)
    findings.counts.update(
        {
            "records": facts.records + records - len(aside),
            "deliveries acknowledged": facts.deliveries,
            "messages acknowledged": len(set(facts.ack_numbers)),
            "events shown": screens.shown,
            "watchers": len(screens.by_name),
        }
    )
    return Judgement(
        findings.verdicts(explain(folder, findings)),
        reached(facts, screens, told),
        not_applicable(facts),
        latencies.table(),
        findings.counts,
    )


def _told(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"
