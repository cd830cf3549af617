"""The straight way of a send says what the documented one says, and is taken by whatever is plain."""

from typing import Any

import orjson
import pytest
from fastapi import FastAPI

from arrivals import said
from web.conftest import Office

pytestmark = pytest.mark.anyio
SEND = "/api/live-chat/send-message"
PLAIN, ROUNDABOUT = "application/json", "application/json; charset=utf-8"
"""Only the first is recognised as plain."""
Told = tuple[int, dict[str, Any]]


@pytest.fixture
async def ids(office: Office) -> dict[str, str]:
    await office.arrives(said("hello"))
    return await office.ids()


async def test_a_plain_send_does_not_meet_the_framework(
    office: Office, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise AssertionError("it was asked")

    with monkeypatch.context() as patch:
        patch.setattr(FastAPI, "__call__", refuse)
        answer = await office.rana.post(SEND, json={**ids, "message": "yes"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["message"]["text"] == "yes"


async def test_twice_is_one_message_whichever_way_it_comes(office: Office, ids: dict[str, str]) -> None:
    body = orjson.dumps({**ids, "message": "yes", "client_message_id": "c-1"})
    keyed = orjson.dumps({**ids, "message": "yes"})
    ways = [{"Content-Type": PLAIN}, {"Content-Type": ROUNDABOUT}, {"Content-Type": PLAIN}]
    answers = [await office.rana.post(SEND, content=body, headers=headers) for headers in ways]
    answers.append(await office.rana.post(SEND, json=orjson.loads(keyed), headers={"Idempotency-Key": "c-1"}))
    assert len({answer.json()["message"]["message_id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"message": ""}, 422),
        ({"message": "x" * 10_000}, 422),
        ({"message": 7}, 422),
        ({"message_type": "fax"}, 422),
        ({"message_type": "image", "upload_id": "nobody's"}, 404),
        ({"message_type": "location", "location": {"latitude": 91, "longitude": 0}}, 422),
        ({"conversation_id": "999_1_1"}, 404),
        ({"conversation_id": ""}, 422),
        ({"reply_to": "nobody's"}, 404),
        ({"seen_sequence": -1}, 422),
        ({"client_message_id": ""}, 422),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
async def test_both_ways_refuse_alike(office: Office, ids: dict[str, str], change: dict[str, Any], status: int) -> None:
    body = orjson.dumps({**ids, "message": "yes", **change})
    straight, documented = await told(office, body, PLAIN), await told(office, body, ROUNDABOUT)
    assert straight == documented
    assert straight[0] == status, straight


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"yes"', b"\xff", b'{"message": "\\ud800"}', b'{"message": NaN}']
)
async def test_both_ways_refuse_what_is_no_request_alike(office: Office, body: bytes) -> None:
    straight, documented = await told(office, body, PLAIN), await told(office, body, ROUNDABOUT)
    assert straight == documented
    assert straight[0] in {400, 422}


async def test_neither_way_is_for_strangers(office: Office, ids: dict[str, str]) -> None:
    body = orjson.dumps({**ids, "message": "yes"})
    for content_type in (PLAIN, ROUNDABOUT):
        answer = await office.nobody.post(SEND, content=body, headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        answer = await office.clara.post(SEND, content=body, headers={"Content-Type": content_type})
        assert answer.status_code == 404
    assert (await office.rana.get(SEND)).status_code == 405


async def told(office: Office, body: bytes, content_type: str) -> Told:
    answer = await office.rana.post(SEND, content=body, headers={"Content-Type": content_type})
    return answer.status_code, answer.json()
