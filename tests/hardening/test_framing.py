"""Where one request ends and the next begins is never in doubt; nothing sent becomes a header or a line of a log."""

import json

import pytest

from hardening.plain_http import ask
from story.node import Node
from story.scene import Scene
from story.wire import RANA, envelope, text
from wasl.observe import _json_line

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

SMUGGLED = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
PATHS = ["/webhooks/meta", "/api/live-chat/takeover", "/api/session", "/socket.io/?EIO=4&transport=polling&sid=x"]
CONTRADICTIONS = {
    "both, length first": [f"Content-Length: {len(SMUGGLED) + 5}", "Transfer-Encoding: chunked"],
    "both, chunks first": ["Transfer-Encoding: chunked", f"Content-Length: {len(SMUGGLED) + 5}"],
    "two lengths": ["Content-Length: 5", f"Content-Length: {len(SMUGGLED) + 5}"],
    "two lengths in one": [f"Content-Length: 5, {len(SMUGGLED) + 5}"],
    "a length with a sign": ["Content-Length: +5"],
    "a length in hex": ["Content-Length: 0x5"],
    "a length with a space": ["Content-Length: 5 5"],
    "a length of nothing": ["Content-Length: "],
    "a length without end": ["Content-Length: " + "9" * 40],
    "a length below nothing": ["Content-Length: -5"],
    "a space before the colon": ["Transfer-Encoding : chunked"],
    "chunked twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked", "Content-Length: 5"],
    "another coding": ["Transfer-Encoding: xchunked", "Content-Length: 5"],
    "not chunked": ["Transfer-Encoding: identity", "Content-Length: 5"],
    "chunked before another": ["Transfer-Encoding: chunked, gzip", "Content-Length: 5"],
    "a folded line": ["Transfer-Encoding:", " chunked", "Content-Length: 5"],
    "a tab": ["Transfer-Encoding:\tchunked", "Content-Length: 5"],
    "a vertical tab": ["Transfer-Encoding:\x0bchunked", "Content-Length: 5"],
    "a zero byte": ["Transfer-Encoding: chunked\x00", "Content-Length: 5"],
    "a bare line feed": ["X: y\nTransfer-Encoding: chunked", "Content-Length: 5"],
    "a bare return": ["X: y\rTransfer-Encoding: chunked", "Content-Length: 5"],
}


def answers_in(said: bytes) -> list[int]:
    """The statuses of all answers on one connection."""
    return [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("name", CONTRADICTIONS)
@pytest.mark.parametrize("path", PATHS)
async def test_a_body_whose_end_is_in_doubt_hides_no_request(node: Node, path: str, name: str) -> None:
    """Whatever a proxy takes for the body, we never answer it as a request of its own, behind the proxy's back."""
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *CONTRADICTIONS[name], "", ""]).encode("latin-1")
    said = await ask(node.port, head + b"0\r\n\r\n" + SMUGGLED)
    assert b"wasl_webhooks" not in said
    statuses = answers_in(said)
    assert len(statuses) <= 1, said[:500]
    assert all(400 <= status < 500 for status in statuses), said[:300]


CHUNKS = [
    b"5;x=" + b"y" * 20_000 + b"\r\nhello\r\n0\r\n\r\n",
    b"5\nhello\n0\n\n",
    b"5\rXhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"+5\r\nhello\r\n0\r\n\r\n",
    b" 5\r\nhello\r\n0\r\n\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhelloXX0\r\n\r\n",
    b"ffffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\r\n0\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"0\r\nX-Hub-Signature-256: sha256=0\r\nAuthorization: Bearer x\r\n\r\n",
]


@pytest.mark.parametrize("chunks", CHUNKS)
async def test_odd_chunks_hide_no_request(node: Node, chunks: bytes) -> None:
    head = b"POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    said = await ask(node.port, head + chunks + SMUGGLED)
    assert b"wasl_webhooks" not in said
    assert len(answers_in(said)) <= 1


async def test_requests_in_a_row_are_each_answered_in_turn(scene: Scene) -> None:
    """What is rightly framed goes on: three requests at once, three answers in order."""
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "in a row")], RANA))
    lines = [f"Content-Length: {len(body)}", f"X-Hub-Signature-256: {number.sign(body)}", "Host: x", "", ""]
    webhook = ("POST /webhooks/meta HTTP/1.1\r\n" + "\r\n".join(lines)).encode() + body
    said = await ask(scene.node.port, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" + webhook + SMUGGLED)
    assert answers_in(said) == [200, 200, 200]
    assert said.index(b'"ok"') < said.index(b"EVENT_RECEIVED") < said.index(b"wasl_webhooks")
    assert (await scene.sara.chat())["last_message"]["content"] == "in a row"


HEADERS = [
    b"X: y\r\n X-Folded: z",
    b"X y: z",
    b": z",
    b"X\x00: y",
    b"Cookie: wasl_session=\x00\xff",
    b"Last-Event-ID: \xff\xfe\x00",
    b"Authorization: Bearer \xff",
    b"Idempotency-Key: \xff",
    b"Host: a\r\nHost: b",
    b"Expect: 100-continue\r\nContent-Length: 0",
    b"Expect: something-else",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Connection: close, X-Hub-Signature-256",
    b"Range: bytes=0-0,1-1,2-2,-1",
    b"Accept-Encoding: " + b"gzip;q=0.1," * 5_000,
    b"If-None-Match: " + b'"x",' * 5_000,
    b"Accept: \xff",
]


@pytest.mark.parametrize("header", HEADERS)
async def test_headers_that_are_none(node: Node, header: bytes) -> None:
    for path in ("/", "/health", "/api/live-chat/events", "/api/live-chat/unified-chats"):
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode() + header + b"\r\n\r\n"
        said = await ask(node.port, request)
        statuses = [status for status in answers_in(said) if status != 100]
        assert all(200 <= status < 500 for status in statuses), (path, said[:300])
        assert len(statuses) <= 1


INJECTED = "\r\nSet-Cookie: wasl_session=evil\r\nX-Injected: yes\r\n\r\n<script>"


async def test_nothing_that_is_asked_becomes_a_header(scene: Scene) -> None:
    client, headers = scene.outside.client, scene.sara.headers
    words = [INJECTED, "\n" + INJECTED, "\u560a\u560dSet-Cookie: x", "\x85\u2028Set-Cookie: x"]
    verify = {"hub.mode": "subscribe", "hub.verify_token": scene.bakery.access_token.replace("token", "verify")}
    for word in words:
        for path, query in (
            ("unified-chats", {"search": word, "cursor": word}),
            ("events", {"cursor": word}),
            ("events/poll", {"after": word}),
            ("messages/x/trace", {"x": word}),
        ):
            answer = await client.get(f"/api/live-chat/{path}", params=query, headers=headers)
            assert "x-injected" not in answer.headers
            assert "set-cookie" not in answer.headers
            assert answer.headers["content-type"] in ("application/json", "text/event-stream; charset=utf-8")
        answer = await client.get("/webhooks/meta", params=verify | {"hub.challenge": word})
        assert "x-injected" not in answer.headers
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_nothing_that_is_sent_becomes_a_line_of_the_log(scene: Scene) -> None:
    """Each line of the log is one object that the program wrote, whatever stands in names, ids and addresses."""
    forged = json.dumps({"event": "forged line", "level": "error"})
    word = f"\r\n{forged}\n\x1b[31m\u2028{forged}\x85"
    outside, node = scene.outside, scene.node
    number = scene.bakery.number
    message = text(RANA, word, message_id=f"wamid.{word}")
    change = {"field": word, "value": number.value(messages=[message], contacts=[{"profile": {"name": word}}])}
    for changes in ([number.said([message], RANA)], [change]):
        await outside.deliver(number, envelope(*changes))
    chat = await scene.sara.chat()
    for path in ("takeover", "send-message", "read", "viewing"):
        asked = {"conversation_id": word, "user_id": word, "message": word, "sequence": 1}
        await outside.client.post(f"/api/live-chat/{path}", json=asked, headers=scene.sara.headers)
    await scene.sara.send(chat, word, client_message_id=word[:100])
    await outside.client.post("/api/session", json={"email": word, "password": word})
    for header in ("User-Agent", "X-Forwarded-For", "X-Request-ID", "Referer"):
        await outside.client.get("/api/live-chat/nothing", headers=scene.sara.headers | {header: forged})
    raw = f"GET /api/live-chat/events?cursor={'%0A' + forged.replace(' ', '')} HTTP/1.1\r\nConnection: close\r\n\r\n"
    await ask(node.port, raw.encode())
    bare = await outside.bare_socket(f"EIO=4&transport=websocket&x=%0A{forged.replace(' ', '')}")
    await bare.say(f"42{json.dumps([word, word])}")
    assert node.lines("forged line") == []
    for line in node.said().splitlines():
        # What uvicorn says by itself is no JSON, and repeats nothing.
        assert json.loads(line)["event"] != "forged line" if line.startswith("{") else "forged" not in line
        assert line.isprintable()


@pytest.mark.parametrize(
    "value", ["half \ud800 a pair", 10**40, "\u2028\x85\x9b31m", b"\xff", {"a": {"\u2029": object()}}, "عربي"]
)
async def test_whatever_is_logged_is_one_plain_line(node: Node, value: object) -> None:
    line = _json_line(None, "info", {"event": "noted", "value": value})
    assert line.isascii()
    assert line.decode().splitlines() == [line.decode()]
    assert json.loads(line)["event"] == "noted"
