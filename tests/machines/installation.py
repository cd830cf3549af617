"""A real SQLite installation whose time is moved by hand, for all walks of a machine: each has new customers."""

import asyncio
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from arrivals import NOON, arrival
from cast import Cast, add_number, gather_cast
from wasl.channels.registry import forms
from wasl.domain.events import Event
from wasl.domain.identity import Party
from wasl.domain.updates import Update
from wasl.observe import Metrics
from wasl.settings import Settings
from wasl.store.database import Connection, Database
from wasl.store.directory import Reading
from wasl.store.draft import Draft
from wasl.store.journal import Change, Journal, change_of
from wasl.store.open import DATABASE_FILE, prepare
from wasl.store.secrets import SecretBox
from wasl.store.sqlite import SqliteEngine
from wasl.store.team import Channel, Team

T = TypeVar("T")
MEMORY = Path("/dev/shm")  # A commit to a disk would be most of a walk's time; durability is not what is tried here.


class Installation:
    """The store with its one writer thread, spoken to from plain code."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = (NOON + 1_000) * 1000
        settings = Settings(data_dir=folder, secret_key=SecretStr("a key of the machines, which protects nothing"))
        box = SecretBox(settings.key())
        engine = SqliteEngine(folder / DATABASE_FILE, clock=lambda: self.now_ms)
        prepare(engine, box)
        self.events: list[Event] = []
        """Everything that was committed, in order."""
        self._loop = asyncio.new_event_loop()
        self._database = Database(engine, readers=1)
        self._journal = Journal(engine, self._listen, Metrics(), clock=lambda: self.now_ms)
        self._parties = itertools.count(1)
        self.cast = self._loop.run_until_complete(self._begin(box))

    async def _begin(self, box: SecretBox) -> Cast:
        self._journal.start()
        team = Team(self._database, self._journal, Reading(box, forms(), None))
        await team.refresh()
        self._team = team
        return await gather_cast(team)

    def _listen(self, events: Sequence[Event]) -> None:
        self.events.extend(events)

    def close(self) -> None:
        self._loop.run_until_complete(self._journal.close())
        self._database.close()
        self._loop.close()

    # -- what is done -------------------------------------------------------------------------------------------------

    def submit(self, change: Change[T]) -> T:
        """One change, committed. Raises its refusal."""
        return self.submit_together([change])[0]  # type: ignore[no-any-return]

    def submit_together(self, changes: Sequence[Change[Any]]) -> list[Any]:
        """Several changes at once, which the journal may put into one transaction. Raises the first refusal."""

        async def all_of_them() -> list[Any]:
            return list(await asyncio.gather(*(self._journal.submit(change) for change in changes)))

        return self._loop.run_until_complete(all_of_them())

    def arrives(self, *updates: Update) -> None:
        """One webhook."""
        self.submit(arrival(self.cast, *updates, received_ms=self.now_ms))

    def add_number(self, phone_number_id: str, app_secret: str | None = None) -> Channel:
        """One more number of Olive Bakery, under its app unless another one's secret is given."""
        return self._loop.run_until_complete(add_number(self._team, self.cast.olive, phone_number_id, app_secret))

    def number(self, phone_number_id: str) -> Channel:
        """A number as it is known now, with its siblings."""
        found = self._team.channel_of("meta", phone_number_id)
        assert found is not None
        return found

    def run(self, sql: str, *parameters: Any) -> int:
        """Change rows past all rules."""

        def change(draft: Draft) -> int:
            return draft.connection.run(sql, parameters)

        return self.submit(change_of(0, change))

    # -- what is there ------------------------------------------------------------------------------------------------

    def read(self, query: Callable[[Connection], T]) -> T:
        return self._loop.run_until_complete(self._database.read(query))

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        return self.read(lambda connection: connection.rows(sql, parameters))

    def new_party(self) -> Party:
        """A customer nobody has heard of."""
        return Party(phone=f"96170{next(self._parties):06d}", name="Lina")

    def ids_of(self, party: Party) -> tuple[str, str]:
        """A customer's conversation_id and user_id."""
        conversation_id = f"{self.cast.olive.id}_{self.cast.olive_number.phone_number_id}_{party.phone}"
        [(contact_id,)] = self.rows("SELECT contact_id FROM conversations WHERE conversation_id = ?", conversation_id)
        return conversation_id, str(contact_id)


@contextmanager
def an_installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        installation = Installation(Path(folder))
        try:
            yield installation
        finally:
            installation.close()
