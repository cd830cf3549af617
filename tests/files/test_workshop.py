"""Strangers' files are opened by processes that know nothing, get little, and may die."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

import samples
from wasl.files.kinds import kind_of
from wasl.files.scratch import Scratch
from wasl.files.workshop import Unworkable, Workshop

pytestmark = pytest.mark.anyio
EPS = b"""%!PSftypavif
%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 100 100
%%EndComments
(words of the file) = flush
showpage
%%EOF
"""
"""A program in PostScript whose first bytes are those of an AVIF."""
KILLED_SERVER = """
import asyncio, os, sys
from pathlib import Path
from wasl.files.scratch import Scratch
from wasl.files.workshop import Workshop

async def work():
    workshop = Workshop(Scratch(Path(sys.argv[1]).parent))
    await workshop.look(Path(sys.argv[1]), "image/png")
    print(workshop._benches[0]._process.pid, flush=True)
    # As one that is in the middle of something, and does not hear that standard input has ended.
    os.kill(workshop._benches[0]._process.pid, 19)
    await asyncio.sleep(60)

asyncio.run(work())
"""


@pytest.fixture
def ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installs a program `gs`; where it leaves its mark when somebody starts it."""
    folder, mark = tmp_path / "bin", tmp_path / "gs-was-started"
    folder.mkdir()
    program = folder / "gs"
    program.write_text(f"#!/bin/sh\ntouch {mark}\necho 10.0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return mark


def loosen(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """Let every bench do something of its own with each piece of work, as a decoder might that a file has broken."""
    lines = ("import json, os, subprocess", "plain = json.loads", f"json.loads = lambda line: [plain(line), {does}][0]")
    (folder / "sitecustomize.py").write_text("\n".join(lines))
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{os.environ.get('PYTHONPATH', '')}")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def benches(workshop: Workshop) -> list[int]:
    return [bench._process.pid for bench in workshop._benches if bench._process is not None]


async def test_what_it_sees(workshop: Workshop, tmp_path: Path) -> None:
    looks = await workshop.look(written(tmp_path, samples.picture("PNG", (640, 480))), "image/png")
    assert (looks.width, looks.height, looks.animated) == (640, 480, False)
    assert looks.thumbnail
    assert looks.thumbnail.startswith(b"\xff\xd8\xff")
    looks = await workshop.look(written(tmp_path, samples.sound("ogg")), "audio/ogg")
    assert (looks.channels, len(looks.peaks)) == (1, 64)
    assert looks.duration_ms == pytest.approx(1500, abs=50)
    assert len(benches(workshop)) == 1  # The next piece of work goes to who is there already.


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (b"", "image/png"),
        (os.urandom(5000), "image/jpeg"),
        (samples.bomb(), "image/png"),
        (samples.picture()[:200], "image/png"),
        (samples.sound("ogg")[:100], "audio/ogg"),
        (samples.film()[:700], "video/mp4"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "video/mp4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "audio/ogg"),
        (samples.PDF, "application/pdf"),
    ],
    ids=["nothing", "noise", "bomb", "cut picture", "cut sound", "cut film", "playlist", "list of films", "document"],
)
async def test_what_is_broken_is_refused_and_hurts_nobody(
    workshop: Workshop, tmp_path: Path, content: bytes, mime_type: str
) -> None:
    with pytest.raises(Unworkable):
        await workshop.look(written(tmp_path, content), mime_type)
    looks = await workshop.look(written(tmp_path, samples.picture()), "image/png")
    assert looks.width == 640


async def test_a_picture_as_large_as_telephones_make_fits(workshop: Workshop, tmp_path: Path) -> None:
    path = written(tmp_path, samples.picture("JPEG", (8660, 5773)))
    looks = await workshop.look(path, "image/jpeg")
    assert (looks.width, looks.height) == (8660, 5773)
    async with workshop.fitted_picture(path, "image/jpeg", 5 * 1024 * 1024) as made:
        assert made.stat().st_size <= 5 * 1024 * 1024


async def test_whoever_takes_too_long_is_ended(tmp_path: Path) -> None:
    workshop = Workshop(Scratch(tmp_path / "scratch"), seconds_max=0.001)
    try:
        with pytest.raises(Unworkable):
            await workshop.look(written(tmp_path, samples.picture()), "image/png")
        assert benches(workshop) == []
    finally:
        await workshop.close()


async def test_waiting_for_its_turn_takes_nothing_from_its_time(tmp_path: Path) -> None:
    workshop = Workshop(Scratch(tmp_path / "scratch"), benches=1)
    path = written(tmp_path, samples.picture())
    try:
        await workshop.look(path, "image/png")
        somebody_elses = await workshop._free.get()
        looking = asyncio.create_task(workshop.look(path, "image/png", 4.0))
        await asyncio.sleep(4.2)
        workshop._free.put_nowait(somebody_elses)
        assert (await looking).width == 640
    finally:
        await workshop.close()


async def test_a_look_may_have_less_time_than_other_work(workshop: Workshop, tmp_path: Path) -> None:
    path = written(tmp_path, samples.picture())
    with pytest.raises(Unworkable):
        await workshop.look(path, "image/png", 0.001)
    async with workshop.fitted_picture(path, "image/png", 5 * 1024 * 1024) as made:
        assert made.exists()


async def test_whoever_dies_is_followed_by_another(workshop: Workshop, tmp_path: Path) -> None:
    path = written(tmp_path, samples.picture())
    await workshop.look(path, "image/png")
    [dead] = benches(workshop)
    os.kill(dead, 9)
    for _ in range(3):  # Whether its death is noticed before or after it is asked.
        try:
            await workshop.look(path, "image/png")
        except Unworkable:
            await asyncio.sleep(0.05)
    await workshop.look(path, "image/png")
    assert dead not in benches(workshop)


async def test_it_knows_no_key_of_ours(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_SECRET_KEY", "a secret that nobody may see")
    monkeypatch.setenv("WASL_MEDIA_SECRET_KEY", "another")
    await workshop.look(written(tmp_path, samples.picture()), "image/png")
    [process] = benches(workshop)
    environment = Path(f"/proc/{process}/environ").read_bytes()
    assert b"WASL" not in environment
    assert b"secret" not in environment


async def test_two_are_opened_at_a_time_and_the_rest_wait(workshop: Workshop, tmp_path: Path) -> None:
    path = written(tmp_path, samples.picture("PNG", (2000, 1500)))
    looks = await asyncio.gather(*(workshop.look(path, "image/png") for _ in range(6)))
    assert [look.width for look in looks] == [2000] * 6
    assert len(benches(workshop)) == 2


@pytest.mark.parametrize("mime_type", ["image/avif", "image/heic", "image/jpeg", "image/svg+xml"])
async def test_a_program_that_begins_like_a_picture_is_not_run(
    ghostscript: Path, workshop: Workshop, tmp_path: Path, mime_type: str
) -> None:
    assert kind_of(EPS, "photo.avif").mime_type == "image/avif"
    path = written(tmp_path, EPS)
    with pytest.raises(Unworkable):
        await workshop.look(path, mime_type)
    with pytest.raises(Unworkable):
        async with workshop.fitted_picture(path, mime_type, 5 * 1024 * 1024):
            pass
    assert not ghostscript.exists()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
async def test_every_kind_of_picture_is_opened(workshop: Workshop, tmp_path: Path, form: str) -> None:
    content = samples.picture(form, (64, 48))
    kind = kind_of(content[:4096])
    looks = await workshop.look(written(tmp_path, content), kind.mime_type)
    assert (looks.width, looks.height) == (64, 48)
    assert looks.thumbnail


async def test_what_else_is_written_to_standard_output_is_no_answer(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loosen(tmp_path, monkeypatch, "os.write(1, b'{}\\n')")
    looks = await workshop.look(written(tmp_path, samples.picture()), "image/png")
    assert looks.width == 640


async def test_whatever_a_bench_has_started_ends_with_it(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "child"
    loosen(tmp_path, monkeypatch, f"open({str(mark)!r}, 'w').write(str(subprocess.Popen(['sleep', '60']).pid))")
    await workshop.look(written(tmp_path, samples.picture()), "image/png")
    child = int(mark.read_text())
    assert runs(child)
    async with asyncio.timeout(30):
        await workshop.close()
        while runs(child):
            await asyncio.sleep(0.05)


async def test_a_killed_server_leaves_nothing_running(tmp_path: Path) -> None:
    path = written(tmp_path, samples.picture())
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED_SERVER, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    bench = int(await server.stdout.readline())
    server.kill()
    await server.wait()
    async with asyncio.timeout(30):
        while runs(bench):
            await asyncio.sleep(0.05)


def runs(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
