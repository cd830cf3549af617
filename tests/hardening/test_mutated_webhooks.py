"""Bent bodies, rightly signed, at a real node: each is acknowledged, and its updates are where the ledger says."""

import json
import random
import sqlite3
from typing import Any, LiteralString

import psycopg
import pytest

from channels.bodies import NUMBER_ID
from channels.mangling import bent_body, whole_body
from hardening.test_slow_clients import MEGABYTE, alone, serves
from story.node import Node
from story.scene import Scene
from story.wire import RANA, envelope, text
from wasl.channels.envelope import read_envelope
from wasl.errors import UnreadableBody
from wasl.store.open import DATABASE_FILE

__all__ = ["alone"]
pytestmark = pytest.mark.anyio

BODIES = 250
GROWN_BYTES_MAX = 160 * MEGABYTE


def updates_in(body: bytes) -> int:
    """How many updates a body holds; one that cannot be read at all counts as one."""
    try:
        return len(read_envelope(body))
    except UnreadableBody:
        return 1


def at_number(body: bytes, number_id: str) -> bytes:
    """The same body for a business's own number."""
    return body.replace(NUMBER_ID.encode(), number_id.encode())


def rows(node: Node) -> dict[str, int]:
    """What is kept, by the rows themselves."""
    counts: dict[str, LiteralString] = {
        "messages": "SELECT COUNT(*) FROM messages",
        "raw": "SELECT COALESCE(SUM(updates), 0) FROM webhook_raw",
        "parked": "SELECT COUNT(*) FROM parked_updates",
    }
    if node.settings.database_url:
        with psycopg.connect(node.settings.database_url) as connection:
            return {name: int((connection.execute(query).fetchone() or [0])[0]) for name, query in counts.items()}
    with sqlite3.connect(node.settings.data_dir / DATABASE_FILE) as database:
        return {name: database.execute(query).fetchone()[0] for name, query in counts.items()}


async def test_whatever_is_bent_is_acknowledged_and_accounted_for(scene: Scene) -> None:
    number, node = scene.bakery.number, scene.node
    bodies = [
        at_number(bent_body(random.Random(seed)), number.phone_number_id).replace(b'"wamid.', b'"wamid.%d.' % seed)
        for seed in range(BODIES)
    ]
    before, rows_before, received = node.ledger(), rows(node), 0
    memory = 0
    for place, body in enumerate(bodies):
        answer = await scene.outside.deliver(number, body)
        assert answer.status_code == 200, (place, answer.text)
        received += updates_in(body)
        if place == BODIES // 4:
            memory = node.resident_bytes()
    after = node.ledger()
    assert after["received"] - before["received"] == received
    node.check_ledger()
    aside = after["quarantined"] + after["set_aside"] - before["quarantined"] - before["set_aside"]
    kept = rows(node)
    assert kept["raw"] + kept["parked"] - rows_before["raw"] - rows_before["parked"] == aside
    assert 100 < kept["messages"] - rows_before["messages"] <= after["stored"] - before["stored"]
    assert node.resident_bytes() - memory < GROWN_BYTES_MAX
    for body in bodies:  # As a provider does that was not heard.
        assert (await scene.outside.deliver(number, body)).status_code == 200
    again = node.ledger()
    assert again["received"] - after["received"] == received
    node.check_ledger()
    await serves(scene)


async def test_a_body_of_crumbs_is_kept_whole_while_others_are_served(alone: Scene) -> None:
    number = alone.bakery.number
    empty = json.loads(envelope(number.said([], RANA)))
    before = alone.node.resident_bytes()
    crumbs: list[Any] = [0, {}, [], text(RANA, "x", message_id="wamid.same")]
    for crumb in crumbs:
        many: list[Any] = [crumb] * 20_000
        empty["entry"][0]["changes"][0]["value"]["messages"] = many
        body = json.dumps(empty, separators=(",", ":")).encode()[: 3 * MEGABYTE]
        count = updates_in(body)
        ledger = alone.node.ledger()
        assert (await alone.outside.deliver(number, body)).status_code == 200
        assert alone.node.ledger()["received"] - ledger["received"] == count
        alone.node.check_ledger()
    await serves(alone)
    assert alone.node.resident_bytes() - before < 2 * GROWN_BYTES_MAX


async def test_the_body_that_is_bent_is_sound(scene: Scene) -> None:
    """Else nothing but refusals would be tried."""
    number, ledger = scene.bakery.number, scene.node.ledger()
    body = at_number(json.dumps(whole_body()).encode(), number.phone_number_id)
    assert (await scene.outside.deliver(number, body)).status_code == 200
    assert scene.node.ledger()["stored"] - ledger["stored"] >= 10
