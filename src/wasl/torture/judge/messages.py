"""What became of each message: (1) no loss, (2) no invention, (8) its place, (9) shown once, (16) causality."""

from collections.abc import Iterator
from itertools import pairwise

from wasl.torture import history
from wasl.torture.judge.tables import UNSEEN, Era, Facts, Log, Rows
from wasl.torture.judge.verdict import Findings

RAW_OUTCOMES = frozenset({"quarantined", "set_aside"})


class Told:
    """What watchers were told of messages, held against the rows: their places now, their statuses in the end."""

    def __init__(self, facts: Facts, findings: Findings) -> None:
        self._numbers = facts.names.numbers
        self._findings = findings
        self.statuses: dict[tuple[int, int], dict[int, str]] = {}
        """The statuses of our own messages by version, by era and row."""

    def observe(self, era: Era, log: Log, message: history.Message, who: str, how: str) -> bool:
        """Whether a message that somebody was told stands where its row stands."""
        name, _, clock, sequence, version, status, _ = message
        rows = era.rows
        row = rows.row_of(self._numbers.get(name))
        if row == UNSEEN:
            sentence = f"{who} was shown message {name} at ({clock}, {sequence}) by {how}, and it is in no row"
            self._findings.blame(4, f"{sentence} of era {era.number}.", who=who, message=name)
            return False
        self._findings.compared[8] += 1
        if rows.accounts[row] != log.account:
            sentence = f"{who} of account {log.account} was shown message {name} of account {rows.accounts[row]}"
            self._findings.blame(6, f"{sentence} by {how}.", who=who, message=name)
            return False
        if status is not None:
            known = self.statuses.setdefault((era.number, row), {})
            if known.setdefault(version, status) != status:
                sentence = f"{who} was told by {how} that message {name} is {status} in version {version}"
                self._findings.blame(14, f"{sentence}, and others that it is {known[version]}.", who=who, message=name)
        if clock != rows.clocks[row] or sequence != rows.sequences[row]:
            sentence = f"{who} was shown message {name} at ({clock}, {sequence}) by {how}, and it stands at"
            place = f"({rows.clocks[row]}, {rows.sequences[row]})"
            self._findings.blame(8, f"{sentence} {place}.", who=who, message=name)
            return False
        return True


def judge_messages(facts: Facts, findings: Findings) -> None:
    """What can be said of the rows alone."""
    for era in facts.eras:
        _judge_loss(facts, era, findings)
        _judge_invention(facts, era, findings)
        _judge_names(facts, era, findings)
        _judge_places(facts, era, findings)
    _judge_replies(facts, findings)
    for refused in facts.refused:
        ids = ", ".join(refused.ids)
        sentence = f"{refused.node} refused a webhook with {ids or 'changes only'}: {refused.status} {refused.code}."
        findings.blame(1, sentence, message=refused.ids[0] if refused.ids else "", at=int(refused.at))


def _judge_loss(facts: Facts, era: Era, findings: Findings) -> None:
    """(1) Whatever was acknowledged, and no restore took away as announced, has exactly one row."""
    rows = era.rows
    missing: set[int] = set()
    restores = [restored.at for restored in facts.restored[: era.number]]
    ended = facts.restored[era.number].at if era.number < len(facts.restored) else float("inf")
    for number, at in zip(facts.ack_numbers, facts.ack_times, strict=True):
        if at >= ended or (restores and not facts.survives(at, era.number)):
            continue
        findings.compared[1] += 1
        if rows.row_of(number) == UNSEEN and number not in missing:
            missing.add(number)
            name = facts.names.names[number]
            sentence = f"Message {name} was acknowledged at {at:.3f} and has no row at the end of era {era.number}."
            findings.blame(1, sentence, message=name)
    for number in rows.doubles:
        name = facts.names.names[number]
        findings.blame(1, f"Message {name} has more than one row at the end of era {era.number}.", message=name)
    for ledger in era.ledger:
        findings.compared[1] += 1
        rest = ledger.stored + ledger.duplicates + ledger.quarantined + ledger.set_aside
        if ledger.received != rest:
            sentence = f"Account {ledger.account} received {ledger.received} updates and knows what became of {rest}"
            findings.blame(1, f"{sentence} (era {era.number}).", account=ledger.account)
    for raw in era.raw:
        findings.count(f"webhooks {raw.outcome} ({raw.reason})", raw.count)
        if raw.outcome not in RAW_OUTCOMES:
            findings.blame(1, f"{raw.count} webhooks were kept as {raw.outcome} ({raw.reason}) and never looked at.")


def _judge_invention(facts: Facts, era: Era, findings: Findings) -> None:
    """(2) Every row of the provider's was delivered by it, and every name it gave one of ours."""
    rows, wamids = era.rows, {accepted.wamid for accepted in facts.accepted}
    for row, number in enumerate(rows.numbers):
        if rows.roles[row] != "user" and rows.origins[row] == "live":
            continue
        findings.compared[2] += 1
        if not facts.was_posted(number):
            name = facts.names.names[number]
            sentence = f"Message {name} stands in {rows.conversations[row]}, and the provider never delivered it."
            findings.blame(2, sentence, message=name)
    for provider_id, found in rows.provider.items():
        findings.compared[2] += 1
        if provider_id not in wamids:
            name = facts.names.names[rows.numbers[found[0]]]
            sentence = f"Message {name} is called {provider_id} by the provider, which never gave that name."
            findings.blame(2, sentence, message=name)


def _judge_names(facts: Facts, era: Era, findings: Findings) -> None:
    """(9) In the rows too nothing has one name twice."""
    rows = era.rows
    for kind, named in (("provider id", rows.provider), ("client_message_id", rows.client)):
        for name, found in named.items():
            findings.compared[9] += 1
            if len(found) > 1:
                messages = ", ".join(facts.names.names[rows.numbers[row]] for row in found)
                sentence = f"The {kind} {name} names several messages of era {era.number}: {messages}."
                findings.blame(9, sentence, message=facts.names.names[rows.numbers[found[0]]])
    for provider_id, found in rows.provider.items():
        other = rows.row_of(facts.names.numbers.get(provider_id))
        if other != UNSEEN:
            ours = facts.names.names[rows.numbers[found[0]]]
            sentence = f"Message {ours} stands a second time in {rows.conversations[other]}, as {provider_id}."
            findings.blame(9, sentence, message=ours)


def _judge_places(facts: Facts, era: Era, findings: Findings) -> None:
    """(16) Nothing that came later stands above a reply, and a reply above nothing that was there."""
    rows = era.rows
    for conversation, members in rows.by_conversation.items():
        greatest, floor, reply = UNSEEN, UNSEEN, UNSEEN
        for row in sorted(members, key=rows.sequences.__getitem__):
            if rows.origins[row] == "history":
                continue
            clock = rows.clocks[row]
            if rows.is_reply(row):
                findings.compared[16] += 1
                if clock < greatest:
                    _blame_place(facts, rows, findings, row, f"below {greatest}, the greatest clock that was there")
                floor, reply = max(floor, clock), row
            elif clock < floor:
                above = facts.names.names[rows.numbers[reply]]
                _blame_place(facts, rows, findings, row, f"above the reply {above} in {conversation}, at {floor}")
            greatest = max(greatest, clock)


def _blame_place(facts: Facts, rows: Rows, findings: Findings, row: int, where: str) -> None:
    name, place = facts.names.names[rows.numbers[row]], f"({rows.clocks[row]}, {rows.sequences[row]})"
    findings.blame(16, f"Message {name} at {place} came later and was placed {where}.", message=name)


def _judge_replies(facts: Facts, findings: Findings) -> None:
    """(16) A reply stands below whatever its author saw when they first sent it."""
    first: dict[str, history.Asked] = {}
    for asked in facts.asked:
        first.setdefault(asked.client_message_id, asked)
    for era in facts.eras:
        rows = era.rows
        for client, asked in first.items():
            for row in rows.client.get(client, ()):
                if asked.newest is None or not facts.survives(asked.at, era.number):
                    continue  # The author's screen was of an era that is gone.
                findings.compared[16] += 1
                if (rows.clocks[row], rows.sequences[row]) <= tuple(asked.newest):
                    name = facts.names.names[rows.numbers[row]]
                    sentence = f"Reply {name} ({client}) stands at ({rows.clocks[row]}, {rows.sequences[row]}), and its"
                    sentence += f" author saw ({asked.newest[0]}, {asked.newest[1]}) when they wrote it."
                    findings.blame(16, sentence, message=name, client_message_id=client)


def judge_thread(
    findings: Findings, who: str, conversation: str, messages: list[history.Message], *, twice: int | None
) -> None:
    """(8) A page or a view is in the one order; `twice` is the number of what is broken by one message shown twice."""
    for one, other in pairwise(messages):
        findings.compared[8] += 1
        if (one[2], one[3]) >= (other[2], other[3]) and one[0] != other[0]:
            sentence = f"{who} was shown {conversation} with {one[0]} at ({one[2]}, {one[3]}) before {other[0]} at"
            about: dict[str, str | int] = {"who": who, "conversation": conversation, "message": one[0]}
            findings.blame(8, f"{sentence} ({other[2]}, {other[3]}).", **about)
    if twice is None:
        return
    for name in _twice(message[0] for message in messages):
        sentence = f"{who} was shown message {name} twice in {conversation}."
        findings.blame(twice, sentence, who=who, conversation=conversation, message=name)
    for name in _twice(message[6] for message in messages):
        sentence = f"{who} was shown two messages with client_message_id {name} in {conversation}."
        findings.blame(twice, sentence, who=who, conversation=conversation, client_message_id=name)


def _twice(names: Iterator[str | None]) -> list[str]:
    seen: set[str] = set()
    found = []
    for name in names:
        if name and name in seen:
            found.append(name)
        seen.add(name or "")
    return found
