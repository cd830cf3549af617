"""What is written in a database, to be compared: who promises to write nothing is held to it."""

from wasl.store.database import Connection


def row_counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {name: connection.rows(f"SELECT count(*) FROM {name}")[0][0] for name in _names(connection)}


def rows_of_account(connection: Connection, account_id: int) -> dict[str, list[str]]:
    """Every row that names the account, table by table."""
    found = {}
    for name in _names(connection):
        columns = (
            f"SELECT name FROM pragma_table_info('{name}')"
            if connection.dialect == "sqlite"
            else f"SELECT column_name FROM information_schema.columns WHERE table_name = '{name}'"
        )
        own = "id" if name == "accounts" else "account_id"
        if (own,) in {tuple(row) for row in connection.rows(columns)}:
            rows = connection.rows(f"SELECT * FROM {name} WHERE {own} = ?", (account_id,))
            found[name] = sorted(str(tuple(row)) for row in rows)
    return found


def _names(connection: Connection) -> list[str]:
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if connection.dialect == "sqlite"
        else "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    return [name for (name,) in connection.rows(asked)]
