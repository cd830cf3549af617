"""The customers' side of a business at the emulator: their phones, and what WhatsApp saw of the business."""

from typing import Any

from story.people import Business
from story.wire import RANA, Customer, JsonObject
from wasl.emulator.remote import RemoteEmulator


class Phones:
    """Plays the customers of one business's number. Everything that customers do returns once it was acknowledged."""

    def __init__(self, remote: RemoteEmulator, business: Business) -> None:
        self.remote = remote
        self.number = business.number.phone_number_id

    async def behave(self, **behaviour: Any) -> None:
        """Let WhatsApp treat this number so from now on; statuses come at once unless told otherwise."""
        quick = {"sent_after_seconds": 0.02, "delivered_after_seconds": 0.04}
        await self.remote.behave(self.number, **(quick | behaviour))

    async def write(self, words: str, person: Customer = RANA, **options: Any) -> str:
        """Let a customer write a text; the message's id."""
        return await self.send("text", person, text=words, **options)

    async def send(self, kind: str, person: Customer = RANA, **options: Any) -> str:
        """Let a customer send anything, or the business on its own phone with `echo=True`."""
        about = {"phone_number_id": self.number, "profile_name": person.name, "wait": True}
        return await self.remote.send(f"+{person.phone}", kind, **(about | options))

    async def look(self, person: Customer = RANA) -> None:
        """Let a customer look at the thread."""
        await self.remote.read(f"+{person.phone}", self.number)

    async def sees(self, person: Customer = RANA) -> list[JsonObject]:
        """What a customer's phone shows, oldest first."""
        return await self.remote.thread(f"+{person.phone}", self.number)

    async def accepted(self) -> list[JsonObject]:
        """What WhatsApp took of this business, in the order it came."""
        return [send for send in await self.remote.accepted() if send["phone_number_id"] == self.number]

    async def words_accepted(self) -> list[str]:
        return [send["body"]["text"]["body"] for send in await self.accepted()]


def in_order(*states: str) -> list[list[str]]:
    """The ways in which a message may go through these states. Each tick is told by a webhook of its own, and nobody
    promises which comes first: `sent` is not shown where a later one has overtaken it, or the answer to the send."""
    return [list(states), [state for state in states if state != "sent"]]
