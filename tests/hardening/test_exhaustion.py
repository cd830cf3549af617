"""One operator, or somebody who is none, opens as much as they can: bounded, and nobody else notices."""

import asyncio
import contextlib
from pathlib import Path
from time import perf_counter

import httpx2
import pytest

from hardening.test_slow_clients import MEGABYTE, alone, serves
from story.scene import Scene
from story.sockets import BareSocket
from story.watcher import StreamRefused
from story.wire import HADI
from wasl.limits import SOCKET_CONNECT_SECONDS, STREAMS_PER_OPERATOR

__all__ = ["alone"]
pytestmark = pytest.mark.anyio

API = "/api/live-chat"
WANTED = 3 * STREAMS_PER_OPERATOR
GROWN_BYTES_MAX = 64 * MEGABYTE


async def test_streams_of_one_operator_are_bounded_again_and_again(alone: Scene) -> None:
    before = alone.node.resident_bytes()
    for _ in range(3):
        wires, refused = [], []
        for _ in range(WANTED):
            try:
                wires.append(await alone.outside.wire(alone.sara))
            except StreamRefused as error:
                refused.append(error.status)
        assert len(wires) == STREAMS_PER_OPERATOR
        assert refused == [429] * (WANTED - STREAMS_PER_OPERATOR)
        await alone.outside.wire(alone.karim)
        await serves(alone)
        for wire in wires:
            wire.cut()
        await until_streams(alone, STREAMS_PER_OPERATOR - 1)
    assert alone.node.resident_bytes() - before < GROWN_BYTES_MAX


async def until_streams(scene: Scene, most: int) -> None:
    """Those who were cut are noticed."""
    ends = perf_counter() + 30
    while scene.node.figures()["wasl_streams"] > most:
        assert perf_counter() < ends
        await asyncio.sleep(0.05)


async def test_waiting_polls_of_one_operator_are_bounded(alone: Scene) -> None:
    cursor = (await alone.sara.ask("GET", f"{API}/events/poll"))["cursor"]
    limits = httpx2.Limits(max_connections=WANTED)
    async with httpx2.AsyncClient(base_url=alone.node.url, trust_env=False, limits=limits, timeout=30) as client:

        async def poll() -> int:
            query = {"after": cursor, "wait": "20"}
            return (await client.get(f"{API}/events/poll", params=query, headers=alone.sara.headers)).status_code

        polls = [asyncio.ensure_future(poll()) for _ in range(WANTED)]
        done, waiting = set[asyncio.Future[int]](), set(polls)
        while len(waiting) > STREAMS_PER_OPERATOR:
            now_done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            done |= now_done
        assert {task.result() for task in done} == {429}
        assert len(waiting) == STREAMS_PER_OPERATOR
        asked = await alone.omar.ask("GET", f"{API}/events/poll", params={"after": cursor, "wait": "0"})
        assert asked["events"] == []
        await alone.outside.say(alone.bakery, HADI, "news")
        done, _ = await asyncio.wait(waiting, timeout=12)
        assert [task.result() for task in done] == [200] * STREAMS_PER_OPERATOR
    again = await alone.sara.ask("GET", f"{API}/events/poll", params={"after": cursor, "wait": "0"})
    assert again["events"]


async def test_polls_that_were_given_up_do_not_count(alone: Scene) -> None:
    path = f"{API}/events/poll"
    cursor = (await alone.sara.ask("GET", path))["cursor"]
    for _ in range(3):
        async with httpx2.AsyncClient(base_url=alone.node.url, trust_env=False, timeout=30) as client:
            query = {"after": cursor, "wait": "20"}
            asking = [
                asyncio.ensure_future(client.get(path, params=query, headers=alone.sara.headers))
                for _ in range(STREAMS_PER_OPERATOR)
            ]
            await asyncio.sleep(0.5)
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        await asyncio.sleep(0.2)
    ends, query = perf_counter() + 12, {"after": cursor, "wait": "0"}  # As long as asked for, they would last longer.
    while (answer := await alone.outside.client.get(path, params=query, headers=alone.sara.headers)).is_error:
        assert perf_counter() < ends, answer.text
        await asyncio.sleep(0.1)
    assert answer.json()["events"] == []


async def test_sockets_that_nobody_lets_in_are_closed(alone: Scene) -> None:
    before = alone.node.resident_bytes()
    started = perf_counter()
    sockets = [await BareSocket.open(alone.node.port) for _ in range(150)]
    polls = [await alone.outside.client.get("/socket.io/?EIO=4&transport=polling") for _ in range(150)]
    assert {answer.status_code for answer in polls} == {200}
    try:
        await serves(alone)
        opened = perf_counter() - started
        ends = await asyncio.gather(*(bare.refused(SOCKET_CONNECT_SECONDS + opened + 20) for bare in sockets))
        assert perf_counter() - started < 2 * opened + SOCKET_CONNECT_SECONDS + 20
        assert {code for code, _ in ends} == {1008}
        await serves(alone)
        sids = [answer.text.partition('"sid":"')[2].partition('"')[0] for answer in polls]
        for sid in sids[:5]:
            answer = await alone.outside.client.get(f"/socket.io/?EIO=4&transport=polling&sid={sid}")
            assert answer.json()["code"] == "unknown_socket"
    finally:
        for bare in sockets:
            with contextlib.suppress(Exception):
                await bare.cut()
    assert alone.node.resident_bytes() - before < GROWN_BYTES_MAX
    assert Path(f"/proc/{alone.node.pid}/fd").exists()
    assert len(list(Path(f"/proc/{alone.node.pid}/fd").iterdir())) < 200
