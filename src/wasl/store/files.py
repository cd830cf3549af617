"""Files as rows: what is known of each, which operators have brought and not sent yet, and which messages show them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from wasl.domain.message import MessageType
from wasl.errors import NotFound
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.message_row import Json, Message
from wasl.store.needs import Needs

_FILE_COLUMNS = (
    "sha256",
    "mime_type",
    "bytes",
    "width",
    "height",
    "duration_ms",
    "peaks",
    "thumbnail",
    "animated",
)
_INSERT = (
    f"INSERT INTO files (account_id, {', '.join(_FILE_COLUMNS)}, created_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NOW_MS())"
)
_FOUND_OUT = ("width", "height", "duration_ms", "peaks")
_TOLD_AGAIN = ", ".join(
    (
        *(f"{name} = excluded.{name}" for name in ("mime_type", "bytes", "created_ms")),
        *(f"{name} = COALESCE(excluded.{name}, files.{name})" for name in _FOUND_OUT),
        "thumbnail = COALESCE(files.thumbnail, excluded.thumbnail)",
        "animated = CASE WHEN files.animated = 1 THEN 1 ELSE excluded.animated END",
    )
)
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is there. `thumbnail` is the hash of a small picture of it, which is a file too."""

    sha256: str
    mime_type: str
    bytes: int
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    peaks: tuple[int, ...] = ()
    thumbnail: str | None = None
    animated: bool = False


@dataclass(frozen=True, slots=True)
class Pictured:
    """A file, and its small picture if it has one."""

    file: StoredFile
    thumbnail: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """An upload: a file, and the kind of message that it is to become."""

    upload_id: str
    kind: MessageType
    name: str
    file: StoredFile

    def as_json(self) -> Json:
        """The `upload` object of the API."""
        media = ready_media(self.file, self.name)
        shown = ("mime_type", "bytes", "name", "width", "height", "duration_seconds", "peaks", "url", "thumbnail_url")
        return {"upload_id": self.upload_id, "kind": self.kind.value, **{key: media[key] for key in shown}}


def find_file(connection: Connection, account_id: int, sha256: str) -> StoredFile | None:
    """A file of an account, by its hash."""
    sql = f"SELECT {', '.join(_FILE_COLUMNS)} FROM files WHERE account_id = ? AND sha256 = ?"
    rows = connection.rows(sql, (account_id, sha256))
    return _file_of(rows[0]) if rows else None


def find_upload(connection: Connection, account_id: int, upload_id: str) -> BroughtFile | None:
    """What an operator of the account has brought."""
    columns = ", ".join(f"f.{name}" for name in _FILE_COLUMNS)
    sql = (
        f"SELECT u.upload_id, u.kind, u.name, {columns} FROM uploads u"
        " JOIN files f ON f.account_id = u.account_id AND f.sha256 = u.sha256"
        " WHERE u.account_id = ? AND u.upload_id = ?"
    )
    rows = connection.rows(sql, (account_id, upload_id))
    if not rows:
        return None
    upload_id, kind, name, *file = rows[0]
    return BroughtFile(upload_id, MessageType(kind), name, _file_of(tuple(file)))


@dataclass(frozen=True, slots=True)
class KeepUpload:
    """Note a file that an operator has brought, and its small picture; their bytes are kept already."""

    account_id: int
    operator_id: int
    brought: Pictured
    kind: MessageType
    name: str
    upload_id: str

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> BroughtFile:
        file = keep_files(draft, self.brought)
        sql = (
            "INSERT INTO uploads (account_id, upload_id, operator_id, sha256, kind, name, created_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, NOW_MS())"
        )
        named = (self.account_id, self.upload_id, self.operator_id, file.sha256, self.kind.value, self.name)
        draft.connection.send(sql, named)
        return BroughtFile(self.upload_id, self.kind, self.name, file)


@dataclass(frozen=True, slots=True)
class ForgetUpload:
    """An operator does not want to send it after all; its bytes are swept with what nothing names."""

    account_id: int
    upload_id: str

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        """Raises NotFound."""
        sql = "DELETE FROM uploads WHERE account_id = ? AND upload_id = ?"
        if not draft.connection.run(sql, (self.account_id, self.upload_id)):
            raise NotFound("There is no such upload.", code="upload_gone")


def new_upload_id() -> str:
    """Name an upload; nobody can guess it."""
    return f"up_{secrets.token_urlsafe(18)}"


@dataclass(frozen=True, slots=True)
class NoteBytes:
    """Note bytes that were kept and came to nothing, so that they are swept: what no row names is never found again."""

    account_id: int
    sizes: Mapping[str, int]
    """By hash."""

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        sql = f"{_INSERT} ON CONFLICT (account_id, sha256) DO UPDATE SET created_ms = excluded.created_ms"
        for sha256, size in self.sizes.items():
            draft.connection.send(sql, (self.account_id, *_row_of(StoredFile(sha256, UNKNOWN_TYPE, size))))


def keep_files(draft: Draft, brought: Pictured) -> StoredFile:
    """Note what is known of a file and of its small picture, and tell what is known of it altogether.

    One that was there already is as young again as a new one: it is not swept before whoever brought it now had the
    time to use it. What was found out of it once is not forgotten because it could not be looked at this time, and its
    small picture stays the one that messages show already.
    """
    sql = f"{_INSERT} ON CONFLICT (account_id, sha256) DO UPDATE SET {_TOLD_AGAIN}"
    for file in filter(None, (brought.thumbnail, brought.file)):
        draft.connection.send(sql, (draft.account_id, *_row_of(file)))
    return find_file(draft.connection, draft.account_id, brought.file.sha256) or brought.file


def use_file(draft: Draft, message: Message) -> None:
    """Note that a message shows a file, so that it is kept as long as the message shows it."""
    sha256 = message.media.get("sha256") if message.media else None
    if sha256:
        sql = (
            "INSERT INTO file_uses (account_id, sha256, sequence) VALUES (?, ?, ?)"
            " ON CONFLICT (account_id, sha256, sequence) DO NOTHING"
        )
        draft.connection.send(sql, (draft.account_id, sha256, message.sequence))


def disuse_file(draft: Draft, message: Message) -> None:
    """A message does not show its file any more."""
    sha256 = message.media.get("sha256") if message.media else None
    if sha256:
        sql = "DELETE FROM file_uses WHERE account_id = ? AND sha256 = ? AND sequence = ?"
        draft.connection.send(sql, (draft.account_id, sha256, message.sequence))


def ready_media(file: StoredFile, name: str | None, *, voice: bool = False) -> Json:
    """The `media` object of a message whose file is there."""
    return {
        "state": "ready",
        "sha256": file.sha256,
        "url": url_of(file.sha256),
        "thumbnail_url": url_of(file.thumbnail) if file.thumbnail else None,
        "mime_type": file.mime_type,
        "bytes": file.bytes,
        "name": name,
        "duration_seconds": round(file.duration_ms / 1000, 1) if file.duration_ms is not None else None,
        "width": file.width,
        "height": file.height,
        "peaks": list(file.peaks),
        "voice": voice,
        "animated": file.animated,
        "error": None,
        "can_retry": False,
    }


def coming_media(told: Json) -> Json:
    """The same of one whose file is still at the provider; `told` is what the provider said of it."""
    return {
        "state": "pending",
        "sha256": None,
        "url": None,
        "thumbnail_url": None,
        "mime_type": told.get("mime_type"),
        "bytes": None,
        "name": told.get("name"),
        "duration_seconds": None,
        "width": None,
        "height": None,
        "peaks": [],
        "voice": bool(told.get("voice")),
        "animated": bool(told.get("animated")),
        "error": None,
        "can_retry": False,
    }


def url_of(sha256: str) -> str:
    """Where an operator's browser finds a file. Nothing in it expires: it stands in events, which are kept."""
    return f"/api/live-chat/media/{sha256}"


def _row_of(file: StoredFile) -> tuple[Any, ...]:
    peaks = orjson.dumps(file.peaks).decode() if file.peaks else None
    size = (file.bytes, file.width, file.height, file.duration_ms)
    return (file.sha256, file.mime_type, *size, peaks, file.thumbnail, int(file.animated))


def _file_of(row: tuple[Any, ...]) -> StoredFile:
    sha256, mime_type, size, width, height, duration_ms, peaks, thumbnail, animated = row
    known_peaks = tuple(orjson.loads(peaks)) if peaks else ()
    return StoredFile(sha256, mime_type, size, width, height, duration_ms, known_peaks, thumbnail, bool(animated))
