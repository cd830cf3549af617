"""What is done at the doors, and by the provider: connections that suffer, and a WhatsApp that misbehaves."""

from collections.abc import Awaitable, Callable
from typing import Any

from wasl.torture.crack import BOTH, FROZEN_SECONDS, HELD_SECONDS, SHARED, Crack, Menu
from wasl.torture.doors import Proxy

FAULTS_OUTSIDE = Menu()
_fault = FAULTS_OUTSIDE.of
SHARES = (0.3, 0.6, 1.0)
"""Of the connections of a door."""


async def _spoil(crack: Crack, door: Proxy, *ways: Callable[[Proxy, float], Awaitable[int]]) -> None:
    """Let a share of a door's connections suffer for a while."""
    async with crack.on(door.name):
        share = crack.chance.choice(SHARES)
        try:
            for way in ways:
                met = await way(door, share)
                crack.detail = f"{met} connections"
            await crack.hold(HELD_SECONDS)
        finally:
            await door.heal()


def _any_door(crack: Crack) -> Proxy:
    return crack.chance.choice(list(crack.installation.all_doors()))


@_fault(*BOTH)
async def cut_door(crack: Crack) -> None:
    """Connections are reset several times within a moment."""
    door = _any_door(crack)
    async with crack.on(door.name):
        for _ in range(crack.chance.randint(1, 4)):
            crack.detail = f"{crack.detail} {await door.cut_rst(crack.chance.choice(SHARES))}".strip()
            await crack.hold((0.05, 0.8))


@_fault(*BOTH)
async def end_door(crack: Crack) -> None:
    """Connections end in order, in the middle of what they carry."""
    door = _any_door(crack)
    async with crack.on(door.name):
        crack.detail = f"{await door.cut_fin(crack.chance.choice(SHARES))}"


@_fault(*BOTH)
async def refuse_at_door(crack: Crack) -> None:
    async def refuse(door: Proxy, share: float) -> int:
        await door.refuse()
        return await door.cut_rst(share)

    await _spoil(crack, _any_door(crack), refuse)


@_fault(*BOTH)
async def blackhole_door(crack: Crack) -> None:
    await _spoil(crack, _any_door(crack), lambda door, share: door.blackhole(share))


@_fault(*BOTH)
async def delay_door(crack: Crack) -> None:
    ms = crack.chance.uniform(20, 400)
    await _spoil(crack, _any_door(crack), lambda door, share: door.delay(ms, ms / 2, share))


@_fault(*BOTH)
async def slow_door(crack: Crack) -> None:
    bytes_per_second = crack.chance.choice((2_000, 20_000, 100_000))
    await _spoil(crack, _any_door(crack), lambda door, share: door.bandwidth(bytes_per_second, share))


@_fault(*BOTH)
async def half_open_door(crack: Crack) -> None:
    up = crack.chance.random() < 0.5
    await _spoil(crack, _any_door(crack), lambda door, share: door.half_open(up=up, share=share))


@_fault(*SHARED)
async def partition_database(crack: Crack) -> None:
    """A node that reaches everything but the database, for long enough that the others bury it."""
    door = crack.chance.choice(crack.installation.database_doors)
    async with crack.on(door.name):
        try:
            await door.blackhole()
            await crack.hold(FROZEN_SECONDS)
        finally:
            await door.heal()


# -- the provider -----------------------------------------------------------------------------------------------------


async def _misbehave(crack: Crack, **behaviour: Any) -> None:
    async with crack.on("emulator's behaviour"):
        crack.detail = str(behaviour)
        try:
            await crack.installation.remote.behave(**behaviour)
            await crack.hold(FROZEN_SECONDS)
        finally:
            await crack.installation.remote.behave_well()


@_fault(*BOTH)
async def provider_says_nothing(crack: Crack) -> None:
    """Sends that get no answer: dropped, or taken first."""
    ending = crack.chance.choice(("drop", "lose_reply", "hang"))
    await _misbehave(crack, sends=[{"ending": ending, "times": None, "chance": 0.4, "hold_seconds": 8.0}])


@_fault(*BOTH)
async def provider_fails(crack: Crack) -> None:
    """5xx: of something in between, or the provider's own."""
    bare = {"ending": "bare", "status": crack.chance.choice((500, 502, 503, 504))}
    own = {"ending": "refuse", "code": crack.chance.choice((131000, 131016, 133004, 2))}
    await _misbehave(crack, sends=[{"times": None, "chance": 0.3} | way for way in (bare, own)])


@_fault(*BOTH)
async def provider_limits(crack: Crack) -> None:
    """429 and the codes of rates that were exceeded."""
    codes = [{"ending": "refuse", "code": code, "status": 429} for code in (80007, 130429, 131056)]
    await _misbehave(crack, sends=[{"times": None, "chance": 0.25} | way for way in codes])


@_fault(*BOTH)
async def provider_stutters(crack: Crack) -> None:
    """Statuses that come twice, late, and in another order."""
    mixed = {"duplicate": 2, "reorder": 6, "gather_seconds": 0.3, "delay_spread_seconds": 1.0}
    await _misbehave(crack, **mixed, batch=crack.chance.choice((1, 4)), batch_style="entries")


@_fault(*BOTH)
async def freeze_provider(crack: Crack) -> None:
    async with crack.on("emulator"):
        crack.installation.emulator.freeze()
        try:
            await crack.hold(FROZEN_SECONDS)
        finally:
            crack.installation.emulator.thaw()
