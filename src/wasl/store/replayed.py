"""Kept bodies, taken out of quarantine: the row, the ledger and what becomes of the update change together."""

from collections.abc import Sequence
from dataclasses import dataclass

from wasl.domain.updates import Noted, Unreadable, Update
from wasl.store.conversation_row import ChannelFace
from wasl.store.draft import Draft
from wasl.store.intake import Intake, Saved
from wasl.store.needs import Needs
from wasl.store.raw import KeptBody, RawBody, keep_raw


@dataclass(frozen=True, slots=True)
class TakeIn:
    """The change that makes a kept update part of its account, and its row done."""

    kept: KeptBody
    account_id: int
    channel: ChannelFace
    update: Update

    def needs(self) -> Needs:
        needs = Needs(commons=True)  # The row and the count of what was nobody's.
        needs.add(self._intake().needs())
        return needs

    def apply(self, draft: Draft) -> Sequence[Saved] | None:
        """Store it as if it came now; None when another replay was faster."""
        if not _claim(draft, self.kept, "done_ms = ?", draft.now_ms):
            return None
        _uncount(draft, self.kept)
        return self._intake().apply(draft)

    def _intake(self) -> Intake:
        raw = self.kept.raw
        return Intake(self.account_id, self.channel, (self.update,), raw.proof, raw.received_ms)


@dataclass(frozen=True, slots=True)
class Relabel:
    """The change that gives an update which shows nothing to its account; it stays kept, now as set aside."""

    kept: KeptBody
    account_id: int
    reason: str

    def needs(self) -> Needs:
        return Needs(commons=True)

    def apply(self, draft: Draft) -> bool:
        """Whether it was done here and now."""
        assignments = "account_id = ?, outcome = 'set_aside', reason = ?"
        if not _claim(draft, self.kept, assignments, self.account_id, self.reason):
            return False
        _uncount(draft, self.kept)
        draft.ledger.received += self.kept.raw.updates
        draft.ledger.set_aside += self.kept.raw.updates
        return True


@dataclass(frozen=True, slots=True)
class SplitBody:
    """The change that keeps each update of a whole body by itself, under the account that kept the whole."""

    kept: KeptBody
    updates: tuple[Update, ...]

    @property
    def account_id(self) -> int:
        return self.kept.account_id

    def needs(self) -> Needs:
        return Needs(commons=True)

    def apply(self, draft: Draft) -> bool:
        """Whether it was done here and now."""
        if not _claim(draft, self.kept, "done_ms = ?", draft.now_ms):
            return False
        _uncount(draft, self.kept)
        raw = self.kept.raw
        for update in self.updates:
            reason = update.reason if isinstance(update, Unreadable) else raw.reason
            outcome = "quarantined"
            if isinstance(update, Noted) and not update.phone_number_id:
                outcome, reason = "set_aside", update.field
            body = RawBody(
                raw.provider, update.phone_number_id, raw.proof, outcome, reason, update.origin_json(), raw.received_ms
            )
            draft.ledger.received += 1
            keep_raw(draft, body)
        return True


def _claim(draft: Draft, kept: KeptBody, assignments: str, *values: int | str) -> bool:
    """Change a row that is still as it was read; false when somebody else was faster."""
    sql = f"UPDATE webhook_raw SET {assignments} WHERE id = ? AND outcome = ? AND account_id = ? AND done_ms IS NULL"
    return draft.connection.run(sql, (*values, kept.id, kept.raw.outcome, kept.account_id)) == 1


def _uncount(draft: Draft, kept: KeptBody) -> None:
    """Take a body out of the ledger where it was counted when it was kept; it is counted anew where it goes."""
    updates, outcome = kept.raw.updates, kept.raw.outcome
    assert outcome in ("quarantined", "set_aside")
    sql = f"UPDATE ledger SET received = received - ?, {outcome} = {outcome} - ? WHERE account_id = ?"
    draft.connection.run(sql, (updates, updates, kept.account_id))
