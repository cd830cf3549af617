"""Bodies that are rightly signed and otherwise wrong: kept or shown, counted, and never a reason for a 500."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardening.plain_http import exchange
from story.node import Node
from story.people import contents
from story.scene import Scene
from story.wire import RANA, Customer, JsonObject, Number, envelope, text

pytestmark = pytest.mark.anyio

THREE_MEGABYTES = 3 * 1024 * 1024


async def taken(scene: Scene, body: bytes) -> dict[str, int]:
    """Deliver a body, which must be acknowledged; what the ledger counted for it."""
    before = scene.node.ledger()
    answer = await scene.outside.deliver(scene.bakery.number, body)
    assert answer.status_code == 200, (body[:200], answer.text)
    scene.node.check_ledger()
    after = scene.node.ledger()
    return {entry: after[entry] - before[entry] for entry in after if after[entry] != before[entry]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"0",
        b'"text"',
        b"\x00" * 100,
        b"\xff\xfe\xfd",
        b"<xml/>",
        b'{"entry": []}',
        b'{"entry": null}',
        b'{"entry": 7}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"entry": [{"changes": [' + b"9" * 5_000 + b"]}]}",
    ],
)
async def test_what_cannot_be_read_is_kept_verbatim(scene: Scene, body: bytes) -> None:
    marked = body + b" " * 3 + scene.bakery.account_id.encode() if body not in (b"",) else body
    counted = await taken(scene, marked)
    assert counted["received"] == 1
    assert counted.keys() <= {"received", "quarantined", "duplicates", "set_aside"}
    assert (await scene.sara.chats())["total"] == 0
    assert set(await taken(scene, marked)) == {"received", "duplicates"}


ODDITIES: list[Any] = [None, True, 0, -1, 10**30, 1.5e308, "", "x", "\x00", [], {}, [[]], [None], {"": None}]


def places_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places_of(part, (*path, key))


def bent(document: Any, path: tuple[Any, ...], oddity: Any) -> Any:
    """The document with another value at one place; the place itself is gone when the oddity is `...`."""
    copy = orjson.loads(orjson.dumps(document))
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    if oddity is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = oddity
    return copy


def body_with_everything(number: Number) -> JsonObject:
    """A body with a neighbour that must survive whatever happens to the rest."""
    bendable = text(RANA, "bendable", context={"id": "wamid.other", "from": "9611000100"})
    reaction = text(RANA, "") | {"type": "reaction", "reaction": {"message_id": "wamid.other", "emoji": "👍"}}
    told = {"id": "wamid.sent", "status": "delivered", "timestamp": "1790000000", "recipient_id": RANA.phone}
    told["biz_opaque_callback_data"] = "m:msg_x:1"
    first = number.said([bendable, reaction], RANA)
    found: JsonObject = orjson.loads(envelope(first, number.told([told])))
    return found


async def test_wrong_types_at_every_level(scene: Scene) -> None:
    """Whatever stands at whichever place: 200, the ledger balances, and a sound neighbour is stored."""
    number = scene.bakery.number
    document = body_with_everything(number)
    neighbours = 0
    for place, path in enumerate(places_of(document)):
        entries = []
        for oddity in [*ODDITIES[place % 3 :: 3], ...]:
            damaged = bent(document, path, oddity)
            sound = orjson.loads(envelope(number.said([text(RANA, "sound")], RANA)))
            if isinstance(damaged.get("entry"), list):
                damaged["entry"].append(sound["entry"][0])
                neighbours += 1
            entries.append(_dumps(damaged))
        for body in entries:
            answer = await scene.outside.deliver(number, body)
            assert answer.status_code == 200, (path, body[:300], answer.text)
    scene.node.check_ledger()
    [chat] = [chat for chat in (await scene.sara.chats(page_size=100))["chats"] if chat["phone_clean"] == RANA.phone]
    assert contents(await scene.sara.whole_history(chat, limit=100)).count("sound") == neighbours > 100


def _dumps(value: Any) -> bytes:
    """Any JSON that Python can write, half surrogate pairs and endless integers included."""
    return json.dumps(value).encode()


async def test_names_and_texts_of_every_kind(scene: Scene) -> None:
    words = [
        "\x00",
        "a\x00b",
        "\ud800 half a pair",
        "👩‍👩‍👧‍👦",
        "\u202eright to left\u202c",
        "x" * 70_000,
        "' OR 1=1; --",
        "<script>alert(1)</script>",
        "%00%s%n{}",
        "\r\n\r\nevent: bye\ndata: {}\n\n",
        "\u2028\u2029\x85\x1f",
    ]
    sara = await scene.watch(scene.sara)
    for place, body in enumerate(words):
        person = Customer(body, f"9617000{place:04d}")
        message = text(person, body)
        document = document_of(scene.bakery.number, message, person=person)
        assert (await taken(scene, _dumps(document)))["stored"] == 1
    await sara.until_sequence(2 * len(words))
    sara.check()
    shown = [message["content"] for message in sara.arrivals()]
    assert shown == [body.replace("\x00", "\ufffd").replace("\ud800", "\ufffd") for body in words]
    assert (await scene.sara.chats())["total"] == len(words)


STAMPS: list[Any] = [10**30, -(10**30), "9" * 400, "-5", 1e300, "1.5", "٣", True, {}, [], None]


async def test_absurd_times_lose_nothing(scene: Scene) -> None:
    for stamp in [10**18, *STAMPS]:
        message = text(RANA, "when?") | {"timestamp": stamp}
        counted = await taken(scene, _dumps(document_of(scene.bakery.number, message)))
        assert counted in ({"received": 1, "stored": 1}, {"received": 1, "quarantined": 1})
    await scene.outside.say(scene.bakery, RANA, "now", at=10)
    assert (await scene.sara.chat())["last_message"]["content"] == "now"


async def test_absurd_times_are_shown_all_the_same(scene: Scene) -> None:
    for stamp in STAMPS:
        await taken(scene, _dumps(document_of(scene.bakery.number, text(RANA, "when?") | {"timestamp": stamp})))
    assert (await scene.sara.chat())["message_count"] == len(STAMPS)


def document_of(number: Number, *messages: JsonObject, person: Customer = RANA) -> JsonObject:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [number.said(messages, person)]}],
    }


async def test_three_megabytes_and_more(scene: Scene) -> None:
    number = scene.bakery.number
    before = scene.node.ledger()
    fits = envelope(number.said([text(RANA, "x" * (THREE_MEGABYTES - 700))], RANA))
    fits += b" " * (THREE_MEGABYTES - len(fits))
    assert len(fits) == THREE_MEGABYTES
    assert (await scene.outside.deliver(number, fits)).status_code == 200
    assert (await scene.outside.deliver(number, fits + b" ")).status_code == 413
    assert (await scene.outside.deliver(number, b" " * 20_000_000)).status_code == 413
    assert scene.node.ledger()["received"] == before["received"] + 1


async def test_chunked_bodies(scene: Scene) -> None:
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "in pieces")], RANA))
    answer = await exchange(scene.node.port, chunked(number, body, [1, 2, 3, 50, 5_000]))
    assert answer.startswith(b"HTTP/1.1 200")
    assert (await scene.sara.chat())["last_message"]["content"] == "in pieces"
    too_large = chunked(number, b" " * (THREE_MEGABYTES + 1), [65_536])
    assert (await exchange(scene.node.port, too_large)).startswith(b"HTTP/1.1 413")
    assert (await exchange(scene.node.port, chunked(number, b"", []))).startswith(b"HTTP/1.1 200")


def chunked(number: Number, body: bytes, sizes: list[int]) -> bytes:
    """A request whose body comes in chunks of these sizes, the last one repeated."""
    head = ["POST /webhooks/meta HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "Connection: close"]
    parts = ["\r\n".join([*head, f"X-Hub-Signature-256: {number.sign(body)}", "", ""]).encode()]
    sizes = list(sizes)
    while body:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        piece, body = body[:size], body[size:]
        parts.append(b"%x\r\n%s\r\n" % (len(piece), piece))
    return b"".join([*parts, b"0\r\n\r\n"])


@pytest.mark.parametrize("sent", [0, 1, 100])
async def test_a_body_that_breaks_off_leaves_nothing(scene: Scene, sent: int) -> None:
    number = scene.bakery.number
    body = envelope(number.said([text(RANA, "cut")], RANA))
    head = ["POST /webhooks/meta HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    before = scene.node.ledger()
    with socket.create_connection(("127.0.0.1", scene.node.port)) as connection:
        signature = f"X-Hub-Signature-256: {number.sign(body)}"
        connection.sendall("\r\n".join([*head, signature, "", ""]).encode() + body[:sent])
    assert (await scene.sara.chats())["total"] == 0
    assert scene.node.ledger() == before


async def test_an_unknown_number_is_quarantined_and_counted(scene: Scene) -> None:
    stranger = Number("999000111", "9611999999", scene.bakery.number.secret)
    body = envelope(stranger.said([text(RANA, "anyone?"), text(RANA, "hello?")], RANA))
    assert await taken(scene, body) == {"received": 2, "quarantined": 2}
    assert await taken(scene, body) == {"received": 2, "duplicates": 2}
    assert (await scene.sara.chats())["total"] == (await scene.karim.chats())["total"] == 0


async def test_unknown_fields_and_types(scene: Scene) -> None:
    number = scene.bakery.number
    news = {"field": "brand_new_field", "value": number.value(thing={"a": [1, 2]})}
    assert set(await taken(scene, envelope(news))) == {"received", "set_aside"}
    hologram = text(RANA, "x") | {"type": "hologram", "hologram": {"frames": 3}, "priority": "high"}
    assert await taken(scene, envelope(number.said([hologram], RANA))) == {"received": 1, "stored": 1}
    [message] = await scene.sara.whole_history(await scene.sara.chat())
    assert message["type"] == "unsupported"
    assert message["metadata"]["raw"]["hologram"] == {"frames": 3}


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
        max_leaves=20,
    )
)
async def test_values_that_nobody_thought_of(node: Node, scene: Scene, value: Any) -> None:
    change = {"field": "messages", "value": value}
    await taken(scene, _dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}))
