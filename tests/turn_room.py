"""Olive Bakery with an assistant whose answers a test dictates: customers write, turns are taken, operators step in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from arrivals import ADAM, NOON, said
from cast import Cast, gather_cast
from wasl.channels.registry import forms
from wasl.clock import now_ms
from wasl.domain.assistant import Answered, Match, Tier
from wasl.domain.events import Event
from wasl.domain.identity import Party
from wasl.domain.message import Content
from wasl.domain.people import Operator
from wasl.domain.updates import Update
from wasl.flow.reply import Replier
from wasl.observe import Metrics
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation
from wasl.store.database import Database, Engine, Row
from wasl.store.desk import HandOver, Move
from wasl.store.directory import Reading, raise_settings_version
from wasl.store.draft import Draft
from wasl.store.duties import Duties
from wasl.store.history import trace_of
from wasl.store.inbox import PageQuery, conversation_page
from wasl.store.intake import Intake
from wasl.store.journal import Change, Journal, change_of
from wasl.store.message_row import Json, Message
from wasl.store.outbox import QueueMessage
from wasl.store.pulse import Pulse
from wasl.store.secrets import SecretBox
from wasl.store.team import Channel, Team

Settings = dict[str, Any]
AUTO: Settings = {"mode": "auto", "quiet_seconds": 0, "burst_seconds": 0}
SHADOW: Settings = {**AUTO, "mode": "shadow"}
OFF: Settings = {**AUTO, "mode": "off"}
NEVER_OPEN: Settings = {"weekly": {"mon": []}}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def match(answer: str, *, topic: str | None = "hours", entry_id: int = 1, score: int = 90) -> Match:
    return Match(entry_id, "When are you open?", answer, score, Tier.STRONG, topic)


def says(answer: str, topic: str | None = "hours") -> Answered:
    """An answer out of the knowledge, with a step as the thinker notes it."""
    found = match(answer, topic=topic)
    return Answered(answer, confidence=90, matches=(found,), steps=(("looked up", now_ms(), {"matches": 1}),))


@dataclass(slots=True)
class Dictated:
    """Answers what the test says, and holds its breath while it is told to."""

    answered: Answered = field(default_factory=lambda: says("We are open from 9 to 6."))
    asked: list[Situation] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    async def answer(self, situation: Situation, assistant: Assistant) -> Answered:
        self.asked.append(situation)
        self.begun.set()
        await self.may_answer.wait()
        return self.answered


@dataclass(slots=True)
class Clock:
    """A time that passes when it is told to."""

    at_ms: int = field(default_factory=now_ms)

    def __call__(self) -> int:
        return self.at_ms

    def pass_by(self, *, hours: float = 0, minutes: float = 0) -> None:
        self.at_ms += round(hours * 3_600_000 + minutes * 60_000)


@dataclass
class TurnRoom:
    """See the module. Its clock stands still unless a test moves it."""

    engine: Engine
    journal: Journal
    database: Database
    team: Team
    cast: Cast
    pulse: Pulse
    replier: Replier
    answerer: Dictated
    clock: "Clock"
    listened: list[Event]
    """All events that the journal has told of."""
    heard: int = 0
    written: int = 0

    @classmethod
    async def open(cls, engine: Engine, database: Database, box: SecretBox) -> "TurnRoom":
        clock, listened, answerer = Clock(), list[Event](), Dictated()
        journal = Journal(engine, listened.extend, Metrics(), clock=clock)
        journal.start()
        team = Team(database, journal, Reading(box, forms(), None))
        await team.refresh()
        cast = await gather_cast(team)
        pulse = Pulse(Database(engine, readers=1), "n1", alone=True)
        await pulse.start()
        replier = Replier(database, journal, team, answerer, pulse, Metrics(), clock=clock)
        return cls(engine, journal, database, team, cast, pulse, replier, answerer, clock, listened)

    async def close(self) -> None:
        for task in list(self.replier._under_way):
            task.cancel()
        await self.journal.close()
        await self.pulse.close()

    def another_node(self) -> Replier:
        """One more who takes turns."""
        return Replier(self.database, self.journal, self.team, self.answerer, self.pulse, Metrics(), clock=self.clock)

    @property
    def duties(self) -> Duties:
        return Duties(self.database, self.pulse.node)

    # -- what happens ---------------------------------------------------------------------------------------------

    async def assistant_is(self, told: Settings, channel_id: int = 0, account_id: int | None = None) -> None:
        """Give the account's assistant, or that of a number, these settings."""
        account_id = account_id or self.cast.olive.id

        def write(draft: Draft) -> None:
            sql = (
                "INSERT INTO assistant_settings (account_id, channel_id, settings, updated_ms) VALUES (?, ?, ?, 0)"
                " ON CONFLICT (account_id, channel_id) DO UPDATE SET settings = excluded.settings"
            )
            draft.connection.run(sql, (account_id, channel_id, orjson.dumps(told).decode()))
            raise_settings_version(draft.connection)

        await self.journal.submit(change_of(0, write))
        await self.team.refresh()

    async def hears(self, *updates: Update, channel: Channel | None = None) -> None:
        """A webhook, as the reception takes it."""
        channel = self.team.channel((channel or self.cast.olive_number).id)
        assert channel is not None
        terms = self.team.assistant(channel.account_id, channel.id).terms_at(self.clock())
        await self.submit(Intake(channel.account_id, channel.face, updates, channel.proof, self.clock(), terms))

    async def customer_writes(self, *texts: str, party: Party = ADAM) -> str:
        """The customer writes now; the id of their last message."""
        updates = [self.says_now(text, party) for text in texts]
        await self.hears(*updates)
        return str(updates[-1].message_id)

    def says_now(self, text: str, party: Party = ADAM, **more: Any) -> Any:
        self.written += 1
        return said(f"w{self.written}", text, party=party, at=self.clock() // 1000 - NOON, **more)

    async def take(self, replier: Replier | None = None) -> None:
        """Take the turns that are due, to their end."""
        replier = replier or self.replier
        await replier._take_due()
        await asyncio.gather(*list(replier._under_way), return_exceptions=True)

    async def begin(self) -> None:
        """Take what is due, until the answer is being made."""
        self.answerer.begun.clear()
        self.answerer.may_answer.clear()
        await self.replier._take_due()
        async with asyncio.timeout(30):
            await self.answerer.begun.wait()

    async def finish(self) -> None:
        """Let the answer be made, if it still is, and let all be written down that comes of it."""
        self.answerer.may_answer.set()
        await asyncio.gather(*list(self.replier._under_way), return_exceptions=True)
        await self.change("UPDATE duties SET until_ms = until_ms")  # The journal keeps the order of what it is told.

    async def moves(self, move: Move, party: Party = ADAM, operator: Operator | None = None) -> None:
        operator = operator or self.cast.rana
        chat = self.chat(party)

        def terms(channel_id: int) -> Any:
            return self.team.assistant(self.cast.olive.id, channel_id).terms

        ids = (chat["conversation_id"], chat["user_id"])
        await self.submit(HandOver(self.cast.olive.id, operator, *ids, move, terms))

    async def operator_writes(self, text: str, party: Party = ADAM) -> Message:
        chat = self.chat(party)
        ids = (chat["conversation_id"], chat["user_id"])
        message: Message = await self.submit(
            QueueMessage(self.cast.olive.id, self.cast.rana, *ids, Content.of_text(text))
        )
        return message

    async def submit(self, change: Change[Any]) -> Any:
        """A change whose events this node hears of."""
        result = await self.journal.submit(change)
        events, self.heard = self.listened[self.heard :], len(self.listened)
        self.replier.hear(events)
        return result

    async def change(self, sql: str, *parameters: Any) -> None:
        await self.journal.submit(change_of(0, lambda draft: draft.connection.run(sql, parameters)))

    # -- what is seen ---------------------------------------------------------------------------------------------

    def rows(self, sql: str, *parameters: Any) -> list[Row]:
        return self.database.read_now(lambda connection: connection.rows(sql, parameters))

    def chats(self) -> list[Json]:
        page = self.database.read_now(
            lambda c: conversation_page(c, self.cast.olive.id, self.cast.rana.id, PageQuery(page_size=100))
        )
        return page.chats

    def chat(self, party: Party = ADAM) -> Json:
        """The customer's conversation, as a list shows it."""
        value = next(party.identities()).value
        return next(chat for chat in self.chats() if chat["conversation_id"].endswith(f"_{value}"))

    def chat_row(self, party: Party = ADAM) -> int:
        sql = "SELECT conversation_key FROM conversations WHERE conversation_id = ?"
        [(key,)] = self.rows(sql, self.chat(party)["conversation_id"])
        return int(key)

    def thread(self, party: Party = ADAM) -> list[tuple[str, str]]:
        """Who said what, from the top."""
        sql = "SELECT role, content FROM messages WHERE conversation_key = ? ORDER BY clock, sequence"
        return [(role, content) for role, content in self.rows(sql, self.chat_row(party))]

    def said_by(self, role: str, party: Party = ADAM) -> list[str]:
        return [text for who, text in self.thread(party) if who == role]

    def lines(self, party: Party = ADAM) -> list[Json]:
        """What Wasl itself noted in a conversation, as its metadata."""
        sql = "SELECT metadata FROM messages WHERE conversation_key = ? AND role = 'system' ORDER BY sequence"
        return [orjson.loads(metadata) for (metadata,) in self.rows(sql, self.chat_row(party))]

    def answers(self, columns: str = "outcome, reason") -> list[Row]:
        return self.rows(f"SELECT {columns} FROM answers ORDER BY answer_id")

    def turns(self) -> list[Row]:
        return self.rows("SELECT shadow, tells, state FROM turns ORDER BY conversation_key")

    def trace(self, message_id: str) -> list[Json]:
        return self.database.read_now(lambda c: trace_of(c, self.cast.olive.id, message_id, lambda _: 1))

    def told(self, since: int = 0) -> Sequence[Json]:
        """The data of every event, from the n-th on."""
        return [orjson.loads(event.payload) for event in self.listened[since:]]
