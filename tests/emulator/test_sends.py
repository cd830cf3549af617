"""What the Cloud API accepts and refuses, in Meta's words and codes."""

from typing import Any

import httpx2
import pytest

from emulator.receiver import DISPLAY, MAYA, NUMBER, Stage

pytestmark = pytest.mark.anyio

BUTTON = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
ROW = {"id": "1", "title": "One", "description": "the first"}
BUTTONS = {"type": "button", "body": {"text": "Well?"}, "action": {"buttons": [BUTTON]}}
LIST = {"type": "list", "body": {"text": "Which?"}, "action": {"button": "See", "sections": [{"rows": [ROW]}]}}
TWINS = {"button": "See", "sections": [{"rows": [ROW, ROW]}]}
LINK = {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com"}}
CARD = {"name": {"formatted_name": "Rami Haddad", "first_name": "Rami"}, "phones": [{"phone": "+9613000009"}]}


def many_buttons(count: int) -> dict[str, Any]:
    buttons = [{"type": "reply", "reply": {"id": str(n), "title": f"Choice {n}"}} for n in range(count)]
    return BUTTONS | {"action": {"buttons": buttons}}


async def test_an_accepted_send_is_answered_like_metas(scene: Stage) -> None:
    answer = await scene.send(biz_opaque_callback_data="ours")
    assert answer.status_code == 200
    body = answer.json()
    assert body["messaging_product"] == "whatsapp"
    assert body["contacts"] == [{"input": MAYA, "wa_id": "9613000001"}]
    assert body["messages"] == [{"id": body["messages"][0]["id"]}]
    assert body["messages"][0]["id"].startswith("wamid.")
    accepted = (await scene.remote.accepted())[0]
    assert accepted["message_id"] == body["messages"][0]["id"]
    assert (accepted["callback_data"], accepted["recipient"], accepted["answered"]) == ("ours", "9613000001", True)
    assert accepted["body"]["text"] == {"body": "Hello"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic dG9rZW4="])
async def test_without_the_token_nothing_is_done(scene: Stage, header: str) -> None:
    answer = await scene.business.post(f"/v24.0/{NUMBER}/messages", json={}, headers={"Authorization": header})
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert (error["code"], error["type"]) == (190, "OAuthException")
    assert error["fbtrace_id"]


@pytest.mark.parametrize("path", ["/v24.0/999/messages", f"/24/{NUMBER}/messages"])
async def test_another_number_or_version_does_not_exist(scene: Stage, path: str) -> None:
    answer = await scene.business.post(path, json={"messaging_product": "whatsapp"})
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (100, 33)


async def test_a_token_opens_its_own_number_alone(scene: Stage) -> None:
    other = await scene.remote.add_number("300000000000002", scene.receiver.url, display_phone_number="9611000002")
    headers = {"Authorization": f"Bearer {other.access_token}"}
    answer = await scene.business.post(f"/v24.0/{NUMBER}/messages", json={}, headers=headers)
    assert answer.json()["error"]["error_subcode"] == 33


@pytest.mark.parametrize(
    ("code", "said", "fields"),
    [
        (100, "messaging_product", {"messaging_product": None}),
        (100, "recipient_type", {"recipient_type": "group"}),
        (131008, "to", {"to": None}),
        (100, "to", {"to": 9613000001}),
        (131009, "to", {"to": "tomorrow"}),
        (131009, "recipient", {"to": None, "recipient": "961 3"}),
        (131009, "recipient", {"to": None, "recipient": "LB.99999999999999999"}),
        (131021, "same number", {"to": DISPLAY}),
        (100, "type", {"type": "telegram"}),
        (131008, "text", {"text": None}),
        (100, "text", {"text": "Hello"}),
        (131008, "text['body']", {"text": {}}),
        (131008, "text['body']", {"text": {"body": "  "}}),
        (100, "4096", {"text": {"body": "x" * 4097}}),
        (100, "preview_url", {"text": {"body": "x", "preview_url": "yes"}}),
        (100, "Unexpected key", {"text": {"body": "x", "bold": True}}),
        (100, "512", {"biz_opaque_callback_data": "x" * 513}),
        (100, "biz_opaque_callback_data", {"biz_opaque_callback_data": 3}),
        (131008, "context", {"context": {"id": "wamid.x"}}),
        (100, "context", {"context": "wamid.x"}),
        (100, "id or link", {"type": "image", "image": {}}),
        (100, "web address", {"type": "image", "image": {"link": "file:///etc/passwd"}}),
        (100, "attachment ID", {"type": "image", "image": {"id": "123"}}),
        (100, "caption", {"type": "audio", "audio": {"link": "https://example.com/a.ogg", "caption": "no"}}),
        (100, "1024", {"type": "video", "video": {"link": "https://example.com/v.mp4", "caption": "x" * 1025}}),
        (131008, "longitude", {"type": "location", "location": {"latitude": 33.8}}),
        (131009, "latitude", {"type": "location", "location": {"latitude": 133.8, "longitude": 35}}),
        (100, "contacts", {"type": "contacts", "contacts": []}),
        (131008, "name", {"type": "contacts", "contacts": [{"phones": []}]}),
        (131008, "first_name", {"type": "contacts", "contacts": [{"name": {"formatted_name": "Rami"}}]}),
        (131008, "emoji", {"type": "reaction", "reaction": {"message_id": "wamid.x"}}),
        (100, "interactive['type']", {"type": "interactive", "interactive": BUTTONS | {"type": "wheel"}}),
        (131008, "body", {"type": "interactive", "interactive": {"type": "button", "action": {}}}),
        (131008, "action", {"type": "interactive", "interactive": {"type": "button", "body": {"text": "?"}}}),
        (100, "1 to 3", {"type": "interactive", "interactive": many_buttons(4)}),
        (131009, "different", {"type": "interactive", "interactive": BUTTONS | {"action": {"buttons": [BUTTON] * 2}}}),
        (100, "60", {"type": "interactive", "interactive": BUTTONS | {"footer": {"text": "x" * 61}}}),
        (131009, "different", {"type": "interactive", "interactive": LIST | {"action": TWINS}}),
        (100, "cta_url", {"type": "interactive", "interactive": BUTTONS | {"type": "cta_url"}}),
        (131008, "language", {"type": "template", "template": {"name": "welcome"}}),
    ],
)  # fmt: skip
async def test_what_meta_refuses_is_refused(scene: Stage, code: int, said: str, fields: dict[str, Any]) -> None:
    answer = await scene.send(**{name: value for name, value in fields.items() if value is not None}, **absent(fields))
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert said in error["error_data"]["details"]
    assert error["error_data"]["messaging_product"] == "whatsapp"
    assert await scene.remote.accepted() == []
    assert (await scene.remote.refused())[0]["code"] == code


def absent(fields: dict[str, Any]) -> dict[str, Any]:
    """Name what the usual send has and this one must not have: JSON null is what Meta takes for absent."""
    return {name: value for name, value in fields.items() if value is None}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text", {"body": "x" * 4096, "preview_url": True}),
        ("image", {"link": "https://example.com/a.png", "caption": "look"}),
        ("audio", {"link": "https://example.com/a.ogg", "voice": True}),
        ("document", {"link": "https://example.com/a.pdf", "filename": "a.pdf"}),
        ("sticker", {"link": "https://example.com/a.webp"}),
        ("location", {"latitude": "33.8938", "longitude": 35.5, "name": "Beirut"}),
        ("contacts", [CARD]),
        ("interactive", BUTTONS),
        ("interactive", LIST),
        ("interactive", {"type": "cta_url", "body": {"text": "See"}, "action": LINK}),
        ("interactive", BUTTONS | {"type": "location_request_message", "action": {"name": "send_location"}}),
        ("template", {"name": "welcome", "language": {"code": "ar"}, "components": [{"type": "body"}]}),
    ],
)
async def test_every_type_is_accepted(scene: Stage, kind: str, content: Any) -> None:
    answer = await scene.send(type=kind, **{kind: content})
    assert answer.status_code == 200, answer.text
    assert (await scene.remote.thread(MAYA))[0]["content"] == content
    assert ("message_status" in answer.json()["messages"][0]) == (kind == "template")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff"])
async def test_a_body_that_is_no_object_is_refused(scene: Stage, body: bytes) -> None:
    answer = await scene.business.post(f"/v24.0/{NUMBER}/messages", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 100


async def test_a_customer_can_be_reached_by_business_scoped_id(scene: Stage) -> None:
    bsuid = (await scene.remote.add_customer(name="Hadi", username="hadi"))["bsuid"]
    await scene.remote.write(bsuid, "hello", wait=True)
    body = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "hi"}, "recipient": bsuid}
    answer = await scene.send(body)
    assert answer.json()["contacts"] == [{"input": bsuid, "user_id": bsuid}]
    await scene.remote.until_quiet()
    assert {status.get("recipient_user_id") for status in scene.receiver.statuses} == {bsuid}
    assert all("recipient_id" not in status for status in scene.receiver.statuses)


async def test_the_window_is_24_hours(scene: Stage) -> None:
    assert (await scene.send(to="+9613000055")).status_code == 200, "a stranger's window is unknown"
    await scene.remote.write(MAYA, "long ago", timestamp=1_000_000)
    refused = await scene.send()
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 131047)
    template = {"name": "welcome", "language": {"code": "en"}}
    assert (await scene.send(type="template", template=template)).status_code == 200
    await scene.remote.behave(window_enforced=False)
    assert (await scene.send()).status_code == 200
    await scene.remote.behave_well()
    await scene.remote.write(MAYA, "now")
    assert (await scene.send()).status_code == 200


async def test_read_receipts_reach_the_customer(scene: Stage) -> None:
    first, second = await scene.remote.write_all(MAYA, ["one", "two"], wait=True)
    last = await scene.remote.write(MAYA, "three", wait=True)
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    answer = await scene.send(receipt, typing_indicator={"type": "text"})
    assert answer.json() == {"success": True}
    states = {entry["message_id"]: entry["status"] for entry in await scene.remote.thread(MAYA)}
    assert states == {first: "read", second: "read", last: "delivered"}
    assert [(one["message_id"], one["typing"]) for one in await scene.remote.receipts()] == [(second, True)]


@pytest.mark.parametrize(
    "receipt", [{"status": "seen"}, {"status": "read"}, {"status": "read", "message_id": "wamid.nobody"}]
)
async def test_a_receipt_for_nothing_is_refused(scene: Stage, receipt: dict[str, str]) -> None:
    answer = await scene.send({"messaging_product": "whatsapp"} | receipt)
    assert answer.status_code == 400


async def test_a_file_goes_up_and_comes_down_again(scene: Stage) -> None:
    content = bytes(range(256)) * 40 + b"\r\n--not-the-end\r\n"
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    sent = await scene.business.post(
        f"/v24.0/{NUMBER}/media", data=form, files={"file": ("a.png", content, "image/png")}
    )
    media_id = sent.json()["id"]
    about = (await scene.business.get(f"/v24.0/{media_id}")).json()
    assert (about["mime_type"], about["file_size"], about["id"]) == ("image/png", len(content), media_id)
    file = await scene.business.get(about["url"])
    assert (file.content, file.headers["content-type"]) == (content, "image/png")
    assert (await scene.send(type="image", image={"id": media_id})).status_code == 200
    async with httpx2.AsyncClient(trust_env=False) as stranger:
        assert (await stranger.get(about["url"])).status_code == 401
    assert (await scene.business.get("/media/another")).status_code == 404
    assert (await scene.business.post(f"/v24.0/{NUMBER}/media", data=form)).status_code == 400


async def test_a_customers_file_can_be_downloaded(scene: Stage) -> None:
    await scene.remote.send(MAYA, "image", caption="look", wait=True)
    media_id = scene.receiver.messages[0]["image"]["id"]
    about = (await scene.business.get(f"/v24.0/{media_id}")).json()
    assert (await scene.business.get(about["url"])).content.startswith(b"\x89PNG")


async def test_a_number_tells_of_itself(scene: Stage) -> None:
    about = (await scene.business.get(f"/v24.0/{NUMBER}?fields=verified_name")).json()
    assert (about["id"], about["display_phone_number"]) == (NUMBER, f"+{DISPLAY}")
    assert (await scene.business.get("/v24.0/999")).status_code == 400
    assert (await scene.business.post("/v24.0/100000000000001/subscribed_apps")).json() == {"success": True}
