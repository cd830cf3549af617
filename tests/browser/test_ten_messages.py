"""Ten quick messages appear on an open conversation once each and in order, and a reload changes nothing."""

import time

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, NOON, RANA, text

pytestmark = pytest.mark.anyio

QUICK = ["hi", "kifak", "sho", "3amel", "marhaba", "test1", "test2", "test3", "test4", "test5"]


@pytest.mark.parametrize("batch", [1, 10], ids=["ten webhooks", "one batch"])
async def test_each_appears_once_and_in_order(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, batch: int
) -> None:
    number = emulated.bakery.number
    await phones.write("salut")
    await phones.write("are you open?", HADI)
    chat = await emulated.sara.chat(RANA)
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await sara.until_words(["salut"])
    assert (await sara.row_ids())[0] == emulated.bakery.conversation_id(HADI)

    # All in the same second, each body delivered twice.
    second = round(time.time()) + 1 - NOON
    messages = [text(RANA, words, at=second) for words in QUICK]
    values = [number.value(contacts=[RANA.contact()], messages=[message]) for message in messages]
    options = {"batch": batch, "duplicate": 2, "concurrency": 1, "phone_number_id": number.phone_number_id}
    await phones.remote.deliver(values, wait=True, **options)

    await sara.until_words(["salut", *QUICK])
    assert await sara.is_unrefreshed()
    assert (await sara.row_ids())[0] == chat["conversation_id"]
    await expect(sara.row(chat["conversation_id"])).to_contain_text("test5")
    before = await sara.messages()

    chat = await emulated.sara.chat(RANA)
    assert chat["message_count"] == 11
    assert [bubble.id for bubble in before] == [
        message["message_id"] for message in (await emulated.sara.history(chat))["messages"]
    ]
    assert set((await sara.most_at_once()).values()) == {1}

    await sara.page.reload()
    await sara.until_live()
    await sara.until_words(["salut", *QUICK])
    assert await sara.messages() == before
    await expect(sara.row(chat["conversation_id"])).to_contain_text("test5")
    assert set((await sara.most_at_once()).values()) == {1}
