"""Who answers, and who has read what, on a real database: any moves of two operators and a customer, in any order.

tests/domain/test_handover.py holds the rules alone. Here they go through the journal, several in one transaction, and
what is stored, listed and told by events must be what a plain account of the moves says.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from arrivals import arrival, said
from machines.installation import Installation
from wasl.domain.message import Content
from wasl.domain.people import Operator
from wasl.store.desk import HandOver, MarkRead, Move
from wasl.store.inbox import PageQuery, conversation_page
from wasl.store.outbox import QueueMessage


@dataclass
class Plain:
    """What must be true, kept as a person would on paper."""

    status: str = "waiting_human"
    operator: str | None = None
    epoch: int = 0
    since_ms: int | None = None
    inbound: list[int] = field(default_factory=list)
    """Sequences of the customer's messages."""
    read: dict[str, int] = field(default_factory=dict)
    """Up to which sequence each operator has read."""

    def moved(self, move: Move, operator: str) -> bool:
        status = {Move.TAKE_OVER: "human", Move.RELEASE: "bot", Move.END: "resolved"}[move]
        owner = operator if move is Move.TAKE_OVER else None
        if (self.status, self.operator) == (status, owner):
            return False
        self.status, self.operator, self.since_ms = status, owner, None
        self.epoch += 1
        return True

    def customer_wrote(self, now_ms: int) -> None:
        if self.status in ("bot", "resolved"):
            self.status, self.operator, self.since_ms = "waiting_human", None, now_ms

    def operator_wrote(self, operator: str) -> None:
        if self.status != "human":
            self.moved(Move.TAKE_OVER, operator)

    def unread(self, operator: str) -> int:
        return sum(sequence > self.read.get(operator, 0) for sequence in self.inbound)


MOVES = st.sampled_from(list(Move))


class Desk(RuleBasedStateMachine):
    """One conversation, Rana and Omar."""

    home: ClassVar[Installation]

    @initialize()
    def begin(self) -> None:
        self.party = self.home.new_party()
        self.plain = Plain(since_ms=self.home.now_ms)
        self.writes = 0
        self.seen = len(self.home.events)
        self.epoch = 0
        self.customer_writes(1)
        self.ids = self.home.ids_of(self.party)

    @rule(count=st.integers(1, 2))
    def customer_writes(self, count: int) -> None:
        self.home.now_ms += 1_000
        updates = []
        for _ in range(count):
            self.writes += 1
            updates.append(said(f"{self.party.phone}.{self.writes}", party=self.party, at=self.writes))
        self.home.submit(arrival(self.home.cast, *updates, received_ms=self.home.now_ms))
        if self.writes > count:
            self.plain.customer_wrote(self.home.now_ms)
        else:
            self.plain.since_ms = self.home.now_ms
        news = self.news()
        self.plain.inbound += [event["sequence"] for event in news if "message" in event]
        assert len([event for event in news if "message" in event]) == count

    @rule(rana=st.booleans(), move=MOVES)
    def operator_moves(self, rana: bool, move: Move) -> None:
        self.moves_together(rana, [move])

    @rule(rana=st.booleans(), moves=st.lists(MOVES, min_size=2, max_size=4))
    def moves_together(self, rana: bool, moves: list[Move]) -> None:
        """As many requests at once: perhaps one transaction."""
        operator = self.operator(rana)
        changes = [HandOver(self.home.cast.olive.id, operator, *self.ids, move) for move in moves]
        faces = self.home.submit_together(changes)
        told = 0
        for move, face in zip(moves, faces, strict=True):
            told += self.plain.moved(move, str(operator.id))
            assert (face["status"], face["operator_id"]) == (self.plain.status, self.plain.operator)
            assert face["handover_epoch"] == self.plain.epoch
        assert len(self.news()) == told, "one event for each move that changes something"

    @rule(rana=st.booleans(), move=MOVES)
    def customer_writes_while_it_moves(self, rana: bool, move: Move) -> None:
        """A webhook and an operator's move at the same time."""
        self.home.now_ms += 1_000
        self.writes += 1
        operator = self.operator(rana)
        message = said(f"{self.party.phone}.{self.writes}", party=self.party, at=self.writes)
        moved = HandOver(self.home.cast.olive.id, operator, *self.ids, move)
        self.home.submit_together([moved, arrival(self.home.cast, message, received_ms=self.home.now_ms)])
        self.plain.moved(move, str(operator.id))
        self.plain.customer_wrote(self.home.now_ms)
        self.plain.inbound += [event["sequence"] for event in self.news() if "message" in event]

    @rule(rana=st.booleans())
    def operator_writes(self, rana: bool) -> None:
        operator = self.operator(rana)
        self.home.submit(QueueMessage(self.home.cast.olive.id, operator, *self.ids, Content.of_text("a reply")))
        self.plain.operator_wrote(str(operator.id))
        assert len(self.news()) == 1

    @rule(rana=st.booleans(), back=st.integers(-3, 12))
    def operator_reads(self, rana: bool, back: int) -> None:
        """Up to some sequence, perhaps one before what was read already, or beyond everything."""
        operator = self.operator(rana)
        target = max(0, self.plain.inbound[-1] - back)
        head = self.home.events[-1].cursor.sequence
        before = self.plain.unread(str(operator.id))
        found = self.home.submit(MarkRead(self.home.cast.olive.id, operator.id, self.ids[0], target))
        held = self.plain.read.get(str(operator.id), 0)
        self.plain.read[str(operator.id)] = max(held, min(target, head))  # Nobody reads what is still to come.
        unread = self.plain.unread(str(operator.id))
        assert found.unread_count == unread
        news = self.news()
        assert len(news) == (unread != before), "an event only when the count falls"
        assert all(event["read"]["unread_count"] == unread for event in news)

    @invariant()
    def everybody_is_shown_what_is_so(self) -> None:
        if not hasattr(self, "ids"):
            return
        for operator in (self.home.cast.rana, self.home.cast.omar):
            row = self.row_for(operator)
            plain = self.plain
            assert (row["status"], row["operator_id"], row["handover_epoch"]) == (
                plain.status,
                plain.operator,
                plain.epoch,
            )
            assert row["unread_count"] == plain.unread(str(operator.id))
            assert (row["waiting_since"] is not None) == (plain.status == "waiting_human")
            assert row["inbound_count"] == len(plain.inbound)
        assert self.plain.epoch >= self.epoch
        self.epoch = self.plain.epoch
        sql = "SELECT waiting_since_ms FROM conversations WHERE conversation_id = ?"
        assert self.home.rows(sql, self.ids[0]) == [(self.plain.since_ms,)]

    # -- how ----------------------------------------------------------------------------------------------------------

    def operator(self, rana: bool) -> Operator:
        return self.home.cast.rana if rana else self.home.cast.omar

    def row_for(self, operator: Operator) -> dict[str, Any]:
        """The top row of the list: nobody else is told of meanwhile."""
        account = self.home.cast.olive.id
        page = self.home.read(lambda c: conversation_page(c, account, operator.id, PageQuery(page_size=1)))
        assert page.chats[0]["conversation_id"] == self.ids[0]
        return page.chats[0]

    def news(self) -> list[dict[str, Any]]:
        """The events since the last question, in the log's order and without a hole."""
        fresh = self.home.events[self.seen :]
        self.seen = len(self.home.events)
        assert all(one.sequence + 1 == other.sequence for one, other in itertools.pairwise(fresh))
        return [{**orjson.loads(event.payload), "sequence": event.sequence} for event in fresh]


def test_whatever_happens_everybody_agrees_who_answers(installation: Installation) -> None:
    Desk.home = installation
    walks = settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True)
    run_state_machine_as_test(Desk, settings=walks)
