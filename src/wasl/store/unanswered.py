"""What customers asked in vain, gathered for whoever teaches the assistant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wasl.clock import iso
from wasl.errors import Conflict, NotFound
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.limits import (
    GROUP_EXAMPLES_MAX,
    GROUP_REST_DAYS,
    GROUPS_COMPARED_MAX,
    GROUPS_COUNTED_MAX,
    GROUPS_LISTED_MAX,
    UNGROUPED_PER_GATHERING,
)
from wasl.store.message_row import Json
from wasl.store.needs import Needs

_DAY_MS = 24 * 3600 * 1000


def note_unanswered(draft: Draft, conversation: Conversation, question: str, language: str | None) -> None:
    """Keep a question that nothing known has answered. Its group is found later, by whoever gathers them."""
    answer_id = draft.next_sequence() - 1
    sql = (
        "INSERT INTO unanswered_questions (account_id, answer_id, group_id, conversation_key, question, language,"
        " terms, state, asked_ms) VALUES (?, ?, ?, ?, ?, ?, '', 'open', ?) ON CONFLICT DO NOTHING"
    )
    key = (draft.account_id, answer_id, answer_id, conversation.key)
    draft.connection.send(sql, (*key, question, language, draft.now_ms))


# -- gathering --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ungrouped:
    """A question of which nobody has said yet what it is like."""

    answer_id: int
    question: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """The first question of a group, by its words. A group that was dismissed rests for a while."""

    group_id: int
    terms: str
    rests: bool = False


def accounts_to_gather(connection: Connection) -> list[int]:
    """The accounts that have such questions."""
    sql = (
        "SELECT a.id FROM accounts a WHERE EXISTS"
        " (SELECT 1 FROM unanswered_questions q WHERE q.account_id = a.id AND q.terms = '')"
    )
    return [account_id for (account_id,) in connection.rows(sql)]


def ungrouped(connection: Connection, account_id: int) -> list[Ungrouped]:
    """The oldest of them."""
    sql = (
        "SELECT answer_id, question, language FROM unanswered_questions WHERE account_id = ? AND terms = ''"
        " ORDER BY answer_id LIMIT ?"
    )
    return [Ungrouped(*row) for row in connection.rows(sql, (account_id, UNGROUPED_PER_GATHERING))]


def heads(connection: Connection, account_id: int, now_ms: int) -> list[Head]:
    """The groups that a question may join, the newest first: open ones, and those that were dismissed lately."""
    found = []
    for state in ("open", "dismissed"):
        sql = (
            "SELECT group_id, terms, asked_ms FROM unanswered_questions WHERE account_id = ? AND state = ?"
            " AND terms <> '' AND answer_id = group_id ORDER BY group_id DESC, answer_id DESC LIMIT ?"
        )
        rests = state == "dismissed"
        for group_id, terms, asked_ms in connection.rows(sql, (account_id, state, GROUPS_COMPARED_MAX)):
            if not rests or asked_ms > now_ms - GROUP_REST_DAYS * _DAY_MS:
                found.append(Head(group_id, terms, rests))
    return sorted(found, key=lambda head: -head.group_id)[:GROUPS_COMPARED_MAX]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a question belongs."""

    answer_id: int
    head: Head


@dataclass(frozen=True, slots=True)
class GroupQuestions:
    """Somebody has found out which questions are alike. What another has placed meanwhile stays where it is."""

    account_id: int
    placed: Sequence[Placed]
    terms: Mapping[int, str]
    """Of each of them; never empty."""

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        sql = (
            "UPDATE unanswered_questions SET group_id = ?, terms = ?,"
            " state = CASE WHEN state = 'open' AND ? = 1 THEN 'dismissed' ELSE state END"
            " WHERE account_id = ? AND answer_id = ? AND terms = ''"
        )
        for one in self.placed:
            where = (self.account_id, one.answer_id)
            values = (one.head.group_id, self.terms[one.answer_id], int(one.head.rests))
            draft.connection.send(sql, (*values, *where))


# -- showing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that mean the same. `question` is the first of them."""

    group_id: int
    question: str
    language: str | None
    count: int
    examples: tuple[Json, ...]


def open_groups(connection: Connection, account_id: int) -> list[Group]:
    """The largest of those that nobody has answered or dismissed."""
    sql = (
        "SELECT group_id, count(*), MIN(answer_id) FROM (SELECT group_id, answer_id FROM unanswered_questions"
        " WHERE account_id = ? AND state = 'open' ORDER BY group_id DESC, answer_id DESC"
        f" LIMIT {GROUPS_COUNTED_MAX}) AS counted GROUP BY group_id ORDER BY count(*) DESC, group_id DESC"
        f" LIMIT {GROUPS_LISTED_MAX}"
    )
    counted = connection.rows(sql, (account_id,))
    sql = (
        "SELECT q.answer_id, q.question, q.language, q.asked_ms, c.conversation_id, c.user_id"
        " FROM unanswered_questions q"
        " JOIN conversations c ON c.account_id = q.account_id AND c.conversation_key = q.conversation_key"
        " WHERE q.account_id = ? AND q.state = 'open' AND q.group_id = ? ORDER BY q.answer_id DESC LIMIT ?"
    )
    asked: list[tuple[str, Sequence[Any]]]
    asked = [(sql, (account_id, group_id, GROUP_EXAMPLES_MAX)) for group_id, _, _ in counted]
    firsts = "SELECT question, language FROM unanswered_questions WHERE account_id = ? AND answer_id = ?"
    asked += [(firsts, (account_id, first)) for _, _, first in counted]
    answers = connection.queries(asked)
    groups = []
    for (group_id, count, _), rows, [(question, language)] in zip(
        counted, answers[: len(counted)], answers[len(counted) :], strict=True
    ):
        examples = tuple(_example(*row[1:]) for row in rows)
        groups.append(Group(group_id, question, language, int(count), examples))
    return groups


def _example(question: str, language: str | None, asked_ms: int, conversation_id: str, user_id: int) -> Json:
    return {
        "question": question,
        "language": language,
        "conversation_id": conversation_id,
        "user_id": str(user_id),
        "asked_at": iso(asked_ms),
    }


# -- settling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DismissGroup:
    """Nobody needs an answer to these. Asking for it again changes nothing."""

    account_id: int
    group_id: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        """Raises NotFound, Conflict `group_settled`."""
        if state_of(draft, self.group_id) != "dismissed":
            refuse_settled(draft, self.group_id)
            settle_group(draft, self.group_id, "dismissed")


def refuse_settled(draft: Draft, group_id: int) -> None:
    """Raises NotFound when there is no such group, and Conflict when it is answered or dismissed already."""
    if state_of(draft, group_id) != "open":
        raise Conflict("Somebody has answered or dismissed these questions already.", code="group_settled")


def state_of(draft: Draft, group_id: int) -> str:
    """`open` as long as one of its questions is, else `dismissed` or `answered`. Raises NotFound."""
    sql = (
        "SELECT state FROM unanswered_questions WHERE account_id = ? AND state = ANY(?) AND group_id = ?"
        " ORDER BY state DESC LIMIT 1"
    )
    rows = draft.connection.rows(sql, (draft.account_id, ["open", "answered", "dismissed"], group_id))
    if not rows:
        raise NotFound("There is no such group of questions.")
    return str(rows[0][0])


def settle_group(draft: Draft, group_id: int, state: str) -> None:
    """Let its open questions be `answered` or `dismissed`."""
    sql = "UPDATE unanswered_questions SET state = ? WHERE account_id = ? AND state = 'open' AND group_id = ?"
    draft.connection.run(sql, (state, draft.account_id, group_id))


def settle_question(draft: Draft, answer_id: int) -> None:
    """What was asked at one turn has its answer now, and so has whatever means the same."""
    sql = "SELECT group_id FROM unanswered_questions WHERE account_id = ? AND answer_id = ?"
    for (group_id,) in draft.connection.rows(sql, (draft.account_id, answer_id)):
        settle_group(draft, group_id, "answered")
