"""A session is what we signed, byte for byte, until it ends; nothing that only looks like it opens a door."""

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hardening.busy_shop import BusyShop, rows
from hardening.matrix import MATRIX, path_of
from story.people import Operator
from story.scene import Scene
from story.wire import RANA
from wasl.settings import Settings
from wasl.store.secrets import SecretBox
from wasl.web.session import COOKIE

# What a token is worth is not for the database to say; that an ended one is worth nothing, is tried on both elsewhere.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

ADDRESSES = ["/api/session", "/api/live-chat/unified-chats", "/api/live-chat/events", "/api/live-chat/events/poll"]


def part(value: Any) -> str:
    """A piece of a token as it is written."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(head: Any, claims: Any, key: bytes, digest: str = "sha256") -> str:
    """A token made by hand, with any head."""
    text = f"{part(head)}.{part(claims)}"
    return f"{text}.{part(hmac.new(key, text.encode(), digest).digest())}"


HS256 = {"alg": "HS256", "typ": "JWT"}


def by_other_algorithms(true: dict[str, Any], key: bytes) -> list[str]:
    """Unsigned, signed otherwise, or signed with what is public."""
    owned = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    public = owned.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    curve = ec.generate_private_key(ec.SECP256R1())
    nothing = [f"{part({'alg': word, 'typ': 'JWT'})}.{part(true)}." for word in ("none", "None", "NONE", "nOnE", "")]
    return [
        *nothing,
        *(text + part(b"x") for text in nothing),
        jwt.encode(true, owned, "RS256"),
        jwt.encode(true, curve, "ES256"),
        signed({"alg": "RS256", "typ": "JWT"}, true, public),
        signed(HS256, true, public),
        signed({"alg": "HS512", "typ": "JWT"}, true, key, "sha512"),
        signed({"alg": "HS256 ", "typ": "JWT"}, true, key),
        signed({"alg": ["HS256"]}, true, key),
        signed({"alg": "RS256"}, true, key),
        signed({"typ": "JWT"}, true, key),
        signed([], true, key),
        signed("HS256", true, key),
    ]


def by_other_keys(true: dict[str, Any], box: SecretBox) -> list[str]:
    """Signed with a key of the attacker's choice, or with one that we use for something else."""
    mine = b"a key that the attacker made, long enough"
    jwk = {"kty": "oct", "k": part(mine)}
    heads = [
        HS256 | {"kid": "/dev/null"},
        HS256 | {"kid": "../../../../dev/null"},
        HS256 | {"kid": "' UNION SELECT 'key"},
        HS256 | {"jku": "http://127.0.0.1:9/keys.json", "kid": "mine"},
        HS256 | {"x5u": "http://127.0.0.1:9/cert.pem"},
        HS256 | {"jwk": jwk},
    ]
    others = [box.derive(purpose) for purpose in ("known browsers", "bus", "webhooks", "", "session", "sessions ")]
    keys = [mine, b"\x00", b"secret", b"sessions", *others]
    return [*(signed(head, true, mine) for head in heads), *(signed(HS256, true, key) for key in keys)]


def with_other_claims(token: str, true: dict[str, Any], key: bytes) -> list[str]:
    """What was signed is not what it says; or it is, and it is not for today, not for this account, or not whole."""
    head, claims, signature = token.split(".")
    others: list[dict[str, Any]] = [{"sub": "1"}, {"account": 1}, {"version": 2}, {"exp": 2**40}, {"role": "owner"}]
    now = int(time.time())
    wrong: list[dict[str, Any]] = [
        {"exp": now - 1},
        {"exp": 0},
        {"nbf": now + 3_600},
        {"account": true["account"] + 1},
        {"version": true["version"] + 1},
        {"sub": "999999"},
        {"aud": "somebody else"},
    ]
    whole = list(true)
    return [
        *(f"{head}.{part(true | other)}.{signature}" for other in others),
        f"{part(HS256 | {'kid': 'x'})}.{claims}.{signature}",
        *(signed(HS256, true | other, key) for other in wrong),
        *(signed(HS256, {name: true[name] for name in whole if name != left}, key) for left in whole),
        *(signed(HS256, claims, key) for claims in (b"", b"{", [], None, "x", [true])),
    ]


def nearly(token: str) -> list[str]:
    """The bytes of a good token with something before, behind or inside."""
    head, claims, signature = token.split(".")
    around = ["!!!!", "====", "=", "A", "AAAA", ".", ".x", ",", "%20", "%00", "\u00a0"]
    return [
        *(token + more for more in around),
        *(more + token for more in around),
        f"{head}.{claims}.!!!!{signature}",
        f"{head}.{claims}.{signature[:20]}!!!!{signature[20:]}",
        f"{head}.{claims}.{signature[:20]} {signature[20:]}",
        f"{head}..{claims}.{signature}",
        f"{head}.{claims}",
        f"{claims}.{head}.{signature}",
        f"{head}.{claims}.{signature[:-1]}",
        *(f"{head}.{claims}.{signature[:-1]}{other}" for other in _with_the_same_bits(signature[-1])),
        f"{head}.{claims}.{signature[::-1]}",
        f"{head}.{claims}.{signature.swapcase()}",
        token.upper(),
        token + token,
        f"{token} {token}",
        f"{token},{token}",
        part(token.encode()),
    ]


def _with_the_same_bits(letter: str) -> str:
    """The other letters for which the last two bits of a signature would be read alike."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = letters.index(letter)
    return letters[place + 1 : place + 4]


async def opens(scene: Scene, token: str) -> list[tuple[str, str]]:
    """The addresses and ways of carrying it for which a token is worth something."""
    found = []
    ways: list[tuple[str, dict[str, str | bytes]]] = [
        ("bearer", {"Authorization": f"Bearer {token}".encode()}),
        ("cookie", {"Cookie": f"{COOKIE}={token}".encode()}),
        ("quoted cookie", {"Cookie": f'{COOKIE}="{token}"'.encode()}),
    ]
    for address in ADDRESSES[:1] if token.count(".") != 2 else ADDRESSES:
        for way, headers in ways:
            raw = [(name.encode(), value) for name, value in headers.items() if isinstance(value, bytes)]
            async with scene.outside.client.stream("GET", address, headers=raw) as answer:
                if answer.status_code != 401:
                    found.append((address, way))
                else:
                    told = json.loads(await answer.aread())
                    assert told["code"] in ("not_signed_in", "session_expired")
            scene.outside.client.cookies.clear()
    return found


async def test_only_our_own_signature_counts(scene: Scene, home: Settings) -> None:
    box, token = SecretBox(home.key()), scene.sara.token
    key, true = box.derive("sessions"), jwt.decode(token, options={"verify_signature": False})
    assert (await opens(scene, token))[0] == ("/api/session", "bearer")
    assert len(await opens(scene, signed(HS256, true, key))) >= len(ADDRESSES) * 2, "tokens made here count otherwise"
    forged = [*by_other_algorithms(true, key), *by_other_keys(true, box), *with_other_claims(token, true, key)]
    assert [(text, found) for text in forged if (found := await opens(scene, text))] == []
    assert len(set(forged)) > 50


async def test_a_token_has_one_form(scene: Scene) -> None:
    """Base64 as Python reads it passes over what does not belong there: one session would have endless tokens."""
    assert [(text, found) for text in nearly(scene.sara.token) if (found := await opens(scene, text))] == []


async def test_what_a_token_of_ours_must_never_be_read_from(scene: Scene) -> None:
    """Not from an address, which stands in logs and in other sites' referrers, nor from a body."""
    token, client = scene.sara.token, scene.outside.client
    for name in ("token", "access_token", "auth", COOKIE, "Authorization", "jwt"):
        for address in ADDRESSES:
            assert (await client.get(address, params={name: token})).status_code == 401
        assert (await client.get(ADDRESSES[1], headers={f"X-{name}": token})).status_code == 401
    assert (
        await client.get(ADDRESSES[1], headers={"Authorization": f"Basic {part(token.encode())}"})
    ).status_code == 401
    assert (await client.get(ADDRESSES[1], headers={"Authorization": token})).status_code == 401


async def test_of_two_ways_the_header_counts(scene: Scene) -> None:
    client, karim = scene.outside.client, f"{COOKIE}={scene.karim.token}"
    both = await client.get("/api/session", headers={**scene.sara.headers, "Cookie": karim})
    assert both.json()["operator"]["operator_id"] == scene.sara.id
    for authorization in ("Bearer x", "Bearer", "Basic x", ""):
        answer = await client.get("/api/session", headers={"Authorization": authorization, "Cookie": karim})
        assert answer.status_code == 401, authorization


async def test_an_ended_session_is_over_everywhere_at_once(scene: Scene) -> None:
    stream = await scene.watch(scene.sara)
    again: Operator = await scene.outside.sign_in(scene.bakery.operators[0])
    await scene.sara.ask("DELETE", "/api/session")
    assert await opens(scene, scene.sara.token) == []
    assert len(await opens(scene, again.token)) >= len(ADDRESSES) * 2  # Another session of the same person goes on.
    await stream.ended()


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "http://localhost"},
    {"Origin": "file://"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
    {"Origin": "https://evil.example", "Forwarded": "host=evil.example"},
]


async def test_another_sites_page_changes_nothing_with_our_cookie(scene: Scene, shop: BusyShop) -> None:
    """Every operation that changes something, however the browser says where it comes from."""
    cookie = {"Cookie": f"{COOKIE}={next(iter(shop.people.values())).token}"}
    before = await rows(scene.node.settings, shop)
    for name, door in MATRIX.items():
        method, _, template = name.partition(" ")
        if method in ("GET", "HEAD") or "/webhooks/" in name:
            continue
        for foreign in FOREIGN:
            asked = door.asked(shop)
            told = {key: value.format(host=f"127.0.0.1:{scene.node.port}") for key, value in foreign.items()}
            headers = {**asked.pop("headers", {}), **cookie, **told}
            if name == "POST /api/session":
                asked = {"json": {"email": shop.business.operators[0].email, "password": "wrong"}}
            answer = await scene.outside.client.request(method, path_of(template, shop), headers=headers, **asked)
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin"), (name, foreign)
            assert "set-cookie" not in answer.headers
    assert await rows(scene.node.settings, shop) == before


async def test_no_other_site_is_ever_let_read(scene: Scene) -> None:
    """No answer names an origin that may read it, not even to a preflight."""
    origin = {"Origin": "https://evil.example", **scene.sara.headers}
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for address in (*ADDRESSES, "/", "/openapi.json", "/metrics", "/webhooks/meta"):
        for method, more in (("GET", {}), ("OPTIONS", asks)):
            async with scene.outside.client.stream(method, address, headers=origin | more) as answer:
                assert [name for name in answer.headers if name.startswith("access-control-")] == [], address


async def test_reading_never_changes_anything(scene: Scene) -> None:
    """GET with another method's name in a header, as some servers understand it."""
    await scene.outside.say(scene.bakery, RANA, "hi")
    before = await scene.sara.chat()
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"):
        for address in ("takeover", "end-conversation", "send-message"):
            query = {"conversation_id": before["conversation_id"], "user_id": before["user_id"], "_method": "POST"}
            answer = await scene.outside.client.get(
                f"/api/live-chat/{address}", params=query, headers={**scene.sara.headers, header: "POST"}
            )
            assert answer.status_code == 405
    await scene.outside.client.get("/api/session", headers={**scene.sara.headers, "X-HTTP-Method-Override": "DELETE"})
    assert await scene.sara.chat() == before
