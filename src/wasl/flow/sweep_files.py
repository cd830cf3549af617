"""Files that nobody refers to any more are deleted, by one node of the installation.

The promise: a file that a message or an upload names is never deleted, and one that is brought just now neither.
"""

from functools import partial

from wasl.errors import Unavailable
from wasl.files.keeping import FileStore
from wasl.files.limits import (
    FILE_UNUSED_SECONDS,
    SWEPT_FILES_PER_TURN,
    UPLOAD_BRINGING_SECONDS_MAX,
    UPLOAD_KEPT_SECONDS,
)
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.duties import Duties
from wasl.store.journal import Journal
from wasl.store.unused_files import (
    ForgetFile,
    ForgetOldUploads,
    OldFile,
    accounts_with_old_uploads,
    forget_old_handles,
    old_files,
)

_DUTY = "sweep files"
_START = (0, 0, "")


class FileSweeper:
    """Goes round all files, some at each turn. `kept_seconds` and `unused_seconds` are ages after which an upload is
    forgotten, and a file is looked at."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        files: FileStore,
        duties: Duties,
        *,
        kept_seconds: int = UPLOAD_KEPT_SECONDS,
        unused_seconds: int = FILE_UNUSED_SECONDS,
        bringing_seconds: float = UPLOAD_BRINGING_SECONDS_MAX,
    ) -> None:
        self._database = database
        self._journal = journal
        self._files = files
        self._duties = duties
        self._kept_seconds = kept_seconds
        self._unused_seconds = unused_seconds
        self._bringing_seconds = bringing_seconds
        self._place = _START

    async def sweep(self) -> int:
        """Delete what nobody needs, unless another node does; how many files. Raises Unavailable."""
        if not await self._duties.claim(_DUTY):
            return 0
        for account_id in await self._database.read(
            partial(accounts_with_old_uploads, older_than_seconds=self._kept_seconds)
        ):
            await self._journal.submit(ForgetOldUploads(account_id, self._kept_seconds))
        await self._database.write(forget_old_handles)
        await self._files.tidy(self._kept_seconds)
        found = await self._database.read(
            lambda connection: old_files(connection, self._place, self._unused_seconds, SWEPT_FILES_PER_TURN)
        )
        deleted = 0
        for file in found:
            self._place = file.place
            if file.unused:
                deleted += await self._delete(file)
        if len(found) < SWEPT_FILES_PER_TURN:
            self._place = _START
        if deleted:
            log.info("unused files deleted", count=deleted)
        return deleted

    async def _delete(self, file: OldFile) -> bool:
        """First the bytes, then the row: what has no row is never found again."""
        if not await self._duties.claim(_DUTY):
            return False
        try:
            if not await self._files.drop(file.account_id, file.sha256, self._bringing_seconds):
                return False
        except Unavailable as error:
            log.warning("file not deleted", account_id=file.account_id, code=error.code)
            return False
        return await self._journal.submit(ForgetFile(file))
