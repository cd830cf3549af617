"""Messages as rows: how they are read, written, and shown as JSON."""

from dataclasses import dataclass
from typing import Any

import orjson

from wasl.clock import iso
from wasl.domain.message import MessageStatus
from wasl.limits import PREVIEW_CHARACTERS
from wasl.store.database import Row, Table

Json = dict[str, Any]

MESSAGES = Table(
    "messages",
    {
        "account_id": "int",
        "sequence": "int",
        "channel_id": "int",
        "conversation_key": "int",
        "message_id": "text",
        "provider_message_id": "text",
        "client_message_id": "text",
        "version": "int",
        "clock": "int",
        "role": "text",
        "origin": "text",
        "type": "text",
        "content": "text",
        "status": "text",
        "error": "text",
        "operator_id": "int",
        "author_name": "text",
        "reply_to": "text",
        "reply_preview": "text",
        "reactions": "text",
        "media": "text",
        "metadata": "text",
        "timestamp_ms": "int",
        "received_ms": "int",
        "saved_ms": "int",
        "edited_ms": "int",
        "deleted_ms": "int",
        "hops": "text",
    },
    key=("account_id", "sequence"),
)
MESSAGE_UPDATES = (
    "provider_message_id",
    "version",
    "type",
    "content",
    "status",
    "error",
    "reactions",
    "media",
    "metadata",
    "edited_ms",
    "deleted_ms",
    "hops",
)
MESSAGE_SELECT = (
    "SELECT " + ", ".join(f"m.{name}" for name in MESSAGES.columns) + ", c.conversation_id, c.user_id"
    " FROM messages m JOIN conversations c ON c.account_id = m.account_id AND c.conversation_key = m.conversation_key"
)


@dataclass(slots=True)
class Message:
    """A message as the open transaction will leave it. JSON columns are held as the objects they mean."""

    account_id: int
    sequence: int
    channel_id: int
    conversation_key: int
    id: str
    provider_message_id: str | None
    client_message_id: str | None
    version: int
    clock: int
    role: str
    origin: str
    type: str
    content: str
    status: MessageStatus | None
    error: Json | None
    operator_id: int | None
    author_name: str | None
    reply_to: str | None
    reply_preview: Json | None
    reactions: list[Json]
    media: Json | None
    metadata: Json
    timestamp_ms: int
    received_ms: int
    saved_ms: int
    edited_ms: int | None
    deleted_ms: int | None
    hops: list[list[Any]]
    conversation_id: str
    user_id: int
    is_new: bool = True

    @classmethod
    def of_row(cls, row: Row) -> "Message":
        """Build it from a row of MESSAGE_SELECT."""
        values = list(row)
        values[13] = MessageStatus(row[13]) if row[13] else None
        for index in (14, 18, 20):
            values[index] = orjson.loads(row[index]) if row[index] else None
        for index in (19, 27):
            values[index] = orjson.loads(row[index]) if row[index] else []
        values[21] = orjson.loads(row[21])
        values.append(False)
        return cls(*values)

    def insert_row(self) -> Row:
        """The values of all columns."""
        return (
            self.account_id,
            self.sequence,
            self.channel_id,
            self.conversation_key,
            self.id,
            self.provider_message_id,
            self.client_message_id,
            self.version,
            self.clock,
            # Plain strings: the driver would ask every enum what it wants to be.
            str(self.role),
            str(self.origin),
            str(self.type),
            self.content,
            self.status and str(self.status),
            _text(self.error),
            self.operator_id,
            self.author_name,
            self.reply_to,
            _text(self.reply_preview),
            _text(self.reactions),
            _text(self.media),
            orjson.dumps(self.metadata).decode(),
            self.timestamp_ms,
            self.received_ms,
            self.saved_ms,
            self.edited_ms,
            self.deleted_ms,
            _text(self.hops),
        )

    def update_row(self) -> Row:
        """The values of MESSAGE_UPDATES, then the key."""
        return (
            self.provider_message_id,
            self.version,
            str(self.type),
            self.content,
            self.status and str(self.status),
            _text(self.error),
            _text(self.reactions),
            _text(self.media),
            orjson.dumps(self.metadata).decode(),
            self.edited_ms,
            self.deleted_ms,
            _text(self.hops),
            self.account_id,
            self.sequence,
        )

    @property
    def position(self) -> tuple[int, int]:
        return (self.clock, self.sequence)

    @property
    def is_user(self) -> bool:
        return self.role == "user"

    def preview(self) -> Json:
        """What a quotation of this message shows."""
        return {
            "message_id": self.id,
            "role": self.role,
            "type": self.type,
            "content": self.content[:PREVIEW_CHARACTERS],
        }

    def as_last_message(self) -> Json:
        """What a row of the conversation list shows of this message."""
        return {
            "message_id": self.id,
            "content": self.content[:PREVIEW_CHARACTERS],
            "is_user": self.is_user,
            "role": self.role,
            "timestamp": iso(self.timestamp_ms),
            "type": self.type,
            "status": self.status,
            "deleted": self.deleted_ms is not None,
            "clock": self.clock,
            "sequence": self.sequence,
        }

    def as_json(self) -> Json:
        """The message object of the API, the same in history pages and in events."""
        return {
            "message_id": self.id,
            "conversation_id": self.conversation_id,
            "user_id": str(self.user_id),
            "sequence": self.sequence,
            "clock": self.clock,
            "version": self.version,
            "timestamp": iso(self.timestamp_ms),
            "is_user": self.is_user,
            "role": self.role,
            "handled_by": self._handled_by(),
            "operator_id": str(self.operator_id) if self.operator_id is not None else None,
            "operator_name": self.author_name if self.role == "operator" else None,
            "origin": self.origin,
            "type": self.type,
            "content": self.content,
            "text": self.content or None,
            "status": self.status,
            # Only of `unknown_outcome` is there anything to decide.
            "error": {"decide_after": None, **self.error} if self.error else None,
            "reply_to": self.reply_to,
            "reply_preview": self.reply_preview,
            "reactions": [_shown(reaction) for reaction in self.reactions if reaction["emoji"]],
            "edited_at": iso(self.edited_ms),
            "deleted_at": iso(self.deleted_ms),
            "audio_url": self._file_url("voice", "audio"),
            "image_url": self._file_url("image", "sticker"),
            "media": self.media,
            "metadata": self.metadata,
            "client_message_id": self.client_message_id,
        }

    def _file_url(self, *types: str) -> str | None:
        return self.media.get("url") if self.media and self.type in types else None

    def _handled_by(self) -> str | None:
        if self.origin == "echo":
            return "phone"
        return self.role if self.role in ("bot", "operator") else None


def _shown(reaction: Json) -> Json:
    return {key: reaction[key] for key in ("emoji", "from", "timestamp")}


def _text(value: Json | list[Any] | None) -> str | None:
    return orjson.dumps(value).decode() if value else None
