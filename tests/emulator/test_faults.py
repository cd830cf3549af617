"""Sends that go wrong on demand, and statuses in every order."""

import asyncio
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from emulator.receiver import MAYA, QUICK, Stage, stage, until
from wasl.clock import monotonic
from wasl.emulator import business_side
from wasl.emulator.remote import RemoteFailure

pytestmark = pytest.mark.anyio


def told(scene: Stage) -> list[str]:
    return [status["status"] for status in scene.receiver.statuses]


async def test_statuses_follow_in_order_and_carry_our_word(scene: Stage) -> None:
    await scene.remote.write(MAYA, "hi", wait=True)
    message_id = (await scene.send(biz_opaque_callback_data="ours")).json()["messages"][0]["id"]
    await scene.remote.until_quiet()
    assert told(scene) == ["sent", "delivered"]
    assert await scene.remote.read(MAYA) == 1
    assert await scene.remote.read(MAYA) == 0
    await scene.remote.until_quiet()
    assert told(scene) == ["sent", "delivered", "read"]
    sent, delivered, read = scene.receiver.statuses
    common = {"id": message_id, "recipient_id": "9613000001", "biz_opaque_callback_data": "ours"}
    assert all(status | common == status for status in (sent, delivered, read))
    assert all(status["timestamp"].isdigit() for status in (sent, delivered, read))
    price = {"billable": False, "pricing_model": "PMP", "category": "service", "type": "free_customer_service"}
    assert (sent["pricing"], delivered["pricing"], read.get("pricing")) == (price, price, None)
    assert "conversation" not in sent
    assert scene.receiver.signed_rightly()
    assert f"{message_id}:read" in await scene.remote.acknowledged()


async def test_older_versions_tell_the_conversation(scene: Stage) -> None:
    body = {"messaging_product": "whatsapp", "to": MAYA, "text": {"body": "hi"}}
    from_version = scene.business.base_url.join(
        f"/v23.0/{(await scene.remote.numbers())[0]['phone_number_id']}/messages"
    )
    assert (await scene.business.post(from_version, json=body)).status_code == 200
    await scene.remote.until_quiet()
    sent, delivered = scene.receiver.statuses
    assert sent["conversation"]["origin"] == {"type": "service"}
    assert int(sent["conversation"]["expiration_timestamp"]) - int(sent["timestamp"]) == 86_400
    assert delivered["conversation"]["id"] == sent["conversation"]["id"]


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ({"statuses": ["delivered", "sent"]}, ["delivered", "sent"]),
        ({"statuses": ["read"], "read_after_seconds": 0}, ["read"]),
        ({"statuses": ["sent"]}, ["sent"]),
        ({"statuses": []}, []),
        ({"read_after_seconds": 0.03}, ["sent", "delivered", "read"]),
        ({"statuses": ["read", "delivered", "sent"], "read_after_seconds": 0.02}, ["read", "delivered", "sent"]),
    ],
)
async def test_statuses_come_as_asked(scene: Stage, behaviour: dict[str, Any], expected: list[str]) -> None:
    await scene.remote.behave(**{"sent_after_seconds": 0, "delivered_after_seconds": 0.01} | behaviour)
    await scene.send()
    await scene.remote.until_quiet()
    assert told(scene) == expected


async def test_a_customer_who_looked_early_has_read_on_arrival(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = asyncio.Event()
    monkeypatch.setattr(business_side, "asyncio", SimpleNamespace(sleep=lambda _: looked.wait()))
    await scene.send()
    assert await scene.remote.read(MAYA) == 0
    looked.set()
    await scene.remote.until_quiet()
    assert sorted(told(scene)) == ["delivered", "read", "sent"]


async def test_a_refusal_is_made_to_measure(scene: Stage) -> None:
    await scene.remote.behave(sends=[{"ending": "refuse", "code": 130429, "times": 2, "details": "slow down"}])
    for _ in range(2):
        answer = await scene.send()
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 130429)
        assert answer.json()["error"]["error_data"]["details"] == "slow down"
    assert (await scene.send()).status_code == 200
    assert len(await scene.remote.accepted()) == 1


async def test_only_the_named_recipient_is_hit(scene: Stage) -> None:
    await scene.remote.behave(sends=[{"ending": "refuse", "code": 131056, "times": None, "to": MAYA}])
    assert (await scene.send(to="+9613000002")).status_code == 200
    assert [(await scene.send()).json()["error"]["code"] for _ in range(3)] == [131056] * 3


async def test_a_proxy_in_between_says_nothing_of_metas(scene: Stage) -> None:
    await scene.remote.behave(sends=[{"ending": "bare", "status": 503}])
    answer = await scene.send()
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert await scene.remote.accepted() == []


async def test_a_lost_reply_was_accepted_and_has_statuses(scene: Stage) -> None:
    await scene.remote.behave(sends=[{"ending": "lose_reply"}], sent_after_seconds=0, delivered_after_seconds=0.01)
    with pytest.raises(httpx2.TransportError):
        await scene.send(biz_opaque_callback_data="ours")
    accepted = await scene.remote.accepted()
    assert [(one["callback_data"], one["answered"]) for one in accepted] == [("ours", False)]
    await scene.remote.until_quiet()
    assert [status["biz_opaque_callback_data"] for status in scene.receiver.statuses] == ["ours", "ours"]


async def test_a_dropped_send_was_not_accepted(scene: Stage) -> None:
    await scene.remote.behave(sends=[{"ending": "drop"}])
    with pytest.raises(httpx2.TransportError):
        await scene.send()
    assert await scene.remote.accepted() == []
    assert (await scene.remote.refused())[0]["details"] == "connection closed"


async def test_a_send_that_hangs_ends_when_the_business_gives_up(scene: Stage) -> None:
    await scene.remote.behave(sends=[{"ending": "hang"}])
    scene.business.timeout = httpx2.Timeout(30.0, read=0.1)
    try:
        with pytest.raises(httpx2.ReadTimeout):
            await scene.send()
    finally:
        scene.business.timeout = httpx2.Timeout(5.0)
    assert len(await scene.remote.until_accepted(1)) == 1


async def test_a_send_may_fail_after_it_was_accepted(scene: Stage) -> None:
    await scene.remote.behave(sends=[{"ending": "fail_later", "code": 131049}], sent_after_seconds=0)
    assert (await scene.send()).status_code == 200
    await scene.remote.until_quiet()
    assert told(scene) == ["failed"]
    error = scene.receiver.statuses[0]["errors"][0]
    assert (error["code"], set(error)) == (131049, {"code", "title", "message", "error_data", "href"})
    assert "contacts" not in scene.receiver.values[0]


async def test_a_phone_that_cannot_be_reached_fails_later(scene: Stage) -> None:
    await scene.remote.write(MAYA, "hi", wait=True)
    await scene.remote.change_customer(MAYA, reachable=False)
    await scene.send()
    await scene.remote.until_quiet()
    assert scene.receiver.statuses[0]["errors"][0]["code"] == 131026


async def test_a_reaction_lands_on_its_message_or_fails(scene: Stage) -> None:
    message_id = await scene.remote.write(MAYA, "hi", wait=True)
    await scene.send(type="reaction", reaction={"message_id": message_id, "emoji": "❤️"})
    assert (await scene.remote.thread(MAYA))[0]["reactions"] == {"business": "❤️"}
    await scene.remote.until_quiet()
    await scene.send(type="reaction", reaction={"message_id": "wamid.nobody", "emoji": "❤️"})
    await scene.remote.until_quiet()
    assert scene.receiver.statuses[-1]["errors"][0]["code"] == 131009


async def test_the_number_and_the_pair_have_speed_limits(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = monotonic()
    monkeypatch.setattr(business_side, "monotonic", lambda: at_once)
    await scene.remote.behave(per_second=3)
    codes = [(await scene.send(to=f"+96130001{n:02}")).json().get("error", {}).get("code") for n in range(4)]
    assert codes == [None, None, None, 130429]
    await scene.remote.behave(pair_burst=2)
    codes = [(await scene.send()).json().get("error", {}).get("code") for _ in range(3)]
    assert codes == [None, None, 131056]
    assert (await scene.send(to="+9613000155")).status_code == 200


@pytest.mark.parametrize(
    "behaviour",
    [
        {"duplicates": 2},
        {"duplicate": "two"},
        {"batch": -1},
        {"batch_style": "heap"},
        {"statuses": ["seen"]},
        {"window_enforced": 1},
        {"sends": [{"ending": "explode"}]},
        {"sends": ["lose_reply"]},
        {"sends": [{"times": 1.5}]},
        {"phone_number_id": "999"},
    ],
)
async def test_a_behaviour_that_makes_no_sense_is_refused(scene: Stage, behaviour: dict[str, Any]) -> None:
    with pytest.raises(RemoteFailure):
        await scene.remote.behave(**behaviour)


async def test_one_number_misbehaves_and_the_other_does_not() -> None:
    async with stage(QUICK) as scene:
        number = await scene.remote.add_number("2", scene.receiver.url, display_phone_number="9611000002")
        await scene.remote.behave("2", duplicate=2)
        await scene.remote.write(MAYA, "once", wait=True)
        await scene.remote.write(MAYA, "twice", phone_number_id=number.phone_number_id)
        await until(lambda: len(scene.receiver.bodies) == 3)
        await scene.remote.until_quiet()
        assert sorted(message["text"]["body"] for message in scene.receiver.messages) == ["once", "twice", "twice"]
