"""What a screen shows as a pure function of a snapshot and the events after it: the rules that every client follows.

The server itself needs none of this. It is here so that the rules can be proven: for every kind of change, an old view
with the events applied is the view that a fresh load would give.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wasl.domain.events import Cursor, EventKind

Json = Mapping[str, Any]


class Gap(Exception):
    """An event is missing before this one: the client must catch up from its cursor first."""


@dataclass(frozen=True, slots=True)
class View:
    """What one operator's screen holds. `messages` are those of opened conversations, whole from some message on."""

    operator_id: str
    cursor: Cursor
    conversations: Mapping[str, Json]
    messages: Mapping[str, Mapping[str, Json]]

    @classmethod
    def of_snapshot(cls, operator_id: str, snapshot: Json) -> "View":
        """Build it from `{conversations: [...], messages: {conversation_id: [...]}, cursor}`."""
        cursor = Cursor.parse(snapshot["cursor"])
        assert cursor is not None, "a snapshot names its place in the log"
        return cls(
            operator_id,
            cursor,
            {row["conversation_id"]: row for row in snapshot["conversations"]},
            {key: {message["message_id"]: message for message in held} for key, held in snapshot["messages"].items()},
        )

    def as_snapshot(self) -> dict[str, Any]:
        """The same in the API's own shapes and orders: rows by their last activity, messages by their position."""
        return {
            "conversations": sorted(self.conversations.values(), key=lambda row: -int(row["last_sequence"])),
            "messages": {
                key: sorted(held.values(), key=lambda message: (message["clock"], message["sequence"]))
                for key, held in self.messages.items()
            },
            "cursor": str(self.cursor),
        }


def apply(view: View, kind: str, data: Json) -> View:
    """The view after one event. An event that was applied before changes nothing; Gap is raised for one too early."""
    if data["sequence"] <= view.cursor.sequence:
        return view
    if data["previous"] > view.cursor.sequence:
        raise Gap(f"The view stands at {view.cursor.sequence}, the event follows {data['previous']}.")
    if kind == EventKind.NEW_CONVERSATION:
        view = _begin(view, data["conversation_id"])
    if "conversation" in data:
        view = _place_row(view, data["conversation"])
    if "message" in data:
        view = _place_message(view, data["message"])
    if "read" in data and data["read"]["operator_id"] == view.operator_id:
        view = _count(view, data["conversation_id"], data["read"]["unread_count"])
    return replace(view, cursor=Cursor(data["sequence"], int(data["tag"], 16)))


def _begin(view: View, conversation_id: str) -> View:
    """A conversation that was seen to begin is known whole, so it counts as opened."""
    if conversation_id in view.messages:
        return view
    return replace(view, messages={**view.messages, conversation_id: {}})


def _place_row(view: View, row: Json) -> View:
    held = view.conversations.get(row["conversation_id"])
    if held is not None and held["version"] >= row["version"]:
        return view
    if held is not None and held["user_id"] != row["user_id"]:
        view = _rename_user(view, row)
    unread = _unread(view, held, row)
    return replace(view, conversations={**view.conversations, row["conversation_id"]: {**row, "unread_count": unread}})


def _rename_user(view: View, row: Json) -> View:
    """A conversation's customer goes by another id since two contacts were merged, or are no longer."""
    thread = view.messages.get(row["conversation_id"])
    if thread is None:
        return view
    renamed = {key: {**message, "user_id": row["user_id"]} for key, message in thread.items()}
    return replace(view, messages={**view.messages, row["conversation_id"]: renamed})


def _unread(view: View, held: Json | None, row: Json) -> int | None:
    """What was read stays read while more comes in; None when only the server can tell what was read before."""
    if held is None:
        begun = row["conversation_id"] in view.messages and not view.messages[row["conversation_id"]]
        return int(row["inbound_count"]) if begun else None
    if held["unread_count"] is None:
        return None
    already_read = held["inbound_count"] - held["unread_count"]
    return max(0, int(row["inbound_count"]) - int(already_read))


def _place_message(view: View, message: Json) -> View:
    thread = view.messages.get(message["conversation_id"])
    if thread is None:
        return view
    held = thread.get(message["message_id"])
    if held is not None and held["version"] >= message["version"]:
        return view
    placed = {**thread, message["message_id"]: message}
    return replace(view, messages={**view.messages, message["conversation_id"]: placed})


def _count(view: View, conversation_id: str, unread_count: int) -> View:
    row = view.conversations.get(conversation_id)
    if row is None:
        return view
    changed = {**row, "unread_count": unread_count}
    return replace(view, conversations={**view.conversations, conversation_id: changed})
