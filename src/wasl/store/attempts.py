"""An attempt to send: claimed before the first byte, settled once, given up when its maker is gone.

Every step is a change of the journal, so that the message, its event and its outbox row move together. Leases and due
times are the database's, so that nodes whose clocks differ agree about them.
"""

from dataclasses import dataclass

from wasl.domain.message import MessageStatus, Origin, Role
from wasl.domain.sending import (
    NOT_BEGUN,
    Accepted,
    NotSent,
    Outgoing,
    Refused,
    SendOutcome,
    Unclear,
    callback_data_for,
)
from wasl.limits import SEND_ATTEMPTS_MAX, SEND_LEASE_SECONDS, SEND_RETRY_SECONDS_MAX, SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.store.database import Connection
from wasl.store.draft import Draft, Needs
from wasl.store.message_row import Message
from wasl.store.outbox import Due
from wasl.store.parked import unpark
from wasl.store.touch import progress_message, report_status

# The claimant's lease has run out, or it is gone: nobody knows whether the message left.
_FORSAKEN = (
    "o.state = 'sending' AND (o.lease_ms <= NOW_MS() OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.node = o.node))"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that may now be made, by whoever holds this and nobody else."""

    due: Due
    attempt: int
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class ClaimMessage:
    """Take a due message for a node: `sending` is durable, with its attempt and lease, before the first byte leaves."""

    due: Due
    node: str

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Claim | None:
        """Claim it; None when somebody else did, or when this node is gone in the eyes of the others."""
        message = _message_of(draft, self.due)
        sql = (
            "UPDATE outbox SET state = 'sending', attempt = attempt + 1, due_ms = NOW_MS(), lease_ms = NOW_MS() + ?,"
            " since_ms = NOW_MS(), node = ? WHERE account_id = ? AND sequence = ? AND state = 'queued'"
            " AND EXISTS (SELECT 1 FROM nodes n WHERE n.node = ?)"
        )
        row = (SEND_LEASE_SECONDS * 1000, self.node, self.due.account_id, self.due.sequence, self.node)
        if message is None or draft.connection.run(sql, row) != 1:
            return None
        attempt = _attempt_of(draft, self.due)
        progress_message(draft, message, MessageStatus.SENDING, attempt)
        customer = draft.conversation(message.conversation_key).customer
        outgoing = Outgoing(
            to_phone=customer["phone"],
            to_bsuid=customer["bsuid"],
            text=message.content,
            reply_to=_provider_id_of(draft, message),
            callback_data=callback_data_for(message.id, attempt),
        )
        return Claim(self.due, attempt, outgoing)


def _message_of(draft: Draft, due: Due) -> Message | None:
    return draft.message_where("m.sequence = ?", (due.sequence,))


def _attempt_of(draft: Draft, due: Due) -> int:
    sql = "SELECT attempt FROM outbox WHERE account_id = ? AND sequence = ?"
    rows = draft.connection.rows(sql, (due.account_id, due.sequence))
    return int(rows[0][0])


def _provider_id_of(draft: Draft, message: Message) -> str | None:
    """What the provider calls the message that this one quotes."""
    if message.reply_to is None:
        return None
    quoted = draft.message_where("m.channel_id = ? AND m.message_id = ?", (message.channel_id, message.reply_to))
    if quoted is None:
        return message.reply_to
    if quoted.role == Role.USER or quoted.origin != Origin.LIVE:
        return quoted.id
    return quoted.provider_message_id


@dataclass(frozen=True, slots=True)
class SettleAttempt:
    """What became of an attempt, as its maker knows it. A status webhook may have settled it before the provider's
    answer came, and another node may have given the maker up: what the maker knows is still the truth."""

    due: Due
    attempt: int
    outcome: SendOutcome

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> MessageStatus | None:
        """Write it down; the result is the message's status afterwards."""
        message = _message_of(draft, self.due)
        if message is None:
            return None
        if isinstance(self.outcome, Accepted):
            _accept(draft, message, self.outcome)
            return message.status
        sql = (
            "SELECT state, due_ms <= NOW_MS() FROM outbox WHERE account_id = ? AND sequence = ? AND attempt = ?"
            " AND state <> 'queued'"
        )
        for state, is_past in draft.connection.rows(sql, (self.due.account_id, self.due.sequence, self.attempt)):
            # Once the next message of the conversation may have left, this one must not follow it.
            too_late = state == "unknown" and bool(is_past)
            if state == "sending" or not isinstance(self.outcome, Unclear):
                self._not_accepted(draft, message, self.outcome, too_late)
        return message.status

    def _not_accepted(
        self, draft: Draft, message: Message, outcome: NotSent | Refused | Unclear, too_late: bool
    ) -> None:
        match outcome:
            case NotSent() if not too_late and (not outcome.counts_as_attempt or self.attempt < SEND_ATTEMPTS_MAX):
                _move(draft, self.due, "queued", int(_pause_seconds(outcome, self.attempt) * 1000), outcome.code)
                error = {"code": outcome.code, "message": outcome.message}
                progress_message(draft, message, MessageStatus.QUEUED, self.attempt, error)
            case NotSent() | Refused():
                error = {"code": outcome.code, "message": outcome.message}
                report_status(draft, message, MessageStatus.FAILED, draft.now_ms, error)
            case Unclear():
                _move(draft, self.due, "unknown", SEND_UNKNOWN_BLOCKS_SECONDS * 1000, outcome.reason)
                error = {
                    "code": "unknown_outcome",
                    "message": "WhatsApp's answer was lost. It may have been sent; Wasl waits for its status.",
                }
                progress_message(draft, message, MessageStatus.UNKNOWN, self.attempt, error)


def forsaken_claims(connection: Connection) -> list[tuple[Due, int]]:
    """Attempts that nobody will settle any more, with their number."""
    sql = f"SELECT account_id, sequence, channel_id, conversation_key, attempt FROM outbox o WHERE {_FORSAKEN}"
    return [(Due(*row[:4]), row[4]) for row in connection.rows(sql)]


@dataclass(frozen=True, slots=True)
class ForsakeAttempt:
    """Give up an attempt whose maker is gone or too late; it is not made again."""

    due: Due
    attempt: int

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether it was given up here and now: its maker may have come back a moment ago."""
        sql = f"SELECT 1 FROM outbox o WHERE o.account_id = ? AND o.sequence = ? AND o.attempt = ? AND {_FORSAKEN}"
        if not draft.connection.rows(sql, (self.due.account_id, self.due.sequence, self.attempt)):
            return False
        SettleAttempt(self.due, self.attempt, Unclear("the attempt was interrupted")).apply(draft)
        return True


@dataclass(frozen=True, slots=True)
class ReturnClaim:
    """Give back a message that a node may have claimed, because the answer to its claim was lost: it sent nothing."""

    due: Due
    node: str

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether it had claimed it."""
        sql = "SELECT attempt FROM outbox WHERE account_id = ? AND sequence = ? AND node = ? AND state <> 'queued'"
        rows = draft.connection.rows(sql, (self.due.account_id, self.due.sequence, self.node))
        for (attempt,) in rows:
            SettleAttempt(self.due, attempt, NOT_BEGUN).apply(draft)
        return bool(rows)


def _pause_seconds(outcome: NotSent, attempt: int) -> float:
    """Wait twice as long after every failure, as long as failures count."""
    doublings = attempt - 1 if outcome.counts_as_attempt else 0
    return max(outcome.retry_after_seconds, min(outcome.retry_after_seconds * (1 << doublings), SEND_RETRY_SECONDS_MAX))


def _accept(draft: Draft, message: Message, outcome: Accepted) -> None:
    report_status(draft, message, MessageStatus.SENT, draft.now_ms, None, outcome.provider_message_id)
    draft.load_parked(message.channel_id, outcome.provider_message_id)
    unpark(draft, message, outcome.provider_message_id)


def _move(draft: Draft, due: Due, state: str, pause_ms: int, error: str) -> None:
    sql = (
        "UPDATE outbox SET state = ?, due_ms = NOW_MS() + ?, lease_ms = NULL, since_ms = NOW_MS(), last_error = ?"
        " WHERE account_id = ? AND sequence = ?"
    )
    draft.connection.send(sql, (state, pause_ms, error, due.account_id, due.sequence))


@dataclass(frozen=True, slots=True)
class DoubtMessage:
    """What an older state of the database would send, or is sending, may have gone out since: nobody here knows."""

    due: Due

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Let it be `unknown`, under the number that its next attempt had; whether it was not settled yet."""
        sql = (
            "UPDATE outbox SET attempt = attempt + CASE WHEN state = 'queued' THEN 1 ELSE 0 END, state = 'sending'"
            " WHERE account_id = ? AND sequence = ? AND state <> 'unknown'"
        )
        if draft.connection.run(sql, (self.due.account_id, self.due.sequence)) != 1:
            return False
        SettleAttempt(self.due, _attempt_of(draft, self.due), Unclear("an older state was restored")).apply(draft)
        return True
