"""Olive Bakery's inbox on a real database: what is told to it, what it shows, and for whom its answers leave."""

from dataclasses import dataclass

from arrivals import arrival
from attempts import claimed
from cast import Cast
from wasl.domain.message import Content
from wasl.domain.sending import Recipient
from wasl.domain.updates import Update
from wasl.store.database import Connection, Database
from wasl.store.inbox import Client, PageQuery, client_conversations, conversation_page
from wasl.store.journal import Journal
from wasl.store.merge_contacts import MergeContacts, Merged, UnmergeContacts
from wasl.store.message_row import Json, Message
from wasl.store.outbox import QueueMessage
from wasl.store.team import Channel, Team

P, Q, A, B, C = "9613000011", "9613000012", "LB.1000000000a", "LB.2000000000b", "LB.3000000000c"


@dataclass
class Inbox:
    """Olive Bakery's inbox, and what may be asked of it."""

    journal: Journal
    database: Database
    cast: Cast
    team: Team

    async def hears(self, *updates: Update, channel: Channel | None = None) -> None:
        named = channel or self.cast.olive_number
        known = self.team.channel_of(named.provider, named.phone_number_id)  # With all that was added since.
        for update in updates:
            await self.journal.submit(arrival(self.cast, update, channel=known))

    def chats(self, search: str = "") -> list[Json]:
        query = PageQuery(search=search)
        page = self.database.read_now(lambda c: conversation_page(c, self.cast.olive.id, self.cast.rana.id, query))
        return page.chats

    def every_chat(self, connection: Connection) -> list[Json]:
        query = PageQuery(page_size=100)
        return conversation_page(connection, self.cast.olive.id, self.cast.rana.id, query).chats

    def chat(self, shown: str) -> Json:
        """The conversation whose id ends like this."""
        [found] = [chat for chat in self.chats() if chat["conversation_id"].endswith(shown)]
        return found

    def client(self, user_id: str) -> Client:
        return self.database.read_now(lambda c: client_conversations(c, self.cast.olive.id, self.cast.rana.id, user_id))

    async def writes(self, chat: Json, text: str, client_message_id: str | None = None) -> Message:
        place = (chat["conversation_id"], chat["user_id"])
        change = QueueMessage(self.cast.olive.id, self.cast.rana, *place, Content.of_text(text), client_message_id)
        return await self.journal.submit(change)

    async def leaves_for(self, message: Message) -> Recipient:
        return (await claimed(self.journal, message)).outgoing.to

    async def merges(self, user_id: str, other_user_id: str) -> Merged:
        return await self.journal.submit(MergeContacts(self.cast.olive.id, self.cast.rana, user_id, other_user_id))

    async def unmerges(self, merge_id: str) -> Merged:
        return await self.journal.submit(UnmergeContacts(self.cast.olive.id, self.cast.rana, merge_id))


def shown(chat: Json) -> tuple[str | None, str | None]:
    return chat["customer_info"]["phone"], chat["customer_info"]["bsuid"]


def ids_of(chat: Json) -> tuple[str, str]:
    return chat["conversation_id"], chat["user_id"]
