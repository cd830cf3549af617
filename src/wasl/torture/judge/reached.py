"""The dangerous states that a run must have reached: a promise that was never in danger was not tried."""

from collections import Counter
from collections.abc import Iterator

from wasl.torture import history
from wasl.torture.figures import FORSAKEN, Figures, counted
from wasl.torture.judge.messages import Told
from wasl.torture.judge.screens import Screens
from wasl.torture.judge.tables import UNSEEN, Era, Facts, rank_of

RESTORED = ("resync: ahead", "resync: tag")
SEVERAL_NODES = ("a hint lost, the log read instead",)
SCOPE = "resync: scope"


def reached(facts: Facts, screens: Screens, told: Told) -> dict[str, int]:
    """How often each was reached."""
    figures = Figures()
    for sampled in facts.sampled:
        figures.hear(sampled.node, sampled.process, sampled.figures)
    counts = {f"resync: {reason}": screens.resyncs.get(reason, 0) for reason in ("ahead", "trimmed", "tag", "far")}
    counts["a cursor behind the ring, the log read instead"] = figures("wasl_replays", 'source="database"')
    counts["a hint lost, the log read instead"] = _hint_gaps(figures, facts)
    counts["duplicates absorbed"] = _greatest(facts.sampled, "wasl_ledger", 'entry="duplicates"')
    counts["several changes in a transaction"] = max(0, figures("wasl_changes") - figures("wasl_commits"))
    counts["readers cut that did not read"] = figures("wasl_stalled_readers")
    counts["unknown settled by a status"] = _settled(told)
    counts["an attempt of a killed node settled by another"] = figures(*FORSAKEN)
    counts["a late message held below a reply"] = sum(_held(era) for era in facts.eras)
    counts["a reply sent twice, stored once"] = _twins(facts)
    counts["a cursor brought to a node after another was killed"] = screens.killed_resumes
    faults = Counter(fault.name for fault in facts.faults)
    counts.update({f"fault: {name}": times for name, times in sorted(faults.items())})
    return counts


def not_applicable(facts: Facts) -> dict[str, str]:
    """States that this run cannot reach, and why."""
    reasons = {SCOPE: "what an operator may see is an account, and that never changes"}
    if not facts.restored:
        reasons.update(dict.fromkeys(RESTORED, "no older copy was restored"))
    if len({sampled.node for sampled in facts.sampled}) < 2:
        reasons.update(dict.fromkeys(SEVERAL_NODES, "there was one node"))
    return reasons


def _greatest(sampled: list[history.Sampled], name: str, label: str) -> int:
    """Of what the database counts, and every node tells alike."""
    return int(max((counted(sample.figures, name, label) for sample in sampled), default=0))


def _hint_gaps(figures: Figures, facts: Facts) -> int:
    """Reads of the log that nobody's cursor asked for, without one per account for each process that began."""
    asked_for = figures("wasl_replays", 'source="database"') + figures("wasl_resyncs")
    accounts = len(facts.last.logs) if facts.eras else 0
    return max(0, figures("wasl_log_reads") - asked_for - figures.processes * accounts)


def _settled(told: Told) -> int:
    return sum(1 for versions in told.statuses.values() if _was_settled(versions))


def _was_settled(versions: dict[int, str]) -> bool:
    unknown = [version for version, status in versions.items() if status == "unknown"]
    return bool(unknown) and any(
        version > min(unknown) and rank_of(status) and status != "failed" for version, status in versions.items()
    )


def _held(era: Era) -> int:
    return sum(1 for _ in _held_rows(era))


def _held_rows(era: Era) -> Iterator[int]:
    """Messages of the customer that stand at the very clock of the reply before them: they would stand above it."""
    rows = era.rows
    for members in rows.by_conversation.values():
        floor = UNSEEN
        for row in sorted(members, key=rows.sequences.__getitem__):
            if rows.is_reply(row):
                floor = rows.clocks[row]
            elif rows.is_inbound(row) and rows.clocks[row] == floor:
                yield row


def _twins(facts: Facts) -> int:
    asked = Counter(asked.client_message_id for asked in facts.asked)
    stored = {client for era in facts.eras for client, rows in era.rows.client.items() if len(rows) == 1}
    return sum(1 for client, times in asked.items() if times > 1 and client in stored)
