"""Where in an account's log a moment lies: sequences and times rise together, so halving finds it without an index."""

from wasl.store.database import Connection
from wasl.store.event_log import head_of


def first_sequence_since(connection: Connection, account_id: int, since_ms: int, head: int | None = None) -> int:
    """The sequence of the first message that was saved since a moment; the one after the head if there is none."""
    sql = "SELECT sequence, saved_ms FROM messages WHERE account_id = ? AND sequence >= ? ORDER BY sequence LIMIT 1"
    low, high = 1, (head_of(connection, account_id).sequence if head is None else head) + 1
    while low < high:
        middle = (low + high) // 2
        rows = connection.rows(sql, (account_id, middle))
        if not rows or rows[0][1] >= since_ms:
            high = middle
        else:
            low = rows[0][0] + 1
    return low
