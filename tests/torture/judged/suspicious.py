"""What looks wrong and is right: histories of systems, and of watchers, that had a hard time."""

from collections.abc import Callable
from dataclasses import replace

from torture.judged.tale import BEGAN, HEALED, RESTORED, WAMIDS, A, B, Happening, Tale, customers, first_log, ours
from torture.judged.tales import POLL, STREAM, WAITED, WALK, by_socket, restored, right, watchers
from wasl.torture import history

TALES: list[Callable[[], Tale]] = []
GUEST = "cedar-guest"


def rightly(make: Callable[[], Tale]) -> Callable[[], Tale]:
    """Enters a right history."""
    TALES.append(make)
    return make


def guest(tale: Tale, by: str) -> None:
    """One more watcher of account 1, who begins at the place before the first event."""
    tale.saw(history.Watcher(GUEST, 1, 2, by, "restless"))
    tale.came(BEGAN, GUEST, tale.cursor(0))


@rightly
def events_again_after_a_return() -> Tale:
    """The connection says again what the screen had applied."""
    tale = right()
    guest(tale, "sse")
    tale.shown(GUEST, range(1, 9))
    tale.came(BEGAN + 6, GUEST, tale.cursor(5))
    tale.shown(GUEST, range(6, 17), delay=5)
    tale.ended(GUEST, 1, 2)
    return tale


@rightly
def caught_up_by_poll_beside_a_stream() -> Tale:
    """The stream still brings what a read of the log brought meanwhile."""
    tale = right()
    guest(tale, "socket-poll")
    tale.shown(GUEST, range(1, 7))
    tale.came(BEGAN + 5, GUEST, tale.cursor(4))
    tale.shown(GUEST, [5, 6, 7, 8])
    tale.shown(GUEST, [7, 8, 9])
    tale.shown(GUEST, range(10, 17))
    tale.ended(GUEST, 1, 2)
    return tale


def resynced(reason: str) -> Tale:
    tale = right()
    guest(tale, "sse")
    tale.shown(GUEST, range(1, 4))
    tale.saw(history.Told(BEGAN + 3, GUEST, "lost", None, "reset"))
    tale.came(BEGAN + 8, GUEST, tale.cursor(3), "header")
    tale.saw(history.Told(BEGAN + 8.1, GUEST, "resync", tale.cursor(12), reason))
    tale.listed(BEGAN + 8.2, GUEST, 1, 2, 12)
    tale.shown(GUEST, range(13, 17))
    tale.ended(GUEST, 1, 2)
    return tale


@rightly
def too_far_behind() -> Tale:
    return resynced("far")


@rightly
def behind_what_was_trimmed() -> Tale:
    """The log is there for the judge only: of old events it has what they were when they were deleted."""
    tale = resynced("trimmed")
    tale.change(history.LogRow, {"account": 1, "sequence": lambda sequence: sequence <= 5}, trimmed=True)
    tale.change(history.LogEnds, {"account": 1}, trim=5)
    return tale


@rightly
def an_older_copy_restored() -> Tale:
    """One comes back ahead of the new history, one to a place that another event has taken."""
    return restored()


@rightly
def several_attempts_with_a_cursor_of_the_old_era() -> Tale:
    """Nobody told them yet that it is gone."""
    tale = restored()
    resync = tale.find(history.Told, who=STREAM, kind="resync")
    tale.drop(history.Told, who=STREAM, kind="resync")
    end = tale.files["hall"].index(tale.find(history.Shown, who=STREAM, at=lambda at: at > RESTORED))
    old = tale.cursor(16, era=0)
    tale.files["hall"][end:end] = [
        history.Told(RESTORED + 0.7, STREAM, "lost", None, "reset"),
        history.Opened(RESTORED + 0.8, STREAM, "node-0", "query", old),
        history.Told(RESTORED + 0.9, STREAM, "lost", None, "not connected"),
        history.Opened(RESTORED + 1, STREAM, "node-0", "header", old),
        history.Told(RESTORED + 1.1, STREAM, "connected", old, "node-0"),
        replace(resync, at=RESTORED + 1.2),
    ]
    return tale


@rightly
def places_of_a_page_and_of_a_stream_brought_by_turns() -> Tale:
    """A page had shown more than the stream; after a restore the place of the stream stands in both logs, that of the
    page in the old one only, and the first attempt meets nobody."""
    tale = restored()
    guest(tale, "sse")
    tale.shown(GUEST, range(1, 6), era=0)
    tale.listed(tale.at(10, era=0).at + 0.1, GUEST, 1, 2, 10, era=0)
    tale.saw(history.Told(tale.at(10, era=0).at + 0.2, GUEST, "conversations", tale.cursor(10, era=0), "loaded"))
    tale.saw(history.Told(RESTORED - 2, GUEST, "lost", None, "reset"))
    tale.came(RESTORED + 1, GUEST, tale.cursor(5, era=0), "header")
    tale.saw(history.Told(RESTORED + 1.1, GUEST, "lost", None, "not connected"))
    tale.came(RESTORED + 6, GUEST, tale.cursor(10, era=0))
    tale.saw(history.Told(RESTORED + 6.1, GUEST, "resync", tale.cursor(11), "tag"))
    tale.listed(RESTORED + 6.2, GUEST, 1, 2, 11)
    tale.ended(GUEST, 1, 2)
    return tale


@rightly
def trimmed_said_to_a_cursor_of_the_old_era() -> Tale:
    """A log that does not reach back so far says that first, whatever stood there."""
    tale = restored()
    tale.change(history.Told, {"who": POLL, "kind": "resync"}, detail="trimmed")
    records = tale.files["era-1"]
    for place, each in enumerate(records):
        if isinstance(each, history.LogRow) and each.account == 1 and each.sequence <= 10:
            records[place] = replace(each, trimmed=True)
        if isinstance(each, history.LogEnds) and each.account == 1:
            records[place] = replace(each, trim=10)
    return tale


@rightly
def events_of_the_old_era_read_after_its_end() -> Tale:
    """Whoever reads slowly has what was on its way before everything was stopped."""
    tale = restored()
    tale.change(history.Shown, {"who": STREAM, "sequence": lambda sequence: 12 < sequence <= 16}, at=RESTORED + 0.3)
    return tale


@rightly
def a_resync_of_the_old_era_read_after_its_end() -> Tale:
    """Whoever slept through the restore hears first what the old history still had for them, also where to begin."""
    tale = restored()
    watched = tale.files["hall"]
    place = watched.index(tale.find(history.Shown, who=STREAM, sequence=13))
    watched[place:place] = [
        history.Told(RESTORED - 4, STREAM, "lost", None, "reset"),
        history.Opened(RESTORED - 3, STREAM, "node-0", "header", tale.cursor(12, era=0)),
        history.Told(RESTORED + 0.2, STREAM, "connected", tale.cursor(12, era=0), "node-0"),
        history.Told(RESTORED + 0.3, STREAM, "resync", tale.cursor(14, era=0), "far"),
    ]
    tale.drop(history.Shown, who=STREAM, sequence=lambda sequence: sequence in (13, 14))
    tale.change(history.Shown, {"who": STREAM, "sequence": lambda sequence: 14 < sequence <= 16}, at=RESTORED + 0.4)
    tale.change(history.Told, {"who": STREAM, "kind": "lost", "at": RESTORED - 2}, at=RESTORED + 0.45)
    return tale


@rightly
def acknowledged_between_the_copy_and_the_restore() -> Tale:
    """A3, B2 and the second reply are in no row of the new era, as the administrator was told."""
    tale = restored()
    names = {each.message_id for each in tale.files["era-1"] if isinstance(each, history.MessageRow)}
    assert not names & {"wamid.A3", "wamid.B2", "m-2"}
    return tale


@rightly
def a_reply_asked_for_again_after_it_was_lost() -> Tale:
    """Its author, whom nobody had answered, asks again in the new era: the provider takes it a second time."""
    tale = restored()
    tale.drop(history.Answered, client_message_id="c-2")
    asked = tale.find(history.Asked, client_message_id="c-2")
    event = ours(12, "m-3", 130, "sent", era=1)
    message = [*event.message[:6], "c-2"]
    event = replace(event, message=message)
    again = restored_with(event)
    again.drop(history.Answered, client_message_id="c-2")
    again.did(replace(asked, at=RESTORED + 3, again=1, newest=[120, 9]))
    again.did(history.Answered(RESTORED + 3.1, "c-2", 200, "", message))
    taken = again.find(history.Accepted, wamid=WAMIDS["m-2"])
    text = again.find(history.MessageRow, message_id="m-3").text
    again.did(replace(taken, place=3, at=RESTORED + 3.5, wamid="wamid.out3", callback="m:m-3:1", text=text))
    return again


def restored_with(event: Happening) -> Tale:
    """A restore, after which one thing more happens."""
    tale = restored()
    logs = [tale.logs[0], {**tale.logs[1], 1: [*tale.logs[1][1], event]}]
    other = Tale(logs)
    other.files["run"] = tale.files["run"]
    other.evidence(0, RESTORED - 1)
    other.evidence(1, HEALED + 10)
    watchers(other)
    by_socket(other)
    for who, operator in ((STREAM, 1), (WALK, 1), (POLL, 2)):
        other.came(BEGAN, who, other.cursor(0))
        other.shown(who, range(1, 9), era=0)
        other.came(RESTORED + 1, who, other.cursor(8))
        other.shown(who, range(9, 13), delay=WAITED)
        if who == WALK:
            other.walked(HEALED + 2, WALK, A, 12)
        other.ended(who, 1, operator)
    return other


@rightly
def a_late_message_held_below_a_reply() -> Tale:
    """Its sender's clock says 90; it stands at the reply's, behind it."""
    return right(first_log(late=103))


@rightly
def a_page_below_the_marker_of_another_operator() -> Tale:
    """What one has read stays unread for another."""
    tale = right()
    assert tale.rows(1, 1) != tale.rows(1, 2)
    return tale


@rightly
def a_gap_of_a_tab_that_was_caught_up() -> Tale:
    tale = right()
    guest(tale, "tab")
    tale.shown(GUEST, [*range(1, 9), 12])
    tale.came(BEGAN + 8, GUEST, tale.cursor(8))
    tale.shown(GUEST, range(9, 17))
    tale.ended(GUEST, 1, 2)
    return tale


@rightly
def a_tab_that_died() -> Tale:
    tale = right()
    guest(tale, "tab")
    tale.shown(GUEST, range(1, 6))
    return tale


@rightly
def a_reply_sent_twice_and_answered_with_one_message() -> Tale:
    tale = right()
    asked = tale.find(history.Asked, client_message_id="c-1")
    answered = tale.find(history.Answered, client_message_id="c-1")
    tale.did(replace(asked, at=asked.at + 0.2, again=1), replace(answered, at=answered.at + 0.2))
    return tale


@rightly
def unknown_in_the_end_as_a_fault_explains() -> Tale:
    log = [*first_log()[:14], ours(15, "m-2", 106, "unknown", 13)]
    tale = right(log)
    tale.did(history.Fault(BEGAN + 7.6, BEGAN + 9, "provider_says_nothing", "emulator", ""))
    tale.files["era-0"].append(history.OutboxRow(1, A, 13, "unknown", 1))
    tale.change(history.Accepted, {"wamid": "wamid.out2"}, answered=False)
    return tale


@rightly
def unknown_settled_by_a_status() -> Tale:
    log = first_log()
    log[7] = ours(8, "m-1", 103, "unknown", 6)
    return right(log)


@rightly
def a_webhook_delivered_twice() -> Tale:
    tale = right()
    told = tale.find(history.Acknowledged, ids=["wamid.A1"])
    tale.did(replace(told, at=told.at + 3, node="node-1"))
    return tale


@rightly
def statuses_told_out_of_order() -> Tale:
    """A status that was overtaken changes nothing."""
    tale = right()
    told = tale.find(history.Acknowledged, statuses=["wamid.out1:delivered"])
    tale.did(replace(told, at=tale.at(11).at + 1))
    return tale


@rightly
def more_messages_while_somebody_walks() -> Tale:
    """A walk as of event 10 owes nothing of what came behind it."""
    log = [*first_log(), customers(1, 17, B, "wamid.B9", 300)]
    tale = right(log)
    tale.walked(HEALED + 4, WALK, A, 10)
    tale.listed(HEALED + 5, WALK, 1, 1, 10)
    return tale
