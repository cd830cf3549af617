"""Olive Bakery's inbox as a story changes it, and what a fresh load of Rana's screen shows at any moment."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson

from arrivals import ADAM, NOON, arrival
from attempts import claimed
from cast import Cast
from wasl.channels.cloud_limits import CLOUD_CAPABILITIES
from wasl.domain.assistant import Answered, AssistantMode
from wasl.domain.events import Cursor
from wasl.domain.identity import Party
from wasl.domain.message import Content
from wasl.domain.people import Operator
from wasl.domain.sending import SendOutcome
from wasl.domain.updates import Update
from wasl.live.ring import Frame
from wasl.store.answers import EndTurn
from wasl.store.attempts import SettleAttempt
from wasl.store.briefs import read_situation
from wasl.store.database import Connection, Database
from wasl.store.desk import HandOver, MarkRead, Move
from wasl.store.event_log import head_of, resume
from wasl.store.history import HistoryQuery, history_page
from wasl.store.inbox import PageQuery, conversation_page
from wasl.store.journal import Journal
from wasl.store.merge_contacts import MergeContacts, UnmergeContacts
from wasl.store.message_row import Message
from wasl.store.outbox import QueueMessage
from wasl.store.reactions import React
from wasl.store.teaching import CorrectAnswer, JudgeAnswer, Lesson
from wasl.store.turn_claims import ClaimTurn, due_turns
from wasl.store.turns import Terms

Json = dict[str, Any]
FAR_PAST = NOON - 10**8


class World:
    """Changes go through the journal, as in the server; screens are read by the server's own reads, page by page."""

    def __init__(self, database: Database, journal: Journal, cast: Cast) -> None:
        self.database = database
        self.journal = journal
        self.cast = cast
        self.sent: list[Message] = []
        self.merged_users = ("", "")

    # -- what happens ---------------------------------------------------------------------------------------------

    async def arrives(self, *updates: Update) -> None:
        """One webhook."""
        await self.journal.submit(arrival(self.cast, *updates))

    async def asks(self, *updates: Update, shadow: bool = False) -> None:
        """One webhook, of a number with an assistant that answers at once."""
        terms = Terms(AssistantMode.SHADOW if shadow else AssistantMode.AUTO)
        await self.journal.submit(replace(arrival(self.cast, *updates), assistant=terms))

    async def is_answered(
        self, answered: Answered, told: str | None = None, meanwhile: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """The assistant's turn is begun, and comes to this; `meanwhile` happens while it thinks."""
        [due] = self.database.read_now(lambda connection: due_turns(connection, {self.cast.olive.id: 2}))
        turn = await self.journal.submit(ClaimTurn(due, "desk:1"))
        assert turn is not None
        situation = self.database.read_now(lambda connection: read_situation(connection, turn))
        assert situation is not None
        if meanwhile is not None:
            await meanwhile()
        epoch, brief = situation.handover.epoch, situation.brief
        # The window is another story: these customers wrote long ago.
        change = EndTurn(turn, epoch, answered, brief.text, brief.language, "2026-11-21", 12, told, windowed=False)
        await self.journal.submit(change)

    async def sends(self, text: str, operator: Operator | None = None, party: Party = ADAM, **asked: Any) -> Message:
        conversation_id, user_id = self.ids_of(party)
        change = QueueMessage(
            self.cast.olive.id, operator or self.cast.rana, conversation_id, user_id, Content.of_text(text), **asked
        )
        message = await self.journal.submit(change)
        self.sent.append(message)
        return message

    async def attempts(self, outcome: SendOutcome) -> None:
        """An attempt to send the latest message, and how it ended."""
        claim = await claimed(self.journal, self.sent[-1])
        await self.journal.submit(SettleAttempt(claim.due, claim.attempt, outcome))

    async def moves(self, move: Move, operator: Operator | None = None, party: Party = ADAM) -> None:
        operator = operator or self.cast.rana
        await self.journal.submit(HandOver(self.cast.olive.id, operator, *self.ids_of(party), move))

    async def reads(self, operator: Operator | None = None, party: Party = ADAM, sequence: int = 10**9) -> None:
        operator = operator or self.cast.rana
        await self.journal.submit(MarkRead(self.cast.olive.id, operator.id, self.ids_of(party)[0], sequence))

    async def merges(self, party: Party, other: Party) -> None:
        users = (self.ids_of(party)[1], self.ids_of(other)[1])
        if users[0] == users[1]:
            users = self.merged_users
        self.merged_users = users
        await self.journal.submit(MergeContacts(self.cast.olive.id, self.cast.rana, *users))

    async def unmerges(self) -> None:
        """Take the newest merge back."""
        sql = "SELECT max(merge_id) FROM contact_merges WHERE account_id = ?"
        [(merge_id,)] = self.database.read_now(lambda connection: connection.rows(sql, (self.cast.olive.id,)))
        await self.journal.submit(UnmergeContacts(self.cast.olive.id, self.cast.rana, str(merge_id)))

    async def reacts(self, message_id: str, emoji: str, party: Party = ADAM) -> None:
        """An operator reacts to a message."""
        change = React(self.cast.olive.id, self.ids_of(party)[0], message_id, emoji, lambda _: CLOUD_CAPABILITIES)
        await self.journal.submit(change)

    async def judges(self, role: str, verdict: str | None) -> None:
        """Omar judges the assistant's newest answer to Adam, or the newest line that calls a person."""
        change = JudgeAnswer(
            self.cast.olive.id, self.cast.omar.id, self.ids_of(ADAM)[0], self._newest_of(role), verdict
        )
        await self.journal.submit(change)

    async def corrects(self, role: str, said: str) -> None:
        """Omar says what it should have said there."""
        place = (*self.ids_of(ADAM), self._newest_of(role))
        change = CorrectAnswer(self.cast.olive.id, self.cast.omar.id, *place, Lesson.MESSAGE, correction=said)
        await self.journal.submit(change)

    def _newest_of(self, role: str) -> str:
        sql = (
            "SELECT message_id FROM messages m JOIN conversations c ON c.account_id = m.account_id"
            " AND c.conversation_key = m.conversation_key WHERE c.conversation_id = ? AND m.role = ?"
            " ORDER BY m.sequence DESC LIMIT 1"
        )
        place = (self.ids_of(ADAM)[0], role)
        [(message_id,)] = self.database.read_now(lambda connection: connection.rows(sql, place))
        return str(message_id)

    # -- what is seen ---------------------------------------------------------------------------------------------

    def ids_of(self, party: Party) -> tuple[str, str]:
        """A customer's conversation_id and user_id, as the server says them."""
        number = self.cast.olive_number.phone_number_id
        conversation_id = f"{self.cast.olive.id}_{number}_{next(party.identities()).value}"
        sql = "SELECT user_id FROM conversations WHERE account_id = ? AND conversation_id = ?"
        parameters = (self.cast.olive.id, conversation_id)
        [(user_id,)] = self.database.read_now(lambda connection: connection.rows(sql, parameters))
        return conversation_id, str(user_id)

    def snapshot(self, opened: set[str]) -> Json:
        """Rana's list and her opened conversations, whole, as one moment of the database knows them."""
        return self.database.read_now(lambda connection: self._snapshot(connection, opened))

    def events_after(self, cursor: str) -> list[Json]:
        """The events as a stream carries them."""
        place = Cursor.parse(cursor)
        assert place is not None
        found = self.database.read_now(lambda connection: resume(connection, self.cast.olive.id, place, 1_000))
        assert found.resync is None
        frames = [Frame(event) for event in found.events]
        return [{"event": f.kind, "id": str(f.cursor), "data": orjson.loads(f.data)} for f in frames]

    def _snapshot(self, connection: Connection, opened: set[str]) -> Json:
        cursor = head_of(connection, self.cast.olive.id)
        chats = self._all_chats(connection)
        users = {chat["conversation_id"]: chat["user_id"] for chat in chats}
        messages = {name: self._all_messages(connection, name, users[name]) for name in sorted(opened & users.keys())}
        snapshot = {"conversations": chats, "messages": messages, "cursor": str(cursor)}
        return dict(orjson.loads(orjson.dumps(snapshot)))

    def _all_chats(self, connection: Connection) -> list[Json]:
        chats: list[Json] = []
        cursor = None
        while True:
            query = PageQuery(page_size=2, cursor=cursor)
            page = conversation_page(connection, self.cast.olive.id, self.cast.rana.id, query)
            chats += page.chats
            cursor = page.next_cursor
            if cursor is None:
                assert len(chats) == page.total
                return chats

    def _all_messages(self, connection: Connection, conversation_id: str, user_id: str) -> list[Json]:
        messages: list[Json] = []
        before = None
        while True:
            query = HistoryQuery(user_id, conversation_id, limit=2, before=before)
            page = history_page(connection, self.cast.olive.id, self.cast.rana.id, query, FAR_PAST)
            messages = page.messages + messages
            before = page.next_before
            if before is None:
                assert len(messages) == page.total_messages
                return messages
