"""Finding conversations by any part of a customer's name or number, inside one account, at any size.

The index holds every piece of three and of five letters of a conversation's search text, as numbers that are made of
piece and account: pieces of five are rare even among millions of numbers, and no account's search meets another's. It
is written when a customer becomes known or is renamed, never with a message. What it finds are candidates: whoever
reads them compares the text itself.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wasl.limits import SEARCH_CHARACTERS_MAX, SEARCH_PIECES_MAX
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection, Row, Table

SHORT_PIECE, LONG_PIECE = 3, 5
_ACCOUNT_SHIFT = 40
"""SQLite's full-text rowid is `account_id << 40 | conversation_key`."""
SEARCH_TABLES = {
    "sqlite": Table("conversation_search", {"rowid": "int", "pieces": "text"}, key=("rowid",)),
    "postgres": Table(
        "conversation_search",
        {"account_id": "int", "conversation_key": "int", "pieces": "ints"},
        key=("account_id", "conversation_key"),
    ),
}
_SPACES = re.compile(r"\s+")
_PHONE_PUNCTUATION = re.compile(r"(?<=\d)[\s().-]+(?=\d)")
# Letters that Arabic writers use for one another.
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": ""})


def folded(text: str) -> str:
    """Bring a name, a number or a query into the form that is compared: lower case, without accents and Arabic
    vowel marks, one kind of alef and yeh, Western digits, numbers without spaces or dashes."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_ARABIC)
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in letters)
    return _PHONE_PUNCTUATION.sub("", _SPACES.sub(" ", digits)).strip()


def search_text_of(customer: Mapping[str, Any]) -> str:
    """What a conversation is found by: name, phone, username."""
    parts = (customer.get("name"), customer.get("phone"), customer.get("username"), customer.get("bsuid"))
    return " ".join(folded(str(part)) for part in parts if part)


def query_text(search: str) -> str:
    """What somebody typed, ready to be compared; a leading `+` of a number is dropped."""
    return folded(search[:SEARCH_CHARACTERS_MAX]).lstrip("+")


def search_row(dialect: str, account_id: int, conversation_key: int, text: str) -> Row:
    """A conversation's row of the database's table in SEARCH_TABLES."""
    pieces = _pieces(account_id, text, SHORT_PIECE) | _pieces(account_id, text, LONG_PIECE)
    if dialect == "sqlite":
        return (_rowid(account_id, conversation_key), _words(pieces))
    return (account_id, conversation_key, sorted(pieces))


def index_conversations(connection: Connection, conversations: Iterable[Conversation]) -> None:
    """Make new conversations findable."""
    rows = [search_row(connection.dialect, found.account_id, found.key, found.search_text) for found in conversations]
    connection.insert(SEARCH_TABLES[connection.dialect], rows)


def reindex_conversation(connection: Connection, conversation: Conversation, text: str) -> None:
    """Make a stored conversation findable under another text than the one it was indexed with."""
    old = search_row(connection.dialect, conversation.account_id, conversation.key, conversation.search_text)
    if connection.dialect == "sqlite":
        # The index keeps no text of its own: it is told what to forget.
        sql = "INSERT INTO conversation_search (conversation_search, rowid, pieces) VALUES ('delete', ?, ?)"
        connection.run(sql, old)
    else:
        sql = "DELETE FROM conversation_search WHERE account_id = ? AND conversation_key = ?"
        connection.run(sql, old[:2])
    conversation.search_text = text
    index_conversations(connection, [conversation])


def candidate_keys(connection: Connection, account_id: int, text: str, limit: int) -> Sequence[int]:
    """At most `limit` keys of conversations that may contain `text` (three characters or more), in no order."""
    pieces = _asked_pieces(account_id, text)
    if connection.dialect == "sqlite":
        sql = (
            "SELECT rowid & ? FROM conversation_search"
            " WHERE conversation_search MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"
        )
        bounds = (_rowid(account_id, 0), _rowid(account_id + 1, 0) - 1)
        rows = connection.rows(sql, ((1 << _ACCOUNT_SHIFT) - 1, _words(pieces), *bounds, limit))
    else:
        # How common the pieces are decides the plan, so it is made anew for each search.
        connection.run("SET LOCAL plan_cache_mode = force_custom_plan")
        sql = "SELECT conversation_key FROM conversation_search WHERE account_id = ? AND pieces @> ?::bigint[] LIMIT ?"
        rows = connection.rows(sql, (account_id, pieces, limit))
    return [key for (key,) in rows]


def _asked_pieces(account_id: int, text: str) -> list[int]:
    """A few pieces of a query, side by side from its end, which is what tells numbers and family names apart."""
    size = LONG_PIECE if len(text) >= LONG_PIECE else SHORT_PIECE
    ends = [*range(len(text), size, -size), size][:SEARCH_PIECES_MAX]
    return [piece for end in ends for piece in _pieces(account_id, text[end - size : end], size)]


def _pieces(account_id: int, text: str, size: int) -> set[int]:
    head = zlib.crc32(b"%d:" % account_id)
    return {zlib.crc32(text[at : at + size].encode(), head) for at in range(len(text) - size + 1)}


def _words(pieces: Iterable[int]) -> str:
    return " ".join(f"{piece:x}" for piece in pieces)


def _rowid(account_id: int, conversation_key: int) -> int:
    return (account_id << _ACCOUNT_SHIFT) | conversation_key
