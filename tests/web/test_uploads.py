"""Bringing a file: it becomes what WhatsApp takes, is kept until it is sent, and nobody can bring what does harm."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import av
import httpx2
import pytest
from PIL import Image

import samples
from wasl.files.limits import FILE_BYTES_MAX, UPLOADS_AT_ONCE, UPLOADS_PER_ACCOUNT, UPLOADS_PER_OPERATOR
from wasl.store.files import find_file
from wasl.web import media_schemas
from web.conftest import Office
from web.test_live_chat import API, fits

pytestmark = pytest.mark.anyio
UPLOADS = f"{API}/uploads"


async def bring(who: httpx2.AsyncClient, content: Any, name: str, claimed: str, **query: str) -> httpx2.Response:
    headers = {"Content-Type": claimed} if claimed else {}
    return await who.post(UPLOADS, params={"name": name, **query}, content=content, headers=headers)


async def brought(who: httpx2.AsyncClient, content: bytes, name: str, claimed: str, **query: str) -> dict[str, Any]:
    answer = await bring(who, content, name, claimed, **query)
    return dict(fits(answer, media_schemas.Brought)["upload"])


async def opened(who: httpx2.AsyncClient, url: str) -> bytes:
    """The bytes that a browser would show."""
    led = await who.get(url)
    assert led.status_code == 302, led.text
    found = await who.get(led.headers["location"])
    assert found.status_code == 200, found.text
    return found.content


def kept_files(office: Office) -> set[str]:
    """The hashes of what lies in the store."""
    folder = office.parts.settings.data_dir / "media"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def refused(answer: httpx2.Response, status: int, code: str) -> str:
    body = answer.json()
    assert (answer.status_code, body["success"], body["code"]) == (status, False, code), body
    return str(body["error"])


async def test_a_recording_of_a_browser_becomes_a_voice_note_without_loss(office: Office) -> None:
    content = samples.sound("webm")
    upload = await brought(office.rana, content, "recording.webm", "audio/webm;codecs=opus", kind="voice")
    assert (upload["kind"], upload["mime_type"], upload["name"]) == ("voice", "audio/ogg", "recording.ogg")
    assert upload["duration_seconds"] == pytest.approx(1.5, abs=0.1)
    assert len(upload["peaks"]) == 64
    assert upload["peaks"] == sorted(upload["peaks"])  # It grows louder from nothing to full.
    assert upload["peaks"][-1] == 100
    note = await opened(office.rana, upload["url"])
    assert note.startswith(b"OggS")
    assert packets(note) == packets(content)


def packets(content: bytes) -> list[bytes]:
    with av.open(io.BytesIO(content), mode="r") as container:
        return [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]


@pytest.mark.parametrize(
    ("container", "codec", "claimed"),
    [("mp4", "aac", "audio/mp4"), ("webm", "libopus", "audio/webm"), ("wav", "pcm_s16le", "audio/wav")],
)
async def test_any_other_recording_is_made_into_one(office: Office, container: str, codec: str, claimed: str) -> None:
    stereo = samples.sound(container, codec, layout="stereo" if codec == "libopus" else "mono")
    upload = await brought(office.rana, stereo, "take", claimed, kind="voice")
    with av.open(io.BytesIO(await opened(office.rana, upload["url"]))) as note:
        [stream] = note.streams.audio
        assert (note.format.name, stream.codec_context.name) == ("ogg", "opus")
        assert stream.codec_context.layout.nb_channels == 1
    assert upload["duration_seconds"] == pytest.approx(1.5, abs=0.1)


async def test_a_picture_keeps_its_bytes_when_whatsapp_takes_them(office: Office) -> None:
    content = samples.picture("PNG", (640, 480))
    upload = await brought(office.rana, content, "menu.png", "image/png")
    assert (upload["kind"], upload["mime_type"], upload["width"], upload["height"]) == ("image", "image/png", 640, 480)
    assert upload["bytes"] == len(content)
    assert await opened(office.rana, upload["url"]) == content
    with Image.open(io.BytesIO(await opened(office.rana, upload["thumbnail_url"]))) as small:
        assert (small.format, small.size) == ("JPEG", (320, 240))


@pytest.mark.parametrize(
    ("form", "size", "mode", "noisy"),
    [
        ("WEBP", (640, 480), "RGB", False),
        ("BMP", (64, 48), "RGB", False),
        ("JPEG", (64, 48), "CMYK", False),
        ("PNG", (5000, 200), "RGB", False),
        ("PNG", (2200, 1900), "RGB", True),
    ],
)
async def test_any_other_picture_is_brought_within_whatsapps_limits(
    office: Office, form: str, size: tuple[int, int], mode: str, noisy: bool
) -> None:
    content = samples.picture(form, size, mode, noisy=noisy)
    upload = await brought(office.rana, content, f"photo.{form.lower()}", f"image/{form.lower()}")
    assert (upload["kind"], upload["mime_type"], upload["name"]) == ("image", "image/jpeg", "photo.jpg")
    assert upload["bytes"] <= 5 * 1024 * 1024
    with Image.open(io.BytesIO(await opened(office.rana, upload["url"]))) as made:
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (upload["width"], upload["height"]))
        assert max(made.size) <= 4096


async def test_a_film_a_sound_a_document_and_a_sticker_are_what_they_are(office: Office) -> None:
    film = await brought(office.rana, samples.film(), "clip.mp4", "video/mp4")
    assert (film["kind"], film["width"], film["height"], film["duration_seconds"]) == ("video", 320, 240, 1.0)
    assert (await opened(office.rana, film["thumbnail_url"])).startswith(b"\xff\xd8\xff")
    sound = await brought(office.rana, samples.sound("mp3", "libmp3lame"), "song.mp3", "audio/mpeg")
    assert (sound["kind"], sound["mime_type"], len(sound["peaks"])) == ("audio", "audio/mpeg", 64)
    paper = await brought(office.rana, samples.PDF, "قائمة الأسعار.pdf", "application/pdf")
    assert (paper["kind"], paper["name"], paper["thumbnail_url"]) == ("document", "قائمة الأسعار.pdf", None)
    sticker = await brought(office.rana, samples.picture("WEBP", (512, 512)), "s.webp", "image/webp", kind="sticker")
    assert (sticker["kind"], sticker["mime_type"]) == ("sticker", "image/webp")
    animated = await brought(office.rana, samples.animation(), "wave.gif", "image/gif")
    assert animated["kind"] == "document"


@pytest.mark.parametrize(
    ("content", "name", "claimed"),
    [
        (samples.PROGRAM, "photo.jpg", "image/jpeg"),
        (b"\x7fELF" + bytes(100), "prices", ""),
        (b"#!/bin/sh\nrm -rf /\n", "notes.txt", "text/plain"),
        (samples.SVG, "logo.svg", "image/svg+xml"),
        (samples.SVG, "logo.png", "image/png"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "page.txt", "text/plain"),
        ("\ufeff<html><script>alert(1)</script>".encode("utf-16-le"), "page.txt", "text/plain"),
        (samples.PDF, "invoice.pdf.exe", "application/pdf"),
        (b"alert(1)", "invoice.j\u202es", "text/plain"),
        (samples.PDF, "invoice.exe. .", "application/pdf"),
        (samples.PDF, "photo.jpg", "image/jpeg"),
        (samples.picture(), "song.mp3", "audio/mpeg"),
        (b"just words", "photo.png", "image/png"),
        (b"", "empty.txt", "text/plain"),
        (samples.bomb(), "large.png", "image/png"),
        (samples.picture()[:300], "half.png", "image/png"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(300), "clip.mp4", "video/mp4"),
    ],
)
async def test_what_could_do_harm_or_is_not_what_it_says_is_refused_and_not_kept(
    office: Office, content: bytes, name: str, claimed: str
) -> None:
    assert refused(await bring(office.rana, content, name, claimed), 415, "file_refused")


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "sticker"])
async def test_a_document_is_nothing_else(office: Office, kind: str) -> None:
    refused(await bring(office.rana, samples.PDF, "list.pdf", "application/pdf", kind=kind), 415, "file_refused")


async def test_what_is_refused_for_what_it_is_was_never_kept(office: Office) -> None:
    refused(await bring(office.rana, samples.PROGRAM * 50, "setup.exe", ""), 415, "file_refused")
    refused(await bring(office.rana, samples.SVG, "logo.svg", ""), 415, "file_refused")
    assert kept_files(office) == set()


async def test_bytes_that_came_to_nothing_are_noted_to_be_swept(office: Office) -> None:
    refused(await bring(office.rana, samples.bomb(), "large.png", "image/png"), 415, "file_refused")
    await brought(office.rana, samples.sound("webm"), "r.webm", "audio/webm", kind="voice")
    account_id = office.cast.rana.account_id
    for sha256 in kept_files(office):
        assert await office.parts.database.read(partial(find_file, account_id=account_id, sha256=sha256)) is not None
    assert hashlib.sha256(samples.bomb()).hexdigest() in kept_files(office)


async def endless(total: int) -> AsyncIterator[bytes]:
    while total > 0:
        yield bytes(min(total, 1024 * 1024))
        total -= 1024 * 1024


async def test_a_file_that_is_too_large_is_refused_whether_it_says_so_or_not(office: Office) -> None:
    refused(await bring(office.rana, endless(FILE_BYTES_MAX + 1), "big.bin", ""), 413, "too_large")
    headers = {"Content-Length": str(FILE_BYTES_MAX + 1)}
    refused(await office.rana.post(UPLOADS, content=b"", headers=headers), 413, "too_large")
    assert kept_files(office) == set()
    # What is larger than other requests may be is taken all the same.
    assert (await brought(office.rana, bytes(3 * 1024 * 1024), "some.bin", ""))["bytes"] == 3 * 1024 * 1024


async def test_a_sticker_that_is_too_large_is_refused(office: Office) -> None:
    content = samples.picture("WEBP", (1600, 1600), noisy=True)
    assert len(content) > 500 * 1024
    refused(await bring(office.rana, content, "s.webp", "image/webp", kind="sticker"), 413, "too_large")


async def test_nobody_brings_or_forgets_files_of_others(office: Office) -> None:
    refused(await bring(office.nobody, b"words", "a.txt", "text/plain"), 401, "not_signed_in")
    upload = await brought(office.rana, b"words", "a.txt", "text/plain")
    address = f"{UPLOADS}/{upload['upload_id']}"
    refused(await office.clara.delete(address), 404, "upload_gone")
    refused(await office.clara.get(upload["url"]), 404, "file_gone")
    assert fits(await office.omar.delete(address), media_schemas.Forgotten)["upload_id"] == upload["upload_id"]
    refused(await office.rana.delete(address), 404, "upload_gone")


async def test_names_lose_their_folders_and_what_cannot_be_shown(office: Office) -> None:
    for name, shown in (
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\rana\\list.txt", "list.txt"),
        ("a\x07b\u202ecod.txt", "abcod.txt"),
        ("", "document"),
    ):
        assert (await brought(office.rana, b"words", name, "text/plain"))["name"] == shown


class Slow:
    """Files that begin to come, and go on when they are let."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()
        self.tasks: list[asyncio.Task[httpx2.Response]] = []

    async def begin(self, who: httpx2.AsyncClient, count: int) -> None:
        for _ in range(count):
            begun = asyncio.Event()
            self.tasks.append(asyncio.create_task(bring(who, self.chunks(begun), "a.txt", "text/plain")))
            await asyncio.wait_for(begun.wait(), 30)

    async def chunks(self, begun: asyncio.Event) -> AsyncIterator[bytes]:
        yield b"some words"
        begun.set()
        await self.goes_on.wait()
        yield b" and some more"

    async def end(self) -> None:
        self.goes_on.set()
        for answer in await asyncio.gather(*self.tasks):
            assert answer.status_code == 200, answer.text


async def test_only_so_many_files_are_taken_in_at_a_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl.flow.bring_files.UPLOADS_AT_ONCE", UPLOADS_PER_OPERATOR)
    slow = Slow()
    await slow.begin(office.rana, UPLOADS_PER_OPERATOR)
    answer = await bring(office.clara, b"words", "a.txt", "text/plain")
    refused(answer, 429, "too_many_uploads")
    assert int(answer.headers["Retry-After"]) > 0
    await slow.end()
    await brought(office.clara, b"words", "a.txt", "text/plain")
    assert UPLOADS_AT_ONCE > UPLOADS_PER_ACCOUNT > UPLOADS_PER_OPERATOR


async def test_one_who_brings_slowly_shuts_out_nobody_else(office: Office) -> None:
    slow = Slow()
    await slow.begin(office.rana, UPLOADS_PER_OPERATOR)
    answer = await bring(office.rana, b"words", "a.txt", "text/plain")
    assert "You are bringing" in refused(answer, 429, "too_many_uploads")
    await brought(office.omar, b"words", "a.txt", "text/plain")
    await slow.end()
    await brought(office.rana, b"words", "a.txt", "text/plain")


async def test_one_account_that_brings_slowly_shuts_out_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.flow.bring_files.UPLOADS_PER_ACCOUNT", UPLOADS_PER_OPERATOR)
    slow = Slow()
    await slow.begin(office.rana, UPLOADS_PER_OPERATOR)
    refused(await bring(office.omar, b"words", "a.txt", "text/plain"), 429, "too_many_uploads")
    await brought(office.clara, b"words", "a.txt", "text/plain")
    await slow.end()


async def test_a_store_that_cannot_write_says_so_and_keeps_nothing(office: Office) -> None:
    folder: Path = office.parts.settings.data_dir / "media"
    folder.write_text("not a folder")
    refused(await bring(office.rana, b"words", "a.txt", "text/plain"), 503, "file_not_kept")
