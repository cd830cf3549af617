"""Whoever watches ends with the right view, whatever way they watch, and writes down what they saw."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from promises.load import Sent, bodies_of, deliver_all
from story.node import Node
from story.people import PASSWORD, Business, Identity, Outside, open_business
from wasl.store.open import DATABASE_FILE
from wasl.torture.asking import Eyes
from wasl.torture.history import Shown, Told, Viewed, digest, read
from wasl.torture.watching import Hall, Seat

pytestmark = pytest.mark.anyio
KINDS = [
    ("sse", "steady"),
    ("sse", "restless"),
    ("sse", "slow"),
    ("sse", "tiny"),
    ("socket", "steady"),
    ("socket", "restless"),
    ("socket-poll", "steady"),
    ("poll", "steady"),
    ("reload", "restless"),
    ("walk", "steady"),
    ("tab", "restless"),
]
MESSAGES = 500
OPENED = 6


def seats_of(business: Business, node: Node, kinds: list[tuple[str, str]]) -> Iterator[Seat]:
    for number, (by, habit) in enumerate(kinds):
        eyes = eyes_of(business.operators[number % len(business.operators)])
        account = int(business.account_id)
        yield Seat(f"{by}-{habit}", account, eyes, by, habit, [node.url], number, OPENED)


def eyes_of(operator: Identity) -> Eyes:
    return Eyes(int(operator.operator_id), operator.email, PASSWORD)


async def head_of(outside: Outside, business: Business) -> str:
    sara = await outside.sign_in(business.operators[0])
    return str((await sara.ask("GET", "/api/live-chat/events/poll"))["cursor"])


def by_name(records: list[Any], kind: type[Any]) -> dict[str, list[Any]]:
    found = defaultdict(list)
    for record in records:
        if isinstance(record, kind):
            found[record.who].append(record)
    return found


@pytest.mark.slow
async def test_everybody_ends_with_the_right_view_though_their_server_dies(
    mortal: Node, outside: Outside, tmp_path: Path
) -> None:
    bakery = await open_business(mortal.settings, "Cedar Bakery", "Sara", "Omar")
    hall = Hall(list(seats_of(bakery, mortal, KINDS)), tmp_path / "crowd.jsonl")
    await hall.start()
    try:
        sent = Sent()
        bodies = bodies_of(bakery, MESSAGES, Random(7), (1, 6))
        load = asyncio.create_task(deliver_all([mortal.url], bakery, bodies, sent, 4, 0.1))
        await asyncio.sleep(2)
        mortal.kill()
        await asyncio.sleep(0.5)
        await asyncio.to_thread(mortal.start)
        await load
        late = await hall.converge({int(bakery.account_id): await head_of(outside, bakery)}, 60.0)
        assert late == []
        await hall.end()
    finally:
        hall.kill()
    records = list(read(tmp_path / "crowd.jsonl"))
    check_views(records)
    check_shown(records, tmp_path)


def check_views(records: list[Any]) -> None:
    for who, (kept, fresh) in by_name(records, Viewed).items():
        assert kept.rows == fresh.rows, who
        assert kept.conversations == fresh.conversations, who
        assert len(kept.conversations) >= 1, who
        assert fresh.fresh
        assert not kept.fresh


def check_shown(records: list[Any], folder: Path) -> None:
    """Everybody was shown the same at a place, by whatever way, and it is what the log holds."""
    assert not [record for record in records if isinstance(record, Told) and record.kind in ("strange", "found")]
    places: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for record in records:
        if isinstance(record, Shown):
            places[record.sequence].add((record.tag, record.digest))
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as connection:
        rows = connection.execute("SELECT sequence, tag, payload FROM events").fetchall()
    assert places == {sequence: {(f"{tag:08x}", digest(payload.encode()))} for sequence, tag, payload in rows}
