"""What no client of Socket.IO would send: refused with a word, and nobody else notices."""

import asyncio
import contextlib
from statistics import median
from time import perf_counter
from typing import Any

import httpx2
import orjson
import pytest
import websockets

from hardening.plain_http import exchange
from story.scene import Scene
from story.sockets import BareSocket
from story.wire import RANA
from wasl.limits import (
    SOCKET_CALLS_BURST,
    SOCKET_CALLS_PER_SECOND,
    SOCKET_CONVERSATIONS_MAX,
    SOCKET_PACKET_BYTES_MAX,
)

pytestmark = pytest.mark.anyio

MARK = "neverlogthis"
"""Part of everything odd that is sent: no log may hold it."""
UNREADABLE = [
    *("", "x", "9", "\x00", "4", "4x", "49", f"4{MARK}", "0", "2", "5", "6", "٤٢", "4" + "-" * 50, "4\u0666[]"),
    *("42", "42[", "42{}", "42[]", "42[1]", '42[["a"]]', "42null", f'42"{MARK}"', f'42[{{"{MARK}":1}}]', "42[9"),
    *("42" + "[" * 9_000, "42" + "9" * 5_000, "42" + "1" * 200 + '["x"]', "40[", "40{", f"40{MARK}"),
    *("41/other,", "43[]", "431[1]", '44{"a":1}', "47", "48"),
]
GARBAGE: list[tuple[str | bytes, str]] = [
    *((odd, "unreadable_packet") for odd in UNREADABLE),
    *((odd, "binary_packet") for odd in (b"", b"x", MARK.encode(), "45", "46", "461-[]")),
    ('451-["a",{"_placeholder":true,"num":0}]', "binary_packet"),
    *((odd, "not_connected") for odd in ('42/other,["a"]', '42/other,1["join_conversation","x"]')),
]


@pytest.mark.parametrize("let_in", [True, False], ids=["let in", "a stranger"])
async def test_garbage_ends_its_socket_and_nothing_else(scene: Scene, let_in: bool) -> None:
    good = await scene.socket(scene.omar).connect(["websocket"])
    for place, (odd, word) in enumerate(GARBAGE):
        bare = await scene.outside.bare_socket()
        if let_in:
            await bare.enter(scene.sara.token)
        await bare.say(odd)
        code, said = await bare.refused()
        assert said == word, odd
        assert code == (1003 if word == "binary_packet" else 1008)
        if place % 10 == 0:
            await scene.outside.say(scene.bakery, RANA, f"word {place}")
    await good.until(lambda: good.arrivals() and good.arrivals()[-1]["content"] == f"word {place - place % 10}")
    good.check()
    assert MARK not in scene.node.said()


@pytest.mark.parametrize("let_in", [True, False], ids=["let in", "a stranger"])
async def test_garbage_by_polls(scene: Scene, let_in: bool) -> None:
    for odd, word in GARBAGE:
        if isinstance(odd, bytes):
            continue
        poll = await Poll.open(scene.outside.client)
        if let_in:
            await poll.say("40" + orjson.dumps({"token": scene.sara.token}).decode())
        answer = await poll.post(odd.encode("utf-8"))
        assert (answer.status_code, answer.json()["code"]) == (422, word), odd
        for _ in range(3):  # What was said before may still be fetched; then there is nothing.
            if (answer := await poll.poll()).status_code != 200:
                break
        assert answer.json()["code"] == "unknown_socket"
    assert MARK not in scene.node.said()


class Poll:
    """A socket by long-poll, by hand."""

    def __init__(self, client: httpx2.AsyncClient, sid: str) -> None:
        self._client = client
        self._query = {"EIO": "4", "transport": "polling", "sid": sid}

    @classmethod
    async def open(cls, client: httpx2.AsyncClient) -> "Poll":
        answer = await client.get("/socket.io/", params={"EIO": "4", "transport": "polling"})
        assert answer.text.startswith("0{")
        return cls(client, orjson.loads(answer.text[1:])["sid"])

    @property
    def sid(self) -> str:
        return self._query["sid"]

    async def poll(self) -> httpx2.Response:
        return await self._client.get("/socket.io/", params=self._query)

    async def post(self, body: bytes) -> httpx2.Response:
        return await self._client.post("/socket.io/", params=self._query, content=body)

    async def say(self, text: str) -> None:
        answer = await self.post(text.encode())
        assert (answer.status_code, answer.text) == (200, "ok")


async def test_oversized_packets(scene: Scene) -> None:
    large = '42["join_conversation","' + "x" * SOCKET_PACKET_BYTES_MAX + '"]'
    bare = await (await scene.outside.bare_socket()).enter(scene.sara.token)
    await bare.say(large)
    assert (await bare.refused())[0] == 1009
    pieces = await (await scene.outside.bare_socket()).enter(scene.sara.token)
    with contextlib.suppress(websockets.ConnectionClosed):
        await pieces.connection.send(large[place : place + 100] for place in range(0, len(large), 100))
    assert (await pieces.refused())[0] in (1009, 1006)  # What follows the refusal resets the connection.
    poll = await Poll.open(scene.outside.client)
    answer = await poll.post(large.encode())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (await poll.poll()).json()["code"] == "unknown_socket"


async def test_a_body_without_a_length_is_bounded_too(scene: Scene) -> None:
    poll = await Poll.open(scene.outside.client)
    line = f"POST /socket.io/?EIO=4&transport=polling&sid={poll.sid} HTTP/1.1"
    head = "\r\n".join((line, "Host: x", "Transfer-Encoding: chunked", "", ""))
    chunk = b"1000\r\n" + b"4" * 4096 + b"\r\n"
    answer = await exchange(scene.node.port, head.encode() + chunk * 8)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("GET", "", "wrong_protocol"),
        ("GET", "EIO=3&transport=polling", "wrong_protocol"),
        ("GET", "EIO=4", "wrong_transport"),
        ("GET", "EIO=4&transport=flashsocket", "wrong_transport"),
        ("GET", "EIO=4&transport=websocket", "wrong_transport"),
        ("GET", "EIO=4&transport=polling&j=0", "jsonp_refused"),
        ("GET", "EIO=4&transport=polling&sid=of-nobody", "unknown_socket"),
        ("GET", "EIO=4&transport=polling&sid=%00%ff", "unknown_socket"),
        ("POST", "EIO=4&transport=polling", "method_not_allowed"),
        ("POST", "EIO=4&transport=polling&sid=of-nobody", "unknown_socket"),
        ("PUT", "EIO=4&transport=polling", "method_not_allowed"),
        ("OPTIONS", "EIO=4&transport=polling", "method_not_allowed"),
    ],
)
async def test_requests_that_are_none(scene: Scene, method: str, query: str, code: str) -> None:
    answer = await scene.outside.client.request(method, f"/socket.io/?{query}", content=b"4")
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/socket.io/x", "/api/live-chat/events", "/webhooks/meta", "/api/session"])
async def test_a_websocket_elsewhere_is_refused(scene: Scene, path: str) -> None:
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(f"ws://127.0.0.1:{scene.node.port}{path}?EIO=4&transport=websocket", proxy=None)


async def test_a_socket_polls_once_at_a_time(scene: Scene) -> None:
    poll = await Poll.open(scene.outside.client)
    # Whichever of them comes first waits for something to be said.
    answers = await asyncio.gather(poll.poll(), poll.poll())
    assert "overlapping_requests" in {answer.json()["code"] for answer in answers}
    assert {answer.status_code for answer in answers} == {422}


async def test_upgrades_that_are_none(scene: Scene) -> None:
    with pytest.raises(websockets.InvalidStatus):
        await scene.outside.bare_socket("EIO=4&transport=websocket&sid=of-nobody")
    watcher = await scene.socket(scene.omar).connect(["polling"])
    sid = watcher.client.eio.sid
    attempts: list[list[str | bytes]] = [["2"], ["2probe", "4"], ["40{}"], ["5"], ["2probe", b"x"]]
    for words in attempts:
        bare = await scene.outside.bare_socket(f"EIO=4&transport=websocket&sid={sid}")
        for word in words:
            await bare.say(word)
        assert (await bare.refused())[1] == "upgrade_failed"
    await scene.outside.say(scene.bakery, RANA, "still polling")
    await watcher.until_sequence(2)
    watcher.check()


async def test_thousands_of_calls_disturb_nobody(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hi")
    good = await scene.socket(scene.omar).connect(["websocket"])
    alone = await delays(scene, good)
    flood, began = [await (await scene.outside.bare_socket()).enter(scene.sara.token) for _ in range(3)], perf_counter()
    tasks = [asyncio.create_task(shout(bare, 5_000)) for bare in flood]
    await asyncio.sleep(0.2)
    beside = await delays(scene, good)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    seconds = perf_counter() - began
    print(f"worst delay {max(alone) * 1000:.1f} ms alone, {max(beside) * 1000:.1f} ms beside three floods")
    assert median(beside) < 0.1 + 20 * median(alone)
    good.check()
    answers = [
        orjson.loads(packet.partition("[")[2][:-1]) for bare in flood for packet in bare.heard if packet[:2] == "43"
    ]
    codes = [answer["code"] for answer in answers]
    assert set(codes) == {"not_found", "too_many_calls"}
    assert codes.count("not_found") <= 3 * (SOCKET_CALLS_BURST + SOCKET_CALLS_PER_SECOND * seconds + 1)
    assert len(answers) < 3 * 5_000


async def shout(bare: BareSocket, times: int) -> None:
    """Ask for conversations as fast as the server takes it, and read what it answers."""

    async def read() -> None:
        async for _ in bare.packets():
            pass

    reading = asyncio.create_task(read())
    for place in range(times):
        await bare.say(f'42{place}["join_conversation","nobodys {place}"]')
    await reading


async def delays(scene: Scene, good: Any) -> list[float]:
    found = []
    for place in range(40):
        started = perf_counter()
        count = len(good.arrivals())
        await scene.outside.say(scene.bakery, RANA, f"{place}")
        await good.until(lambda count=count: len(good.arrivals()) > count)
        found.append(perf_counter() - started)
    return found


async def test_a_socket_is_in_so_many_conversations_at_most(scene: Scene) -> None:
    people = [RANA.__class__(f"Guest {place}", f"96170{place:06d}") for place in range(SOCKET_CONVERSATIONS_MAX + 1)]
    for person in people:
        await scene.outside.say(scene.bakery, person, "hi")
    names = [scene.bakery.conversation_id(person) for person in people]
    socket = await scene.socket(scene.sara).connect(["websocket"])
    for name in names[:-1]:
        while (answer := await socket.call("join_conversation", name)).get("code") == "too_many_calls":
            await asyncio.sleep(answer["retry_after_seconds"])
        assert answer["success"], answer
    assert (await socket.call("join_conversation", names[-1]))["code"] == "too_many_conversations"
    assert (await socket.call("join_conversation", names[0]))["success"]
    assert (await socket.call("leave_conversation", names[0]))["success"]
    await asyncio.sleep(1)
    assert (await socket.call("join_conversation", names[-1]))["success"]
