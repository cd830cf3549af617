"""An address reaches what it names and nothing else, however it is written."""

import socket
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest

from hardening.plain_http import ask
from story.scene import Scene
from story.wire import RANA, text

# What an address is, no database has a part in.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

API = "/api/live-chat"
CLIMBS = [
    "/../../../../../../etc/passwd",
    "/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/%252e%252e%252f%252e%252e%252fetc%252fpasswd",
    "/..%5c..%5c..%5cetc%5cpasswd",
    "/..%c0%af..%c0%afetc/passwd",
    "/....//....//etc/passwd",
    "/assets/../../../../../pyproject.toml",
    "/assets/..%2f..%2f..%2f..%2fpyproject.toml",
    "/assets//etc/passwd",
    "/assets/%2fetc%2fpasswd",
    "//etc/passwd",
    "/file:///etc/passwd",
    "/assets/../index.html%00.js",
    "/index.html%00",
    "/index.html.br",
    "/~root/.ssh/id_rsa",
    "/.env",
    "/wasl.db",
    "/secret.key",
    "/var/wasl.db",
]


async def raw(scene: Scene, target: str | bytes, *lines: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Ask for an address as it is written: status, headers and body."""
    asked = target.encode() if isinstance(target, str) else target
    head = "".join(f"{line}\r\n" for line in (*lines, "Connection: close"))
    host = "" if any(line.lower().startswith("host") for line in lines) else "Host: x\r\n"
    request = f"{method} ".encode() + asked + f" HTTP/1.1\r\n{host}{head}\r\n".encode()
    said, _, body = (await ask(scene.node.port, request)).partition(b"\r\n\r\n")
    first, *rest = said.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize("path", CLIMBS)
async def test_no_address_climbs_out_of_the_dashboard(scene: Scene, path: str) -> None:
    status, headers, body = await raw(scene, path)
    whole = (await scene.outside.client.get("/")).content
    assert status in (200, 404, 422), status
    if status == 200:
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert body == whole, "something else than the dashboard's page"
    else:
        assert orjson.loads(body)["success"] is False


async def test_the_installation_is_not_among_the_files(scene: Scene) -> None:
    """Neither the database nor the key can be asked for by any of their names."""
    page = (await scene.outside.client.get("/")).content
    for path in Path(scene.node.settings.data_dir).rglob("*"):
        for name in (path.name, f"..%2f{path.name}", f"assets/..%2f{path.name}", str(path), f"..{path}"):
            answer = await scene.outside.client.get(f"/{name}")
            assert answer.status_code == 404 or answer.content == page, name


@pytest.mark.parametrize("address", ["/metrics", "/health", "/ready", "/webhooks/meta", f"{API}/events", "/docs", "/"])
async def test_an_address_with_a_control_character_is_another_one(scene: Scene, address: str) -> None:
    """A proxy that keeps outsiders from `/metrics` does not know that we would take `/metrics%0A` for it."""
    for character in ("%0A", "%0D", "%0D%0A", "%09", "%1F", "%7F", "%0a%0a"):
        for path in (address + character, f"/{character}{address}", f"/x{character}{address}"):
            status, headers, body = await raw(scene, path)
            assert (status, headers["content-type"]) == (404, "application/json"), path
            assert orjson.loads(body)["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/metrics/", "//metrics", "/./metrics", "/x/../metrics", "/METRICS", "/metrics;x", "/metrics%2f"]
)
async def test_nothing_else_leads_to_the_figures(scene: Scene, path: str) -> None:
    _, _, body = await raw(scene, path)
    assert b"wasl_webhooks" not in body


async def test_what_looks_like_another_address_is_one(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hi")
    chat = await scene.sara.chat()
    token = f"Authorization: Bearer {scene.sara.token}"
    for path in (
        f"{API}/conversation/{chat['user_id']}/x%2f..%2f{chat['conversation_id']}",
        f"{API}/x%2f..%2fconversation/{chat['user_id']}/{chat['conversation_id']}",
        f"{API}/conversation/{chat['user_id']}/../{chat['user_id']}/{chat['conversation_id']}",
        f"{API}/conversation//{chat['user_id']}/{chat['conversation_id']}",
        f"{API}%252fconversation/{chat['user_id']}/{chat['conversation_id']}",
        f"{API}/conversation/{chat['user_id']}/{chat['conversation_id']}%23",
        f"{API}/conversation/{chat['user_id']}/{chat['conversation_id']}%3Flimit=1",
        f"{API}/conversation/{chat['user_id']}/{chat['conversation_id']};x=1",
    ):
        status, _, body = await raw(scene, path, token)
        assert status in (200, 404), path
        assert b'"messages"' not in body, path
    status, _, body = await raw(scene, f"{API}/conversation/{chat['user_id']}/{chat['conversation_id']}", token)
    assert (status, b'"messages"' in body) == (200, True)


@pytest.mark.parametrize("name", ["wamid.a/b+c==", "wamid.%2F", "wamid. ?#&", "wamid./trace", "wamid.é👍", "wamid.."])
async def test_a_provider_may_name_a_message_as_it_likes(scene: Scene, name: str) -> None:
    """Base64 has slashes; written as `%2F` they belong to the id."""
    message = text(RANA, "hi", message_id=name)
    await scene.outside.tell(scene.bakery.number, scene.bakery.number.said([message], RANA))
    assert (await scene.sara.trace(quote(name, safe="")))["message_id"] == name
    await scene.karim.trace(quote(name, safe=""), expect=404)


HOSTS = ["evil.example", "evil.example:99999", "a b", "x/../y", "[::1", "", "x" * 5_000, "127.0.0.1@evil.example", "é"]


@pytest.mark.parametrize("host", HOSTS)
async def test_no_answer_repeats_the_host(scene: Scene, host: str) -> None:
    """So that no cache and no link can be made to lead elsewhere."""
    for path in ("/", "/docs", "/openapi.json", "/health", f"{API}/unified-chats/", "/webhooks/meta/", "/api/session/"):
        forwarded = [f"X-Forwarded-{name}: evil.example" for name in ("Host", "Server", "Prefix", "Port")]
        status, headers, body = await raw(scene, path, f"Host: {host}", *forwarded)
        assert status in (200, 404, 400), path
        assert "location" not in headers
        assert b"evil" not in body + str(headers).encode()
        assert not host or host == "a b" or host.encode() not in body + str(headers).encode()


async def test_very_long_addresses(scene: Scene) -> None:
    for size in (8_000, 60_000):
        for target in (f"/{'x' * size}", f"{API}/unified-chats?search={'x' * size}", f"/?{'&' * size}", "/" * size):
            status, _, _ = await raw(scene, target)
            assert status in (200, 401, 404, 414, 422, 431), (size, target[:40])
    # Many headers, and one that never ends: refused or cut, and others are served.
    status, _, _ = await raw(scene, "/health", *(f"X-{place}: {'y' * 100}" for place in range(500)))
    assert status in (200, 431)
    with socket.create_connection(("127.0.0.1", scene.node.port)) as endless:
        endless.settimeout(5)
        endless.sendall(b"GET /health HTTP/1.1\r\nX: ")
        try:
            for _ in range(300):
                endless.sendall(b"y" * 10_000)
        except OSError:
            pass
        assert (await scene.outside.client.get("/health")).status_code == 200


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/session", "DELETE, GET, POST"),
        (f"{API}/takeover", "POST"),
        (f"{API}/conversation/1/x", "GET"),
        (f"{API}/events", "GET"),
        ("/webhooks/meta", "GET, HEAD, POST"),
        ("/webhooks/meta/key", "GET, HEAD, POST"),
        ("/socket.io/?EIO=4&transport=polling", "GET, POST"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(scene: Scene, path: str, allowed: str) -> None:
    for method in ("PUT", "PATCH", "TRACE"):
        status, headers, _ = await raw(scene, path, method=method)
        assert (status, headers["allow"]) == (405, allowed)
