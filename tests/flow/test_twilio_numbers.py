"""Numbers of Twilio's at one address, however they were entered, and customers of whom it says next to nothing."""

from typing import Any, cast
from urllib.parse import urlencode

import pytest

from cast import Cast
from wasl.channels.adapter import Knock
from wasl.channels.providers.twilio import Twilio
from wasl.errors import Conflict
from wasl.flow.receive import Reception
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.team import Channel, NewChannel, Team

pytestmark = pytest.mark.anyio

TWILIO = Twilio(cast(Any, None), cast(Any, None))


async def connect(team: Team, cast: Cast, number: str) -> Channel:
    values = {"account_sid": "AC" + "0" * 32, "auth_token": "a-token"}
    return await team.add_channel(cast.olive.id, NewChannel("twilio", number, values))


async def take(team: Team, journal: Journal, channel: Channel, **fields: str) -> None:
    form = {"MessageSid": "SM1", "From": "whatsapp:+9613000001", "Body": "kifak", **fields}
    knock = Knock.kept(urlencode(form).encode())
    await Reception(team, journal).take(TWILIO, knock, channel, alone=True)


async def shown(database: Database) -> list[tuple[Any, ...]]:
    sql = "SELECT channel_id, content FROM messages ORDER BY sequence"
    return [tuple(row) for row in await database.read(lambda connection: connection.rows(sql))]


@pytest.mark.parametrize(("first", "second"), [("+15550100100", "15550100101"), ("15550100100", "+15550100101")])
async def test_two_numbers_meet_at_one_address_with_a_plus_or_without(
    first: str, second: str, team: Team, journal: Journal, database: Database, cast: Cast
) -> None:
    own, other = await connect(team, cast, first), await connect(team, cast, second)
    await take(team, journal, own, To="whatsapp:+15550100100", MessageSid="SM1")
    await take(team, journal, own, To="whatsapp:+15550100101", MessageSid="SM2")
    assert await shown(database) == [(own.id, "kifak"), (other.id, "kifak")]


async def test_a_number_is_connected_once_with_a_plus_or_without(team: Team, cast: Cast) -> None:
    for first, second in (("+15550100100", "15550100100"), ("15550100101", "+15550100101")):
        await connect(team, cast, first)
        with pytest.raises(Conflict):
            await connect(team, cast, second)


@pytest.mark.parametrize("fields", [{"ExternalUserId": "whatsapp:US.1349"}, {}])
async def test_whoever_has_no_number_still_reaches_the_inbox(
    fields: dict[str, str], team: Team, journal: Journal, database: Database, cast: Cast
) -> None:
    channel = await connect(team, cast, "15550100100")
    await take(team, journal, channel, From="", To="whatsapp:+15550100100", **fields)
    assert await shown(database) == [(channel.id, "kifak")]
