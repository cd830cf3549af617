"""PostgreSQL stands still for long: whoever asks gets a word in time, a node can be stopped, and then all goes on."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from promises.cluster import Cluster
from promises.oracle import rows
from story.wire import RANA, envelope, text
from wasl.limits import JOURNAL_ANSWER_SECONDS_MAX, JOURNAL_LOOK_SECONDS, READ_SECONDS_MAX, READY_SECONDS_MAX
from wasl.torture.process import STOP_SECONDS_MAX
from wasl.torture.servers import PostgresServer

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("cluster", [2], indirect=True)]
SLACK_SECONDS = 8.0
"""For a machine that pauses. Who is not answered at all waits for longer than any of these bounds and this."""
GOES_ON_SECONDS = 30.0


@pytest.fixture
def frozen(cluster: Cluster) -> Iterator[PostgresServer]:
    yield cluster.database
    cluster.database.thaw()


async def stop_meanwhile(cluster: Cluster, body: bytes, headers: dict[str, str]) -> None:
    """The other node is told to stop, and does. Whom it keeps waiting hears of it."""
    node, outside = cluster.nodes[1], cluster.outsides[1]
    waiting = asyncio.gather(
        outside.deliver(cluster.bakery.number, body),
        outside.client.get("/api/live-chat/unified-chats?search=nobody", headers=headers),
    )
    await asyncio.sleep(0.2)
    status, seconds = await asyncio.to_thread(node.stop)
    print(f"stopped in {seconds:.1f} s")
    assert (status, seconds < STOP_SECONDS_MAX) == (0, True)
    webhook, chats = await waiting
    assert (webhook.status_code, chats.status_code) == (503, 503)
    assert chats.json()["code"] == "unavailable"
    assert node.lines("requests cut at the stop")
    assert not node.lines("library complains")


async def test_everybody_is_answered_in_time_and_it_goes_on_by_itself(
    cluster: Cluster, frozen: PostgresServer, tmp_path: Path
) -> None:
    outside, number = cluster.outsides[0], cluster.bakery.number
    body = envelope(number.said([text(RANA, "marhaba", message_id="wamid.frozen")], RANA))
    await outside.say(cluster.bakery, RANA, "before")

    async def timed(asking: Any) -> tuple[int, float]:
        began = time.monotonic()
        answer: httpx2.Response = await asking
        return answer.status_code, time.monotonic() - began

    await asyncio.to_thread(frozen.freeze)
    headers = {"Authorization": f"Bearer {cluster.sara[0].token}"}
    ready, chats, webhook = await asyncio.gather(
        timed(outside.client.get("/ready")),
        timed(outside.client.get("/api/live-chat/unified-chats?search=nobody", headers=headers)),
        timed(outside.deliver(number, body)),
    )
    print(f"ready {ready}, chats {chats}, webhook {webhook}")
    assert (ready[0], chats[0], webhook[0]) == (503, 503, 503)
    assert ready[1] < READY_SECONDS_MAX + SLACK_SECONDS
    assert chats[1] < READ_SECONDS_MAX + SLACK_SECONDS
    assert webhook[1] < JOURNAL_ANSWER_SECONDS_MAX + JOURNAL_LOOK_SECONDS + SLACK_SECONDS
    await stop_meanwhile(cluster, body, headers)

    frozen.thaw()
    async with asyncio.timeout(GOES_ON_SECONDS):
        while (await outside.client.get("/ready")).status_code != 200:
            await asyncio.sleep(0.05)
    assert (await outside.deliver(number, body)).status_code == 200
    count = "SELECT count(*) FROM messages WHERE message_id = 'wamid.frozen'"
    assert rows(cluster.home, count) == [(1,)]
    assert (await outside.client.get("/api/live-chat/unified-chats", headers=headers)).status_code == 200
    assert cluster.nodes[0].lines("request failed")
