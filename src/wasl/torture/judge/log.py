"""The logs as rows: (3) one dense log, and what the followed watchers add up to (4) (5) (6) (7) (10)."""

from wasl.torture.judge.screens import Screens
from wasl.torture.judge.tables import UNSEEN, Facts, Log
from wasl.torture.judge.verdict import Findings

HOLES_TOLD_MAX = 5


def judge_logs(facts: Facts, screens: Screens, findings: Findings) -> None:
    """Once all records are read."""
    for era in facts.eras:
        for log in era.logs.values():
            _judge_dense(era.number, log, findings)
            findings.compared[7] += sum(1 for ways in log.ways if ways & (ways - 1))
        _judge_named(facts, era.number, findings)
    for number in (4, 5, 6):
        findings.compared[number] += screens.shown
    findings.compared[3] += screens.shown
    for screen in screens.by_name.values():
        if screen.gap and screen.gap > screen.position and screen.views:
            who, account = screen.watcher.who, screen.watcher.account
            sentence = f"{who} was shown {screen.gap} of account {account} while it stood at {screen.position}"
            about: dict[str, str | int] = {"who": who, "sequence": screen.gap, "account": account}
            findings.blame(5, f"{sentence}, and neither caught up nor was told resync.", **about)


def _judge_dense(era: int, log: Log, findings: Findings) -> None:
    """(3) Kept and trimmed events together are 1 to the head, each once."""
    where = f"the log of account {log.account} in era {era}"
    findings.compared[3] += log.last
    holes = [sequence for sequence in range(1, log.last + 1) if log.tags[sequence] == UNSEEN]
    for sequence in holes[:HOLES_TOLD_MAX]:
        findings.blame(3, f"There is no event {sequence} in {where}.", account=log.account, sequence=sequence)
    findings.totals[3] += max(0, len(holes) - HOLES_TOLD_MAX)
    for sequence in log.doubles:
        findings.blame(3, f"There are two events {sequence} in {where}.", account=log.account, sequence=sequence)
    ends = log.ends
    if ends is None:
        return
    if ends.head != log.last:
        sentence = f"The head of {where} is {ends.head}, and its last event {log.last}."
        findings.blame(3, sentence, account=log.account, sequence=ends.head)
    elif not log.holds(ends.head, int(ends.head_tag, 16)):
        sentence = f"The head of {where} is {ends.head}-{ends.head_tag}, and its last event has {log.tags[-1]:08x}."
        findings.blame(3, sentence, account=log.account, sequence=ends.head)


def _judge_named(facts: Facts, number: int, findings: Findings) -> None:
    """(3) Every message has an event of its own, at its sequence."""
    era = next(era for era in facts.eras if era.number == number)
    rows = era.rows
    for row, sequence in enumerate(rows.sequences):
        log = era.logs.get(rows.accounts[row])
        if log is None or rows.origins[row] == "history":
            continue
        there = sequence <= log.last and log.kinds[sequence] in ("new_message", "")
        if not there or log.conversations[sequence] not in (rows.conversations[row], ""):
            name = facts.names.names[rows.numbers[row]]
            sentence = f"Message {name} has sequence {sequence} in account {log.account}, and no such event brought it."
            findings.blame(3, sentence, message=name, sequence=sequence, account=log.account)
