"""Whatever is sent, the answer is a sentence and a word, never a 500; and nothing is changed by what was refused."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from arrivals import said
from wasl.limits import REQUEST_BODY_BYTES_MAX, TEXT_CHARACTERS_MAX
from wasl.store.database import Database
from web.conftest import Office

pytestmark = pytest.mark.anyio
API = "/api/live-chat"
JSON = {"Content-Type": "application/json"}
NUL, SURROGATE = "a\x00b", "a\ud800b"


def told(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert (body["success"], body["code"]) == (False, code), body
    assert body["error"][0].isupper()
    assert body["error"].endswith(".")
    assert "Traceback" not in answer.text
    return body


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0", "page_size=-1", "page_size=101", "page_size=1e9", "page_size=" + "9" * 5_000, "page_size=x",
        "page=0", "page=1001", "page=%F0", "status=open", "status=", "search=" + "x" * 101, "cursor=" + "1" * 41,
        "page_size=NaN", "page_size=10&page_size=x", "page_size=%00", "search=%00", "search=a%00b", "cursor=%00",
    ],
)  # fmt: skip
async def test_absurd_parameters_of_the_list(office: Office, query: str) -> None:
    told(await office.rana.get(f"{API}/unified-chats?{query}"), 422, "invalid_request")


@pytest.mark.parametrize("query", ["cursor=x", "cursor=-1", "cursor=0", "cursor=1-2", "cursor=99999999999999999999"])
async def test_bad_cursors(office: Office, query: str) -> None:
    told(await office.rana.get(f"{API}/unified-chats?{query}"), 422, "bad_cursor")


@pytest.mark.parametrize(
    "query", ["search=%ED%A0%80", "search=%FF%FE", "search=%22%27%3B--", "search=%25_%5C", "unknown=1", "search=+", ""]
)
async def test_strange_searches_find_nothing_and_break_nothing(office: Office, query: str) -> None:
    answer = await office.rana.get(f"{API}/unified-chats?{query}")
    assert (answer.status_code, answer.json()["chats"]) == (200, [])


async def test_bad_history_queries(office: Office) -> None:
    await office.arrives(said("a1"))
    ids = await office.ids()
    address = f"{API}/conversation/{ids['user_id']}/{ids['conversation_id']}"
    for query in ("limit=0", "limit=101", "limit=x", "days=0", "days=-3", "days=99999", f"before={'1' * 41}"):
        told(await office.rana.get(f"{address}?{query}"), 422, "invalid_request")
    for query in ("before=x", "before=1-", "before=--", "before=99999999999999999999-1", "before=0001-01-01"):
        answer = await office.rana.get(f"{address}?{query}")
        assert answer.status_code in (200, 422), answer.text
    told(await office.rana.get(f"{address}?before=x"), 422, "bad_cursor")


@pytest.mark.parametrize(
    "path",
    [
        "conversation/1/x", "conversation/x/y", "conversation/0/x", "conversation/-1/x", "conversation/1/%F0%9F%99%82",
        f"conversation/{'9' * 400}/x", "client/x/conversations", f"client/{'9' * 30}/conversations",
        "messages/x/trace", "messages/%ED%A0%80/trace", "messages/'%20OR%201=1/trace",
    ],
)  # fmt: skip
async def test_ids_of_nothing(office: Office, path: str) -> None:
    told(await office.rana.get(f"{API}/{path}"), 404, "not_found")


async def test_zero_bytes_and_endless_ids_in_addresses(office: Office) -> None:
    for path in (
        "conversation/1/a%00b",
        "messages/%00/trace",
        "client/1%00/conversations",
        f"messages/{'x' * 600}/trace",
    ):
        told(await office.rana.get(f"{API}/{path}"), 422, "invalid_request")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422), (b"{", 422), (b"null", 422), (b"[]", 422), (b'"text"', 422), (b"1", 422), (b"\xff\xfe", 422),
        (b"\xff", 400),
        (b'{"conversation_id": "\xff"}', 400), (b"[" * 30_000, 400), (b'{"a":' * 9_000, 400), (b"nan", 422),
        (b'{"conversation_id": ' + b"1" * 5_000 + b"}", 400),
    ],
)  # fmt: skip
async def test_bodies_that_are_no_request(office: Office, content: bytes, status: int) -> None:
    for path in ("send-message", "takeover", "read", "operator-status"):
        told(await office.rana.post(f"{API}/{path}", content=content, headers=JSON), status, "invalid_request")


async def test_a_body_of_another_kind(office: Office) -> None:
    told(await office.rana.post(f"{API}/takeover", data={"conversation_id": "x"}), 422, "invalid_request")
    told(await office.rana.post(f"{API}/takeover"), 422, "invalid_request")


@pytest.mark.parametrize(
    "change",
    [
        {"message": 1}, {"message": None}, {"message": ["x"]}, {"message": "x" * (TEXT_CHARACTERS_MAX + 1)},
        {"message": NUL}, {"message": SURROGATE}, {"message_type": "order"}, {"conversation_id": ""},
        {"conversation_id": NUL}, {"conversation_id": SURROGATE}, {"conversation_id": "x" * 600}, {"user_id": 7},
        {"client_message_id": ""}, {"client_message_id": "x" * 101}, {"client_message_id": NUL},
        {"client_message_id": 5}, {"reply_to": ""}, {"reply_to": NUL},
        {"seen_sequence": -1}, {"seen_sequence": 2**63}, {"seen_sequence": 1.5},
        {"seen_sequence": "x"}, {"force": "maybe"}, {"force": None},
    ],
)  # fmt: skip
async def test_sends_that_cannot_be_understood(office: Office, change: dict[str, Any]) -> None:
    await office.arrives(said("a1"))
    body = told(await post_escaped(office, "send-message", {**await office.ids(), "message": "hi", **change}), 422,
                "invalid_request")  # fmt: skip
    assert [problem["field"] for problem in body["fields"]] == list(change)
    assert (await office.chats())[0]["message_count"] == 1


async def test_empty_messages_are_refused(office: Office) -> None:
    await office.arrives(said("a1"))
    for text in ("", " ", "\n\t "):
        asked = {**await office.ids(), "message": text}
        told(await office.rana.post(f"{API}/send-message", json=asked), 422, "empty_message")


async def test_other_absurd_requests(office: Office) -> None:
    await office.arrives(said("a1"))
    ids = await office.ids()
    for sequence in (-1, 2**53, 2**63, 10**400, "x", None, 1.5, [1]):
        asked = {"conversation_id": ids["conversation_id"], "sequence": sequence}
        answer = await post_escaped(office, "read", asked)
        told(answer, 422, "invalid_request")
    for status in ("", "asleep", None, 1, NUL, SURROGATE):
        told(await post_escaped(office, "operator-status", {"status": status}), 422, "invalid_request")
    asked = {**ids, "message": "hi", "reply_to": "nothing"}
    told(await office.rana.post(f"{API}/send-message", json=asked), 404, "not_found")


@pytest.mark.parametrize("change", [{"email": NUL}, {"email": SURROGATE}, {"password": NUL}, {"password": SURROGATE}])
async def test_logins_that_no_database_can_look_up(office: Office, change: dict[str, str]) -> None:
    login = {"email": "rana@olive.example", "password": "wrong", **change}
    content = json.dumps(login).encode("ascii")
    answer = await office.nobody.post("/api/session", content=content, headers=JSON)
    assert answer.status_code in (401, 422), answer.text


async def test_what_a_customer_really_writes_is_taken(office: Office) -> None:
    await office.arrives(said("a1"))
    for text in (
        "مرحبا 👋🏽",
        "\u200f\u202e",
        "a\r\nb\tc",
        "x" * TEXT_CHARACTERS_MAX,
        "'; DROP TABLE messages; --",
        "%s ? {}",
    ):
        asked = {**await office.ids(), "message": text, "unknown_field": {"is": "ignored"}}
        answer = await office.rana.post(f"{API}/send-message", json=asked)
        assert answer.json()["message"]["content"] == text


async def test_bodies_over_the_limit(office: Office) -> None:
    huge = b'{"conversation_id": "' + b"x" * REQUEST_BODY_BYTES_MAX + b'"}'
    told(await office.rana.post(f"{API}/takeover", content=huge, headers=JSON), 413, "too_large")

    async def trickle() -> Any:
        for _ in range(100):
            yield b"x" * 1_000

    told(await office.rana.post(f"{API}/takeover", content=trickle(), headers=JSON), 413, "too_large")
    headers = {**JSON, "Content-Length": "9" * 30}
    told(await office.rana.post(f"{API}/takeover", content=b"{}", headers=headers), 413, "too_large")


async def test_unknown_addresses_and_methods(office: Office) -> None:
    for path in ("/api/nothing", f"{API}/nothing", f"{API}/unified-chats/", "/assets/none.js"):
        answer = await office.rana.get(path, follow_redirects=True)
        assert answer.status_code in (200, 404), path
        if path != f"{API}/unified-chats/":
            told(answer, 404, "not_found")
    for ask in (office.rana.get, office.rana.post):
        answer = await ask("/webhooks/nowhere")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    told(await office.rana.get(f"{API}/send-message"), 405, "method_not_allowed")
    told(await office.rana.put(f"{API}/unified-chats"), 405, "method_not_allowed")
    told(await office.rana.post("/api/nothing", json={}), 404, "not_found")
    told(await office.rana.delete("/"), 404, "not_found")


async def test_a_database_that_does_not_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = office.parts.engine.failures[0]

    def unreachable(*_: object) -> None:
        raise failure("gone")

    monkeypatch.setattr(Database, "_in_snapshot", unreachable)
    told(await office.rana.get(f"{API}/unified-chats"), 503, "unavailable")


async def test_what_nobody_foresaw(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a customer's words")

    monkeypatch.setattr(Database, "_in_snapshot", broken)
    with capture_logs() as logs:
        answer = await office.rana.get(f"{API}/unified-chats")
    told(answer, 500, "internal_error")
    assert "words" not in answer.text + str(logs)
    [line] = [line for line in logs if line["log_level"] == "error"]
    assert (line["path"], line["error"]) == (f"{API}/unified-chats", "KeyError")


async def post_escaped(office: Office, path: str, body: dict[str, Any]) -> Any:
    """As a client that escapes everything sends it, lone surrogates included."""
    return await office.rana.post(f"{API}/{path}", content=json.dumps(body).encode("ascii"), headers=JSON)
