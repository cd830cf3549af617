"""Whoever watches writes down what a server must never say: the judge cannot know of it otherwise."""

from pathlib import Path
from typing import Any

import pytest

from torture.liar import event, item, lying
from wasl.torture.asking import Eyes
from wasl.torture.history import Opened, Shown, Told, Viewed, read
from wasl.torture.watching import Hall, Seat

pytestmark = pytest.mark.anyio
SOMEBODY = Eyes(7, "sara@story.example", "a password")


async def watched(url: str, folder: Path, head: int) -> list[Any]:
    """What somebody writes down who watches this server by the stream until they stand at its head."""
    hall = Hall([Seat("sara", 1, SOMEBODY, "sse", "steady", [url], 2, 3)], folder / "sara.jsonl")
    await hall.start()
    try:
        assert await hall.converge({1: str(head)}, 30.0) == []
        await hall.end()
    finally:
        hall.kill()
    return list(read(folder / "sara.jsonl"))


def sequences(records: list[Any]) -> list[int]:
    return [record.sequence for record in records if isinstance(record, Shown)]


async def test_a_hole_that_shows_is_noted_and_filled_from_the_log(tmp_path: Path) -> None:
    async with lying([event(1), event(3)], [item(2), item(3)]) as liar:
        records = await watched(liar.url, tmp_path, 3)
    assert sequences(records) == [1, 3, 2, 3]
    assert any(isinstance(record, Opened) and record.cursor == "1-00000001" for record in records)


async def test_a_hole_that_is_hidden_is_noted_as_it_was_told(tmp_path: Path) -> None:
    async with lying([event(1), event(3, previous=1)]) as liar:
        records = await watched(liar.url, tmp_path, 3)
    shown = [(record.sequence, record.previous) for record in records if isinstance(record, Shown)]
    assert shown == [(1, 0), (3, 1)]


async def test_what_comes_twice_is_noted_twice_and_shown_once(tmp_path: Path) -> None:
    async with lying([event(1), event(2), event(2), event(1), event(3)]) as liar:
        records = await watched(liar.url, tmp_path, 3)
    assert sequences(records) == [1, 2, 2, 1, 3]
    [kept, _] = [record for record in records if isinstance(record, Viewed)]
    assert [row[-1] for row in kept.rows] == [3]


async def test_another_event_at_the_same_place_is_noted_with_its_tag_and_contents(tmp_path: Path) -> None:
    blocks = [event(1), event(1, tag="0badcafe"), event(1, status="closed"), event(2)]
    async with lying(blocks) as liar:
        records = await watched(liar.url, tmp_path, 2)
    first, other_tag, other_status, _ = [record for record in records if isinstance(record, Shown)]
    assert [first.tag, other_tag.tag, other_status.tag] == ["00000001", "0badcafe", "00000001"]
    assert first.digest == other_tag.digest != other_status.digest


async def test_a_heartbeat_beyond_what_was_told_is_noted_and_sends_one_to_the_log(tmp_path: Path) -> None:
    beat = b'id: 2-00000002\nevent: heartbeat\ndata: {"sequence":2,"previous":2,"tag":"00000002"}\n\n'
    async with lying([event(1), beat], [item(2)]) as liar:
        records = await watched(liar.url, tmp_path, 2)
    assert sequences(records) == [1, 2]
    told = [record.cursor for record in records if isinstance(record, Told) and record.kind == "heartbeat"]
    assert told[0] == "2-00000002"


async def test_what_cannot_be_read_is_noted_as_strange(tmp_path: Path) -> None:
    blocks = [event(1), b"id: 9-00000009\nevent: typing\ndata: {}\n\n", b'event: rumour\ndata: {"a":1}\n\n']
    blocks += [b"event: new_message\ndata: {}\n\n", event(2).replace(b"id: 2-00000002", b"id: 2-0badcafe")]
    async with lying(blocks) as liar:
        records = await watched(liar.url, tmp_path, 2)
    strange = [record.detail for record in records if isinstance(record, Told) and record.kind == "strange"]
    assert len(strange) == 4
    assert sequences(records) == [1, 2]
