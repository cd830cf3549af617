"""Many conversations at once, written straight into the tables: for the shape of plans and pages, not for stories."""

from wasl.store.database import Connection, Engine
from wasl.store.search import CONVERSATION_WORDS, word_rows
from wasl.store.team import Channel

_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
_CUSTOMER = (
    """'{"name":"Customer ' || i || '","phone":"' || (9613000000 + i) || '","username":null,"bsuid":null,"""
    """"identities":[]}'"""
)
# As `search_text_of` makes it: the phone, the name, and the name's second word.
_SEARCH_TEXT = "'\n' || (9613000000 + i) || '\t\ncustomer ' || i || '\n' || i"
_STATUS = "CASE i % 4 WHEN 0 THEN 'bot' WHEN 1 THEN 'human' WHEN 2 THEN 'waiting_human' ELSE 'resolved' END"


def crowd(
    engine: Engine, channel: Channel, conversations: int, messages_each: int = 1, *, analysed: bool = True
) -> None:
    """Fill an empty account. The n-th customer is `Customer n`, phone 9613000000 + n; its last_sequence is n too, and
    its messages follow after all conversations. Of four conversations one is in each status."""
    connection = engine.connect()
    try:
        connection.begin_write()
        _write_conversations(connection, channel, conversations, messages_each)
        _write_messages(connection, channel, conversations, messages_each)
        connection.commit()
        if analysed and connection.dialect == "postgres":
            connection.run("ANALYZE")  # As its own housekeeping would, a minute later.
    finally:
        connection.close()


def _write_conversations(connection: Connection, channel: Channel, conversations: int, messages_each: int) -> None:
    account_id, name = channel.account_id, f"{channel.account_id}_{channel.phone_number_id}_"
    sql = (
        f"{_NUMBERS} INSERT INTO conversations (account_id, conversation_key, conversation_id, channel_id, contact_id,"
        " version, last_sequence, status, operator_id, waiting_since_ms, message_count, inbound_count,"
        " last_activity_ms, created_ms, customer, search_text, user_id)"
        f" SELECT {account_id}, i, '{name}' || (9613000000 + i), {channel.id}, i, i, i,"
        f" {_STATUS}, CASE i % 4 WHEN 1 THEN 1 END, CASE i % 4 WHEN 2 THEN 1790000000000 + i END, {messages_each},"
        f" {messages_each}, 1790000000000 + i, 1790000000000, {_CUSTOMER},"
        f" {_SEARCH_TEXT}, i"
        " FROM n"
    )
    connection.run(sql, (conversations,))
    sql = (
        "INSERT INTO conversation_places (account_id, last_sequence, status, conversation_key)"
        " SELECT account_id, last_sequence, status, conversation_key FROM conversations WHERE account_id = ?"
    )
    connection.run(sql, (account_id,))
    sql = (
        "INSERT INTO contact_identities (account_id, kind, value, contact_id)"
        " SELECT account_id, 'phone', CAST(9613000000 + contact_id AS TEXT), contact_id FROM conversations"
        " WHERE account_id = ?"
    )
    connection.run(sql, (account_id,))
    texts = connection.rows(
        "SELECT conversation_key, search_text FROM conversations WHERE account_id = ?", (account_id,)
    )
    connection.insert(CONVERSATION_WORDS, [row for key, text in texts for row in word_rows(account_id, key, text)])
    sql = (
        "INSERT INTO conversation_totals (account_id, status, total)"
        " SELECT account_id, status, count(*) FROM conversations WHERE account_id = ? GROUP BY account_id, status"
    )
    connection.run(sql, (account_id,))


def _write_messages(connection: Connection, channel: Channel, conversations: int, messages_each: int) -> None:
    account_id, total = channel.account_id, conversations * messages_each
    sql = (
        f"{_NUMBERS} INSERT INTO messages (account_id, sequence, channel_id, conversation_key, message_id, version,"
        " clock, role, origin, type, content, metadata, timestamp_ms, received_ms, saved_ms)"
        f" SELECT {account_id}, {conversations} + i, {channel.id}, 1 + (i - 1) % {conversations}, 'm' || i,"
        f" {conversations} + i, 1790000000 + i, 'user', 'live', 'text', 'message ' || i, '{{}}',"
        " 1790000000000 + i, 1790000000000 + i, 1790000000000 + i FROM n"
    )
    connection.run(sql, (total,))
    sql = "UPDATE account_stream SET head_sequence = ?, head_tag = 7 WHERE account_id = ?"
    connection.run(sql, (conversations + total, account_id))
