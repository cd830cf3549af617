"""Processing again what was kept: bodies of channels that did not exist yet, and of updates nobody could read yet.

The promise: a kept update becomes part of an account exactly once, only where a secret of that account proved it, and
the ledger balances before and after. What still cannot be processed stays as it is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from wasl.channels.adapter import Adapter, Knock
from wasl.domain.channels import Access
from wasl.domain.updates import Noted, Unreadable, Update
from wasl.errors import UnreadableBody, WaslError
from wasl.flow.limits import REPLAY_BODIES_PER_READ
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.raw import KeptBody, kept_bodies
from wasl.store.replayed import Relabel, SplitBody, TakeIn
from wasl.store.team import Channel, Team

_OUTCOMES = ["quarantined", "set_aside"]


@dataclass(slots=True)
class Replayed:
    """What a replay did: bodies that were taken in, messages they added, and how many stay, by reason."""

    taken: int = 0
    messages: int = 0
    stay: Counter[str] = field(default_factory=Counter)


async def replay(database: Database, journal: Journal, team: Team, adapters: Mapping[str, Adapter]) -> Replayed:
    """Go once through everything that is kept. Raises Unavailable when the database does not answer."""
    await team.refresh()
    result, after_id = Replayed(), 0
    while True:
        read = partial(kept_bodies, outcomes=_OUTCOMES, after_id=after_id, limit=REPLAY_BODIES_PER_READ)
        page = await database.read(read)
        if not page:
            return result
        for kept in page:
            await _replay_one(journal, team, adapters, kept, result)
        after_id = page[-1].id


async def _replay_one(
    journal: Journal, team: Team, adapters: Mapping[str, Adapter], kept: KeptBody, result: Replayed
) -> None:
    adapter = adapters.get(kept.raw.provider)
    if adapter is None:
        result.stay["of a provider that this version does not know"] += 1
        return
    try:
        updates = adapter.read(Knock.kept(kept.raw.body, kept.raw.received_ms), _access_of(team, kept))
    except UnreadableBody:
        result.stay["cannot be read"] += 1
        return
    except Exception as error:
        log.error("kept body cannot be read", id=kept.id, error=type(error).__name__)
        result.stay["cannot be read"] += 1
        return
    if len(updates) > 1:
        # It was kept whole. Each of its updates goes its own way; the pages still to come hold them.
        await journal.submit(SplitBody(kept, tuple(updates)))
        return
    if not updates:
        result.stay["holds nothing"] += 1
        return
    reason = _why_it_stays(team, kept, updates)
    if reason is not None:
        result.stay[reason] += 1
        return
    await _take_in(journal, _channel_of(team, kept, updates[0]), kept, updates[0], result)


def _why_it_stays(team: Team, kept: KeptBody, updates: Sequence[Update]) -> str | None:
    [update] = updates
    channel = _channel_of(team, kept, update)
    if isinstance(update, Unreadable):
        return "cannot be read"
    if isinstance(update, Noted) and kept.raw.outcome == "set_aside":
        return "shows nothing in the inbox"
    if channel is None:
        return "no such channel"
    # A number that was connected later has another secret than the one at whose address it knocked before, where each
    # has an address of its own; and secrets are renewed.
    if kept.raw.proof not in team.proofs_of(channel):
        return "signed with a secret that its account never had"
    return None


def _channel_of(team: Team, kept: KeptBody, update: Update) -> Channel | None:
    if not update.phone_number_id:
        return None
    return team.channel_of(kept.raw.provider, update.phone_number_id)


def _access_of(team: Team, kept: KeptBody) -> Access | None:
    """The channel at whose own address the body arrived, where bodies do not name their numbers."""
    number = kept.raw.phone_number_id
    channel = team.channel_of(kept.raw.provider, number) if number else None
    return channel.access if channel is not None else None


async def _take_in(journal: Journal, channel: Channel | None, kept: KeptBody, update: Update, result: Replayed) -> None:
    assert channel is not None, "what names no channel stays"
    try:
        if isinstance(update, Noted):
            taken = await journal.submit(Relabel(kept, channel.account_id, update.field))
            messages = 0
        else:
            saved = await journal.submit(TakeIn(kept, channel.account_id, channel.face, update))
            taken, messages = saved is not None, len(saved or ())
    except WaslError:
        raise
    except Exception as error:
        log.error("kept body cannot be stored", id=kept.id, error=type(error).__name__)
        result.stay["cannot be stored"] += 1
        return
    result.taken += taken
    result.messages += messages
