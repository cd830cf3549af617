"""After a restore nothing that may have gone out goes out again, and every screen fetches what is so now.

A backup's outbox holds messages that left after the backup was taken: WhatsApp has them, and nobody here knows. The
same is true of answers that the assistant had still to make: whom it has answered since waits for a person instead.
"""

import secrets
from dataclasses import dataclass

from wasl.store.attempts import DoubtMessage
from wasl.store.database import Database
from wasl.store.event_log import RenewTags
from wasl.store.journal import Journal
from wasl.store.outbox import unsettled_messages
from wasl.store.team import Team
from wasl.store.undecided import GiveUpTurn, open_turns


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made of an older state: accounts whose screens load anew, messages that somebody must decide on, and
    customers whom a person answers in the assistant's place."""

    accounts: int
    unknown: int
    handed_over: int = 0


async def settle_restored(database: Database, journal: Journal, team: Team) -> Restored:
    """Call what waited to be sent `unknown`, let people answer what the assistant was to answer, and renew the tags of
    every log. Before any server starts."""
    unknown = 0
    for due in await database.read(unsettled_messages):
        unknown += await journal.submit(DoubtMessage(due))
    handed_over = 0
    for account_id, conversation_key in await database.read(open_turns):
        handed_over += await journal.submit(GiveUpTurn(account_id, conversation_key))
    accounts = team.accounts()
    for account in accounts:
        shift = 1 + secrets.randbelow(2**31 - 1)
        after: int | None = 0
        while after is not None:
            after = await journal.submit(RenewTags(account.id, shift, after))
    return Restored(len(accounts), unknown, handed_over)
