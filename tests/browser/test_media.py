"""Files of customers on the screen: there at once, seen, heard, opened, and asked for again when they failed."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.async_api import Locator, expect

import samples
from browser.screen import OpenBrowser, Screen, until
from story.phone import Phones
from story.scene import Scene

# What is painted does not depend on the database.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

JUMP_PIXELS_MAX = 3.0
_PLAYED = "video => video.readyState >= 2 && video.currentTime > 0"


async def hand(phones: Phones, kind: str, content: bytes, mime_type: str, **options: Any) -> str:
    """Let a customer send a file; the file's id at WhatsApp."""
    trouble = options.pop("trouble", None)
    media_id = await phones.remote.keep_file(content, mime_type)
    if trouble:
        await phones.remote.trouble_file(media_id, **trouble)
    await phones.send(kind, media_id=media_id, **options)
    return media_id


async def at_desk(emulated: Scene, phones: Phones, open_browser: OpenBrowser, **options: Any) -> Screen:
    """Sara's screen, on a conversation that begins with a word."""
    await phones.write("hello")
    return await (await open_browser(emulated.bakery.operators[0], **options)).open(await emulated.sara.chat())


async def loaded(picture: Locator) -> tuple[int, int]:
    """Wait until a picture is painted; its own size in pixels."""
    await expect(picture).to_be_visible()

    async def is_there() -> bool:
        return bool(await picture.evaluate("image => image.complete && image.naturalWidth > 0"))

    await until(is_there)
    width, height = await picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    return width, height


async def tops(screen: Screen) -> Sequence[float]:
    return [bubble.top for bubble in await screen.messages()]


async def test_a_photo_has_its_room_at_once_and_moves_nothing_when_it_comes(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    photo = samples.picture("JPEG", (600, 1500), noisy=True)
    await hand(phones, "image", photo, "image/jpeg", caption="for *Friday*", trouble={"seconds": 5.0})
    await phones.write("like this one")
    await sara.until_words(["hello", "for Friday", "like this one"])
    bubble = sara.bubbles.nth(1)
    await expect(bubble.get_by_test_id("file-pending")).to_be_visible()
    before = await tops(sara)
    await expect(bubble.locator("img")).to_be_visible()
    await loaded(bubble.locator("img"))
    assert await tops(sara) == pytest.approx(before, abs=JUMP_PIXELS_MAX)
    # It was one bubble all the time.
    assert (await sara.most_at_once())["for Friday"] == 1
    # Opened anew it has its own proportions.
    await sara.page.reload()
    await loaded(bubble.locator("img"))
    box = await bubble.get_by_test_id("open-media").bounding_box()
    assert box is not None
    assert box["height"] > box["width"]


async def test_sounds_and_documents_move_nothing_when_they_come(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    slow = {"seconds": 5.0}
    await hand(phones, "voice", samples.sound("ogg"), "audio/ogg", trouble=slow)
    await hand(phones, "document", samples.PDF, "application/pdf", filename="a.pdf", trouble=slow)
    await hand(phones, "sticker", samples.picture("WEBP", (300, 300)), "image/webp", trouble=slow)
    await hand(phones, "video", samples.film(), "video/mp4", trouble=slow)
    await phones.write("that is all")
    await expect(sara.bubbles).to_have_count(6)
    await expect(sara.page.get_by_test_id("file-pending")).to_have_count(4)
    before = await tops(sara)
    await expect(sara.page.get_by_test_id("file-pending")).to_have_count(0)
    assert await tops(sara) == pytest.approx(before, abs=JUMP_PIXELS_MAX)


async def test_photos_are_viewed_one_after_the_other(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    for side in (300, 400, 500):
        await hand(phones, "image", samples.picture("PNG", (side, 200)), "image/png", caption=f"of {side}")
    openers = sara.page.get_by_test_id("open-media")
    await expect(openers).to_have_count(3)
    await openers.nth(1).click()
    viewer = sara.page.get_by_test_id("viewer")
    picture = viewer.get_by_test_id("viewer-picture")
    assert await loaded(picture) == (400, 200)
    await expect(viewer).to_contain_text("2 of 3")
    await expect(viewer).to_contain_text("of 400")

    await sara.page.keyboard.press("ArrowRight")
    assert await loaded(picture) == (500, 200)
    await expect(viewer.get_by_test_id("viewer-after")).to_be_disabled()
    await viewer.get_by_test_id("viewer-before").click()
    await viewer.get_by_test_id("viewer-before").click()
    assert await loaded(picture) == (300, 200)

    # At the end of the row the keys still work.
    small = await picture.bounding_box()
    await sara.page.keyboard.press("+")
    await viewer.get_by_test_id("zoom-in").click()
    large = await picture.bounding_box()
    assert small is not None
    assert large is not None
    assert large["width"] == pytest.approx(small["width"] * 2.25, rel=0.01)
    await sara.page.keyboard.press("ArrowRight")
    await expect(viewer).to_have_attribute("data-scale", "1.00")

    async with sara.page.expect_download() as saving:
        await viewer.get_by_test_id("viewer-download").click()
    saved = await (await saving.value).path()
    assert saved.read_bytes() == samples.picture("PNG", (400, 200))

    await sara.page.keyboard.press("ArrowRight")
    assert await loaded(picture) == (500, 200)
    await sara.page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    # The conversation is still there, and the focus is on the picture that was seen last.
    await expect(sara.message_list).to_be_visible()
    await expect(openers.nth(2)).to_be_focused()


async def test_in_arabic_the_next_photo_is_to_the_left(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser, locale="ar-LB")
    for side in (300, 400):
        await hand(phones, "image", samples.picture("PNG", (side, 200)), "image/png")
    openers = sara.page.get_by_test_id("open-media")
    await expect(openers).to_have_count(2)
    await openers.first.click()
    picture = sara.page.get_by_test_id("viewer-picture")
    await loaded(picture)
    await sara.page.keyboard.press("ArrowRight")
    assert await loaded(picture) == (300, 200)
    await sara.page.keyboard.press("ArrowLeft")
    await until(lambda: _is(picture, (400, 200)))


async def _is(picture: Locator, size: tuple[int, int]) -> bool:
    return await loaded(picture) == size


async def test_voice_notes_play_one_at_a_time_and_faster(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    for seconds in (30.0, 31.0):
        await hand(phones, "voice", samples.sound("ogg", seconds=seconds), "audio/ogg; codecs=opus")
    players = sara.page.get_by_test_id("player")
    one, other = players.first, players.last
    await expect(players).to_have_count(2)
    await expect(one.get_by_test_id("sound-time")).to_have_text("0:30")

    await one.get_by_test_id("play").click()
    await expect(one).to_have_attribute("data-phase", "playing")
    await expect(one.get_by_test_id("sound-time")).to_contain_text(re.compile("0:0[1-9] / 0:30"))
    await other.get_by_test_id("play").click()
    await expect(other).to_have_attribute("data-phase", "playing")
    await expect(one).to_have_attribute("data-phase", "paused")

    waveform = other.get_by_test_id("waveform")
    await waveform.click(position={"x": 1, "y": 10})
    slow = await _seconds_heard(waveform)
    await other.get_by_test_id("speed").click()
    await other.get_by_test_id("speed").click()
    await expect(other.get_by_test_id("speed")).to_have_text("2×")
    fast = await _seconds_heard(waveform)
    assert fast > slow * 1.4

    box = await waveform.bounding_box()
    assert box is not None
    await waveform.click(position={"x": box["width"] * 0.8, "y": 10})
    assert int(await waveform.get_attribute("aria-valuenow") or 0) >= 23  # It plays on.
    await sara.page.keyboard.press("Home")
    assert int(await waveform.get_attribute("aria-valuenow") or 99) <= 10
    await sara.page.keyboard.press(" ")
    await expect(other).to_have_attribute("data-phase", "paused")


async def _seconds_heard(waveform: Locator, within: float = 2.0) -> float:
    """How far a sound goes on each second, as seen for so many."""
    clipped = "e => [1 - parseFloat(e.lastElementChild.style.clipPath.split(' ')[1]) / 100, performance.now() / 1000]"
    before, began = await waveform.evaluate(clipped)
    await asyncio.sleep(within)
    now, ended = await waveform.evaluate(clipped)
    return float((now - before) / (ended - began))


async def test_a_video_is_played_and_silences_what_plays(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await hand(phones, "voice", samples.sound("ogg", seconds=30.0), "audio/ogg")
    await hand(phones, "video", samples.film(), "video/mp4", caption="the oven")
    player = sara.page.get_by_test_id("player")
    await player.get_by_test_id("play").click()
    await expect(player).to_have_attribute("data-phase", "playing")
    await sara.page.get_by_test_id("open-media").click()
    video = sara.page.get_by_test_id("viewer-video")
    await until(lambda: video.evaluate(_PLAYED))
    await expect(player).to_have_attribute("data-phase", "paused")


async def test_a_document_is_opened_and_kept_under_its_name(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await hand(phones, "document", samples.PDF, "application/pdf", filename="طلب الجمعة.pdf")
    await hand(phones, "document", samples.SVG, "image/svg+xml", filename="logo.svg")
    paper, drawing = sara.page.get_by_test_id("document").first, sara.page.get_by_test_id("document").last
    await expect(paper.get_by_test_id("document-about")).to_have_text("PDF · 81 byte")
    async with sara.page.expect_download() as saving:
        await paper.get_by_test_id("download").click()
    download = await saving.value
    assert download.suggested_filename == "طلب الجمعة.pdf"
    assert (await download.path()).read_bytes() == samples.PDF
    await expect(paper.get_by_test_id("open-document")).to_be_visible()
    # What could run is never shown.
    await expect(drawing.get_by_test_id("download")).to_be_visible()
    await expect(drawing.get_by_test_id("open-document")).to_have_count(0)


async def test_a_file_that_failed_says_why_and_is_fetched_again(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await hand(phones, "image", samples.picture(), "image/png", trouble={"status": 410, "times": 1})
    bubble = sara.bubbles.last
    await expect(bubble.get_by_test_id("file-failed")).to_contain_text("does not give the file out")
    before = await tops(sara)
    await bubble.get_by_test_id("fetch-again").click()
    await loaded(bubble.locator("img"))
    assert await tops(sara) == pytest.approx(before, abs=JUMP_PIXELS_MAX)
    await expect(bubble.get_by_test_id("file-failed")).to_have_count(0)


async def test_a_long_row_of_photos_loads_what_is_seen_and_stays_where_it_is(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    count = 40
    await phones.write("hello")
    chat = await emulated.sara.chat()
    for place in range(count):
        size = (300 + place * 20, 900 - place * 15)
        await hand(phones, "image", samples.picture("PNG", size), "image/png", caption=f"photo {place}")

    async def all_there() -> bool:
        states = [(message["media"] or {}).get("state") for message in (await emulated.sara.history(chat))["messages"]]
        return states.count("ready") == count

    await until(all_there, within_seconds=30)
    sara = await open_browser(emulated.bakery.operators[0])
    asked: list[str] = []
    sara.page.on(
        "request", lambda request: asked.append(request.url) if "/api/live-chat/media/" in request.url else None
    )
    await sara.open(chat)
    await loaded(sara.bubble(f"photo {count - 1}").locator("img"))
    await sara.page.wait_for_load_state("networkidle")
    # The end is where the reader is, whatever was loaded above; and only what is near was loaded.
    assert await sara.room_below(sara.message_list) <= 2
    files = [url for url in asked if "/api/live-chat/media/" in url]
    assert 0 < len(files) < count * 0.7, len(files)
    for _ in range(8):
        await sara.wheel(sara.message_list, -1500)
        still = await tops(sara)
        await asyncio.sleep(0.3)
        assert await tops(sara) == pytest.approx(still, abs=JUMP_PIXELS_MAX)
