"""What was quarantined becomes part of its account once its channel exists, exactly once, and of no other account."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, cast

import pytest

from cast import OLIVE_SECRET, Cast
from wasl.channels.adapter import Knock
from wasl.channels.providers.dialog360 import Dialog360
from wasl.channels.providers.meta import Meta
from wasl.domain.channels import Access
from wasl.domain.updates import Update
from wasl.flow.receive import Reception
from wasl.flow.replay import Replayed, replay
from wasl.store.database import Database, Row
from wasl.store.journal import Journal
from wasl.store.team import Channel, NewChannel, Team

pytestmark = pytest.mark.anyio

NEW_NUMBER = "155509"
META = Meta(cast(Any, None), cast(Any, None))
DIALOG = Dialog360(cast(Any, None), cast(Any, None))
"""Reading needs no network."""


def body(*values: dict[str, Any], number: str | None = NEW_NUMBER) -> bytes:
    metadata = {"display_phone_number": "9613000900", "phone_number_id": number} if number else {}
    value = {"messaging_product": "whatsapp", "metadata": metadata}
    changes = [{"field": "messages", "value": value | part} for part in values]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}).encode()


def message(id_: str, seconds: int = 1714564800, **content: Any) -> dict[str, Any]:
    content = content or {"type": "text", "text": {"body": id_}}
    who = {"wa_id": "9613000001", "profile": {"name": "Maya"}}
    return {
        "contacts": [who],
        "messages": [{"from": "9613000001", "id": id_, "timestamp": str(seconds), **content}],
    }


class Desk:
    """Receives, replays, and reads what stands where."""

    def __init__(self, database: Database, journal: Journal, team: Team, cast: Cast) -> None:
        self._database, self._journal, self._team, self._cast = database, journal, team, cast
        self._reception = Reception(team, journal)

    async def receive(self, raw: bytes, signer: Channel | None = None, adapter: Meta = META) -> None:
        knock = Knock.kept(raw)
        await self._reception.take(adapter, knock, signer or self._cast.olive_number, alone=False)

    async def add_number(self, app_secret: str = OLIVE_SECRET) -> Channel:
        values = {"app_secret": app_secret, "verify_token": "v", "access_token": "a"}
        new = NewChannel("meta", NEW_NUMBER, values, api_base_url="http://127.0.0.1:9")
        return await self._team.add_channel(self._cast.olive.id, new)

    async def replay(self, meta: Meta = META) -> Replayed:
        return await replay(self._database, self._journal, self._team, {"meta": meta, "dialog360": DIALOG})

    async def connect_by_key(self, account_id: int, number: str) -> Channel:
        """A number whose provider signs nothing: the address alone proves who knocks."""
        return await self._team.add_channel(account_id, NewChannel("dialog360", number, {"api_key": "a"}))

    async def knock_at(self, channel: Channel, raw: bytes) -> None:
        await self._reception.take(DIALOG, Knock.kept(raw), channel, alone=True)

    async def renew_secret(self, channel: Channel, app_secret: str) -> None:
        await self._team.change_channel(channel.id, {"app_secret": app_secret})

    async def contents(self) -> list[str]:
        rows = await self._rows("SELECT content FROM messages ORDER BY account_id, sequence")
        return [content for (content,) in rows]

    async def open_rows(self) -> list[Row]:
        return await self._rows("SELECT outcome, account_id FROM webhook_raw WHERE done_ms IS NULL ORDER BY id")

    async def ledgers(self) -> dict[int, tuple[int, ...]]:
        columns = "account_id, received, stored, duplicates, quarantined, set_aside"
        rows = await self._rows(f"SELECT {columns} FROM ledger ORDER BY account_id")
        assert all(row[1] == sum(row[2:]) for row in rows), rows
        return {row[0]: tuple(row[1:]) for row in rows}

    async def _rows(self, sql: str) -> list[Row]:
        return await self._database.read(lambda connection: connection.rows(sql))


@pytest.fixture
def desk(database: Database, journal: Journal, team: Team, cast: Cast) -> Desk:
    return Desk(database, journal, team, cast)


async def test_a_number_that_is_added_later_gets_what_came_before_it(desk: Desk, cast: Cast) -> None:
    await desk.receive(body(message("one"), message("two")))
    await desk.receive(body(message("two"), message("three")))
    waiting = await desk.replay()
    assert (waiting.taken, dict(waiting.stay)) == (0, {"no such channel": 3})
    assert await desk.ledgers() == {0: (4, 0, 1, 3, 0), 1: (0,) * 5, 2: (0,) * 5}
    await desk.add_number()
    done = await desk.replay()
    assert (done.taken, done.messages, dict(done.stay)) == (3, 3, {})
    assert await desk.contents() == ["one", "two", "three"]
    assert await desk.ledgers() == {0: (1, 0, 1, 0, 0), 1: (3, 3, 0, 0, 0), 2: (0,) * 5}
    assert (await desk.replay()).taken == 0
    assert await desk.contents() == ["one", "two", "three"]


async def test_a_foreign_signature_never_enters(desk: Desk, cast: Cast) -> None:
    await desk.receive(body(message("forged")), cast.cedar_number)
    await desk.receive(body(message("forged too"), number="155501"), cast.cedar_number)
    await desk.add_number()
    result = await desk.replay()
    assert dict(result.stay) == {"signed with a secret that its account never had": 2}
    assert await desk.contents() == []
    assert await desk.ledgers() == {0: (2, 0, 0, 2, 0), 1: (0,) * 5, 2: (0,) * 5}


async def test_a_number_with_an_address_of_its_own_gets_what_knocked_at_a_mistyped_one_of_its_account(
    desk: Desk, cast: Cast
) -> None:
    mistyped = await desk.connect_by_key(cast.olive.id, "1555")
    await desk.knock_at(mistyped, body(message("one")))
    foreign = await desk.connect_by_key(cast.cedar.id, "1556")
    await desk.knock_at(foreign, body(message("forged")))
    await desk.connect_by_key(cast.olive.id, NEW_NUMBER)
    result = await desk.replay()
    assert dict(result.stay) == {"signed with a secret that its account never had": 1}
    assert await desk.contents() == ["one"]
    assert await desk.ledgers() == {0: (1, 0, 0, 1, 0), 1: (1, 1, 0, 0, 0), 2: (0,) * 5}


async def test_what_was_kept_before_a_secret_was_renewed_is_not_stranded(desk: Desk, cast: Cast) -> None:
    await desk.receive(body(message("one")))
    await desk.receive(body(message("forged")), cast.cedar_number)
    for app_secret in ("renewed", "renewed again"):
        await desk.renew_secret(cast.olive_number, app_secret)
    await desk.renew_secret(cast.cedar_number, "renewed too")
    await desk.add_number("of another app")
    result = await desk.replay()
    assert dict(result.stay) == {"signed with a secret that its account never had": 1}
    assert await desk.contents() == ["one"]


async def test_what_came_again_live_is_not_there_twice(desk: Desk) -> None:
    await desk.receive(body(message("one")))
    await desk.add_number()
    await desk.receive(body(message("one")))
    assert (await desk.replay()).messages == 0
    assert await desk.contents() == ["one"]
    assert await desk.ledgers() == {0: (0,) * 5, 1: (2, 1, 1, 0, 0), 2: (0,) * 5}


async def test_two_replays_at_once_take_each_body_once(desk: Desk) -> None:
    for number in range(10):
        await desk.receive(body(message(f"m{number}")))
    await desk.add_number()
    results = await asyncio.gather(desk.replay(), desk.replay())
    assert sum(result.taken for result in results) == 10
    assert sorted(await desk.contents()) == sorted(f"m{number}" for number in range(10))
    assert await desk.ledgers() == {0: (0,) * 5, 1: (10, 10, 0, 0, 0), 2: (0,) * 5}


async def test_what_cannot_be_read_stays_whole(desk: Desk) -> None:
    await desk.receive(b"{")
    await desk.receive(body(message("no id") | {"messages": [5]}))
    await desk.add_number()
    result = await desk.replay()
    assert result.taken == 0
    assert dict(result.stay) == {"cannot be read": 2}
    assert [row[0] for row in await desk.open_rows()] == ["quarantined"] * 2


class Clumsy(Meta):
    """A version that stumbles over a body."""

    def read(self, knock: Knock, access: Access | None) -> Sequence[Update]:
        raise TypeError("what the customer said")


async def test_what_a_fault_of_ours_could_not_read_is_kept_whole_and_read_later(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    clumsy = Clumsy(cast(Any, None), cast(Any, None))
    await desk.add_number()
    await desk.receive(body(message("one"), message("two")), adapter=clumsy)
    assert [row[0] for row in await desk.open_rows()] == ["quarantined"]
    assert dict((await desk.replay(clumsy)).stay) == {"cannot be read": 1}
    assert (await desk.replay()).messages == 2
    assert await desk.contents() == ["one", "two"]
    assert await desk.ledgers() == {0: (0,) * 5, 1: (2, 2, 0, 0, 0), 2: (0,) * 5}
    assert "what the customer said" not in "".join(capsys.readouterr())


async def test_an_update_that_shows_nothing_is_set_aside_in_its_account(desk: Desk, cast: Cast) -> None:
    noted = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": []}]}
    change = {
        "field": "phone_number_quality_update",
        "value": {"metadata": {"phone_number_id": NEW_NUMBER}, "event": "FLAGGED"},
    }
    noted["entry"][0]["changes"] = [change]  # type: ignore[index]
    await desk.receive(json.dumps(noted).encode())
    assert await desk.open_rows() == [("quarantined", 0)]
    await desk.add_number()
    assert (await desk.replay()).taken == 1
    assert await desk.open_rows() == [("set_aside", cast.olive.id)]
    assert await desk.ledgers() == {0: (0,) * 5, 1: (1, 0, 0, 0, 1), 2: (0,) * 5}
    again = await desk.replay()
    assert (again.taken, dict(again.stay)) == (0, {"shows nothing in the inbox": 1})


async def test_a_body_kept_whole_is_taken_apart(desk: Desk, database: Database) -> None:
    """As after an upgrade: the version that kept it could not read it, this one can."""
    await desk.receive(b"unreadable")
    connection = database.engine.connect()
    connection.begin_write()
    whole = body(message("one"), message("two"))
    connection.run("UPDATE webhook_raw SET body = ?, fingerprint = 'whole'", (whole,))
    connection.commit()
    connection.close()
    await desk.add_number()
    result = await desk.replay()
    assert (result.taken, result.messages) == (2, 2)
    assert await desk.contents() == ["one", "two"]
    assert await desk.open_rows() == []
    assert await desk.ledgers() == {0: (0,) * 5, 1: (2, 2, 0, 0, 0), 2: (0,) * 5}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_body_that_cannot_be_stored_stays(desk: Desk, database: Database) -> None:
    await desk.receive(body(message("one"), message("poison"), message("two")))
    await desk.add_number()
    connection = database.engine.connect()
    connection.script(
        "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.content = 'poison'"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END;"
    )
    connection.close()
    result = await desk.replay()
    assert (result.taken, dict(result.stay)) == (2, {"cannot be stored": 1})
    assert await desk.contents() == ["one", "two"]
    assert await desk.ledgers() == {0: (1, 0, 0, 1, 0), 1: (2, 2, 0, 0, 0), 2: (0,) * 5}
