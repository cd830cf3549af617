"""The limit of the HTTP server itself: `python -m bench.peers.bare PORT` reads a body, says 200, and keeps nothing."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def take(request: Request) -> Response:
    """Read the body and acknowledge it."""
    await request.body()
    return PlainTextResponse("EVENT_RECEIVED")


def main() -> None:
    """Serve on the port that the command line names, with the settings of `wasl serve`."""
    uvicorn.run(
        Starlette(routes=[Route("/webhooks/meta", take, methods=["POST"])]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2048,
    )


if __name__ == "__main__":
    main()
