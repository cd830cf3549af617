"""Whatever is asked about knowledge, questions and answers goes by an index, on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistants import OPENING
from cast import Cast
from crowd import crowd
from store.test_plans import Explained, complaints
from wasl.store.assistant_report import assistant_report
from wasl.store.database import Connection, Engine
from wasl.store.documents import document_of_bytes, living_documents
from wasl.store.draft import Draft
from wasl.store.entries import ENTRY_ROWS, entry_row, twin_of, words_of
from wasl.store.knowledge import KnowledgeEntry, entries_since, find_entry, knowledge_version
from wasl.store.knowledge_pages import EntryQuery, entry_changes, entry_page, topics_of
from wasl.store.message_row import MESSAGE_SELECT, Message
from wasl.store.recall import Recall
from wasl.store.taken_back import forget_question
from wasl.store.teaching import read_answer
from wasl.store.unanswered import (
    accounts_to_gather,
    heads,
    open_groups,
    refuse_settled,
    settle_question,
    ungrouped,
)

ENTRIES = 3_000
NOW_MS = 1_790_000_100_000
# Few accounts, and what was counted already.
SMALL = {"accounts", "a", "counted", "subquery"}
Read = Callable[[Any, Cast], object]


@pytest.fixture
def explained(engine: Engine, cast: Cast) -> Iterator[Any]:
    for number, conversations in ((cast.olive_number, 50), (cast.cedar_number, 10)):
        crowd(engine, number, conversations, messages_each=2)
    connection = engine.connect()
    connection.begin_write()
    for account_id in (cast.olive.id, cast.cedar.id):
        fill(connection, account_id)
    connection.commit()
    connection.run("ANALYZE")
    connection.begin_write()
    yield Explained(connection)
    connection.rollback()
    connection.close()


def fill(connection: Connection, account_id: int) -> None:
    rows = []
    for number in range(1, ENTRIES + 1):
        wording = replace(OPENING, question=f"Question {number}?", topic=f"topic {number % 9}")
        document_id = 1 + number % 5 if number % 2 else None
        about = (number, document_id, wording.question, wording.phrasings, wording.answers, wording.topic)
        entry = KnowledgeEntry(*about, archived=False, version=number)
        rows.append(entry_row(account_id, entry, words_of(wording), number))
    connection.insert(ENTRY_ROWS, rows)
    answer = (
        "INSERT INTO answers (account_id, answer_id, conversation_key, outcome, question_sequence, question, sources,"
        " steps, created_ms) VALUES (?, ?, 1, 'replied', 1, 'hours', '[]', '[]', ?)"
    )
    question = (
        "INSERT INTO unanswered_questions (account_id, answer_id, group_id, conversation_key, question, language,"
        " terms, state, asked_ms) VALUES (?, ?, ?, 1, 'cars', 'en', ?, ?, ?)"
    )
    for number in range(1, 1_000):
        connection.send(answer, (account_id, number, NOW_MS + number))
        state = ("open", "answered", "dismissed")[number % 3]
        terms = "car" if number % 50 else ""
        connection.send(question, (account_id, number, 1 + number % 40, terms, state, NOW_MS))


def page(**query: Any) -> Read:
    return lambda connection, cast: entry_page(connection, cast.olive.id, EntryQuery(**query))


def in_draft(change: Callable[[Draft], object]) -> Read:
    return lambda connection, cast: change(Draft(connection, cast.olive.id, NOW_MS, Recall()))


def an_answer(connection: Any, cast: Cast) -> object:
    sql = (
        "SELECT c.conversation_id, m.message_id, m.sequence FROM messages m JOIN conversations c"
        " ON c.account_id = m.account_id AND c.conversation_key = m.conversation_key"
        " WHERE m.account_id = ? ORDER BY m.sequence LIMIT 1"
    )
    [(conversation_id, message_id, sequence)] = connection._connection.rows(sql, (cast.olive.id,))
    sql = "UPDATE answers SET message_sequence = ? WHERE account_id = ? AND answer_id = 999"
    connection._connection.run(sql, (sequence, cast.olive.id))
    return read_answer(connection, cast.olive.id, conversation_id, message_id)


def what_was_taken_back(connection: Any, cast: Cast) -> object:
    sql = f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.role = 'user' ORDER BY m.sequence LIMIT 1"
    message = Message.of_row(connection._connection.rows(sql, (cast.olive.id,))[0])
    forget_question(Draft(connection, cast.olive.id, NOW_MS, Recall()), message)
    return None


READS: dict[str, Read] = {
    "the version": lambda c, cast: knowledge_version(c, cast.olive.id),
    "an entry": lambda c, cast: find_entry(c, cast.olive.id, 7),
    "what was changed since": lambda c, cast: entries_since(c, cast.olive.id, ENTRIES - 3),
    "all of it": lambda c, cast: entries_since(c, cast.olive.id, 0),
    "a page": page(),
    "a page further down": page(cursor="500"),
    "what is archived": page(archived=True),
    "a search": page(search="question 77"),
    "a topic": page(topic="topic 3"),
    "a document": page(document_id=3),
    "what people wrote": page(passages=False),
    "the topics": lambda c, cast: topics_of(c, cast.olive.id),
    "what was changed about an entry": lambda c, cast: entry_changes(c, cast.olive.id, 7),
    "what was added twice": in_draft(lambda draft: twin_of(draft, 1, OPENING)),
    "the documents": lambda c, cast: living_documents(c, cast.olive.id),
    "a document by its bytes": lambda c, cast: document_of_bytes(c, cast.olive.id, "a" * 64),
    "accounts with new questions": lambda c, cast: accounts_to_gather(c),
    "new questions": lambda c, cast: ungrouped(c, cast.olive.id),
    "groups to join": lambda c, cast: heads(c, cast.olive.id, NOW_MS),
    "groups": lambda c, cast: open_groups(c, cast.olive.id),
    "whether a group is open": in_draft(lambda draft: refuse_settled(draft, 1)),
    "settling a question": in_draft(lambda draft: settle_question(draft, 7)),
    "the report": lambda c, cast: assistant_report(c, cast.olive.id, NOW_MS, "2026-11-01"),
    "an answer": an_answer,
    "what a customer took back": what_was_taken_back,
}


@pytest.mark.anyio
async def test_every_read_goes_by_an_index(explained: Explained, cast: Cast) -> None:
    found: list[str] = []
    for name, read in READS.items():
        explained.plans.clear()
        read(explained, cast)
        assert explained.plans, name
        found += [f"{name}: {sql}\n{plan}" for sql, plan in explained.plans.items() if set(complaints(plan)) - SMALL]
    assert not found, "\n\n".join(found)


@pytest.mark.anyio
async def test_a_report_reads_no_question_and_no_answer(explained: Explained, cast: Cast) -> None:
    READS["the report"](explained, cast)
    [plan] = [plan for sql, plan in explained.plans.items() if "FROM answers" in sql]
    assert "answers_reported" in plan
    assert "COVERING INDEX" in plan or "Index Only Scan" in plan, plan
