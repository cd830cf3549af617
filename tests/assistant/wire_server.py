"""A small server that speaks the OpenAI wire on loopback: it answers what a test scripts, and notes all it was asked.

    async with wire_server() as model:
        model.will(says(reply("We open at nine.", entry_ids=[3])))     # the next answer, and one after it …
        model.otherwise = knows                                       # what it does when nothing is scripted any more
        settings = {"model": {"base_url": model.url, "name": "small"}}
        …
        assert model.asked[0].words == "when do you open?"

`knows` is a tame model: it answers with the first entry of the knowledge that it is shown, and hands over without one.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from email.parser import BytesParser
from typing import Any

JsonObject = dict[str, Any]
_REASONS = {200: "OK", 302: "Found"}
_PIECE_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class AskedOf:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: JsonObject
    """The JSON; of a transcription its fields, with the file's bytes in `file` and its name in `file_name`."""

    @property
    def messages(self) -> list[JsonObject]:
        return list(self.body["messages"])

    def data(self, place: int) -> JsonObject:
        """The JSON that a message holds as data."""
        content = self.messages[place]["content"]
        text = content if isinstance(content, str) else content[0]["text"]
        return dict(json.loads(text[text.index("{") :]))

    @property
    def known(self) -> JsonObject:
        """What it was given beside the customer's words."""
        return self.data(1)

    @property
    def words(self) -> str:
        """What the customer has just said, one message per line."""
        return "\n".join(line["text"] for line in self.data(2)["customer_says"])

    @property
    def results(self) -> list[JsonObject]:
        """What tools have answered so far."""
        return [json.loads(one["content"]) for one in self.messages if one["role"] == "tool"]

    @property
    def tools(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.body.get("tools", [])]

    @property
    def format(self) -> str:
        return str(self.body.get("response_format", {}).get("type", "text"))


@dataclass(frozen=True, slots=True)
class Says:
    """One answer, and everything that can be wrong with it."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    """Names of tools with their arguments as they are written."""
    refusal: str | None = None
    finish: str | None = None
    status: int = 200
    error: JsonObject = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    usage: tuple[int, int] | None = (200, 30)
    streams: bool = True
    wait_seconds: float = 0.0
    """Before anything is said."""
    stalls_after: int | None = None
    """Pieces after which it says nothing more, and hangs."""
    resets_after: int | None = None
    """Pieces after which the connection breaks; 0 is before the answer begins."""
    raw: bytes | None = None
    """In place of all that: the body as it is."""
    content_type: str = "text/event-stream"


Script = Says | Callable[[AskedOf], Says]


def says(text: str, **how: Any) -> Says:
    """Words, in the form of an answer or not."""
    return Says(text, **how)


def reply(text: Any, *, entry_ids: Sequence[int | str] = (), confidence: Any = 90, **more: Any) -> str:
    """A reply in the form that is asked for."""
    told = {"action": "reply", "text": text, "language": None, "confidence": confidence, "reason": ""}
    return json.dumps({**told, "entry_ids": [str(one) for one in entry_ids], **more}, ensure_ascii=False)


def handover(reason: str = "unknown", text: str = "") -> str:
    """The same for a hand-over: `asked`, `unknown`, or a sentence."""
    return reply(text, confidence=0, action="handover", reason=reason)


def silence() -> str:
    return reply("", action="silence")


def calls(*wanted: tuple[str, Any], text: str = "") -> Says:
    """It wants tools to be used; arguments that are a text are written as they are."""
    written = ((name, told if isinstance(told, str) else json.dumps(told)) for name, told in wanted)
    return Says(text, calls=tuple(written), finish="tool_calls")


def fails(status: int, code: str | None = None, message: str = "no", **headers: str) -> Says:
    """An HTTP status that is no success."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Says(status=status, error={"message": message, "code": code, "type": "error"}, headers=told)


def knows(asked: AskedOf) -> Says:
    """A tame model: the first entry it is shown is its answer."""
    entries = asked.known["knowledge"]
    if not entries:
        return says(handover())
    return says(reply(entries[0]["answer"], entry_ids=[entries[0]["entry_id"]]))


class WireServer:
    """Speaks `/v1/chat/completions` and `/v1/audio/transcriptions`."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[AskedOf] = []
        """Chat completions, in the order they came."""
        self.heard: list[AskedOf] = []
        """Transcriptions."""
        self.hears: Script = Says("")
        """What it writes down of every voice note."""
        self.otherwise: Script = knows
        """What it answers when nothing is scripted."""
        self.connections = 0
        self._script: list[Script] = []
        self._arrived = asyncio.Event()

    @property
    def url(self) -> str:
        """The base URL of a model here."""
        return f"http://127.0.0.1:{self.port}/v1"

    def will(self, *answers: Script) -> None:
        """Script the next answers."""
        self._script.extend(answers)

    async def until_asked(self, times: int = 1, within_seconds: float = 30.0) -> AskedOf:
        """Wait for the nth question; that one."""
        async with asyncio.timeout(within_seconds):
            while len(self.asked) < times:
                self._arrived.clear()
                await self._arrived.wait()
        return self.asked[times - 1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, with as many requests as come."""
        self.connections += 1
        while True:
            asked = await _request(reader)
            if asked is None:
                return
            if asked.path.endswith("/audio/transcriptions"):
                self.heard.append(asked)
                script = self.hears
            else:
                self.asked.append(asked)
                script = self._script.pop(0) if self._script else self.otherwise
            self._arrived.set()
            answer = script(asked) if callable(script) else script
            if asked.path.endswith("/audio/transcriptions") and answer.raw is None and answer.status == 200:
                told = {"text": answer.text}
                answer = replace(answer, raw=json.dumps(told).encode(), content_type="application/json")
            await _answer(writer, asked, answer)


@asynccontextmanager
async def wire_server() -> AsyncIterator[WireServer]:
    """A server for as long as the block lasts. At its end every connection is cut, also those that hang."""
    served = WireServer()
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with suppress(asyncio.CancelledError, ConnectionError):
            await served.serve(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        served.port = server.sockets[0].getsockname()[1]
        yield served
        for task in connections:
            task.cancel()
        ends = await asyncio.gather(*connections, return_exceptions=True)
        for error in ends:  # A script that fails is a mistake of the test.
            if isinstance(error, Exception):
                raise error


async def _request(reader: asyncio.StreamReader) -> AskedOf | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    path = first.split(" ")[1]
    kind = headers.get("content-type", "")
    body = _fields(kind, content) if kind.startswith("multipart/") else json.loads(content or b"{}")
    return AskedOf(path, headers, body)


def _fields(kind: str, content: bytes) -> JsonObject:
    """The fields of a form with a file."""
    found: JsonObject = {}
    message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content)
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        value = part.get_payload(decode=True)  # type: ignore[union-attr]
        file_name = part.get_filename()  # type: ignore[union-attr]
        found[str(name)] = value if file_name else value.decode()  # type: ignore[union-attr]
        if file_name:
            found["file_name"] = file_name
    return found


async def _answer(writer: asyncio.StreamWriter, asked: AskedOf, answer: Says) -> None:
    await asyncio.sleep(answer.wait_seconds)
    if answer.resets_after == 0:
        return _reset(writer)
    if answer.raw is not None or answer.status != 200 or not (answer.streams and asked.body.get("stream")):
        return await _whole(writer, asked, answer)
    head = ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked"]
    head += [f"{name}: {value}" for name, value in answer.headers.items()]
    writer.write("\r\n".join([*head, "", ""]).encode())
    for place, piece in enumerate(_pieces(asked, answer)):
        if place == answer.stalls_after:
            await asyncio.sleep(600)
        if place == answer.resets_after:
            return _reset(writer)
        data = f"data: {piece if isinstance(piece, str) else json.dumps(piece, ensure_ascii=False)}\n\n".encode()
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return None


def _pieces(asked: AskedOf, answer: Says) -> list[JsonObject | str]:
    """An answer in pieces, as OpenAI streams it: words, calls, why it ended, what it has used, and `[DONE]`."""
    deltas: list[JsonObject] = [{"role": "assistant", "content": ""}]
    for start in range(0, len(answer.text), _PIECE_CHARACTERS):
        deltas.append({"content": answer.text[start : start + _PIECE_CHARACTERS]})
    if answer.refusal is not None:
        deltas.append({"refusal": answer.refusal})
    for index, (name, arguments) in enumerate(answer.calls):
        called = {
            "index": index,
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": name, "arguments": ""},
        }
        deltas.append({"tool_calls": [called]})
        half = len(arguments) // 2
        for part in (arguments[:half], arguments[half:]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    about = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": asked.body.get("model")}
    pieces: list[JsonObject | str] = [
        {**about, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    pieces.append({**about, "choices": [{"index": 0, "delta": {}, "finish_reason": answer.finish or "stop"}]})
    if answer.usage is not None and asked.body.get("stream_options", {}).get("include_usage"):
        pieces.append({**about, "choices": [], "usage": _usage(answer.usage)})
    return [*pieces, "[DONE]"]


async def _whole(writer: asyncio.StreamWriter, asked: AskedOf, answer: Says) -> None:
    if answer.raw is not None:
        content, kind = answer.raw, answer.content_type
    elif answer.status != 200:
        content, kind = json.dumps({"error": answer.error}).encode(), "application/json"
    else:
        content, kind = json.dumps(_completion(asked, answer)).encode(), "application/json"
    head = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'No')}", f"Content-Length: {len(content)}"]
    head += [f"Content-Type: {kind}", *(f"{name}: {value}" for name, value in answer.headers.items())]
    writer.write("\r\n".join([*head, "", ""]).encode() + content)
    await writer.drain()


def _completion(asked: AskedOf, answer: Says) -> JsonObject:
    called = [
        {"id": f"call_{place}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for place, (name, arguments) in enumerate(answer.calls)
    ]
    message = {"role": "assistant", "content": answer.text, "refusal": answer.refusal, "tool_calls": called or None}
    choice = {"index": 0, "message": message, "finish_reason": answer.finish or "stop"}
    usage = _usage(answer.usage) if answer.usage is not None else None
    about = {"id": "chat-1", "object": "chat.completion", "created": 1, "model": asked.body.get("model")}
    return {**about, "choices": [choice], "usage": usage}


def _usage(usage: tuple[int, int]) -> JsonObject:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()
    raise ConnectionResetError
