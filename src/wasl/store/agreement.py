"""How near the assistant's drafts come to what people send: what is still to be compared, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.limits import DRAFT_MESSAGES_MAX
from wasl.store.message_row import Json
from wasl.store.needs import Needs


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A draft that was kept, and that nobody has held yet against what a person sent."""

    account_id: int
    conversation_key: int
    answer_id: int
    question_sequence: int
    """The newest message that it answers."""
    reply: str
    entries: tuple[int, ...]
    """What it stands on, the best first."""
    created_ms: int
    question: str = ""

    @property
    def place(self) -> tuple[int, int, int]:
        return (self.conversation_key, self.account_id, self.answer_id)


@dataclass(frozen=True, slots=True)
class Said:
    """A message that came after what a draft answers, as far as comparing asks for it."""

    sequence: int
    role: str
    text: str
    metadata: Json
    saved_ms: int


def uncompared_drafts(connection: Connection, after: tuple[int, int, int], limit: int) -> list[Uncompared]:
    """The next so many drafts behind a place, over all accounts."""
    sql = (
        "SELECT account_id, conversation_key, answer_id, question_sequence, reply, sources, created_ms, question"
        " FROM answers"
        " WHERE outcome = 'drafted' AND compared = 0 AND (conversation_key, account_id, answer_id) > (?, ?, ?)"
        " ORDER BY conversation_key, account_id, answer_id LIMIT ?"
    )
    return [
        Uncompared(account_id, key, answer_id, upto, reply or "", _entries(sources), created_ms, question)
        for account_id, key, answer_id, upto, reply, sources, created_ms, question in connection.rows(
            sql, (*after, limit)
        )
    ]


def said_since(connection: Connection, draft: Uncompared) -> list[Said]:
    """What was said below the question of a draft, in the order of the conversation."""
    sql = "SELECT clock FROM messages WHERE account_id = ? AND sequence = ?"
    rows = connection.rows(sql, (draft.account_id, draft.question_sequence))
    if not rows:
        return []
    sql = (
        "SELECT sequence, role, content, metadata, saved_ms FROM messages WHERE conversation_key = ? AND account_id = ?"
        " AND (clock, sequence) > (?, ?) AND origin <> 'history' AND role <> 'system' AND deleted_ms IS NULL"
        " ORDER BY clock, sequence LIMIT ?"
    )
    place = (draft.conversation_key, draft.account_id, rows[0][0], draft.question_sequence, DRAFT_MESSAGES_MAX)
    return [
        Said(sequence, role, content, orjson.loads(metadata), saved_ms)
        for sequence, role, content, metadata, saved_ms in connection.rows(sql, place)
    ]


def is_superseded(connection: Connection, draft: Uncompared, before_sequence: int | None) -> bool:
    """Whether a later answer was made to more than this one answers, before what came at some sequence."""
    sql = (
        "SELECT 1 FROM answers WHERE conversation_key = ? AND account_id = ? AND answer_id > ?"
        " AND question_sequence > ? AND question_sequence < ? AND outcome <> 'discarded' LIMIT 1"
    )
    until = before_sequence if before_sequence is not None else _NEVER
    place = (draft.conversation_key, draft.account_id, draft.answer_id, draft.question_sequence, until)
    return bool(connection.rows(sql, place))


_NEVER = 2**62


def answers_of_entries(connection: Connection, account_id: int, entry_ids: Sequence[int]) -> list[str]:
    """What entries say today, in every language in which they say it."""
    sql = "SELECT answers FROM knowledge_entries WHERE account_id = ? AND entry_id = ANY(?)"
    rows = connection.rows(sql, (account_id, list(entry_ids))) if entry_ids else []
    return [answer for (answers,) in rows for answer in orjson.loads(answers).values()]


def agreement_on(connection: Connection, account_id: int, topic: str | None, samples: int) -> tuple[int, int]:
    """How near the newest drafts about a topic came to what people sent, from 0 to 100 on average, and how many that
    were: at most `samples`."""
    of_topic, named = ("topic = ?", (topic,)) if topic is not None else ("topic IS NULL", ())
    sql = (
        f"SELECT agreement FROM answers WHERE account_id = ? AND {of_topic} AND agreement IS NOT NULL"
        " ORDER BY answer_id DESC LIMIT ?"
    )
    found = [agreement for (agreement,) in connection.rows(sql, (account_id, *named, max(1, samples)))]
    return (round(sum(found) / len(found)), len(found)) if found else (0, 0)


@dataclass(frozen=True, slots=True)
class SettleComparison:
    """A draft was held against what a person sent, or there is nothing to hold it against."""

    account_id: int
    answer_id: int
    agreement: int | None = None
    sent_by_person: int | None = None
    """The sequence of the first message that they sent in its place."""

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether it was news."""
        sql = (
            "UPDATE answers SET compared = 1, agreement = ?, sent_by_person = ?"
            " WHERE account_id = ? AND answer_id = ? AND compared = 0"
        )
        told = (self.agreement, self.sent_by_person, self.account_id, self.answer_id)
        return draft.connection.run(sql, told) == 1


def _entries(sources: str) -> tuple[int, ...]:
    return tuple(int(source["entry_id"]) for source in orjson.loads(sources))
