"""A voice note is written down once, is read by everyone, and tells what the customer sounds like."""

import orjson
import pytest

from arrivals import arrival, revoked, said
from cast import Cast
from wasl.domain.assistant import Usage
from wasl.domain.events import Event
from wasl.domain.message import MessageType
from wasl.store import listening
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.spending import CountUse, is_spent
from wasl.store.transcripts import KeepTranscript, Listened, messages_at

pytestmark = pytest.mark.anyio
DAY = "2026-11-22"


async def voice_note(journal: Journal, cast: Cast, message_id: str = "v1") -> int:
    media = {"id": "9", "mime_type": "audio/ogg", "voice": True}
    [saved] = await journal.submit(arrival(cast, said(message_id, "", kind=MessageType.VOICE, media=media)))
    return saved.sequence


def keeping(cast: Cast, sequence: int, text: str = "when do you open?", tokens: int = 40) -> KeepTranscript:
    return KeepTranscript(cast.olive.id, sequence, text, DAY, Usage("ear", tokens, 0, 7))


async def test_a_transcript_stands_with_its_message_and_is_told(
    database: Database, journal: Journal, cast: Cast, committed: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "language_of", lambda text: "en" if text else None)
    monkeypatch.setattr(listening, "feeling_of", lambda text: -80 if text else None)
    sequence = await voice_note(journal, cast)
    assert await journal.submit(keeping(cast, sequence)) == Listened("en", -80)
    [message] = await database.read(lambda connection: messages_at(connection, cast.olive.id, [sequence]))
    assert (message.content, message.metadata["transcript"]) == ("", "when do you open?")
    told = orjson.loads(committed[-1].payload)
    assert (committed[-1].kind, told["changed"]) == ("message_updated", "transcript")
    assert told["message"] == message.as_json()
    assert (told["conversation"]["language"], told["conversation"]["sentiment"]) == ("en", "negative")
    assert told["conversation"]["version"] == told["message"]["version"] == committed[-1].sequence


async def test_it_is_written_down_once_and_paid_for_each_time(
    database: Database, journal: Journal, cast: Cast, committed: list[Event]
) -> None:
    sequence = await voice_note(journal, cast)
    await journal.submit(keeping(cast, sequence))
    events = len(committed)
    assert await journal.submit(keeping(cast, sequence, "something else")) is None
    assert len(committed) == events
    sql = "SELECT turns, tokens, cost_micros FROM assistant_spending WHERE account_id = ? AND day = ?"
    assert await database.read(lambda c: c.rows(sql, (cast.olive.id, DAY))) == [(0, 80, 14)]


async def test_a_message_that_was_deleted_is_not_written_down(database: Database, journal: Journal, cast: Cast) -> None:
    sequence, other = await voice_note(journal, cast), await voice_note(journal, cast, "v2")
    await journal.submit(arrival(cast, revoked("v1", at=1)))
    assert await journal.submit(keeping(cast, sequence)) is None
    await journal.submit(keeping(cast, other))
    await journal.submit(arrival(cast, revoked("v2", at=2)))
    found = await database.read(lambda connection: messages_at(connection, cast.olive.id, [other, sequence]))
    assert ["transcript" in message.metadata for message in found] == [False, False]


async def test_another_accounts_message_is_not_there(database: Database, journal: Journal, cast: Cast) -> None:
    sequence = await voice_note(journal, cast)
    foreign = KeepTranscript(cast.cedar.id, sequence, "mine", DAY, Usage())
    assert await journal.submit(foreign) is None
    assert await database.read(lambda connection: messages_at(connection, cast.cedar.id, [sequence])) == []


async def test_what_operators_use_counts_towards_the_same_limits(
    database: Database, journal: Journal, cast: Cast
) -> None:
    from wasl.domain.assistant_settings import Limits

    for _ in range(2):
        await journal.submit(CountUse(cast.olive.id, DAY, Usage("small", 30, 20, 5)))
    limits = Limits(tokens_per_day=100)
    spent = await database.read(lambda connection: is_spent(connection, cast.olive.id, DAY, limits))
    assert spent == "The assistant's limit of tokens for today is used up."
    limits = Limits(turns_per_day=1, tokens_per_day=101, micros_per_day=11)
    assert await database.read(lambda connection: is_spent(connection, cast.olive.id, DAY, limits)) is None
