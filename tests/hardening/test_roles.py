"""Every operation for everybody: the roles of its own account, whoever has no session, and another account's people."""

import time
from collections.abc import Awaitable, Callable

import anyio
import httpx2
import jwt
import pytest

from hardening.busy_shop import BusyShop, rows, settle
from hardening.matrix import INSIDERS, MATRIX, OUTSIDERS, STRANGER, path_of
from story.people import PASSWORD, Identity
from story.scene import Scene
from story.wire import RANA
from wasl.domain.people import OperatorRole
from wasl.memory import open_memory
from wasl.store.secrets import SecretBox
from wasl.web.session import COOKIE

pytestmark = pytest.mark.anyio
Tokens = dict[str, str | None]


@pytest.fixture
async def tokens(scene: Scene, shop: BusyShop) -> Tokens:
    """What each of them carries."""
    key = SecretBox(scene.node.settings.key()).derive("sessions")
    true = jwt.decode(shop.people[OperatorRole.OWNER].token, options={"verify_signature": False})
    past = true | {"exp": int(time.time()) - 1, "jti": "long ago"}
    return {
        **{role.value: person.token for role, person in shop.people.items()},
        "nobody": None,
        "expired": jwt.encode(past, key, "HS256"),
        "ended": await _ended(scene, shop),
        "disabled": await _disabled(scene, shop),
        STRANGER: scene.karim.token,
    }


async def _ended(scene: Scene, shop: BusyShop) -> str:
    gone = await scene.outside.sign_in(shop.business.operators[0])
    await gone.ask("DELETE", "/api/session")
    return gone.token


async def _disabled(scene: Scene, shop: BusyShop) -> str:
    name, email = f"{shop.word} gone", f"{shop.word}.gone@story.example"
    async with open_memory(scene.node.settings) as memory:
        added = await memory.team.add_operator(int(shop.business.account_id), email, name, OperatorRole.ADMIN, PASSWORD)
        gone = await scene.outside.sign_in(Identity(str(added.id), name, email))
        await memory.team.disable(added.id)

    async def noticed() -> bool:
        answer = await scene.outside.client.get("/api/session", headers=gone.headers)
        return answer.status_code == 401

    await until(noticed)
    return gone.token


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    with anyio.fail_after(30):
        while not await holds():
            await anyio.sleep(0.05)


async def test_the_matrix_names_every_operation(scene: Scene) -> None:
    """Who adds a call says here who may use it."""
    paths = (await scene.outside.client.get("/openapi.json")).json()["paths"]
    assert set(MATRIX) == {f"{method.upper()} {path}" for path, calls in paths.items() for method in calls}


async def test_everybody_gets_in_where_they_may_and_nowhere_else(scene: Scene, shop: BusyShop, tokens: Tokens) -> None:
    await scene.outside.say(scene.garage, RANA, "my car")
    stream = await scene.watch(scene.karim)
    socket = await (await scene.outside.bare_socket()).enter(scene.karim.token)
    for who in INSIDERS:  # First, so that whatever is kept for the next one to ask is there.
        await try_all(scene, shop, who, tokens[who])
    await settle_drafts(scene, shop)
    before = await _lasting(scene, shop)
    outside = [seen for who in (STRANGER, *OUTSIDERS) for seen in await try_all(scene, shop, who, tokens[who])]
    assert await _lasting(scene, shop) == before, "somebody from outside changed something"
    await scene.outside.say(scene.garage, RANA, "the end")
    await stream.until(lambda: any(b"the end" in frame.raw for frame in stream.frames))
    assert "the end" in await socket.until('42["new_message"')
    seen = [*outside, *(frame.raw for frame in stream.frames), *(str(packet).encode() for packet in socket.heard)]
    assert [(mark, place) for place in seen for mark in shop.marks() if mark in place] == []


async def _lasting(scene: Scene, shop: BusyShop) -> dict[str, list[str]]:
    """What the database holds, but for how often a provider was asked in vain: that goes on by itself."""
    goes_on = {"media_jobs", "signals", "template_syncs"}
    found = await rows(scene.node.settings, shop)
    return {table: held for table, held in found.items() if table not in goes_on}


async def test_the_marks_are_found_where_they_may_be(scene: Scene, shop: BusyShop, tokens: Tokens) -> None:
    """Or else nothing would be proven by not finding them."""
    seen = b"".join(await try_all(scene, shop, "owner", tokens["owner"]))
    missing = [mark for mark in shop.marks() if mark not in seen]
    # Told to nobody, at no door.
    assert missing == [shop.channel_key.encode(), shop.business.access_token.encode()]
    assert seen.count(shop.word.encode()) > 100


async def try_all(scene: Scene, shop: BusyShop, who: str, token: str | None) -> list[bytes]:
    """Every operation by somebody, once with each way of carrying a session; all that was answered."""
    seen = []
    for name, door in MATRIX.items():
        method, _, template = name.partition(" ")
        for carry in (_bearer, _cookie):
            carried = token
            if name == "DELETE /api/session" and who in (*INSIDERS, STRANGER):
                carried = await _fresh(scene, shop, who)
            asked = door.asked(shop)
            headers = asked.pop("headers", {}) | carry(carried)
            request = scene.outside.client.build_request(method, path_of(template, shop), headers=headers, **asked)
            status, told = await _begun(scene.outside.client, request)
            assert status == door.expected(who), (name, who, carry.__name__, told[:500])
            seen.append(told)
    return seen


async def _begun(client: httpx2.AsyncClient, request: httpx2.Request) -> tuple[int, bytes]:
    """Status and all bytes of an answer; of a stream only its beginning."""
    answer = await client.send(request, stream=True)
    try:
        told = repr(answer.headers.raw).encode()
        async for part in answer.aiter_raw():
            told += part
            if "event-stream" in answer.headers["content-type"] and b"event: conversations" in told:
                break
        return answer.status_code, told
    finally:
        await answer.aclose()
        client.cookies.clear()


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _cookie(token: str | None) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={token}"} if token else {}


async def _fresh(scene: Scene, shop: BusyShop, who: str) -> str:
    """A session to be ended."""
    if who == STRANGER:
        return (await scene.outside.sign_in(scene.garage.operators[0])).token
    return (await scene.outside.sign_in(shop.identities[OperatorRole(who)])).token


async def settle_drafts(scene: Scene, shop: BusyShop) -> None:
    """Nobody shall go on trying to send what the matrix wrote."""
    owner = shop.people[OperatorRole.OWNER]
    for place, sent in enumerate(await owner.whole_history(shop.chat)):
        if sent["status"] in ("queued", "sending"):
            name = f"wamid.{shop.word}.matrix.{place}"
            await settle(scene.outside, shop.business, shop.chat, sent, name, status="delivered")
