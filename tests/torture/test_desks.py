"""The kit's operators work at all nodes, repeat what nobody answered, and write down what they asked and were told."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random
from typing import TypeVar

import orjson
import pytest

from torture.bare import answering
from wasl.torture.desks import Desks, NotAnswered
from wasl.torture.evidence import write_evidence, write_told
from wasl.torture.history import (
    Accepted,
    Acknowledged,
    Answered,
    Asked,
    MarkerRow,
    MessageRow,
    Posted,
    ReadUpTo,
    Record,
    Sampled,
    Writer,
    read,
)
from wasl.torture.installation import Shape, open_installation
from wasl.torture.letters import Oddities
from wasl.torture.provider import Provider
from wasl.torture.samples import Sampler

pytestmark = pytest.mark.anyio
Kind = TypeVar("Kind", bound=Record)


def only(kind: type[Kind], records: list[Record]) -> list[Kind]:
    return [record for record in records if isinstance(record, kind)]


async def test_every_reply_is_stored_once_and_told_as_it_is_stored_although_a_node_was_killed(
    shape: Shape, tmp_path: Path
) -> None:
    async with open_installation(shape) as stage:
        with Writer(tmp_path / "a.jsonl") as writer:
            provider = Provider(stage, writer, Random(3), 40.0, oddities=Oddities(merged=0.0), customers=20)
            desks, sampler = Desks(stage, writer, Random(4), 30.0), Sampler(stage, writer)
            for one in (provider, desks, sampler):
                await one.begin()
            await _until(desks, 20)
            stage.nodes[0].kill()
            await stage.start_node(stage.nodes[0])
            await _until(desks, 45)
            await provider.end(30.0)
            await desks.end(30.0)
            await asyncio.sleep(2.0)  # Until what was queued has left, and its statuses are told.
            await sampler.end()
            await write_evidence(stage, writer, 0)
            await write_told(stage, writer)
        records = list(read(tmp_path / "a.jsonl"))

    check_replies(records)
    check_told(records)
    assert {record.operator for record in only(ReadUpTo, records)}
    assert only(MarkerRow, records)
    check_samples(only(Sampled, records), len(stage.nodes))


def check_replies(records: list[Record]) -> None:
    """Whoever was told of a message was told what is stored, and no reply stands twice."""
    rows = [row for row in only(MessageRow, records) if row.role == "operator" and row.origin == "live"]
    stored = {row.client_message_id: row for row in rows}
    asked = {record.client_message_id: record for record in only(Asked, records)}
    assert stored.keys() <= asked.keys()
    assert len(stored) == len(rows)
    answered = [record for record in only(Answered, records) if record.message]
    assert {record.client_message_id for record in answered} == stored.keys()
    assert {record.status for record in only(Answered, records)} <= {200, 409, 503}
    assert max(Counter(record.client_message_id for record in answered).values()) > 1, "sent twice at once"
    for record in answered:
        row, told = stored[record.client_message_id], record.message or []
        assert told[:4] == [row.message_id, row.role, row.clock, row.sequence]
        newest = asked[record.client_message_id].newest or [0, 0]
        assert [row.clock, row.sequence] > newest
        assert row.text == asked[record.client_message_id].text


def check_told(records: list[Record]) -> None:
    """What the provider took are our replies, and their statuses were acknowledged."""
    accepted = only(Accepted, records)
    texts = {row.text for row in only(MessageRow, records) if row.role == "operator"}
    assert len(accepted) > 10
    assert [record.place for record in accepted] == list(range(1, len(accepted) + 1))
    assert {record.text for record in accepted} <= texts
    moments = [record.at for record in only(Asked, records)]
    assert all(min(moments) - 1 < record.at < max(moments) + 20 for record in accepted)
    told = [name for record in only(Acknowledged, records) if record.node == "emulator" for name in record.statuses]
    assert {name for record in only(Posted, records) for name in record.statuses} >= set(told)
    assert {name.rpartition(":")[0] for name in told} <= {record.wamid for record in accepted}
    assert len(told) > 10


def check_samples(samples: list[Sampled], nodes: int) -> None:
    assert {sample.node for sample in samples} == {f"node-{place}" for place in range(nodes)}
    assert len({sample.process for sample in samples if sample.node == "node-0"}) == 2, "a restart shows"
    assert all(sample.resident_bytes > 20_000_000 for sample in samples)
    assert any(name.startswith("wasl_ledger") for name in samples[-1].figures)


async def test_operators_whom_nobody_answers_say_so(tmp_path: Path) -> None:
    found = {
        "token": "t",
        "chats": [{"conversation_id": "1_1_1", "user_id": "1", "last_sequence": 9}],
        "messages": [{"clock": 5, "sequence": 9}],
    }

    sent = 0

    def answer(asked: bytes) -> bytes | None:
        nonlocal sent
        sent += b"send-message" in asked
        return None if b"send-message" in asked else orjson.dumps(found)

    async with answering(answer) as stage:
        with Writer(tmp_path / "a.jsonl") as writer:
            desks = Desks(stage, writer, Random(4), 100.0)
            await desks.begin()
            async with asyncio.timeout(30.0):
                while sent < 3:
                    await asyncio.sleep(0.01)
            with pytest.raises(NotAnswered, match=r"operators have no answer yet; .*node 0: "):
                await desks.end(0.3)
    asked = only(Asked, list(read(tmp_path / "a.jsonl")))
    assert {record.client_message_id for record in asked} == {"desk-1-0-1"}, "again and again under the same id"
    assert asked[0].newest == [5, 9]


async def _until(desks: Desks, replies: int) -> None:
    async with asyncio.timeout(60.0):
        while desks.replies < replies:
            await asyncio.sleep(0.05)
