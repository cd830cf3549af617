"""Whoever guesses passwords learns nothing, is slowed down, and cannot say that they are somebody else."""

import asyncio
import http.client
import json
import statistics
from time import perf_counter

import pytest

from story.node import Node
from story.people import PASSWORD, Identity
from story.scene import Scene
from wasl.limits import (
    LOGIN_FAILURES_MAX,
    LOGIN_FAILURES_PER_ADDRESS_MAX,
    LOGINS_AT_ONCE,
    LOGINS_WAITING_MAX,
)
from wasl.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

MEGABYTE = 1024 * 1024
Answer = tuple[int, dict[str, str], str, float]


def sign_in(
    node: Node, email: str, password: str, *, source: str = "127.0.0.1", headers: dict[str, str] | None = None
) -> Answer:
    """Try a password from a network address of this machine: status, headers, body and seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=30, source_address=(source, 0))
    try:
        started = perf_counter()
        body = json.dumps({"email": email, "password": password})
        connection.request("POST", "/api/session", body, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode()
        told = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}
        return answer.status, told, text, perf_counter() - started
    finally:
        connection.close()


def sara(scene: Scene) -> Identity:
    return scene.bakery.operators[0]


@pytest.fixture
async def costly_scene(scene: Scene, home: Settings) -> Scene:
    """People whose passwords are hashed as in production: the tests' own are cheap."""
    import argon2

    from wasl.memory import open_memory
    from wasl.store import passwords

    cheap, passwords._hasher = passwords._hasher, argon2.PasswordHasher()
    try:
        async with open_memory(home) as memory:
            for person in scene.bakery.operators:
                await memory.team.change_password(int(person.operator_id), PASSWORD)
    finally:
        passwords._hasher = cheap
    return scene


async def test_an_unknown_person_and_a_wrong_password_look_the_same(costly_scene: Scene) -> None:
    node, known = costly_scene.node, sara(costly_scene).email
    times: dict[bool, list[float]] = {True: [], False: []}
    for place in range(24):
        is_known = place % 2 == 0
        email = known if is_known else f"somebody.{place}@story.example"
        source = f"127.0.1.{place // 8 + 1}"
        status, headers, text, seconds = await asyncio.to_thread(
            sign_in, node, email, "not the password", source=f"127.0.2.{place + 1}" if is_known else source
        )
        assert (status, json.loads(text)["code"]) == (401, "wrong_login")
        assert text == '{"success":false,"error":"The e-mail address or the password is wrong.","code":"wrong_login"}'
        assert "set-cookie" not in headers
        times[is_known].append(seconds)
    for_known, for_unknown = statistics.median(times[True]), statistics.median(times[False])
    # Without the check against nobody's hash it would be a twentieth.
    assert 0.4 < for_unknown / for_known < 2.5, times


async def test_a_forwarded_address_is_believed_from_the_proxy_only(scene: Scene) -> None:
    """127.0.0.1 is where the proxy is; whoever comes from elsewhere is counted by their own address."""
    person = sara(scene).email
    for place in range(LOGIN_FAILURES_MAX):
        told = {"X-Forwarded-For": f"198.51.100.{place}", "X-Real-IP": "198.51.100.1", "Forwarded": "for=198.51.100.1"}
        assert sign_in(scene.node, person, "a guess of mine", source="127.0.3.1", headers=told)[0] == 401
    for headers in ({}, {"X-Forwarded-For": "198.51.100.99"}, {"X-Forwarded-For": "127.0.0.1"}):
        assert sign_in(scene.node, person, PASSWORD, source="127.0.3.1", headers=headers)[0] == 429
    # Through the proxy: what the client claims stands before what the proxy adds, and does not count.
    person = scene.bakery.operators[1].email
    for place in range(LOGIN_FAILURES_MAX):
        told = {"X-Forwarded-For": f"198.51.100.{place}, 203.0.113.9"}
        assert sign_in(scene.node, person, "a guess of mine", headers=told)[0] == 401
    behind = {"X-Forwarded-For": "198.51.100.77, 203.0.113.9"}
    assert sign_in(scene.node, person, PASSWORD, headers=behind)[0] == 429
    assert sign_in(scene.node, person, PASSWORD, headers={"X-Forwarded-For": "203.0.113.10"})[0] == 200


async def test_a_refusal_says_when_to_come_back_and_reveals_nothing(scene: Scene) -> None:
    answers = []
    for email, source in ((sara(scene).email, "127.0.4.1"), ("nobody.at.all@story.example", "127.0.4.2")):
        for _ in range(LOGIN_FAILURES_MAX):
            sign_in(scene.node, email, "a guess of mine", source=source)
        status, headers, text, _ = sign_in(scene.node, email, PASSWORD, source=source)
        assert status == 429
        assert 1 <= int(headers["retry-after"]) <= 300
        answers.append(json.loads(text)["code"])
    assert answers == ["too_many_attempts"] * 2


async def test_the_browser_that_one_has_used_opens_though_somebody_guesses(scene: Scene) -> None:
    person = scene.garage.operators[0].email
    _, headers, _, _ = sign_in(scene.node, person, PASSWORD, source="127.0.5.1")
    mark = next(part for part in headers["set-cookie"].replace(",", ";").split(";") if "wasl_browser" in part).strip()
    for source in range(2, 8):
        for _ in range(LOGIN_FAILURES_MAX):
            sign_in(scene.node, person, "a guess of mine", source=f"127.0.5.{source}")
    assert sign_in(scene.node, person, PASSWORD, source="127.0.5.9")[0] == 429
    assert sign_in(scene.node, person, PASSWORD, source="127.0.5.2", headers={"Cookie": mark})[0] == 200


async def test_a_flood_of_logins_waits_in_bounds_and_others_are_served(costly_scene: Scene) -> None:
    scene = costly_scene
    desk = await scene.outside.sign_in(sara(scene))
    mark = (await scene.outside.client.post("/api/session", json=_login(sara(scene)))).cookies["wasl_browser"]
    before = scene.node.resident_bytes()
    flood = [asyncio.ensure_future(_guess(scene.node, place)) for place in range(LOGINS_WAITING_MAX + 50)]
    took = []
    for _ in range(3):
        started = perf_counter()
        assert (await desk.chats())["total"] == 0
        headers = {"Cookie": f"wasl_browser={mark}"}
        answer = await scene.outside.client.post("/api/session", json=_login(sara(scene)), headers=headers)
        assert answer.status_code == 200
        took.append(perf_counter() - started)
    assert statistics.median(took) < 5, took
    statuses = await asyncio.gather(*flood)
    assert set(statuses) == {b"401", b"429"}
    assert statuses.count(b"401") <= LOGIN_FAILURES_PER_ADDRESS_MAX + LOGINS_AT_ONCE
    assert scene.node.resident_bytes() - before < 64 * MEGABYTE * (LOGINS_AT_ONCE + 3)


async def _guess(node: Node, place: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", node.port, local_addr=("127.0.6.1", 0))
    body = json.dumps({"email": f"p{place}@story.example", "password": "a guess of mine"}).encode()
    head = ["POST /api/session HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    writer.write("\r\n".join([*head, "Connection: close", "", ""]).encode() + body)
    answer = await reader.read()
    writer.transport.abort()
    return answer[9:12]


def _login(person: Identity) -> dict[str, str]:
    return {"email": person.email, "password": PASSWORD}
