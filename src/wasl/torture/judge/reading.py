"""Reads a history: first everybody who acted, then everybody who watched, each file once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from wasl.torture import history
from wasl.torture.judge.tables import Era, Facts

WATCHED = frozenset({"Watcher", "Opened", "Told", "Shown", "Paged", "Listed", "Doubled", "Viewed"})
"""The records of watchers: they are held against everything else, so they are read last."""


def split(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files of those who acted, and of those who watched: these begin with a record of a watcher."""
    acted: list[Path] = []
    watched: list[Path] = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            line = file.readline()
        if line:
            (watched if orjson.loads(line)[0] in WATCHED else acted).append(path)
    return acted, watched


def read_acts(paths: list[Path]) -> tuple[Facts, list[bytes]]:
    """What was done, and the lines of watchers that stand in the same files."""
    facts = Facts()
    aside: list[bytes] = []
    for path in paths:
        reader = _Acts(facts)
        with path.open("rb") as file:
            for line in file:
                name, *values = orjson.loads(line)
                facts.records += 1
                if name in WATCHED:
                    aside.append(line)
                else:
                    reader.take(name, values)
    facts.eras.sort(key=lambda era: era.number)
    for records in (facts.faults, facts.restored, facts.sampled, facts.answered, facts.asked, facts.reads):
        records.sort(key=lambda record: record.at)
    facts.copied.sort(key=lambda copied: copied.since)
    once = {accepted.wamid: accepted for accepted in facts.accepted}  # Every era's evidence may tell of all so far.
    facts.accepted = sorted(once.values(), key=lambda accepted: accepted.place)
    return facts, aside


def lines_of(paths: list[Path], aside: list[bytes]) -> Iterator[bytes]:
    """The lines of watchers."""
    yield from aside
    for path in paths:
        with path.open("rb") as file:
            yield from file


class _Acts:
    """One file of somebody who acted."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._era = Era(0, 0.0)
        self._takers: dict[str, Callable[[list[Any]], None]] = {
            "Posted": lambda values: facts.post(values[2], values[3]),
            "Acknowledged": lambda values: facts.acknowledge(*values[:4]),
            "EraEnds": self._begin_rows,
            "LogRow": self._log_row,
            "LogEnds": self._log_ends,
            "MessageRow": self._message_row,
            "ConversationRow": self._conversation_row,
            "MarkerRow": self._marker_row,
            "OutboxRow": lambda values: self._era.outbox.append(history.OutboxRow(*values)),
            "RawRow": lambda values: self._era.raw.append(history.RawRow(*values)),
            "LedgerRow": lambda values: self._era.ledger.append(history.LedgerRow(*values)),
            "Refused": lambda values: facts.refused.append(history.Refused(*values)),
            "Accepted": lambda values: facts.accepted.append(history.Accepted(*values)),
            "Asked": lambda values: facts.asked.append(history.Asked(*values)),
            "Answered": lambda values: facts.answered.append(history.Answered(*values)),
            "ReadUpTo": lambda values: facts.reads.append(history.ReadUpTo(*values)),
            "Fault": lambda values: facts.faults.append(history.Fault(*values)),
            "Copied": lambda values: facts.copied.append(history.Copied(*values)),
            "Restored": lambda values: facts.restored.append(history.Restored(*values)),
            "Healed": self._healed,
            "Sampled": lambda values: facts.sampled.append(history.Sampled(*values)),
        }

    def take(self, name: str, values: list[Any]) -> None:
        """Note one record."""
        self._takers[name](values)

    def _begin_rows(self, values: list[Any]) -> None:
        known = [era for era in self._facts.eras if era.number == values[0]]
        self._era = known[0] if known else Era(*values)
        if not known:
            self._facts.eras.append(self._era)

    def _log_row(self, values: list[Any]) -> None:
        account, sequence, tag, kind, conversation, digest, trimmed = values
        self._era.log(account).add(sequence, tag, kind, conversation, digest, trimmed)

    def _log_ends(self, values: list[Any]) -> None:
        ends = history.LogEnds(*values)
        self._era.log(ends.account).ends = ends

    def _message_row(self, values: list[Any]) -> None:
        row = history.MessageRow(*values)
        self._era.rows.add(self._facts.names.number(row.message_id), row)

    def _conversation_row(self, values: list[Any]) -> None:
        row = history.ConversationRow(*values)
        self._era.conversations[row.conversation] = row

    def _marker_row(self, values: list[Any]) -> None:
        row = history.MarkerRow(*values)
        self._era.markers[row.operator, row.conversation] = row.read_sequence

    def _healed(self, values: list[Any]) -> None:
        self._facts.healed_at = values[0]
