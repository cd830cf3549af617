"""Clients that are slow, endless or silent cost little, are cut in time, and nobody else notices them."""

import asyncio
import contextlib
import gzip
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

import pytest

from hardening.lingerers import DeafReader, Lingerer, chunks, lingering, post
from hardening.plain_http import exchange
from story.node import Node
from story.people import Outside, open_business
from story.scene import Scene, scene_of, settings_of
from story.wire import HADI, RANA, envelope, text
from wasl.limits import (
    REQUEST_HEAD_SECONDS_MAX,
    REQUEST_LINGER_SECONDS,
    REQUEST_SECONDS_MAX,
    REQUESTS_BEGUN_MAX,
    STREAM_STALL_SECONDS,
    WEBHOOK_BODIES_BYTES_MAX,
)

pytestmark = pytest.mark.anyio

LATE_SECONDS = 9.0
"""A look a second, and a machine that is busy and pauses."""
SERVED_SECONDS = 4.0
SERVED_TRIES = 3
GROWN_BYTES_MAX = 96 * 1024 * 1024
MEGABYTE = 1024 * 1024


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Scene]:
    """A node for one test, whose memory can be weighed."""
    settings = settings_of(tmp_path)
    node = Node(settings, tmp_path / "server.log")
    node.start()
    outside = Outside(node)
    try:
        bakery = await open_business(settings, "Cedar Bakery", "Sara", "Omar")
        garage = await open_business(settings, "Blue Garage", "Karim")
        yield await scene_of(node, outside, bakery, garage)
        node.check_ledger()
        assert not [line for line in node.lines() if line["event"] in ("request failed", "live task failed")]
    finally:
        await outside.close()
        node.kill()


async def serves(scene: Scene) -> None:
    """A customer writes and an operator reads it, as fast as ever: a machine pauses now and then, and not each time."""
    took = []
    for _ in range(SERVED_TRIES):
        started = perf_counter()
        await scene.outside.say(scene.bakery, HADI, "still here?")
        assert (await scene.sara.chat(HADI))["last_message"]["content"] == "still here?"
        answer = await scene.outside.client.get("/ready")
        assert answer.status_code == 200
        took.append(perf_counter() - started)
        if took[-1] < SERVED_SECONDS:
            return
    raise AssertionError(took)


async def test_the_slow_and_the_silent_are_cut_while_others_are_served(alone: Scene) -> None:
    port = alone.node.port
    asset = next(
        name
        for name in (await alone.outside.client.get("/")).text.split('"')
        if name.startswith("/assets/index") and name.endswith(".js")
    )
    silent: list[Lingerer | DeafReader] = [Lingerer(port, b"") for _ in range(200)]
    heads: list[Lingerer | DeafReader] = [
        *(Lingerer(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a") for _ in range(30)),
        *(Lingerer(port, b"GE", b"") for _ in range(10)),
        *(Lingerer(port, b"\r\n", b"\r\n") for _ in range(10)),
        *(Lingerer(port, post("/api/session", f"Content-Length: {MEGABYTE}") + b" " * MEGABYTE) for _ in range(10)),
        *(Lingerer(port, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n") for _ in range(10)),
    ]
    lies = [
        post("/webhooks/meta", f"Content-Length: {3 * MEGABYTE}"),
        post("/webhooks/meta", "Transfer-Encoding: chunked"),
        post("/api/session", "Content-Length: 60000", "Content-Type: application/json"),
        post("/api/live-chat/events", "Content-Length: 10").replace(b"POST", b"GET"),
    ]
    bodies: list[Lingerer | DeafReader] = [
        Lingerer(port, head, b"1\r\n \r\n" if b"chunked" in head else b" ")
        for head in lies
        for _ in range(10)
        if b"events" not in head
    ]
    token = alone.sara.headers["Authorization"]
    begun_stream = lies[-1].replace(b"\r\n\r\n", f"\r\nAuthorization: {token}\r\n\r\n".encode())
    bodies.append(Lingerer(port, begun_stream))
    asking, patience = f"GET {asset} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 40, STREAM_STALL_SECONDS + LATE_SECONDS
    deaf = [DeafReader(port, asking, patience) for _ in range(20)]
    whole_bytes = 40 * len((await alone.outside.client.get(asset, headers={"Accept-Encoding": "identity"})).content)
    before = alone.node.resident_bytes()
    async with lingering([*silent, *heads, *bodies, *deaf]) as tasks:
        ends = perf_counter() + STREAM_STALL_SECONDS + LATE_SECONDS + 10
        while not all(task.done() for task in tasks) and perf_counter() < ends:
            await serves(alone)
            assert alone.node.resident_bytes() - before < GROWN_BYTES_MAX
            await asyncio.sleep(1)
        assert all(task.done() for task in tasks)
    for client in [*silent, *heads]:
        assert isinstance(client, Lingerer)
        assert client.seconds < REQUEST_HEAD_SECONDS_MAX + LATE_SECONDS
        assert client.heard.startswith(b"HTTP/1.1 408") or client in heads
    for client in bodies:
        assert isinstance(client, Lingerer)
        assert REQUEST_SECONDS_MAX - 1 < client.seconds < REQUEST_SECONDS_MAX + LATE_SECONDS
    for reader in deaf:
        assert 0 < reader.heard_bytes < whole_bytes


async def test_what_has_no_end_is_cut(alone: Scene) -> None:
    port, before = alone.node.port, alone.node.resident_bytes()
    filler = b"a" * 65_536
    endless = {
        "a header": (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ", filler, b"431"),
        "headers": (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-More: a\r\n" * 6_000, b"431"),
        "an address": (b"GET /", filler, b"4"),
        "empty lines": (b"", b"\r\n" * 30_000, b"431"),
        "a chunk's extension": (post("/webhooks/meta", "Transfer-Encoding: chunked") + b"1;a=", filler, b"4"),
        "a trailer": (
            post("/webhooks/meta", "Transfer-Encoding: chunked") + b"1\r\n \r\n0\r\nX-Trail: ",
            filler,
            b"4",
        ),
    }
    clients = {name: Lingerer(port, first, drip, 0.0) for name, (first, drip, _) in endless.items()}
    head = post("/webhooks/meta", "Transfer-Encoding: chunked")
    clients["a body"] = Lingerer(port, head, b"".join(chunks(filler, 16)), 0.001)
    clients["a body of crumbs"] = Lingerer(port, head, b"".join(chunks(b" ", 10_000)), 0.001)
    clients["a body that was refused"] = Lingerer(port, post("/api/session", "Content-Length: 999999999"), filler, 0.01)
    async with lingering(list(clients.values())) as tasks:
        await serves(alone)
        done, late = await asyncio.wait(tasks, timeout=REQUEST_LINGER_SECONDS + LATE_SECONDS + 8)
        assert not late, [name for name, client in clients.items() if not client.seconds]
        assert alone.node.resident_bytes() - before < GROWN_BYTES_MAX
        for task in done:
            task.result()
    for name, (_, _, status) in endless.items():
        assert clients[name].heard[9:].startswith(status), (name, clients[name].heard[:200])
    assert len(alone.node.said()) < 200_000
    await serves(alone)


async def test_bodies_that_nobody_signed_hold_little_together(alone: Scene) -> None:
    port, before = alone.node.port, alone.node.resident_bytes()
    head = post("/webhooks/meta", f"Content-Length: {3 * MEGABYTE}")
    clients: list[Lingerer | DeafReader] = [Lingerer(port, head + b" " * (3 * MEGABYTE - 1)) for _ in range(80)]
    async with lingering(clients) as tasks:
        refused = 80 - WEBHOOK_BODIES_BYTES_MAX // (3 * MEGABYTE)
        ends = perf_counter() + 30
        while sum(task.done() for task in tasks) < refused - 2 and perf_counter() < ends:
            await asyncio.sleep(0.1)
        assert sum(task.done() for task in tasks) >= refused - 2
        assert alone.node.resident_bytes() - before < 3 * WEBHOOK_BODIES_BYTES_MAX
        told = [client.heard[:12] for client in clients if isinstance(client, Lingerer) and client.seconds]
        assert told.count(b"HTTP/1.1 503") >= len(told) * 3 // 4, told  # The others did not come to read it.
        await serves(alone)
    large = envelope(alone.bakery.number.said([text(RANA, "x" * MEGABYTE)], RANA))
    await until_status(alone, large, 200)


async def until_status(scene: Scene, body: bytes, status: int) -> None:
    """What was held is given back as soon as the connections are gone."""
    for _ in range(300):
        answer = await scene.outside.deliver(scene.bakery.number, body)
        if answer.status_code == status:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(answer.status_code)


async def test_a_flood_of_connections_pushes_out_its_own_oldest(alone: Scene) -> None:
    before = alone.node.resident_bytes()
    with contextlib.ExitStack() as stack:
        flood = []
        for place in range(REQUESTS_BEGUN_MAX + 500):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", alone.node.port)))
            flood.append(connection)
            if place % 500 == 0:
                await serves(alone)
        await serves(alone)
        for oldest in flood[:300]:
            oldest.settimeout(30)
            assert oldest.recv(100).startswith(b"HTTP/1.1 408")
        assert alone.node.resident_bytes() - before < GROWN_BYTES_MAX


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
async def test_a_packed_body_is_not_unpacked(scene: Scene) -> None:
    number, before = scene.bakery.number, scene.node.resident_bytes()
    ledger = scene.node.ledger()
    bomb = gzip.compress(b" " * 300 * MEGABYTE, 6)
    assert len(bomb) < MEGABYTE
    for encoding in ("gzip", "deflate", "br", "identity, gzip"):
        packed = bomb + encoding.encode()
        head = ["POST /webhooks/meta HTTP/1.1", "Host: x", f"Content-Length: {len(packed)}", "Connection: close"]
        head += [f"Content-Encoding: {encoding}", f"X-Hub-Signature-256: {number.sign(packed)}", "", ""]
        answer = await exchange(scene.node.port, "\r\n".join(head).encode() + packed)
        assert answer.startswith(b"HTTP/1.1 200")
    assert scene.node.ledger()["quarantined"] == ledger["quarantined"] + 4
    assert scene.node.resident_bytes() - before < GROWN_BYTES_MAX


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("lie", "status"),
    [
        (["Content-Length: 5", "Content-Length: 6"], b"400"),
        (["Content-Length: -5"], b"400"),
        (["Content-Length: 99999999999999999999999"], b"400"),
        (["Content-Length: 0x10"], b"400"),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], b"400"),
        (["Transfer-Encoding: chunked, identity"], b"400"),
        (["Content-Length: 99999999"], b"413"),
    ],
)
async def test_a_length_that_is_a_lie(scene: Scene, lie: list[str], status: bytes) -> None:
    head = "\r\n".join(["POST /api/session HTTP/1.1", "Host: x", *lie, "", ""]).encode()
    assert (await exchange(scene.node.port, head + b"0\r\n\r\n"))[9:12] == status
    await serves(scene)
