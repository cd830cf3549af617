"""Who is there reaches every screen: when it begins, when it changes, and when a full line has room again."""

from typing import Any

import orjson
import pytest

from live.lines import KeptLine
from live.logs import ACCOUNT, Log, LogDatabase
from wasl.live.encoding import ITEMS
from wasl.live.feed import Feed
from wasl.live.hub import Hub
from wasl.live.line import Line
from wasl.observe import Metrics

pytestmark = pytest.mark.anyio


class Board:
    """What `Presence` would answer: everyone, or nothing yet."""

    def __init__(self) -> None:
        self.names: list[str] | None = []
        self.asked = 0

    def whole(self, account_id: int) -> dict[str, Any] | None:
        assert account_id == ACCOUNT
        self.asked += 1
        return {"operators": self.names, "whole": True} if self.names is not None else None


class Room:
    """A feed, and lines that come and go."""

    def __init__(self) -> None:
        self.log = Log()
        self.log.append(3)
        self.board = Board()
        database = LogDatabase(self.log).as_database()
        self.hub = Hub(database, Metrics(), "test", heartbeat_seconds=60, whole=self.board.whole)

    async def join(self, line: Line) -> Feed:
        feed = await self.hub.feed(ACCOUNT)
        self.hub.join(feed, line, self.log.head, proven=True, allowed=lambda: True, left=lambda: None)
        return feed


@pytest.fixture
def room() -> Room:
    return Room()


def heard(line: KeptLine, kind: str = "presence") -> list[Any]:
    """What a line was told of a kind, in order."""
    blocks = b"".join(line.writes).split(b"\n\n")
    return [orjson.loads(block.partition(b"data: ")[2]) for block in blocks if f"event: {kind}".encode() in block]


async def test_a_screen_that_begins_is_told_everyone_and_then_what_changes(room: Room) -> None:
    room.board.names = ["Sara"]
    line = KeptLine()
    await room.join(line)
    room.hub.whisper(ACCOUNT, "presence", {"operators": ["Omar"], "whole": False})
    assert heard(line) == [{"operators": ["Sara"], "whole": True}, {"operators": ["Omar"], "whole": False}]


async def test_before_anything_is_known_nothing_is_told(room: Room) -> None:
    room.board.names = None
    line = KeptLine()
    await room.join(line)
    assert heard(line) == []
    room.hub.whisper(ACCOUNT, "presence", {"operators": ["Sara"], "whole": True})
    assert heard(line) == [{"operators": ["Sara"], "whole": True}]


async def test_whoever_had_no_room_is_told_everyone_as_soon_as_there_is(room: Room) -> None:
    line = KeptLine(writes_max=1)
    feed = await room.join(line)
    assert heard(line) == [{"operators": [], "whole": True}]  # And the line is full.
    room.board.names = ["Sara"]
    for kind in ("presence", "typing", "presence"):
        room.hub.whisper(ACCOUNT, kind, {"operators": ["Sara"], "whole": False})
    assert len(line.writes) == 1
    line.read()
    assert heard(line)[1:] == [{"operators": ["Sara"], "whole": True}]
    line.read()
    assert len(line.writes) == 2  # Once: and that somebody typed is not worth telling any more.
    assert heard(line, "typing") == []
    feed.leave(next(iter(feed.readers)))


async def test_what_is_new_goes_before_who_is_there(room: Room) -> None:
    line = KeptLine(writes_max=1)
    await room.join(line)
    room.board.names = ["Sara"]
    room.hub.publish(room.log.append(1))
    room.hub.whisper(ACCOUNT, "presence", {"operators": ["Sara"], "whole": False})
    line.read()
    assert line.seen == [4]
    line.read()
    assert heard(line)[-1] == {"operators": ["Sara"], "whole": True}


async def test_everyone_is_put_in_words_once_for_all_screens(room: Room) -> None:
    lines = [KeptLine() for _ in range(50)]
    for line in lines:
        await room.join(line)
    assert room.board.asked == 1
    room.hub.whisper(ACCOUNT, "presence", {"operators": ["Omar"], "whole": False})
    await room.join(late := KeptLine())
    assert room.board.asked == 2
    assert len(heard(late)) == 1


async def test_a_list_of_events_has_no_place_for_it(room: Room) -> None:
    line = KeptLine(ITEMS)
    await room.join(line)
    room.hub.whisper(ACCOUNT, "presence", {"operators": [], "whole": True})
    room.hub.whisper(ACCOUNT, "typing", {})
    assert line.writes == []
