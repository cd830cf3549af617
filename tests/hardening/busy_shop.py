"""A business in which something stands in every field, each marked by a word that stands nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from story.people import PASSWORD, Business, Identity, Operator, Outside, open_business
from story.wire import Customer, JsonObject, status, text
from tables import rows_of_account
from wasl.domain.assistant import Answered, Reason
from wasl.domain.people import OperatorRole
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.answers import EndTurn
from wasl.store.draft import Draft
from wasl.store.journal import change_of
from wasl.store.turns import Turn


@dataclass(frozen=True, slots=True)
class WhatItKnows:
    """The ids of what the shop's assistant knows and of what it did not know."""

    entry_ids: list[str]
    document_ids: list[str]
    group_id: str
    line_id: str
    """Of the line that called a person."""


@dataclass(frozen=True, slots=True)
class BusyShop:
    """An account with people of every role, and what they and its customers wrote."""

    business: Business
    identities: dict[OperatorRole, Identity]
    people: dict[OperatorRole, Operator]
    chats: list[JsonObject]
    message_ids: list[str]
    channel_key: str
    word: str
    phones_begin: str
    upload_ids: list[str]
    """Files that were brought, and not sent."""
    sha256: str
    """Of such a file."""
    link_token: str
    """What its link is good for, whoever has it."""
    knows: "WhatItKnows"

    @property
    def chat(self) -> JsonObject:
        """The conversation that has everything in it. A small account has no contact of that number."""
        return self.chats[-1]

    def marks(self) -> list[bytes]:
        """What nobody outside may ever be told: each of its texts, names, numbers and ids has one of them."""
        found = [
            self.word,
            self.phones_begin,
            self.channel_key,
            self.business.number.phone_number_id,
            self.business.access_token,
        ]
        return [mark.encode() for mark in found]


async def open_busy_shop(settings: Settings, outside: Outside, word: str, digits: str) -> BusyShop:
    """Open one beside a running node, and let it have a busy day. `word` is of small letters, `digits` has seven."""
    business = await open_business(settings, f"{word} shop", f"{word}-owner", secret=f"secret-{word}")
    identities = {OperatorRole.OWNER: business.operators[0]}
    async with open_memory(settings) as memory:
        for role in (OperatorRole.ADMIN, OperatorRole.OPERATOR):
            name, email = f"{word} {role.value}", f"{word}.{role.value}@story.example"
            added = await memory.team.add_operator(int(business.account_id), email, name, role, PASSWORD)
            identities[role] = Identity(str(added.id), name, email)
        [channel] = memory.team.channels(int(business.account_id))
    people = {role: await outside.sign_in(identity) for role, identity in identities.items()}
    guests = [Customer(f"{word} guest {place}", f"961{digits}{place}") for place in range(3)]
    for guest in guests:
        await outside.tell(business.number, *_said(business, guest, word))
    owner = people[OperatorRole.OWNER]
    chats = [await owner.chat(guest) for guest in guests]
    await _answer(outside, business, owner, chats[-1], word)
    await owner.move("end-conversation", chats[1])
    knows = await _teach(settings, owner, chats[-1], word)
    history = await owner.whole_history(chats[-1])
    message_ids = [message["message_id"] for message in history]
    chats = [await owner.chat(guest) for guest in guests]
    uploads = [await _bring(owner, word) for _ in range(8)]
    sha256 = uploads[0]["url"].rpartition("/")[2]
    led = await outside.client.get(uploads[0]["url"], headers=owner.headers)
    return BusyShop(
        business,
        identities,
        people,
        chats,
        message_ids,
        channel.channel_key,
        word,
        f"961{digits}",
        [upload["upload_id"] for upload in uploads],
        sha256,
        led.headers["location"].split("/")[2],
        knows,
    )


async def _teach(settings: Settings, owner: Operator, chat: JsonObject, word: str) -> WhatItKnows:
    """Let it know a few things, and let its assistant call a person because it does not know another."""
    knowledge = "/api/live-chat/knowledge"
    entry_ids, document_ids = [], []
    for place in range(8):
        told = {"question": f"{word} question {place}?", "answers": {"en": f"{word} answer"}, "topic": f"{word} topic"}
        entry = await owner.ask("POST", f"{knowledge}/entries", json=told)
        entry_ids.append(entry["entry"]["entry_id"])
    for place in range(2):
        query, content = {"name": f"{word} {place}.md"}, f"# {word} heading\n\n{word} passage {place}".encode()
        document = await owner.ask("POST", f"{knowledge}/documents", params=query, content=content)
        document_ids.append(document["document"]["document_id"])
    await owner.move("release", chat)
    line_id = await _call_person(settings, chat, word)
    [group] = (await owner.ask("GET", f"{knowledge}/unanswered"))["groups"]
    return WhatItKnows(entry_ids, document_ids, group["group_id"], line_id)


async def _call_person(settings: Settings, chat: JsonObject, word: str) -> str:
    """What becomes of a turn that nothing known answers; the id of the line that says so."""
    channel_id, account_id = int(chat["channel"]["channel_id"]), int(chat["conversation_id"].partition("_")[0])
    unsure = Answered(None, Reason.UNSURE, f"{word} note")

    def end(draft: Draft) -> None:
        conversation = draft.conversation_named(chat["conversation_id"])
        turn = Turn(account_id, conversation.key, channel_id, False, conversation.last_sequence, attempt=1)
        sql = (
            "INSERT INTO turns (account_id, conversation_key, channel_id, shadow, upto_sequence, since_ms, due_ms,"
            " state, attempt) VALUES (?, ?, ?, 0, ?, 0, 0, 'thinking', 1)"
        )
        draft.connection.run(sql, (account_id, conversation.key, channel_id, turn.upto_sequence))
        epoch = conversation.handover.epoch
        EndTurn(turn, epoch, unsure, f"{word} asked in vain", "en", "2026-11-21", 12).apply(draft)

    async with open_memory(settings) as memory:
        await memory.journal.submit(change_of(account_id, end))
        sql = "SELECT message_id FROM messages WHERE account_id = ? AND role = 'system' ORDER BY sequence DESC LIMIT 1"
        [(line_id,)] = await memory.database.read(lambda connection: connection.rows(sql, (account_id,)))
    return str(line_id)


async def _bring(owner: Operator, word: str) -> JsonObject:
    query, words = {"name": f"{word}.txt"}, f"{word} brought".encode()
    found: JsonObject = (await owner.ask("POST", "/api/live-chat/uploads", params=query, content=words))["upload"]
    return found


def _said(business: Business, guest: Customer, word: str) -> Iterator[JsonObject]:
    """Changes with a message of every kind, and what happens to messages afterwards."""
    first = text(guest, f"{word} hello", message_id=f"wamid.{word}.{guest.phone}.first")
    said = [first]
    for place, kind in enumerate(_kinds(guest, word), 1):
        written = text(guest, "", message_id=f"wamid.{word}.{guest.phone}.{place}", at=place)
        del written["text"]
        said.append(written | kind | {"context": {"id": first["id"], "from": business.number.display}})
    late = text(guest, f"{word} to be deleted", message_id=f"wamid.{word}.{guest.phone}.late", at=50)
    yield business.number.said([*said, late], guest)
    after = {"from": guest.phone, "timestamp": "1790000090"}
    yield business.number.said(
        [
            after
            | {"id": f"wamid.{word}.{guest.phone}.emoji", "type": "reaction"}
            | {"reaction": {"message_id": first["id"], "emoji": "👍"}},
            after
            | {"id": f"wamid.{word}.{guest.phone}.edit", "type": "edit"}
            | {"edit": {"original_message_id": first["id"], "message": {"type": "text", "text": {"body": f"{word}!"}}}},
            after
            | {"id": f"wamid.{word}.{guest.phone}.revoke", "type": "revoke"}
            | {"revoke": {"original_message_id": late["id"]}},
        ],
        guest,
    )


def _kinds(guest: Customer, word: str) -> list[JsonObject]:
    """What a message may hold beside a text. No file can be had of an id like that of the document."""
    return [
        {"type": "image", "image": {"id": f"{word}-image", "mime_type": "image/jpeg", "caption": f"{word} caption"}},
        {"type": "audio", "audio": {"id": f"{word}-audio", "mime_type": "audio/ogg; codecs=opus", "voice": True}},
        {"type": "video", "video": {"id": f"{word}-video", "mime_type": "video/mp4"}},
        {"type": "sticker", "sticker": {"id": f"{word}-sticker", "mime_type": "image/webp", "animated": False}},
        {"type": "document", "document": {"id": f"{word}/file", "filename": f"{word}.pdf", "caption": f"{word} file"}},
        {
            "type": "location",
            "location": {"latitude": 33.9, "longitude": 35.5, "name": f"{word} place", "address": f"{word} road"},
        },
        {
            "type": "contacts",
            "contacts": [{"name": {"formatted_name": f"{word} friend"}, "phones": [{"phone": f"+{guest.phone}"}]}],
        },
        {
            "type": "interactive",
            "interactive": {"type": "list_reply", "list_reply": {"id": f"{word}-row", "title": f"{word} row"}},
        },
        {"type": "button", "button": {"payload": f"{word} payload", "text": f"{word} button"}},
        {
            "type": "order",
            "order": {
                "catalog_id": f"{word}-catalog",
                "text": f"{word} order",
                "product_items": [
                    {"product_retailer_id": f"{word}-item", "quantity": 2, "item_price": 3.5, "currency": "USD"}
                ],
            },
        },
        {"type": "unsupported", "errors": [{"code": 131051, "title": f"{word} unknown kind"}]},
        {"type": "hologram", "hologram": {"frames": f"{word} frames"}},
    ]


async def _answer(outside: Outside, business: Business, owner: Operator, chat: JsonObject, word: str) -> None:
    """Write to a customer twice: one message arrives, one fails with the provider's reason, and both are settled."""
    error = {"code": 131026, "title": f"{word} reason", "error_data": {"details": f"{word} details"}}
    outcomes: list[JsonObject] = [{"status": "delivered"}, {"status": "failed", "errors": [error]}]
    for place, outcome in enumerate(outcomes):
        quoted, words = f"wamid.{word}.{chat['phone_clean']}.first", f"{word} answer {place}"
        draft = f"{word}-draft-{place}"
        sent = (await owner.send(chat, words, force=True, client_message_id=draft, reply_to=quoted))["message"]
        await settle(outside, business, chat, sent, f"wamid.{word}.out.{place}", **outcome)
    await owner.ask("POST", "/api/live-chat/operator-status", json={"status": "busy"})


async def settle(
    outside: Outside, business: Business, chat: JsonObject, sent: JsonObject, name: str, **outcome: Any
) -> None:
    """Let the provider tell what became of a message, so that nobody tries to send it any more."""
    told = status(name, "sent", at=99, recipient_id=chat["phone_clean"]) | outcome
    told["biz_opaque_callback_data"] = f"m:{sent['message_id']}:1"
    await outside.tell(business.number, business.number.told([told]))


async def rows(settings: Settings, shop: BusyShop) -> dict[str, list[str]]:
    """All that the database holds of a shop."""
    account_id = int(shop.business.account_id)
    async with open_memory(settings) as memory:
        return await memory.database.read(lambda connection: rows_of_account(connection, account_id))
