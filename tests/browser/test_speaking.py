"""Voice notes: recorded from the microphone, heard before they go, deleted or sent; or there is no microphone."""

import re

import pytest
from playwright.async_api import expect

from browser.answering import CLOUD, Composer, at_desk, kinds, offer
from browser.screen import OpenBrowser
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

REFUSE = """() => { navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('Permission denied', 'NotAllowedError')) }"""

NOTE_PLAYING = """player => new MutationObserver(() => {
    if (player.dataset.phase === 'playing') player.dataset.hasPlayed = 'yes' })
    .observe(player, {attributes: true, attributeFilter: ['data-phase']})"""
"""A second of sound may be over between two looks."""


async def speak(sara: Composer) -> None:
    """Record for about a second."""
    await sara.page.get_by_test_id("record").click()
    await expect(sara.recorder).to_have_attribute("data-phase", "recording")
    await expect(sara.page.get_by_test_id("voice-stop")).to_be_focused()
    await expect(sara.page.get_by_test_id("voice-seconds")).to_have_text(re.compile("0:0[1-9]"))


async def test_a_voice_note_is_heard_and_then_goes(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await speak(sara)
    # The microphone's beep is seen while it is recorded.
    await sara.page.wait_for_function("() => document.querySelector('[data-testid=voice-level]').value > 0.05")
    await sara.page.keyboard.press("Enter")
    await expect(sara.recorder).to_have_attribute("data-phase", "recorded")
    await expect(sara.page.get_by_test_id("voice-play")).to_be_focused()
    await sara.page.keyboard.press("Enter")
    await sara.page.wait_for_function("() => document.querySelector('[data-testid=recorder] audio').currentTime > 0.3")
    await sara.page.get_by_test_id("voice-send").click()
    await expect(sara.recorder).to_have_count(0)
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    [sent] = await phones.accepted()
    assert sent["body"]["type"] == "audio"
    assert sent["body"]["audio"]["voice"] is True
    media_id = sent["body"]["audio"]["id"]
    spoken = await phones.remote.file(media_id)
    assert spoken[:4] == b"OggS"
    assert b"OpusHead" in spoken[:64]

    # Rana sends it back: what went out comes in, and plays.
    await phones.send("voice", media_id=media_id)
    await expect(sara.screen.bubbles).to_have_count(3)
    for place in (1, 2):
        player = sara.screen.bubbles.nth(place).get_by_test_id("player")
        await player.evaluate(NOTE_PLAYING)
        await player.get_by_test_id("play").click()
        await expect(player).to_have_attribute("data-has-played", "yes")


async def test_a_recording_is_deleted(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    for ending in ("voice-delete", "Escape"):
        await speak(sara)
        if ending == "Escape":
            await sara.page.keyboard.press(ending)
        else:
            await sara.page.get_by_test_id(ending).click()
        await expect(sara.recorder).to_have_count(0)
        await expect(sara.tray).to_have_count(0)
    await sara.screen.type("I call you")
    await expect(sara.screen.bubble("I call you")).to_have_attribute("data-status", "delivered")
    assert kinds(await phones.accepted()) == ["text"]


async def test_what_was_spoken_waits_where_it_was_spoken(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("me too", HADI)
    sara = await at_desk(emulated, phones, open_browser)
    await speak(sara)
    await sara.screen.row(emulated.bakery.conversation_id(HADI)).click()
    await expect(sara.screen.bubble("me too")).to_be_visible()
    await expect(sara.tray).to_have_count(0)
    await sara.page.go_back()
    await expect(sara.screen.bubble("hello")).to_be_visible()
    await sara.until_ready()
    await expect(sara.tray).to_have_attribute("data-kind", "voice")
    assert await phones.accepted() == []


async def test_a_microphone_that_is_not_given_is_said(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await sara.page.evaluate(REFUSE)
    await sara.page.get_by_test_id("record").click()
    await expect(sara.page.get_by_test_id("voice-trouble")).to_contain_text("Allow it")
    await expect(sara.page.get_by_test_id("voice-send")).to_have_count(0)
    await sara.page.keyboard.press("Escape")
    await expect(sara.screen.composer).to_be_visible()


async def test_where_no_voice_notes_are_taken_none_is_offered(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    screen = await open_browser(emulated.bakery.operators[0])
    await offer(screen, chat, kinds=[kind for kind in CLOUD["kinds"] if kind != "voice"])
    sara = Composer(await screen.open(chat))
    await expect(sara.page.get_by_test_id("add")).to_be_visible()
    await expect(sara.page.get_by_test_id("record")).to_have_count(0)
    await expect(sara.send).to_be_disabled()
