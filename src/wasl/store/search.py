"""Finding conversations by the beginning of a name, of any word in it, or of a number, and by the end of a number.

Each conversation has a few words: its customer's name from every word to the end ("rana saab", "saab"), the phone, the
phone backwards, so that its end is a beginning too, the username and the ids. A search asks for the words that begin
with it: one stretch of an index, as long as there are matches, however large the installation. Words are written when
a customer becomes known or is renamed, never with a message.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wasl.limits import SEARCH_CHARACTERS_MAX, SEARCH_IDENTITIES_MAX, SEARCH_NAME_WORDS_MAX
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection, Row, Table

CONVERSATION_WORDS = Table(
    "conversation_words",
    {"account_id": "int", "word": "text", "conversation_key": "int"},
    key=("account_id", "word", "conversation_key"),
)
_BACKWARDS = "R"
"""The first letter of a phone that is written backwards: a capital, which no folded text has."""
_BETWEEN, _END_OF_PHONE = "\n", "\t"
"""Stand in a conversation's search text before every word and after the phone. A folded text has neither: its only
white space are single blanks."""
_SPACES = re.compile(r"\s+")
_PHONE_PUNCTUATION = re.compile(r"(?<=\d)[\s().-]+(?=\d)")
_TYPED_PHONE = re.compile(r"\+?[\d\s().-]+")
_NOT_DIGITS = re.compile(r"\D+")
# Letters that Arabic writers use for one another.
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": ""})


def folded(text: str) -> str:
    """Bring a name, a number or a query into the form that is compared: lower case, without accents and Arabic
    vowel marks, one kind of alef and yeh, Western digits, numbers without spaces or dashes."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_ARABIC)
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in letters)
    return _PHONE_PUNCTUATION.sub("", _SPACES.sub(" ", digits)).strip()


def search_text_of(customer: Mapping[str, Any]) -> str:
    """What a customer is found by, in one text: bounded in the number of words and in their length."""
    phone, name, username, bsuid = (folded(customer.get(key) or "") for key in ("phone", "name", "username", "bsuid"))
    # The newest names are the last ones, and the ones that are shown stand first in any case.
    newest = customer.get("identities", [])[-SEARCH_IDENTITIES_MAX:]
    others = [(entry["kind"], folded(entry["value"])) for entry in newest]
    phones = [phone, *(value for kind, value in others if kind == "phone")]
    words = [number[:SEARCH_CHARACTERS_MAX] + _END_OF_PHONE for number in phones if number]
    ids = [bsuid, *(value for kind, value in others if kind != "phone")]
    words += [word[:SEARCH_CHARACTERS_MAX] for word in (*_tails(name), *_tails(username), *ids) if word]
    return "".join(_BETWEEN + word for word in dict.fromkeys(words))


def query_text(search: str) -> str:
    """What somebody typed, ready to be compared; a number becomes digits."""
    text = folded(search[:SEARCH_CHARACTERS_MAX])
    if _TYPED_PHONE.fullmatch(text) and (digits := _NOT_DIGITS.sub("", text)):
        return digits
    return text[:SEARCH_CHARACTERS_MAX]


def beginnings_of(text: str) -> list[str]:
    """The beginnings of words that a query asks for: one of them is enough.

    Digits may be the beginning of a number or its end. `00` stands for the `+` before a country code; another leading
    zero is dialled inside a country only, and what follows it is how the whole number ends.
    """
    beginnings = [text]
    if text.isdecimal():
        beginnings.append(_backwards(text))
        if text.startswith("00"):
            beginnings.append(text[2:])
        elif text.startswith("0"):
            beginnings.append(_backwards(text[1:]))
    return [beginning for beginning in beginnings if beginning not in ("", _BACKWARDS)]


def matching_keys(connection: Connection, account_id: int, text: str, limit: int) -> Sequence[int] | None:
    """The keys of all conversations that a query finds, in no order; None when they are more than `limit`."""
    # The limit is a number in the text: a planner that does not know it may collect every match first.
    sql = (
        "SELECT conversation_key FROM conversation_words"
        f" WHERE account_id = ? AND word >= ? AND word < ? LIMIT {limit + 1}"
    )
    keys: set[int] = set()
    for beginning in beginnings_of(text):
        rows = connection.rows(sql, (account_id, beginning, _after(beginning)))
        keys.update(key for (key,) in rows)
        if len(rows) > limit or len(keys) > limit:
            return None
    return list(keys)


def finding(connection: Connection, text: str, *, inside: bool = False) -> tuple[str, tuple[str, ...]]:
    """The condition that a conversation's search text is found by a query, with its parameters: by the beginnings of
    its words, as `matching_keys` finds it, or by any part `inside` a word."""
    position = "instr" if connection.dialect == "sqlite" else "strpos"
    # Functions and not LIKE: they know no wildcards.
    if inside:
        return f"{position}(search_text, ?) > 0", (text,)
    parameters = tuple(_in_search_text(beginning) for beginning in beginnings_of(text))
    return "(" + " OR ".join([f"{position}(search_text, ?) > 0"] * len(parameters)) + ")", parameters


def word_rows(account_id: int, conversation_key: int, search_text: str) -> list[Row]:
    """A conversation's rows of CONVERSATION_WORDS."""
    return [(account_id, word, conversation_key) for word in _split(search_text)]


def index_conversations(connection: Connection, conversations: Iterable[Conversation]) -> None:
    """Make new conversations findable."""
    rows = [row for found in conversations for row in word_rows(found.account_id, found.key, found.search_text)]
    connection.insert(CONVERSATION_WORDS, rows)


def reindex_conversation(connection: Connection, conversation: Conversation, search_text: str) -> None:
    """Make a stored conversation findable by other words than those it was indexed with."""
    before, now = _split(conversation.search_text), _split(search_text)
    gone = [word for word in before if word not in now]
    if gone:
        sql = "DELETE FROM conversation_words WHERE account_id = ? AND word = ANY(?) AND conversation_key = ?"
        connection.send(sql, (conversation.account_id, gone, conversation.key))
    fresh = [(conversation.account_id, word, conversation.key) for word in now if word not in before]
    if fresh:
        connection.insert(CONVERSATION_WORDS, fresh)
    conversation.search_text = search_text


def _backwards(digits: str) -> str:
    return _BACKWARDS + digits[::-1]


def _in_search_text(beginning: str) -> str:
    """What stands in the search text of everybody who has a word with this beginning, and of nobody else."""
    if beginning.startswith(_BACKWARDS):
        return beginning[:0:-1] + _END_OF_PHONE
    return _BETWEEN + beginning


def _tails(text: str) -> list[str]:
    """The text from the beginning of each of its first words to its end."""
    starts = [
        place
        for place, (before, letter) in enumerate(zip(" " + text, text, strict=False))
        if letter != " " and (before == " " or (letter.isalnum() and not before.isalnum()))
    ]
    return [text[start:] for start in starts[:SEARCH_NAME_WORDS_MAX]]


def _split(search_text: str) -> list[str]:
    """The words of CONVERSATION_WORDS that a search text stands for, each once."""
    words: list[str] = []
    for word in search_text.split(_BETWEEN)[1:]:
        words.append(word.removesuffix(_END_OF_PHONE))
        if word.endswith(_END_OF_PHONE):
            words.append(_backwards(words[-1]))
    return list(dict.fromkeys(words))


def _after(beginning: str) -> str:
    """The first text, in the order of code points, that is above all texts with this beginning."""
    last = ord(beginning[-1]) + 1
    if last > 0x10FFFF:
        return _after(beginning[:-1])
    return beginning[:-1] + chr(0xE000 if last == 0xD800 else last)
