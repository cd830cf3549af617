"""(15) What operators sent went to the provider at most once, in order, and nothing of it is stuck."""

from wasl.torture import history
from wasl.torture.judge.statuses import message_of
from wasl.torture.judge.tables import UNSEEN, Era, Facts
from wasl.torture.judge.verdict import Findings

STUCK = frozenset({"queued", "sending"})


def judge_outbound(facts: Facts, findings: Findings) -> None:
    """Once all records are read."""
    if not facts.eras:
        return
    _judge_accepted(facts, findings)
    _judge_order(facts, findings)
    _judge_answers(facts, findings)
    _judge_rest(facts, findings)


def _judge_accepted(facts: Facts, findings: Findings) -> None:
    """At most one acceptance of a message, and of whatever one client id named."""
    by_name: dict[str, history.Accepted] = {}
    by_client: dict[str, history.Accepted] = {}
    for accepted in facts.accepted:
        findings.compared[15] += 1
        name = message_of(accepted.callback)
        eras = [era for era in facts.eras if era.rows.row_of(facts.names.numbers.get(name or "")) != UNSEEN]
        if name is None or not eras:
            sentence = f"The provider took {accepted.wamid} ({accepted.callback!r}), which no row knows of."
            findings.blame(15, sentence, message=accepted.wamid)
            continue
        rows = eras[-1].rows
        row = rows.row_of(facts.names.numbers[name])
        if accepted.text and rows.texts[row] and accepted.text != rows.texts[row]:
            sentence = f"The provider took {accepted.wamid} for message {name} with another text than it has."
            findings.blame(15, sentence, message=name)
        before = by_name.setdefault(name, accepted)
        if before is not accepted:
            sentence = f"Message {name} was taken twice by the provider: as {before.wamid} ({before.callback}) and"
            findings.blame(15, f"{sentence} {accepted.wamid} ({accepted.callback}).", message=name)
            continue
        client = rows.clients.get(row)
        twin = by_client.setdefault(client, accepted) if client else accepted
        if twin is not accepted and not _is_gone(facts, twin):
            sentence = f"What {client} named was taken twice by the provider: as {twin.wamid} ({twin.callback}) and"
            about: dict[str, str | int] = {"message": name, "client_message_id": client or ""}
            findings.blame(15, f"{sentence} {accepted.wamid} ({accepted.callback}).", **about)


def _is_gone(facts: Facts, accepted: history.Accepted) -> bool:
    """Whether a restore took away that it ever was: its author, whom nobody had answered, asked again in vain."""
    return not facts.survives(accepted.at, facts.last.number)


def _judge_order(facts: Facts, findings: Findings) -> None:
    """The provider took the messages of a conversation in their order."""
    last: dict[tuple[int, str], tuple[int, history.Accepted]] = {}
    for accepted in facts.accepted:
        era = _era_at(facts, accepted.at)
        row = era.rows.row_of(facts.names.numbers.get(message_of(accepted.callback) or ""))
        if row == UNSEEN:
            continue
        key = (era.number, era.rows.conversations[row])
        sequence = era.rows.sequences[row]
        before = last.get(key)
        findings.compared[15] += 1
        if before is not None and sequence < before[0]:
            sentence = f"The provider took {accepted.callback} (sequence {sequence}, place {accepted.place}) after"
            sentence += f" {before[1].callback} (sequence {before[0]}, place {before[1].place}) of {key[1]}."
            findings.blame(15, sentence, message=message_of(accepted.callback) or "", conversation=key[1])
        if before is None or sequence > before[0]:
            last[key] = (sequence, accepted)


def _era_at(facts: Facts, at: float) -> Era:
    return facts.eras[min(sum(1 for restored in facts.restored if at >= restored.at), len(facts.eras) - 1)]


def _judge_answers(facts: Facts, findings: Findings) -> None:
    """Every answer of 200 names a row, twins name the same one, and who never was answered has one row at most."""
    named: dict[tuple[int, str], str] = {}
    for answered in facts.answered:
        if answered.status != 200 or answered.message is None:
            continue
        era, name = _era_at(facts, answered.at), str(answered.message[0])
        about: dict[str, str | int] = {"message": name, "client_message_id": answered.client_message_id}
        first = named.setdefault((era.number, answered.client_message_id), name)
        if first != name:
            sentence = f"{answered.client_message_id} was answered with message {first} and with message {name}."
            findings.blame(15, sentence, **about)
        for at_end in facts.eras[era.number :]:
            findings.compared[15] += 1
            if not facts.survives(answered.at, at_end.number):
                continue
            if at_end.rows.row_of(facts.names.numbers.get(name)) == UNSEEN:
                sentence = f"{answered.client_message_id} was answered with message {name}, and era {at_end.number}"
                findings.blame(15, f"{sentence} ends without it.", **about)
    for era in facts.eras:
        for client in {asked.client_message_id for asked in facts.asked}:
            findings.compared[15] += 1
            rows = era.rows.client.get(client, [])
            if len(rows) > 1:
                names = ", ".join(facts.names.names[era.rows.numbers[row]] for row in rows)
                sentence = f"{client} became several messages in era {era.number}: {names}."
                findings.blame(15, sentence, client_message_id=client, message=names.split(", ")[0])


def _judge_rest(facts: Facts, findings: Findings) -> None:
    """In the end nothing waits, and nothing is unknown that no fault explains."""
    rows, names = facts.last.rows, facts.names.names
    by_sequence: dict[tuple[int, int], str] = {}
    asked_at: dict[str, float] = {}
    for asked in facts.asked:
        asked_at.setdefault(asked.client_message_id, asked.at)
    for row, status in enumerate(rows.statuses):
        if not status or rows.roles[row] == "user":
            continue
        findings.compared[15] += 1
        name = names[rows.numbers[row]]
        by_sequence[rows.accounts[row], rows.sequences[row]] = name
        if status in STUCK:
            sentence = f"Message {name} in {rows.conversations[row]} is still {status} in the end."
            findings.blame(15, sentence, message=name)
        elif status == "unknown":
            findings.count("unknown in the end")
            at = asked_at.get(rows.clients.get(row, ""), 0.0)
            troubles = [*(fault.until for fault in facts.faults), *(restored.at for restored in facts.restored)]
            if not any(until >= at for until in troubles):
                sentence = f"Message {name} in {rows.conversations[row]} is unknown, and nothing was broken since"
                findings.blame(15, f"{sentence} it was sent.", message=name)
    for left in facts.last.outbox:
        name = by_sequence.get((left.account, left.sequence), "")
        findings.compared[15] += 1
        if left.state in STUCK:
            sentence = f"Message {name or left.sequence} in {left.conversation} is still {left.state} in the outbox"
            findings.blame(15, f"{sentence}, attempt {left.attempt}.", message=name, conversation=left.conversation)
