"""A server that says what no server may say, to see whether those who watch tell."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson

CONVERSATION = "1_15550100_9613000001"


class Liar:
    """Answers sign-in, the list and the log as a server does; on the stream it says `blocks`, once, then nothing."""

    def __init__(self, blocks: Sequence[bytes], log: Sequence[dict[str, Any]]) -> None:
        self.url = ""
        self._blocks = blocks
        self._log = log
        self._said = False
        self._answers: set[asyncio.Task[None]] = set()

    def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._hear(reader, writer))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def hush(self) -> None:
        for task in self._answers:
            task.cancel()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, EOFError):
                while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                    length = next((line for line in head.splitlines() if line.startswith("Content-Length")), ": 0")
                    await reader.readexactly(int(length.partition(": ")[2]))
                    await self._answer(head.split()[1], writer)
        finally:
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path.startswith("/api/live-chat/events?") or path == "/api/live-chat/events":
            await self._stream(writer, fresh=not self._said and "cursor=" not in path)
            return
        body = orjson.dumps(self._page(path))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    def _page(self, path: str) -> dict[str, Any]:
        if path == "/api/session":
            return {"token": "anything"}
        if "/unified-chats" in path:
            return {"chats": [], "next_cursor": None, "has_more": False, "as_of": "0-00000000"}
        after = int(path.partition("after=")[2].partition("-")[0])
        found = [item for item in self._log if item["data"]["sequence"] > after]
        cursor = found[-1]["id"] if found else path.partition("after=")[2].partition("&")[0]
        return {"success": True, "events": found, "cursor": cursor, "has_more": False, "resync": None}

    async def _stream(self, writer: asyncio.StreamWriter, *, fresh: bool) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        connected = block("connected", {"cursor": "0-00000000", "heartbeat_seconds": 0.5, "node": "liar"})
        blocks = () if self._said else self._blocks
        self._said = True
        greeting = (connected, EMPTY_LIST) if fresh else (connected,)
        for data in (*greeting, *blocks):
            writer.write(b"%x\r\n%b\r\n" % (len(data), data))
            await writer.drain()
            await asyncio.sleep(0.02)
        await asyncio.sleep(60)


def event(sequence: int, *, previous: int | None = None, tag: str | None = None, status: str = "open") -> bytes:
    """An event as a stream brings it."""
    data = data_of(sequence, previous, tag, status)
    return b"id: %d-%b\n" % (sequence, data["tag"].encode()) + block("conversation_updated", data)


def item(sequence: int) -> dict[str, Any]:
    """The same as a poll brings it."""
    data = data_of(sequence, None, None, "open")
    return {"id": f"{sequence}-{data['tag']}", "event": "conversation_updated", "data": data}


def data_of(sequence: int, previous: int | None, tag: str | None, status: str) -> dict[str, Any]:
    row = {"conversation_id": CONVERSATION, "last_sequence": 1, "status": status, "version": sequence}
    return {
        "sequence": sequence,
        "previous": sequence - 1 if previous is None else previous,
        "tag": tag or f"{sequence:08x}",
        "conversation_id": CONVERSATION,
        "user_id": "9613000001",
        "conversation": row | {"inbound_count": 0, "message_count": 0, "user_id": "9613000001"},
    }


def block(kind: str, data: dict[str, Any]) -> bytes:
    """A block of the stream."""
    return f"event: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


EMPTY_LIST = b"id: 0-00000000\n" + block("conversations", {"conversations": [], "has_more": False})
"""What somebody is told first who opens the stream without a cursor."""


@asynccontextmanager
async def lying(blocks: Sequence[bytes], log: Sequence[dict[str, Any]] = ()) -> AsyncIterator[Liar]:
    """Let it lie until the end."""
    liar = Liar(blocks, log)
    server = await asyncio.start_server(liar.hear, "127.0.0.1", 0)
    liar.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield liar
    finally:
        liar.hush()
        server.close()
        await server.wait_closed()
