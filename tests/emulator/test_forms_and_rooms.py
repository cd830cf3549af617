"""What the emulator's Twilio and Qiscus take and refuse: a request that the providers would not take must show."""

from typing import Any

import httpx2
import pytest

from emulator.receiver import MAYA, Stage
from wasl.emulator.customers import Customer
from wasl.emulator.modes.qiscus import room_of
from wasl.emulator.modes.twilio import sid_of
from wasl.emulator.numbers import BusinessNumber

pytestmark = pytest.mark.anyio

SID, TOKEN, SHOP = "AC77", "a-token", "15550200007"
MESSAGES = f"/twilio/2010-04-01/Accounts/{SID}/Messages.json"
APP, KEY, CHANNEL = "olive-1x", "a-key", "770001"
BOT, TO_NUMBER = f"/qiscus/{APP}/bot", f"/qiscus/whatsapp/v1/{APP}/{CHANNEL}/messages"


@pytest.fixture
async def twilio(scene: Stage) -> Stage:
    about = {"access_token": TOKEN, "business_account_id": SID, "provider": "twilio"}
    await scene.remote.add_number(SHOP, scene.receiver.url, display_phone_number=SHOP, **about)
    return scene


async def form(
    scene: Stage, path: str = MESSAGES, auth: tuple[str, str] = (SID, TOKEN), **changes: str
) -> httpx2.Response:
    usual = {"From": f"whatsapp:+{SHOP}", "To": f"whatsapp:{MAYA}", "Body": "Hello"}
    said = {name: value for name, value in (usual | changes).items() if value != "-"}
    return await scene.business.post(path, data=said, auth=auth)


async def test_twilio_names_a_message_by_its_sid(twilio: Stage) -> None:
    answer = await form(twilio)
    [accepted] = await twilio.remote.accepted()
    assert (answer.status_code, answer.json()["sid"]) == (201, sid_of(accepted["message_id"]))
    assert accepted["body"]["text"] == {"body": "Hello"}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"auth": (SID, "another")}, 401, 20003),
        ({"auth": ("AC78", TOKEN)}, 401, 20003),
        ({"path": MESSAGES.replace(SID, "AC78")}, 404, 20404),
        ({"From": "whatsapp:+15550209999"}, 400, 63007),
        ({"From": f"+{SHOP}"}, 400, 63007),
        ({"To": MAYA}, 400, 21211),
        ({"To": "-"}, 400, 21211),
        ({"Body": "-"}, 400, 21619),
        ({"Body": "x" * 1601}, 400, 21617),
    ],
)
async def test_twilio_refuses_what_does_not_fit(twilio: Stage, changes: dict[str, Any], status: int, code: int) -> None:
    answer = await form(twilio, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await twilio.remote.accepted() == []
    assert len(await twilio.remote.refused()) == 1


async def test_a_file_that_is_not_at_its_link_fails_later(twilio: Stage) -> None:
    answer = await form(twilio, MediaUrl="http://127.0.0.1:9/a.png", Body="-")
    assert answer.status_code == 201
    await twilio.remote.until_quiet()
    [entry] = await twilio.remote.thread(MAYA, SHOP)
    assert (entry["type"], entry["status"]) == ("image", "failed")


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"messageId": "SM0"}, 404), ({"channel": "sms"}, 400), ({"auth": (SID, "another")}, 401)],
)
async def test_the_sign_of_typing_is_of_a_message_that_came(
    twilio: Stage, changes: dict[str, Any], status: int
) -> None:
    said = {"channel": "whatsapp", "messageId": "SM0"} | changes
    answer = await form(twilio, "/twilio/v2/Indicators/Typing.json", **said)
    assert answer.status_code == status
    assert await twilio.remote.receipts() == []


# -- Qiscus ------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def qiscus(scene: Stage) -> Stage:
    about = {"access_token": KEY, "business_account_id": APP, "provider": "qiscus"}
    # Nobody takes its webhooks here: only what is asked of it is looked at.
    await scene.remote.add_number(CHANNEL, scene.receiver.url, display_phone_number="15550300007", **about)
    return scene


def room() -> str:
    digits = MAYA.removeprefix("+")
    number = BusinessNumber(CHANNEL, "15550300007", KEY, "", "")
    return room_of(number, Customer(digits, "Maya", digits, None))


async def post(scene: Stage, path: str, body: Any, **headers: str) -> httpx2.Response:
    usual = {"QISCUS_SDK_SECRET": KEY, "Qiscus-App-Id": APP, "Qiscus-Secret-Key": KEY}
    told = usual | {name.replace("_", "-"): value for name, value in headers.items()}
    return await scene.business.post(path, json=body, headers=told)


OLD = {"recipient_type": "individual", "to": "9613000001", "type": "text", "text": {"body": "Hello"}}
IN_ROOM = {"sender_email": f"{APP}_admin@qismo.com", "room_id": "1", "type": "text", "message": "Hello"}
TEMPLATE = {"namespace": "n", "name": "order_on_its_way", "language": {"code": "en"}}


async def test_qiscus_takes_the_bodies_of_old(qiscus: Stage) -> None:
    answer = await post(qiscus, TO_NUMBER, OLD)
    [accepted] = await qiscus.remote.accepted()
    assert answer.json() == {"messages": [{"id": accepted["message_id"]}]}
    assert accepted["body"]["text"] == {"body": "Hello"}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        (TO_NUMBER, OLD, {"Qiscus_Secret_Key": "another"}, 401),
        (TO_NUMBER, OLD, {"Qiscus_App_Id": "other-app"}, 401),
        (TO_NUMBER.replace(CHANNEL, "1"), OLD, {}, 404),
        (TO_NUMBER, OLD | {"messaging_product": "whatsapp"}, {}, 400),
        (TO_NUMBER, OLD | {"type": "template", "template": TEMPLATE}, {}, 400),
        (TO_NUMBER, [], {}, 400),
        (BOT, IN_ROOM, {}, 404),
        (BOT, IN_ROOM | {"sender_email": "somebody@else.example"}, {}, 400),
        (BOT.replace(APP, "other-app"), IN_ROOM, {}, 401),
        (BOT, {}, {}, 400),
    ],
)
async def test_qiscus_refuses_what_does_not_fit(
    qiscus: Stage, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    answer = await post(qiscus, path, body, **headers)
    assert (answer.status_code, len(answer.json()["errors"])) == (status, 1)
    assert await qiscus.remote.accepted() == []
    assert len(await qiscus.remote.refused()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "carousel", "payload": {}},
        {"type": "file_attachment"},
        {"type": "buttons", "payload": {"text": "?", "buttons": []}},
        {"message": None},
    ],
)
async def test_a_room_takes_only_what_it_knows(qiscus: Stage, changes: dict[str, Any]) -> None:
    await post(qiscus, TO_NUMBER, OLD)
    assert (await post(qiscus, BOT, IN_ROOM | {"room_id": room()} | changes)).status_code == 400
    assert len(await qiscus.remote.accepted()) == 1


@pytest.mark.parametrize(("key", "status"), [(KEY, 200), ("another", 401)])
async def test_the_apps_channels_are_told_to_its_key(qiscus: Stage, key: str, status: int) -> None:
    headers = {"Qiscus-App-Id": APP, "Qiscus-Secret-Key": key}
    answer = await qiscus.business.get("/qiscus/api/v2/channels", headers=headers)
    assert answer.status_code == status
