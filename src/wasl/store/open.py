"""Opening the memory: which database, brought up to date, with the key that fits it, and nobody else's server on it."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from wasl.errors import Misconfigured, WaslError
from wasl.settings import Settings
from wasl.store.database import Engine
from wasl.store.migrate import migrate
from wasl.store.secrets import WRONG_KEY, SecretBox
from wasl.store.sqlite import SqliteEngine

DATABASE_FILE = "wasl.db"
LOCK_FILE = "wasl.lock"


def open_engine(settings: Settings) -> Engine:
    """The database that the settings name: PostgreSQL by its URL, else a file in the data directory.

    Raises Misconfigured for any other URL, and when PostgreSQL's driver is not installed.
    """
    url = settings.database_url
    if not url:
        return SqliteEngine(settings.data_dir / DATABASE_FILE)
    if not url.startswith(("postgresql://", "postgres://")):
        raise Misconfigured("WASL_DATABASE_URL begins with postgresql://; without it SQLite in WASL_DATA_DIR is used.")
    try:
        from wasl.store.postgres import PostgresEngine  # noqa: PLC0415 - the driver is an extra
    except ImportError as error:
        raise Misconfigured("For PostgreSQL install Wasl with its driver: pip install 'wasl[postgres]'.") from error
    return PostgresEngine(url)


def prepare(engine: Engine, box: SecretBox) -> list[str]:
    """Bring the schema up to date, then make sure that the secret key is the one of this database.

    Returns the names of the migrations that were applied. Raises Misconfigured when the database cannot be opened,
    brought up to date, or read with this key.
    """
    try:
        applied = migrate(engine)
        check = _remembered_check(engine, box.check_value())
    except WaslError:
        raise
    except Exception as error:  # Whatever the driver says: no such server, no right to create, no database at all.
        raise Misconfigured(f"The database cannot be opened: {database_complaint(error)}") from error
    if check != box.check_value():
        raise Misconfigured(WRONG_KEY)
    return applied


def _remembered_check(engine: Engine, check: str) -> str:
    """The check value of the key that this database was set up with: the given one, if it is new."""
    connection = engine.connect()
    try:
        connection.begin_write()
        try:
            sql = "INSERT INTO installation (only_row, secret_check) VALUES (1, ?) ON CONFLICT (only_row) DO NOTHING"
            connection.run(sql, (check,))
            [(found,)] = connection.rows("SELECT secret_check FROM installation")
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
    finally:
        connection.close()
    return str(found)


def database_complaint(error: BaseException) -> str:
    """What a driver complains of, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


class ServerLock:
    """Held by a server for as long as it runs on a data directory; commands do not take it.

    Two servers on one SQLite file would each tell their dashboards only of their own events.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._descriptor: int | None = None

    def __enter__(self) -> "ServerLock":
        """Take it. Raises Misconfigured when another server runs there, or the folder cannot be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Misconfigured(f"Cannot write to the data directory {self._path.parent}: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise Misconfigured(
                f"Another Wasl server runs on {self._path.parent}: stop it, or set WASL_DATA_DIR to another directory."
            ) from error
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back; the operating system does the same when the process dies."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
