"""What must hold afterwards, asked of the database itself, past all of the program's own reading."""

from collections import Counter

from promises.observers import Observer
from story.people import Business, Operator
from wasl.settings import Settings
from wasl.store.database import Row
from wasl.store.open import open_engine

Log = dict[int, tuple[str, bytes]]
"""Of each sequence: the tag, and the event's JSON without its opening brace."""


def rows(settings: Settings, sql: str, *parameters: object) -> list[Row]:
    """Ask the database."""
    connection = open_engine(settings).connect()
    try:
        connection.begin_snapshot()
        return connection.rows(sql, parameters)
    finally:
        connection.rollback()
        connection.close()


def head_sequence(settings: Settings, business: Business) -> int:
    """Where the business's log ends."""
    account = int(business.account_id)
    [(head,)] = rows(settings, "SELECT head_sequence FROM account_stream WHERE account_id = ?", account)
    return int(head)


def check_messages(settings: Settings, business: Business, acknowledged: set[str]) -> None:
    """Each acknowledged id is there once, and nothing that nobody sent."""
    account = int(business.account_id)
    stored = Counter(
        row[0]
        for row in rows(settings, "SELECT message_id FROM messages WHERE account_id = ? AND role = 'user'", account)
    )
    lost, invented = acknowledged - stored.keys(), stored.keys() - acknowledged
    doubled = [message_id for message_id, count in stored.items() if count > 1]
    assert (sorted(lost)[:5], sorted(invented)[:5], doubled[:5]) == ([], [], [])


def check_log(settings: Settings, business: Business) -> Log:
    """The log runs from 1 to its head without a hole, and ends with the head's tag."""
    account = int(business.account_id)
    sql = "SELECT sequence, tag, payload FROM events WHERE account_id = ? ORDER BY sequence"
    found = rows(settings, sql, account)
    sql = "SELECT head_sequence, head_tag, trim_sequence FROM account_stream WHERE account_id = ?"
    [(head, tag, trim)] = rows(settings, sql, account)
    assert trim == 0
    assert [row[0] for row in found] == list(range(1, head + 1))
    assert not found or found[-1][1] == tag
    return {row[0]: (f"{row[1]:08x}", row[2].encode()[1:]) for row in found}


def check_seen(log: Log, observers: list[Observer]) -> None:
    """Everybody saw every event since they began, once and in order, and nothing that a crash took back."""
    whole = [(sequence, *log[sequence]) for sequence in sorted(log)]
    for observer in observers:
        expected = whole[observer.begun :]
        assert observer.faults[:5] == [], observer.name
        taken_back = [seen[:2] for seen in observer.seen if log.get(seen[0]) != seen[1:]]
        assert taken_back[:5] == [], observer.name
        assert len(observer.seen) == len(expected), (observer.name, observer.sequence)
        assert observer.seen == expected, observer.name


def check_conversations(settings: Settings, business: Business) -> None:
    """What a conversation's row counts and remembers is what its messages say."""
    account = int(business.account_id)
    sql = (
        "SELECT c.conversation_id, c.message_count, c.inbound_count, c.last_sequence, c.clock, count(m.sequence),"
        " sum(CASE WHEN m.role = 'user' AND m.origin = 'live' THEN 1 ELSE 0 END), max(m.sequence), max(m.clock)"
        " FROM conversations c JOIN messages m"
        " ON m.account_id = c.account_id AND m.conversation_key = c.conversation_key WHERE c.account_id = ?"
        " GROUP BY c.conversation_id, c.message_count, c.inbound_count, c.last_sequence, c.clock"
    )
    found = rows(settings, sql, account)
    wrong = [row for row in found if tuple(row[1:5]) != tuple(int(value) for value in row[5:])]
    assert wrong == []
    sql = "SELECT count(*) FROM conversations WHERE account_id = ?"
    assert rows(settings, sql, account) == [(len(found),)]
    check_places(settings, account)


def check_places(settings: Settings, account: int) -> None:
    """Every conversation stands in the list once, where its row says."""
    sql = "SELECT conversation_key, last_sequence, status FROM {} WHERE account_id = ? ORDER BY conversation_key"
    places, conversations = sql.format("conversation_places"), sql.format("conversations")
    assert rows(settings, places, account) == rows(settings, conversations, account)


async def check_unread(settings: Settings, business: Business, operator: Operator) -> None:
    """An operator's unread counts are the messages after the marker, counted one by one."""
    sql = (
        "SELECT c.conversation_id, count(m.sequence) FROM conversations c"
        " LEFT JOIN read_markers r ON r.operator_id = ? AND r.conversation_key = c.conversation_key"
        " LEFT JOIN messages m ON m.account_id = c.account_id AND m.conversation_key = c.conversation_key"
        " AND m.role = 'user' AND m.origin = 'live' AND m.sequence > coalesce(r.read_sequence, 0)"
        " WHERE c.account_id = ? GROUP BY c.conversation_id"
    )
    counted: dict[str, int] = dict(rows(settings, sql, int(operator.id), int(business.account_id)))
    shown = {chat["conversation_id"]: chat["unread_count"] for chat in (await operator.chats(page_size=100))["chats"]}
    assert shown == counted
