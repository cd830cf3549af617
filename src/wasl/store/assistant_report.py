"""What an account's assistant did in the last days: what its turns came to, how people judged it, and what it cost."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from wasl.store.database import Connection
from wasl.store.limits import REPORT_ANSWERS_MAX, TOPICS_LISTED_MAX
from wasl.store.message_row import Json
from wasl.store.reports import sentiments


@dataclass(slots=True)
class _Topic:
    drafts: int = 0
    compared: int = 0
    agreement: int = 0
    replies: int = 0
    up: int = 0
    down: int = 0

    def as_json(self, topic: str | None) -> Json:
        return {
            "topic": topic,
            "drafts": self.drafts,
            "compared": self.compared,
            "agreement": round(self.agreement / self.compared) if self.compared else None,
            "replies": self.replies,
            "up": self.up,
            "down": self.down,
        }


@dataclass(slots=True)
class _Counted:
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    topics: defaultdict[str | None, _Topic] = field(default_factory=lambda: defaultdict(_Topic))


def assistant_report(connection: Connection, account_id: int, since_ms: int, first_day: str) -> Json:
    """Of the answers since a moment, and of the spending since a day (`2026-10-01`, by the account's calendar)."""
    counted = _counted(connection, account_id, since_ms)
    topics = sorted(counted.topics.items(), key=lambda item: (-item[1].drafts - item[1].replies, item[0] or ""))
    sql = (
        "SELECT day, turns, tokens, cost_micros FROM assistant_spending WHERE account_id = ? AND day >= ? ORDER BY day"
    )
    return {
        "outcomes": dict(counted.outcomes),
        "reasons": dict(counted.reasons),
        "topics": [topic.as_json(name) for name, topic in topics[:TOPICS_LISTED_MAX]],
        "spending": [
            {"day": day, "turns": int(turns), "tokens": int(tokens), "cost_micros": int(micros)}
            for day, turns, tokens, micros in connection.rows(sql, (account_id, first_day))
        ],
        "languages": dict(counted.languages),
        "sentiments": sentiments(connection, account_id),
    }


def _counted(connection: Connection, account_id: int, since_ms: int) -> _Counted:
    sql = (
        "SELECT outcome, reason, topic, language, verdict, count(*), count(agreement), sum(agreement)"
        " FROM (SELECT outcome, reason, topic, language, verdict, agreement FROM answers"
        f" WHERE account_id = ? AND created_ms >= ? ORDER BY created_ms DESC LIMIT {REPORT_ANSWERS_MAX}) AS counted"
        " GROUP BY outcome, reason, topic, language, verdict"
    )
    found = _Counted()
    for row in connection.rows(sql, (account_id, since_ms)):
        _count(found, *row)
    return found


def _count(
    found: _Counted,
    outcome: str,
    reason: str | None,
    topic: str | None,
    language: str | None,
    verdict: str | None,
    count: Any,
    compared: Any,
    agreement: Any,
) -> None:
    found.outcomes[outcome] += int(count)
    if outcome == "handed_over" and reason:
        found.reasons[reason] += int(count)
    found.languages[language or "unknown"] += int(count)
    if outcome not in ("replied", "drafted"):
        return
    of_topic = found.topics[topic]
    if outcome == "replied":
        of_topic.replies += int(count)
    else:
        of_topic.drafts += int(count)
        of_topic.compared += int(compared)
        of_topic.agreement += int(agreement or 0)
    of_topic.up += int(count) if verdict == "up" else 0
    of_topic.down += int(count) if verdict == "down" else 0
