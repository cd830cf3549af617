"""Which files lie at a provider already, and under which name; and who is bringing one there just now.

Uploading may be repeated without harm, but is made once for each number and file as long as the provider keeps it: a
row without the provider's name is a lease on bringing it. Times are the database's, as in the outbox.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from wasl.store.database import Connection
from wasl.store.files import StoredFile, find_file
from wasl.store.limits import PROVIDER_FILE_SECONDS, UPLOAD_LEASE_SECONDS, UPLOAD_LOOK_SECONDS
from wasl.store.outbox import Due

_OF_FILE = "channel_id = ? AND sha256 = ? AND mime_type = ?"


@dataclass(frozen=True, slots=True)
class Leaving:
    """The file of a message that is due. `provider_id` is None when the provider does not have it, as far as we know;
    `file` is None when it is gone."""

    name: str
    file: StoredFile | None
    provider_id: str | None


def find_leaving(connection: Connection, due: Due) -> Leaving:
    """What is known of the file of a message that is due."""
    sql = "SELECT media FROM messages WHERE account_id = ? AND sequence = ?"
    rows = connection.rows(sql, (due.account_id, due.sequence))
    media: dict[str, Any] = orjson.loads(rows[0][0]) if rows and rows[0][0] else {}
    file = find_file(connection, due.account_id, due.sha256 or "")
    known: list[tuple[Any, ...]] = []
    if file is not None:
        sql = f"SELECT provider_id FROM provider_files WHERE {_OF_FILE} AND provider_id <> '' AND expires_ms > NOW_MS()"
        known = connection.rows(sql, (due.channel_id, file.sha256, file.mime_type))
    return Leaving(media.get("name") or "file", file, known[0][0] if known else None)


def begin_upload(connection: Connection, due: Due, file: StoredFile, *, wanted: bool) -> bool:
    """Whether this file is now ours to bring, if we want to. The message is not due meanwhile, so that nobody looks at
    it in vain; it keeps its place in the conversation."""
    sql = (
        "INSERT INTO provider_files (channel_id, sha256, mime_type, provider_id, expires_ms)"
        " VALUES (?, ?, ?, '', NOW_MS() + ?) ON CONFLICT (channel_id, sha256, mime_type)"
        " DO UPDATE SET provider_id = '', expires_ms = excluded.expires_ms WHERE provider_files.expires_ms <= NOW_MS()"
    )
    lease_ms = UPLOAD_LEASE_SECONDS * 1000
    ours = wanted and connection.run(sql, (due.channel_id, file.sha256, file.mime_type, lease_ms)) == 1
    _postpone(connection, due, lease_ms if ours else UPLOAD_LOOK_SECONDS * 1000)
    return ours


def renew_upload(connection: Connection, due: Due, file: StoredFile) -> None:
    """It takes longer."""
    sql = f"UPDATE provider_files SET expires_ms = NOW_MS() + ? WHERE {_OF_FILE} AND provider_id = ''"
    lease_ms = UPLOAD_LEASE_SECONDS * 1000
    connection.run(sql, (lease_ms, due.channel_id, file.sha256, file.mime_type))
    _postpone(connection, due, lease_ms)


def finish_upload(connection: Connection, due: Due, file: StoredFile, provider_id: str) -> None:
    """The provider has it, under this name."""
    sql = (
        "INSERT INTO provider_files (channel_id, sha256, mime_type, provider_id, expires_ms)"
        " VALUES (?, ?, ?, ?, NOW_MS() + ?) ON CONFLICT (channel_id, sha256, mime_type)"
        " DO UPDATE SET provider_id = excluded.provider_id, expires_ms = excluded.expires_ms"
    )
    kept_ms = PROVIDER_FILE_SECONDS * 1000
    connection.run(sql, (due.channel_id, file.sha256, file.mime_type, provider_id, kept_ms))


def forget_upload(connection: Connection, due: Due, file: StoredFile, provider_id: str = "") -> None:
    """The provider does not have it, or not under this name any more: whoever is next brings it. The message is due."""
    sql = f"DELETE FROM provider_files WHERE {_OF_FILE} AND provider_id = ?"
    connection.run(sql, (due.channel_id, file.sha256, file.mime_type, provider_id))
    _postpone(connection, due, 0)


def _postpone(connection: Connection, due: Due, pause_ms: int) -> None:
    sql = (
        "UPDATE outbox SET due_ms = NOW_MS() + ?, since_ms = NOW_MS()"
        " WHERE account_id = ? AND sequence = ? AND state = 'queued'"
    )
    connection.run(sql, (pause_ms, due.account_id, due.sequence))
