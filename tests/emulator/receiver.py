"""A business's webhook endpoint on a loopback port and an emulator beside it: what these tests run against."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wasl.emulator.app import serve
from wasl.emulator.behaviour import Behaviour
from wasl.emulator.deliveries import Patience
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.remote import RemoteEmulator
from wasl.emulator.whatsapp import EmulatorConfig

NUMBER = "300000000000001"
DISPLAY = "9611000001"
SECRET = "app-secret-of-the-tests"
TOKEN = "token-of-the-tests"
MAYA = "+9613000001"
QUICK = Behaviour(sent_after_seconds=0.0, delivered_after_seconds=0.01, gather_seconds=30.0)


@dataclass
class Receiver:
    """Keeps every webhook that comes; answers with the next of `answers`, else 200."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)
    may_confirm: asyncio.Event = field(default_factory=asyncio.Event)
    """Until it is set nothing is answered with 200."""

    def __post_init__(self) -> None:
        self.may_confirm.set()

    @property
    def values(self) -> list[dict[str, Any]]:
        """Every value of every body, in order of arrival."""
        parsed = [orjson.loads(body) for body in self.bodies]
        return [change["value"] for body in parsed for entry in body["entry"] for change in entry["changes"]]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values for message in value.get("messages", [])]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values for status in value.get("statuses", [])]

    def signed_rightly(self) -> bool:
        return all(
            signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            for body, signature in zip(self.bodies, self.signatures, strict=True)
        )

    def forget(self) -> None:
        for kept in (self.bodies, self.signatures, self.answers, self.questions):
            kept.clear()
        self.may_confirm.set()

    async def take(self, request: Request) -> Response:
        if request.method == "GET":
            self.questions.append(dict(request.query_params))
            right = request.query_params["hub.verify_token"] == "verify"
            return PlainTextResponse(request.query_params["hub.challenge"] if right else "", 200 if right else 403)
        self.bodies.append(await request.body())
        self.signatures.append(request.headers["x-hub-signature-256"])
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            await self.may_confirm.wait()
        return Response(status_code=status)


@dataclass
class Stage:
    """Both sides: what plays the customers, what the business does, what it receives."""

    remote: RemoteEmulator
    business: httpx2.AsyncClient
    receiver: Receiver

    async def begin_again(self) -> None:
        """Make the scene what it was at the start."""
        await self.remote.until_quiet()
        await self.remote.forget()
        details = {"display_phone_number": DISPLAY, "access_token": TOKEN, "app_secret": SECRET}
        await self.remote.add_number(NUMBER, self.receiver.url, verify_token="verify", **details)
        self.receiver.forget()

    async def send(self, body: dict[str, Any] | None = None, **fields: Any) -> httpx2.Response:
        """Send as the business: a text to Maya unless told otherwise."""
        usual = {"messaging_product": "whatsapp", "to": MAYA, "type": "text", "text": {"body": "Hello"}}
        return await self.business.post(f"/v24.0/{NUMBER}/messages", json=(usual if body is None else body) | fields)


@asynccontextmanager
async def stage(behaviour: Behaviour = QUICK, **config: Any) -> AsyncIterator[Stage]:
    """Run a receiver and an emulator with one number."""
    async with _receiver() as receiver:
        number = BusinessNumber(NUMBER, DISPLAY, TOKEN, SECRET, receiver.url, verify_token="verify")
        patience = Patience(first_seconds=0.01, most_seconds=0.05, timeout_seconds=30.0)
        settings = EmulatorConfig((number,), behaviour, patience, **config)
        async with _emulator(settings) as url, RemoteEmulator(url) as remote:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False) as business:
                yield Stage(remote, business, receiver)


async def until(true: Callable[[], bool], within_seconds: float = 30.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_seconds):
        while not true():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def _receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = Starlette(routes=[Route("/webhooks/meta", receiver.take, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    receiver.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/webhooks/meta"
    yield receiver
    server.should_exit = True
    await running


@asynccontextmanager
async def _emulator(config: EmulatorConfig) -> AsyncIterator[str]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    running = asyncio.create_task(serve("127.0.0.1", 0, config, started=port.set_result, stop=stop))
    try:
        yield f"http://127.0.0.1:{await port}"
    finally:
        stop.set()
        await running
