"""(1) to (7) broken: what is stored, and what comes over connections."""

from dataclasses import replace

from torture.judged.case import breaks, told
from torture.judged.tale import BEGAN, HEALED, C, Tale, show
from torture.judged.tales import POLL, STREAM, WALK, restored
from wasl.torture import history
from wasl.torture.history import digest

# -- (1) no loss ------------------------------------------------------------------------------------------------------


@breaks(1)
def acknowledged_and_in_no_row(tale: Tale) -> None:
    tale.did(history.Posted(BEGAN + 3, 1, ["wamid.X"], []))
    tale.did(history.Acknowledged(BEGAN + 3, "node-0", ["wamid.X"], []))


@breaks(1, 13)
def two_rows_for_one_message(tale: Tale) -> None:
    """A count of unread messages can be right for one row or for two."""
    tale.files["era-0"].append(tale.find(history.MessageRow, message_id="wamid.A1"))


@breaks(1)
def books_that_do_not_balance(tale: Tale) -> None:
    tale.change(history.LedgerRow, {"account": 1}, received=lambda received: received + 1)


@breaks(1)
def a_webhook_refused(tale: Tale) -> None:
    tale.did(history.Refused(BEGAN + 3, "node-0", ["wamid.A1"], 400, "bad_request"))


@breaks(1, make=restored)
def lost_in_a_restore_though_it_was_copied(tale: Tale) -> None:
    tale.did(history.Posted(BEGAN + 1, 1, ["wamid.X"], []))
    tale.did(history.Acknowledged(BEGAN + 1.5, "node-0", ["wamid.X"], []))
    row = tale.find(history.MessageRow, message_id="wamid.A1")
    log = tale.find(history.LogRow, account=1, sequence=1)
    lost = replace(row, message_id="wamid.X", conversation="1_gone", sequence=log.sequence)
    tale.files["era-0"] += [lost]
    tale.change(history.LogRow, {"account": 1, "sequence": 1}, kind="new_message", conversation="1_gone")


# -- (2) no invention -------------------------------------------------------------------------------------------------


@breaks(2)
def a_message_that_the_provider_never_delivered(tale: Tale) -> None:
    tale.drop(history.Posted, ids=["wamid.A2"])


@breaks(2)
def a_name_that_the_provider_never_gave(tale: Tale) -> None:
    tale.change(history.MessageRow, {"message_id": "m-2"}, provider_id="wamid.ghost")


# -- (3) one dense log ------------------------------------------------------------------------------------------------


@breaks(3, 4)
def a_hole_in_the_log(tale: Tale) -> None:
    """What watchers were shown there was never durable."""
    tale.drop(history.LogRow, account=1, sequence=7)


@breaks(3)
def two_events_in_one_place(tale: Tale) -> None:
    tale.files["era-0"].append(tale.find(history.LogRow, account=1, sequence=7))


@breaks(3)
def other_contents_than_the_log_has(tale: Tale) -> None:
    tale.change(history.Shown, {"who": POLL, "sequence": 9}, digest=digest(b"else"))


@breaks(3)
def a_head_that_is_not_the_last_event(tale: Tale) -> None:
    tale.change(history.LogEnds, {"account": 1}, head=15)


@breaks(3)
def a_head_of_another_tag(tale: Tale) -> None:
    tale.change(history.LogEnds, {"account": 1}, head_tag="00000bad")


@breaks(3)
def a_message_that_no_event_brought(tale: Tale) -> None:
    tale.change(history.LogRow, {"account": 1, "sequence": 4}, kind="conversation_updated")


# -- (4) nothing is shown before it is durable ------------------------------------------------------------------------


@breaks(4)
def an_event_that_never_came_into_the_log(tale: Tale) -> None:
    event = replace(tale.at(16), sequence=17, tag="0000dead")
    tale.insert(show(POLL, event), history.Shown, who=POLL)


@breaks(4)
def a_heartbeat_at_a_place_that_is_in_no_log(tale: Tale) -> None:
    tale.change(history.Told, {"who": STREAM, "kind": "heartbeat"}, cursor="16-0000dead")


@breaks(4)
def a_message_that_is_in_no_row(tale: Tale) -> None:
    tale.messages_change(history.Shown, STREAM, "wamid.B2", told({0: "wamid.ghost"}))


@breaks(4)
def a_page_as_of_a_place_that_is_in_no_log(tale: Tale) -> None:
    tale.change(history.Paged, {"who": WALK}, cursor="16-0000dead")


@breaks(4)
def a_list_as_of_a_place_that_is_in_no_log(tale: Tale) -> None:
    tale.change(history.Listed, {"who": WALK, "at": HEALED + 3}, cursor="16-0000dead")


# -- (5) continuity ---------------------------------------------------------------------------------------------------


@breaks(5)
def events_missing_on_a_connection(tale: Tale) -> None:
    tale.drop(history.Shown, who=STREAM, sequence=lambda sequence: sequence in (10, 11))


@breaks(5)
def an_event_again_on_a_connection(tale: Tale) -> None:
    tale.insert(show(STREAM, tale.at(12)), history.Shown, who=STREAM, sequence=12)


@breaks(5)
def an_event_that_follows_another_than_it_says(tale: Tale) -> None:
    tale.change(history.Shown, {"who": STREAM, "sequence": 5}, previous=3)


@breaks(5)
def what_the_watcher_itself_found_strange(tale: Tale) -> None:
    tale.insert(history.Told(BEGAN + 9, STREAM, "strange", None, "a frame of no kind"), history.Shown, who=STREAM)


@breaks(5, make=restored)
def going_on_in_a_new_history_without_a_resync(tale: Tale) -> None:
    tale.drop(history.Told, who=STREAM, kind="resync")


@breaks(5, make=restored)
def a_resync_that_does_not_say_that_history_changed(tale: Tale) -> None:
    tale.change(history.Told, {"who": STREAM, "kind": "resync"}, detail="far")


@breaks(5, 6)
def a_gap_among_tabs_that_nobody_made_good(tale: Tale) -> None:
    """And its screen says that it shows what it was never shown."""
    a_tab(tale)
    tale.shown("cedar-tab", [*range(1, 9), 12])
    tale.ended("cedar-tab", 1, 2)


def a_tab(tale: Tale) -> None:
    tale.saw(history.Watcher("cedar-tab", 1, 2, "tab", "steady"))
    tale.came(BEGAN, "cedar-tab", tale.cursor(0))


# -- (6) completeness, and nothing of the other account ---------------------------------------------------------------


@breaks(6, 5)
def events_skipped_as_if_nothing_were_between(tale: Tale) -> None:
    """What the event says to follow is wrong too."""
    events_missing_on_a_connection(tale)
    tale.change(history.Shown, {"who": STREAM, "sequence": 12}, previous=9)


@breaks(6)
def an_event_of_the_other_account(tale: Tale) -> None:
    other = tale.at(3, account=2)
    tale.change(history.Shown, {"who": STREAM, "sequence": 3}, tag=other.tag, digest=other.digest, conversation=C)


@breaks(6)
def moved_over_events_by_a_heartbeat(tale: Tale) -> None:
    tale.drop(history.Shown, who=STREAM, sequence=16)


@breaks(6)
def a_conversation_of_the_other_account_in_the_list(tale: Tale) -> None:
    tale.insert(
        history.Listed(HEALED + 4, POLL, 0, True, tale.cursor(16), [*tale.rows(1, 2), [C, 3, "human", 0, 3]]),
        history.Shown,
        who=POLL,
    )


@breaks(6)
def a_message_of_the_other_account(tale: Tale) -> None:
    tale.change(history.Shown, {"who": STREAM, "sequence": 4}, message=tale.at(2, account=2).message)


@breaks(6)
def a_screen_that_says_it_shows_what_it_was_never_shown(tale: Tale) -> None:
    tale.drop(history.Shown, who=POLL, sequence=lambda sequence: sequence > 14)


# -- (7) transports agree ---------------------------------------------------------------------------------------------


@breaks(7, 5)
def two_events_swapped_on_a_stream(tale: Tale) -> None:
    """The first of them comes while one before it is missing."""
    event = show(STREAM, tale.at(11))
    tale.drop(history.Shown, who=STREAM, sequence=11)
    tale.insert(event, history.Shown, who=STREAM, sequence=12)


@breaks(7, 5)
def two_events_swapped_among_polls(tale: Tale) -> None:
    event = show(POLL, tale.at(3))
    tale.drop(history.Shown, who=POLL, sequence=3)
    tale.insert(event, history.Shown, who=POLL, sequence=5)


@breaks(7, 6)
def an_event_behind_the_heartbeat_that_told_of_it(tale: Tale) -> None:
    """The heartbeat moves its watcher over what was not shown yet."""
    beat = history.Told(BEGAN + 7, STREAM, "heartbeat", tale.cursor(12), "")
    tale.insert(beat, history.Shown, who=STREAM, sequence=11)
