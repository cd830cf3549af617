"""Follows every watcher through their history, event by event: (4) (5) (6) (7) (10), and what each event says (3).

An event is compared with the log once. Whoever is told the same bytes again is only asked whether it was their turn.
"""

from bisect import bisect_right
from typing import Any

import orjson

from wasl.torture import history
from wasl.torture.judge.latencies import Latencies
from wasl.torture.judge.messages import Told
from wasl.torture.judge.pages import Pages
from wasl.torture.judge.screen import NOWHERE, Screen
from wasl.torture.judge.tables import UNSEEN, Era, Facts, parse_cursor
from wasl.torture.judge.verdict import Findings

TOLD_AFTER_RESTORE = frozenset({"ahead", "tag"})
COMPLAINTS = frozenset({"strange", "found"})
COMPLAINED = (("twice", 9), ("status", 14), ("list", 12), ("out of order", 8), ("moved", 8))
"""Which promise a watcher's own complaint is about, by a word of it."""
WAYS = ("sse", "socket", "socket-poll", "poll", "reload", "walk", "tab")


class Screens:
    """All watchers."""

    def __init__(self, facts: Facts, findings: Findings, latencies: Latencies, told: Told, pages: Pages) -> None:
        self.facts = facts
        self.findings = findings
        self.latencies = latencies
        self.told = told
        self.pages = pages
        self.by_name: dict[bytes, Screen] = {}
        self.shown = 0
        self.resyncs: dict[str, int] = {}
        self.killed_resumes = 0
        self._killed = [fault.at for fault in facts.faults if "kill" in fault.name]
        self._takers = {
            "Watcher": self._begin,
            "Opened": self._open,
            "Told": self._tell,
            "Paged": self._page,
            "Listed": self._list,
            "Doubled": self._double,
            "Viewed": self._view,
        }

    def take(self, line: bytes) -> None:
        """Follow one record of a watcher: for the millions of events nothing is decoded but time and number."""
        if not line.startswith(b'["Shown",'):
            name, *values = orjson.loads(line)
            self._takers[name](values)
            return
        _, moment, who, number, rest = line.split(b",", 4)
        screen = self.by_name[who]
        sequence, at = int(number), float(moment)
        log = screen.log
        self.shown += 1
        if sequence > log.last or log.heard[sequence] != hash(rest):
            self._compare(screen, line, rest)
            log = screen.log
        elif not log.ways[sequence] & screen.bit:
            log.ways[sequence] |= screen.bit
        if sequence == screen.line + 1 and sequence == screen.position + 1 and not screen.doubted:
            screen.line = screen.position = sequence
            number_of = log.messages[sequence] if sequence <= log.last else UNSEEN
            if number_of >= 0:
                self.latencies.note(screen.pace, number_of, at)
        else:
            self._step(screen, at, sequence, orjson.loads(line)[5])

    # -- what an event says -------------------------------------------------------------------------------------------

    def _compare(self, screen: Screen, line: bytes, rest: bytes) -> None:
        """Hold an event against the log; its bytes need not be looked at again when it was right."""
        shown = history.Shown(*orjson.loads(line)[1:])
        tag = int(shown.tag, 16)
        if not screen.log.holds(shown.sequence, tag):
            self._turn_silently(screen, shown, tag)
        log, sequence, who = screen.log, shown.sequence, shown.who
        if not log.holds(sequence, tag):
            self._expose(screen, shown, tag)
            return
        about: dict[str, str | int] = {"who": who, "sequence": sequence, "account": log.account}
        log.ways[sequence] |= screen.bit
        right = True
        told = (shown.kind, shown.conversation, int(shown.digest, 16))
        written = (log.kinds[sequence], log.conversations[sequence], log.digests[sequence])
        if told[2] != written[2] and written[2]:
            right = False
            sentence = f"{who} was told other contents at {sequence} of account {log.account} than the log has"
            self.findings.blame(
                3, f"{sentence}: {told[0]} {shown.digest} instead of {written[0]} {written[2]:016x}.", **about
            )
        if shown.previous != sequence - 1:
            right = False
            sentence = f"{who} was told that {sequence} of account {log.account} follows {shown.previous}"
            self.findings.blame(5, f"{sentence}, and in the log it follows {sequence - 1}.", **about)
        if shown.message is not None:
            right &= self.told.observe(screen.era, log, shown.message, who, shown.kind)
        if right:
            log.heard[sequence] = hash(rest)
            if shown.kind == "new_message" and shown.message is not None:
                number = self.facts.names.numbers.get(shown.message[0])
                if number is not None and shown.message[3] == sequence and self.latencies.counts(number):
                    log.messages[sequence] = number

    def _expose(self, screen: Screen, shown: history.Shown, tag: int) -> None:
        about: dict[str, str | int] = {"who": shown.who, "sequence": shown.sequence, "account": screen.log.account}
        place = f"{shown.sequence}-{shown.tag}"
        for account, log in screen.era.logs.items():
            if account != screen.log.account and shown.sequence and log.holds(shown.sequence, tag):
                sentence = f"{shown.who} of account {screen.log.account} was shown {place} of account {account}"
                self.findings.blame(6, f"{sentence}: {shown.kind} of {shown.conversation}.", **about)
                return
        there = screen.log.tags[shown.sequence] if shown.sequence <= screen.log.last else UNSEEN
        instead = f"which has {there:08x} there" if there != UNSEEN else f"which ends at {screen.log.last}"
        sentence = f"{shown.who} was shown {place} ({shown.kind} of {shown.conversation}), which never was in the log"
        self.findings.blame(4, f"{sentence} of account {screen.log.account}, {instead}.", **about)
        if there != UNSEEN and screen.log.ways[shown.sequence]:
            sentence = f"At {shown.sequence} of account {screen.log.account} {shown.who} was shown tag {shown.tag}"
            self.findings.blame(3, f"{sentence}, others {there:08x}.", **about)

    def _turn_silently(self, screen: Screen, shown: history.Shown, tag: int) -> None:
        """Nobody may go on in the log of another era as if it were the same: they must have come again."""
        place = self.facts.eras.index(screen.era) + 1
        if place >= len(self.facts.eras) or shown.at < screen.era.ended_at:
            return
        if self.facts.eras[place].log(screen.log.account).holds(shown.sequence, tag):
            self._turn(screen, shown.at)
            screen.doubted = screen.position != NOWHERE

    # -- whose turn it was --------------------------------------------------------------------------------------------

    def _step(self, screen: Screen, at: float, sequence: int, previous: int) -> None:
        """An event that is not simply the next one."""
        about: dict[str, str | int] = {"who": screen.watcher.who, "sequence": sequence, "account": screen.log.account}
        who = screen.watcher.who
        if screen.doubted:
            sentence = f"{who} came back with a cursor that the log of account {screen.log.account} does not hold"
            self.findings.blame(5, f"{sentence}, and was told {sequence} without any resync.", **about, at=int(at))
            screen.stand(sequence)
        elif screen.line == NOWHERE:
            screen.stand(sequence)
        elif sequence == screen.line + 1 or screen.is_next_elsewhere(sequence):
            screen.line = sequence
            self._arrive(screen, at, sequence)
        elif sequence <= screen.line:
            self._repeat(screen, sequence, about)
        else:
            self._jump(screen, at, sequence, previous, about)

    def _arrive(self, screen: Screen, at: float, sequence: int) -> None:
        """The next of a connection; the screen may have it already, from before its return or from a page."""
        if sequence <= screen.position:
            self.findings.count("repeated after a return")
            return
        screen.position, screen.gap = sequence, 0
        number = screen.log.messages[sequence] if sequence <= screen.log.last else UNSEEN
        if number >= 0:
            self.latencies.note(screen.pace, number, at)

    def _repeat(self, screen: Screen, sequence: int, about: dict[str, str | int]) -> None:
        who = screen.watcher.who
        if sequence in screen.missing:
            screen.missing.discard(sequence)
            sentence = f"{who} was shown {sequence} of account {screen.log.account} after {screen.line}"
            self.findings.blame(7, f"{sentence} on one connection; in the log it comes before.", **about)
        elif screen.watcher.by == "tab":
            self.findings.count("repeated among tabs")
        else:
            sentence = f"{who} was shown {sequence} of account {screen.log.account} again on a connection"
            self.findings.blame(5, f"{sentence} that had come to {screen.line}.", **about)

    def _jump(self, screen: Screen, at: float, sequence: int, previous: int, about: dict[str, str | int]) -> None:
        """Something is missing before it. Tabs hear each other without warranty and read on from their cursor; a server
        leaves no hole in a connection."""
        who, held = screen.watcher.who, max(screen.line, screen.position)
        if sequence <= held + 1:
            screen.line = sequence
            self._arrive(screen, at, sequence)
            return
        self.findings.count("gaps")
        if screen.watcher.by == "tab" and previous > screen.position:
            screen.gap = sequence
            return
        number = 6 if previous <= held else 5
        hole = f"{held + 1} to {sequence - 1}" if sequence > held + 2 else str(held + 1)
        how = "as if nothing were between" if number == 6 else "and nothing on that connection made it good"
        sentence = f"{who}, who stood at {held} of account {screen.log.account}, was shown {sequence} after {previous}"
        self.findings.blame(number, f"{sentence}, {how}: {hole} is missing.", **about)
        screen.missing.update(range(held + 1, min(sequence, held + 1000)))
        screen.line = screen.position = sequence

    def _turn(self, screen: Screen, at: float) -> None:
        """Go over to the log of the era of a moment."""
        number = sum(1 for era in self.facts.eras[:-1] if at >= era.ended_at)
        era = self.facts.eras[number]
        if era is not screen.era:
            screen.brings, screen.era, screen.log = screen.log, era, era.log(screen.watcher.account)

    # -- records ------------------------------------------------------------------------------------------------------

    def _begin(self, values: list[Any]) -> None:
        watcher = history.Watcher(*values)
        era = self.facts.eras[0] if self.facts.eras else Era(0, 0.0)
        bit = 1 << (WAYS.index(watcher.by) if watcher.by in WAYS else len(WAYS))
        log = era.log(watcher.account)
        pace = self.latencies.pace(watcher)
        self.by_name[orjson.dumps(watcher.who)] = Screen(watcher, era, log, pace, bit)

    def _screen(self, who: str) -> Screen:
        return self.by_name[orjson.dumps(who)]

    def _open(self, values: list[Any]) -> None:
        opened = history.Opened(*values)
        screen = self._screen(opened.who)
        self.killed_resumes += self._is_after_kill(screen, opened)
        screen.opened.append(opened.at)
        before = screen.era
        if self.facts.eras:
            self._turn(screen, opened.at)
        cursor = parse_cursor(opened.cursor)
        if cursor is None:
            screen.forget()
            return
        sequence, tag = cursor
        self.findings.compared[10] += 1
        self._check_cursor(screen, before, opened, sequence, tag)
        screen.go_on_from(sequence)
        screen.doubted = not screen.log.holds(sequence, tag)

    def _is_after_kill(self, screen: Screen, opened: history.Opened) -> bool:
        """Whether a node was killed since they last came, and they bring their cursor to what is left."""
        if opened.cursor is None or not screen.opened:
            return False
        return bisect_right(self._killed, opened.at) > bisect_right(self._killed, screen.opened[-1])

    def _check_cursor(self, screen: Screen, before: Era, opened: history.Opened, sequence: int, tag: int) -> None:
        """They ask to go on from a place that they were given, and never from an earlier one than before."""
        who, account = opened.who, screen.watcher.account
        about: dict[str, str | int] = {"who": who, "sequence": sequence, "account": account, "at": int(opened.at)}
        sentence = f"{who} asked by {opened.how} to go on from {opened.cursor} in account {account}"
        backwards = before is screen.era and screen.asks_backwards(opened.how, sequence)
        if screen.position == NOWHERE:
            return
        known = before.log(account).holds(sequence, tag) or (screen.brings and screen.brings.holds(sequence, tag))
        known = known or (screen.doubted and self._was_once(account, sequence, tag))
        if sequence > max(screen.position, screen.told) or not known:
            self.findings.blame(
                10, f"{sentence}, a place that it was never given; it stood at {screen.position}.", **about
            )
        elif backwards:
            self.findings.blame(10, f"{sentence}, which it had left behind; it stood at {screen.position}.", **about)

    def _was_once(self, account: int, sequence: int, tag: int) -> bool:
        """Whether a log of any era held it: nobody has told them yet that a new one has begun."""
        return any(era.log(account).holds(sequence, tag) for era in self.facts.eras)

    def _tell(self, values: list[Any]) -> None:
        told = history.Told(*values)
        screen = self._screen(told.who)
        cursor = parse_cursor(told.cursor)
        if told.kind == "resync":
            self._resync(screen, told, cursor)
        elif told.kind in COMPLAINTS:
            self._complain(told)
        elif told.kind == "lost":
            screen.lost = True
        elif cursor is not None and told.kind != "refused":
            self._give_place(screen, told, cursor)

    def _complain(self, told: history.Told) -> None:
        """What the watcher itself saw that no screen should be told."""
        number = next((number for word, number in COMPLAINED if word in told.detail), 5)
        sentence = f"{told.who} was told something {told.kind}: {told.detail}"
        self.findings.blame(number, sentence, who=told.who, at=int(told.at))

    def _give_place(self, screen: Screen, told: history.Told, cursor: tuple[int, int]) -> None:
        self._follow_era(screen, told.at, cursor)
        if told.kind == "connected":
            # It repeats what was asked for, proven or not.
            if screen.line == NOWHERE:
                screen.stand(cursor[0])
        elif self._check_place(screen, told, cursor):
            if screen.line == NOWHERE or (told.kind == "conversations" and screen.doubted):
                screen.stand(cursor[0])
            elif told.kind == "conversations":
                screen.position = max(screen.position, cursor[0])
            else:
                self._beat(screen, told, cursor[0])
        screen.told = max(screen.told, cursor[0])

    def _follow_era(self, screen: Screen, at: float, cursor: tuple[int, int]) -> None:
        """A place that only the next era's log holds was read there."""
        place = self.facts.eras.index(screen.era) + 1 if self.facts.eras else 0
        if screen.log.holds(*cursor) or place >= len(self.facts.eras) or at < screen.era.ended_at:
            return
        if self.facts.eras[place].log(screen.watcher.account).holds(*cursor):
            self._turn(screen, at)
            screen.forget()
            screen.told = NOWHERE

    def _resync(self, screen: Screen, told: history.Told, cursor: tuple[int, int] | None) -> None:
        self.resyncs[told.detail] = self.resyncs.get(told.detail, 0) + 1
        self.findings.compared[5] += 1
        who, account = told.who, screen.watcher.account
        era = self._era_of(screen, told.at, cursor)
        if era is not None and era.number > screen.era.number:
            screen.era, screen.log = era, era.log(screen.watcher.account)
        if screen.doubted and told.detail not in TOLD_AFTER_RESTORE and not self._is_trimmed(screen, told):
            sentence = f"{who} came back to account {account} with a cursor that no log holds, and was told"
            self.findings.blame(
                5, f"{sentence} resync {told.detail} instead of ahead or tag.", who=who, at=int(told.at)
            )
        if cursor is None:
            screen.forget()
            return
        self._check_place(screen, told, cursor)
        screen.stand(cursor[0])
        screen.told = cursor[0]

    def _is_trimmed(self, screen: Screen, told: history.Told) -> bool:
        """A log that does not reach back so far says that first, whatever stood there."""
        ends = screen.log.ends
        return told.detail == "trimmed" and ends is not None and screen.line <= ends.trim

    def _check_place(self, screen: Screen, told: history.Told, cursor: tuple[int, int]) -> bool:
        """Every cursor that is given away is in the log."""
        self.findings.compared[4] += 1
        held = screen.log.holds(*cursor)
        if not held:
            sentence = f"{told.who} was given {told.cursor} with {told.kind}, and the log of account"
            sentence += f" {screen.log.account} has no such event."
            self.findings.blame(4, sentence, who=told.who, sequence=cursor[0], account=screen.log.account)
        return held

    def _beat(self, screen: Screen, told: history.Told, sequence: int) -> None:
        """A heartbeat moves nobody over what they were not shown, nor back."""
        about: dict[str, str | int] = {"who": told.who, "sequence": sequence, "account": screen.log.account}
        self.findings.compared[10] += 1
        held = max(screen.line, screen.position)
        if screen.watcher.by == "tab":
            return  # Tabs hear heartbeats for each other, and read on where one tells of more than they have.
        if sequence > held:
            sentence = f"{told.who}, who was shown account {screen.log.account} up to {held}, was moved to {sequence}"
            self.findings.blame(6, f"{sentence} by {told.kind}.", **about)
            screen.missing.update(range(held + 1, min(sequence + 1, held + 1000)))
            screen.line = screen.position = sequence
        elif sequence < min(screen.line, *screen.others, screen.position):
            sentence = f"{told.who} stood at {screen.line} of account {screen.log.account} and was given"
            self.findings.blame(10, f"{sentence} {told.cursor} by {told.kind}.", **about)

    def _era_of(self, screen: Screen, at: float, cursor: tuple[int, int] | None) -> Era | None:
        """In which era something was said: by its cursor, since whoever stood still reads late what came early."""
        latest = sum(1 for era in self.facts.eras[:-1] if at >= era.ended_at)
        for era in reversed(self.facts.eras[: latest + 1]):
            if cursor is None or era.log(screen.watcher.account).holds(*cursor):
                return era
        return None

    def _page(self, values: list[Any]) -> None:
        paged = history.Paged(*values)
        screen = self._screen(paged.who)
        cursor = parse_cursor(paged.cursor)
        if cursor is not None:
            screen.told = max(screen.told, cursor[0])
        era = self._era_of(screen, paged.at, cursor)
        if era is None:
            sentence = f"{paged.who} was given a page of {paged.conversation} as of {paged.cursor}, which is in no log."
            self.findings.blame(4, sentence, who=paged.who, conversation=paged.conversation)
            return
        self.pages.take_history(era, screen.watcher, paged, self.told)

    def _list(self, values: list[Any]) -> None:
        listed = history.Listed(*values)
        screen = self._screen(listed.who)
        cursor = parse_cursor(listed.cursor)
        if cursor is not None:
            screen.told = max(screen.told, cursor[0])
        era = self._era_of(screen, listed.at, cursor)
        if era is None:
            sentence = f"{listed.who} was given a page of the list as of {listed.cursor}, which is in no log."
            self.findings.blame(4, sentence, who=listed.who)
            return
        self.pages.take_list(era, screen.watcher, listed)

    def _double(self, values: list[Any]) -> None:
        doubled = history.Doubled(*values)
        sentence = (
            f"{doubled.who} showed two messages with the {doubled.name} {doubled.value} in {doubled.conversation}."
        )
        self.findings.blame(9, sentence, who=doubled.who, conversation=doubled.conversation, message=doubled.value)

    def _view(self, values: list[Any]) -> None:
        viewed = history.Viewed(*values)
        self._screen(viewed.who).views.append(viewed)
