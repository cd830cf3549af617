"""A small server that plays a provider: it notes each request, and each of its answers is one way a request can end."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from wasl.channels.exchange import Exchange
from wasl.channels.limits import SEND_ANSWER_BYTES_MAX

IMPATIENT = aiohttp.ClientTimeout(connect=1.2, sock_connect=1.0, sock_read=0.2)
Writer = asyncio.StreamWriter
Answer = Callable[[Writer], Awaitable[None]]


class Provider:
    """A server that notes each request and then does what the test wants."""

    def __init__(self, answer: Answer, paths: Mapping[str, Answer]) -> None:
        self.answer = answer
        self.paths = paths
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in head[1:] if line)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        is_json = headers.get("content-type", "").startswith("application/json")
        self.requests.append((head[0], headers, json.loads(content) if is_json else content))
        await self.paths.get(head[0].split(" ")[1].partition("?")[0], self.answer)(writer)


@asynccontextmanager
async def provider(answer: Answer, paths: Mapping[str, Answer] | None = None) -> AsyncIterator[Provider]:
    """Serve one answer, or another one for each of some paths (without their query)."""
    played = Provider(answer, paths or {})
    async with listening(played.serve) as port:
        played.url = f"http://127.0.0.1:{port}"
        yield played


@asynccontextmanager
async def listening(serve: Callable[[asyncio.StreamReader, Writer], Awaitable[None]]) -> AsyncIterator[int]:
    """Serve on a free port; at the end every connection is closed, also those that still hang."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with suppress(asyncio.CancelledError, ConnectionError):
            await serve(reader, writer)
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections)


def answering(status: int, body: bytes, **headers: str) -> Answer:
    async def answer(writer: Writer) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return answer


async def reset(writer: Writer) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()


async def hang_up(writer: Writer) -> None:
    writer.close()


async def half_an_answer(writer: Writer) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"messages": [')
    await writer.drain()


async def no_http(writer: Writer) -> None:
    writer.write(b"SSH-2.0-hello\r\n\r\n")
    await writer.drain()


async def silence(_writer: Writer) -> None:
    await asyncio.sleep(3)


async def drip(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    for _ in range(30):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")
    for _ in range(SEND_ANSWER_BYTES_MAX // 10_000 + 2):
        writer.write(b" " * 10_000)
    await writer.drain()
    await asyncio.sleep(3)


def exchange_for(answer: Answer) -> Exchange:
    """The product's own way to ask. Only who waits for an answer that never comes is impatient: this machine may be
    busy."""
    return Exchange(IMPATIENT, 0.5) if answer in {silence, drip, endless} else Exchange()
