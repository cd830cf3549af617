"""Reactions and read receipts on their way to customers: the newest word about a message is the only one that counts.

Telling one twice does no harm, so a claim whose holder died, or whose answer was lost, is simply made again. But words
must not overtake each other: while one is under way, a newer one waits for its end. Times are the database's, as in the
outbox. A row of `read` stays when it was told, and says up to where; one of `typing` says when that was told last.
"""

from dataclasses import dataclass

from wasl.domain.sending import SignalKind
from wasl.limits import CLOCK_PUT_BACK_SECONDS, SIGNAL_ATTEMPTS_MAX, SIGNAL_LEASE_SECONDS, TYPING_EVERY_SECONDS
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.message_row import Message

# What a dead node had under way is free at once, as in the outbox.
_DUE = (
    "s.due_ms IS NOT NULL AND (s.due_ms <= NOW_MS() OR s.since_ms > NOW_MS() + ?)"
    " AND (s.lease_ms IS NULL OR s.lease_ms <= NOW_MS() OR s.since_ms > NOW_MS() + ?"
    " OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.node = s.node))"
)
_PUT_BACK_MS = CLOCK_PUT_BACK_SECONDS * 1000
_THIS = "account_id = ? AND conversation_key = ? AND kind = ? AND target = ?"


@dataclass(frozen=True, slots=True)
class DueSignal:
    """Something to be told now. `target` tells rows of one conversation and kind apart: our id of a message."""

    account_id: int
    conversation_key: int
    kind: SignalKind
    target: str
    channel_id: int
    message_id: str
    emoji: str
    version: int
    attempt: int
    claim: int

    @property
    def row(self) -> tuple[int, int, str, str]:
        return (self.account_id, self.conversation_key, self.kind.value, self.target)


def note_signal(
    draft: Draft,
    conversation: Conversation,
    kind: SignalKind,
    target: str,
    message_id: str,
    version: int,
    emoji: str = "",
) -> None:
    """Let something be told about what the provider calls `message_id`; an older word of the same row that has not been
    told yet never will be."""
    draft.connection.send(
        "INSERT INTO signals (account_id, conversation_key, kind, target, channel_id, message_id, emoji, version,"
        " due_ms, since_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NOW_MS(), NOW_MS())"
        # Not its lease: whoever tells the older word now must be done before this one may follow.
        " ON CONFLICT (account_id, conversation_key, kind, target) DO UPDATE SET message_id = excluded.message_id,"
        " emoji = excluded.emoji, version = excluded.version, attempt = 0, due_ms = excluded.due_ms,"
        " since_ms = excluded.since_ms",
        (
            draft.account_id,
            conversation.key,
            kind.value,
            target,
            conversation.channel.channel_id,
            message_id,
            emoji,
            version,
        ),
    )


def note_read(draft: Draft, conversation: Conversation, sequence: int) -> None:
    """Let the customer know that they were read, up to their newest message that is not after a sequence; nothing when
    that was said of it, or of a newer one. Only that message is told of: it marks those before it too."""
    where = (
        "m.conversation_key = ? AND m.role = 'user' AND m.origin = 'live' AND m.deleted_ms IS NULL"
        " AND m.sequence <= ? ORDER BY m.clock DESC, m.sequence DESC LIMIT 1"
    )
    newest = draft.message_where(where, (conversation.key, sequence))
    if newest is None:
        return
    sql = "SELECT message_id FROM signals WHERE account_id = ? AND conversation_key = ? AND kind = 'read'"
    for (told_id,) in draft.connection.rows(sql, (draft.account_id, conversation.key)):
        told = draft.message_where("m.channel_id = ? AND m.message_id = ?", (newest.channel_id, told_id))
        if told is not None and told.position >= newest.position:
            return
    note_signal(draft, conversation, SignalKind.READ, "", newest.id, newest.sequence)


def untold_click(draft: Draft, conversation: Conversation, message_id: str) -> int | None:
    """The number of the reaction to a message that waits and that nobody has begun to tell, nor will before the open
    transaction is over: nothing is changed, but the row is held."""
    sql = f"UPDATE signals SET version = version WHERE {_THIS} AND attempt = 0 RETURNING version"
    rows = draft.connection.rows(sql, (draft.account_id, conversation.key, SignalKind.REACTION.value, message_id))
    return int(rows[0][0]) if rows else None


def drop_signal(draft: Draft, message: Message) -> None:
    """Let a reaction of ours not be told any more, unless somebody has begun to."""
    row = (draft.account_id, message.conversation_key, SignalKind.REACTION.value, message.id)
    draft.connection.send(f"DELETE FROM signals WHERE {_THIS} AND attempt = 0", row)


def signals_wait(connection: Connection) -> bool:
    """Whether anything is due: looking is cheaper than claiming."""
    return bool(connection.rows(f"SELECT 1 FROM signals s WHERE {_DUE} LIMIT 1", (_PUT_BACK_MS, _PUT_BACK_MS)))


def claim_signals(connection: Connection, node: str, limit: int) -> list[DueSignal]:
    """Take what is due, in an open transaction that writes; nothing if this node is gone in the eyes of the others."""
    columns = "account_id, conversation_key, kind, target, channel_id, message_id, emoji, version, attempt, claims"
    put_back = (_PUT_BACK_MS, _PUT_BACK_MS)
    sql = f"SELECT {columns} FROM signals s WHERE {_DUE} ORDER BY due_ms LIMIT ?"
    taken = []
    for row in connection.rows(sql, (*put_back, limit)):
        account_id, conversation_key, kind, target, channel_id, message_id, emoji, version, attempt, claims = row
        claim = (
            "UPDATE signals AS s SET attempt = attempt + 1, claims = claims + 1, node = ?, since_ms = NOW_MS(),"
            f" lease_ms = NOW_MS() + ? WHERE {_THIS} AND version = ? AND claims = ? AND {_DUE}"
            " AND EXISTS (SELECT 1 FROM nodes m WHERE m.node = ?)"
        )
        named = (node, SIGNAL_LEASE_SECONDS * 1000, *row[:4], version, claims, *put_back, node)
        if connection.run(claim, named) == 1:
            about = (SignalKind(kind), target, channel_id, message_id, emoji, version, attempt + 1, claims + 1)
            taken.append(DueSignal(account_id, conversation_key, *about))
    return taken


def signal_told(connection: Connection, due: DueSignal) -> None:
    """It was told, or never will be; a newer word that came meanwhile may follow now."""
    if due.kind is SignalKind.READ:
        sql = f"UPDATE signals SET due_ms = NULL, lease_ms = NULL WHERE {_THIS} AND version = ? AND claims = ?"
    else:
        sql = f"DELETE FROM signals WHERE {_THIS} AND version = ? AND claims = ?"
    if connection.run(sql, (*due.row, due.version, due.claim)) == 0:
        _let_newer_follow(connection, due)


def signal_missed(connection: Connection, due: DueSignal, again_after_seconds: float) -> None:
    """Tell it again later, unless there is a newer word."""
    sql = (
        "UPDATE signals SET due_ms = NOW_MS() + ?, since_ms = NOW_MS(), lease_ms = NULL"
        f" WHERE {_THIS} AND version = ? AND claims = ?"
    )
    if connection.run(sql, (round(again_after_seconds * 1000), *due.row, due.version, due.claim)) == 0:
        _let_newer_follow(connection, due)


def is_last_attempt(due: DueSignal) -> bool:
    """Whether it is given up if it fails now."""
    return due.attempt >= SIGNAL_ATTEMPTS_MAX


def may_tell_typing(connection: Connection, account_id: int, conversation_key: int, channel_id: int) -> bool:
    """Whether no node has told of it for a while; then this one does. In an open transaction that writes."""
    sql = (
        "INSERT INTO signals (account_id, conversation_key, kind, target, channel_id, message_id, version, since_ms)"
        " VALUES (?, ?, 'typing', '', ?, '', 0, NOW_MS()) ON CONFLICT (account_id, conversation_key, kind, target)"
        " DO UPDATE SET since_ms = excluded.since_ms"
        " WHERE signals.since_ms <= NOW_MS() - ? OR signals.since_ms > NOW_MS() + ?"
    )
    pause_ms = round(TYPING_EVERY_SECONDS * 1000)
    return connection.run(sql, (account_id, conversation_key, channel_id, pause_ms, _PUT_BACK_MS)) == 1


def read_by_typing(
    connection: Connection, account_id: int, conversation_key: int, channel_id: int, message_id: str, sequence: int
) -> None:
    """The sign of typing names a message, and marks it as read: that need not be told once more."""
    sql = (
        "INSERT INTO signals (account_id, conversation_key, kind, target, channel_id, message_id, version, since_ms)"
        " VALUES (?, ?, 'read', '', ?, ?, ?, NOW_MS()) ON CONFLICT (account_id, conversation_key, kind, target)"
        " DO UPDATE SET message_id = excluded.message_id, version = excluded.version, due_ms = NULL"
        " WHERE signals.version < excluded.version"
    )
    connection.run(sql, (account_id, conversation_key, channel_id, message_id, sequence))


def _let_newer_follow(connection: Connection, due: DueSignal) -> None:
    connection.run(f"UPDATE signals SET lease_ms = NULL WHERE {_THIS} AND claims = ?", (*due.row, due.claim))
