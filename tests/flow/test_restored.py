"""After a restore: what WhatsApp may have is not sent again, and nobody goes on from a place of the other history."""

import pytest

from arrivals import ADAM, BISAN, arrival, said
from attempts import claimed
from cast import Cast
from promises.world import World
from wasl.domain.events import Cursor, ResyncReason
from wasl.domain.sending import Accepted
from wasl.flow.restored import Restored, settle_restored
from wasl.store.database import Database
from wasl.store.event_log import resume
from wasl.store.journal import Journal
from wasl.store.outbox import due_messages
from wasl.store.team import Team

pytestmark = pytest.mark.anyio


async def test_what_waited_is_unknown_and_no_cursor_holds(
    database: Database, journal: Journal, team: Team, cast: Cast
) -> None:
    world = World(database, journal, cast)
    await world.arrives(said("a1"), said("b1", party=BISAN))
    await world.sends("one")
    await world.attempts(Accepted("wamid.out.1"))
    for words, party in (("two", ADAM), ("three", ADAM), ("four", BISAN)):
        await world.sends(words, party=party)
    await claimed(journal, world.sent[1])  # The backup was taken while this one was on its way.
    cursors = [Cursor.parse(event["id"]) for event in world.events_after(str(await start(database, cast)))]

    assert await settle_restored(database, journal, team) == Restored(accounts=2, unknown=3)

    statuses = "SELECT content, status FROM messages WHERE role = 'operator' ORDER BY sequence"
    found = await database.read(lambda connection: connection.rows(statuses))
    assert found == [("one", "sent"), ("two", "unknown"), ("three", "unknown"), ("four", "unknown")]
    assert await database.read(lambda connection: due_messages(connection, [], 10)) == []
    for cursor in cursors:
        assert cursor is not None
        found_then = await database.read(
            lambda connection, cursor=cursor: resume(connection, cast.olive.id, cursor, 10)  # type: ignore[misc]
        )
        assert found_then.resync is ResyncReason.TAG
    await journal.submit(arrival(cast, said("a2")))
    assert len(world.events_after(str(await start(database, cast)))) > len(cursors)


async def start(database: Database, cast: Cast) -> Cursor:
    """The place before the first event."""
    sql = "SELECT trim_sequence, trim_tag FROM account_stream WHERE account_id = ?"
    [row] = await database.read(lambda connection: connection.rows(sql, (cast.olive.id,)))
    return Cursor(*row)
