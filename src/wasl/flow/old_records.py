"""Old conversations as other systems write them down: one JSON document each, read record by record.

The promise: nothing is dropped in silence. What cannot be read is told with its line and its reason, never its text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wasl.channels.json_body import read_json
from wasl.domain.identity import Party, looks_like_bsuid, phone_digits
from wasl.domain.message import PROVIDER_STATUSES, Content, MessageType, Origin, Role
from wasl.domain.updates import MessageReceived
from wasl.flow.limits import IMPORTED_NAME_CHARACTERS_MAX, MESSAGE_ID_CHARACTERS_MAX
from wasl.store.imported import OldMessage

Json = Mapping[str, Any]

_ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("user", "customer", "client", "contact"), Role.USER),
    **dict.fromkeys(("bot", "assistant", "ai", "model"), Role.BOT),
    **dict.fromkeys(("operator", "agent", "human_agent", "admin", "staff"), Role.OPERATOR),
    **dict.fromkeys(("system", "note"), Role.SYSTEM),
}
_TYPES: Mapping[str, MessageType] = {
    **{kind.value: kind for kind in MessageType},
    **dict.fromkeys(("chat", "message"), MessageType.TEXT),
    **dict.fromkeys(("photo", "picture"), MessageType.IMAGE),
    **dict.fromkeys(("ptt", "voice_note"), MessageType.VOICE),
    "file": MessageType.DOCUMENT,
    "button": MessageType.INTERACTIVE,
    "list": MessageType.INTERACTIVE,
}
_NUMBER = re.compile(r"\d{1,19}(\.\d{1,9})?")
_PHONE = re.compile(r"\+?[\d\s().-]{7,25}")
_YEAR_2100_SECONDS = 4_102_444_800


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read: its line, the message's place in it (from 1), and why."""

    line: int
    message: int | None
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.message is None else f"line {self.line}, message {self.message}"
        return f"{place}: {self.reason}"


class _NotReadable(Exception):
    """Why a record cannot be read; it leaves this module only as `Unread`."""


def read_document(line: int, raw: bytes, phone_number_id: str, region: str | None) -> Iterator[OldMessage | Unread]:
    """Read one line: its messages in the order of their times, and what of it could not be read."""
    try:
        document = _document_of(raw)
        party = _party_of(document, region)
        records = document.get("messages")
        if not isinstance(records, list):
            raise _NotReadable("it has no list of messages")
    except _NotReadable as error:
        yield Unread(line, None, str(error))
        return
    readable: list[_Record] = []
    by_id: dict[str, _Record] = {}
    for place, raw_record in enumerate(records, 1):
        try:
            record = _Record.of(raw_record)
            if record.id is not None and by_id.setdefault(record.id, record) != record:
                raise _NotReadable("its id stands twice in this conversation, with different contents")
        except _NotReadable as error:
            yield Unread(line, place, str(error))
        else:
            readable.append(record)
    readable.sort(key=lambda record: record.at_ms)  # Stable: what stands at one instant stays in the file's order.
    ordinals: dict[str, int] = {}
    for record in readable:
        ordinal = None
        if record.id is None:
            wish = f"ts_{record.time_text}"
            ordinal = ordinals[wish] = ordinals.get(wish, 0) + 1
        yield OldMessage(record.update(party, phone_number_id), line, ordinal)


def _document_of(raw: bytes) -> Json:
    try:
        document = read_json(raw)
    except ValueError:
        raise _NotReadable("it is no JSON") from None
    if not isinstance(document, dict):
        raise _NotReadable("it is no JSON object")
    return document


def _party_of(document: Json, region: str | None) -> Party:
    customer = document.get("customer")
    fields = {**document, **customer} if isinstance(customer, dict) else document
    id_ = _text(fields, "user_id", "customer_id", "id") if isinstance(customer, dict) else _word(customer)
    id_ = id_ or _text(document, "user_id", "customer_id")
    raw_phone = _text(fields, "phone", "user_phone", "phone_number", "phone_clean")
    if raw_phone is None and id_ is not None and _PHONE.fullmatch(id_):
        raw_phone = id_
    phone = phone_digits(raw_phone, region) if raw_phone else None
    bsuid = _text(fields, "bsuid") or (id_ if id_ and looks_like_bsuid(id_) else None)
    other = id_ if id_ and id_ != bsuid and (phone is None or phone_digits(id_, region) != phone) else None
    if not (phone or bsuid or other):
        raise _NotReadable("it names no customer (customer, user_id or phone)")
    name = _text(fields, "name", "user_name", "customer_name")
    return Party(
        phone=phone, bsuid=bsuid, provider_id=other, name=name[:IMPORTED_NAME_CHARACTERS_MAX] if name else None
    )


@dataclass(frozen=True, slots=True)
class _Record:
    """A message as it was written down. `time_text` is its timestamp as the file has it; `at_ms` means the same."""

    id: str | None
    time_text: str
    at_ms: int
    role: Role
    content: Content
    reply_to: str | None
    status: str
    author_name: str | None

    @classmethod
    def of(cls, raw: Any) -> "_Record":
        if not isinstance(raw, dict):
            raise _NotReadable("it is no JSON object")
        metadata = raw.get("metadata")
        if metadata is not None and not isinstance(metadata, dict):
            raise _NotReadable("its metadata is no JSON object")
        metadata = metadata or {}
        time_text, at_ms = _time_of(raw.get("timestamp", raw.get("created_at")))
        id_ = _text(raw, "message_id") or _text(metadata, "message_id", "source_message_id")
        if id_ is not None and len(id_) > MESSAGE_ID_CHARACTERS_MAX:
            raise _NotReadable(f"its id has more than {MESSAGE_ID_CHARACTERS_MAX} characters")
        return cls(
            id=id_,
            time_text=time_text,
            at_ms=at_ms,
            role=_role_of(raw),
            content=_content_of(raw, metadata),
            reply_to=_text(raw, "reply_to"),
            status=_text(raw, "status") or "",
            author_name=_text(raw, "operator_name", "author", "agent_name"),
        )

    def update(self, party: Party, phone_number_id: str) -> MessageReceived:
        return MessageReceived(
            phone_number_id=phone_number_id,
            message_id=self.id or f"ts_{self.time_text}",
            party=party,
            timestamp_seconds=self.at_ms // 1000,
            content=self.content,
            origin_json=bytes,  # Never asked for: what cannot be imported stays in the file.
            origin=Origin.HISTORY,
            from_customer=self.role is Role.USER,
            reply_to=self.reply_to,
            status=PROVIDER_STATUSES.get(self.status),
            role=self.role,
            author_name=self.author_name if self.role is Role.OPERATOR else None,
        )


def _role_of(raw: Json) -> Role:
    word = _text(raw, "role", "sender")
    if word is None:
        is_user = raw.get("is_user")
        if isinstance(is_user, bool):
            return Role.USER if is_user else Role.BOT
        raise _NotReadable("it has no role")
    try:
        return _ROLES[word.lower()]
    except KeyError:
        raise _NotReadable("its role is none of user, bot, operator, system") from None


def _content_of(raw: Json, metadata: Json) -> Content:
    value = next((raw[key] for key in ("text", "content", "message", "body") if raw.get(key) is not None), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _NotReadable("its text is no text")
    word = (_text(raw, "type", "message_type") or "text").lower()
    type_ = _TYPES.get(word, MessageType.UNSUPPORTED)
    details = dict(metadata)
    if type_ is MessageType.UNSUPPORTED:
        details["type"] = word
    details |= {key: raw[key] for key in ("audio_url", "image_url", "media_url") if isinstance(raw.get(key), str)}
    if type_ is MessageType.TEXT and not str(value).strip():
        raise _NotReadable("it has no text")
    return Content(type_, str(value), None, details)


def _time_of(value: Any) -> tuple[str, int]:
    """A timestamp as the file has it, and in milliseconds UTC. Naive times are UTC."""
    if isinstance(value, dict):
        return _time_of_object(value)
    text = _word(value)
    if text is None:
        raise _NotReadable("it has no timestamp")
    if _NUMBER.fullmatch(text):
        number = float(text)
        # Seconds until the year 5138, then milliseconds, then microseconds: no two meanings overlap in our time.
        at_ms = number * 1000 if number < 1e11 else number if number < 1e14 else number / 1000
        return text, _in_our_time(at_ms)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _NotReadable("its timestamp cannot be read") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return text, _in_our_time(moment.timestamp() * 1000)


def _time_of_object(value: Json) -> tuple[str, int]:
    """The shapes in which document databases export their times."""
    if "$date" in value:
        inner = value["$date"]
        return _time_of(inner.get("$numberLong") if isinstance(inner, dict) else inner)
    seconds = value.get("_seconds", value.get("seconds"))
    nanoseconds = value.get("_nanoseconds", value.get("nanoseconds", value.get("nanos", 0)))
    if not (isinstance(seconds, int) and isinstance(nanoseconds, int)):
        raise _NotReadable("its timestamp cannot be read")
    at_ms = _in_our_time(seconds * 1000 + nanoseconds // 1_000_000)
    text = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds" if at_ms % 1000 else "seconds")
    return text.replace("+00:00", "Z"), at_ms


def _in_our_time(at_ms: float) -> int:
    if not 0 < at_ms < _YEAR_2100_SECONDS * 1000:
        raise _NotReadable("its timestamp is not of our time")
    return round(at_ms)


def _text(fields: Json, *names: str) -> str | None:
    return next((word for name in names if (word := _word(fields.get(name))) is not None), None)


def _word(value: Any) -> str | None:
    """A text or a number as a text without blanks around it; None for anything else, and for nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None
