"""Showing files: to whom they belong, while a link is good, in parts, and nothing that could hold a program."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import httpx2
import pytest

import samples
from wasl.clock import now_ms
from wasl.files.keeping import key_of
from wasl.files.kinds import kind_of
from wasl.files.limits import MEDIA_LINK_SECONDS
from wasl.store.draft import Draft
from wasl.store.files import NoteBytes, Pictured, StoredFile, keep_files
from wasl.web import media
from wasl.web.media import Linked, MediaLinks
from web.conftest import Office
from web.test_uploads import brought, refused

pytestmark = pytest.mark.anyio


async def link_to(office: Office, upload: dict[str, Any], **query: str) -> str:
    led = await office.rana.get(upload["url"], params=query)
    assert led.status_code == 302, led.text
    return str(led.headers["location"])


async def given(office: Office, content: bytes, name: str, claimed: str, **headers: str) -> httpx2.Response:
    """What somebody without a session gets of a file by its link."""
    link = await link_to(office, await brought(office.rana, content, name, claimed), name=name)
    return await office.nobody.get(link, headers=headers)


async def test_a_link_needs_no_session_and_leading_to_it_does(office: Office) -> None:
    upload = await brought(office.rana, samples.picture(), "menu.png", "image/png")
    refused(await office.nobody.get(upload["url"]), 401, "not_signed_in")
    refused(await office.clara.get(upload["url"]), 404, "file_gone")
    link = await link_to(office, upload, name="menu.png")
    found = await office.nobody.get(link)
    assert (found.status_code, found.content) == (200, samples.picture())
    assert found.headers["content-type"] == "image/png"
    assert found.headers["content-disposition"] == "inline; filename=\"menu.png\"; filename*=UTF-8''menu.png"


async def test_no_link_but_ours_is_believed(office: Office) -> None:
    upload = await brought(office.rana, b"words", "a.txt", "text/plain")
    link = await link_to(office, upload)
    token = link.split("/")[2]
    named, _, mac = token.partition(".")
    other = await brought(office.clara, b"their words", "b.txt", "text/plain")
    sha256 = other["url"].rpartition("/")[2]
    forged = base64.urlsafe_b64encode(f'[{office.cast.clara.account_id},"{sha256}",0,9999999999]'.encode()).decode()
    tried = (
        f"{named}.{mac[:-2]}{'AA' if mac[-2:] != 'AA' else 'BA'}",
        f"{named}.{mac[:-1]}{chr(ord(mac[-1]) + 1)}",  # It stands for the same bytes.
        f"{forged.rstrip('=')}.{mac}",
        named,
        f"{named}.",
        f".{mac}",
        "x",
        f"{token}A",
        "é.ü",
        f"{named}.{'A' * 1000}",
    )
    for token in tried:
        refused(await office.nobody.get(f"/media/{token}/a.txt"), 404, "link_ended")


async def test_a_link_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    link = await link_to(office, await brought(office.rana, b"words", "a.txt", "text/plain"))
    now = now_ms()
    monkeypatch.setattr(media, "now_ms", lambda: now + (MEDIA_LINK_SECONDS - 2) * 1000)
    assert (await office.nobody.get(link)).status_code == 200
    monkeypatch.setattr(media, "now_ms", lambda: now + (MEDIA_LINK_SECONDS + 2) * 1000)
    refused(await office.nobody.get(link), 404, "link_ended")


def test_links_of_another_installation_are_none() -> None:
    linked = Linked(1, "0" * 64)
    ours, theirs = MediaLinks(b"a" * 32, None), MediaLinks(b"b" * 32, None)
    token = theirs.path(linked, "a.txt", 60).split("/")[2]
    assert theirs.linked(token) == linked
    with pytest.raises(media.LinkEnded):
        ours.linked(token)


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=10-19", 206, slice(10, 20)),
        ("bytes=90-", 206, slice(90, 100)),
        ("bytes=-10", 206, slice(90, 100)),
        ("bytes=-1000", 206, slice(0, 100)),
        ("bytes=0-99999999999999", 206, slice(0, 100)),
        ("bytes=100-", 416, None),
        ("bytes=5-4", 416, None),
        ("bytes=0-1,5-6", 200, slice(0, 100)),
        ("bytes=-", 200, slice(0, 100)),
        ("rows=1-2", 200, slice(0, 100)),
        ("bytes=9999999999999999999-", 200, slice(0, 100)),
        ("bytes=\u0661-", 200, slice(0, 100)),
    ],
)
async def test_a_part_is_given_as_it_is_asked_for(office: Office, asked: str, status: int, part: slice | None) -> None:
    content = bytes(range(100))
    link = await link_to(office, await brought(office.rana, content, "a.bin", ""))
    found = await office.nobody.get(link, headers={"Range": asked.encode("latin-1", "replace").decode("latin-1")})
    assert found.status_code == status
    if part is None:
        assert found.headers["content-range"] == "bytes */100"
        return
    assert found.content == content[part]
    assert found.headers["content-length"] == str(len(found.content))
    if status == 206:
        assert found.headers["content-range"] == f"bytes {part.start}-{part.stop - 1}/100"
    assert found.headers["accept-ranges"] == "bytes"


async def test_what_a_browser_has_already_is_not_given_again(office: Office) -> None:
    content = samples.picture()
    upload = await brought(office.rana, content, "menu.png", "image/png")
    link = await link_to(office, upload)
    first = await office.nobody.get(link)
    again = await office.nobody.get(link, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await office.nobody.head(link)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(content)))


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (samples.SVG, "image/svg+xml"),
        (b"<!doctype html><script>alert(1)</script>", "text/html"),
        (b"<?xml version='1.0'?><x/>", "text/html"),
        (b"alert(1)", "text/plain"),
        (samples.PROGRAM, "application/x-executable"),
        (b"PK\x03\x04" + bytes(100), "application/zip"),
    ],
)
async def test_what_could_run_is_handed_over_and_never_shown(office: Office, content: bytes, mime_type: str) -> None:
    """Customers may send what operators may not."""
    assert kind_of(content).mime_type == mime_type
    sha256 = hashlib.sha256(content).hexdigest()
    await keep_as_found(office, content, mime_type)
    led = await office.rana.get(f"/api/live-chat/media/{sha256}", params={"name": "x.html"})
    found = await office.nobody.get(led.headers["location"])
    assert found.content == content
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith("attachment;")
    harmless(found)


def harmless(found: httpx2.Response) -> None:
    assert found.headers["x-content-type-options"] == "nosniff"
    policy = found.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert found.headers["referrer-policy"] == "no-referrer"
    assert found.headers["cache-control"].startswith("private")
    assert "set-cookie" not in found.headers


async def keep_as_found(office: Office, content: bytes, mime_type: str) -> None:
    async def chunks() -> Any:
        yield content

    account_id = office.cast.rana.account_id
    kept = await office.parts.cellar.files.keep(account_id, chunks(), 10_000)

    class Found(NoteBytes):
        def apply(self, draft: Draft) -> None:
            keep_files(draft, Pictured(StoredFile(kept.sha256, mime_type, kept.bytes)))

    await office.parts.journal.submit(Found(account_id, {}))


async def test_pictures_sounds_and_papers_are_shown_and_stay_harmless(office: Office) -> None:
    for content, name, claimed in (
        (samples.picture(), "a.png", "image/png"),
        (samples.sound("mp3", "libmp3lame"), "a.mp3", "audio/mpeg"),
        (samples.film(), "a.mp4", "video/mp4"),
    ):
        found = await given(office, content, name, claimed)
        assert found.headers["content-type"] == claimed
        assert found.headers["content-disposition"].startswith("inline;")
        harmless(found)
    paper = await given(office, samples.PDF, "a.pdf", "application/pdf")
    assert paper.headers["content-disposition"].startswith("inline;")
    assert "default-src 'none'" in paper.headers["content-security-policy"]
    link = await link_to(office, await brought(office.rana, samples.picture(), "a.png", "image/png"), download="true")
    assert (await office.nobody.get(link)).headers["content-disposition"].startswith("attachment;")


async def test_a_name_cannot_break_out_of_its_header(office: Office) -> None:
    upload = await brought(office.rana, samples.picture(), "a.png", "image/png")
    link = await link_to(office, upload, name='a";\r\nSet-Cookie: x=y; filename="b\u202e.html')
    found = await office.nobody.get(link)
    assert found.status_code == 200
    assert "set-cookie" not in found.headers
    assert found.headers["content-disposition"].count('"') == 2


async def test_a_provider_hears_what_a_file_is(office: Office) -> None:
    links = MediaLinks(office.parts.cellar.links._key, "https://inbox.example/")
    content = b"PK\x03\x04" + bytes(26) + b"word/document.xml" + bytes(50)
    upload = await brought(office.rana, content, "list.docx", "")
    sha256 = upload["url"].rpartition("/")[2]
    address = links.address(office.cast.rana.account_id, sha256, "list.docx")
    assert address is not None
    assert address.startswith("https://inbox.example/media/")
    found = await office.nobody.get(address.removeprefix("https://inbox.example"))
    assert found.headers["content-type"].endswith("wordprocessingml.document")
    assert found.headers["content-disposition"].startswith("attachment;")
    assert MediaLinks(b"k" * 32, None).address(1, sha256, "x") is None


async def test_a_file_whose_bytes_are_gone_says_so(office: Office) -> None:
    upload = await brought(office.rana, b"words", "a.txt", "text/plain")
    link = await link_to(office, upload)
    for path in Path(office.parts.settings.data_dir / "media").rglob("*"):
        if path.is_file():
            path.unlink()
    refused(await office.nobody.get(link), 404, "file_gone")


async def test_what_nobody_foresaw_is_said_like_everything_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await link_to(office, await brought(office.rana, b"words", "a.txt", "text/plain"))

    def trouble(*_: object) -> None:
        raise RuntimeError("of nobody's making")

    monkeypatch.setattr(office.parts.cellar.files, "read", trouble)
    refused(await office.nobody.get(link), 500, "internal_error")


async def test_a_file_that_cannot_be_read_says_so(office: Office) -> None:
    upload = await brought(office.rana, b"words", "a.txt", "text/plain")
    link = await link_to(office, upload)
    sha256 = upload["url"].rpartition("/")[2]
    path = office.parts.settings.data_dir / "media" / key_of(office.cast.olive.id, sha256)
    path.unlink()
    path.mkdir()
    refused(await office.nobody.get(link), 503, "file_store_away")
