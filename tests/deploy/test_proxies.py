"""What deploy/nginx.conf and deploy/Caddyfile promise: nothing is buffered, and a failing node is nobody's business."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from deploy.conftest import Before
from deploy.echo import HANGS_UP, IS_STOPPING, TELLS, echoes
from proxies import Proxy, caddy, nginx
from story.node import Node
from story.people import Business, Operator, Outside, open_business
from story.scene import settings_of
from story.watcher import Wire
from story.wire import RANA, envelope, text
from wasl.torture.servers import free_port

pytestmark = pytest.mark.anyio

WEBHOOK_BYTES = 3 * 1024 * 1024


def ask(proxy: Proxy, method: str, path: str, **options: Any) -> httpx2.Response:
    with httpx2.Client(base_url=proxy.url, verify=proxy.tls, trust_env=False, timeout=20.0) as client:
        return client.request(method, path, **options)


@pytest.mark.parametrize("failing", [HANGS_UP, IS_STOPPING])
def test_a_question_whose_node_failed_goes_to_another(before: Before, failing: str) -> None:
    with echoes(failing, TELLS) as (broken, whole):
        proxy = before([broken.port, whole.port])
        time.sleep(1.5)  # Caddy asks each node once a second whether it is ready, and has heard the answer when it
        while 0 < broken.looks < 2:  # asks again.
            time.sleep(0.05)
        told = [ask(proxy, "GET", f"/api/{place}") for place in range(6)]
        assert {(answer.status_code, answer.json()["node"]) for answer in told} == {(200, whole.port)}


@pytest.mark.parametrize("failing", [HANGS_UP, IS_STOPPING])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("before", [nginx], ids=["nginx"], indirect=True)
def test_so_does_a_change_under_the_same_key(before: Before, failing: str, method: str) -> None:
    with echoes(failing, TELLS) as (broken, whole):
        proxy = before([broken.port, whole.port])
        body = b"x" * 100_000 if method == "POST" else b""
        told = [ask(proxy, method, f"/api/{place}", content=body) for place in range(6)]
        assert [(answer.status_code, answer.json()["bytes"]) for answer in told] == [(200, len(body))] * 6
        keys = {asked["path"]: asked["headers"]["idempotency-key"] for asked in whole.asked}
        assert len(set(keys.values())) == 6
        tried = {asked["path"]: asked["headers"]["idempotency-key"] for asked in broken.asked}
        assert tried
        assert tried.items() <= keys.items()


def test_a_node_that_does_not_listen_is_passed_over(before: Before) -> None:
    with echoes(TELLS) as (whole,):
        proxy = before([free_port(), whole.port, free_port()])
        assert [ask(proxy, "POST", "/webhooks/meta").status_code for _ in range(12)] == [200] * 12


@pytest.mark.parametrize("before", [caddy], ids=["caddy"], indirect=True)
def test_a_single_node_may_be_away_for_a_while(before: Before) -> None:
    port = free_port()
    proxy = before([port])
    with ThreadPoolExecutor() as people:
        asked = [people.submit(ask, proxy, "GET", "/api/session") for _ in range(3)]
        time.sleep(3.0)
        assert not any(each.done() for each in asked)
        with echoes(TELLS, port=port):
            assert [each.result().status_code for each in asked] == [200] * 3


def test_without_any_node_the_answer_is_still_one_of_the_api(before: Before) -> None:
    answer = ask(before([free_port()]), "GET", "/api/session")
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (
        503,
        "unavailable",
        "application/json",
    )
    assert answer.headers["retry-after"] == "2"


def test_nodes_are_told_who_asked_and_clients_cannot_claim_to_be_others(before: Before) -> None:
    with echoes(TELLS) as (node,):
        proxy = before([node.port])
        claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "Idempotency-Key": "mine"}
        headers = ask(proxy, "POST", "/api/session", headers=claimed).json()["headers"]
        assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "https")
        assert headers["host"] == f"localhost:{proxy.port}"
        assert headers["idempotency-key"] == "mine"


def test_figures_are_not_for_everybody_and_long_webhooks_pass(before: Before) -> None:
    with echoes(TELLS) as (node,):
        proxy = before([node.port])
        assert ask(proxy, "GET", "/metrics").status_code == 404
        assert ask(proxy, "GET", "/api/live-chat/metrics").status_code == 200
        assert ask(proxy, "POST", "/webhooks/meta", content=b"x" * WEBHOOK_BYTES).json()["bytes"] == WEBHOOK_BYTES


@pytest.mark.parametrize("before", [nginx], ids=["nginx"], indirect=True)
def test_plain_http_leads_to_tls(before: Before) -> None:
    proxy = before([free_port()])
    answer = httpx2.get(f"http://localhost:{proxy.plain_port}/inbox?a=1", trust_env=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "https://localhost/inbox?a=1")


def test_a_polling_session_stays_with_its_node(before: Before) -> None:
    with echoes(TELLS, TELLS, TELLS) as nodes:
        proxy = before([node.port for node in nodes])
        reached = set()
        for person in range(24):
            with httpx2.Client(base_url=proxy.url, verify=proxy.tls, trust_env=False) as client:
                client.cookies.set("wasl_session", f"token-{person}")
                own = {client.get("/socket.io/?EIO=4&transport=polling").json()["node"] for _ in range(4)}
            assert len(own) == 1
            reached |= own
        assert len(reached) > 1


def test_a_websocket_is_let_through(before: Before) -> None:
    with echoes(TELLS) as (node,):
        wanted = {"Upgrade": "websocket", "Connection": "Upgrade"}
        told = ask(before([node.port]), "GET", "/socket.io/?transport=websocket", headers=wanted).json()["headers"]
        assert (told["upgrade"].lower(), told["connection"].lower()) == ("websocket", "upgrade")


def test_browsers_are_offered_http2(before: Before) -> None:
    with echoes(TELLS) as (node,):
        proxy = before([node.port])
        context = ssl.create_default_context(cafile=str(proxy.folder / "certificate.pem"))
        context.set_alpn_protocols(["h2", "http/1.1"])
        with (
            socket.create_connection(("127.0.0.1", proxy.port)) as raw,
            context.wrap_socket(raw, server_hostname="localhost") as line,
        ):
            assert line.selected_alpn_protocol() == "h2"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    node = Node(settings_of(folder), folder / "node.log", WASL_HEARTBEAT_SECONDS="10")
    node.start()
    yield node
    node.kill()


@pytest.fixture
async def outside(node: Node) -> AsyncIterator[Outside]:
    outside = Outside(node)
    yield outside
    await outside.close()


async def bakery_with_sara(node: Node, outside: Outside) -> tuple[Business, Operator]:
    bakery = await open_business(node.settings, "Cedar Bakery", "Sara")
    return bakery, await outside.sign_in(bakery.operators[0])


async def test_an_event_is_not_held_back(before: Before, node: Node, outside: Outside) -> None:
    bakery, sara = await bakery_with_sara(node, outside)
    proxy = before([node.port])
    body = envelope(bakery.number.said([text(RANA, "one small message")], RANA))
    signed = {"X-Hub-Signature-256": bakery.number.sign(body)}
    async with asyncio.timeout(30.0):
        wire = await Wire.open(proxy.port, sara.headers, tls=proxy.tls)
        frames = wire.frames()
        assert [(await anext(frames)).kind for _ in range(2)] == ["connected", "conversations"]
        async with httpx2.AsyncClient(base_url=proxy.url, verify=proxy.tls, trust_env=False) as client:
            assert (await client.post("/webhooks/meta", content=body, headers=signed)).status_code == 200
        async with asyncio.timeout(8.0):  # The next heartbeat comes after ten.
            assert [(await anext(frames)).kind for _ in range(2)] == ["new_conversation", "new_message"]
    wire.cut()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl, which speaks HTTP/2, is not installed")
async def test_a_stream_over_http2_is_not_held_back_either(before: Before, node: Node, outside: Outside) -> None:
    _, sara = await bakery_with_sara(node, outside)
    proxy = before([node.port])
    command = ["curl", "--silent", "--no-buffer", "--http2", "--max-time", "20", "--dump-header", "-"]
    command += ["--cacert", str(proxy.folder / "certificate.pem"), "--header", f"Authorization: Bearer {sara.token}"]
    said = ""
    with subprocess.Popen([*command, f"{proxy.url}/api/live-chat/events"], stdout=subprocess.PIPE, text=True) as curl:
        assert curl.stdout is not None
        for line in curl.stdout:
            said += line
            if line == "event: conversations\n":
                break
        is_open = curl.poll() is None
        curl.terminate()
    head, _, stream = said.partition("\n\n")
    assert is_open, said
    assert head.startswith("HTTP/2 200")
    assert "event: connected\n" in stream
