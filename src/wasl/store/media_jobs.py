"""Files that must still be fetched from a provider: noted with their message, claimed with a lease, told when there.

A file may be fetched twice without harm, so a claim whose holder is gone is simply made again. Times are the
database's, as in the outbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from wasl.domain.message import Content
from wasl.errors import Conflict, NotFound
from wasl.limits import CLOCK_PUT_BACK_SECONDS
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.files import Pictured, coming_media, keep_files, ready_media, use_file
from wasl.store.limits import MEDIA_LEASE_SECONDS
from wasl.store.message_row import Json, Message
from wasl.store.needs import Needs
from wasl.store.touch import touch_message

_DUE = "state = 'waiting' AND due_ms <= NOW_MS()"
# Whoever fetched it is late, or gone.
_FORSAKEN = (
    "state = 'fetching' AND (lease_ms <= NOW_MS() OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.node = media_jobs.node))"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched now. `media` is what the provider said of it."""

    account_id: int
    sequence: int
    channel_id: int
    media: Mapping[str, Any]
    attempt: int


def names_file(content: Content) -> bool:
    """Whether a provider says where a file is to be had."""
    return content.media is not None and bool(content.media.get("id") or content.media.get("url"))


def announce_file(draft: Draft, message: Message, told: Json) -> None:
    """Let a message show that its file is coming, and note how the provider named it."""
    message.media = coming_media(told)
    draft.connection.send(
        "INSERT INTO media_jobs (account_id, sequence, channel_id, media, state, due_ms, since_ms)"
        " VALUES (?, ?, ?, ?, 'waiting', NOW_MS(), NOW_MS())"
        " ON CONFLICT (account_id, sequence) DO UPDATE SET media = excluded.media, state = 'waiting',"
        " due_ms = excluded.due_ms, since_ms = excluded.since_ms, attempt = 0",
        (message.account_id, message.sequence, message.channel_id, orjson.dumps(told).decode()),
    )


def claim_files(connection: Connection, node: str, limit: int) -> list[Wanted]:
    """Take files whose turn it is, in an open transaction that writes; whoever died with one has lost it."""
    taken: list[Wanted] = []
    # One after the other: a database that is asked for either looks at all of them.
    for whose in (_FORSAKEN, _DUE):
        columns = "account_id, sequence, channel_id, media, attempt"
        sql = f"SELECT {columns} FROM media_jobs WHERE {whose} ORDER BY due_ms LIMIT ?"
        for account_id, sequence, channel_id, media, attempt in connection.rows(sql, (limit - len(taken),)):
            sql = (
                "UPDATE media_jobs SET state = 'fetching', attempt = attempt + 1, node = ?, since_ms = NOW_MS(),"
                f" lease_ms = NOW_MS() + ? WHERE account_id = ? AND sequence = ? AND attempt = ? AND {whose}"
            )
            if connection.run(sql, (node, MEDIA_LEASE_SECONDS * 1000, account_id, sequence, attempt)) == 1:
                taken.append(Wanted(account_id, sequence, channel_id, orjson.loads(media), attempt + 1))
    return taken


def redate_files(connection: Connection) -> int:
    """Count what waits for an hour that a clock has told which was put back since from now on; how many rows."""
    sql = (
        "UPDATE media_jobs SET due_ms = due_ms - since_ms + NOW_MS(), lease_ms = lease_ms - since_ms + NOW_MS(),"
        " since_ms = NOW_MS() WHERE since_ms > NOW_MS() + ?"
    )
    return connection.run(sql, (CLOCK_PUT_BACK_SECONDS * 1000,))


@dataclass(frozen=True, slots=True)
class FileArrived:
    """The file of a message is kept; the small picture too."""

    wanted: Wanted
    fetched: Pictured
    name: str = ""
    """What the provider calls it, if it said so only now."""

    @property
    def account_id(self) -> int:
        return self.wanted.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Show it; False when it is not wanted any more, because the message was deleted or another was faster."""
        # Whether it is shown or not: bytes without a row would lie there for ever.
        file = keep_files(draft, self.fetched)
        if not _settle(draft, self.wanted, None):
            return False
        message = draft.message_where("m.sequence = ?", (self.wanted.sequence,))
        if message is None or message.media is None:
            return False
        voice = bool(message.media.get("voice"))
        message.media = ready_media(file, message.media.get("name") or self.name or None, voice=voice)
        use_file(draft, message)
        touch_message(draft, message, "media")
        return True


@dataclass(frozen=True, slots=True)
class FileMissed:
    """A file could not be fetched. Without a pause it never will be, unless an operator asks."""

    wanted: Wanted
    code: str
    sentence: str
    again_after_seconds: float | None

    @property
    def account_id(self) -> int:
        return self.wanted.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Note it; only the end of all attempts is shown."""
        if self.again_after_seconds is not None:
            return _settle(draft, self.wanted, self.again_after_seconds, self.code)
        if not _settle(draft, self.wanted, None, self.code, failed=True):
            return False
        message = draft.message_where("m.sequence = ?", (self.wanted.sequence,))
        if message is None or message.media is None:
            return False
        error = {"code": self.code, "message": self.sentence}
        message.media = {**message.media, "state": "failed", "error": error, "can_retry": True}
        touch_message(draft, message, "media")
        return True


@dataclass(frozen=True, slots=True)
class FetchAgain:
    """An operator asks once more for a file that could not be fetched."""

    account_id: int
    conversation_id: str
    message_id: str

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Message:
        """Raises NotFound, and Conflict when there is nothing to fetch."""
        conversation = draft.conversation_named(self.conversation_id)
        message = draft.message_where(
            "m.channel_id = ? AND m.message_id = ?", (conversation.channel.channel_id, self.message_id)
        )
        if message is None or message.conversation_key != conversation.key:
            raise NotFound("There is no such message.")
        sql = (
            "UPDATE media_jobs SET state = 'waiting', attempt = 0, due_ms = NOW_MS(), since_ms = NOW_MS()"
            " WHERE account_id = ? AND sequence = ? AND state = 'failed'"
        )
        if message.media is None or draft.connection.run(sql, (self.account_id, message.sequence)) != 1:
            raise Conflict("The file of this message is there, or is being fetched.", code="nothing_to_fetch")
        message.media = {**message.media, "state": "pending", "error": None, "can_retry": False}
        touch_message(draft, message, "media")
        return message


def _settle(
    draft: Draft, wanted: Wanted, again_after_seconds: float | None, error: str = "", *, failed: bool = False
) -> bool:
    """Whether this attempt was still the last one."""
    where = "account_id = ? AND sequence = ? AND attempt = ? AND state = 'fetching'"
    this = (wanted.account_id, wanted.sequence, wanted.attempt)
    if again_after_seconds is None and not failed:
        return draft.connection.run(f"DELETE FROM media_jobs WHERE {where}", this) == 1
    sql = f"UPDATE media_jobs SET state = ?, due_ms = NOW_MS() + ?, since_ms = NOW_MS(), last_error = ? WHERE {where}"
    state = "failed" if failed else "waiting"
    return draft.connection.run(sql, (state, round((again_after_seconds or 0.0) * 1000), error, *this)) == 1
