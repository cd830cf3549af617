"""An attempt to send: claimed before the first byte, settled once, given up when its maker is gone.

Every step is a change of the journal, so that the message, its event and its outbox row move together. Leases and due
times are the database's, so that nodes whose clocks differ agree about them.
"""

from dataclasses import dataclass

from wasl.clock import iso
from wasl.domain.identity import IdentityKind
from wasl.domain.message import Content, MessageStatus, MessageType, Origin, Role
from wasl.domain.sending import (
    NOT_BEGUN,
    Accepted,
    NotSent,
    Outgoing,
    Recipient,
    Refused,
    SendOutcome,
    Unclear,
    callback_data_for,
)
from wasl.limits import (
    SEND_ATTEMPTS_MAX,
    SEND_LEASE_SECONDS,
    SEND_RETRY_SECONDS_MAX,
    SEND_UNKNOWN_BLOCKS_SECONDS,
    SEND_WINDOW_TRUSTED_SECONDS,
)
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.joined import accept_unnamed, join_waiting
from wasl.store.message_row import Json, Message
from wasl.store.needs import Needs
from wasl.store.outbox import Due
from wasl.store.parked import unpark
from wasl.store.touch import Teller, progress_message, report_status
from wasl.store.window import WINDOW_CLOSED, window_is_open

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
        return Needs(sequences={self.due.sequence})

    def apply(self, draft: Draft) -> Claim | None:
        """Claim it; None when somebody else did, when this node is gone in the eyes of the others, or when it has
        waited so long that the customer's window has closed: then it is failed."""
        message = draft.message_at(self.due.sequence)
        sql = (
            "UPDATE outbox SET state = 'sending', attempt = attempt + 1, due_ms = NOW_MS(), lease_ms = NOW_MS() + ?,"
            " since_ms = NOW_MS(), node = ? WHERE account_id = ? AND sequence = ? AND state = 'queued' AND attempt = ?"
            " AND EXISTS (SELECT 1 FROM nodes n WHERE n.node = ?) RETURNING attempt, windowed"
        )
        seen = (self.due.account_id, self.due.sequence, self.due.attempt)
        row = (SEND_LEASE_SECONDS * 1000, self.node, *seen, self.node)
        claimed = draft.connection.rows(sql, row) if message is not None else []
        if message is None or not claimed:
            return None
        [(attempt, windowed)] = claimed
        if windowed and self._window_has_closed(draft, message):
            error = {"code": "window_closed", "message": WINDOW_CLOSED}
            report_status(draft, message, MessageStatus.FAILED, draft.now_ms, error, Teller(attempt=attempt))
            return None
        progress_message(draft, message, MessageStatus.SENDING, attempt)
        outgoing = Outgoing(
            to=recipient_of(draft.conversation(message.conversation_key)),
            content=Content(MessageType(message.type), message.content, message.media, message.metadata),
            callback_data=callback_data_for(message.id, attempt),
            reply_to=_provider_id_of(draft, message),
        )
        return Claim(self.due, attempt, outgoing)

    @staticmethod
    def _window_has_closed(draft: Draft, message: Message) -> bool:
        waited_ms = draft.now_ms - message.saved_ms
        if waited_ms <= SEND_WINDOW_TRUSTED_SECONDS * 1000:
            return False
        return not window_is_open(draft, draft.conversation(message.conversation_key))


def recipient_of(conversation: Conversation) -> Recipient:
    """Every name of a customer under which a provider may take something for them."""
    customer = conversation.customer
    others = tuple(name["value"] for name in customer["identities"] if name["kind"] == IdentityKind.PROVIDER)
    return Recipient(customer["phone"], customer["bsuid"], others)


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
        parked = set()
        if isinstance(self.outcome, Accepted) and self.outcome.named_in_statuses:
            parked.add((self.due.channel_id, self.outcome.provider_message_id))
        return Needs(sequences={self.due.sequence}, parked=parked)

    def apply(self, draft: Draft) -> MessageStatus | None:
        """Write it down; the result is the message's status afterwards."""
        message = draft.message_at(self.due.sequence)
        if message is None:
            return None
        if isinstance(self.outcome, Accepted):
            _accept(draft, message, self.outcome, self.attempt)
            return message.status
        sql = (
            "SELECT state, due_ms <= NOW_MS(), failures FROM outbox WHERE account_id = ? AND sequence = ?"
            " AND attempt = ? AND state <> 'queued'"
        )
        row = (self.due.account_id, self.due.sequence, self.attempt)
        for state, is_past, failures in draft.connection.rows(sql, row):
            # Once the next message of the conversation may have left, this one must not follow it.
            too_late = state == "unknown" and bool(is_past)
            if state == "sending" or not isinstance(self.outcome, Unclear):
                self._not_accepted(draft, message, self.outcome, failures, too_late)
        return message.status

    def _not_accepted(
        self, draft: Draft, message: Message, outcome: NotSent | Refused | Unclear, failures: int, too_late: bool
    ) -> None:
        error: Json
        match outcome:
            case NotSent() if not too_late and (not outcome.counts_as_attempt or failures + 1 < SEND_ATTEMPTS_MAX):
                pause_ms = int(_pause_seconds(outcome, failures) * 1000)
                _move(draft, self.due, "queued", pause_ms, outcome.code, counts=outcome.counts_as_attempt)
                error = {"code": outcome.code, "message": outcome.message}
                progress_message(draft, message, MessageStatus.QUEUED, self.attempt, error)
            case NotSent() | Refused():
                error = {"code": outcome.code, "message": outcome.message}
                report_status(draft, message, MessageStatus.FAILED, draft.now_ms, error, Teller(attempt=self.attempt))
            case Unclear():
                _move(draft, self.due, "unknown", SEND_UNKNOWN_BLOCKS_SECONDS * 1000, outcome.reason)
                error = {
                    "code": "unknown_outcome",
                    "message": "The answer was lost. It may have been sent: its status will tell, or you decide.",
                    "decide_after": iso(draft.now_ms + SEND_UNKNOWN_BLOCKS_SECONDS * 1000),
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
        sql = (
            "SELECT 1 FROM outbox WHERE account_id = ? AND sequence = ? AND node = ? AND attempt = ?"
            " AND state <> 'queued'"
        )
        # Only the attempt that the lost claim began: an earlier one has left, for all that anybody knows.
        attempt = self.due.attempt + 1
        rows = draft.connection.rows(sql, (self.due.account_id, self.due.sequence, self.node, attempt))
        if rows:
            SettleAttempt(self.due, attempt, NOT_BEGUN).apply(draft)
        return bool(rows)


def _pause_seconds(outcome: NotSent, failures: int) -> float:
    """Wait longer after every failure, as long as failures count."""
    grown = outcome.growth**failures if outcome.counts_as_attempt else 1
    return max(outcome.retry_after_seconds, min(outcome.retry_after_seconds * grown, SEND_RETRY_SECONDS_MAX))


def _accept(draft: Draft, message: Message, outcome: Accepted, attempt: int) -> None:
    if not outcome.named_in_statuses:
        accept_unnamed(message)
    told_by = Teller(outcome.provider_message_id, attempt)
    report_status(draft, message, MessageStatus.SENT, draft.now_ms, None, told_by)
    if not outcome.named_in_statuses:
        join_waiting(draft, message)
        return
    unpark(draft, message, outcome.provider_message_id)


def _move(draft: Draft, due: Due, state: str, pause_ms: int, error: str, *, counts: bool = False) -> None:
    sql = (
        "UPDATE outbox SET state = ?, due_ms = NOW_MS() + ?, lease_ms = NULL, since_ms = NOW_MS(), last_error = ?,"
        " failures = failures + ? WHERE account_id = ? AND sequence = ?"
    )
    draft.connection.send(sql, (state, pause_ms, error, int(counts), due.account_id, due.sequence))


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
