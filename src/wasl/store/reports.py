"""Figures of an account: how many conversations are where, how long customers wait, who is there."""

from dataclasses import dataclass

from wasl.domain.conversation import ConversationStatus
from wasl.limits import METRICS_EVENTS_COUNTED_MAX, METRICS_WINDOW_HOURS
from wasl.store.database import Connection
from wasl.store.event_log import head_of
from wasl.store.inbox import ACTIVE, status_totals
from wasl.store.message_row import Json
from wasl.store.moments import first_sequence_since

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
        "sentiment_distribution": sentiments(connection, account_id),
        "language_distribution": _languages(connection, account_id),
        "handover_reasons": _reasons(connection, account_id),
        "average_wait_seconds": _average_wait_seconds(connection, account_id, now_ms),
        "operators": _operators(connection, account_id),
        "window_hours": traffic.window_hours,
        "messages_in": traffic.messages_in,
        "messages_out": traffic.messages_out,
    }


def sentiments(connection: Connection, account_id: int) -> dict[str, int]:
    """In what mood the customers of an account are: how many conversations of each. Only what is felt is written down:
    all others are neutral."""
    sql = (
        "SELECT sentiment, count(*) FROM conversations WHERE account_id = ? AND sentiment IS NOT NULL"
        " GROUP BY sentiment"
    )
    felt = {name: int(total) for name, total in connection.rows(sql, (account_id,))}
    neutral = max(0, sum(status_totals(connection, account_id).values()) - sum(felt.values()))
    return dict.fromkeys(SENTIMENTS, 0) | {"neutral": neutral} | felt


def _languages(connection: Connection, account_id: int) -> dict[str, int]:
    sql = "SELECT language, count(*) FROM conversations WHERE account_id = ? AND language IS NOT NULL GROUP BY language"
    return {name: int(total) for name, total in connection.rows(sql, (account_id,))}


def _reasons(connection: Connection, account_id: int) -> dict[str, int]:
    """Why those who wait now wait. Who has waited since before there were reasons has none."""
    sql = (
        "SELECT handover_reason, count(*) FROM conversations WHERE account_id = ? AND status = 'waiting_human'"
        " AND handover_reason IS NOT NULL GROUP BY handover_reason"
    )
    return {reason: int(total) for reason, total in connection.rows(sql, (account_id,))}


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
    first = first_sequence_since(connection, account_id, now_ms - METRICS_WINDOW_HOURS * 3600 * 1000, head)
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
