"""Every answer of every address, good or bad, tells browsers what they may do with it."""

import re
from pathlib import Path

import httpx2
import pytest

from hardening.plain_http import exchange
from story.node import Node
from story.scene import Scene, settings_of, whatsapp
from wasl.emulator.remote import RemoteEmulator
from wasl.torture.process import Emulator
from wasl.web.session import BROWSER_COOKIE, COOKIE

__all__ = ["whatsapp"]
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
API = "/api/live-chat"
REQUESTS = [
    *(("GET", path) for path in ("/", "/login", "/conversations/1/2", "/docs", "/openapi.json", "/health", "/ready")),
    *(("GET", path) for path in ("/metrics", "/nothing.js", "/assets/nothing.js", "/api/nothing", "/a%00b")),
    *(("GET", path) for path in (f"{API}/unified-chats", f"{API}/conversation/1/2", f"{API}/events?cursor=x")),
    *(("GET", path) for path in ("/api/session", "/webhooks/meta", "/socket.io/?EIO=4&transport=polling")),
    *(("POST", path) for path in ("/webhooks/meta", "/api/session", f"{API}/send-message", "/", "/metrics", "/ready")),
    *(("DELETE", path) for path in ("/api/session", "/webhooks/meta", "/docs")),
]


def directives(answer: httpx2.Response) -> dict[str, str]:
    """The content policy, by directive."""
    parts = (part.split(None, 1) for part in answer.headers["content-security-policy"].split(";"))
    return {part[0]: part[1] if len(part) > 1 else "" for part in parts}


def check(answer: httpx2.Response) -> None:
    """Nothing is missing, nothing stands twice, and nothing is allowed that our pages do not need."""
    asked = f"{answer.request.method} {answer.request.url}"
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value], (asked, name)
    features = answer.headers["permissions-policy"]
    assert "microphone=(self)" in features  # Voice messages are recorded by the page itself.
    assert {"camera=()", "geolocation=()"} <= set(features.split(", "))
    policy = directives(answer)
    assert len(answer.headers.get_list("content-security-policy")) == 1
    assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'"), asked
    allowed = set(" ".join(policy.values()).split())
    assert allowed <= {"'none'", "'self'", "blob:"}, asked
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["base-uri"] == "'none'"
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:|https?://", answer.text)
    else:
        assert set(policy) == {"default-src", "frame-ancestors"}, asked
    assert "server" not in answer.headers


@pytest.mark.parametrize("signed_in", [True, False], ids=["an operator", "a stranger"])
async def test_every_answer_has_them(scene: Scene, signed_in: bool) -> None:
    headers = scene.sara.headers if signed_in else {}
    for method, path in REQUESTS:
        check(await scene.outside.client.request(method, path, headers=headers))
    page = await scene.outside.client.get("/")
    for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        check(await scene.outside.client.get(asset))


async def test_an_answer_that_nothing_changed_leaves_the_policy_of_the_page_alone(scene: Scene) -> None:
    """The headers of 304 take the place of those that the browser kept: a reload would show an empty page."""
    for path in ("/", "/conversations/1/2"):
        page = await scene.outside.client.get(path)
        again = await scene.outside.client.get(path, headers={"If-None-Match": page.headers["etag"]})
        assert again.status_code == 304
        assert "content-security-policy" not in again.headers


async def test_a_stream_has_them_too(scene: Scene) -> None:
    async with scene.outside.client.stream("GET", f"{API}/events", headers=scene.sara.headers) as answer:
        assert answer.status_code == 200
        check(answer)


async def test_nobody_is_told_of_https_who_comes_without(scene: Scene) -> None:
    assert "strict-transport-security" not in (await scene.outside.client.get("/")).headers
    answer = await scene.outside.client.get("/", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" not in answer.headers


async def test_an_installation_behind_tls_says_so(tmp_path: Path, scene: Scene) -> None:
    node = Node(settings_of(tmp_path), tmp_path / "server.log", WASL_PUBLIC_URL="https://inbox.example")
    node.start()
    try:
        async with httpx2.AsyncClient(base_url=node.url, trust_env=False) as client:
            for path in ("/", "/api/session", "/health"):
                answer = await client.get(path)
                check(answer)
                assert answer.headers["strict-transport-security"].startswith("max-age=")
    finally:
        node.kill()


async def test_cookies_are_for_the_server_alone(scene: Scene) -> None:
    from story.people import PASSWORD

    login = {"email": scene.bakery.operators[0].email, "password": PASSWORD}
    answer = await scene.outside.client.post("/api/session", json=login)
    cookies = {line.partition("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}
    assert set(cookies) == {COOKIE, BROWSER_COOKIE}
    assert all("httponly" in line and "domain=" not in line for line in cookies.values())
    assert "samesite=lax" in cookies[COOKIE]
    assert "samesite=strict" in cookies[BROWSER_COOKIE]
    scene.outside.client.cookies.clear()


async def test_no_other_site_may_read_an_answer(scene: Scene) -> None:
    foreign = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method, path in (("OPTIONS", f"{API}/send-message"), ("GET", f"{API}/unified-chats"), ("GET", "/")):
        answer = await scene.outside.client.request(method, path, headers=scene.sara.headers | foreign)
        assert not [name for name in answer.headers if name.startswith("access-control-allow")], path


async def test_what_is_no_http_says_little(scene: Scene) -> None:
    answer = await exchange(scene.node.port, b"\x16\x03\x01 hello\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"uvicorn" not in answer.lower()


async def test_a_file_from_a_customer_can_do_nothing_at_the_emulator(scene: Scene, whatsapp: Emulator) -> None:
    async with RemoteEmulator(whatsapp.url) as remote, httpx2.AsyncClient(base_url=whatsapp.url) as client:
        await remote.add_number("990011", scene.node.url + "/webhooks/meta", access_token="t", app_secret="s")
        body = {"messaging_product": "whatsapp", "type": "text/html"}
        page = ("page.html", b"<script src=/handset/handset.js></script>", "text/html")
        sent = await client.post(
            "/v24.0/990011/media", data=body, files={"file": page}, headers={"Authorization": "Bearer t"}
        )
        if sent.status_code == 200:
            shown = await client.get(f"/emulator/media/{sent.json()['id']}")
            assert "sandbox" in shown.headers["content-security-policy"]
            assert "'self'" not in shown.headers["content-security-policy"]
        for path in ("/handset", "/handset/handset.js"):
            answer = await client.get(path)
            policy = directives(answer)
            assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
            assert "unsafe" not in str(policy)
            assert answer.headers["x-content-type-options"] == "nosniff"
