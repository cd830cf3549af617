"""The servers that are measured, each a process of its own on the server's core: ours as it ships, and its peers."""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jwt
import orjson
from pydantic import SecretStr

from bench.bodies import APP_SECRET, BUSINESS, phone_number_id
from bench.client import Caller
from bench.machine import cpu_seconds, on_core
from wasl.channels.adapter import Knock
from wasl.channels.providers.meta import Meta
from wasl.domain.people import Operator, OperatorRole
from wasl.flow.receive import Reception
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.secrets import SecretBox
from wasl.store.team import Channel, NewChannel

ROOT = Path(__file__).resolve().parents[1]
WORKSHOP = ROOT / "var" / "bench"
"""Databases lie here, on the project's own disk: elsewhere a temporary folder may be memory, where a commit is free."""
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 15.0
TOKEN_SECONDS = 3600
EMAIL, PASSWORD = "rana@olive.example", "olives and cedars"


class NotMeasured(Exception):
    """The machine lacks a program; what needs it is left out, and the report says so."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. `log` is where it writes."""

    port: int
    log: Path
    pid: int

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it stand still, its children too: what waits for its turn must not disturb the one whose turn it is."""
        for pid in self.pids():
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in self.pids():
                os.kill(pid, signal.SIGCONT)

    def pids(self) -> tuple[int, ...]:
        """Its process, and those that it started."""
        return (self.pid, *_children(self.pid))

    def cpu_seconds(self) -> float:
        """How long it has used a processor."""
        return sum(cpu_seconds(pid) for pid in self.pids())

    async def signed_in(self) -> str:
        """The token of the operator that `furnish` made."""
        body = orjson.dumps({"email": EMAIL, "password": PASSWORD})
        head = (
            "POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        async with Caller(self.port) as caller:
            answer, _ = await caller.ask(head.encode() + body)
        return str(orjson.loads(answer)["token"])


def settings_for(folder: Path, database_url: str | None) -> Settings:
    """An installation in a folder of its own; its secret key is made there."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "bench.key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(48))
    return Settings(data_dir=folder, database_url=database_url, secret_key=SecretStr(key.read_text()))


SECRET_VALUES = {"app_secret": APP_SECRET, "verify_token": "a verify token", "access_token": "an access token"}


async def receive(reception: Reception, channel: Channel, body: bytes) -> None:
    """Take a webhook whose signature was checked."""
    # Reading needs no network.
    await reception.take(Meta(cast(Any, None), cast(Any, None)), Knock.kept(body), channel, alone=False)


def furnish(settings: Settings, accounts: int = 1) -> list[Operator]:
    """Write accounts into an empty installation, each with its operator and its number; the operators."""

    async def write() -> list[Operator]:
        operators = []
        async with open_memory(settings) as memory:
            for place in range(accounts):
                account = await memory.team.create_account(f"Olive Bakery {place + 1}")
                email = EMAIL if place == 0 else f"rana@olive-{place}.example"
                operator = await memory.team.add_operator(account.id, email, "Rana", OperatorRole.OWNER, PASSWORD)
                operators.append(operator)
                await memory.team.add_channel(
                    account.id,
                    NewChannel(
                        provider="meta",
                        phone_number_id=phone_number_id(place),
                        values=SECRET_VALUES,
                        api_base_url="http://127.0.0.1:9",
                        display_phone_number=BUSINESS,
                        name="Olive Bakery",
                    ),
                )
        return operators

    return asyncio.run(write())


def token_of(settings: Settings, operator: Operator) -> str:
    """What a login of this operator would give: a hundred logins would be ten seconds of hashing."""
    now = int(time.time())
    claims = {
        "sub": str(operator.id),
        "account": operator.account_id,
        "version": operator.token_version,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + TOKEN_SECONDS,
    }
    return jwt.encode(claims, SecretBox(settings.key()).derive("sessions"), "HS256")


@contextlib.contextmanager
def fresh_folder(name: str) -> Iterator[Path]:
    """A folder for one run."""
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=WORKSHOP))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def our_server(settings: Settings, core: int, **environment: str) -> Iterator[Running]:
    """`wasl serve`, as it comes: with its log, and every commit on the disk. `environment` is added to its own."""
    port = free_port()
    named = {
        "WASL_DATA_DIR": str(settings.data_dir),
        "WASL_SECRET_KEY": settings.key().decode(),
        "WASL_HOST": "127.0.0.1",
        "WASL_PORT": str(port),
        "WASL_STREAMS_PER_OPERATOR": "100000",
        **({"WASL_DATABASE_URL": settings.database_url} if settings.database_url else {}),
        **environment,
    }
    with started([sys.executable, "-m", "wasl", "serve"], named, port, core, settings.data_dir, ROOT) as running:
        yield running


@contextlib.contextmanager
def bare_server(core: int, folder: Path) -> Iterator[Running]:
    """The HTTP server alone, as the limit."""
    port = free_port()
    command = [sys.executable, "-m", "bench.peers.bare", str(port)]
    with started(command, {}, port, core, folder, ROOT) as running:
        yield running


@contextlib.contextmanager
def node_peer(program: str, core: int, folder: Path, **environment: str) -> Iterator[Running]:
    """A peer in Node. Raises NotMeasured when its packages cannot be had."""
    here = ROOT / "bench" / "peers" / "node"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotMeasured("Node.js with npm is not installed")
    if not (here / "node_modules" / "express").exists():
        print("    installing the Node peer's packages", flush=True)
        done = subprocess.run(["npm", "install", "--no-save", "--loglevel=error"], cwd=here, check=False)
        if done.returncode:
            raise NotMeasured("the Node peer's packages could not be installed")
    port = free_port()
    named = {"NODE_ENV": "production", "PEER_PORT": str(port), **environment}
    with started(["node", program], named, port, core, folder, here) as running:
        yield running


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def started(
    command: Sequence[str], named: Mapping[str, str], port: int, core: int, folder: Path, home: Path
) -> Iterator[Running]:
    """Run a server until the block ends; what it wrote stays in `folder`."""
    log = folder / f"server-{port}.log"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WASL_")}
    with on_core(core), log.open("ab") as out:
        process = subprocess.Popen(
            command, env={**ours, **named}, cwd=home, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_it_listens(process, port, log)
        yield Running(port, log, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = log.read_text(errors="replace")[-2000:]
    raise SystemExit(f"{' '.join(process.args if isinstance(process.args, list) else [])} did not start:\n{said}")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
