"""Finding conversations by any part of a customer's name or number, inside one account, at any size."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wasl.limits import SEARCH_CHARACTERS_MAX
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection

_ACCOUNT_SHIFT = 40
"""SQLite's full-text rowid is `account_id << 40 | conversation_key`: a range of rowids is one account."""
_SPACES = re.compile(r"\s+")
_PHONE_PUNCTUATION = re.compile(r"(?<=\d)[\s().-]+(?=\d)")
# Letters that Arabic writers use for one another.
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": ""})
TRIGRAM = 3


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


def index_conversations(connection: Connection, conversations: Iterable[Conversation]) -> None:
    """Make new conversations findable. PostgreSQL's index follows the column by itself."""
    if connection.dialect == "sqlite":
        for found in conversations:
            sql = "INSERT INTO conversation_search (rowid, search_text) VALUES (?, ?)"
            connection.run(sql, (_rowid(found.account_id, found.key), found.search_text))


def reindex_conversation(connection: Connection, conversation: Conversation) -> None:
    """Make a conversation findable under a new name."""
    if connection.dialect == "sqlite":
        sql = "UPDATE conversation_search SET search_text = ? WHERE rowid = ?"
        connection.run(sql, (conversation.search_text, _rowid(conversation.account_id, conversation.key)))


def matching_keys(connection: Connection, account_id: int, text: str, limit: int) -> Sequence[int]:
    """At most `limit` keys of conversations that contain `text` (three characters or more), in no order."""
    if connection.dialect == "sqlite":
        sql = (
            "SELECT rowid & ? FROM conversation_search"
            " WHERE conversation_search MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"
        )
        phrase = '"' + text.replace('"', '""') + '"'
        bounds = (_rowid(account_id, 0), _rowid(account_id + 1, 0) - 1)
        rows = connection.rows(sql, ((1 << _ACCOUNT_SHIFT) - 1, phrase, *bounds, limit))
    else:
        sql = "SELECT conversation_key FROM conversations WHERE account_id = ? AND search_text LIKE ? LIMIT ?"
        rows = connection.rows(sql, (account_id, like_pattern(text), limit))
    return [key for (key,) in rows]


def like_pattern(text: str) -> str:
    """A LIKE pattern (escape character `\\`) for anything that contains `text`."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _rowid(account_id: int, conversation_key: int) -> int:
    return (account_id << _ACCOUNT_SHIFT) | conversation_key
