"""Figures of an account: how many conversations are where, how long customers wait, who is there."""

from dataclasses import dataclass

from wasl.domain.conversation import ConversationStatus
from wasl.limits import METRICS_WINDOW_HOURS
from wasl.store.database import Connection
from wasl.store.inbox import ACTIVE, status_totals
from wasl.store.message_row import Json

SENTIMENTS = ("positive", "neutral", "negative")


@dataclass(frozen=True, slots=True)
class _Traffic:
    messages_in: int
    messages_out: int


def live_metrics(connection: Connection, account_id: int, now_ms: int) -> Json:
    """What the dashboard's head line shows; waits are measured until `now_ms`."""
    totals = status_totals(connection, account_id)
    since_ms = now_ms - METRICS_WINDOW_HOURS * 3600 * 1000
    traffic = _traffic_since(connection, account_id, since_ms)
    return {
        "active_conversations": sum(totals[status] for status in ACTIVE),
        "bot_conversations": totals[ConversationStatus.BOT],
        "human_conversations": totals[ConversationStatus.HUMAN],
        "waiting_conversations": totals[ConversationStatus.WAITING_HUMAN],
        "resolved_conversations": totals[ConversationStatus.RESOLVED],
        "sentiment_distribution": _sentiments(connection, account_id),
        "average_wait_seconds": _average_wait_seconds(connection, account_id, now_ms),
        "operators": _operators(connection, account_id),
        "window_hours": METRICS_WINDOW_HOURS,
        "messages_in": traffic.messages_in,
        "messages_out": traffic.messages_out,
    }


def _sentiments(connection: Connection, account_id: int) -> dict[str, int]:
    sql = (
        "SELECT sentiment, count(*) FROM conversations WHERE account_id = ? AND sentiment IS NOT NULL"
        " GROUP BY sentiment"
    )
    return dict.fromkeys(SENTIMENTS, 0) | {name: int(total) for name, total in connection.rows(sql, (account_id,))}


def _average_wait_seconds(connection: Connection, account_id: int, now_ms: int) -> int | None:
    """Of those who wait now; None when nobody does."""
    sql = "SELECT avg(waiting_since_ms) FROM conversations WHERE account_id = ? AND status = 'waiting_human'"
    [(since_ms,)] = connection.rows(sql, (account_id,))
    return max(0, round((now_ms - float(since_ms)) / 1000)) if since_ms is not None else None


def _operators(connection: Connection, account_id: int) -> list[Json]:
    sql = (
        "SELECT operator_id, count(*) FROM conversations WHERE account_id = ? AND status = 'human' GROUP BY operator_id"
    )
    open_conversations: dict[int, int] = dict(connection.rows(sql, (account_id,)))
    sql = "SELECT id, name, status FROM operators WHERE account_id = ? AND disabled = 0 ORDER BY name, id"
    return [
        {
            "operator_id": str(operator_id),
            "name": name,
            "status": status,
            "open_conversations": int(open_conversations.get(operator_id, 0)),
        }
        for operator_id, name, status in connection.rows(sql, (account_id,))
    ]


def _traffic_since(connection: Connection, account_id: int, since_ms: int) -> _Traffic:
    """Messages that were saved since, the business's own phone included, imported history not."""
    first = _first_sequence_since(connection, account_id, since_ms)
    sql = (
        "SELECT role, count(*) FROM messages WHERE account_id = ? AND sequence >= ? AND origin <> 'history'"
        " GROUP BY role"
    )
    counted: dict[str, int] = dict(connection.rows(sql, (account_id, first)))
    messages_in = int(counted.pop("user", 0))
    counted.pop("system", None)
    return _Traffic(messages_in, sum(int(total) for total in counted.values()))


def _first_sequence_since(connection: Connection, account_id: int, since_ms: int) -> int:
    """Where in the log a time lies: sequences and times rise together, so halving finds it without an index."""
    sql = "SELECT head_sequence FROM account_stream WHERE account_id = ?"
    low, high = 1, int(connection.rows(sql, (account_id,))[0][0]) + 1
    sql = "SELECT sequence, saved_ms FROM messages WHERE account_id = ? AND sequence >= ? ORDER BY sequence LIMIT 1"
    while low < high:
        middle = (low + high) // 2
        rows = connection.rows(sql, (account_id, middle))
        if not rows or rows[0][1] >= since_ms:
            high = middle
        else:
            low = rows[0][0] + 1
    return low
