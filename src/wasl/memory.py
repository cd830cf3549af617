"""The memory, opened for a command: beside a server that may be running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from wasl.channels.registry import forms
from wasl.observe import Metrics
from wasl.settings import Settings
from wasl.store.database import Database
from wasl.store.directory import Reading
from wasl.store.journal import Journal
from wasl.store.open import open_engine, prepare
from wasl.store.secrets import SecretBox
from wasl.store.team import Team


@dataclass(frozen=True, slots=True)
class Memory:
    """The store as a command uses it, beside a server that may be running."""

    database: Database
    journal: Journal
    team: Team
    box: SecretBox


@asynccontextmanager
async def open_memory(settings: Settings) -> AsyncIterator[Memory]:
    """Open everything for a command, and close it again. A running server learns of the changes by looking.

    Raises Misconfigured when the database cannot be opened like this.
    """
    engine = open_engine(settings)
    box = SecretBox(settings.key())
    prepare(engine, box)
    database, journal = Database(engine), Journal(engine, lambda _events: None, Metrics())
    journal.start()
    try:
        team = Team(database, journal, Reading(box, forms(), settings.public_url))
        await team.refresh()
        yield Memory(database, journal, team, box)
    finally:
        await journal.close()
        database.close()
