"""The conversation list, read page by page: what a page costs does not grow with how many conversations there are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wasl.domain.conversation import ConversationStatus
from wasl.domain.events import Cursor
from wasl.errors import Invalid, NotFound
from wasl.limits import LISTED_CONVERSATIONS_MAX, PAGE_NUMBER_MAX, PAGE_SIZE_DEFAULT
from wasl.store.conversation_row import (
    CONVERSATION_FIELDS,
    CONVERSATION_SOURCE,
    PLACED_SOURCE,
    PLACES,
    Conversation,
)
from wasl.store.database import Connection, Row
from wasl.store.event_log import head_of
from wasl.store.find import NEWEST, Found, Wanted, find_conversations, nth_sequence
from wasl.store.message_row import Json
from wasl.store.persons import merges_of, persons_contacts, user_of
from wasl.store.search import query_text

_MARKED = " LEFT JOIN read_markers r ON r.operator_id = ? AND r.conversation_key = c.conversation_key"
LISTED_SELECT = f"SELECT {CONVERSATION_FIELDS}, r.read_inbound FROM {CONVERSATION_SOURCE}{_MARKED}"
"""Conversations as one operator sees them; the first parameter is the operator's id."""
_PLACED_SELECT = (
    f"SELECT {CONVERSATION_FIELDS}, r.read_inbound"
    f" FROM {PLACED_SOURCE} JOIN channels ch ON ch.id = c.channel_id{_MARKED}"
)
"""The same by way of their places `p` in the list."""

ACTIVE = (ConversationStatus.BOT, ConversationStatus.HUMAN, ConversationStatus.WAITING_HUMAN)
_CONTACT_ID = re.compile(r"[1-9][0-9]{0,17}")
CURSOR_FORM = re.compile(r"([1-9][0-9]{0,17})(i?)")
"""Below which sequence the page begins; `i` goes on with a search inside words."""


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page of the list: the rows after `cursor`, else the `page`-th from the top, 1 being the first."""

    search: str = ""
    status: ConversationStatus | None = None
    page_size: int = PAGE_SIZE_DEFAULT
    cursor: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """A page and where the next one begins. `total` is a lower bound when it is not exact."""

    chats: list[Json]
    next_cursor: str | None
    total: int
    total_is_exact: bool
    as_of: Cursor

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None

    def as_event(self) -> Json:
        """What the `conversations` event of a stream holds beside its place in the log."""
        return {
            "conversations": self.chats,
            "total": self.total,
            "has_more": self.has_more,
            "next_cursor": self.next_cursor,
        }


@dataclass(frozen=True, slots=True)
class Listing:
    """A short list, whole up to its limit. `total` counts also what the limit left out."""

    conversations: list[Json]
    total: int
    as_of: Cursor


@dataclass(frozen=True, slots=True)
class Client:
    """A person as the team sees them: by which id they go, their conversations, and the merges that made them one."""

    user_id: str
    listing: Listing
    merges: list[Json]


def conversation_page(connection: Connection, account_id: int, operator_id: int, query: PageQuery) -> Page:
    """One page of an account's conversations, newest activity first. Raises Invalid for a cursor that is none."""
    wanted = _wanted(account_id, query)
    as_of = head_of(connection, account_id)  # First of all reads: the exact place of everything below.
    text = query_text(query.search)
    if not text:
        return _plain_page(connection, operator_id, wanted, as_of)
    found = find_conversations(connection, wanted, text)
    chats = _shown_by_key(connection, account_id, operator_id, found.keys)
    return Page(chats, _cursor(found.next_before, found.inside), found.total, found.total_is_exact, as_of)


def active_conversations(connection: Connection, account_id: int, operator_id: int, search: str = "") -> Listing:
    """What is being answered or waits, newest activity first."""
    as_of = head_of(connection, account_id)
    text = query_text(search)
    stretches = [Wanted(account_id, status, NEWEST, 0, LISTED_CONVERSATIONS_MAX) for status in ACTIVE]
    if text:
        found = _found_in_any(connection, stretches, text)
        keys = [key for each in found for key in each.keys]
        chats, total = _shown_by_key(connection, account_id, operator_id, keys), sum(each.total for each in found)
    else:
        totals = status_totals(connection, account_id)
        chats, total = _newest_of(connection, operator_id, stretches), sum(totals[status] for status in ACTIVE)
    return Listing(chats[:LISTED_CONVERSATIONS_MAX], total, as_of)


def waiting_queue(connection: Connection, account_id: int, operator_id: int) -> Listing:
    """Who waits for a person: the highest priority first, then the longest wait."""
    as_of = head_of(connection, account_id)
    sql = (
        f"{LISTED_SELECT} WHERE c.account_id = ? AND c.status = 'waiting_human'"
        " ORDER BY c.priority DESC, c.waiting_since_ms, c.conversation_key LIMIT ?"
    )
    rows = connection.rows(sql, (operator_id, account_id, LISTED_CONVERSATIONS_MAX))
    total = status_totals(connection, account_id)[ConversationStatus.WAITING_HUMAN]
    return Listing([shown(row) for row in rows], total, as_of)


def client_conversations(connection: Connection, account_id: int, operator_id: int, user_id: str) -> Client:
    """All conversations of a contact, over all numbers, newest activity first. Raises NotFound when the account has no
    such contact."""
    as_of = head_of(connection, account_id)
    current = user_of(connection, account_id, contact_id_of(user_id))
    if current is None:
        raise NotFound("There is no such contact.")
    sql = f"{LISTED_SELECT} WHERE c.account_id = ? AND c.user_id = ? LIMIT ?"
    rows = connection.rows(sql, (operator_id, account_id, current, LISTED_CONVERSATIONS_MAX))
    listing = Listing(_newest_first(shown(row) for row in rows), len(rows), as_of)
    return Client(str(current), listing, merges_of(connection, account_id, current))


def conversation_row(
    connection: Connection, account_id: int, operator_id: int, user_id: str, conversation_id: str
) -> tuple[Conversation, Json]:
    """One conversation, as a row and as this operator sees it. Raises NotFound unless it is this contact's."""
    sql = f"{LISTED_SELECT} WHERE c.account_id = ? AND c.conversation_id = ?"
    rows = connection.rows(sql, (operator_id, account_id, conversation_id))
    conversation = Conversation.of_row(rows[0]) if rows else None
    asked = contact_id_of(user_id)
    if conversation is None or (
        asked not in (conversation.user_id, conversation.contact_id)
        and asked not in persons_contacts(connection, account_id, conversation.contact_id, ever=True)
    ):
        raise NotFound("There is no such conversation.")
    return conversation, shown(rows[0])


def contact_of(connection: Connection, account_id: int, conversation_id: str) -> int | None:
    """The contact of a conversation; None when this account has no such conversation."""
    sql = "SELECT user_id FROM conversations WHERE account_id = ? AND conversation_id = ?"
    rows = connection.rows(sql, (account_id, conversation_id))
    return int(rows[0][0]) if rows else None


def channel_of_conversation(connection: Connection, account_id: int, conversation_id: str) -> int:
    """The number that a conversation runs over. Raises NotFound."""
    sql = "SELECT channel_id FROM conversations WHERE conversation_id = ? AND account_id = ?"
    rows = connection.rows(sql, (conversation_id, account_id))
    if not rows:
        raise NotFound("There is no such conversation.")
    return int(rows[0][0])


def contact_id_of(user_id: str) -> int:
    """The number inside a `user_id`. Raises NotFound for a text that names no contact anywhere."""
    if not _CONTACT_ID.fullmatch(user_id):
        raise NotFound("There is no such contact.")
    return int(user_id)


def status_totals(connection: Connection, account_id: int) -> dict[ConversationStatus, int]:
    """How many conversations are in each state."""
    sql = "SELECT status, total FROM conversation_totals WHERE account_id = ?"
    counted: dict[str, int] = dict(connection.rows(sql, (account_id,)))
    return {status: int(counted.get(status.value, 0)) for status in ConversationStatus}


def shown(row: Row) -> Json:
    """A row of LISTED_SELECT as the API's conversation object."""
    conversation = Conversation.of_row(row)
    return {**conversation.as_json(), "unread_count": max(0, conversation.inbound_count - (row[-1] or 0))}


def _wanted(account_id: int, query: PageQuery) -> Wanted:
    if query.cursor is not None:
        place = CURSOR_FORM.fullmatch(query.cursor)
        if not place:
            raise Invalid("This cursor is not one that an earlier page gave as next_cursor.", code="bad_cursor")
        return Wanted(account_id, query.status, int(place[1]), 0, query.page_size, inside=bool(place[2]))
    if not 1 <= query.page <= PAGE_NUMBER_MAX:
        raise Invalid(f"Pages are numbered from 1 to {PAGE_NUMBER_MAX}; go deeper with next_cursor.")
    return Wanted(account_id, query.status, NEWEST, (query.page - 1) * query.page_size, query.page_size)


def _plain_page(connection: Connection, operator_id: int, wanted: Wanted, as_of: Cursor) -> Page:
    totals = status_totals(connection, wanted.account_id)
    total = sum(totals.values()) if wanted.status is None else totals[wanted.status]
    if wanted.skip:
        last_skipped = nth_sequence(connection, wanted, wanted.skip - 1)
        if last_skipped is None:
            return Page([], None, total, True, as_of)
        wanted = replace(wanted, before=last_skipped)
    chats = _walk(connection, operator_id, replace(wanted, limit=wanted.limit + 1))
    more, chats = len(chats) > wanted.limit, chats[: wanted.limit]
    return Page(chats, _cursor(chats[-1]["last_sequence"] if more else None), total, True, as_of)


def _walk(connection: Connection, operator_id: int, wanted: Wanted) -> list[Json]:
    condition, parameters = wanted.condition("p.")
    sql = f"{_PLACED_SELECT} WHERE {condition} ORDER BY p.last_sequence DESC LIMIT ?"
    return [shown(row) for row in connection.rows(sql, (operator_id, *parameters, wanted.limit))]


def _newest_of(connection: Connection, operator_id: int, stretches: Sequence[Wanted]) -> list[Json]:
    """The newest rows of several stretches. Their places are compared first: most of the rows would be for nothing."""
    places: list[int] = []
    for wanted in stretches:
        condition, parameters = wanted.condition()
        sql = f"SELECT last_sequence FROM {PLACES.name} WHERE {condition} ORDER BY last_sequence DESC LIMIT ?"
        places += [place for (place,) in connection.rows(sql, (*parameters, wanted.limit))]
    newest = sorted(places, reverse=True)[:LISTED_CONVERSATIONS_MAX]
    if not newest:
        return []
    sql = f"{_PLACED_SELECT} WHERE p.account_id = ? AND p.last_sequence = ANY(?)"
    return _newest_first(shown(row) for row in connection.rows(sql, (operator_id, stretches[0].account_id, newest)))


def _found_in_any(connection: Connection, stretches: Sequence[Wanted], text: str) -> list[Found]:
    """A search of several stretches: inside words only when no word in any of them begins with it."""
    found = [find_conversations(connection, replace(wanted, inside=False), text) for wanted in stretches]
    if not any(each.keys for each in found):
        found = [find_conversations(connection, replace(wanted, inside=True), text) for wanted in stretches]
    return found


def _shown_by_key(connection: Connection, account_id: int, operator_id: int, keys: Sequence[int]) -> list[Json]:
    if not keys:
        return []
    # Sorted here: asked to sort, SQLite would rather walk the whole list than look up a few keys.
    sql = f"{LISTED_SELECT} WHERE c.account_id = ? AND c.conversation_key = ANY(?)"
    return _newest_first(shown(row) for row in connection.rows(sql, (operator_id, account_id, list(keys))))


def _newest_first(chats: Iterable[Json]) -> list[Json]:
    return sorted(chats, key=lambda chat: -int(chat["last_sequence"]))


def _cursor(before: int | None, inside: bool = False) -> str | None:
    return f"{before}{'i' if inside else ''}" if before is not None else None
