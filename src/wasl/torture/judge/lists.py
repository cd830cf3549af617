"""The list in the end: (12) its rows and their order, (13) what is unread, recounted from the messages."""

from wasl.torture.judge.tables import Era, Facts
from wasl.torture.judge.verdict import Findings


def judge_lists(facts: Facts, findings: Findings) -> None:
    """Once all records are read."""
    for era in facts.eras:
        _judge_rows(era, findings)
    _judge_markers(facts, findings)


def _judge_rows(era: Era, findings: Findings) -> None:
    """A conversation stands where its last message put it, and counts the customer's messages that it has."""
    rows = era.rows
    for name, conversation in era.conversations.items():
        members = rows.by_conversation.get(name, ())
        newest = max((rows.sequences[row] for row in members if rows.origins[row] != "history"), default=0)
        findings.compared[12] += 1
        if newest and newest != conversation.last_sequence:
            sentence = f"{name} stands at {conversation.last_sequence} in the list, and its last message is {newest}"
            findings.blame(12, f"{sentence} (era {era.number}).", conversation=name)
        inbound = len(rows.inbound(name))
        findings.compared[13] += 1
        if inbound != conversation.inbound_count:
            sentence = f"{name} counts {conversation.inbound_count} messages of the customer and has {inbound}"
            findings.blame(13, f"{sentence} (era {era.number}).", conversation=name)


def _judge_markers(facts: Facts, findings: Findings) -> None:
    """What an operator has read, and was told so, stays read: the marker is not behind it by a single message."""
    if not facts.eras:
        return
    era = facts.last
    for read in facts.reads:
        if read.status != 200 or not facts.survives(read.at, era.number):
            continue
        findings.compared[13] += 1
        marker = era.markers.get((read.operator, read.conversation), 0)
        again = era.rows.inbound_between(read.conversation, marker, read.sequence)
        if again:
            sentence = f"Operator {read.operator} has read {read.conversation} up to {read.sequence}, and the marker"
            sentence += f" stands at {marker} in the end: {again} messages are unread again."
            findings.blame(13, sentence, conversation=read.conversation)
