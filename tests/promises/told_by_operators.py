"""Operators answer, hand over and read; and what is learned of who the customer is."""

from arrivals import ADAM, BISAN, DIMA, edited, moved, reacted, renamed, reported, said
from promises.story import answered, story
from promises.world import World
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus
from wasl.domain.sending import Accepted, NotSent, Refused, Unclear, callback_data_for_click
from wasl.domain.updates import StatusReported
from wasl.store.desk import Move

# -- operators answer -------------------------------------------------------------------------------------------------


@story("an operator sends, and so takes the conversation", 1)
async def _(world: World) -> None:
    await world.sends("Good morning", client_message_id="client-1")


@story("the same send asked for twice", 1)
async def _(world: World) -> None:
    await world.sends("Good morning", client_message_id="client-1")
    await world.sends("Good morning", client_message_id="client-1")


@story("an operator quotes a message", 1)
async def _(world: World) -> None:
    await world.sends("About this", reply_to="a1")


@story("a colleague sends into a conversation that is held", 1, answered)
async def _(world: World) -> None:
    await world.sends("Omar here", operator=world.cast.omar)


@story("the provider accepts a message", 2, answered)
async def _(world: World) -> None:
    await world.attempts(Accepted("wamid.out-1"))


async def accepted(world: World) -> None:
    await world.sends("Good morning")
    await world.attempts(Accepted("wamid.out-1"))


@story("a message is delivered and read", 2, accepted)
async def _(world: World) -> None:
    await world.arrives(reported("wamid.out-1", MessageStatus.DELIVERED, at=40))
    await world.arrives(reported("wamid.out-1", MessageStatus.READ, at=41))


@story("a status that would go backwards", 1, accepted)
async def _(world: World) -> None:
    await world.arrives(reported("wamid.out-1", MessageStatus.READ, at=41))
    await world.arrives(reported("wamid.out-1", MessageStatus.DELIVERED, at=40))
    await world.arrives(reported("wamid.out-1", MessageStatus.SENT, at=39))


@story("the provider reports a failure", 1, accepted)
async def _(world: World) -> None:
    error = ("131026", "The customer cannot be reached.")
    await world.arrives(reported("wamid.out-1", MessageStatus.FAILED, at=40, error=error))


@story("the provider refuses a message", 2, answered)
async def _(world: World) -> None:
    await world.attempts(Refused("131047", "The window is closed."))


@story("a message did not leave and waits again", 2, answered)
async def _(world: World) -> None:
    await world.attempts(NotSent("connect", "No connection.", 1.0))


@story("the provider's answer is lost, and its status settles it", 3, answered)
async def _(world: World) -> None:
    await world.attempts(Unclear("time-out"))
    ours = f"m:{world.sent[-1].id}:1"
    await world.arrives(reported("wamid.out-1", MessageStatus.SENT, at=40, ours=ours))


@story("a status comes before the message is known by that id", 3, answered)
async def _(world: World) -> None:
    await world.arrives(reported("wamid.out-1", MessageStatus.READ, at=40))
    await world.attempts(Accepted("wamid.out-1"))


@story("a reaction and an edit come before their message", 3)
async def _(world: World) -> None:
    await world.arrives(reacted("a4", "👍", at=41))
    await world.arrives(edited("a4", "corrected", at=42))
    await world.arrives(said("a4", "wrong", at=40))


# -- who answers ------------------------------------------------------------------------------------------------------


@story("a takeover from the queue", 1)
async def _(world: World) -> None:
    await world.moves(Move.TAKE_OVER)


async def taken_by_omar(world: World) -> None:
    await world.moves(Move.TAKE_OVER, world.cast.omar)


@story("a takeover from a colleague", 1, taken_by_omar)
async def _(world: World) -> None:
    await world.moves(Move.TAKE_OVER)


@story("a takeover of what one holds already", 0, taken_by_omar)
async def _(world: World) -> None:
    await world.moves(Move.TAKE_OVER, world.cast.omar)


@story("a release", 1, taken_by_omar)
async def _(world: World) -> None:
    await world.moves(Move.RELEASE, world.cast.omar)


@story("an end", 1, taken_by_omar)
async def _(world: World) -> None:
    await world.moves(Move.END, world.cast.omar)


async def ended(world: World) -> None:
    await world.moves(Move.END)


@story("an end of what has ended", 0, ended)
async def _(world: World) -> None:
    await world.moves(Move.END)


@story("the customer opens an ended conversation again", 1, ended)
async def _(world: World) -> None:
    await world.arrives(said("a4", "one more thing", at=50))


# -- reading ----------------------------------------------------------------------------------------------------------


@story("reading all of a conversation", 1)
async def _(world: World) -> None:
    await world.reads()


@story("reading a part of a conversation", 1)
async def _(world: World) -> None:
    await world.reads(sequence=2)


async def read(world: World) -> None:
    await world.reads()


@story("reading what is read already, or less", 0, read)
async def _(world: World) -> None:
    await world.reads()
    await world.reads(sequence=2)


@story("a message after reading", 1, read)
async def _(world: World) -> None:
    await world.arrives(said("a4", "and?", at=50))


@story("a colleague reads", 1)
async def _(world: World) -> None:
    await world.reads(world.cast.omar)


@story("reading, a message, and reading again", 3)
async def _(world: World) -> None:
    await world.reads()
    await world.arrives(said("a4", "and?", at=50))
    await world.reads()


# -- who the customer is ----------------------------------------------------------------------------------------------


@story("the address book names a customer", 1)
async def _(world: World) -> None:
    await world.arrives(renamed(Party(phone=ADAM.phone, name="Adam Haddad")))


@story("the address book says what is known", 0)
async def _(world: World) -> None:
    await world.arrives(renamed(ADAM))


@story("a customer writes under a new name", 1)
async def _(world: World) -> None:
    await world.arrives(said("a4", "it is me", party=Party(phone=ADAM.phone, name="Adam H."), at=50))


@story("a customer writes with an id that was not known", 1)
async def _(world: World) -> None:
    party = Party(phone=ADAM.phone, bsuid="LB.55501234", username="adam.h", name="Adam")
    await world.arrives(said("a4", "it is me", party=party, at=50))


@story("a customer has a new number", 1)
async def _(world: World) -> None:
    await world.arrives(moved(ADAM, Party(phone="9613000009", name="Adam"), at=50))


@story("a customer writes from the new number", 2)
async def _(world: World) -> None:
    await world.arrives(moved(ADAM, Party(phone="9613000009"), at=50))
    await world.arrives(said("a4", "my new number", party=Party(phone="9613000009", name="Adam"), at=51))


# -- much at once -----------------------------------------------------------------------------------------------------


@story("a lively minute", 13)
async def _(world: World) -> None:
    await world.moves(Move.TAKE_OVER)
    await world.arrives(said("a4", "test1", at=60), said("b2", "test2", party=BISAN, at=60), said("a5", "test3", at=59))
    await world.sends("one moment")
    await world.attempts(Accepted("wamid.out-1"))
    await world.arrives(said("a6", "ok", at=58), reported("wamid.out-1", MessageStatus.DELIVERED, at=61))
    await world.reads()
    await world.arrives(said("d1", "hello", party=DIMA, at=62))
    await world.moves(Move.END)


# -- reactions --------------------------------------------------------------------------------------------------------


@story("an operator reacts, changes it and takes it away", 3)
async def _(world: World) -> None:
    for emoji in ("👍", "❤️", ""):
        await world.reacts("a3", emoji)


async def reacted_to(world: World) -> None:
    await world.reacts("a1", "👍")


@story("the reaction that is there", 0, reacted_to)
async def _(world: World) -> None:
    await world.reacts("a1", "👍")


def a_refusal() -> StatusReported:
    error = ("131026", "The customer cannot be reached.")
    return reported("wamid.click-1", MessageStatus.FAILED, at=40, error=error, ours=callback_data_for_click("a1", 1))


@story("the provider refuses a reaction", 1, reacted_to)
async def _(world: World) -> None:
    await world.arrives(a_refusal())


@story("a reaction after one that was refused", 2, reacted_to)
async def _(world: World) -> None:
    await world.arrives(a_refusal())
    await world.reacts("a1", "🙏")
