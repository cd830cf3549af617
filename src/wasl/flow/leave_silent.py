"""Conversations that fell silent are ended, or given back to the assistant, as their number's rules say, by one node.

The promise: nobody is left who waits for an answer, and nothing that is still to leave.
"""

from collections.abc import Callable, Mapping
from functools import partial

from wasl.clock import now_ms
from wasl.domain.assistant_settings import Rules
from wasl.domain.conversation import ConversationStatus
from wasl.flow.limits import IDLE_LOOKED_AT_ONCE
from wasl.flow.together import submit_together
from wasl.observe import log
from wasl.store.database import Connection, Database
from wasl.store.desk import Move
from wasl.store.duties import Duties
from wasl.store.idle import LeaveSilent, Silent, silent_conversations
from wasl.store.journal import Journal
from wasl.store.moments import first_sequence_since
from wasl.store.team import Team

_DUTY = "leave silent"
_START = 0


class SilenceKeeper:
    """Goes round the silent conversations of every account, some at each turn: not all of them can be left yet."""

    def __init__(
        self, database: Database, journal: Journal, team: Team, duties: Duties, clock: Callable[[], int] = now_ms
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._duties = duties
        self._clock = clock
        self._places: dict[tuple[int, ConversationStatus], int] = {}

    async def leave_silent(self) -> int:
        """End or give back what is silent for long enough, unless another node does; how many. Raises Unavailable."""
        left = 0
        for account in self._team.accounts():
            rules = self._rules(account.id)
            for status in (ConversationStatus.BOT, ConversationStatus.HUMAN):
                theirs = {number: rule for number, rule in rules.items() if _speaks_of(rule, status)}
                if theirs and await self._duties.claim(_DUTY):
                    left += await self._leave(account.id, status, theirs)
        if left:
            log.info("silent conversations left", count=left)
        return left

    def _rules(self, account_id: int) -> dict[int, Rules]:
        """Of the account's numbers that have such a rule."""
        channels = self._team.channels(account_id)
        rules = {one.id: self._team.assistant(account_id, one.id).settings.rules for one in channels}
        return {channel_id: rule for channel_id, rule in rules.items() if rule.idle_minutes > 0}

    async def _leave(self, account_id: int, status: ConversationStatus, rules: Mapping[int, Rules]) -> int:
        shortest_ms = min(rule.idle_minutes for rule in rules.values()) * 60_000
        after = self._places.get((account_id, status), _START)

        def look(connection: Connection) -> list[Silent]:
            before = first_sequence_since(connection, account_id, self._clock() - shortest_ms)
            asked = partial(silent_conversations, connection, account_id, status, list(rules))
            return asked(after, before, IDLE_LOOKED_AT_ONCE)

        found = await self._database.read(look)
        self._places[account_id, status] = found[-1].place if len(found) == IDLE_LOOKED_AT_ONCE else _START
        changes = [self._change(account_id, silent, rules[silent.channel_id]) for silent in found]
        return sum(await submit_together(self._journal, [change for change in changes if change is not None]))

    def _change(self, account_id: int, silent: Silent, rule: Rules) -> LeaveSilent | None:
        """None where it is plain without asking the journal that it cannot be left yet."""
        move = Move.RELEASE if rule.idle_move == "release" else Move.END
        terms = self._team.assistant(account_id, silent.channel_id).terms
        is_early = silent.last_activity_ms > self._clock() - rule.idle_minutes * 60_000
        is_owed = silent.last_is_users and not (move is Move.RELEASE and terms.answers)
        if is_early or is_owed:
            return None
        return LeaveSilent(account_id, silent.conversation_key, move, rule.idle_minutes, terms)


def _speaks_of(rule: Rules, status: ConversationStatus) -> bool:
    return status is ConversationStatus.HUMAN or rule.idle_move != "release"
