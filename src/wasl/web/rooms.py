"""Who is in which room on this node."""

from typing import Any

from socketio import AsyncManager


class Rooms(AsyncManager):  # type: ignore[misc] # It has no types.
    """python-socketio's local manager, which looks through all rooms of the node to find those that somebody leaves:
    when thousands lose their connections at once, that is thousands times thousands. This one remembers them.

    Only ever this local one: its Redis manager loses what Redis loses, and has another order on every node.
    """

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[tuple[str, str], set[str | None]] = {}
        """(namespace, sid) → rooms."""

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        super().basic_enter_room(sid, namespace, room, eio_sid)
        self._of.setdefault((namespace, sid), set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        super().basic_leave_room(sid, namespace, room)
        rooms = self._of.get((namespace, sid), set())
        rooms.discard(room)
        if not rooms:
            self._of.pop((namespace, sid), None)

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        # Of everybody's room (None) last: the others are found through it.
        for room in sorted(self._of.get((namespace, sid), ()), key=lambda room: room is None):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for waiting in (self.pending_connect, self.pending_disconnect):
            if sid in waiting.get(namespace, ()):
                waiting[namespace].remove(sid)
                if not waiting[namespace]:
                    del waiting[namespace]

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        return [room for room in self._of.get((namespace, sid), ()) if room is not None]
