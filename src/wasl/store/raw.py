"""Bodies that could not become part of an account: kept verbatim, counted, and processed again on request."""

import hashlib
from dataclasses import dataclass

from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.needs import Needs


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body to keep. `proof` names the secret that signed it; `outcome` is `quarantined` or `set_aside`."""

    provider: str
    phone_number_id: str | None
    proof: str
    outcome: str
    reason: str
    body: bytes
    received_ms: int
    updates: int = 1


@dataclass(frozen=True, slots=True)
class KeepRaw:
    """The change that keeps bodies which are nobody's, or which nobody could read."""

    bodies: tuple[RawBody, ...]
    account_id: int = 0

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> int:
        """Keep them; the result is how many were not kept already."""
        draft.ledger.received += sum(body.updates for body in self.bodies)
        return sum(keep_raw(draft, body) for body in self.bodies)


def keep_raw(draft: Draft, raw: RawBody) -> bool:
    """Write a body down, once, and count it; False when the same body from the same sender was there."""
    sql = (
        "INSERT INTO webhook_raw (account_id, provider, phone_number_id, proof, outcome, reason, updates, fingerprint,"
        " body, received_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (proof, fingerprint) DO NOTHING"
    )
    head = (draft.account_id, raw.provider, raw.phone_number_id, raw.proof, raw.outcome, raw.reason, raw.updates)
    row = (*head, hashlib.sha256(raw.body).hexdigest(), raw.body, raw.received_ms)
    kept = draft.connection.run(sql, row) == 1
    if not kept:
        draft.ledger.duplicates += raw.updates
    elif raw.outcome == "quarantined":
        draft.ledger.quarantined += raw.updates
    else:
        draft.ledger.set_aside += raw.updates
    return kept


@dataclass(frozen=True, slots=True)
class KeptBody:
    """A body that waits to be processed again."""

    id: int
    account_id: int
    raw: RawBody


def kept_bodies(connection: Connection, outcomes: list[str], after_id: int, limit: int) -> list[KeptBody]:
    """Kept bodies that are not done, oldest first, page by page."""
    sql = (
        "SELECT id, account_id, provider, phone_number_id, proof, outcome, reason, body, received_ms, updates"
        " FROM webhook_raw WHERE outcome = ANY(?) AND done_ms IS NULL AND id > ? ORDER BY id LIMIT ?"
    )
    found = []
    for row in connection.rows(sql, (outcomes, after_id, limit)):
        found.append(
            KeptBody(row[0], row[1], RawBody(row[2], row[3], row[4], row[5], row[6], bytes(row[7]), row[8], row[9]))
        )
    return found
