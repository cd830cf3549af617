"""Customers by every name that WhatsApp gives them: answered where they are, one contact whatever becomes known."""

import time
from itertools import count
from typing import Any

import pytest

from story.people import contents
from story.phone import Phones
from story.scene import Scene
from story.wire import JsonObject

pytestmark = pytest.mark.anyio
_customers = count(1)


class Lina:
    """A customer with a username: at first the business knows her by her id alone. What WhatsApp says of her later is
    told word by word."""

    def __init__(self, scene: Scene, phones: Phones) -> None:
        self.number = scene.bakery.number.phone_number_id
        self.phones = phones
        person = next(_customers)
        self.bsuid, self.new_bsuid = f"LB.{person:012d}a", f"LB.{person:012d}b"
        self.phone, self.new_phone = (f"9617{self.number[-4:]}{person:02d}{last}" for last in (1, 2))

    async def writes(self, words: str) -> None:
        await self.phones.remote.add_customer(bsuid=self.bsuid, name="Lina", username="lina.k")
        await self.phones.remote.send(self.bsuid, "text", text=words, phone_number_id=self.number, wait=True)

    async def is_told(self, words: str, contact: JsonObject, **names: str) -> None:
        """A message whose sender WhatsApp names like this."""
        message = {"id": f"wamid.{words}.{self.bsuid}", "type": "text", "text": {"body": words}, **names}
        await self._deliver(contact, message)

    async def changes(self, **system: Any) -> None:
        """A notice that her number or id has changed."""
        message = {"id": f"wamid.sys.{self.bsuid}.{len(system)}", "type": "system", "from": self.phone}
        await self._deliver(None, message | {"system": {"body": "The number has changed.", **system}})

    async def _deliver(self, contact: JsonObject | None, message: JsonObject) -> None:
        value: JsonObject = {"messages": [message | {"timestamp": str(int(time.time()))}]}
        if contact is not None:
            value["contacts"] = [{"profile": {"name": "Lina"}, **contact}]
        await self.phones.remote.deliver([value], phone_number_id=self.number, wait=True)


async def chats(scene: Scene) -> list[JsonObject]:
    found: list[JsonObject] = (await scene.sara.chats())["chats"]
    return found


async def test_a_customer_without_a_number_is_one_contact_for_life(emulated: Scene, phones: Phones) -> None:
    lina = Lina(emulated, phones)
    await lina.writes("marhaba")
    sara = await emulated.watch(emulated.sara)
    [chat] = await chats(emulated)
    assert (chat["user_phone"], chat["customer_info"]["bsuid"]) == (None, lina.bsuid)
    message = (await emulated.sara.send(chat, "hello Lina"))["message"]
    await sara.until_message(message["message_id"], status="delivered")
    [accepted] = await phones.accepted()
    assert accepted["body"].get("recipient") == lina.bsuid
    assert "to" not in accepted["body"]

    await lina.is_told("my number", {"wa_id": lina.phone, "user_id": lina.bsuid}, **{"from": lina.phone})
    await lina.changes(type="user_changed_number", wa_id=lina.new_phone, user_id=lina.new_bsuid)
    await lina.is_told("new number", {"user_id": lina.new_bsuid}, from_user_id=lina.new_bsuid)
    [chat] = await chats(emulated)
    names = {(name["value"], name["former"]) for name in chat["customer_info"]["identities"]}
    assert {(lina.phone, True), (lina.new_phone, False), (lina.bsuid, True), (lina.new_bsuid, False)} <= names
    history = await emulated.sara.whole_history(chat)
    assert contents(history) == ["marhaba", "hello Lina", "my number", "new number"]
    second = (await emulated.sara.send(chat, "noted"))["message"]
    await sara.until_message(second["message_id"], status="sent")
    assert (await phones.accepted())[-1]["body"]["to"] == f"+{lina.new_phone}"
    sara.check()


async def test_two_customers_are_told_to_be_one_and_apart_again(emulated: Scene, phones: Phones) -> None:
    lina, other = Lina(emulated, phones), Lina(emulated, phones)
    await lina.writes("from one phone")
    await other.writes("from the other")
    omar = await emulated.watch(emulated.omar)
    second, first = await chats(emulated)
    asked = {"user_id": first["user_id"], "other_user_id": second["user_id"]}
    merged = await emulated.sara.ask("POST", "/api/live-chat/contacts/merge", json=asked)
    await omar.until(lambda: any(frame.data.get("changed") == "merged" for frame in omar.events))
    client = await emulated.sara.ask("GET", f"/api/live-chat/client/{first['user_id']}/conversations")
    assert (client["total"], [merge["operator_name"] for merge in client["merges"]]) == (2, ["Sara"])
    message = (await emulated.sara.send(second, "to the other phone"))["message"]
    await omar.until_message(message["message_id"], status="sent")
    assert (await phones.accepted())[-1]["body"]["recipient"] == other.bsuid
    await emulated.sara.ask("POST", "/api/live-chat/contacts/unmerge", json={"merge_id": merged["merge_id"]})
    await omar.until(lambda: any(frame.data.get("changed") == "unmerged" for frame in omar.events))
    assert {chat["user_id"] for chat in await chats(emulated)} == {first["user_id"], second["user_id"]}
    omar.check()
