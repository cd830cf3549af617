"""Webhooks made by hand: wrapped, signed and delivered as a test wants them."""

from typing import Any

import pytest

from emulator.receiver import DISPLAY, NUMBER, Stage
from wasl.emulator.remote import RemoteFailure

pytestmark = pytest.mark.anyio


def text(number: int, phone: str = "9613000007") -> dict[str, Any]:
    body = {"body": f"text {number}"}
    return {"from": phone, "id": f"wamid.test{number}", "timestamp": "1790000000", "type": "text", "text": body}


async def test_values_get_what_they_lack_and_are_signed(scene: Stage) -> None:
    deliveries = await scene.remote.deliver([{"messages": [text(1)]}, {"messages": [text(2)]}], wait=True)
    assert [delivery["state"] for delivery in deliveries] == ["acknowledged"] * 2
    assert scene.receiver.signed_rightly()
    assert scene.receiver.values[0]["metadata"] == {"display_phone_number": DISPLAY, "phone_number_id": NUMBER}
    assert sorted(await scene.remote.acknowledged()) == ["wamid.test1", "wamid.test2"]


async def test_a_value_may_name_another_number(scene: Stage) -> None:
    metadata = {"display_phone_number": "9611000009", "phone_number_id": "9"}
    await scene.remote.deliver([{"metadata": metadata, "messages": [text(1)]}], wait=True)
    assert scene.receiver.values[0]["metadata"] == metadata


async def test_split_shuffled_batched_and_doubled(scene: Stage) -> None:
    value = {"messages": [text(number) for number in range(30)]}
    options = {"split": True, "shuffle": True, "batch": 10, "duplicate": 2, "concurrency": 1, "wait": True}
    await scene.remote.deliver([value], **options)
    heard = [message["id"] for message in scene.receiver.messages]
    assert len(scene.receiver.bodies) == 6
    assert sorted(heard) == sorted([f"wamid.test{number}" for number in range(30)] * 2)
    assert heard[:30] != [f"wamid.test{number}" for number in range(30)]


async def test_one_at_a_time_keeps_the_order(scene: Stage) -> None:
    values = [{"messages": [text(number)]} for number in range(20)]
    await scene.remote.deliver(values, concurrency=1, wait=True)
    assert [message["id"] for message in scene.receiver.messages] == [f"wamid.test{number}" for number in range(20)]


async def test_a_thousand_updates_fit_one_body(scene: Stage) -> None:
    await scene.remote.deliver([{"messages": [text(number)]} for number in range(1_000)], batch=1_000, wait=True)
    assert len(scene.receiver.bodies) == 1
    assert len(await scene.remote.acknowledged()) == 1_000


async def test_other_fields_and_broken_bodies_go_out_as_they_are(scene: Stage) -> None:
    await scene.remote.deliver([{"field": "account_update", "value": {"event": "X"}}], wait=True)
    await scene.remote.deliver_raw("{not json", wait=True)
    assert b'"field":"account_update"' in scene.receiver.bodies[0]
    assert scene.receiver.bodies[1] == b"{not json"


async def test_a_forgery_is_signed_with_another_secret_and_given_up_when_told_to(scene: Stage) -> None:
    scene.receiver.answers = [401, 401, 401]
    options = {"secret": "stolen", "attempts": 3, "wait": True}
    deliveries = await scene.remote.deliver([{"messages": [text(1)]}], **options)
    assert not scene.receiver.signed_rightly()
    assert (deliveries[0]["state"], deliveries[0]["attempts"]) == ("given_up", 3)
    assert await scene.remote.acknowledged() == []


async def test_a_hand_made_message_opens_the_window_of_its_sender(scene: Stage) -> None:
    await scene.remote.deliver([{"messages": [text(1) | {"timestamp": "1000"}]}], wait=True)
    assert (await scene.send(to="9613000007")).json()["error"]["code"] == 131047
    thread = await scene.remote.thread("9613000007")
    assert thread[0]["message_id"] == "wamid.test1"


@pytest.mark.parametrize(
    "broken", [None, 7, "text", [1, None], [{"id": 3}], [{"id": "a", "type": "text", "from": "x"}]]
)
async def test_what_cannot_be_understood_is_delivered_all_the_same(scene: Stage, broken: object) -> None:
    await scene.remote.deliver([{"messages": broken}], wait=True)
    assert scene.receiver.values[0]["messages"] == broken


@pytest.mark.parametrize(
    "options", [{"batch": 0}, {"batch": 1001}, {"duplicate": -1}, {"split": 1}, {"batch_style": "x"}, {"secret": 3}]
)
async def test_options_that_make_no_sense_are_refused(scene: Stage, options: dict[str, object]) -> None:
    with pytest.raises(RemoteFailure):
        await scene.remote.deliver([{"messages": [text(1)]}], **options)
    assert scene.receiver.bodies == []
