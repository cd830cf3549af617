"""Nobody comes in by Socket.IO who may not, and everybody is told why."""

import time
from typing import Any

import jwt
import orjson
import pytest

from story.scene import Scene
from story.sockets import BareSocket, SocketRefused
from story.watcher import StreamRefused
from story.wire import RANA, JsonObject
from wasl.settings import Settings
from wasl.store.secrets import SecretBox
from wasl.web.session import COOKIE

pytestmark = pytest.mark.anyio

STREAMS_PER_OPERATOR = 50


async def refusal(bare: BareSocket, auth: Any) -> JsonObject:
    """Ask to be let in, and be refused; what was said."""
    await bare.say("40" + ("" if auth is None else orjson.dumps(auth).decode()))
    said = orjson.loads((await bare.until("44"))[2:])
    data: JsonObject = said["data"]
    assert said["message"] == data["error"]
    assert data["error"].endswith(".")
    return data


def token_of(home: Settings, claims: JsonObject, key: bytes | None = None, algorithm: str = "HS256") -> str:
    """A token as the server makes them, or nearly."""
    return jwt.encode(claims, key or SecretBox(home.key()).derive("sessions"), algorithm)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_no_token_and_bad_tokens(scene: Scene, home: Settings) -> None:
    true = jwt.decode(scene.sara.token, options={"verify_signature": False})
    now = int(time.time())
    head, body, signature = scene.sara.token.split(".")
    tokens: list[Any] = [5, True, [], {}, "", "x", "a.b.c", "x" * 9_000]
    cursors: list[Any] = [5, True, ["1"], {}, "x", "1", "1-x"]
    cases: list[tuple[Any, str]] = [
        (None, "not_signed_in"),
        ({}, "not_signed_in"),
        ([], "not_signed_in"),
        ("token", "not_signed_in"),
        ({"token": None}, "not_signed_in"),
        *(({"token": odd}, "not_signed_in") for odd in tokens),
        ({"token": f"{head}.{body}.{signature[::-1]}"}, "not_signed_in"),
        ({"token": f"{head}.{body}."}, "not_signed_in"),
        ({"token": token_of(home, true, b"another key of thirty-two letters")}, "not_signed_in"),
        ({"token": token_of(home, true, algorithm="HS512")}, "not_signed_in"),
        ({"token": jwt.encode(true, "", "none")}, "not_signed_in"),
        ({"token": token_of(home, true | {"exp": now - 1})}, "session_expired"),
        ({"token": token_of(home, true | {"account": true["account"] + 1})}, "not_signed_in"),
        ({"token": token_of(home, true | {"sub": "999999"})}, "not_signed_in"),
        ({"token": token_of(home, true | {"version": true["version"] - 1})}, "not_signed_in"),
        *(({"token": scene.sara.token, "cursor": odd}, "bad_cursor") for odd in cursors),
    ]
    bare = await scene.outside.bare_socket()
    for auth, code in cases:
        assert (await refusal(bare, auth))["code"] == code, auth
    assert [packet for packet in bare.heard if packet[:2] not in ("0{", "44")] == []
    await bare.enter(scene.sara.token)  # It was refused, and nothing worse.


async def test_a_session_that_was_ended_opens_nothing(scene: Scene) -> None:
    bare = await scene.outside.bare_socket()
    await scene.sara.ask("DELETE", "/api/session")
    assert (await refusal(bare, {"token": scene.sara.token}))["code"] == "not_signed_in"
    socket = await scene.socket(scene.omar).connect(["polling"])
    await scene.outside.say(scene.bakery, RANA, "hi")
    await socket.until_sequence(2)


async def test_one_socket_is_let_in_once(scene: Scene) -> None:
    bare = await (await scene.outside.bare_socket()).enter(scene.sara.token)
    assert (await refusal(bare, {"token": scene.sara.token}))["code"] == "already_connected"
    await bare.say("40/admin,{}")
    assert orjson.loads((await bare.until("44/admin,"))[9:])["data"]["code"] == "unknown_namespace"
    await bare.say("41")
    await bare.say('421["join_conversation","x"]')
    assert await bare.refused() == (1008, "not_connected")


async def test_one_who_left_may_come_in_again(scene: Scene) -> None:
    bare = await (await scene.outside.bare_socket()).enter(scene.sara.token)
    await bare.say("41")
    await bare.enter(scene.omar.token)
    await scene.outside.say(scene.bakery, RANA, "once")
    await bare.until('42["new_message"')
    assert len(bare.events()) == 2


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_the_cookie_counts_from_our_own_pages_only(scene: Scene, transport: str) -> None:
    url = scene.node.url
    cookie = {"Cookie": f"{COOKIE}={scene.sara.token}"}
    ways = [
        ({}, None),
        ({"Origin": url}, None),
        ({"Origin": "https://evil.example"}, "wrong_origin"),
        ({"Origin": "null"}, "wrong_origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "wrong_origin"),
        ({"Sec-Fetch-Site": "same-site"}, "wrong_origin"),
        ({"Sec-Fetch-Site": "same-origin"}, None),
    ]
    for headers, code in ways:
        watcher = scene.socket(scene.sara)
        try:
            await watcher.connect([transport], token=None, headers=cookie | headers)
            found = None
        except SocketRefused as refused:
            found = refused.data["code"]
        assert found == code, headers
        await watcher.cut()


async def test_streams_and_sockets_count_together(scene: Scene) -> None:
    half = STREAMS_PER_OPERATOR // 2
    wires = [await scene.outside.wire(scene.sara) for _ in range(half)]
    sockets = [await (await scene.outside.bare_socket()).enter(scene.sara.token) for _ in range(half)]
    late = await scene.outside.bare_socket()
    assert (await refusal(late, {"token": scene.sara.token}))["code"] == "too_many_streams"
    with pytest.raises(StreamRefused) as refused:
        await scene.outside.wire(scene.sara)
    assert refused.value.status == 429
    await scene.socket(scene.omar).connect(["websocket"])  # Another operator has as many again.
    await sockets[0].cut()
    wires[0].cut()
    await scene.socket(scene.sara).connect(["polling"])
    await late.enter(scene.sara.token)
