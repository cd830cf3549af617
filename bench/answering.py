"""What a whole turn of the assistant without a model costs: from the words of a customer, as they were committed, to
the answer that is committed and queued. The server's own parts do it, in this process, on SQLite as it ships.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice

from bench.bodies import PHONE_NUMBER_ID, customer_of, webhook_body
from bench.installation import fresh_folder, furnish, receive, settings_for
from wasl.assistant.knowledge.search import Entry
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.assistant.tools.http_tool import HttpTools
from wasl.channels.registry import forms
from wasl.domain.events import Event, EventKind
from wasl.flow.budget import Budget
from wasl.flow.receive import Reception
from wasl.flow.reply import Replier
from wasl.flow.shelf import Shelf
from wasl.flow.think import Thinker
from wasl.observe import Metrics
from wasl.settings import Settings
from wasl.store.assistants import WHOLE_ACCOUNT, ToldAssistant
from wasl.store.database import Database
from wasl.store.directory import Reading
from wasl.store.entries import ImportEntries
from wasl.store.journal import Journal
from wasl.store.knowledge import Wording
from wasl.store.limits import ENTRIES_IMPORTED_PER_CHANGE
from wasl.store.open import open_engine, prepare
from wasl.store.pulse import Pulse
from wasl.store.secrets import SecretBox
from wasl.store.team import Channel, Team

WARM_TURNS = 20
"""At first words are analysed, and the index is built."""
TURN_SECONDS_MAX = 60.0
_AT_ONCE = {"mode": "auto", "quiet_seconds": 0, "burst_seconds": 0}
_INBOUND = b'"is_user":true'


@dataclass(slots=True)
class _Ear:
    """Hears what is committed: the replier is told, and whoever waits for the end of a turn."""

    repliers: list[Replier] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, events: Sequence[Event]) -> None:
        for replier in self.repliers:
            replier.hear(events)
        if any(event.kind is EventKind.NEW_MESSAGE and _INBOUND not in event.payload for event in events):
            self.ended.set()


@dataclass(frozen=True, slots=True)
class _Room:
    reception: Reception
    channel: Channel
    ear: _Ear


def turn_milliseconds(entries: Sequence[Entry], questions: Sequence[str], turns: int) -> list[float]:
    """What each of so many turns took of the processor, all threads together, one turn after the other."""
    with fresh_folder("turns") as folder:
        settings = settings_for(folder, None)
        [operator] = furnish(settings)
        return asyncio.run(_measured(settings, operator.account_id, entries, questions, turns))


async def _measured(
    settings: Settings, account_id: int, entries: Sequence[Entry], questions: Sequence[str], turns: int
) -> list[float]:
    spent = []
    async with _room(settings, account_id, entries) as room:
        for number, question in enumerate(islice(cycle(questions), WARM_TURNS + turns)):
            room.ear.ended.clear()
            # A customer of its own: what was said before would be a part of the question.
            await receive(room.reception, room.channel, webhook_body(number, customer_of(number), said=question))
            began = time.process_time()
            async with asyncio.timeout(TURN_SECONDS_MAX):
                await room.ear.ended.wait()
            spent.append((time.process_time() - began) * 1000)
    return spent[WARM_TURNS:]


@asynccontextmanager
async def _room(settings: Settings, account_id: int, entries: Sequence[Entry]) -> AsyncIterator[_Room]:
    """An installation that knows these entries, and answers."""
    engine, box, ear = open_engine(settings), SecretBox(settings.key()), _Ear()
    prepare(engine, box)
    database, journal = Database(engine), Journal(engine, ear.hear, Metrics())
    pulse = Pulse(Database(engine, readers=1), "bench", alone=True)
    shelf, model, tools = Shelf(database), OpenAiChat(), HttpTools(())
    journal.start()
    await pulse.start()
    try:
        team = Team(database, journal, Reading(box, forms(), None))
        await team.refresh()
        await team.change_assistant(ToldAssistant(account_id, WHOLE_ACCOUNT, 0, None, settings=_AT_ONCE))
        await _teach(journal, account_id, entries)
        channel = team.channel_of("meta", PHONE_NUMBER_ID)
        assert channel is not None
        thinker = Thinker(database, shelf, model, tools, Budget(database, journal))
        replier = Replier(database, journal, team, thinker, pulse, Metrics())
        ear.repliers.append(replier)
        replier.start()
        try:
            yield _Room(Reception(team, journal), channel, ear)
        finally:
            await replier.close()
    finally:
        await tools.aclose()
        await model.aclose()
        shelf.close()
        await journal.close()
        await pulse.close()
        database.close()


async def _teach(journal: Journal, account_id: int, entries: Sequence[Entry]) -> None:
    wordings = [Wording(one.question, one.answers, one.phrasings, one.topic) for one in entries]
    # Of two that ask the same the last one would change the first.
    unique = list({wording.question: wording for wording in wordings}.values())
    for start in range(0, len(unique), ENTRIES_IMPORTED_PER_CHANGE):
        await journal.submit(ImportEntries(account_id, unique[start : start + ENTRIES_IMPORTED_PER_CHANGE], {}))
