"""The demo's customers: a past, a message now and then, answers; calm, bounded, the same past at every start."""

import asyncio
from collections.abc import Mapping
from itertools import takewhile

import httpx2
import pytest

from emulator.receiver import DISPLAY, NUMBER, QUICK, SECRET, TOKEN, stage, until
from wasl.emulator.app import build_emulator
from wasl.emulator.cast import CAST, CUSTOMER, Pace
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.whatsapp import EmulatorConfig

pytestmark = pytest.mark.anyio

PAST = sum(len(person.past) for person in CAST)
UNANSWERED = {
    person.name: sum(1 for _ in takewhile(lambda line: line.author == CUSTOMER, reversed(person.past)))
    for person in CAST
}
WAITING = sum(UNANSWERED.values())
SILENT = Pace(asks=(3600, 3600), reads=(0, 0.01), answers=(0.4, 0.4))


async def test_the_past_is_told_once_in_order_before_anything_else() -> None:
    """What was answered long ago comes as a phone's history: no assistant answers it, and nobody finds it unread."""
    told: list[list[str]] = []
    for _ in range(2):
        async with stage(QUICK, lively=True, pace=SILENT) as scene:
            await until(lambda: len(scene.receiver.bodies) == 1 + WAITING)
            await scene.remote.until_quiet()
            history, *rest = scene.receiver.values
            threads = [thread["messages"] for chunk in history["history"] for thread in chunk["threads"]]
            assert [len(messages) for messages in threads] == [
                len(person.past) - UNANSWERED[person.name] for person in CAST
            ]
            assert all(UNANSWERED.values()), "everybody waits for an answer"
            times = [int(message["timestamp"]) for message in scene.receiver.messages]
            assert (len(times), times) == (len(rest), sorted(times))
            messages = [*(message for thread in threads for message in thread), *scene.receiver.messages]
            told.append([message["id"] for message in messages])
            assert len(set(told[-1])) == PAST
            assert len(await scene.remote.deliveries()) == 1 + WAITING
    assert told[0] == told[1]


async def test_a_reply_is_read_and_answered_once() -> None:
    async with stage(QUICK, lively=True, pace=SILENT) as scene:
        await until(lambda: len(scene.receiver.bodies) == 1 + WAITING)
        maya = CAST[0]
        said = (scene.send(to=maya.phone, text={"body": text}) for text in ("Yes, today.", "Around five."))
        assert [answer.status_code for answer in await asyncio.gather(*said)] == [200, 200]
        await until(lambda: len(scene.receiver.messages) == WAITING + 1)
        await scene.remote.until_quiet()
        assert scene.receiver.messages[-1]["text"]["body"] in maya.answers
        assert [status["status"] for status in scene.receiver.statuses].count("read") == 2
        await asyncio.sleep(0.1)
        assert len(scene.receiver.messages) == WAITING + 1


async def test_they_write_now_and_then_and_wait_when_nobody_listens() -> None:
    async with stage(QUICK, lively=True, pace=Pace(asks=(0.001, 0.002))) as scene:
        await until(lambda: len(scene.receiver.bodies) > WAITING + 30)
        details = {"display_phone_number": DISPLAY, "access_token": TOKEN, "app_secret": SECRET}
        await scene.remote.add_number(NUMBER, "http://127.0.0.1:9/", **details)
        async with asyncio.timeout(30):
            while await scene.remote.waiting() < len(CAST):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert await scene.remote.waiting() <= len(CAST) + 2


async def test_it_works_within_one_process_too() -> None:
    """Story tests may join both programs without a port: the webhooks go through what is handed in."""
    heard: list[bytes] = []

    async def take(_url: str, body: bytes, _headers: Mapping[str, str], _seconds: float) -> int:
        heard.append(body)
        return 200

    number = BusinessNumber(NUMBER, DISPLAY, TOKEN, SECRET, "http://wasl.test/webhooks/meta")
    app = build_emulator(EmulatorConfig((number,), QUICK), carry=take)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://emulator.test") as client:
            answer = await client.post("/emulator/customers/9613000001/messages", json={"text": "hi", "wait": True})
            assert answer.json()["success"] is True
            assert len(heard) == 1
            await client.put("/emulator/behaviour", json={"sends": [{"ending": "lose_reply"}]})
            body = {"messaging_product": "whatsapp", "to": "9613000001", "text": {"body": "hello"}}
            headers = {"Authorization": f"Bearer {TOKEN}"}
            with pytest.raises(httpx2.TransportError):
                await client.post(f"/v24.0/{NUMBER}/messages", json=body, headers=headers)
            assert (await client.get("/emulator/accepted")).json()["total"] == 1
