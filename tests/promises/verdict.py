"""What must hold of several nodes in the end: the database, every observer and every node say the same."""

from collections.abc import Sequence
from typing import Any

import orjson

from promises.cluster import Cluster, Crowd, Load
from promises.load import Sent
from promises.observers import Observer
from promises.oracle import (
    Log,
    check_conversations,
    check_log,
    check_messages,
    check_seen,
    check_unread,
    head_sequence,
    rows,
)
from story.node import Node
from story.people import Business, Operator
from wasl.settings import Settings

UNFORESEEN = frozenset(
    {
        "live task failed",
        "timer failed",
        "journal change failed",
        "log diverged",
        "webhook stored one update at a time",
        "update quarantined",
    }
)
"""Lines of a node's log that no outage explains."""


async def check_whole(cluster: Cluster, crowd: Crowd, load: Load) -> Log:
    """Wait for everybody, and hold what they saw against the log, and the log against what was acknowledged."""
    await crowd.until(head_sequence(cluster.home, cluster.bakery))
    await crowd.end()
    log = await check_memory(cluster, load.sent)
    check_seen(log, crowd.observers)
    print(_told(log, load.sent, crowd.observers))
    return log


async def check_memory(cluster: Cluster, sent: Sent) -> Log:
    """What was acknowledged is there once, and all nodes show it alike."""
    assert sent.ids == sent.acknowledged
    check_messages(cluster.home, cluster.bakery, sent.acknowledged)
    log = check_log(cluster.home, cluster.bakery)
    check_conversations(cluster.home, cluster.bakery)
    for desk in (*cluster.sara, *cluster.omar):
        await check_unread(cluster.home, cluster.bakery, desk)
    await check_views(cluster.home, cluster.bakery, cluster.sara, log)
    for node in cluster.nodes:
        node.check_ledger()
        check_foreseen(node)
    return log


async def check_views(settings: Settings, business: Business, desks: Sequence[Operator], log: Log) -> None:
    """Every node shows one list, ordered by the last activity; each history is the oracle's, message by message in the
    order of positions; and a screen that was kept up by the events alone shows the very same rows."""
    lists = [(await desk.chats(page_size=100))["chats"] for desk in desks]
    assert all(shown == lists[0] for shown in lists)
    assert lists[0] == sorted(lists[0], key=lambda chat: -chat["last_sequence"])
    by_events = messages_by_events(log)
    ordered = (
        "SELECT m.message_id FROM messages m JOIN conversations c ON c.account_id = m.account_id"
        " AND c.conversation_key = m.conversation_key WHERE c.account_id = ? AND c.conversation_id = ?"
        " ORDER BY m.clock, m.sequence"
    )
    for place, chat in enumerate(lists[0]):
        shown = await desks[place % len(desks)].whole_history(chat, limit=100)
        expected = rows(settings, ordered, int(business.account_id), chat["conversation_id"])
        assert [message["message_id"] for message in shown] == [row[0] for row in expected]
        assert [by_events[message["message_id"]] for message in shown] == shown


def messages_by_events(log: Log) -> dict[str, dict[str, Any]]:
    """Every message as the newest event about it shows it."""
    found: dict[str, dict[str, Any]] = {}
    for sequence in sorted(log):
        message = orjson.loads(b"{" + log[sequence][1]).get("message")
        if message and message["version"] > found.get(message["message_id"], {}).get("version", 0):
            found[message["message_id"]] = message
    return found


def check_foreseen(node: Node) -> None:
    """Its log has no line that says that the program itself was wrong."""
    found = [line for line in node.lines() if line["event"] in UNFORESEEN]
    assert [line for line in found if "Unavailable" not in line.get("error", "")] == []


def delays(log: Log, sent: Sent, observer: Observer, begun: float, ended: float) -> list[float]:
    """How long the messages that were acknowledged in that time took from there to an observer's screen, in seconds."""
    announced = {
        orjson.loads(b"{" + raw)["message"]["message_id"]: sequence
        for sequence, (_, raw) in log.items()
        if b'"message":{' in raw
    }
    shown = dict(zip((seen[0] for seen in observer.seen), observer.at, strict=True))
    return [
        max(0.0, shown[announced[message_id]] - at)
        for message_id, at in sent.acknowledged_at.items()
        if begun <= at < ended
    ]


def _told(log: Log, sent: Sent, observers: Sequence[Observer]) -> str:
    connections = sum(observer.connections for observer in observers)
    put_off = sum(observer.put_off for observer in observers)
    return (
        f"{len(sent.acknowledged)} messages in {sent.bodies} bodies, {sent.retries} retries, {len(log)} events;"
        f" {len(observers)} observers, {connections} connections, {put_off} of them put off"
    )
