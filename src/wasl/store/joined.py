"""Statuses that nothing joins to a message but the customer and the time: joined to the message that fits best.

This is a guess, and shown as one (`metadata.ticks`). It is made once for each message: afterwards the message is known
by the name that its statuses use. A status of a message that may still be on its way waits for the provider's answer,
and whether a message left at all is never guessed: one whose answer was lost stays for a person to decide, who is told
what has come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from wasl.domain.channels import Ticks
from wasl.domain.identity import IdentityKind, Party
from wasl.domain.message import MessageStatus
from wasl.domain.updates import StatusReported
from wasl.store.draft import Draft
from wasl.store.limits import (
    STATUS_JOIN_AFTER_SECONDS,
    STATUS_JOIN_BEFORE_SECONDS,
    STATUS_JOIN_MESSAGES_MAX,
    STATUS_JOIN_SAME_SECONDS,
    STATUS_JOIN_WAITING_MAX,
)
from wasl.store.message_row import Json, Message
from wasl.store.parked import apply_packed, apply_to, unpark
from wasl.store.touch import touch_message

_ON_THEIR_WAY = (MessageStatus.SENDING, MessageStatus.UNKNOWN)


def waiting_place(party: Party) -> str:
    """Where statuses to a customer are parked that fit no message yet."""
    return f"to:{party.phone}"


def join_status(draft: Draft, channel_id: int, update: StatusReported) -> bool:
    """Apply a status to the message that it is taken to speak of, which is known by the status's name for it from now
    on; False when none fits, or when the one that fits best has no answer yet."""
    assert update.joined_by is not None
    contact_id = draft.contact_of(update.joined_by.identities())
    newest = _newest(draft, channel_id, contact_id) if contact_id is not None else []
    waiting = _waiting(draft, channel_id, [waiting_place(update.joined_by)], since_ms=0)
    told_before = [one for one in waiting if one.name == update.provider_message_id]
    moments = [update.timestamp_seconds or draft.now_ms // 1000, *(one.at_seconds for one in told_before)]
    best = _best(draft, newest, moments)
    if best is None:
        return False
    if best.status is MessageStatus.SENT:
        _join(draft, best, update.provider_message_id)
        counted = [*(_take(draft, best, one) for one in told_before), apply_to(draft, best, update)]
        if not any(counted):
            touch_message(draft, best, "status")
        return True
    if best.status is MessageStatus.UNKNOWN:
        _hint(draft, best, update.status)
    return False


def accept_unnamed(message: Message) -> None:
    """Note that the provider took a message and will call it otherwise: its ticks are guesses."""
    message.metadata = {**message.metadata, "ticks": Ticks.BEST_EFFORT.value}


def join_waiting(draft: Draft, message: Message) -> None:
    """Give a message that was accepted just now the statuses which came before the provider's answer."""
    customer = draft.conversation(message.conversation_key).customer
    phones = [name["value"] for name in customer["identities"] if name["kind"] == IdentityKind.PHONE]
    began_ms = _moments(draft, message)[0] * 1000
    since_ms = began_ms - STATUS_JOIN_BEFORE_SECONDS * 1000
    places = [waiting_place(Party(phone=phone)) for phone in phones]
    waiting = _waiting(draft, message.channel_id, places, since_ms)
    fitting = [
        (distance, one.name) for one in waiting if (distance := _distance(draft, message, one.at_seconds)) is not None
    ]
    if not fitting:
        return
    name = min(fitting, key=lambda found: found[0])[1]
    _join(draft, message, name)
    counted = [_take(draft, message, one) for one in waiting if one.name == name]
    if not any(counted):
        touch_message(draft, message, "status")
    draft.load_parked(message.channel_id, name)
    unpark(draft, message, name)


@dataclass(frozen=True, slots=True)
class _Waiting:
    place: str
    fingerprint: str
    packed: Json

    @property
    def name(self) -> str:
        return str(self.packed["provider_message_id"])

    @property
    def at_seconds(self) -> int:
        return int(self.packed["at_ms"]) // 1000


def _waiting(draft: Draft, channel_id: int, places: Iterable[str], since_ms: int) -> list[_Waiting]:
    """The newest statuses that wait in some places, oldest first."""
    sql = (
        "SELECT p.target_id, p.fingerprint, p.body FROM parked_updates p WHERE p.channel_id = ?"
        " AND p.target_id = ANY(?) AND p.received_ms >= ? ORDER BY p.received_ms DESC LIMIT ?"
    )
    rows = draft.connection.rows(sql, (channel_id, list(places), since_ms, STATUS_JOIN_WAITING_MAX))
    return [_Waiting(place, fingerprint, orjson.loads(body)) for place, fingerprint, body in reversed(rows)]


def _newest(draft: Draft, channel_id: int, contact_id: int) -> list[Message]:
    """The last messages of a customer's conversations on a channel: one may go on in another by now."""
    here = (found for found in draft.conversations_of_contact(contact_id) if found.channel.channel_id == channel_id)
    return [message for found in here for message in draft.newest_messages(found.key, STATUS_JOIN_MESSAGES_MAX)]


def _best(draft: Draft, messages: Iterable[Message], moments: Sequence[int]) -> Message | None:
    """The message that all of these moments can be about and that is nearest to the first; the oldest of several."""
    fitting = []
    for message in messages:
        distances = [_distance(draft, message, moment) for moment in moments]
        if distances[0] is not None and None not in distances:
            fitting.append((distances[0], message.sequence, message))
    return min(fitting)[2] if fitting else None


def _take(draft: Draft, message: Message, one: _Waiting) -> bool:
    sql = "DELETE FROM parked_updates WHERE channel_id = ? AND target_id = ? AND fingerprint = ?"
    draft.connection.run(sql, (message.channel_id, one.place, one.fingerprint))
    counted = apply_packed(draft, message, one.packed)
    draft.ledger.set_aside -= 1
    draft.ledger.stored += counted
    draft.ledger.duplicates += not counted
    return counted


def _distance(draft: Draft, message: Message, at_seconds: int) -> int | None:
    """How many seconds lie between a message and what happened to it; None when it cannot be the same one."""
    waits = message.metadata.get("ticks") == Ticks.BEST_EFFORT and "acceptance_id" not in message.metadata
    if message.is_user or not (message.status in _ON_THEIR_WAY or (message.status is MessageStatus.SENT and waits)):
        return None
    began, ended = _moments(draft, message)
    if not began - STATUS_JOIN_BEFORE_SECONDS <= at_seconds <= ended + STATUS_JOIN_AFTER_SECONDS:
        return None
    if message.status in _ON_THEIR_WAY:
        return max(began - at_seconds, 0)  # It may be taken at any moment.
    return max(began - at_seconds, at_seconds - ended - STATUS_JOIN_SAME_SECONDS, 0)


def _moments(draft: Draft, message: Message) -> tuple[int, int]:
    """When its last attempt began and when the provider had taken it, in Unix seconds; now, if it has not yet."""
    hops: list[list[Any]] = message.hops
    began = next((at for hop, at, _ in reversed(hops) if hop == MessageStatus.SENDING), message.saved_ms)
    ended = next((at for hop, at, _ in reversed(hops) if hop == MessageStatus.SENT and at >= began), draft.now_ms)
    return began // 1000, ended // 1000


def _join(draft: Draft, message: Message, name: str) -> None:
    """The caller touches the message."""
    message.metadata = {**message.metadata, "acceptance_id": message.provider_message_id}
    draft.name_message(message, name)


def _hint(draft: Draft, message: Message, status: MessageStatus) -> None:
    sentence = f"WhatsApp's answer was lost. What may be this message is {status.value}; nobody knows for sure."
    error = {**(message.error or {"code": "unknown_outcome"}), "message": sentence, "perhaps": status.value}
    if error != message.error:
        message.error = error
        touch_message(draft, message, "status")
