"""Work by the clock has one holder: whoever was first, for as long as it lives."""

import asyncio
from collections.abc import Iterator

import pytest

from wasl.store.database import Connection, Database, Engine
from wasl.store.duties import Duties, claim_duty

pytestmark = pytest.mark.anyio
RACERS = 4
ROUNDS = 20


@pytest.fixture
def racers(engine: Engine) -> Iterator[list[Database]]:
    """Each with a connection of its own, as on nodes of their own."""
    racers = [Database(engine, readers=1) for _ in range(RACERS)]
    yield racers
    for racer in racers:
        racer.close()


async def test_of_several_that_ask_at_once_one_has_it(racers: list[Database]) -> None:
    held = [Duties(racer, f"n{place}:life") for place, racer in enumerate(racers)]
    for turn in range(ROUNDS):
        taken = await asyncio.gather(*(duties.claim(f"duty {turn}") for duties in held))
        assert taken.count(True) == 1
        assert taken == await asyncio.gather(*(duties.claim(f"duty {turn}") for duties in held))


async def test_the_holder_keeps_it_and_after_its_death_the_next_one_has_it(racers: list[Database]) -> None:
    def end_lease(connection: Connection) -> None:
        connection.run("UPDATE duties SET until_ms = NOW_MS()")

    first, second = racers[:2]
    for _ in range(2):
        assert await first.write(lambda c: claim_duty(c, "trim logs", "n1:a", 60))
        assert not await second.write(lambda c: claim_duty(c, "trim logs", "n2:b", 60))
    await second.write(end_lease)
    assert await second.write(lambda c: claim_duty(c, "trim logs", "n2:b", 60))
    assert not await first.write(lambda c: claim_duty(c, "trim logs", "n1:a", 60))
    assert await first.write(lambda c: claim_duty(c, "something else", "n1:a", 60))


async def test_nobody_waits_for_an_hour_that_a_wrong_clock_has_told(racers: list[Database]) -> None:
    first, second = racers[:2]
    assert await first.write(lambda c: claim_duty(c, "trim logs", "n1:a", 60))
    assert not await second.write(lambda c: claim_duty(c, "trim logs", "n2:b", 60))
    await first.write(lambda c: c.run("UPDATE duties SET until_ms = until_ms + 3600000"))
    assert await second.write(lambda c: claim_duty(c, "trim logs", "n2:b", 60))


async def test_a_holder_asks_the_database_only_now_and_then(
    racers: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("wasl.store.duties.monotonic", lambda: now[0])
    mine, theirs = Duties(racers[0], "n1:a", seconds=90), Duties(racers[1], "n2:b", seconds=90)
    assert await mine.claim("trim logs")
    await racers[0].write(lambda c: c.run("UPDATE duties SET until_ms = NOW_MS()"))  # As if it had been frozen.
    assert await theirs.claim("trim logs")
    assert await mine.claim("trim logs")  # It cannot know yet.
    now[0] += 31
    assert not await mine.claim("trim logs")
    assert not await mine.claim("trim logs")
