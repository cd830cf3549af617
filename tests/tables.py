"""What is written in a database, to be compared: who promises to write nothing is held to it."""

from wasl.store.database import Connection


def row_counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if connection.dialect == "sqlite"
        else "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    return {name: connection.rows(f"SELECT count(*) FROM {name}")[0][0] for (name,) in connection.rows(names)}
