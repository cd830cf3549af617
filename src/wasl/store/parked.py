"""Updates that came before the message they speak of: kept with the database, applied when it arrives."""

import hashlib
from typing import assert_never

import orjson

from wasl.domain.message import Content, MessageStatus, MessageType
from wasl.domain.sending import attempt_of_callback
from wasl.domain.updates import MessageEdited, MessageRevoked, Reacted, StatusReported
from wasl.store.draft import Draft
from wasl.store.message_row import Json, Message
from wasl.store.reactions import react_to_message
from wasl.store.touch import Teller, edit_message, report_status, revoke_message

Parkable = MessageEdited | MessageRevoked | Reacted | StatusReported


def apply_to(draft: Draft, message: Message, update: Parkable) -> bool:
    """Apply an update to the message it speaks of; False when it changes nothing any more."""
    return apply_packed(draft, message, _packed(update))


def park(draft: Draft, channel_id: int, target_id: str, update: Parkable) -> bool:
    """Keep an update until its message is known; False when the same one is kept already."""
    body = orjson.dumps(_packed(update)).decode()
    fingerprint = hashlib.sha256(body.encode()).hexdigest()[:32]
    sql = (
        "INSERT INTO parked_updates (account_id, channel_id, target_id, fingerprint, body, received_ms)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (channel_id, target_id, fingerprint) DO NOTHING"
    )
    row = (draft.account_id, channel_id, target_id, fingerprint, body, draft.now_ms)
    kept = draft.connection.run(sql, row) == 1
    if kept:
        draft.remember_parked(channel_id, target_id, body)
    return kept


def unpark(draft: Draft, message: Message, target_id: str) -> None:
    """Apply what waited for a message, and let the ledger follow."""
    for body in draft.take_parked(message.channel_id, target_id):
        draft.ledger.set_aside -= 1
        if apply_packed(draft, message, orjson.loads(body)):
            draft.ledger.stored += 1
        else:
            draft.ledger.duplicates += 1


def _packed(update: Parkable) -> Json:
    match update:
        case StatusReported():
            return {
                "kind": "status",
                "status": update.status,
                "at_ms": update.timestamp_seconds * 1000,
                "code": update.error_code,
                "message": update.error_message,
                "provider_message_id": update.provider_message_id,
                "attempt": attempt_of_callback(update.callback_data),
            }
        case Reacted():
            return {
                "kind": "reaction",
                "emoji": update.emoji,
                "actor": update.actor,
                "at_ms": update.timestamp_seconds * 1000,
            }
        case MessageEdited():
            content = update.content
            return {
                "kind": "edit",
                "type": content.type,
                "text": content.text,
                "media": dict(content.media) if content.media else None,
                "details": dict(content.details),
                "at_ms": update.timestamp_seconds * 1000,
            }
        case MessageRevoked():
            return {"kind": "revoke", "at_ms": update.timestamp_seconds * 1000}
    assert_never(update)


def apply_packed(draft: Draft, message: Message, packed: Json) -> bool:
    """Apply an update as it was kept; False when it changes nothing any more."""
    at_ms = packed["at_ms"]
    match packed["kind"]:
        case "status":
            status = MessageStatus(packed["status"])
            error = {"code": packed["code"], "message": packed["message"]} if packed["code"] else None
            told_by = Teller(packed["provider_message_id"], packed.get("attempt"))
            return report_status(draft, message, status, at_ms, error, told_by)
        case "reaction":
            return react_to_message(draft, message, packed["actor"], packed["emoji"], at_ms)
        case "edit":
            content = Content(MessageType(packed["type"]), packed["text"], packed["media"], packed["details"])
            return edit_message(draft, message, content, at_ms)
        case _:
            return revoke_message(draft, message, at_ms)
