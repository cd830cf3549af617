"""What a file is, its bytes decide."""

import zipfile
from io import BytesIO

import pytest

import samples
from wasl.files.kinds import is_another, kind_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def archive(*names: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x" * 300)
    return made.getvalue()


@pytest.mark.parametrize(
    ("head", "name", "claimed", "mime_type"),
    [
        (samples.picture("PNG"), "", "", "image/png"),
        (samples.picture("JPEG"), "a.png", "image/png", "image/jpeg"),
        (samples.picture("WEBP"), "", "", "image/webp"),
        (samples.picture("BMP", (64, 48)), "", "", "image/bmp"),
        (b"BMW and others\n1,2,3\n", "cars.csv", "", "text/csv"),
        (samples.sound("webm"), "r.webm", "audio/webm;codecs=opus", "audio/webm"),
        (samples.sound("webm"), "r.webm", "video/webm", "video/webm"),
        (samples.sound("mp4", "aac"), "r.m4a", "audio/mp4", "audio/mp4"),
        (samples.sound("ogg"), "", "", "audio/ogg"),
        (samples.sound("mp3", "libmp3lame"), "", "", "audio/mpeg"),
        (samples.film(), "", "", "video/mp4"),
        (samples.PDF, "", "", "application/pdf"),
        (archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "", "", DOCX),
        (archive("[Content_Types].xml", "docProps/app.xml"), "letter.docx", "", DOCX),
        (archive("a.txt"), "a.zip", "", "application/zip"),
        (b"plain words", "a.txt", "", "text/plain"),
        ("كلمات".encode(), "", "", "text/plain"),
        ("words".encode("utf-16"), "", "", "text/plain"),
        pytest.param((b"a" + "ä".encode() * 2100)[:4096], "", "", "text/plain", id="cut in the middle of a letter"),
        (b"MZ is a code of my town, and no program\n", "a.txt", "", "text/plain"),
        (bytes(range(256)), "", "", "application/octet-stream"),
    ],
)
def test_it_is_found_out(head: bytes, name: str, claimed: str, mime_type: str) -> None:
    kind = kind_of(head[:4096], name, claimed)
    assert (kind.mime_type, kind.dangerous) == (mime_type, False)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (samples.PROGRAM, "a.jpg"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), ""),
        (b"\xcf\xfa\xed\xfe" + bytes(50), ""),
        (b"#!/usr/bin/env python3\n", "a.txt"),
        (archive("META-INF/MANIFEST.MF", "a.class"), "a.zip"),
        (archive("AndroidManifest.xml", "classes.dex"), "game.zip"),
        (archive("a.txt"), "game.apk"),
        (samples.SVG, "a.png"),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "a.txt"),
        (b"words before <SCRIPT>alert(1)</SCRIPT>", "a.txt"),
        (b"alert(1)", "a.js"),
        (b"@echo off", "a.BAT"),
        (samples.PDF, "invoice.pdf.scr"),
        (samples.PDF, "invoice.exe. "),
    ],
)
def test_what_could_run_is_dangerous(head: bytes, name: str) -> None:
    kind = kind_of(head[:4096], name)
    assert kind.dangerous
    assert not kind.shown_inline


@pytest.mark.parametrize(
    ("content", "name", "claimed", "said"),
    [
        (samples.PDF, "a.jpg", "", "image"),
        (samples.PDF, "a", "video/mp4", "video"),
        (samples.picture(), "a.mp3", "", "audio"),
        (samples.picture(), "a.jpg", "image/jpeg", None),
        (samples.sound("webm"), "a.webm", "video/webm", None),
        (samples.sound("webm"), "a.webm", "audio/webm", None),
        (samples.picture(), "a.pdf", "application/pdf", None),
    ],
)
def test_a_wrong_claim_is_noticed(content: bytes, name: str, claimed: str, said: str | None) -> None:
    assert is_another(kind_of(content[:4096], name, claimed), name, claimed) == said
