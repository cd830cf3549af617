"""A whole story with marked secrets and marked words: where they may not be, they are not."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest
from psycopg import sql

from story.node import Node, environment_of
from story.people import Business, Identity, Outside
from story.watcher import Watcher
from story.wire import RANA, Customer, Number, envelope, status, text
from wasl.domain.people import OperatorRole
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.team import NewChannel
from wasl.torture.servers import PostgresServer

pytestmark = pytest.mark.anyio

DATABASE_PASSWORD = "Zq4-password-of-postgresql"
SECRETS = {
    "the operator's password": "Zq4-password-of-sara",
    "a password that was wrong": "Zq4-password-that-is-wrong",
    "the access token": "Zq4AccessTokenOfTheBakery",
    "the app secret": "Zq4-app-secret-of-the-bakery",
    "the verify token": "Zq4-verify-token-of-the-bakery",
    "the installation's key": "Zq4-the-key-of-the-installation-itself",
    "the database's password": DATABASE_PASSWORD,
}
WORDS = {
    "a customer's text": "Qx7wordsOfTheCustomer",
    "a customer's name": "Qx7nameOfTheCustomer",
    "an answer": "Qx7wordsOfTheOperator",
    "an unreadable body": "Qx7unreadable",
    "a status's note": "Qx7failure",
}
"""Where people's words may be: in the database and in answers to the people who may read them; in no log."""
EVE = Customer(WORDS["a customer's name"], "9613777001")
NUMBER = Number("15550199001", "9611777000", SECRETS["the app secret"])
JWT = re.compile(rb"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation whose key, and whose way to the database, are marked."""
    key = SECRETS["the installation's key"]
    if request.param == "sqlite":
        yield Settings(data_dir=tmp_path, secret_key=key)  # type: ignore[arg-type]
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database()
    marked = with_password(url)
    yield Settings(data_dir=tmp_path, secret_key=key, database_url=marked)  # type: ignore[arg-type]
    server.drop_database(url)


def with_password(url: str) -> str:
    """A server that trusts us does not mind a password."""
    scheme, rest = url.split("://", 1)
    user, _, place = rest.rpartition("@")
    return f"{scheme}://{user or 'postgres'}:{DATABASE_PASSWORD}@{place}"


@contextlib.asynccontextmanager
async def babbling_provider() -> AsyncIterator[str]:
    """A provider that refuses every send, each in another way, and repeats the token and the text in what it says."""
    count = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(re.findall(rb"content-length: (\d+)", head.lower())[0])
                asked = (head + await reader.readexactly(length)).decode()
                count += 1
                said = json.dumps(asked)
                # What holds a conversation comes last in it, and what holds the whole number comes last of all.
                codes = {1: (400, 131_047), 2: (400, 100), 3: (502, 0), 4: (400, 131_026), 5: (500, 2)}
                http_status, code = codes.get(count, (401, 190))
                details = f'"message": {said}, "code": {code}, "error_data": {{"details": {said}}}'
                body = f'{{"error": {{{details}, "error_user_msg": {said}}}}}' if code else f"<p>{asked}</p>"
                raw = body.encode()
                head_line = f"HTTP/1.1 {http_status} X\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}"
                writer.write(f"{head_line}\r\n\r\n".encode() + raw)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def opened(settings: Settings, provider_url: str) -> Business:
    """The bakery, with every secret marked."""
    async with open_memory(settings) as memory:
        account = await memory.team.create_account("Cedar Bakery")
        await memory.team.add_channel(
            account.id,
            NewChannel(
                provider="meta",
                phone_number_id=NUMBER.phone_number_id,
                values={
                    "app_secret": NUMBER.secret,
                    "verify_token": SECRETS["the verify token"],
                    "access_token": SECRETS["the access token"],
                },
                api_base_url=provider_url,
                display_phone_number=f"+{NUMBER.display}",
                name="Cedar Bakery",
            ),
        )
        password = SECRETS["the operator's password"]
        sara = await memory.team.add_operator(account.id, "sara@marked.example", "Sara", OperatorRole.OWNER, password)
    person = Identity(str(sara.id), "Sara", sara.email)
    return Business(str(account.id), account.name, NUMBER, SECRETS["the access token"], (person,))


class Ears:
    """Everything that the server answers, whatever was asked."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.heard: list[tuple[str, bytes]] = []
        client.event_hooks["response"].append(self._hear)

    async def _hear(self, answer: httpx2.Response) -> None:
        if "text/event-stream" in answer.headers.get("content-type", ""):
            return
        signed_in = answer.request.url.path == "/api/session" and answer.request.method == "POST" and answer.is_success
        if not signed_in:  # The only answer that may hold a token: it is for whoever gave the password.
            head = repr(answer.headers.raw).encode()
            self.heard.append((f"{answer.request.method} {answer.request.url}", head + await answer.aread()))


async def the_story(node: Node, outside: Outside, bakery: Business) -> str:
    """Everything that may go well or wrong; the token of the one session."""
    client = outside.client
    login = {"email": bakery.operators[0].email, "password": SECRETS["the operator's password"]}
    token: str = (await client.post("/api/session", json=login)).json()["token"]
    client.cookies.clear()
    headers = {"Authorization": f"Bearer {token}"}
    for wrong in (SECRETS["a password that was wrong"], SECRETS["a password that was wrong"] * 90):
        await client.post("/api/session", json=login | {"password": wrong})
    await client.post("/api/session", content=b'{"password": "' + SECRETS["the operator's password"].encode())
    await client.post("/api/session", json=login | {"password": [SECRETS["the operator's password"]]})
    verify = {"hub.mode": "subscribe", "hub.challenge": "7", "hub.verify_token": SECRETS["the verify token"]}
    await client.get("/webhooks/meta", params=verify)
    await client.get("/webhooks/meta", params=verify | {"hub.mode": "unsubscribe"})
    await the_webhooks(outside, bakery)
    watcher = Watcher(node, headers)
    await watcher.open()
    await the_sends(client, headers)
    await watcher.cut()
    paths = ["/metrics", "/ready", "/health", "/openapi.json", "/docs", "/", "/api/live-chat/waiting-queue"]
    for path in [*paths, "/api/live-chat/metrics", "/api/session", "/api/live-chat/events/poll", f"/{token}?{token}"]:
        await client.get(path, headers=headers)
    await client.get("/api/session", headers={"Authorization": f"Bearer {token[:-3]}"})
    await client.get(f"/api/live-chat/events?token={token}&cursor={token}", headers=headers)
    await client.delete("/api/session", headers=headers)
    return token


async def the_webhooks(outside: Outside, bakery: Business) -> None:
    number, unreadable = bakery.number, WORDS["an unreadable body"]
    for customer in (EVE, RANA):
        await outside.deliver(number, envelope(number.said([text(customer, WORDS["a customer's text"])], customer)))
    forged = envelope(number.said([text(EVE, unreadable)], EVE))
    await outside.deliver(number, forged, signature="sha256=" + "0" * 64)
    await outside.deliver(number, f'{{"{unreadable}": '.encode())
    stranger = Number("999000777", "9611999999", number.secret)
    await outside.deliver(number, envelope(stranger.said([text(RANA, unreadable)], RANA)))
    for odd in ({"type": unreadable, unreadable: unreadable}, {"timestamp": unreadable}, {"id": {unreadable: 1}}):
        await outside.deliver(number, envelope(number.said([text(EVE, unreadable) | odd], EVE)))
    await outside.deliver(number, envelope({"field": unreadable, "value": number.value(x=unreadable)}))


async def the_sends(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    api = "/api/live-chat"
    chats = (await client.get(f"{api}/unified-chats", headers=headers)).json()["chats"]
    for chat in chats:
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
        await client.post(f"{api}/takeover", json=asked, headers=headers)
        for place in range(3):
            said = asked | {"message": f"{WORDS['an answer']} {place}", "force": True}
            sent = await client.post(f"{api}/send-message", json=said, headers=headers)
            message_id = sent.json()["message"]["message_id"]
            await asyncio.sleep(0.4)
            await client.get(f"{api}/messages/{message_id}/trace", headers=headers)
    note = [{"code": 131_026, "title": WORDS["a status's note"], "message": WORDS["a status's note"]}]
    failed = status("wamid.unknown", "failed", recipient_id=EVE.phone, errors=note)
    body = envelope(NUMBER.told([failed]))
    await client.post("/webhooks/meta", content=body, headers={"X-Hub-Signature-256": NUMBER.sign(body)})
    await client.post(f"{api}/send-message", json=asked | {"message": WORDS["an answer"] * 900}, headers=headers)
    await client.post(f"{api}/send-message", content=WORDS["an answer"].encode(), headers=headers)
    await client.get(f"{api}/conversation/{chat['user_id']}/{chat['conversation_id']}", headers=headers)
    await client.get(f"{api}/unified-chats", params={"search": WORDS["a customer's name"]}, headers=headers)


def found_in(raw: bytes, marks: dict[str, str]) -> list[str]:
    """Which of the marked things stand there, as they are, as hex, or as base64."""
    low = raw.lower()
    return [what for what, mark in marks.items() if mark.lower().encode() in low or mark.encode().hex().encode() in low]


def kept(settings: Settings) -> bytes:
    """Every byte of the database."""
    if settings.database_url is None:
        files = [path for path in settings.data_dir.iterdir() if path.is_file() and path.suffix != ".log"]
        assert any(path.name.endswith("-wal") for path in files)
        return b"".join(path.read_bytes() for path in files)
    with psycopg.connect(settings.database_url) as connection:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        tables = [sql.Identifier(row[0]) for row in connection.execute(names).fetchall()]
        assert sql.Identifier("messages") in tables
        whole = sql.SQL("SELECT t::text FROM {} t")
        rows = [row[0].encode() for table in tables for row in connection.execute(whole.format(table)).fetchall()]
    return b"\n".join(rows)


def sends_of(node: Node) -> float:
    """How many attempts to send it made."""
    return sum(count for name, count in node.figures().items() if name.startswith("wasl_sends_total"))


@pytest.mark.parametrize("form", ["json", "console"])
async def test_no_secret_leaves_its_place(settings: Settings, tmp_path: Path, form: str) -> None:
    async with babbling_provider() as provider_url:
        bakery = await opened(settings, provider_url)
        node = Node(settings, tmp_path / "server.log", WASL_LOG_LEVEL="debug", WASL_LOG_FORMAT=form)
        node.start()
        outside = Outside(node)
        ears = Ears(outside.client)
        try:
            token = await the_story(node, outside, bakery)
            held = kept(settings)
            async with asyncio.timeout(30):
                while sends_of(node) < 4:
                    await asyncio.sleep(0.1)
            node.stop()
        finally:
            await outside.close()
            node.kill()
    log = node.log.read_bytes()
    assert b"operator signed in" in log
    assert b"message saved" in log
    assert found_in(log, SECRETS | WORDS | {"a session": token}) == []
    assert not JWT.search(log)
    for asked, answer in ears.heard:
        assert found_in(answer, SECRETS | {"a session": token}) == [], asked
    assert len(ears.heard) > 40
    assert found_in(held, SECRETS | {"a session": token}) == []
    assert not JWT.search(held)
    assert found_in(held, {"text": WORDS["a customer's text"]}) == ["text"]  # It would be found if it were there.


@pytest.mark.parametrize("command", [["serve"], ["doctor"], ["replay"]])
def test_a_start_that_fails_keeps_them_too(tmp_path: Path, command: list[str]) -> None:
    url = f"postgresql://wasl:{DATABASE_PASSWORD}@127.0.0.1:9/wasl?connect_timeout=2"
    key = SECRETS["the installation's key"]
    settings = Settings(data_dir=tmp_path, secret_key=key, database_url=url)  # type: ignore[arg-type]
    environment = environment_of(settings) | {"WASL_LOG_LEVEL": "debug", "WASL_PORT": "0"}
    program = [sys.executable, "-m", "wasl", *command]
    ended = subprocess.run(program, env={**os.environ, **environment}, capture_output=True, check=False)
    assert ended.returncode != 0
    assert ended.stderr + ended.stdout
    assert found_in(ended.stdout + ended.stderr, SECRETS) == []


def test_settings_do_not_show_them(tmp_path: Path) -> None:
    url = f"postgresql://wasl:{DATABASE_PASSWORD}@127.0.0.1:9/wasl"
    redis = f"redis://:{SECRETS['the access token']}@127.0.0.1:9/0"
    key = SECRETS["the installation's key"]
    settings = Settings(data_dir=tmp_path, secret_key=key, database_url=url, redis_url=redis)  # type: ignore[arg-type]
    assert found_in(f"{settings!r} {settings}".encode(), SECRETS) == []
