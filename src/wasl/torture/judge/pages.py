"""Pages while they are read: (11) load-more, (12) the list, and what rows say of unread (13)."""

from dataclasses import dataclass, field
from itertools import pairwise

from wasl.torture import history
from wasl.torture.judge.messages import Told, judge_thread
from wasl.torture.judge.tables import Era, Facts, parse_cursor
from wasl.torture.judge.verdict import Findings

Place = tuple[int, int]


@dataclass(slots=True)
class _Walk:
    """Pages of one conversation, one after the other, up from the newest."""

    era: Era
    as_of: int | None
    next_before: str | None
    whole: bool
    seen: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _ListWalk:
    era: Era
    as_of: int | None
    lowest: int
    next_number: int
    seen: set[str] = field(default_factory=set)


class Pages:
    """All pages of all watchers."""

    def __init__(self, facts: Facts, findings: Findings) -> None:
        self._facts = facts
        self._findings = findings
        self._walks: dict[tuple[str, str], _Walk] = {}
        self._lists: dict[str, _ListWalk] = {}

    # -- load-more ----------------------------------------------------------------------------------------------------

    def take_history(self, era: Era, watcher: history.Watcher, paged: history.Paged, told: Told) -> None:
        """A page of a conversation."""
        for message in paged.messages:
            told.observe(era, era.log(watcher.account), message, paged.who, "a page")
        judge_thread(self._findings, paged.who, paged.conversation, paged.messages, twice=11)
        self._judge_keyset(paged)
        key = (paged.who, paged.conversation)
        walk = self._walks.get(key)
        if paged.before is None or walk is None or walk.next_before != paged.before or walk.era is not era:
            walk = self._walks[key] = _Walk(era, _as_of(paged), None, paged.before is None)
        else:
            for message in paged.messages:
                if message[0] in walk.seen:
                    self._blame(11, paged, f"was given message {message[0]} on two pages", message[0])
        walk.seen.update(message[0] for message in paged.messages)
        walk.next_before = paged.next_before
        if paged.next_before is None:
            del self._walks[key]
            if walk.whole:
                self._judge_whole(walk, paged)

    def _judge_keyset(self, paged: history.Paged) -> None:
        """Every page ends where it was asked to, and the next begins where it ends."""
        before, after = _place_of(paged.before), _place_of(paged.next_before)
        self._findings.compared[11] += 1
        for message in paged.messages:
            if before is not None and (message[2], message[3]) >= before:
                self._blame(11, paged, f"asked for what stands above {paged.before} and was given", message[0])
        if after is None:
            return
        if not paged.messages:
            self._blame(11, paged, f"was given an empty page that goes on at {paged.next_before}", "")
        elif after != (paged.messages[0][2], paged.messages[0][3]):
            sentence = f"was led on to {paged.next_before} by a page that ends elsewhere, at message"
            self._blame(11, paged, sentence, paged.messages[0][0])

    def _judge_whole(self, walk: _Walk, paged: history.Paged) -> None:
        """A walk that came to its end saw all that was there when it began."""
        if walk.as_of is None:
            return
        rows, names = walk.era.rows, self._facts.names.names
        for row in rows.by_conversation.get(paged.conversation, ()):
            if rows.sequences[row] > walk.as_of:
                continue
            self._findings.compared[11] += 1
            name = names[rows.numbers[row]]
            if name not in walk.seen:
                sentence = f"walked to the beginning as of {walk.as_of} and was never given message {name}"
                self._blame(11, paged, f"{sentence} of sequence", rows.sequences[row], message=name)

    def _blame(self, number: int, paged: history.Paged, sentence: str, what: object, *, message: str = "") -> None:
        about: dict[str, str | int] = {"who": paged.who, "conversation": paged.conversation, "at": int(paged.at)}
        about["message"] = message or str(what)
        self._findings.blame(number, f"{paged.who} {sentence} {what} in {paged.conversation}.", **about)

    # -- the list -----------------------------------------------------------------------------------------------------

    def take_list(self, era: Era, watcher: history.Watcher, listed: history.Listed) -> None:
        """A page of the list."""
        judge_list(self._findings, listed.who, listed.rows)
        cursor = parse_cursor(listed.cursor)
        walk = self._lists.get(listed.who)
        if listed.number == 0:
            walk = _ListWalk(era, cursor[0] if cursor else None, 1 << 62, 0)
            self._lists[listed.who] = walk
        elif walk is None or walk.era is not era or walk.next_number != listed.number:
            self._lists.pop(listed.who, None)
            walk = None
        judge_rows(self._findings, era, watcher, listed.rows, cursor[0] if cursor else None)
        if walk is not None:
            self._walk_on(walk, watcher, listed)

    def _walk_on(self, walk: _ListWalk, watcher: history.Watcher, listed: history.Listed) -> None:
        for row in listed.rows:
            about: dict[str, str | int] = {"who": listed.who, "conversation": row[0]}
            if row[0] in walk.seen:
                self._findings.blame(12, f"{listed.who} was given {row[0]} on two pages of one walk.", **about)
            elif row[1] >= walk.lowest:
                sentence = f"{listed.who} was given {row[0]} at {row[1]} on page {listed.number}, behind {walk.lowest}."
                self._findings.blame(12, sentence, **about)
            walk.seen.add(row[0])
        walk.lowest = min([walk.lowest, *(row[1] for row in listed.rows)])
        walk.next_number += 1
        if not listed.last:
            return
        del self._lists[listed.who]
        for name, known in walk.era.conversations.items():
            if known.account == watcher.account and walk.as_of is not None and known.last_sequence <= walk.as_of:
                self._findings.compared[12] += 1
                if name not in walk.seen:
                    sentence = f"{listed.who} walked the whole list as of {walk.as_of} and was never given {name}"
                    self._findings.blame(12, f"{sentence} at {known.last_sequence}.", who=listed.who, conversation=name)


def judge_list(findings: Findings, who: str, rows: list[history.Row]) -> None:
    """(12) The newest activity stands first."""
    findings.compared[12] += bool(rows)
    for one, other in pairwise(rows):
        findings.compared[12] += 1
        if one[1] <= other[1]:
            sentence = f"{who} was shown {one[0]} at {one[1]} above {other[0]} at {other[1]} in the list."
            findings.blame(12, sentence, who=who, conversation=one[0])


def judge_rows(
    findings: Findings, era: Era, watcher: history.Watcher, rows: list[history.Row], as_of: int | None
) -> None:
    """(6) Rows are of the account, and (13) count what was unread where they were read, as far as can be known: the
    marker stood nowhere behind its last place."""
    for conversation, last_sequence, _, unread, _ in rows:
        about: dict[str, str | int] = {"who": watcher.who, "conversation": conversation}
        known = era.conversations.get(conversation)
        findings.compared[6] += 1
        if known is not None and known.account != watcher.account:
            sentence = (
                f"{watcher.who} of account {watcher.account} was shown {conversation} of account {known.account}."
            )
            findings.blame(6, sentence, **about)
        elif as_of is not None and unread is not None:
            findings.compared[13] += 1
            marker = era.markers.get((watcher.operator, conversation), 0)
            most = era.rows.inbound_between(conversation, 0, as_of)
            least = era.rows.inbound_between(conversation, marker, as_of)
            if not least <= unread <= most:
                sentence = f"{watcher.who} was shown {conversation} with {unread} unread as of {as_of}, where at least"
                sentence += f" {least} and at most {most} are (operator {watcher.operator} has read up to {marker})."
                findings.blame(13, sentence, **about)
        if as_of is not None and last_sequence > as_of:
            sentence = f"{watcher.who} was shown {conversation} at {last_sequence} in a list as of {as_of}."
            findings.blame(12, sentence, **about)


def _place_of(before: str | None) -> Place | None:
    clock, dash, sequence = (before or "").rpartition("-")
    if not dash or not sequence.isdigit() or not clock.lstrip("-").isdigit():
        return None
    return int(clock), int(sequence)


def _as_of(paged: history.Paged) -> int | None:
    cursor = parse_cursor(paged.cursor)
    if cursor is not None:
        return cursor[0]
    return max((message[3] for message in paged.messages), default=None)
