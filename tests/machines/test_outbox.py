"""The outbox on a real database: nodes that die, freeze and come late, answers lost, statuses before the answer.

The provider takes each message at most once, a conversation's messages in their order, and nothing is stuck. The nodes
are played step by step after `flow/send.py`; what they do to the database is the product's own.
"""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from arrivals import reported, said
from machines.installation import Installation
from wasl.domain.message import DELIVERY_RANK, Content, MessageStatus
from wasl.domain.sending import NOT_BEGUN, Accepted, NotSent, Refused, SendOutcome, Unclear
from wasl.limits import SEND_LEASE_SECONDS, SEND_TOTAL_SECONDS_MAX, SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.store.attempts import Claim, ClaimMessage, ForsakeAttempt, ReturnClaim, SettleAttempt, forsaken_claims
from wasl.store.outbox import Due, QueueMessage, due_messages

BUSY = NotSent("busy", "WhatsApp is busy.", 30.0)
NEVER = Refused("blocked", "Never.")
ENDS = st.sampled_from(["taken", "taken", "lost", "vanished", "busy", "never", "frozen", "claim lost"])
PAUSES = st.sampled_from([0, 0, 0, 31, SEND_LEASE_SECONDS + 1, SEND_UNKNOWN_BLOCKS_SECONDS + 1])
numbers = st.integers(0, 11)
chances = itertools.count(1)


@dataclass
class Attempt:
    """A claim in a node's hands: what the provider said, once it was asked."""

    claim: Claim
    until_ms: int
    outcome: SendOutcome | None = None


@dataclass
class Node:
    """A sender: what it saw in the outbox, perhaps a while ago, and what it has under way."""

    name: str
    found: list[Due] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)


class Outbox(RuleBasedStateMachine):
    """Two conversations, two nodes and a provider that keeps account of everything it took."""

    home: ClassVar[Installation]

    @initialize()
    def begin(self) -> None:
        home = self.home
        parties = [home.new_party(), home.new_party()]
        home.arrives(*(said(f"w{party.phone}", party=party) for party in parties))
        self.conversations = [home.ids_of(party) for party in parties]
        self.nodes: list[Node] = []
        self.told: dict[str, tuple[str, int]] = {}
        """By client_message_id: the message that its first post became, and of which conversation."""
        self.sequences: dict[str, int] = {}
        self.lines: dict[str, int] = {}
        self.taken: list[str] = []
        """Ids of the messages that the provider took, in order."""
        self.statuses: dict[str, MessageStatus] = {}
        for which in range(2):
            self.node_starts()
            for post in range(3):
                self.operator_posts(which, post, twice=False)

    # -- operators ----------------------------------------------------------------------------------------------------

    @rule(where=st.integers(0, 1), which=st.integers(0, 20), twice=st.booleans())
    def operator_posts(self, where: int, which: int, twice: bool) -> None:
        """A new message, or one that was posted before; perhaps two requests of the same reach one transaction."""
        conversation_id, user_id = self.conversations[where]
        client_id = f"{conversation_id}:{which}"
        change = QueueMessage(
            self.home.cast.olive.id,
            self.home.cast.rana,
            conversation_id,
            user_id,
            Content.of_text(client_id),
            client_message_id=client_id,
        )
        for message in self.home.submit_together([change, change] if twice else [change]):
            known = self.told.setdefault(client_id, (message.id, where))
            assert (message.id, where) == known, "a second post is the first message"
            self.sequences[message.id] = message.sequence
            self.lines[message.id] = message.conversation_key

    # -- nodes --------------------------------------------------------------------------------------------------------

    @rule(which=numbers, looks=st.booleans(), ends=ENDS, settles=st.booleans(), turn=numbers, later=PAUSES)
    def node_sends(self, which: int, looks: bool, ends: str, settles: bool, turn: int, later: int) -> None:
        """Look, claim, ask, settle: all of it or a part, perhaps from a look of a while ago."""
        self.time_passes(later)
        node = self.node(which)
        if looks:  # Both at the same moment, so that the other one may go by it later.
            self.forsaken_are_given_up()
            for one in self.nodes:
                one.found = self.home.read(lambda c: due_messages(c, [], 50))
        # One request per conversation at a time.
        busy = {attempt.claim.due.conversation_key for attempt in node.attempts}
        free = [due for due in node.found if due.conversation_key not in busy]
        if free:
            due = free[turn % len(free)]
            node.found.remove(due)
            self.claim(node, due, ends)
            if settles and node.attempts and ends not in ("claim lost", "frozen"):
                self.attempt_goes_on(which, -1, ends)

    def claim(self, node: Node, due: Due, ends: str) -> None:
        claim = self.home.submit(ClaimMessage(due, node.name))
        if ends == "claim lost":
            self.home.submit(ReturnClaim(due, node.name))
        elif claim is not None:
            node.attempts.append(Attempt(claim, self.home.now_ms + int(SEND_TOTAL_SECONDS_MAX * 1000)))
            if ends != "frozen":
                self.ask(node, node.attempts[-1], ends)

    def ask(self, node: Node, attempt: Attempt, ends: str) -> None:
        """`lost`: it took the message, and its answer is lost. `vanished`: the request is, and nobody can tell."""
        if self.home.now_ms > attempt.until_ms or not self.is_living(node):
            attempt.outcome = NOT_BEGUN  # It knows that the others may take it for dead.
            return
        message_id = self.message_of(attempt.claim)
        if ends in ("taken", "lost"):
            self.taken.append(message_id)
        outcomes: dict[str, SendOutcome] = {"taken": Accepted(f"wamid.{message_id}"), "busy": BUSY, "never": NEVER}
        attempt.outcome = outcomes.get(ends, Unclear("time-out"))

    @rule(which=numbers, turn=numbers, ends=ENDS, later=PAUSES)
    def attempt_goes_on(self, which: int, turn: int, ends: str, later: int = 0) -> None:
        """A node that stood still asks the provider now; one that was answered writes it down."""
        self.time_passes(later)
        node = self.node(which)
        if node.attempts:
            attempt = node.attempts[turn % len(node.attempts)]
            if attempt.outcome is None:
                self.ask(node, attempt, ends)
            else:
                self.settle(node, attempt)

    @rule(taken=st.booleans(), turn=st.integers(0, 1), given_up=st.booleans(), after_that=PAUSES)
    def node_freezes_and_comes_back(self, taken: bool, turn: int, given_up: bool, after_that: int) -> None:
        """The other one goes for the same message meanwhile, and for the one behind it."""
        for post in (len(self.told), len(self.told) + 1):
            self.operator_posts(turn, 100 + post, twice=False)
        self.node_sends(0, True, "frozen", False, turn, 0)
        self.node_sends(1, False, "taken" if taken else "lost", True, turn, 0)
        if given_up:
            self.node_sends(1, True, "taken", True, turn, SEND_LEASE_SECONDS + 1)
        self.node_sends(1, True, "taken", True, turn, after_that)
        self.attempt_goes_on(0, -1, "taken")
        self.attempt_goes_on(0, -1, "taken")

    @rule()
    def forsaken_are_given_up(self) -> None:
        for due, attempt in self.home.read(forsaken_claims):
            self.home.submit(ForsakeAttempt(due, attempt))

    @rule(which=numbers, settles=st.booleans())
    def node_dies(self, which: int, settles: bool) -> None:
        """The others bury it; a frozen one still tells what it knows when it is back under another name."""
        node = self.node(which)
        self.home.run("DELETE FROM nodes WHERE node = ?", node.name)
        if settles:
            self.forsaken_are_given_up()
            for attempt in list(node.attempts):
                attempt.outcome = attempt.outcome or NOT_BEGUN
                self.settle(node, attempt)
        self.nodes.remove(node)
        self.node_starts()

    def node_starts(self) -> None:
        node = Node(f"n{next(chances)}:machine")
        sql = "INSERT INTO nodes (node, name, seen_ms, ahead_ms) VALUES (?, 'n', NOW_MS(), 0)"
        self.home.run(sql, node.name)
        self.nodes.append(node)

    # -- provider and time --------------------------------------------------------------------------------------------

    @rule(which=numbers, status=st.sampled_from(["sent", "delivered", "read", "failed"]), named=st.booleans())
    def status_comes(self, which: int, status: str, named: bool) -> None:
        """Of something that the provider took, before or after its answer; `named` with what we sent along."""
        if self.taken:
            message_id = self.taken[which % len(self.taken)]
            found, ours = MessageStatus(status), f"m:{message_id}:1" if named else None
            at = self.home.now_ms // 1000
            self.home.arrives(reported(f"wamid.{message_id}", found, at=at % 1_000, ours=ours))

    def time_passes(self, seconds: int) -> None:
        self.home.now_ms += seconds * 1000

    # -- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def provider_took_each_once_and_in_order(self) -> None:
        taken = getattr(self, "taken", [])
        assert [one for one, times in Counter(taken).items() if times > 1] == []
        for line in {self.lines[one] for one in taken}:
            order = [self.sequences[one] for one in taken if self.lines[one] == line]
            assert order == sorted(order)

    @invariant()
    def statuses_never_go_back(self) -> None:
        spoken = DELIVERY_RANK[MessageStatus.SENT]
        for message_id, (status,) in self.all_statuses().items():
            before, now = self.statuses.get(message_id), MessageStatus(status)
            if before is not None and DELIVERY_RANK[before] >= spoken:
                assert DELIVERY_RANK[now] >= DELIVERY_RANK[before]
            self.statuses[message_id] = now

    @invariant()
    def outbox_and_messages_agree(self) -> None:
        """A row for each message that is not settled, and for no other."""
        sql = "SELECT sequence, state FROM outbox WHERE conversation_key IN ({})"
        rows = dict(self.rows_of(sql)) if hasattr(self, "conversations") else {}
        open_ = {
            self.sequences[message_id]: status
            for message_id, (status,) in self.all_statuses().items()
            if status in ("queued", "sending", "unknown")
        }
        assert rows == open_

    def teardown(self) -> None:
        """Everything heals: a new node, a provider that takes whatever comes, and time."""
        if not hasattr(self, "nodes"):
            return
        for _ in range(2):
            self.node_dies(0, settles=False)
        for _ in range(60):
            self.time_passes(SEND_UNKNOWN_BLOCKS_SECONDS + 1)
            self.forsaken_are_given_up()
            self.node_sends(0, True, "taken", True, 0, 0)
            while self.nodes[0].found:
                self.node_sends(0, False, "taken", True, 0, 0)
            if not self.rows_of("SELECT 1 FROM outbox WHERE state <> 'unknown' AND conversation_key IN ({})"):
                break
        self.provider_took_each_once_and_in_order()
        self.statuses_never_go_back()
        self.outbox_and_messages_agree()
        for message_id, status in self.statuses.items():
            settled = status in ("sent", "delivered", "read", "failed", "unknown")
            assert settled, f"{message_id} is stuck as {status}"
            assert message_id in self.taken or status not in ("sent", "delivered", "read")
        assert set(self.statuses) == {message_id for message_id, _ in self.told.values()}
        assert self.rows_of("SELECT 1 FROM outbox WHERE state <> 'unknown' AND conversation_key IN ({})") == []

    # -- how ----------------------------------------------------------------------------------------------------------

    def settle(self, node: Node, attempt: Attempt) -> None:
        node.attempts.remove(attempt)
        assert attempt.outcome is not None
        self.home.submit(SettleAttempt(attempt.claim.due, attempt.claim.attempt, attempt.outcome))

    def node(self, which: int) -> Node:
        return self.nodes[which % len(self.nodes)]

    def is_living(self, node: Node) -> bool:
        return bool(self.home.rows("SELECT 1 FROM nodes WHERE node = ?", node.name))

    def message_of(self, claim: Claim) -> str:
        return claim.outgoing.callback_data.split(":")[1]

    def all_statuses(self) -> dict[str, tuple[str]]:
        if not getattr(self, "conversations", None):
            return {}
        found = self.rows_of(
            "SELECT message_id, status FROM messages WHERE role = 'operator' AND conversation_key IN ({})"
        )
        return {row[0]: (row[1],) for row in found}

    def rows_of(self, sql: str) -> list[Any]:
        """Rows of this walk's conversations."""
        keys = "SELECT conversation_key FROM conversations WHERE conversation_id IN (?, ?)"
        return self.home.rows(sql.format(keys), *(name for name, _ in self.conversations))


def test_whatever_happens_each_message_leaves_once_and_in_order(installation: Installation) -> None:
    Outbox.home = installation
    walks = settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True)
    run_state_machine_as_test(Outbox, settings=walks)
