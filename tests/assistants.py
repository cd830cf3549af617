"""An assistant of the tests: customers ask it, and what it answers is told to it."""

from dataclasses import dataclass, replace

from arrivals import ADAM, arrival, said
from cast import Cast
from wasl.clock import now_ms
from wasl.domain.assistant import Answered, AssistantMode, Match, Reason, Tier, Usage
from wasl.domain.identity import Party
from wasl.domain.updates import Update
from wasl.store.answers import EndTurn, NoteDiscarded, Outcome
from wasl.store.database import Database, Row
from wasl.store.draft import Draft
from wasl.store.journal import Journal, change_of
from wasl.store.knowledge import Wording
from wasl.store.turns import Terms, Turn

LATER = Terms(AssistantMode.AUTO, quiet_ms=60_000, burst_ms=90_000)
"""Nobody else answers before the test does."""
SHADOW = Terms(AssistantMode.SHADOW, quiet_ms=60_000, burst_ms=90_000)
OPENING = Wording(
    "When are you open?", {"en": "From nine to six.", "fr": "De neuf à six."}, ("opening hours",), "hours"
)
UNSURE = Answered(None, Reason.UNSURE, "Nothing that is known answers this.")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a test names it."""

    message_id: str
    conversation_id: str
    user_id: str
    sequence: int

    @property
    def place(self) -> dict[str, str]:
        return {"conversation_id": self.conversation_id, "message_id": self.message_id}

    @property
    def named(self) -> dict[str, str]:
        return {**self.place, "user_id": self.user_id}


@dataclass(frozen=True, slots=True)
class Machine:
    """Olive Bakery's, in place of the one that a node runs."""

    journal: Journal
    database: Database
    cast: Cast

    async def is_asked(self, message_id: str, text: str, *, party: Party = ADAM, terms: Terms = LATER) -> None:
        """A customer writes."""
        await self.hears(said(message_id, text, party=party), terms=terms)

    async def hears(self, *updates: Update, terms: Terms = LATER) -> None:
        """One webhook."""
        change = arrival(self.cast, *updates, received_ms=now_ms())
        await self.journal.submit(replace(change, assistant=terms))

    async def ends(
        self, answered: Answered, question: str, *, language: str | None = "en", told: str | None = None
    ) -> Outcome | None:
        """The one turn that waits comes to an end."""
        ending = self._ending(answered, question, language, told)

        def end(draft: Draft) -> Outcome | None:
            draft.connection.run("UPDATE turns SET state = 'thinking', attempt = 1")
            epoch = draft.conversation(ending.turn.conversation_key).handover.epoch
            return replace(ending, epoch=epoch).apply(draft)

        return await self.journal.submit(change_of(ending.account_id, end))

    async def is_left_off(self, answered: Answered, question: str) -> None:
        """The one turn that waits was begun, and made vain by something newer."""
        await self.journal.submit(NoteDiscarded(self._ending(answered, question)))

    def _ending(
        self, answered: Answered, question: str, language: str | None = "en", told: str | None = None
    ) -> EndTurn:
        sql = "SELECT account_id, conversation_key, channel_id, shadow, upto_sequence FROM turns"
        [(account_id, key, channel_id, shadow, upto)] = self.rows(sql)
        turn = Turn(account_id, key, channel_id, bool(shadow), upto, attempt=1)
        return EndTurn(turn, 0, answered, question, language, "2026-11-21", 12, told)

    async def answers(self, message_id: str, question: str, answered: Answered, *, party: Party = ADAM) -> Seen:
        """Somebody asks, and the assistant answers or calls a person; what stands in the conversation then."""
        await self.is_asked(message_id, question, party=party)
        await self.ends(answered, question)
        return self.last("bot" if answered.replies else "system")

    def last(self, role: str) -> Seen:
        """The newest message of somebody."""
        sql = (
            "SELECT m.message_id, c.conversation_id, c.user_id, m.sequence FROM messages m JOIN conversations c"
            " ON c.account_id = m.account_id AND c.conversation_key = m.conversation_key"
            " WHERE m.role = ? ORDER BY m.sequence DESC LIMIT 1"
        )
        [(message_id, conversation_id, user_id, sequence)] = self.rows(sql, role)
        return Seen(message_id, conversation_id, str(user_id), sequence)

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        return self.database.read_now(lambda connection: connection.rows(sql, parameters))


def match_of(entry_id: int, wording: Wording = OPENING, score: int = 91) -> Match:
    """An entry that fits."""
    answer = next(iter(wording.answers.values()))
    return Match(entry_id, wording.question, answer, score, Tier.STRONG, wording.topic)


def reply_from(entry_id: int, wording: Wording = OPENING) -> Answered:
    """What is said with it."""
    match = match_of(entry_id, wording)
    return Answered(match.answer, confidence=match.score, matches=(match,), usage=Usage())
