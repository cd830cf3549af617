"""Attempts to send, made by hand in the place of a node."""

from typing import Any

from cast import Cast
from wasl.domain.message import Content, MessageStatus
from wasl.domain.sending import SendOutcome
from wasl.store.attempts import Claim, ClaimMessage, ForsakeAttempt, SettleAttempt, forsaken_claims
from wasl.store.database import Database
from wasl.store.draft import Draft
from wasl.store.journal import Journal, change_of
from wasl.store.message_row import Message
from wasl.store.outbox import Due, QueueMessage, due_messages

NODE = "n1:of the tests"


def due_of(message: Message, attempts: int = 0) -> Due:
    """A message as a look finds it after so many attempts."""
    return Due(message.account_id, message.sequence, message.channel_id, message.conversation_key, None, attempts)


async def begun(journal: Journal, message: Message) -> int:
    """How many attempts there were."""
    sql, whose = (
        "SELECT attempt FROM outbox WHERE sequence = ? AND account_id = ?",
        (message.sequence, message.account_id),
    )
    [(count,)] = await journal.submit(change_of(message.account_id, lambda draft: draft.connection.rows(sql, whose)))
    return int(count)


async def claimed(journal: Journal, message: Message, node: str = NODE) -> Claim:
    """A message's attempt by a node that lives."""
    await live(journal, node)
    claim = await journal.submit(ClaimMessage(due_of(message, await begun(journal, message)), node))
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


class Desk:
    """Rana's replies to Adam, and the outbox as every node sees it."""

    def __init__(self, journal: Journal, database: Database, cast: Cast) -> None:
        self._journal, self._database, self._cast = journal, database, cast

    async def write(self, text: str) -> Message:
        sql = "SELECT conversation_id, contact_id FROM conversations WHERE account_id = ?"
        [(conversation_id, contact_id)] = self.rows(sql, self._cast.olive.id)
        olive, rana = self._cast.olive.id, self._cast.rana
        return await self._journal.submit(
            QueueMessage(olive, rana, conversation_id, str(contact_id), Content.of_text(text))
        )

    async def settle(self, message: Message, attempt: int, outcome: SendOutcome) -> MessageStatus | None:
        return await self._journal.submit(SettleAttempt(due_of(message), attempt, outcome))

    async def forsake(self) -> list[bool]:
        """What every node does once a second."""
        found = self._database.read_now(forsaken_claims)
        return [await self._journal.submit(ForsakeAttempt(due, attempt)) for due, attempt in found]

    def due(self) -> list[int]:
        return [due.sequence for due in self._database.read_now(lambda c: due_messages(c, [], 50))]

    def status(self, message: Message) -> str:
        [(status,)] = self.rows("SELECT status FROM messages WHERE sequence = ? AND account_id = 1", message.sequence)
        return str(status)

    def states(self) -> list[str]:
        return [state for (state,) in self.rows("SELECT state FROM outbox ORDER BY sequence")]

    async def wait(self, seconds: int) -> None:
        """Let this time pass for the outbox."""

        def earlier(draft: Draft) -> None:
            about = (seconds * 1000, seconds * 1000)
            draft.connection.run("UPDATE outbox SET due_ms = due_ms - ?, lease_ms = lease_ms - ?", about)

        await self._journal.submit(change_of(0, earlier))

    async def close_window(self) -> None:
        """Let what waits be free text, and the customer's window be closed: they wrote weeks ago."""
        await self._change("UPDATE outbox SET windowed = 1")

    async def age(self, message: Message, seconds: int) -> None:
        """Let a message have been written so much earlier."""
        earlier = f"saved_ms = saved_ms - {seconds * 1000}"
        await self._change(f"UPDATE messages SET {earlier} WHERE sequence = {message.sequence}")

    async def _change(self, sql: str) -> None:
        await self._journal.submit(change_of(0, lambda draft: draft.connection.run(sql)))

    def error(self, message: Message) -> Any:
        [(error,)] = self.rows("SELECT error FROM messages WHERE sequence = ? AND account_id = 1", message.sequence)
        return error

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        return self._database.read_now(lambda c: c.rows(sql, parameters))
