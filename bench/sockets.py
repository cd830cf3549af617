"""Socket.IO's clients, over WebSocket alone and without a library: ours to read, and a plain Node server's."""

import base64
import secrets
from collections.abc import Callable

import orjson

from bench.fanout import Fanout
from bench.installation import Running
from bench.readers import Readers, Step
from bench.stage import Stage, crowd, webhook


def our_sockets(stage: Stage, readers: Readers, count: int) -> Fanout:
    """Readers of our sockets; a message comes as a signed webhook, and goes the whole way."""
    auth = orjson.dumps({"token": stage.token, "cursor": stage.cursor})
    steps = _steps(stage.ours.port, b"40" + auth, lambda came: b'42["connected"' in came)
    return crowd("Wasl", stage, stage.ours, readers, count, steps, webhook)


def node_sockets(stage: Stage, node: Running, readers: Readers, count: int) -> Fanout:
    """Readers of the Node server's; a message comes as the data of an event of ours."""
    steps = _steps(node.port, b"40", lambda came: b'40{"sid"' in came)
    return crowd("Node", stage, node, readers, count, steps, lambda number: _publishing(stage.event(number)))


def say_that_they_live(crowd: Fanout) -> None:
    """Answer, unasked, what a server asks every 25 s: whether a client is still there."""
    for stream in crowd.streams:
        crowd.readers.send(stream, _framed(b"3"))


def _steps(port: int, entering: bytes, entered: Callable[[bytes], bool]) -> list[Step]:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    upgrade = (
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    opening = Step(upgrade.encode(), lambda came: b"\r\n\r\n" in came and b'0{"sid"' in came and came.endswith(b"}"))
    return [opening, Step(_framed(entering), lambda came: entered(came) and came.endswith((b"}", b"]")))]


def _framed(text: bytes) -> bytes:
    """A text frame of a client (RFC 6455, section 5.2), masked with a key of zeros: that changes nothing."""
    length = len(text)
    size = bytes((0x80 | length,)) if length < 126 else b"\xfe" + length.to_bytes(2, "big")
    return b"\x81" + size + bytes(4) + text


def _publishing(data: bytes) -> bytes:
    head = f"POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
    return head.encode() + b"\r\n\r\n" + data
