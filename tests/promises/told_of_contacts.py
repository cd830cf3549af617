"""Two contacts turn out to be one, and perhaps are not."""

from arrivals import ADAM, BISAN, DIMA, said
from promises.story import story
from promises.world import World
from wasl.domain.identity import Party

BOTH = Party(phone=ADAM.phone, bsuid=DIMA.bsuid, name="Adam")


async def dima_wrote(world: World) -> None:
    await world.arrives(said("d1", "hello", party=DIMA, at=10))


@story("an operator merges the customer on screen into another", 2)
async def _(world: World) -> None:
    await world.merges(BISAN, ADAM)


@story("a merge asked for twice", 2)
async def _(world: World) -> None:
    await world.merges(ADAM, BISAN)
    await world.merges(ADAM, BISAN)


async def merged(world: World) -> None:
    await world.merges(BISAN, ADAM)


@story("a merge is undone, and asked to be once more", 2, merged)
async def _(world: World) -> None:
    await world.unmerges()
    await world.unmerges()


@story("messages after a merge", 2, merged)
async def _(world: World) -> None:
    await world.arrives(said("a4", "still me", at=20), said("b2", "and me", party=BISAN, at=21))


@story("WhatsApp names two customers as one", 3, dima_wrote)
async def _(world: World) -> None:
    await world.arrives(said("a4", "also me", party=BOTH, at=20))


async def named_as_one(world: World) -> None:
    await dima_wrote(world)
    await world.arrives(said("a4", "also me", party=BOTH, at=20))


@story("what was said on WhatsApp's word is taken back", 2, named_as_one)
async def _(world: World) -> None:
    await world.unmerges()
