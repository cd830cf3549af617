"""The schema, brought up to date: numbered files, forward only, each run once even when several processes start."""

from importlib import resources

from wasl.clock import now_ms
from wasl.errors import Misconfigured
from wasl.observe import log
from wasl.store.database import Connection, Engine

_TABLE = (
    "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_ms BIGINT NOT NULL)"
)
_LOCK = "SELECT pg_advisory_xact_lock(8295517246180)"  # Any number that no other program of this database uses.


def migrate(engine: Engine) -> list[str]:
    """Apply what is missing and tell its names. Raises Misconfigured for a database of a newer version."""
    connection = engine.connect()
    try:
        connection.be_patient()  # With another node's migration too, for which this one waits.
        return _migrate(connection)
    finally:
        connection.close()


def known_migrations() -> dict[int, tuple[str, str]]:
    """Number → (name, SQL) of every migration in this version."""
    found = {}
    for entry in resources.files("wasl.store").joinpath("migrations").iterdir():
        if entry.name.endswith(".sql"):
            found[int(entry.name.split("_")[0])] = (entry.name.removesuffix(".sql"), entry.read_text("utf-8"))
    return dict(sorted(found.items()))


def _migrate(connection: Connection) -> list[str]:
    known = known_migrations()
    applied: list[str] = []
    # One transaction under one lock: a second starter waits here, and then finds nothing left to do.
    connection.begin_write()
    try:
        if connection.dialect == "postgres":
            connection.rows(_LOCK)
        connection.run(_TABLE)
        done = {number for (number,) in connection.rows("SELECT number FROM migrations")}
        if done and max(done) > max(known):
            raise Misconfigured(
                f"This database is at migration {max(done)}, this version of Wasl knows {max(known)}: "
                "upgrade Wasl, or restore the backup made before the upgrade."
            )
        for number, (name, sql) in known.items():
            if number not in done:
                connection.script(sql)
                connection.run("INSERT INTO migrations VALUES (?, ?, ?)", (number, name, now_ms()))
                applied.append(name)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    for name in applied:
        log.info("migration applied", name=name, database=connection.dialect)
    return applied
