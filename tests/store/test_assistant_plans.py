"""What the assistant's timers and turns ask goes by an index, on both databases: what it costs does not grow."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cast import Cast
from crowd import crowd
from store.test_plans import NOW_MS, Explained, complaints, sorts_too_much
from wasl.domain.conversation import ConversationStatus
from wasl.store.agreement import Uncompared, agreement_on, is_superseded, said_since, uncompared_drafts
from wasl.store.database import Connection, Engine
from wasl.store.facts import facts_of
from wasl.store.history import trace_of
from wasl.store.idle import silent_conversations
from wasl.store.last_words import was_told
from wasl.store.moments import first_sequence_since
from wasl.store.past_bursts import past_bursts
from wasl.store.reports import live_metrics
from wasl.store.turn_claims import due_turns, forsaken_turns, waiting_accounts
from wasl.store.urgency import Waiting, accounts_that_keep_waiting, level_of, waiting_since

CONVERSATIONS = 4_000
DRAFT = Uncompared(1, 77, 8_077, 4_077, "draft", (), NOW_MS)
WAITING = Waiting(1, 78, 1, NOW_MS, 0, 78)


@pytest.fixture
def explained(engine: Engine, cast: Cast) -> Iterator[Any]:
    crowd(engine, cast.olive_number, CONVERSATIONS, messages_each=2)
    crowd(engine, cast.cedar_number, 500)
    connection = engine.connect()
    connection.begin_write()
    write_answers(connection, cast)
    write_turns(connection)
    connection.commit()
    if connection.dialect == "postgres":
        connection.run("ANALYZE")
    connection.begin_write()
    if connection.dialect == "postgres":
        connection.run("SET LOCAL enable_seqscan = off")
    yield Explained(connection)
    connection.rollback()
    connection.close()


def write_answers(connection: Connection, cast: Cast) -> None:
    """An answer to each first message: of ten one is a draft that waits, three were compared."""
    sql = (
        "INSERT INTO answers (account_id, answer_id, conversation_key, outcome, question_sequence, question, reply,"
        " sources, steps, topic, agreement, compared, created_ms) SELECT account_id, sequence + 4000, conversation_key,"
        " CASE MOD(sequence, 10) WHEN 0 THEN 'drafted' ELSE 'replied' END, sequence, 'q', 'r', '[]',"
        " '[[\"committed\",1,null]]', CASE MOD(sequence, 3) WHEN 0 THEN 'hours' WHEN 1 THEN 'prices' END,"
        " CASE WHEN MOD(sequence, 10) IN (1, 2, 3) THEN 50 END, CASE MOD(sequence, 10) WHEN 0 THEN 0 ELSE 1 END, 0"
        " FROM messages WHERE account_id = ? AND sequence <= 8000"
    )
    connection.run(sql, (cast.olive.id,))
    connection.run(
        "UPDATE conversations SET language = 'en', handover_reason = 'off', window_from_ms = last_activity_ms"
    )


def write_turns(connection: Connection) -> None:
    """Everybody waits, and one in a hundred is thought about."""
    sql = (
        "INSERT INTO turns (account_id, conversation_key, channel_id, shadow, upto_sequence, since_ms, due_ms, state)"
        " SELECT account_id, conversation_key, channel_id, 0, last_sequence, 0, last_sequence,"
        " CASE MOD(conversation_key, 100) WHEN 0 THEN 'thinking' ELSE 'waiting' END FROM conversations"
    )
    connection.run(sql)
    connection.run(
        "INSERT INTO contact_facts (account_id, fact_id, conversation_key, fact, noted_ms)"
        " SELECT account_id, conversation_key, conversation_key, 'likes olives', 0 FROM conversations"
    )


Read = Callable[[Any, Cast], object]
READS: dict[str, Read] = {
    "where somebody waits": lambda c, cast: accounts_that_keep_waiting(c),
    "who waits": lambda c, cast: waiting_since(c, cast.olive.id, [cast.olive_number.id], 0, 500),
    "how soon a window closes": lambda c, cast: level_of(c, WAITING, NOW_MS, 12_000, {}),
    "who is silent": lambda c, cast: silent_conversations(
        c, cast.olive.id, ConversationStatus.HUMAN, [cast.olive_number.id], 5, 3_000, 200
    ),
    "where a moment lies": lambda c, cast: first_sequence_since(c, cast.olive.id, NOW_MS),
    "what is to be compared": lambda c, cast: uncompared_drafts(c, (70, 1, 5), 200),
    "what was said since": lambda c, cast: said_since(c, DRAFT),
    "whether a draft is superseded": lambda c, cast: is_superseded(c, DRAFT, 9_000),
    "the agreement on a topic": lambda c, cast: agreement_on(c, cast.olive.id, "hours", 20),
    "the agreement on no topic": lambda c, cast: agreement_on(c, cast.olive.id, None, 20),
    "what was said last": lambda c, cast: was_told(c, cast.olive.id, 77, 0),
    "who waits for the assistant": lambda c, cast: waiting_accounts(c),
    "whose turn it is": lambda c, cast: due_turns(c, {cast.olive.id: 5, cast.cedar.id: 5}),
    "whom nobody thinks about any more": lambda c, cast: forsaken_turns(c, "n1", [], 5),
    "what is known of a person": lambda c, cast: facts_of(c, cast.olive.id, 77),
    "the trace of a question": lambda c, cast: trace_of(c, cast.olive.id, "m77"),
    "the past": lambda c, cast: past_bursts(c, cast.olive.id, [cast.olive_number.id], NOW_MS - 10**6, 50),
    "the figures": lambda c, cast: live_metrics(c, cast.olive.id, NOW_MS),
}


@pytest.mark.anyio
async def test_every_read_goes_by_an_index(explained: Explained, cast: Cast) -> None:
    found: list[str] = []
    for name, read in READS.items():
        explained.plans.clear()
        read(explained, cast)
        assert explained.plans, name
        found += [f"{name}: {sql}\n{plan}" for sql, plan in explained.plans.items() if complaints(plan)]
        found += [f"{name} sorts: {sql}\n{plan}" for sql, plan in explained.plans.items() if sorts_too_much(sql, plan)]
    assert not found, "\n\n".join(found)


@pytest.mark.anyio
async def test_what_is_compared_already_is_not_looked_at_again(explained: Explained, cast: Cast) -> None:
    uncompared_drafts(explained, (0, 0, 0), 5)
    [plan] = explained.plans.values()
    assert "answers_to_compare" in plan, plan
    explained.plans.clear()
    agreement_on(explained, cast.olive.id, "hours", 20)
    [plan] = explained.plans.values()
    assert "answers_of_topic" in plan, plan
