"""Socket.IO brings what the event stream brings: the same events, the same bytes, the same order, nothing twice."""

import asyncio
from typing import Any

import pytest

from story.scene import Scene
from story.sockets import SocketRefused, SocketWatcher
from story.wire import HADI, RANA
from wasl.torture.reading import without_second_name

pytestmark = pytest.mark.anyio

WAYS = pytest.mark.parametrize(
    "transports", [["websocket"], ["polling"], None], ids=["websocket", "polling", "upgrade"]
)


@WAYS
async def test_the_same_events_as_the_stream(scene: Scene, transports: list[str] | None) -> None:
    stream = await scene.watch(scene.sara)
    socket = await scene.socket(scene.omar).connect(transports)
    await scene.outside.say(scene.bakery, RANA, "one", "two")
    chat = await scene.sara.chat()
    await scene.sara.move("takeover", chat)
    await scene.sara.send(chat, "مرحبا, you two")
    await scene.outside.say(scene.bakery, HADI, "three \U0001f600")
    await stream.until(lambda: stream.arrivals() and stream.arrivals()[-1]["content"].startswith("three"))
    expected = [(frame.kind, frame.data | {"conversationId": frame.data["conversation_id"]}) for frame in stream.events]
    await socket.until(lambda: len(socket.events) >= len(expected))
    socket.check()
    assert [(frame.kind, frame.data) for frame in socket.events][: len(expected)] == expected
    kinds = [frame.kind for frame in socket.frames]
    assert kinds[:2] == ["connected", "conversations"]
    await socket.until(lambda: any(frame.kind == "heartbeat" for frame in socket.frames))


async def test_the_data_are_the_streams_byte_for_byte(scene: Scene) -> None:
    stream = await scene.watch(scene.sara)
    bare = await (await scene.outside.bare_socket()).enter(scene.sara.token)
    await scene.outside.say(scene.bakery, RANA, "ein Ü", "x" * 70_000)
    await stream.until_sequence(3)
    await bare.until('42["new_message",{"sequence":3')
    assert [(kind, without_second_name(data)) for kind, data in bare.events()] == [
        (frame.kind, frame.raw) for frame in stream.events
    ]


@WAYS
async def test_everything_in_between_comes_to_one_who_returns(scene: Scene, transports: list[str] | None) -> None:
    await scene.outside.say(scene.bakery, RANA, "before")
    socket = await scene.socket(scene.sara).connect(transports)
    await scene.outside.say(scene.bakery, RANA, "seen")
    await socket.until_sequence(3)
    for place in range(5):
        await socket.cut()
        await scene.outside.say(scene.bakery, RANA, f"missed {place}")
        await socket.connect(transports)
        await scene.outside.say(scene.bakery, HADI, f"seen {place}")
        await socket.until(lambda place=place: socket.arrivals()[-1]["content"] == f"seen {place}")  # type: ignore[misc]
    socket.check()
    told = [message["content"] for message in socket.arrivals()]
    assert told == ["seen", *(f"{word} {place}" for place in range(5) for word in ("missed", "seen"))]
    assert sum(frame.kind == "conversations" for frame in socket.frames) == 1


async def test_the_upgrade_in_the_middle_of_messages_loses_and_doubles_nothing(scene: Scene) -> None:
    stream = await scene.watch(scene.sara)

    async def write() -> None:
        for place in range(150):
            await scene.outside.say(scene.bakery, RANA, f"word {place}")

    writing = asyncio.create_task(write())
    sockets = []
    for _ in range(8):
        sockets.append(await scene.socket(scene.omar).connect(None, cursor=stream.cursor))
        await asyncio.sleep(0.03)
    await writing
    await stream.until_sequence(151)
    for socket in sockets:
        await socket.until_sequence(151)
        socket.check()
        assert socket.client.transport() == "websocket"
        ids = [frame.id for frame in socket.events]
        assert ids == [frame.id for frame in stream.events][-len(ids) :]


@WAYS
async def test_joining_and_leaving_are_acknowledged(scene: Scene, transports: list[str] | None) -> None:
    await scene.outside.say(scene.bakery, RANA, "hi")
    name = scene.bakery.conversation_id(RANA)
    socket = await scene.socket(scene.sara).connect(transports)
    done = {"success": True, "conversation_id": name, "conversationId": name}
    for call in ("join_conversation", "leave_conversation"):
        for argument in (name, {"conversation_id": name}, {"conversationId": name}):
            assert await socket.call(call, argument) == done
            assert await socket.call(call, argument) == done  # A second time is no harm.
    await socket.call("join_conversation", name)
    await scene.outside.say(scene.bakery, RANA, "once")
    await socket.until_sequence(3)
    socket.check()


async def test_a_conversation_of_others_is_like_none(scene: Scene) -> None:
    await scene.outside.say(scene.garage, RANA, "a secret of the garage")
    await scene.outside.say(scene.bakery, HADI, "hi")
    socket = await scene.socket(scene.sara).connect(["websocket"])
    garages, nobodys = scene.garage.conversation_id(RANA), scene.bakery.conversation_id(RANA)
    for call in ("join_conversation", "leave_conversation"):
        answers = [await socket.call(call, name) for name in (garages, nobodys, "no such", "\x00", "\U0010ffff" * 9)]
        assert answers == [{"success": False, "code": "not_found", "error": "There is no such conversation."}] * 5
        nothings: list[Any] = ["", None, 7, {"conversation_id": 7}, {}, [], "x" * 600]
        for nothing in nothings:
            assert (await socket.call(call, nothing))["code"] == "invalid_request"
    await scene.outside.say(scene.garage, RANA, "another secret")
    await scene.outside.say(scene.bakery, HADI, "bye")
    await socket.until_sequence(3)
    assert all(b"secret" not in frame.raw for frame in socket.frames)


async def test_a_restored_past_is_told_as_on_the_stream(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "one")
    socket = await scene.socket(scene.sara).connect(cursor="2-00000000")
    await socket.until(lambda: socket.resyncs)
    assert socket.resyncs[0]["reason"] == "tag"
    assert socket.sequence == 2
    ahead = await scene.socket(scene.sara).connect(cursor="99-00000000")
    await ahead.until(lambda: ahead.resyncs)
    assert ahead.resyncs[0]["reason"] == "ahead"


async def test_a_session_that_ends_closes_its_socket(scene: Scene) -> None:
    omar = await (await scene.outside.bare_socket()).enter(scene.omar.token)
    sara = await (await scene.outside.bare_socket()).enter(scene.sara.token)
    await scene.omar.ask("DELETE", "/api/session")
    assert (await omar.refused())[0] == 1001
    with pytest.raises(SocketRefused) as refused:
        await scene.socket(scene.omar).connect()
    assert refused.value.data["code"] == "not_signed_in"
    await sara.until('42["heartbeat"')


async def test_an_unknown_event_is_named(scene: Scene) -> None:
    socket: SocketWatcher = await scene.socket(scene.sara).connect(["websocket"])
    await socket.client.emit("delete_everything", {"really": True})
    for name in ("delete_everything", "disconnect", "connect", "*", "message", "__class__"):
        answer = await socket.client.call(name, "x", timeout=30)
        assert answer == {"success": False, "code": "unknown_event", "error": "There is no such event here."}
    await scene.outside.say(scene.bakery, RANA, "still here")
    await socket.until_sequence(2)


async def test_colleagues_see_where_a_socket_looks_and_that_it_types(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hi")
    await scene.outside.say(scene.bakery, HADI, "hi")
    ranas, hadis = scene.bakery.conversation_id(RANA), scene.bakery.conversation_id(HADI)
    stream = await scene.watch(scene.sara)
    socket = await scene.socket(scene.omar).connect(["websocket"])

    def omar_is_at() -> Any:
        told = [one for frame in stream.frames if frame.kind == "presence" for one in frame.data["operators"]]
        places = [one["conversation_id"] for one in told if one["operator_id"] == scene.omar.id]
        return places[-1] if places else "nowhere yet"

    for call, name, place in (
        ("join_conversation", ranas, ranas),
        ("join_conversation", hadis, hadis),
        ("leave_conversation", ranas, hadis),
        ("join_conversation", ranas, ranas),
        ("leave_conversation", ranas, hadis),
        ("leave_conversation", hadis, None),
    ):
        await socket.call(call, name)
        await stream.until(lambda place=place: omar_is_at() == place)  # type: ignore[misc]
    done = {"success": True, "conversation_id": ranas, "conversationId": ranas, "typing": True}
    assert await socket.call("typing", {"conversation_id": ranas, "typing": True}) == done
    for watcher, more in ((stream, {}), (socket, {"conversationId": ranas})):
        await watcher.until(lambda watcher=watcher: any(frame.kind == "typing" for frame in watcher.frames))  # type: ignore[misc]
        [typing] = [frame for frame in watcher.frames if frame.kind == "typing"]
        told = {"conversation_id": ranas, "operator_id": scene.omar.id, "name": "Omar", "typing": True}
        assert typing.data == told | more
    for odd in (ranas, {"conversation_id": ranas}, {"conversation_id": ranas, "typing": 1}):
        assert (await socket.call("typing", odd))["code"] == "invalid_request"
    assert (await socket.call("typing", {"conversation_id": "x", "typing": True}))["code"] == "not_found"
