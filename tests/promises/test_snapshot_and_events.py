"""For every kind of change: the old screen with the events applied is the screen that a fresh load shows.

The same triples are recorded in tests/fixtures/triples.json, on which the dashboard proves its own rules. After an
intended change of a shape, record them anew: `WASL_RECORD_TRIPLES=1 .venv/bin/pytest tests/promises`.
"""

import itertools
import os
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from arrivals import ADAM, NOON
from cast import Cast
from promises.changes import STORIES, Story, begin
from promises.world import Json, World
from wasl.domain.view import Gap, View, apply
from wasl.store.database import Database
from wasl.store.journal import Journal

TRIPLES = Path(__file__).resolve().parents[1] / "fixtures" / "triples.json"
RECORD = bool(os.environ.get("WASL_RECORD_TRIPLES"))
_CURSOR = re.compile(r"^([0-9]+)-[0-9a-f]{8}$")


@pytest.fixture
def world(database: Database, journal: Journal, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose clock stands still and whose ids can be foretold, so that it can be recorded."""
    numbers = itertools.count(1)
    monkeypatch.setattr(journal, "_clock", lambda: (NOON + 100) * 1000)
    monkeypatch.setattr("wasl.store.writing.new_message_id", lambda _: f"msg_20260921132000_{next(numbers):032x}")
    return World(database, journal, cast)


@pytest.mark.anyio
@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.name.replace(" ", "-"))
async def test_old_screen_and_events_are_the_new_screen(world: World, told: Story) -> None:
    await begin(world)
    await told.before(world)
    opened = {world.ids_of(ADAM)[0]}
    old = world.snapshot(opened)

    await told.happens(world)

    events = world.events_after(old["cursor"])
    new = world.snapshot(opened | _begun(events))
    assert len(events) == told.events
    view = View.of_snapshot(str(world.cast.rana.id), old)
    for event in events:
        view = apply(view, event["event"], event["data"])
    assert view.as_snapshot() == new
    _compare_or_record(told.name, world, {"state": old, "events": events, "expected": new})


@pytest.mark.anyio
async def test_events_may_come_again_and_never_too_early(world: World) -> None:
    await begin(world)
    old = world.snapshot(set())
    told = next(story for story in STORIES if story.name == "a lively minute")
    await told.happens(world)
    events = world.events_after(old["cursor"])
    view = View.of_snapshot(str(world.cast.rana.id), old)
    with pytest.raises(Gap):
        apply(view, events[1]["event"], events[1]["data"])
    for event in itertools.chain.from_iterable(zip(events, events, strict=True)):
        view = apply(view, event["event"], event["data"])
    for event in events:
        view = apply(view, event["event"], event["data"])
    assert view.as_snapshot() == world.snapshot(_begun(events))


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.anyio
async def test_a_row_from_elsewhere_says_that_its_unread_count_is_unknown(world: World) -> None:
    """Only the server knows how much of a conversation was read that this screen never loaded."""
    await begin(world)
    old = world.snapshot(set())
    told = next(story for story in STORIES if story.name == "an older conversation comes to the top")
    await told.happens(world)
    view = View.of_snapshot(str(world.cast.rana.id), {**old, "conversations": []})
    for event in world.events_after(old["cursor"]):
        view = apply(view, event["event"], event["data"])
    assert [row["unread_count"] for row in view.as_snapshot()["conversations"]] == [None]


def test_every_story_is_recorded() -> None:
    names = [story.name for story in STORIES]
    assert len(set(names)) == len(names)
    assert [triple["name"] for triple in _recorded()] == names


def _begun(events: list[Json]) -> set[str]:
    return {event["data"]["conversation_id"] for event in events if event["event"] == "new_conversation"}


def _compare_or_record(name: str, world: World, triple: Json) -> None:
    found = {"name": name, "operator_id": str(world.cast.rana.id), **_with_foretold_tags(triple)}
    recorded = {triple["name"]: triple for triple in _recorded()}
    if RECORD:
        recorded[name] = found
        kept = [recorded[story.name] for story in STORIES if story.name in recorded]
        TRIPLES.parent.mkdir(exist_ok=True)
        lines = b",\n".join(orjson.dumps(triple, option=orjson.OPT_SORT_KEYS) for triple in kept)
        TRIPLES.write_bytes(b"[\n" + lines + b"\n]\n")  # One triple per line, so that a change can be read.
    else:
        assert recorded.get(name) == found, (
            "record the triples anew if the change is meant (see the module's docstring)"
        )


def _recorded() -> list[Json]:
    return list(orjson.loads(TRIPLES.read_bytes())) if TRIPLES.exists() else []


def _with_foretold_tags(value: Any) -> Any:
    """Tags are random: each becomes its own sequence, written like a tag."""
    if isinstance(value, dict):
        changed = {key: _with_foretold_tags(part) for key, part in value.items()}
        return {**changed, "tag": f"{value['sequence']:08x}"} if "tag" in value else changed
    if isinstance(value, list):
        return [_with_foretold_tags(part) for part in value]
    match = _CURSOR.match(value) if isinstance(value, str) else None
    return f"{match[1]}-{int(match[1]):08x}" if match else value
