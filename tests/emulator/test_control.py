"""The control API and the handset page: clear answers, bounded pages, nothing for strangers' web pages."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from emulator.receiver import MAYA, NUMBER, Stage, stage
from wasl.emulator.remote import RemoteFailure

pytestmark = pytest.mark.anyio


async def test_a_number_is_listed_without_its_secrets(scene: Stage) -> None:
    number = await scene.remote.add_number("300000000000003", scene.receiver.url)
    assert len(number.access_token) == len(number.app_secret) == 32
    listed = str(await scene.remote.numbers())
    assert "300000000000003" in listed
    assert number.access_token not in listed
    assert number.app_secret not in listed


async def test_logs_are_read_page_by_page(scene: Stage) -> None:
    ids = await scene.remote.write_all(MAYA, [str(number) for number in range(7)], wait=True)
    seen: list[str] = []
    after = 0
    while True:
        page = (await scene.business.get(f"/emulator/acks?after={after}&limit=3")).json()
        if not page["items"]:
            break
        assert len(page["items"]) <= 3
        seen += [item["provider_id"] for item in page["items"]]
        after = page["next_after"]
    assert sorted(seen) == sorted(ids)
    assert sorted(await scene.remote.acknowledged()) == sorted(ids)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"text": 3}', b'{"type": "telepathy"}', b"{}", b'{"messages": [1]}'])
async def test_what_cannot_be_understood_is_told(scene: Stage, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await scene.business.post(f"/emulator/customers/{MAYA}/messages", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["success"] is False
    assert answer.json()["error"]


async def test_a_form_of_another_web_page_does_nothing(scene: Stage) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = await scene.business.post(
        f"/emulator/customers/{MAYA}/messages", content=b'{"text": "hi"}', headers=headers
    )
    assert answer.status_code == 422
    assert scene.receiver.bodies == []


@pytest.mark.parametrize("address", ["12", "+96130000011111111", "000000000"])
async def test_a_phone_that_cannot_exist_is_refused(scene: Stage, address: str) -> None:
    with pytest.raises(RemoteFailure, match="7 to 15 digits"):
        await scene.remote.write(address, "hi")


async def test_all_spellings_of_a_phone_are_one_customer(scene: Stage) -> None:
    for spelling in ("+961 3 000 001", "9613000001", "+961-3-000-001"):
        await scene.remote.write(spelling, spelling, wait=True)
    assert len(await scene.remote.thread(MAYA)) == 3


async def test_unknown_things_are_not_found(scene: Stage) -> None:
    for path in ("/emulator/customers/9619999999/thread", "/emulator/deliveries?after=x", "/handset/secret.js"):
        assert (await scene.business.get(path)).status_code in (404, 422)
    with pytest.raises(RemoteFailure):
        await scene.remote.write(MAYA, "hi", phone_number_id="999")


async def test_a_thread_shows_both_sides(scene: Stage) -> None:
    question = await scene.remote.write(MAYA, "open today?", wait=True)
    await scene.send(context={"message_id": question})
    await scene.remote.echo(MAYA, "until six", wait=True)
    await scene.remote.until_quiet()
    thread = await scene.remote.thread(MAYA)
    assert [entry["author"] for entry in thread] == ["customer", "business", "phone"]
    assert [entry["status"] for entry in thread] == ["delivered", "delivered", "delivered"]
    assert thread[1]["reply_to"] == question


async def test_the_page_is_whole_and_forbids_foreign_scripts(scene: Stage) -> None:
    page = await scene.business.get("/", follow_redirects=True)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy + page.headers["x-content-type-options"]
    assert "<script>" not in page.text
    assert 'style="' not in page.text
    for name in ("handset.css", "handset.js", "bubbles.js"):
        assert (await scene.business.get(f"/handset/{name}")).status_code == 200


async def test_the_page_is_told_of_every_change(scene: Stage) -> None:
    async with scene.business.stream("GET", "/emulator/changes") as stream:
        lines = stream.aiter_lines()
        await _next_data(lines)
        await scene.remote.write(MAYA, "hi")
        assert int(await _next_data(lines)) > 0


async def test_a_stop_lets_the_pages_go() -> None:
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as page:
        async with asyncio.timeout(30), stage() as scene:
            request = page.build_request("GET", f"{scene.remote.base_url}/emulator/changes")
            answer = await page.send(request, stream=True)
        assert [line async for line in answer.aiter_lines()][-1] == ""


async def test_the_list_shows_the_newest_thread_first(scene: Stage) -> None:
    await scene.remote.add_customer(name="Quiet", phone="+9613000077")
    await scene.remote.write(MAYA, "old", timestamp=1_700_000_000)
    await scene.remote.write("+9613000002", "new", timestamp=1_700_000_100)
    listed = (await scene.business.get(f"/emulator/customers?phone_number_id={NUMBER}")).json()["customers"]
    assert [one["customer"]["phone"] for one in listed] == ["9613000002", "9613000001", "9613000077"]


async def _next_data(lines: AsyncIterator[str]) -> str:
    async with asyncio.timeout(30):
        while True:
            line = await anext(lines)
            if line.startswith("data: "):
                return line.removeprefix("data: ")
