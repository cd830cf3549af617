"""The readable history of a violation: what was written about it and what was broken around, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from heapq import nsmallest
from pathlib import Path
from typing import Any

import orjson

from wasl.torture.history import KINDS
from wasl.torture.judge.verdict import About, Findings, Violation

LINES_MAX = 60
EXPLAINED_MAX = 3
"""Violations of one invariant that are explained: reading everything again costs time, and the rest are alike."""
CLOSE_SEQUENCES = 2
CLOSE_SECONDS = 5.0
HELD_MAX = 400
"""Lines about one violation that are looked at: of those the closest are kept."""
LINE_CHARACTERS_MAX = 240
AROUND = frozenset({"Fault", "Healed", "Copied", "Restored", "EraEnds"})
COMINGS = frozenset({"Opened", "Told"})
ROWS = frozenset({"LogRow", "MessageRow", "ConversationRow", "MarkerRow", "OutboxRow", "LogEnds", "Watcher", "RawRow"})
_NAMES = {name: tuple(each.name for each in fields(kind)) for name, kind in KINDS.items()}

Line = tuple[float, str]


@dataclass(slots=True)
class _Story:
    violation: Violation
    core: list[Line] = field(default_factory=list)
    comings: list[Line] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)


def explain(folder: Path, findings: Findings) -> dict[int, str]:
    """Excerpts by the identity of their violation. Reads the history once more if there is anything to explain."""
    stories = [_Story(violation) for kept in findings.kept.values() for violation in kept[:EXPLAINED_MAX]]
    if not stories:
        return {}
    around: list[Line] = []
    began = float("inf")
    words = sorted({word for story in stories for word in _words(story.violation)})
    needles = [word.encode() for word in words]
    for line in _lines(folder):
        if not (_is_around(line) or any(needle in line for needle in needles)):
            continue
        name, *values = orjson.loads(line)
        at = _moment(name, values)
        began = min(began, at) if at else began
        if name in AROUND:
            around.append((at, _told(name, values, "")))
            continue
        for story in stories:
            _note(story, name, values, at, line)
    return {id(story.violation): "\n".join(_excerpt(story, around, began)) for story in stories}


def _words(violation: Violation) -> Iterator[str]:
    """What stands in the lines that concern it."""
    about = violation.about
    for key in ("message", "client_message_id", "who"):
        if about.get(key):
            yield str(about[key])
    if "message" not in about and "client_message_id" not in about and about.get("conversation"):
        yield str(about["conversation"])
    if "sequence" in about:
        yield f",{about['sequence']},"


def _is_around(line: bytes) -> bool:
    return line[2:7] in (b"Fault", b"Heale", b"Copie", b"Resto", b"EraEn")


def _note(story: _Story, name: str, values: list[Any], at: float, line: bytes) -> None:
    """Keep a line if it is about this violation."""
    about = story.violation.about
    if not _concerns(about, name, values, line):
        return
    told = _told(name, values, str(about.get("message", "")))
    if name in ROWS:
        if len(story.rows) < LINES_MAX // 3:
            story.rows.append(told)
    elif name in COMINGS:
        if len(story.comings) < HELD_MAX or at > story.comings[-1][0]:
            story.comings.append((at, told))
    elif len(story.core) < HELD_MAX:
        story.core.append((at, told))


def _concerns(about: About, name: str, values: list[Any], line: bytes) -> bool:
    by_field = dict(zip(_NAMES[name], values, strict=True))
    names = [str(about[key]) for key in ("message", "client_message_id") if about.get(key)]
    if any(each.encode() in line for each in names):
        return True
    if name == "Watcher" or name in COMINGS:
        return bool(by_field["who"] == about.get("who"))
    if "sequence" in about and "sequence" in by_field:
        return _is_close(about, name, by_field)
    if names or "sequence" in about:
        return False
    return _is_of(about, by_field, _moment(name, values))


def _is_close(about: About, name: str, by_field: dict[str, Any]) -> bool:
    """Events right there as all were shown them, and those beside as the log and this watcher had them."""
    away = abs(by_field["sequence"] - int(about["sequence"]))
    if name in ROWS:
        same = by_field["account"] == about.get("account", by_field["account"])
    else:
        same = by_field.get("who") == about.get("who")
    return (name not in ROWS and away == 0) or (away <= CLOSE_SEQUENCES and bool(same))


def _is_of(about: About, by_field: dict[str, Any], moment: float) -> bool:
    who, conversation = about.get("who"), about.get("conversation")
    if who is None:
        return conversation is not None and by_field.get("conversation") == conversation
    is_theirs = by_field.get("who") == who and conversation in (None, by_field.get("conversation"))
    return is_theirs and ("at" not in about or abs(moment - float(about["at"])) <= CLOSE_SECONDS)


def _excerpt(story: _Story, around: list[Line], began: float) -> Iterator[str]:
    core = story.core[:LINES_MAX]
    moments = [at for at, _ in core] or [float(story.violation.about.get("at", began))]
    first, last = min(moments), max(moments)

    def distance(line: Line) -> float:
        return max(first - line[0], line[0] - last, 0.0)

    room = max(0, LINES_MAX - len(core) - len(story.rows))
    near = [line for line in (*story.comings, *around) if distance(line) <= CLOSE_SECONDS]
    lines = sorted([*core, *nsmallest(room, near or around, key=distance)])
    for at, told in lines:
        yield f"{at - began:+10.3f} s  {told}"
    for told in story.rows:
        yield f"{'the end':>12}  {told}"


def _moment(name: str, values: list[Any]) -> float:
    names = _NAMES[name]
    place = names.index("at") if "at" in names else names.index("since") if "since" in names else -1
    return float(values[place]) if place >= 0 else 0.0


def _told(name: str, values: list[Any], message: str) -> str:
    """A record on one line: of long lists only what it is about."""
    parts = []
    for key, value in zip(_NAMES[name], values, strict=True):
        shown = value
        if key in ("at", "figures") or value is None:
            continue
        if key == "messages":
            shown = [each for each in value if each[0] == message] or f"{len(value)} messages"
        elif key in ("ids", "rows", "conversations", "statuses") and len(value) > 3:
            shown = [each for each in value if each == message] or f"{len(value)} {key}"
        parts.append(f"{key}={shown}")
    return f"{name} {' '.join(parts)}"[:LINE_CHARACTERS_MAX]


def _lines(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            yield from file
