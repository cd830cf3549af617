"""Attempts to send, made by hand in the place of a node."""

from typing import Any

from wasl.store.attempts import Claim, ClaimMessage
from wasl.store.draft import Draft
from wasl.store.journal import Journal, change_of
from wasl.store.message_row import Message
from wasl.store.outbox import Due

NODE = "n1:of the tests"


def due_of(message: Message) -> Due:
    return Due(message.account_id, message.sequence, message.channel_id, message.conversation_key)


async def claimed(journal: Journal, message: Message, node: str = NODE) -> Claim:
    """A message's attempt by a node that lives."""
    await live(journal, node)
    claim = await journal.submit(ClaimMessage(due_of(message), node))
    assert claim is not None
    return claim


async def live(journal: Journal, node: str = NODE) -> None:
    """Let the others take a node for living."""

    def insert(draft: Draft) -> Any:
        sql = "INSERT INTO nodes (node, name, seen_ms, ahead_ms) VALUES (?, 'n1', NOW_MS(), 0) ON CONFLICT DO NOTHING"
        return draft.connection.run(sql, (node,))

    await journal.submit(change_of(0, insert))


async def die(journal: Journal, node: str = NODE) -> None:
    """Let the others take it for dead."""

    def delete(draft: Draft) -> Any:
        return draft.connection.run("DELETE FROM nodes WHERE node = ?", (node,))

    await journal.submit(change_of(0, delete))
