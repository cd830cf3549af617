"""(14) The status of what we sent never goes back, and is the greatest that the provider told in the end."""

from itertools import pairwise

from wasl.torture.judge.messages import Told
from wasl.torture.judge.tables import NEVER, UNSEEN, Facts, rank_of
from wasl.torture.judge.verdict import Findings


def judge_statuses(facts: Facts, told: Told, findings: Findings) -> None:
    """Once all records are read."""
    _judge_monotone(facts, told, findings)
    if facts.eras:
        _judge_last(facts, findings)


def _judge_monotone(facts: Facts, told: Told, findings: Findings) -> None:
    eras = {era.number: era for era in facts.eras}
    for (number, row), versions in told.statuses.items():
        rows = eras[number].rows
        name = facts.names.names[rows.numbers[row]]
        shown = [*sorted(versions.items()), (rows.versions[row], rows.statuses[row])]
        for (version, status), (later, next_status) in pairwise(shown):
            findings.compared[14] += 1
            if rank_of(next_status) < rank_of(status) and later >= version:
                sentence = f"Message {name} was {status} in version {version} and {next_status} in version {later}."
                findings.blame(14, sentence, message=name)


def _judge_last(facts: Facts, findings: Findings) -> None:
    era, names = facts.last, facts.names
    rows = era.rows
    by_wamid = {accepted.wamid: message_of(accepted.callback) for accepted in facts.accepted}
    begun = max((restored.at for restored in facts.restored), default=0.0)
    accepted_at = {accepted.wamid: accepted.at if accepted.at >= begun else 0.0 for accepted in facts.accepted}
    told: dict[int, int] = {}
    for wamid, rank, at in facts.acked_statuses:
        row = rows.row_of(names.numbers.get(by_wamid.get(wamid) or ""))
        if row == UNSEEN:
            row = next(iter(rows.provider.get(wamid, ())), UNSEEN)
        if row == UNSEEN:
            continue
        # What is only known to have been acknowledged may have been so before a restore, whenever it was sent after it.
        if facts.survives(at if at != NEVER else accepted_at.get(wamid, 0.0), era.number):
            told[row] = max(told.get(row, 0), rank)
    for row, rank in told.items():
        findings.compared[14] += 1
        if rank_of(rows.statuses[row]) < rank:
            name, word = names.names[rows.numbers[row]], _WORDS[rank]
            sentence = f"Message {name} is {rows.statuses[row]} in the end, and the provider's {word} was acknowledged."
            findings.blame(14, sentence, message=name)
    for wamid, found in rows.provider.items():
        for row in found:
            findings.compared[14] += 1
            rank = rank_of(rows.statuses[row])
            if rank >= rank_of("delivered") and facts.posted_statuses.get(wamid, 0) < rank:
                name = names.names[rows.numbers[row]]
                sentence = f"Message {name} ({wamid}) is {rows.statuses[row]}, which the provider never told."
                findings.blame(14, sentence, message=name)


def message_of(callback: str | None) -> str | None:
    """The message that an attempt was about: callback data is `m:<message id>:<attempt>`."""
    kind, _, rest = (callback or "").partition(":")
    name, _, attempt = rest.rpartition(":")
    return name if kind == "m" and name and attempt.isdigit() else None


_WORDS = {1: "sent", 2: "failed", 3: "delivered", 4: "read"}
