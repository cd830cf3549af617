"""A token that WhatsApp no longer takes is renewed by an administrator, and what waited leaves at once, in order."""

import asyncio

import pytest

from story.command import wasl
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI

pytestmark = pytest.mark.anyio


async def test_what_waited_for_the_new_token_leaves_once_it_is_there(emulated: Scene, phones: Phones) -> None:
    await phones.write("hello")
    await phones.write("hello too", HADI)
    number = emulated.bakery.number
    await phones.remote.add_number(
        number.phone_number_id,
        f"{emulated.node.url}/webhooks/meta",
        display_phone_number=number.display,
        access_token="the-new-token",
        app_secret=number.secret,
    )
    sara = await emulated.watch(emulated.sara)
    rana, hadi = await emulated.sara.chat(), await emulated.sara.chat(HADI)
    sent = [(await emulated.sara.send(rana, words, force=True))["message"] for words in ("one", "two")]
    await sara.until(lambda: (sara.messages().get(sent[0]["message_id"], {}).get("error") or {}).get("code") == "190")
    sent.append((await emulated.sara.send(hadi, "three"))["message"])
    await asyncio.sleep(0.5)
    assert await phones.words_accepted() == []

    words = ("channel", "change", "--account", emulated.bakery.account_id, "--phone-number-id", number.phone_number_id)
    said = await wasl(emulated, *words, WASL_CHANNEL_ACCESS_TOKEN="the-new-token")
    assert "another access token" in said
    assert "the-new-token" not in said
    # Without a word of it the number would be tried again after five minutes.
    for message in sent:
        await sara.until_message(message["message_id"], status="delivered")
    accepted = await phones.words_accepted()
    assert sorted(accepted) == ["one", "three", "two"]
    assert accepted.index("one") < accepted.index("two")
