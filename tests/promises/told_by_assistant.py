"""The assistant answers, calls a person, or is given a conversation back."""

from dataclasses import replace

from arrivals import ADAM, DIMA, said
from promises.story import story
from promises.world import World
from wasl.domain.assistant import Answered, Match, Noted, Reason, Tier
from wasl.store.desk import Move

OPENING = Match(7, "When are you open?", "From nine to six.", 91, Tier.STRONG, "hours")
ANSWER = Answered("From nine to six.", confidence=91, matches=(OPENING,))
UNSURE = Answered("Perhaps tomorrow?", Reason.UNSURE, "Nothing fits well enough.", 31, (OPENING,))


async def given_back(world: World) -> None:
    await world.moves(Move.RELEASE)


@story("a newcomer's conversation begins with the assistant", 2)
async def _(world: World) -> None:
    await world.asks(said("d1", "hello", party=DIMA, at=10))


@story("a customer asks, and the assistant answers", 2, given_back)
async def _(world: World) -> None:
    await world.asks(said("a4", "when do you open?", at=10))
    await world.is_answered(ANSWER)


@story("the assistant keeps what it learnt of the customer", 2, given_back)
async def _(world: World) -> None:
    await world.asks(said("a4", "no nuts please", at=10))
    await world.is_answered(replace(ANSWER, noted=(Noted("tag", "allergy"), Noted("fact", "no nuts"))))


@story("the assistant calls a person and tells the customer", 3, given_back)
async def _(world: World) -> None:
    await world.asks(said("a4", "where is my cake", at=10))
    await world.is_answered(UNSURE, told="A colleague will answer you.")


@story("the assistant calls a person, and an operator takes over and gives back", 4, given_back)
async def _(world: World) -> None:
    await world.asks(said("a4", "where is my cake", at=10))
    await world.is_answered(UNSURE)
    await world.moves(Move.TAKE_OVER, world.cast.omar)
    await world.moves(Move.RELEASE, world.cast.omar)


@story("an operator takes over while the assistant thinks", 2, given_back)
async def _(world: World) -> None:
    await world.asks(said("a4", "when do you open?", at=10))
    await world.is_answered(ANSWER, meanwhile=lambda: world.moves(Move.TAKE_OVER))


async def answered_by_assistant(world: World) -> None:
    await given_back(world)
    await world.asks(said("a4", "when do you open?", at=10))
    await world.is_answered(ANSWER)


@story("an operator judges the assistant's answer, and takes that back", 2, answered_by_assistant)
async def _(world: World) -> None:
    await world.judges("bot", "up")
    await world.judges("bot", "up")
    await world.judges("bot", None)


@story("an operator corrects the assistant's answer", 1, answered_by_assistant)
async def _(world: World) -> None:
    await world.corrects("bot", "From ten, in June.")


@story("an operator teaches where a person was called", 3, given_back)
async def _(world: World) -> None:
    await world.asks(said("a4", "where is my cake", at=10))
    await world.is_answered(UNSURE)
    await world.corrects("system", "On its way.")


@story("the assistant only drafts", 1, given_back)
async def _(world: World) -> None:
    await world.asks(said("a4", "when do you open?", at=10), shadow=True)
    await world.is_answered(ANSWER)


@story("a customer says in which language and mood", 2)
async def _(world: World) -> None:
    await world.arrives(said("a4", "This is terrible, I am very angry!!!", at=10))
    await world.arrives(said("a5", "merci beaucoup, c'est parfait", party=ADAM, at=11))
