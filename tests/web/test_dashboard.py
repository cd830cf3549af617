"""The dashboard's files: small, cached for ever where their name holds their fingerprint, and nothing besides them."""

import gzip
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from wasl.web.answers import install_handlers
from wasl.web.dashboard import dashboard_routes

pytestmark = pytest.mark.anyio
SCRIPT = b"console.log('wasl');\n" * 100


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "outer" / "build"
    (folder / "assets").mkdir(parents=True)
    (folder.parent / "secret.txt").write_text("the key")
    (folder / "index.html").write_text("<!doctype html><title>Wasl</title>")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "app-1a2b.js.br").write_bytes(b"as brotli would pack it")
    (folder / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "plain-77.css").write_bytes(b"body { color: black }\n" * 50)
    return folder


def client(folder: Path) -> httpx2.AsyncClient:
    app = FastAPI(docs_url=None, redoc_url=None)
    install_handlers(app)
    app.add_api_route("/api/thing", lambda: {"success": True}, methods=["POST"])
    app.router.routes.extend(dashboard_routes(folder))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://inbox.example")


async def test_the_page_stands_at_every_address_of_its_own(build: Path) -> None:
    async with client(build) as browser:
        for path in ("/", "/index.html", "/inbox/1_2_3", "/settings", "/%F0%9F%99%82"):
            answer = await browser.get(path)
            assert (answer.status_code, answer.text[:15]) == (200, "<!doctype html>"), path
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["cache-control"] == "no-cache"


async def test_assets_are_packed_and_kept_for_ever(build: Path) -> None:
    async with client(build) as browser:
        for accepted, encoding in (("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("", None)):
            request = browser.build_request("GET", "/assets/app-1a2b.js", headers={"Accept-Encoding": accepted})
            answer = await browser.send(request, stream=True)
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
            assert answer.headers.get("content-encoding") == encoding
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.headers["content-type"].startswith("text/javascript")
            expected = {"br": b"as brotli would pack it", "gzip": raw, None: SCRIPT}
            assert raw == expected[encoding]
        assert (await browser.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip"})).content == SCRIPT
        packed_here = await browser.get("/assets/plain-77.css", headers={"Accept-Encoding": "gzip"})
        assert packed_here.headers["content-encoding"] == "gzip"


async def test_what_has_not_changed_is_not_sent_again(build: Path) -> None:
    async with client(build) as browser:
        first = await browser.get("/")
        again = await browser.get("/", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = await browser.head("/icon.svg")
        assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    ["/assets/none.js", "/assets/%2e%2e/%2e%2e/secret.txt", "/api/none", "/webhooks/none"],
)
async def test_what_is_not_there_is_never_the_page(build: Path, path: str) -> None:
    async with client(build) as browser:
        answer = await browser.get(httpx2.URL("http://inbox.example", raw_path=path.encode()))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd", "/..\\x"])
async def test_no_address_reaches_another_file(build: Path, path: str) -> None:
    async with client(build) as browser:
        answer = await browser.get(httpx2.URL("http://inbox.example", raw_path=path.encode()))
        assert "the key" not in answer.text
        assert "root:" not in answer.text


async def test_packed_files_have_no_address_of_their_own(build: Path) -> None:
    async with client(build) as browser:
        assert (await browser.get("/assets/app-1a2b.js.br")).status_code == 404


async def test_a_known_address_says_which_methods_it_takes(build: Path) -> None:
    async with client(build) as browser:
        assert (await browser.post("/api/thing")).status_code == 200
        assert (await browser.get("/api/thing")).json()["code"] == "method_not_allowed"
        assert (await browser.post("/inbox")).status_code == 404


async def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    async with client(tmp_path / "none") as browser:
        answer = await browser.get("/")
        assert (answer.status_code, "bin/setup" in answer.text) == (200, True)
        assert (await browser.get("/inbox")).status_code == 404
        assert (await browser.get("/api/none")).json()["code"] == "not_found"
