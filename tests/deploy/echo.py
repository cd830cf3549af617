"""Nodes that are none: they tell what a proxy handed them, or fail in the ways in which a node can fail."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

TELLS = "tells"
"""Answers with everything that it was asked."""
HANGS_UP = "hangs up"
"""Reads the request, and dies."""
IS_STOPPING = "is stopping"
"""Answers 503."""


class Echo(ThreadingHTTPServer):
    """One such node; `asked` holds what reached it, in order."""

    daemon_threads = True

    def __init__(self, behaviour: str = TELLS, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.behaviour = behaviour
        self.asked: list[dict[str, Any]] = []
        self.looks = 0
        """How often the proxy itself asked whether it is ready."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def pass_over(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that were cut: that is what they are for."""

    handle_error = pass_over


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Echo

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = {"path": self.path, "method": self.command, "headers": headers, "bytes": len(body)}
        if self.path == "/ready":  # Who asks this is the proxy itself.
            self.server.looks += 1
            self._say(503 if self.server.behaviour == IS_STOPPING else 200, b"{}")
            return
        self.server.asked.append(asked)
        if self.server.behaviour == HANGS_UP:
            self.close_connection = True
        elif self.server.behaviour == IS_STOPPING:
            self._say(503, b"{}")
        else:
            self._say(200, orjson.dumps(asked | {"node": self.server.port}))

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 (http.server looks for these names)

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def echoes(*behaviours: str, port: int = 0) -> Iterator[list[Echo]]:
    """Run one node for each behaviour, on a port if there is only one."""
    nodes = [Echo(behaviour, port) for behaviour in behaviours]
    for node in nodes:
        threading.Thread(target=node.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield nodes
    finally:
        for node in nodes:
            node.shutdown()
            node.server_close()
