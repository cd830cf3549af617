"""(8) to (18) broken: what screens show, what goes out, and what it costs."""

from dataclasses import replace
from typing import Any

from torture.judged.case import breaks, told
from torture.judged.tale import BEGAN, ENDED, HEALED, A, B, Tale, customers, first_log
from torture.judged.tales import POLL, SLOW, STREAM, WALK, right
from wasl.torture import history
from wasl.torture.history import Message, digest

MEBIBYTE = 1 << 20


# -- (8) total order, and positions never change ----------------------------------------------------------------------


@breaks(8)
def a_message_that_stood_elsewhere_when_it_was_shown(tale: Tale) -> None:
    tale.messages_change(history.Shown, POLL, "wamid.A3", told({2: 102}))


@breaks(8)
def a_row_that_moved(tale: Tale) -> None:
    tale.change(history.MessageRow, {"message_id": "wamid.B1"}, clock=99)
    tale.change(history.Viewed, {"conversations": lambda shown: B in shown}, conversations=_b_moved)


def _b_moved(shown: dict[str, list[Message]]) -> dict[str, list[Message]]:
    return {**shown, B: [told({2: 99})(m) if m[0] == "wamid.B1" else m for m in shown[B]]}


@breaks(8)
def a_screen_in_another_order(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM}, conversations=lambda shown: {**shown, A: shown[A][::-1]})


@breaks(8)
def a_page_in_another_order(tale: Tale) -> None:
    tale.change(history.Paged, {"who": WALK, "next_before": None}, messages=lambda messages: messages[::-1])


# -- (9) shown once ---------------------------------------------------------------------------------------------------


@breaks(9)
def a_screen_that_says_it_shows_one_message_twice(tale: Tale) -> None:
    tale.saw(history.Doubled(BEGAN + 9, STREAM, A, "client_message_id", "c-1"))


@breaks(9)
def one_message_twice_on_a_screen(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM}, conversations=lambda shown: {**shown, A: [shown[A][0], *shown[A]]})


@breaks(9, 17)
def the_waiting_reply_beside_the_sent_one(tale: Tale) -> None:
    """The second of them is in no row."""
    waiting = ["local", "operator", 1 << 40, 1 << 40, 0, None, "c-2"]
    tale.change(history.Viewed, {"who": STREAM}, conversations=lambda shown: {**shown, A: [*shown[A], waiting]})


@breaks(9)
def two_rows_with_one_name_of_the_provider(tale: Tale) -> None:
    tale.change(history.MessageRow, {"message_id": "m-2"}, provider_id="wamid.out1")


@breaks(9, 15, 16)
def two_rows_with_one_name_of_the_author(tale: Tale) -> None:
    """One reply became two, and the first stands above what its author saw when they asked for both."""
    tale.change(history.MessageRow, {"message_id": "m-1"}, client_message_id="c-2")


# -- (10) cursors are monotone ----------------------------------------------------------------------------------------


@breaks(10)
def a_heartbeat_that_leads_back(tale: Tale) -> None:
    tale.change(history.Told, {"who": STREAM, "kind": "heartbeat"}, cursor=tale.cursor(3))


@breaks(10)
def a_cursor_that_nobody_gave(tale: Tale) -> None:
    tale.change(history.Opened, {"who": STREAM, "cursor": tale.cursor(8)}, cursor=tale.cursor(12))
    tale.drop(history.Told, who=STREAM, cursor=tale.cursor(8))
    tale.drop(history.Shown, who=STREAM, sequence=lambda sequence: 8 < sequence <= 12)


@breaks(10)
def a_place_of_the_stream_that_was_left_behind(tale: Tale) -> None:
    """In the beginning they had asked for less, by what they had applied; their stream was given more since."""
    asked = history.Opened(HEALED + 1.5, STREAM, "node-0", "header", tale.cursor(3))
    tale.insert(asked, history.Told, who=STREAM, kind="heartbeat")


@breaks(10)
def a_place_of_the_screen_that_was_left_behind(tale: Tale) -> None:
    for sequence in (3, 16):
        asked = history.Opened(HEALED + 1.5, STREAM, "node-0", "query", tale.cursor(sequence))
        tale.insert(asked, history.Told, who=STREAM, kind="heartbeat")


# -- (11) load-more ---------------------------------------------------------------------------------------------------


@breaks(11)
def one_message_on_two_pages(tale: Tale) -> None:
    first = tale.find(history.Paged, before=None).messages[0]
    tale.change(history.Paged, {"next_before": None}, messages=lambda messages: [*messages, first])


@breaks(11)
def one_message_twice_on_a_page(tale: Tale) -> None:
    tale.change(history.Paged, {"next_before": None}, messages=lambda messages: [messages[0], *messages])


@breaks(11)
def a_walk_that_misses_a_message(tale: Tale) -> None:
    tale.change(history.Paged, {"next_before": None}, messages=lambda messages: messages[:1])


@breaks(11)
def a_page_that_leads_on_elsewhere(tale: Tale) -> None:
    tale.change(history.Paged, {"before": None}, next_before="103-9")


@breaks(11)
def an_empty_page_that_leads_on(tale: Tale) -> None:
    tale.change(history.Paged, {"next_before": None}, next_before="90-1", messages=[])


# -- (12) order of the list -------------------------------------------------------------------------------------------


@breaks(12)
def an_older_conversation_above_a_newer_one(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM}, rows=lambda rows: rows[::-1])


@breaks(12)
def pages_of_the_list_in_another_order(tale: Tale) -> None:
    one, other = tale.rows(1, 1)
    tale.change(history.Listed, {"at": HEALED + 3, "number": 0}, rows=[other])
    tale.change(history.Listed, {"at": HEALED + 3, "number": 1}, rows=[one])


@breaks(12)
def one_conversation_on_two_pages(tale: Tale) -> None:
    tale.change(history.Listed, {"at": HEALED + 3, "number": 1}, rows=tale.rows(1, 1))


@breaks(12)
def a_walk_through_the_list_that_misses_a_conversation(tale: Tale) -> None:
    tale.change(history.Listed, {"at": HEALED + 3, "number": 1}, rows=[])


@breaks(12)
def a_conversation_that_stands_elsewhere_than_its_last_message(tale: Tale) -> None:
    tale.change(history.ConversationRow, {"conversation": A}, last_sequence=14)
    moved = {"who": lambda who: who != SLOW}
    tale.change(history.Viewed, moved, rows=lambda rows: [[A, 14, *rows[0][2:]], *rows[1:]])


# -- (13) unread ------------------------------------------------------------------------------------------------------


def _miscounted(rows: list[list[Any]]) -> list[list[Any]]:
    return [[*row[:3], row[3] + 7, row[4]] for row in rows]


@breaks(13)
def a_screen_that_counts_wrongly_in_the_end(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM}, rows=_miscounted)


@breaks(13)
def a_list_that_counts_wrongly(tale: Tale) -> None:
    tale.change(history.Listed, {"at": HEALED + 3}, rows=_miscounted)


@breaks(13)
def a_counter_that_is_not_the_sum_of_the_rows(tale: Tale) -> None:
    tale.change(history.ConversationRow, {"conversation": B}, inbound_count=3)


@breaks(13)
def what_was_read_is_unread_again(tale: Tale) -> None:
    tale.drop(history.MarkerRow, conversation=A)


# -- (14) statuses ----------------------------------------------------------------------------------------------------


def everywhere(tale: Tale, name: str, status: str) -> None:
    """A message has another status in the end, in its row and on all screens."""
    tale.change(history.MessageRow, {"message_id": name}, status=status)
    tale.messages_change(history.Viewed, None, name, told({5: status}))
    tale.messages_change(history.Paged, None, name, told({5: status}))
    version = tale.find(history.MessageRow, message_id=name).version
    where = {"message": lambda message: message is not None and message[0] == name, "sequence": version}
    tale.change(history.Shown, where, message=told({5: status}))


@breaks(14)
def a_status_that_went_back(tale: Tale) -> None:
    tale.change(history.Shown, {"sequence": 8, "tag": tale.at(8).tag}, message=told({5: "delivered"}))
    tale.change(history.Shown, {"sequence": 9, "tag": tale.at(9).tag}, message=told({5: "sent"}))


@breaks(14)
def less_in_the_end_than_the_provider_told(tale: Tale) -> None:
    everywhere(tale, "m-1", "delivered")


@breaks(14)
def more_in_the_end_than_the_provider_told(tale: Tale) -> None:
    everywhere(tale, "m-2", "read")


@breaks(14)
def two_statuses_in_one_version(tale: Tale) -> None:
    tale.change(history.Shown, {"who": POLL, "sequence": 9}, message=told({5: "sent"}))


# -- (15) outbound at most once, in order -----------------------------------------------------------------------------


@breaks(15)
def taken_twice_by_the_provider(tale: Tale) -> None:
    taken = tale.find(history.Accepted, wamid="wamid.out1")
    tale.did(replace(taken, place=3, at=taken.at + 1, wamid="wamid.again", callback="m:m-1:2"))


@breaks(15)
def taken_in_another_order(tale: Tale) -> None:
    tale.change(history.Accepted, {"wamid": "wamid.out1"}, place=9)


@breaks(15)
def taken_with_another_text(tale: Tale) -> None:
    tale.change(history.Accepted, {"wamid": "wamid.out1"}, text=digest(b"else"))


@breaks(15)
def taken_and_in_no_row(tale: Tale) -> None:
    tale.did(history.Accepted(3, BEGAN + 9, "wamid.out3", "m:m-3:1", "961", digest(b"m-3"), True))


@breaks(15)
def one_reply_answered_with_two_messages(tale: Tale) -> None:
    tale.did(replace(tale.find(history.Answered, client_message_id="c-2"), client_message_id="c-1", at=BEGAN + 20))


@breaks(15)
def answered_and_in_no_row(tale: Tale) -> None:
    gone = ["m-9", "operator", 110, 20, 20, "queued", "c-9"]
    tale.did(history.Answered(BEGAN + 20, "c-9", 200, "", gone))


@breaks(15)
def still_in_the_outbox(tale: Tale) -> None:
    tale.files["era-0"].append(history.OutboxRow(1, A, 13, "queued", 1))


@breaks(15)
def still_waiting_in_the_end(tale: Tale) -> None:
    waits(tale, "sending")


@breaks(15)
def unknown_though_nothing_was_broken(tale: Tale) -> None:
    waits(tale, "unknown")


def waits(tale: Tale, status: str) -> None:
    """The second reply came no further; the provider never told of it."""
    everywhere(tale, "m-2", status)
    tale.change(history.MessageRow, {"message_id": "m-2"}, provider_id=None)


# -- (16) causality ---------------------------------------------------------------------------------------------------


@breaks(16, make=lambda: right(first_log(second=102)))
def a_reply_above_what_was_there(tale: Tale) -> None:
    """As the log says."""


@breaks(16, make=lambda: right(first_log(late=102)))
def a_late_message_above_the_reply_before_it(tale: Tale) -> None:
    """As the log says."""


@breaks(16)
def a_reply_above_what_its_author_saw(tale: Tale) -> None:
    tale.change(history.Asked, {"client_message_id": "c-1"}, newest=[103, 99])


# -- (17) convergence -------------------------------------------------------------------------------------------------


@breaks(17)
def a_screen_without_a_message(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM}, conversations=lambda shown: {**shown, A: shown[A][1:]})


@breaks(17)
def a_screen_that_stands_still(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM, "fresh": False}, cursor=tale.cursor(12))


@breaks(17)
def a_screen_with_an_old_status(tale: Tale) -> None:
    tale.messages_change(history.Viewed, STREAM, "m-1", told({4: 9, 5: "delivered"}))


@breaks(17)
def a_screen_of_which_nothing_is_known(tale: Tale) -> None:
    tale.drop(history.Viewed, who=SLOW)


@breaks(17)
def a_screen_that_a_fresh_load_contradicts(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM, "fresh": False}, rows=lambda rows: rows[:1])


@breaks(17)
def a_message_long_after_all_was_healed(tale: Tale) -> None:
    tale.change(history.Shown, {"who": SLOW, "sequence": 3}, at=HEALED + 11)


@breaks(17)
def coming_back_again_and_again(tale: Tale) -> None:
    for times in range(12):
        opened = history.Opened(HEALED + 2 + times / 10, STREAM, "node-0", "query", tale.cursor(16))
        tale.insert(opened, history.Told, who=STREAM, kind="heartbeat")


@breaks(17)
def a_conversation_that_is_in_no_row(tale: Tale) -> None:
    tale.change(history.Viewed, {"who": STREAM}, rows=lambda rows: [*rows, ["1_ghost", 1, "human", 0, 1]])


# -- (18) memory, and the others' latency -----------------------------------------------------------------------------


@breaks(18)
def a_node_larger_than_a_small_machine(tale: Tale) -> None:
    tale.did(history.Sampled(ENDED - 1, "node-0", 7, 800 * MEBIBYTE, {}))


@breaks(18)
def a_node_that_grows_without_end(tale: Tale) -> None:
    for place in range(20):
        tale.did(history.Sampled(BEGAN + place, "node-1", 8, (100 + 20 * place) * MEBIBYTE, {}))


def busy() -> Tale:
    """So many messages that there is a share of them to speak of."""
    log = first_log()
    log += [customers(1, 17 + place, B, f"wamid.M{place}", 200 + place) for place in range(60)]
    tale = right(log)
    assert len(tale.find(history.Viewed, who=WALK).conversations[B]) > len(log) // 2
    return tale


@breaks(18, make=busy)
def steady_watchers_who_wait_for_others(tale: Tale) -> None:
    late = {"who": WALK, "sequence": lambda sequence: sequence > 16}
    tale.change(history.Shown, late, at=lambda at: at + 3)
