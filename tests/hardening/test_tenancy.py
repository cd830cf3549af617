"""Two businesses never meet: not by ids, not by signatures, not by any answer or stream."""

import json
from typing import Any

import pytest

from story.people import Operator, contents, open_business
from story.scene import Scene, scene_of
from story.watcher import StreamRefused
from story.wire import RANA, Customer, Number, envelope, status, text

pytestmark = pytest.mark.anyio

SECRET_WORDS = "the recipe is olive oil and patience"
GUEST = Customer("Layal Very Private", "9613777123")


async def bakery_at_work(scene: Scene) -> dict[str, Any]:
    """Let the bakery have a conversation with everything in it; its row of the list."""
    [first] = await scene.outside.say(scene.bakery, GUEST, SECRET_WORDS)
    chat = await scene.sara.chat(GUEST)
    await scene.sara.send(chat, "private answer", reply_to=first, client_message_id="private-draft")
    await scene.sara.move("takeover", chat)
    return {"chat": await scene.sara.chat(GUEST), "message_id": first}


def traces_of(scene: Scene) -> list[bytes]:
    """What no byte that the garage receives may hold."""
    words = [GUEST.name, GUEST.phone, SECRET_WORDS, "private answer", "private-draft", scene.bakery.name]
    words += [scene.bakery.number.phone_number_id, *(person.email for person in scene.bakery.operators)]
    return [word.encode() for word in words]


async def test_every_call_of_a_stranger(scene: Scene) -> None:
    """Karim knows every id of the bakery, and gets 404 or nothing."""
    known = await bakery_at_work(scene)
    chat, message_id = known["chat"], known["message_id"]
    await scene.outside.say(scene.garage, RANA, "my car")
    own = await scene.karim.chat(RANA)
    before = still(await scene.sara.history(chat))
    foreign = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
    mixed = foreign | {"user_id": own["user_id"]}
    refused: list[tuple[str, str, Any]] = [
        ("GET", f"conversation/{chat['user_id']}/{chat['conversation_id']}", None),
        ("GET", f"conversation/{own['user_id']}/{chat['conversation_id']}", None),
        ("GET", f"messages/{message_id}/trace", None),
        *(("POST", call, who) for call in ("takeover", "release", "end-conversation") for who in (foreign, mixed)),
        *(("POST", "send-message", who | {"message": "x", "force": True}) for who in (foreign, mixed)),
        ("POST", "read", {"conversation_id": chat["conversation_id"], "sequence": 1}),
        ("POST", "send-message", {**ids_of(own), "message": "x", "reply_to": message_id}),
    ]
    for method, path, body in refused:
        await check_call(scene, method, path, body, {404})
    if chat["user_id"] != own["user_id"]:
        await check_call(scene, "GET", f"client/{chat['user_id']}/conversations", None, {404})
    for path in ("unified-chats", "active-conversations", "waiting-queue", "metrics", "events/poll"):
        for query in ("", f"?search={GUEST.phone}", "?search=Layal", f"?status=human&search={GUEST.phone}"):
            await check_call(scene, "GET", path + query, None, {200})
    assert still(await scene.sara.history(chat)) == before


def still(history: dict[str, Any]) -> dict[str, Any]:
    """A history without what moves by itself: nobody answers at the number's address, so that sending is tried again
    and again."""
    moving = {"as_of", "status", "error", "last_message"}
    messages = [{name: value for name, value in one.items() if name not in moving} for one in history["messages"]]
    conversation = {name: value for name, value in history["conversation"].items() if name not in moving - {"status"}}
    return {**history, "as_of": None, "messages": messages, "conversation": conversation}


def ids_of(chat: dict[str, Any]) -> dict[str, Any]:
    return {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}


async def check_call(scene: Scene, method: str, path: str, body: Any, expected: set[int]) -> None:
    """Let Karim make a call; nothing of the bakery stands in the answer, but what he himself asked for."""
    answer = await scene.outside.client.request(
        method, f"/api/live-chat/{path}", json=body, headers=scene.karim.headers
    )
    assert answer.status_code in expected, (path, answer.text)
    asked = (path + json.dumps(body)).encode()
    seen = answer.content + str(answer.headers).encode()
    assert [word for word in traces_of(scene) if word in seen and word not in asked] == []


async def test_streams_and_polls(scene: Scene) -> None:
    """The bakery's cursor is worth nothing in the garage's log, and its stream shows nothing of it."""
    karim, sara = await scene.watch(scene.karim), await scene.watch(scene.sara)
    await bakery_at_work(scene)
    await scene.outside.say(scene.garage, RANA, "my car")
    await karim.until_sequence(2)
    await sara.until_sequence(4)
    stolen = await scene.outside.watcher(scene.karim).open(by="query", cursor=sara.cursor)
    await stolen.until(lambda: stolen.resyncs)
    polled = await scene.karim.ask("GET", "/api/live-chat/events/poll", params={"after": sara.cursor})
    assert polled["resync"] is not None
    seen = b"".join(frame.raw for frame in karim.frames + stolen.frames) + json.dumps(polled).encode()
    assert [word for word in traces_of(scene) if word in seen] == []
    assert contents(karim.arrivals()) == ["my car"]
    assert {frame.data["conversation_id"] for frame in karim.events} == {scene.garage.conversation_id(RANA)}


async def test_a_signature_speaks_only_for_its_own_numbers(scene: Scene) -> None:
    """A body signed by the garage's app that names the bakery's number is kept apart, and enters neither."""
    forged = Number(scene.bakery.number.phone_number_id, scene.bakery.number.display, scene.garage.number.secret)
    before = scene.node.ledger()
    message = text(RANA, "from nowhere")
    answer = await scene.outside.deliver(forged, envelope(forged.said([message], RANA)))
    assert answer.status_code == 200
    after = scene.node.ledger()
    assert after["quarantined"] == before["quarantined"] + 1
    for operator in (scene.sara, scene.karim):
        assert (await operator.chats())["total"] == 0


async def test_a_forged_status_moves_no_foreign_message(scene: Scene) -> None:
    known = await bakery_at_work(scene)
    [_, mine] = await scene.sara.whole_history(known["chat"])
    forged = Number(scene.bakery.number.phone_number_id, scene.bakery.number.display, scene.garage.number.secret)
    report = status("wamid.forged", "read", biz_opaque_callback_data=f"m:{mine['message_id']}:1")
    for number in (forged, scene.garage.number):
        await scene.outside.tell(number, number.told([report]))
    [_, now] = await scene.sara.whole_history(known["chat"])
    assert now["status"] in ("queued", "sending")  # Nobody answers at the address of this number.


async def test_one_body_for_two_businesses_of_one_secret_and_of_two(scene: Scene) -> None:
    """Whoever's number it names decides; a neighbour whose secret it is not stays out."""
    bakery, garage = scene.bakery.number, scene.garage.number
    both = envelope(
        bakery.said([text(RANA, "for the bakery")], RANA), garage.said([text(RANA, "for the garage")], RANA)
    )
    assert (await scene.outside.deliver(bakery, both)).status_code == 200
    assert contents(await scene.sara.whole_history(await scene.sara.chat())) == ["for the bakery"]
    assert (await scene.karim.chats())["total"] == 0
    assert (await scene.outside.deliver(garage, both)).status_code == 200
    assert contents(await scene.karim.whole_history(await scene.karim.chat())) == ["for the garage"]
    assert (await scene.sara.chat())["message_count"] == 1


async def test_the_same_ids_in_two_businesses_never_meet(scene: Scene) -> None:
    """One wamid, one customer, one client_message_id in both: two of each."""
    people: list[tuple[Operator, Any]] = [(scene.sara, scene.bakery), (scene.karim, scene.garage)]
    for operator, business in people:
        words = f"to {business.name}"
        message = text(RANA, words, message_id="wamid.twin")
        for _ in range(2):
            await scene.outside.tell(business.number, business.number.said([message], RANA))
        chat = await operator.chat()
        assert contents(await operator.whole_history(chat)) == [words]
        await operator.send(chat, f"from {business.name}", client_message_id="twin", reply_to="wamid.twin")
        assert chat["conversation_id"] == business.conversation_id(RANA)
    number = scene.bakery.number
    deletion = {"type": "revoke", "revoke": {"original_message_id": "wamid.twin"}}
    revoke = {"from": RANA.phone, "id": "wamid.revoke", "timestamp": "1790000009", **deletion}
    await scene.outside.tell(number, number.said([revoke], RANA))
    for operator, business in people:
        first, second = await operator.whole_history(await operator.chat())
        assert second["content"] == f"from {business.name}"
        assert (first["deleted_at"] is not None) == (business is scene.bakery)


async def test_an_operator_of_two_businesses_signs_in_to_each(scene: Scene) -> None:
    other = await open_business(scene.node.settings, "Third Shop", "Sara")
    again = await scene_of(scene.node, scene.outside, scene.bakery, other)
    await bakery_at_work(scene)
    assert (await again.karim.chats())["total"] == 0
    with pytest.raises(StreamRefused):
        await scene.outside.watcher(scene.karim).open(by="query", cursor="not a cursor")
