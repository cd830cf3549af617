"""A number that is not set up yet: kept, counted, and on the open screens soon after somebody sets it up."""

import time

import pytest

from story.command import wasl
from story.people import contents
from story.scene import Scene
from story.wire import HADI, RANA, Number, text

pytestmark = pytest.mark.anyio

SHOWN_SECONDS_MAX = 15.0
"""Soon, on a machine that pauses too. Nothing else happens that would show it."""


async def test_quarantined_set_up_replayed_and_shown(scene: Scene) -> None:
    new = Number(f"77{scene.bakery.number.phone_number_id}", "9611000777", scene.bakery.number.secret)
    sara = await scene.watch(scene.sara)
    before = scene.node.ledger()
    words = ["is this the new branch?", "hello?"]
    told = new.said([text(RANA, part) for part in words], RANA)
    for _ in range(2):
        await scene.outside.tell(new, told)
    assert scene.node.ledger()["quarantined"] == before["quarantined"] + 2
    assert sara.events == []

    secrets = {
        "WASL_CHANNEL_APP_SECRET": new.secret,
        "WASL_CHANNEL_VERIFY_TOKEN": "verify-new-branch",
        "WASL_CHANNEL_ACCESS_TOKEN": "token-of-the-new-branch",
    }
    about = ["--provider", "meta", "--phone-number-id", new.phone_number_id]
    said = await wasl(scene, "channel", "add", "--account", scene.bakery.account_id, *about, **secrets)
    assert not any(secret in said for secret in secrets.values())
    await wasl(scene, "replay")
    started = time.monotonic()
    await sara.until(lambda: len(sara.arrivals()) == len(words))
    assert time.monotonic() - started < SHOWN_SECONDS_MAX
    assert contents(sara.arrivals()) == words
    assert sara.arrivals()[0]["conversation_id"] == f"{scene.bakery.account_id}_{new.phone_number_id}_{RANA.phone}"
    sara.check()

    scene.node.check_ledger()
    assert scene.node.ledger()["quarantined"] == before["quarantined"]
    await wasl(scene, "replay")
    await scene.outside.tell(new, new.said([text(HADI, "live now")], HADI))
    await sara.until(lambda: len(sara.arrivals()) == 3)
    assert contents(sara.arrivals()) == [*words, "live now"]
    assert (await scene.karim.chats())["total"] == 0


async def test_a_channel_of_another_secret_takes_nothing_that_it_did_not_sign(scene: Scene) -> None:
    """What the bakery's secret signed for a number that later turns out to be the garage's stays where it is."""
    new = Number(f"88{scene.bakery.number.phone_number_id}", "9611000888", scene.bakery.number.secret)
    await scene.outside.tell(new, new.said([text(RANA, "who are you?")], RANA))
    secrets = {
        "WASL_CHANNEL_APP_SECRET": scene.garage.number.secret,
        "WASL_CHANNEL_VERIFY_TOKEN": "verify",
        "WASL_CHANNEL_ACCESS_TOKEN": "token",
    }
    about = ["--provider", "meta", "--phone-number-id", new.phone_number_id]
    await wasl(scene, "channel", "add", "--account", scene.garage.account_id, *about, **secrets)
    await wasl(scene, "replay")
    assert (await scene.karim.chats())["total"] == (await scene.sara.chats())["total"] == 0
    scene.node.check_ledger()
