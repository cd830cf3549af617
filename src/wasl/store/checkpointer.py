"""SQLite's log, copied into the file by a thread of its own, so that no commit waits for that.

Until version 3.51.3 SQLite may lose a commit when a log that is wholly copied is begun anew by a writer in the instant
in which another connection sets about copying it. Here nobody ever does: at a file one process copies, and it begins
only if something was committed after it ended last. Then something is left to copy, and such a log is not begun anew.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from wasl.limits import (
    CHECKPOINT_CHANGES,
    CHECKPOINT_HOLD_SECONDS_MAX,
    CHECKPOINT_HOLD_SECONDS_MIN,
    CHECKPOINT_SECONDS,
    WAL_BYTES_MAX,
)
from wasl.observe import log
from wasl.store.database import Connection

LOCK_SUFFIX = "-copying"
"""Ends the name of the file whose lock says which process copies. Never of the database's own files: to close one of
those would give up the locks that SQLite holds on them."""
_COPY = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpointer:
    """Copies after every so many `changes`, and some seconds after fewer. Commits are as durable as without it: what
    they wait for is the log on the disk.

    A log that grows faster than it is copied is begun anew as soon as it is longer than `wal_bytes_max`, for which
    writers wait while the last pages are copied. Only a reader who holds on to an old state can delay that.
    """

    def __init__(
        self,
        path: Path,
        connect: Callable[[], Connection],
        *,
        changes: int = CHECKPOINT_CHANGES,
        wal_bytes_max: int = WAL_BYTES_MAX,
    ) -> None:
        self._lock_path = path.with_name(path.name + LOCK_SUFFIX)
        self._connect = connect
        self._changes = changes
        self._wal_bytes_max = wal_bytes_max
        self._uncopied = 0
        self._wake = threading.Event()
        self._may_write = threading.Event()
        """SQLite keeps writers apart by itself, but lets them try again at intervals: who writes all the time would let
        nobody else in."""
        self._may_write.set()
        self._closing = False
        self._lock: int | None = None
        self._connections: tuple[Connection, Connection] | None = None
        self._hold_seconds = CHECKPOINT_HOLD_SECONDS_MIN
        self._left = 0
        """The `data_version` at the end of the last copying."""
        self._thread = threading.Thread(target=self._run, name="wasl-copy", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def committed(self, changes: int) -> None:
        """Hear from the writer, on its thread, what it has committed; it waits here while nobody may write."""
        # Two threads write this number without a lock: at worst something is copied a little sooner or later.
        self._uncopied += changes
        if self._uncopied >= self._changes:
            self._wake.set()
        self._may_write.wait()

    def close(self) -> None:
        """Stop. What is left in the log is copied when the last connection is closed, or read from it at the start."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(CHECKPOINT_SECONDS)
            self._wake.clear()
            self._uncopied = 0
            try:
                self._copy()
            except (OSError, sqlite3.OperationalError) as error:
                log.warning("the database's log was not copied", error=repr(error))
        for connection in self._connections or ():
            connection.close()
        if self._lock is not None:
            os.close(self._lock)

    def _copy(self) -> None:
        if not self._is_ours():
            return
        copying, holding = self._opened()
        if self._version(copying) == self._left:
            return
        [(_, pages, _)] = copying.rows(_COPY)
        [(page_bytes,)] = copying.rows("PRAGMA page_size")
        if pages * page_bytes > self._wal_bytes_max:
            self._may_write.clear()
            try:
                holding.begin_write()
                self._copy_all(copying)
            finally:
                holding.rollback()
                self._may_write.set()
            self._hold_seconds = min(2 * self._hold_seconds, CHECKPOINT_HOLD_SECONDS_MAX)
        else:
            self._hold_seconds = CHECKPOINT_HOLD_SECONDS_MIN
        self._left = self._version(copying)

    def _copy_all(self, copying: Connection) -> None:
        """Copy the rest while nobody writes, so that the next writer begins the log anew. It does not while a reader is
        in the log: whoever comes now reads the file, and who came before gets a moment to end."""
        time.sleep(self._hold_seconds)
        copying.rows(_COPY)
        time.sleep(self._hold_seconds)

    def _is_ours(self) -> bool:
        """Whether this process is the one that copies; it remains it until it ends."""
        if self._lock is None:
            lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            self._lock = lock
        return True

    def _opened(self) -> tuple[Connection, Connection]:
        """One connection to copy, another to keep writers out meanwhile."""
        if self._connections is None:
            self._connections = (self._connect(), self._connect())
            # Whoever copied before may have copied everything: wait for the next commit.
            self._left = self._version(self._connections[0])
        return self._connections

    @staticmethod
    def _version(connection: Connection) -> int:
        """A number that changes when any other connection commits."""
        [(version,)] = connection.rows("PRAGMA data_version")
        return int(version)
