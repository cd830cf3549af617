"""Figures of an account: how many conversations are where, how long customers wait, who is there."""

from dataclasses import dataclass

from wasl.domain.conversation import ConversationStatus
from wasl.limits import METRICS_EVENTS_COUNTED_MAX, METRICS_WINDOW_HOURS
from wasl.store.database import Connection
from wasl.store.event_log import head_of
from wasl.store.inbox import ACTIVE, status_totals
from wasl.store.message_row import Json

SENTIMENTS = ("positive", "neutral", "negative")


@dataclass(frozen=True, slots=True)
class _Traffic:
    """What came and went within the last hours."""

    window_hours: float
    messages_in: int
    messages_out: int


def live_metrics(connection: Connection, account_id: int, now_ms: int) -> Json:
    """What the dashboard's head line shows; waits are measured until `now_ms`."""
    totals = status_totals(connection, account_id)
    traffic = _traffic(connection, account_id, now_ms)
    return {
        "active_conversations": sum(totals[status] for status in ACTIVE),
        "bot_conversations": totals[ConversationStatus.BOT],
        "human_conversations": totals[ConversationStatus.HUMAN],
        "waiting_conversations": totals[ConversationStatus.WAITING_HUMAN],
        "resolved_conversations": totals[ConversationStatus.RESOLVED],
        "sentiment_distribution": _sentiments(connection, account_id),
        "average_wait_seconds": _average_wait_seconds(connection, account_id, now_ms),
        "operators": _operators(connection, account_id),
        "window_hours": traffic.window_hours,
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


def _traffic(connection: Connection, account_id: int, now_ms: int) -> _Traffic:
    """Messages of the window, the business's own phone included, imported history not. Where very much is written the
    window is shorter: so far back as a bounded count reaches."""
    head = head_of(connection, account_id).sequence
    first = _first_sequence_since(connection, account_id, now_ms - METRICS_WINDOW_HOURS * 3600 * 1000, head)
    hours = float(METRICS_WINDOW_HOURS)
    if head - first >= METRICS_EVENTS_COUNTED_MAX:
        first = head - METRICS_EVENTS_COUNTED_MAX + 1
        hours = _hours_since(connection, account_id, first, now_ms)
    sql = (
        "SELECT role, count(*) FROM messages WHERE account_id = ? AND sequence >= ? AND origin <> 'history'"
        " GROUP BY role"
    )
    counted: dict[str, int] = dict(connection.rows(sql, (account_id, first)))
    messages_out = sum(int(counted.get(role, 0)) for role in ("bot", "operator"))
    return _Traffic(hours, int(counted.get("user", 0)), messages_out)


def _hours_since(connection: Connection, account_id: int, sequence: int, now_ms: int) -> float:
    sql = "SELECT saved_ms FROM messages WHERE account_id = ? AND sequence >= ? ORDER BY sequence LIMIT 1"
    rows = connection.rows(sql, (account_id, sequence))
    return round(max(0, now_ms - rows[0][0]) / 3_600_000, 2) if rows else 0.0


def _first_sequence_since(connection: Connection, account_id: int, since_ms: int, head: int) -> int:
    """Where in the log a time lies: sequences and times rise together, so halving finds it without an index."""
    sql = "SELECT sequence, saved_ms FROM messages WHERE account_id = ? AND sequence >= ? ORDER BY sequence LIMIT 1"
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        rows = connection.rows(sql, (account_id, middle))
        if not rows or rows[0][1] >= since_ms:
            high = middle
        else:
            low = rows[0][0] + 1
    return low
