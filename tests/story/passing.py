"""What is told in passing, as a client puts it together: who is there, where they look, and who typed last."""

from typing import Any

from story.people import Operator
from story.watcher import Watcher
from story.wire import JsonObject


def told(watcher: Watcher, kind: str) -> list[JsonObject]:
    """Everything of a kind that one screen was told, in order."""
    frames = [frame for frame in watcher.frames if frame.kind == kind]
    assert [frame for frame in frames if frame.id is not None] == []  # It is in no log: it moves no cursor.
    return [frame.data for frame in frames]


def there(watcher: Watcher) -> dict[str, str | None]:
    """Who is online, by name, with where each looks."""
    shown: dict[str, JsonObject] = {}
    for data in told(watcher, "presence"):
        if data["whole"]:
            shown = {}
        for face in data["operators"]:
            if face["online"]:
                shown[face["operator_id"]] = face
            else:
                shown.pop(face["operator_id"], None)
    return {face["name"]: face["conversation_id"] for face in shown.values()}


def typing(watcher: Watcher) -> list[tuple[str, bool]]:
    """Who began and stopped to type, in order."""
    return [(data["name"], data["typing"]) for data in told(watcher, "typing")]


async def tell_typing(operator: Operator, chat: JsonObject, is_typing: bool = True, expect: int = 200) -> JsonObject:
    asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"], "typing": is_typing}
    return await operator.ask("POST", "/api/live-chat/typing", expect, json=asked)


async def tell_viewing(operator: Operator, chat: JsonObject | None, expect: int = 200) -> JsonObject:
    asked: dict[str, Any] = {"conversation_id": chat["conversation_id"] if chat else None}
    return await operator.ask("POST", "/api/live-chat/viewing", expect, json=asked)
