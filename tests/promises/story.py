"""What a story of a change is, and what stands before each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from arrivals import BISAN, said
from promises.world import World

Steps = Callable[[World], Awaitable[None]]


async def nothing(_: World) -> None:
    """Nothing more than what every story begins with."""


@dataclass(frozen=True, slots=True)
class Story:
    """A change. Before it, Adam has written three times and Bisan once; Adam's conversation is open on Rana's screen.

    `events` is how many events the change must make: none, where nothing changes.
    """

    name: str
    events: int
    happens: Steps
    before: Steps = nothing


STORIES: list[Story] = []


def story(name: str, events: int, before: Steps = nothing) -> Callable[[Steps], Steps]:
    def tell(happens: Steps) -> Steps:
        STORIES.append(Story(name, events, happens, before))
        return happens

    return tell


async def begin(world: World) -> None:
    await world.arrives(said("a1", "marhaba", at=0), said("a2", "kifak", at=1))
    await world.arrives(said("b1", "hi", party=BISAN, at=2))
    await world.arrives(said("a3", "sho 3amel", at=3))


async def answered(world: World) -> None:
    await world.sends("Good morning")
