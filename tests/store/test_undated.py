"""A message of which nobody says when it was written, on a number whose clock is not ours."""

import pytest

from arrivals import BISAN, NOON, arrival, said
from cast import Cast
from wasl.store.database import Database
from wasl.store.journal import Journal

pytestmark = pytest.mark.anyio
AHEAD = 7_200
"""So many seconds our clock is ahead of WhatsApp's."""


async def test_it_is_dated_by_whatsapps_clock_and_does_not_set_it(
    journal: Journal, database: Database, cast: Cast
) -> None:
    await journal.submit(arrival(cast, said("dated", at=-AHEAD)))
    await journal.submit(arrival(cast, said("undated", party=BISAN, at=-NOON), received_ms=(NOON + 10) * 1000))
    sql = "SELECT timestamp_ms FROM messages WHERE message_id = 'undated'"
    assert database.read_now(lambda c: c.rows(sql)) == [((NOON + 10 - AHEAD) * 1000,)]
