"""The order of a conversation on a real database, whatever the provider's clock says and in whichever batches it comes.

tests/domain/test_position.py holds the rule alone. Here it goes through the journal and is read as screens read it:
what was shown once keeps its order for good, and what comes is put where it hides nothing that was answered.
"""

from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from arrivals import NOON, arrival, echoed, remembered, said
from machines.installation import Installation
from wasl.domain.message import Content
from wasl.domain.updates import MessageReceived
from wasl.store.history import HistoryQuery, history_page
from wasl.store.outbox import QueueMessage

FAR_PAST = NOON - 10**8
SECONDS = st.sampled_from([0, 0, 0, -1, 1, -30, 30, -4_000, 90_000])
"""How far a timestamp is from where the customer's clock stands: equal, late, early, far off either way."""


class Positions(RuleBasedStateMachine):
    """One conversation, read anew after each step."""

    home: ClassVar[Installation]

    @initialize()
    def begin(self) -> None:
        self.party = self.home.new_party()
        self.count = 0
        self.at = 0
        self.shown: list[str] = []
        self.answers: set[str] = set()
        """Replies and echoes: nothing live may come to stand above them any more."""
        self.past: set[str] = set()
        self.home.arrives(self.live(0))
        self.ids = self.home.ids_of(self.party)
        self.shown = [message["message_id"] for message in self.thread()]

    # -- what happens -------------------------------------------------------------------------------------------------

    @rule(offsets=st.lists(SECONDS, min_size=1, max_size=4), replies=st.booleans(), together=st.booleans())
    def customer_writes(self, offsets: list[int], replies: bool, together: bool) -> None:
        """One webhook or several, perhaps in one transaction with an operator's reply that comes last."""
        self.at += 1
        messages = [self.live(offset) for offset in offsets]
        webhooks = [messages] if together else [[message] for message in messages]
        changes: list[Any] = [arrival(self.home.cast, *updates, received_ms=self.home.now_ms) for updates in webhooks]
        if replies:
            changes.append(self.reply())
        results = self.home.submit_together(changes)
        self.compare({message.message_id for message in messages}, [results[-1].id] if replies else [])

    @rule(unsteady=st.integers(-100_000, 100_000))
    def operator_replies(self, unsteady: int) -> None:
        """Our own wall clock may stand anywhere: it takes no part."""
        self.home.now_ms += unsteady * 1000
        try:
            message = self.home.submit(self.reply())
        finally:
            self.home.now_ms -= unsteady * 1000
        self.compare(set(), [message.id])

    @rule(offset=SECONDS)
    def business_writes_on_its_phone(self, offset: int) -> None:
        self.count += 1
        echo = echoed(f"{self.party.phone}.{self.count}", "from the phone", party=self.party, at=self.at + offset)
        self.home.arrives(echo)
        self.compare(set(), [echo.message_id])

    @rule(times=st.lists(st.integers(-5_000, 100_000), min_size=1, max_size=3))
    def past_is_imported(self, times: list[int]) -> None:
        told = []
        for at in times:
            self.count += 1
            told.append(remembered(f"{self.party.phone}.{self.count}", "long ago", at=at, party=self.party))
        self.home.arrives(*told)
        self.past |= {message.message_id for message in told}
        self.compare(set(), [])

    @rule(which=st.integers(0, 20))
    def webhook_comes_again(self, which: int) -> None:
        live = [one for one in self.shown if one.startswith(str(self.party.phone)) and one not in self.past]
        self.home.arrives(said(live[which % len(live)], "again", party=self.party, at=-9_000))
        self.compare(set(), [])

    # -- what must hold -----------------------------------------------------------------------------------------------

    def compare(self, live: set[str], answers: list[str]) -> None:
        """Put what is shown now beside what was shown before; `answers` came last."""
        before, thread = self.shown, self.thread()
        now = [message["message_id"] for message in thread]
        assert len(set(now)) == len(now)
        known = set(before)
        assert [one for one in now if one in known] == before, "what was shown keeps its order"
        answered = max((now.index(one) for one in self.answers), default=-1)
        assert all(now.index(one) > answered for one in live), "nothing live slips above an answer"
        for answer in answers:
            assert now.index(answer) == len(now) - 1, "an answer stands below everything its author saw"
        assert all(one in self.past for one in now[: len(self.past)]), "the past stands before what is live"
        self.answers |= set(answers)
        self.shown = now

    @invariant()
    def pages_agree(self) -> None:
        """Page by page, from the newest, it is the same order."""
        if hasattr(self, "ids"):
            assert [message["message_id"] for message in self.thread(limit=3)] == self.shown

    # -- how ----------------------------------------------------------------------------------------------------------

    def live(self, offset: int) -> MessageReceived:
        self.count += 1
        return said(f"{self.party.phone}.{self.count}", party=self.party, at=self.at + offset)

    def reply(self) -> QueueMessage:
        return QueueMessage(self.home.cast.olive.id, self.home.cast.rana, *self.ids, Content.of_text("a reply"))

    def thread(self, limit: int = 100) -> list[dict[str, Any]]:
        """The whole conversation as pages of history tell it."""
        account, rana = self.home.cast.olive.id, self.home.cast.rana.id
        conversation_id, user_id = self.ids
        found: list[dict[str, Any]] = []
        before: str | None = None
        while True:
            query = HistoryQuery(user_id, conversation_id, limit=limit, before=before)
            page = self.home.read(lambda c, query=query: history_page(c, account, rana, query, FAR_PAST))  # type: ignore[misc]
            found = page.messages + found
            before = page.next_before
            if before is None:
                return found


def test_whatever_happens_the_order_that_was_shown_stays(installation: Installation) -> None:
    Positions.home = installation
    walks = settings(max_examples=40, stateful_step_count=15, deadline=None, derandomize=True)
    run_state_machine_as_test(Positions, settings=walks)
