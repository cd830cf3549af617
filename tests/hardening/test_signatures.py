"""Who did not sign with the right secret is told 401, and leaves nothing behind but a counter."""

import asyncio
from collections.abc import Callable

import pytest

from story.scene import Scene
from story.wire import RANA, envelope, text

pytestmark = pytest.mark.anyio


async def refused_leaves_nothing(scene: Scene, body: bytes, signature: str | None) -> None:
    before = scene.node.ledger()
    counted = scene.node.figures().get('wasl_webhooks_total{outcome="401"}', 0)
    headers = [] if signature is None else [(b"X-Hub-Signature-256", signature.encode("latin-1"))]
    answer = await scene.outside.client.post("/webhooks/meta", content=body, headers=headers)
    assert answer.status_code == 401
    assert scene.node.ledger() == before
    assert scene.node.figures()['wasl_webhooks_total{outcome="401"}'] == counted + 1
    assert (await scene.sara.chats())["total"] == 0


@pytest.mark.parametrize(
    "bend",
    [
        lambda right: None,
        lambda right: "",
        lambda right: "sha256=",
        lambda right: right[len("sha256=") :],
        lambda right: right[:-1],
        lambda right: right + "0",
        lambda right: right[:-1] + ("0" if right[-1] != "0" else "1"),
        lambda right: right.replace("sha256", "sha1"),
        lambda right: right.replace("sha256=", "sha256=="),
        lambda right: right + " " + right,
        lambda right: "sha256=" + "é" * 64,
        lambda right: "sha256=" + "g" * 64,
        lambda right: "sha256=" + "0" * 64,
        lambda right: "x" * 20_000,
    ],
)
async def test_a_wrong_signature(scene: Scene, bend: Callable[[str], str | None]) -> None:
    body = envelope(scene.bakery.number.said([text(RANA, "hi")], RANA))
    await refused_leaves_nothing(scene, body, bend(scene.bakery.number.sign(body)))


async def test_a_signature_of_another_body(scene: Scene) -> None:
    number = scene.bakery.number
    mine, other = (envelope(number.said([text(RANA, words)], RANA)) for words in ("hi", "ho"))
    await refused_leaves_nothing(scene, mine, number.sign(other))
    await refused_leaves_nothing(scene, mine + b" ", number.sign(mine))


async def test_a_signature_by_nobodys_secret(scene: Scene) -> None:
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "hi")], RANA))
    for secret in ("", "guess", number.secret + " ", number.secret.upper()):
        forged = type(number)(number.phone_number_id, number.display, secret)
        await refused_leaves_nothing(scene, body, forged.sign(body))


async def test_the_hex_digits_may_be_of_either_case(scene: Scene) -> None:
    body = envelope(scene.bakery.number.said([text(RANA, "hi")], RANA))
    signature = scene.bakery.number.sign(body)
    upper = "sha256=" + signature[7:].upper()
    assert (await scene.outside.deliver(scene.bakery.number, body, signature=upper)).status_code == 200
    assert (await scene.sara.chats())["total"] == 1


async def test_another_businesss_own_address_takes_only_its_own_secret(scene: Scene) -> None:
    body = envelope(scene.bakery.number.said([text(RANA, "hi")], RANA))
    headers = {"X-Hub-Signature-256": scene.bakery.number.sign(body)}
    for path in ("/webhooks/meta/guess", "/webhooks/meta/%00", "/webhooks/meta/" + "x" * 5_000, "/webhooks/meta/é"):
        answer = await scene.outside.client.post(path, content=body, headers=headers)
        assert answer.status_code in (401, 404), path
    assert (await scene.sara.chats())["total"] == 0


async def test_forgeries_do_not_hold_up_the_honest(scene: Scene) -> None:
    number = scene.bakery.number
    honest = envelope(number.said([text(RANA, "hi")], RANA))
    forged = [scene.outside.deliver(number, honest, signature="sha256=" + f"{place:064x}") for place in range(50)]
    answers = await asyncio.gather(*forged, scene.outside.deliver(number, honest))
    assert [answer.status_code for answer in answers] == [401] * 50 + [200]
    assert (await scene.sara.chats())["total"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.mode=subscribe&hub.challenge=7",
        "hub.mode=subscribe&hub.challenge=7&hub.verify_token=",
        "hub.mode=subscribe&hub.challenge=7&hub.verify_token=guess",
        "hub.mode=unsubscribe&hub.challenge=7&hub.verify_token={right}",
        "hub.mode=subscribe&hub.verify_token={right}",
        "hub.mode=subscribe&hub.verify_token={right}&hub.challenge=" + "9" * 5_000,
        "hub.mode=subscribe&hub.challenge=7&hub.verify_token=%ed%a0%80",
        "%00=%00&&&==&hub.mode=%ff",
    ],
)
async def test_a_subscription_without_the_token(scene: Scene, query: str) -> None:
    right = scene.bakery.access_token.replace("token", "verify")
    answer = await scene.outside.client.get("/webhooks/meta?" + query.format(right=right))
    assert answer.status_code == 403
    assert "7" not in answer.text


async def test_a_subscription_with_the_token(scene: Scene) -> None:
    right = scene.bakery.access_token.replace("token", "verify")
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": right}
    answer = await scene.outside.client.get("/webhooks/meta", params=query)
    assert (answer.status_code, answer.text) == (200, "1158201444")
