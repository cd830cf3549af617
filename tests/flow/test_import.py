"""Every old message comes in once, in its place and in its role, or is told with its line and the reason."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from cast import Cast
from wasl.domain.events import Event
from wasl.domain.identity import Party
from wasl.domain.message import Content, MessageType
from wasl.domain.updates import MessageReceived
from wasl.flow import import_history
from wasl.flow.import_history import HistoryImport, Progress
from wasl.flow.old_records import Unread
from wasl.store.database import Database, Row
from wasl.store.intake import Intake
from wasl.store.journal import Journal
from wasl.store.team import Channel

pytestmark = pytest.mark.anyio

Record = dict[str, Any]
NOON = "2024-05-01T12:00:00Z"
NOON_SECONDS = 1714564800


def said(text: str, timestamp: Any = NOON, role: str = "user", **more: Any) -> Record:
    return {"role": role, "text": text, "timestamp": timestamp, **more}


def talk(*messages: Any, phone: str = "+9613000001", **more: Any) -> Record:
    return {"customer": phone, "phone": phone, "name": "Maya", "messages": list(messages), **more}


class Import:
    """Runs imports into Olive's number and reads back what they left."""

    def __init__(self, journal: Journal, database: Database, channel: Channel) -> None:
        self.unread: list[str] = []
        self.seen: list[tuple[int, int]] = []
        self._journal = journal
        self._database = database
        self._channel = channel

    async def run(self, *documents: Record | str | bytes) -> Progress:
        lines = [
            d if isinstance(d, bytes) else (d if isinstance(d, str) else json.dumps(d)).encode() for d in documents
        ]
        self.unread.clear()
        self.seen.clear()
        work = HistoryImport(self._journal, self._channel, self._tell, self._advance)
        return await work.bring_in(io.BytesIO(b"\n".join(lines)))

    def _tell(self, unread: Unread) -> None:
        self.unread.append(str(unread))

    def _advance(self, progress: Progress) -> None:
        self.seen.append((progress.added, progress.bytes_read))

    async def rows(self, columns: str) -> list[Row]:
        sql = (
            f"SELECT {columns} FROM messages m JOIN conversations c"
            " ON c.account_id = m.account_id AND c.conversation_key = m.conversation_key"
            " ORDER BY c.conversation_key, m.clock, m.sequence"
        )
        return await self._database.read(lambda connection: connection.rows(sql))

    async def ledger_balances(self) -> bool:
        sql = "SELECT received, stored + duplicates + quarantined + set_aside FROM ledger"
        rows = await self._database.read(lambda connection: connection.rows(sql))
        return all(received == sum_ for received, sum_ in rows)


@pytest.fixture
def importing(journal: Journal, database: Database, cast: Cast) -> Import:
    return Import(journal, database, cast.olive_number)


async def test_a_conversation_comes_in_with_its_people_and_its_order(importing: Import) -> None:
    progress = await importing.run(
        talk(
            said("third", "2024-05-01T12:00:02Z", "operator", operator_name="Omar"),
            said("first", "2024-05-01T12:00:00Z"),
            said("fourth", "2024-05-01T12:00:03Z", "system"),
            said("second", "2024-05-01T12:00:01Z", "assistant"),
        )
    )
    assert (progress.conversations, progress.added, progress.known, progress.unread) == (1, 4, 0, 0)
    assert await importing.rows("m.content, m.role, m.origin, m.status, m.author_name") == [
        ("first", "user", "history", None, None),
        ("second", "bot", "history", "sent", None),
        ("third", "operator", "history", "sent", "Omar"),
        ("fourth", "system", "history", None, None),
    ]
    [row] = set(await importing.rows("c.conversation_id, c.status, c.inbound_count, c.message_count"))
    assert row == ("1_155501_9613000001", "resolved", 0, 4)


@pytest.mark.parametrize(
    "timestamp",
    [
        NOON,
        "2024-05-01T12:00:00",
        "2024-05-01 12:00:00",
        "2024-05-01T15:00:00+03:00",
        "2024-05-01T12:00:00.000000Z",
        NOON_SECONDS,
        str(NOON_SECONDS),
        NOON_SECONDS * 1000,
        float(NOON_SECONDS),
        NOON_SECONDS * 1_000_000,
        {"_seconds": NOON_SECONDS, "_nanoseconds": 0},
        {"seconds": NOON_SECONDS, "nanos": 5_000_000},
        {"$date": NOON},
        {"$date": {"$numberLong": str(NOON_SECONDS * 1000)}},
    ],
)
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_every_notation_of_a_time_means_the_same(importing: Import, timestamp: Any) -> None:
    await importing.run(talk(said("hi", timestamp)))
    assert importing.unread == []
    assert await importing.rows("m.timestamp_ms, m.clock") == [(NOON_SECONDS * 1000, NOON_SECONDS)]


async def test_a_message_without_an_id_gets_the_first_of_the_chain(importing: Import) -> None:
    await importing.run(
        talk(
            said("a", message_id="m1", metadata={"message_id": "m2", "source_message_id": "m3"}),
            said("b", metadata={"message_id": "m4", "source_message_id": "m5"}),
            said("c", metadata={"source_message_id": "wamid.1"}),
            said("d"),
            said("e"),
            said("e"),
            said("f", NOON_SECONDS),
        )
    )
    ids = ["m1", "m4", "wamid.1", f"ts_{NOON}", f"ts_{NOON}_2", f"ts_{NOON}_3", f"ts_{NOON_SECONDS}"]
    assert await importing.rows("m.message_id") == [(id_,) for id_ in ids]


async def test_a_second_run_adds_nothing(importing: Import, committed: list[Event]) -> None:
    documents = [
        talk(said("hi"), said("hi"), said("ho"), said("well", message_id="m1")),
        talk(said("hi"), said("hi"), phone="+9613000002"),
        talk(said("again"), said("hi"), said("well", message_id="m1")),
    ]
    first = await importing.run(*documents)
    rows, events = await importing.rows("m.message_id, m.content"), len(committed)
    second = await importing.run(*documents)
    assert (second.added, second.known) == (0, first.added + first.known)
    assert await importing.rows("m.message_id, m.content") == rows
    assert len(committed) == events
    assert await importing.ledger_balances()


async def test_an_interrupted_run_is_completed(importing: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_history, "IMPORT_BATCH_MESSAGES", 3)
    documents = [talk(*(said(str(n)) for n in range(8)), phone=f"+961300000{c}") for c in range(5)]
    await importing.run(*documents[:2], talk(*(said(str(n)) for n in range(3)), phone="+9613000002"))
    progress = await importing.run(*documents)
    assert (progress.added, progress.known) == (21, 19)
    assert [content for (content,) in await importing.rows("m.content")] == [str(n) for n in range(8)] * 5
    assert len(importing.seen) > 10
    assert importing.seen == sorted(importing.seen)


async def test_ids_of_other_conversations_take_nobodys_place(importing: Import) -> None:
    other = "+9613000002"
    for _ in range(2):
        await importing.run(
            talk(said("mine"), said("one", message_id="1"), said("two", message_id="2")),
            talk(said("theirs"), said("more"), said("uno", message_id="1"), phone=other),
        )
    ids = [id_ for (id_,) in await importing.rows("m.message_id")]
    assert ids[:3] == [f"ts_{NOON}", "1", "2"]
    assert [id_.rpartition("@")[0] for id_ in ids[3:]] == [f"ts_{NOON}", "", "1"]
    assert ids[4] == f"ts_{NOON}_2"
    assert [row[0] for row in await importing.rows("m.content")] == ["mine", "one", "two", "theirs", "more", "uno"]


async def test_a_conversation_in_two_documents_keeps_all_its_messages(importing: Import) -> None:
    for _ in range(2):
        await importing.run(talk(said("hi")), talk(said("bye")), talk(said("hi")))
    assert await importing.rows("m.message_id, m.content") == [(f"ts_{NOON}", "hi"), (f"ts_{NOON}_2", "bye")]


async def test_what_cannot_be_read_is_told_and_the_rest_comes_in(importing: Import) -> None:
    progress = await importing.run(
        "{",
        "[]",
        {"messages": []},
        {"phone": "+9613000001"},
        talk(
            "no object",
            said("no role", role=""),
            said("odd role", role="ghost"),
            said("no time", None),
            said("odd time", "yesterday"),
            said("far time", 1e15 * 9),
            said(""),
            said("ok"),
            said("odd metadata", metadata=[]),
            {"role": "user", "text": {"a": 1}, "timestamp": NOON},
            said("x", message_id="m1"),
            said("y", message_id="m1"),
            said("long", message_id="m" * 513),
        ),
        "",
        b'{"phone": "+9613000003", "messages": [{"role": "user", "text": "\\u0000\xff", "timestamp": 1714564800}]}',
    )
    assert importing.unread == [
        "line 1: it is no JSON",
        "line 2: it is no JSON object",
        "line 3: it names no customer (customer, user_id or phone)",
        "line 4: it has no list of messages",
        "line 5, message 1: it is no JSON object",
        "line 5, message 2: it has no role",
        "line 5, message 3: its role is none of user, bot, operator, system",
        "line 5, message 4: it has no timestamp",
        "line 5, message 5: its timestamp cannot be read",
        "line 5, message 6: its timestamp is not of our time",
        "line 5, message 7: it has no text",
        "line 5, message 9: its metadata is no JSON object",
        "line 5, message 10: its text is no text",
        "line 5, message 12: its id stands twice in this conversation, with different contents",
        "line 5, message 13: its id has more than 512 characters",
    ]
    assert (progress.conversations, progress.added, progress.unread) == (2, 3, 15)
    assert [row[0] for row in await importing.rows("m.content")] == ["ok", "x", "��"]


async def test_a_line_too_long_to_hold_is_told(importing: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_history, "IMPORT_LINE_BYTES_MAX", 300)
    progress = await importing.run(talk(said("x" * 1000)), talk(said("hi")))
    assert importing.unread == ["line 1: it is longer than 300 bytes"]
    assert progress.added == 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("customer", "conversation"),
    [
        ({"phone": "03 000 001"}, "9613000001"),
        ({"customer": "9613000001"}, "9613000001"),
        ({"customer": {"phone": "+961 3 000 001", "name": "Maya", "id": "u7"}}, "9613000001"),
        ({"user_id": "US.13491208655302741918"}, "US.13491208655302741918"),
        ({"customer": "u7"}, "u7"),
        ({"user_id": 7}, "7"),
    ],
)
async def test_a_customer_is_known_by_any_of_their_names(
    importing: Import, customer: Record, conversation: str
) -> None:
    await importing.run({**customer, "messages": [said("hi")]})
    assert importing.unread == []
    assert await importing.rows("c.conversation_id") == [(f"1_155501_{conversation}",)]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_types_survive_and_unknown_ones_are_kept_as_unsupported(importing: Import) -> None:
    await importing.run(
        talk(
            said("", type="image", image_url="https://media.example/1.jpg"),
            said("a song", type="ptt"),
            said("hm", type="hologram", metadata={"depth": 3}),
        )
    )
    rows = await importing.rows("m.type, m.content, m.metadata")
    assert [row[:2] for row in rows] == [("image", ""), ("voice", "a song"), ("unsupported", "hm")]
    assert json.loads(rows[0][2])["image_url"] == "https://media.example/1.jpg"
    assert json.loads(rows[2][2])["type"] == "hologram"
    assert json.loads(rows[2][2])["depth"] == 3


@pytest.fixture
def live(journal: Journal, cast: Cast) -> Callable[[str, int], Any]:
    async def receive(message_id: str, timestamp_seconds: int) -> None:
        update = MessageReceived(
            phone_number_id="155501",
            message_id=message_id,
            party=Party(phone="9613000001", name="Maya"),
            timestamp_seconds=timestamp_seconds,
            content=Content(MessageType.TEXT, "live"),
            origin_json=bytes,
        )
        await journal.submit(Intake(cast.olive.id, cast.olive_number.face, [update], "proof", 0))

    return receive


async def test_history_stands_before_what_was_received_and_is_no_news(
    importing: Import, live: Callable[[str, int], Any]
) -> None:
    await live("wamid.1", NOON_SECONDS)
    before = set(await importing.rows("c.status, c.inbound_count, c.last_message, c.last_sequence"))
    await importing.run(
        talk(
            said("before", NOON_SECONDS - 60),
            said("later by its clock", NOON_SECONDS + 60, "bot"),
            said("live", NOON_SECONDS, metadata={"source_message_id": "wamid.1"}),
        )
    )
    rows = [row[0] for row in await importing.rows("m.content")]
    assert rows == ["before", "later by its clock", "live"]
    assert set(await importing.rows("c.status, c.inbound_count, c.last_message, c.last_sequence")) == before


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_message_that_cannot_be_stored_is_told_alone(importing: Import, database: Database) -> None:
    connection = database.engine.connect()
    connection.script(
        "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.content = 'poison'"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END;"
    )
    connection.close()
    progress = await importing.run(talk(*(said(text) for text in ("a", "b", "poison", "c"))))
    assert importing.unread == ["line 1: a message cannot be stored (IntegrityError)"]
    assert progress.added == 3
    assert await importing.rows("m.content") == [("a",), ("b",), ("c",)]
