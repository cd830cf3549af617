"""Files that nobody refers to any more, and uploads that nobody sent: found, and forgotten.

A file is unused when no upload, no message and no other file (as its small picture) names it. Only old rows are looked
at: between bringing a file and naming it lies less than that.
"""

from dataclasses import dataclass

from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.needs import Needs

_UNUSED = (
    "NOT EXISTS (SELECT 1 FROM uploads u WHERE u.account_id = f.account_id AND u.sha256 = f.sha256)"
    " AND NOT EXISTS (SELECT 1 FROM file_uses m WHERE m.account_id = f.account_id AND m.sha256 = f.sha256)"
    " AND NOT EXISTS (SELECT 1 FROM files p WHERE p.account_id = f.account_id AND p.thumbnail = f.sha256)"
)


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file that was brought long ago."""

    created_ms: int
    account_id: int
    sha256: str
    unused: bool

    @property
    def place(self) -> tuple[int, int, str]:
        return (self.created_ms, self.account_id, self.sha256)


def old_files(
    connection: Connection, after: tuple[int, int, str], older_than_seconds: int, limit: int
) -> list[OldFile]:
    """The next so many old files behind a place, oldest first."""
    sql = (
        f"SELECT f.created_ms, f.account_id, f.sha256, CASE WHEN {_UNUSED} THEN 1 ELSE 0 END FROM files f"
        " WHERE f.created_ms <= NOW_MS() - ? AND (f.created_ms, f.account_id, f.sha256) > (?, ?, ?)"
        " ORDER BY f.created_ms, f.account_id, f.sha256 LIMIT ?"
    )
    rows = connection.rows(sql, (older_than_seconds * 1000, *after, limit))
    return [OldFile(created_ms, account_id, sha256, bool(unused)) for created_ms, account_id, sha256, unused in rows]


def accounts_with_old_uploads(connection: Connection, older_than_seconds: int) -> list[int]:
    """Whose operators have brought something long ago and not sent it."""
    sql = "SELECT DISTINCT account_id FROM uploads WHERE created_ms <= NOW_MS() - ?"
    return [account_id for (account_id,) in connection.rows(sql, (older_than_seconds * 1000,))]


def forget_old_handles(connection: Connection) -> int:
    """Forget names that providers have forgotten too; how many."""
    return connection.run("DELETE FROM provider_files WHERE expires_ms <= NOW_MS()")


@dataclass(frozen=True, slots=True)
class ForgetOldUploads:
    """Forget what was brought long ago and not sent; the files go with what nobody names."""

    account_id: int
    older_than_seconds: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> int:
        """How many."""
        sql = "DELETE FROM uploads WHERE account_id = ? AND created_ms <= NOW_MS() - ?"
        return draft.connection.run(sql, (self.account_id, self.older_than_seconds * 1000))


@dataclass(frozen=True, slots=True)
class ForgetFile:
    """Forget a file whose bytes are deleted, unless it was brought again meanwhile."""

    file: OldFile

    @property
    def account_id(self) -> int:
        return self.file.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether it is forgotten."""
        sql = (
            "DELETE FROM files WHERE account_id = ? AND sha256 = ? AND created_ms = ? AND sha256 IN"
            f" (SELECT f.sha256 FROM files f WHERE f.account_id = ? AND f.sha256 = ? AND {_UNUSED})"
        )
        named = (self.account_id, self.file.sha256, self.file.created_ms, self.account_id, self.file.sha256)
        return draft.connection.run(sql, named) == 1
