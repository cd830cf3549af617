"""The kit's provider delivers as Meta does, whatever becomes of the nodes, and the evidence is the truth."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from torture.bare import OneDoor, answering
from wasl.torture.evidence import write_evidence
from wasl.torture.history import (
    Acknowledged,
    ConversationRow,
    EraEnds,
    LedgerRow,
    LogEnds,
    LogRow,
    MessageRow,
    Posted,
    RawRow,
    Record,
    Refused,
    Writer,
    read,
)
from wasl.torture.installation import Installation, Shape, open_installation
from wasl.torture.provider import NotTaken, Provider
from wasl.torture.servers import free_port

pytestmark = pytest.mark.anyio
Kind = TypeVar("Kind", bound=Record)


def only(kind: type[Kind], records: list[Record]) -> list[Kind]:
    return [record for record in records if isinstance(record, kind)]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30.0):
        while not holds():
            await asyncio.sleep(0.01)


async def evidence_of(stage: Installation, folder: Path) -> list[Record]:
    with Writer(folder / "evidence.jsonl") as writer:
        await write_evidence(stage, writer, 0)
    return list(read(folder / "evidence.jsonl"))


async def test_what_was_acknowledged_is_in_the_evidence_once_although_a_node_was_killed(
    shape: Shape, tmp_path: Path
) -> None:
    async with open_installation(shape) as stage:
        with Writer(tmp_path / "provider.jsonl") as writer:
            provider = Provider(stage, writer, Random(7), 120.0)
            await provider.begin()
            await provider.until(150)
            stage.nodes[0].kill()
            await asyncio.sleep(0.5)
            await stage.start_node(stage.nodes[0])
            await provider.until(400)
            await provider.end(30.0)
        told, found = list(read(tmp_path / "provider.jsonl")), await evidence_of(stage, tmp_path)

    assert provider.posted == provider.acknowledged >= 400
    assert only(Refused, told) == []
    check_told(told, found)
    assert [record.era for record in only(EraEnds, found)] == [0]
    check_log(found)
    assert only(RawRow, found) == []
    for row in only(LedgerRow, found):
        assert row.received == row.stored + row.duplicates + row.quarantined + row.set_aside
    assert len(only(ConversationRow, found)) > 20


def check_told(told: list[Record], found: list[Record]) -> None:
    """Every id was posted before it was acknowledged, all of them were in the end, and each is one message."""
    posted: set[str] = set()
    for record in told:
        if isinstance(record, Posted):
            posted.update(record.ids)
        elif isinstance(record, Acknowledged):
            assert posted.issuperset(record.ids)
    acknowledged = {name for record in only(Acknowledged, told) for name in record.ids}
    assert posted == acknowledged
    assert Counter(row.message_id for row in only(MessageRow, found)) == Counter(acknowledged)
    times = Counter(name for record in only(Acknowledged, told) for name in record.ids)
    assert max(times.values()) > 1


def check_log(found: list[Record]) -> None:
    """The rows of the log run to its head."""
    for end in only(LogEnds, found):
        log = [row for row in only(LogRow, found) if row.account == end.account]
        assert [row.sequence for row in log] == list(range(1, end.head + 1))
        assert log[-1].tag == end.head_tag


async def test_what_nobody_takes_is_said_in_a_sentence(tmp_path: Path) -> None:
    with Writer(tmp_path / "provider.jsonl") as writer:
        provider = Provider(OneDoor.at(free_port()), writer, Random(7), 50.0)
        await provider.begin()
        await until(lambda: "failed" in provider._last_trouble)
        with pytest.raises(NotTaken, match=r"messages are not acknowledged.*The last trouble: node-0: .*failed"):
            await provider.end(0.3)


async def test_a_door_that_refuses_what_is_right_is_written_down_and_asked_again(tmp_path: Path) -> None:
    async with answering(lambda _: b"401 no") as stage:
        with Writer(tmp_path / "provider.jsonl") as writer:
            provider = Provider(stage, writer, Random(7), 20.0)
            await provider.begin()
            await until(lambda: provider.refusals >= 30)
            await provider.cut()
    told = list(read(tmp_path / "provider.jsonl"))
    refused = only(Refused, told)
    assert {(record.status, record.code, record.node) for record in refused} == {(401, "401 no", "node-0")}
    assert provider.refusals == len(refused) > len(only(Posted, told)) > 3


async def test_a_seed_posts_the_same_however_it_is_taken(tmp_path: Path) -> None:
    async def posted(name: str, *refusals: int) -> list[list[str]]:
        asked = itertools.count()
        async with answering(lambda _: b"401 no" if next(asked) in refusals else b"EVENT_RECEIVED") as stage:
            with Writer(tmp_path / name) as writer:
                provider = Provider(stage, writer, Random(7), None, senders=3)
                await provider.begin()
                await provider.until(100)
                await provider.end(30.0)
        return [[*record.ids, *record.changes] for record in only(Posted, list(read(tmp_path / name)))][:20]

    assert await posted("a.jsonl") == await posted("b.jsonl", 3, 4, 9)
