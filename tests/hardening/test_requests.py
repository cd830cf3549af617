"""Requests of operators that are wrong in every way: a 4xx with a sentence and a word, never a 500, nothing changed."""

import json
from typing import Any

import httpx2
import pytest

from hardening.plain_http import exchange
from story.people import PASSWORD
from story.scene import Scene
from story.wire import RANA, JsonObject

pytestmark = pytest.mark.anyio

API = "/api/live-chat"
ODD_TEXTS = ["", "\x00", "a\x00b", "\ud800", "x" * 5_000, "x" * 70_000, "../../etc", "' OR 1=1; --", "%", "\u202e"]
ODD_VALUES: list[Any] = [*ODD_TEXTS, None, True, 0, -1, 10**30, 1.5, [], {}, [[]], {"a": {}}, "1_1_1", "9" * 40]


def as_documented(answer: httpx2.Response) -> JsonObject:
    """Every refusal has a fitting status, a sentence for people and a word for machines."""
    assert 400 <= answer.status_code < 500, (answer.request.url, answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/json"
    found: JsonObject = json.loads(answer.content)
    assert found["success"] is False
    assert found["error"][0].isupper() or found["error"].startswith("`")
    assert found["error"].endswith((".", "”")), found["error"]
    assert found["code"].replace("_", "").isalnum()
    assert found["code"].islower()
    return found


async def post(scene: Scene, path: str, value: Any) -> httpx2.Response:
    headers = {**scene.sara.headers, "Content-Type": "application/json"}
    return await scene.outside.client.post(path, content=json.dumps(value).encode(), headers=headers)


GOOD: dict[str, JsonObject] = {
    "send-message": {"message": "hi", "client_message_id": "c", "reply_to": None, "seen_sequence": 9, "force": False},
    "takeover": {},
    "release": {},
    "end-conversation": {},
    "read": {"sequence": 1},
    "operator-status": {"status": "busy"},
}


@pytest.mark.parametrize("call", GOOD)
async def test_every_field_of_every_call(scene: Scene, call: str) -> None:
    await scene.outside.say(scene.bakery, RANA, "hi")
    chat = await scene.sara.chat()
    good = GOOD[call] | {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
    for field in good:
        for odd in ODD_VALUES:
            answer = await post(scene, f"{API}/{call}", good | {field: odd})
            assert answer.status_code == 200 or as_documented(answer), (field, odd)
        answer = await post(scene, f"{API}/{call}", {name: value for name, value in good.items() if name != field})
        assert answer.status_code == 200 or as_documented(answer)
    wrong: list[Any] = ["", None, 1, "x", [], [good], {}]
    for body in wrong:
        answer = await post(scene, f"{API}/{call}", body)
        as_documented(answer)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nul", b"\xff\xfe", b'{"a":' * 2_000, b"[" * 60_000, b"{}" + b" " * 70_000]
)
async def test_bodies_that_are_no_json(scene: Scene, body: bytes) -> None:
    headers = {**scene.sara.headers, "Content-Type": "application/json"}
    for path in (f"{API}/send-message", f"{API}/read", "/api/session"):
        answer = await scene.outside.client.post(path, content=body, headers=headers)
        as_documented(answer)
        assert answer.status_code in ((413,) if len(body) > 64 * 1024 else (400, 422))


CURSORS = [
    "0",
    "-1",
    "x",
    "1-",
    "-00000000",
    "1-0000000",
    "1-GGGGGGGG",
    "9" * 30 + "-00000000",
    "1-00000000\n",
    "٣-00000000",
]


@pytest.mark.parametrize("cursor", CURSORS)
async def test_bad_cursors(scene: Scene, cursor: str) -> None:
    client, headers = scene.outside.client, scene.sara.headers
    assert as_documented(await client.get(f"{API}/events", params={"cursor": cursor}, headers=headers))["code"]
    answer = await client.get(f"{API}/events/poll", params={"after": cursor}, headers=headers)
    assert as_documented(answer)["code"] == "bad_cursor"
    if cursor.isascii() and "\n" not in cursor:
        answer = await client.get(f"{API}/events", headers={**headers, "Last-Event-ID": cursor})
        assert as_documented(answer)["code"] == "bad_cursor"


async def test_absurd_pages_and_limits(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hi")
    chat = await scene.sara.chat()
    history = f"{API}/conversation/{chat['user_id']}/{chat['conversation_id']}"
    absurd = ["0", "-1", "101", "10000000000000000000000", "x", "1.5", "", "\x00", "NaN", "٣"]
    places = [("unified-chats", "page_size"), ("unified-chats", "page"), ("unified-chats", "status")]
    places += [("unified-chats", "cursor"), ("events/poll", "wait")]
    paths = [(f"{API}/{path}", name) for path, name in places]
    paths += [(history, name) for name in ("limit", "days", "before")]
    refused = 0
    for path, name in paths:
        for value in absurd:
            answer = await scene.outside.client.get(path, params={name: value}, headers=scene.sara.headers)
            assert answer.status_code == 200 or as_documented(answer), (path, name, value)
            refused += answer.status_code != 200
    assert refused > 50


async def test_searches_for_anything(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hi")
    words = [
        "%",
        "_",
        "\\",
        "'",
        '"',
        "*",
        "AND",
        "OR NOT",
        'a"b',
        "ra*",
        "(",
        "NEAR(",
        "^r",
        "{}",
        "-",
        "x" * 100,
        "\u0000",
    ]
    for word in [*words, "👩", "رنا", "+961 3 000 001", " ", "\t\n", "x" * 101]:
        for path in ("unified-chats", "active-conversations"):
            answer = await scene.outside.client.get(
                f"{API}/{path}", params={"search": word}, headers=scene.sara.headers
            )
            assert answer.status_code == 200 or as_documented(answer), word
    assert (await scene.sara.chats(search="%"))["total"] == 0
    assert (await scene.sara.chats(search="_ana"))["total"] == 0


ADDRESSES = [
    f"{API}/conversation/0/x",
    f"{API}/conversation/1/1_1_1",
    f"{API}/conversation/x/%00",
    f"{API}/conversation/99999999999999999999999999/x",
    f"{API}/conversation/1/" + "x" * 600,
    f"{API}/client/0/conversations",
    f"{API}/client/-1/conversations",
    f"{API}/client/%F0%9F%98%80/conversations",
    f"{API}/messages/none/trace",
    f"{API}/messages/%00/trace",
    f"{API}/messages/%ED%A0%80/trace",
    f"{API}/nothing",
    "/api/nothing",
]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_what_is_not_there(scene: Scene, path: str) -> None:
    answer = await scene.outside.client.get(path, headers=scene.sara.headers)
    assert as_documented(answer)["code"] in ("not_found", "invalid_request")


CALLS = {
    "GET": [
        "unified-chats",
        "active-conversations",
        "waiting-queue",
        "conversation/1/x",
        "client/1/conversations",
        "metrics",
        "messages/x/trace",
        "events",
        "events/poll",
    ],
    "POST": list(GOOD),
}


async def test_methods_that_are_not_allowed(scene: Scene) -> None:
    for right, paths in CALLS.items():
        for path in paths:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
                if method != right:
                    answer = await scene.outside.client.request(method, f"{API}/{path}", headers=scene.sara.headers)
                    assert as_documented(answer)["code"] == "method_not_allowed" or path == "events", (method, path)
                    assert answer.status_code in (404, 405)
    for method in ("PUT", "PATCH", "DELETE"):
        assert (await scene.outside.client.request(method, "/webhooks/meta")).status_code == 405


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic c2FyYTpzYXJh"},
        {"Authorization": "Bearer " + "x" * 5_000},
        {"Cookie": "wasl_session=x"},
        {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."},
    ],
)
async def test_nobody_is_signed_in(scene: Scene, headers: dict[str, str]) -> None:
    for method, paths in CALLS.items():
        for path in paths:
            answer = await scene.outside.client.request(method, f"{API}/{path}", headers=headers)
            assert (answer.status_code, as_documented(answer)["code"]) == (401, "not_signed_in"), path


async def test_a_wrong_login(scene: Scene) -> None:
    email = scene.bakery.operators[1].email
    for login in ({"email": email, "password": "x"}, {"email": "nobody@story.example", "password": PASSWORD}):
        answer = await scene.outside.client.post("/api/session", json=login)
        assert (answer.status_code, as_documented(answer)["code"]) == (401, "wrong_login")
        assert "wasl_session" not in answer.headers.get("set-cookie", "")
    for odd in ODD_VALUES[::3]:  # Each that is a text costs a real password check.
        for login in ({"email": odd, "password": PASSWORD}, {"email": email, "password": odd}):
            answer = await post(scene, "/api/session", login)
            assert as_documented(answer)["code"] in ("wrong_login", "invalid_request", "too_many_attempts", "too_large")


REQUESTS = [
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /api/live-chat/events?cursor=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", REQUESTS)
async def test_bytes_that_are_no_request(scene: Scene, request_bytes: bytes) -> None:
    answer = await exchange(scene.node.port, request_bytes)
    assert not answer or answer.split()[1].startswith(b"4"), answer[:200]
    assert (await scene.sara.chats())["total"] == 0
