"""Right histories: what a system that keeps its promises leaves behind."""

from typing import Any

from torture.judged.tale import (
    BEGAN,
    CALLBACKS,
    ENDED,
    HEALED,
    RESTORED,
    WAMIDS,
    A,
    B,
    Happening,
    Logs,
    Tale,
    customers,
    first_log,
    happened,
    second_log,
)
from wasl.torture import history
from wasl.torture.history import digest

FIGURES = {
    'wasl_replays_total{source="database"}': 1.0,
    "wasl_log_reads_total": 9.0,
    'wasl_ledger{entry="duplicates"}': 3.0,
    "wasl_changes_total": 8.0,
    "wasl_commits_total": 5.0,
    "wasl_stalled_readers_total": 1.0,
    'wasl_sends_total{outcome="interrupted"}': 1.0,
}
COPIED_BEHIND = 8
"""The event of account 1 that is the last in the copy which is restored."""
STREAM, POLL, SLOW, WALK = "cedar-sse-steady", "cedar-poll-steady", "blue-socket-slow", "cedar-walk-steady"


def right(log: list[Happening] | None = None) -> Tale:
    """One era, one node, one kill."""
    tale = Tale([{1: log or first_log(), 2: second_log()}])
    used(tale)
    tale.evidence(0, ENDED)
    watchers(tale)
    last = tale.logs[0][1][-1].sequence
    by_stream(tale, last)
    by_poll(tale, last)
    by_socket(tale)
    by_walk(tale, last)
    return tale


def used(tale: Tale) -> None:
    """What the provider, the operators and the faults did until everything was healed."""
    for log in tale.logs[0].values():
        for each in log:
            if each.kind == "new_message" and each.message is not None and each.message[1] == "user":
                delivered(tale, each)
    statuses(tale, "wamid.out1", {8: "sent", 9: "delivered", 11: "read"})
    replied(tale, 6, 1)
    replied(tale, 13, 2)
    tale.did(
        history.ReadUpTo(tale.at(5).at + 0.1, 1, A, 5, 200),
        history.Fault(BEGAN + 5.1, BEGAN + 6, "kill_node", "node-0", ""),
        history.Healed(HEALED),
        *(history.Sampled(BEGAN + n, "node-0", 7, 100_000_000 + n, FIGURES) for n in range(0, 40, 2)),
    )


def delivered(tale: Tale, event: Happening) -> None:
    """The provider delivers a message."""
    message: list[Any] = event.message or []
    tale.did(history.Posted(event.at - 0.1, event.account, [message[0]], []))
    tale.did(history.Acknowledged(event.at, "node-0", [message[0]], []))


def statuses(tale: Tale, wamid: str, words: dict[int, str]) -> None:
    """The provider tells how far a message of ours has come."""
    for sequence, word in words.items():
        at = tale.at(sequence, era=0).at
        tale.did(history.Posted(at - 0.1, 1, [], [f"{wamid}:{word}"]))
        tale.did(history.Acknowledged(at, "emulator", [], [f"{wamid}:{word}"]))


def replied(tale: Tale, sequence: int, place: int) -> None:
    """An operator replies: asks once, is answered, and the provider takes it."""
    event = tale.at(sequence, era=0)
    message: list[Any] = event.message or []
    name, client, text = message[0], message[6], digest(message[0].encode())
    newest = tale.messages(event.conversation, sequence - 1, era=0)[-1]
    tale.did(
        history.Asked(event.at - 0.1, 1, event.conversation, client, text, [newest[2], newest[3]], 0),
        history.Answered(event.at, client, 200, "", message),
        history.Accepted(place, event.at + 0.6, WAMIDS[name], CALLBACKS[name], "961", text, True),
    )


def watchers(tale: Tale) -> None:
    tale.saw(
        history.Watcher(STREAM, 1, 1, "sse", "steady"),
        history.Watcher(POLL, 1, 2, "poll", "steady"),
        history.Watcher(SLOW, 2, 3, "socket", "slow"),
        history.Watcher(WALK, 1, 1, "walk", "steady"),
    )


def fresh(tale: Tale, who: str, account: int, operator: int) -> None:
    """A watcher begins as a fresh page does."""
    tale.came(BEGAN, who, None)
    tale.listed(BEGAN, who, account, operator, 0, era=0)
    tale.saw(history.Told(BEGAN + 0.01, who, "conversations", tale.cursor(0), "loaded"))
    tale.came(BEGAN + 0.1, who, tale.cursor(0))


def by_stream(tale: Tale, last: int) -> None:
    """Loses its connection when the node dies, and goes on where it stood."""
    fresh(tale, STREAM, 1, 1)
    tale.shown(STREAM, range(1, 9))
    tale.saw(history.Told(BEGAN + 5.2, STREAM, "lost", None, "reset"))
    tale.came(BEGAN + 6.1, STREAM, tale.cursor(8), "header")
    tale.shown(STREAM, range(9, last + 1))
    tale.saw(history.Told(HEALED + 1, STREAM, "heartbeat", tale.cursor(last), ""))
    tale.ended(STREAM, 1, 1)


def by_poll(tale: Tale, last: int) -> None:
    fresh(tale, POLL, 1, 2)
    tale.shown(POLL, range(1, 7), delay=0.05)
    tale.came(BEGAN + 4.2, POLL, tale.cursor(6))
    tale.shown(POLL, range(7, last + 1), delay=0.05)
    tale.ended(POLL, 1, 2)


def by_socket(tale: Tale) -> None:
    fresh(tale, SLOW, 2, 3)
    tale.shown(SLOW, range(1, 4), account=2, delay=1.0)
    tale.ended(SLOW, 2, 3)


def by_walk(tale: Tale, last: int) -> None:
    """Reads everything page by page, and watches beside."""
    fresh(tale, WALK, 1, 1)
    tale.shown(WALK, range(1, last + 1), delay=0.02)
    tale.walked(HEALED + 2, WALK, A, last)
    tale.listed(HEALED + 3, WALK, 1, 1, last)
    tale.ended(WALK, 1, 1)


def restored() -> Tale:
    """Two eras: what came behind event 8 of account 1 is gone, as was told, and the log goes on differently."""
    copied = first_log()[:COPIED_BEHIND]
    later = [
        customers(1, 9, A, "wamid.A4", 120, era=1),
        customers(1, 10, B, "wamid.B3", 121, era=1),
        happened(1, 11, "conversation_updated", A, era=1),
    ]
    logs: list[Logs] = [{1: first_log(), 2: second_log()}, {1: copied + later, 2: second_log()}]
    tale = Tale(logs)
    used(tale)
    tale.did(
        history.Copied(tale.at(8, era=0).at + 0.1, tale.at(8, era=0).at + 0.2),
        history.Restored(RESTORED),
    )
    for each in later[:2]:
        message: list[Any] = each.message or []
        tale.did(history.Posted(RESTORED + 1, 1, [message[0]], []))
        tale.did(history.Acknowledged(RESTORED + 2, "node-0", [message[0]], []))
    tale.evidence(0, RESTORED - 1)
    tale.evidence(1, ENDED)
    watchers(tale)
    by_stream_again(tale)
    by_poll_again(tale)
    by_socket(tale)
    by_walk_again(tale)
    return tale


WAITED = RESTORED - BEGAN
"""How much later events of the second era are shown than their place says."""


def by_stream_again(tale: Tale) -> None:
    """Comes back with a cursor of the old era that is ahead of the new one, and is told so."""
    fresh(tale, STREAM, 1, 1)
    tale.shown(STREAM, range(1, 17), era=0)
    tale.saw(history.Told(RESTORED - 2, STREAM, "lost", None, "reset"))
    tale.came(RESTORED + 0.5, STREAM, tale.cursor(16, era=0), "header")
    tale.saw(history.Told(RESTORED + 0.6, STREAM, "resync", tale.cursor(8), "ahead"))
    tale.shown(STREAM, range(9, 12), delay=WAITED)
    tale.ended(STREAM, 1, 1)


def by_poll_again(tale: Tale) -> None:
    """Sleeps until the place of its cursor is taken by another event."""
    fresh(tale, POLL, 1, 2)
    tale.shown(POLL, range(1, 11), era=0)
    tale.came(RESTORED + 6, POLL, tale.cursor(10, era=0))
    tale.saw(history.Told(RESTORED + 6.1, POLL, "resync", tale.cursor(11), "tag"))
    tale.listed(RESTORED + 6.2, POLL, 1, 2, 11)
    tale.ended(POLL, 1, 2)


def by_walk_again(tale: Tale) -> None:
    """Saw nothing that is gone, so for it nothing happened."""
    fresh(tale, WALK, 1, 1)
    tale.shown(WALK, range(1, 9), era=0)
    tale.came(RESTORED + 1, WALK, tale.cursor(8))
    tale.shown(WALK, range(9, 12), delay=WAITED)
    tale.walked(HEALED + 2, WALK, A, 11)
    tale.listed(HEALED + 3, WALK, 1, 1, 11)
    tale.ended(WALK, 1, 1)
