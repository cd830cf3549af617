"""Who did not sign with the right secret is told 401, and leaves nothing behind but a counter."""

import asyncio
import gzip
import hashlib
import hmac
from collections.abc import Callable

import pytest

from story.scene import Scene
from story.wire import RANA, envelope, text
from wasl.memory import open_memory

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


async def test_other_digests_of_the_right_secret(scene: Scene) -> None:
    """Rightly made with the right secret, by a weaker or another algorithm, or under an older header's name."""
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "hi")], RANA))
    for name in ("sha1", "md5", "sha512", "sha3_256", "blake2b"):
        digest = hmac.new(number.secret.encode(), body, name).hexdigest()
        for word in (name, "sha256"):
            await refused_leaves_nothing(scene, body, f"{word}={digest}")
    plain = hashlib.sha256(number.secret.encode() + body).hexdigest()
    await refused_leaves_nothing(scene, body, f"sha256={plain}")
    sha1 = "sha1=" + hmac.new(number.secret.encode(), body, "sha1").hexdigest()
    for headers in ({"X-Hub-Signature": sha1}, {"X-Hub-Signature": number.sign(body)}):
        assert (await scene.outside.client.post("/webhooks/meta", content=body, headers=headers)).status_code == 401
    for query in ({"signature": number.sign(body)}, {"X-Hub-Signature-256": number.sign(body)}):
        assert (await scene.outside.client.post("/webhooks/meta", content=body, params=query)).status_code == 401
    assert (await scene.sara.chats())["total"] == 0


async def test_one_signature_is_all_that_counts(scene: Scene) -> None:
    """Of several the first is taken, as a proxy in front would; a wrong one is not saved by a right one behind it."""
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "hi")], RANA))
    right, wrong = number.sign(body), "sha256=" + "0" * 64
    for several in ([wrong, right], [wrong, wrong, right], [f"{wrong}, {right}"], [f"{right}, {wrong}"], ["", right]):
        headers = [(b"X-Hub-Signature-256", value.encode()) for value in several]
        answer = await scene.outside.client.post("/webhooks/meta", content=body, headers=headers)
        assert answer.status_code == 401, several
    assert (await scene.sara.chats())["total"] == 0


async def test_what_is_sent_again_says_nothing_new(scene: Scene) -> None:
    """Whoever kept a body with its signature can deliver it a hundred times, anywhere, and changes nothing."""
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "once")], RANA))
    assert (await scene.outside.deliver(number, body)).status_code == 200
    before = await scene.sara.chat()
    answers = await asyncio.gather(*(scene.outside.deliver(number, body) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert await scene.sara.chat() == before
    async with open_memory(scene.node.settings) as memory:
        keys = {found.account_id: found.channel_key for found in memory.team.channels()}
    headers = {"X-Hub-Signature-256": number.sign(body)}
    for business, status in ((scene.bakery, 200), (scene.garage, 401)):
        path = f"/webhooks/meta/{keys[int(business.account_id)]}"
        assert (await scene.outside.client.post(path, content=body, headers=headers)).status_code == status
    assert await scene.sara.chat() == before
    assert (await scene.karim.chats())["total"] == 0


async def test_a_signature_is_of_every_byte(scene: Scene) -> None:
    """Bytes that mean the same JSON are other bytes."""
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "hi")], RANA))
    same = [
        body + b"\n",
        b" " + body,
        body.replace(b":", b": ", 1),
        body.replace(b"hi", b"h\\u0069"),
        b"\xef\xbb\xbf" + body,
    ]
    for other in same:
        await refused_leaves_nothing(scene, other, number.sign(body))
    packed = gzip.compress(body)
    for content, signature in ((packed, number.sign(body)), (packed, number.sign(packed))):
        headers = {"X-Hub-Signature-256": signature, "Content-Encoding": "gzip"}
        answer = await scene.outside.client.post("/webhooks/meta", content=content, headers=headers)
        # Nothing is unpacked before it is proven: what is signed as packed is kept as it came, and shown to nobody.
        assert answer.status_code == (200 if signature == number.sign(packed) else 401)
    assert (await scene.sara.chats())["total"] == 0


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
