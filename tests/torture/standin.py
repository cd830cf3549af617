"""An installation as the kit's own one, in small: enough for those who act on it, on the databases of the tests."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from story.node import Node
from story.people import PASSWORD, Business, open_business
from wasl.settings import Settings
from wasl.store.open import DATABASE_FILE
from wasl.torture.process import Emulator

_TRIMMED = (
    "CREATE TABLE IF NOT EXISTS torture_trimmed (account_id BIGINT, sequence BIGINT, tag BIGINT, kind TEXT,"
    " conversation_id TEXT, payload TEXT, PRIMARY KEY (account_id, sequence))"
)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    phone_number_id: str
    display: str
    app_secret: str
    operators: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Doorway:
    node: Node
    name: str

    @property
    def url(self) -> str:
        return self.node.url

    @property
    def direct_url(self) -> str:
        return self.node.url

    @property
    def pid(self) -> int:
        return self.node.pid

    @property
    def alive(self) -> bool:
        return self.node.alive

    def resident_bytes(self) -> int:
        return self.node.resident_bytes()


@dataclass(frozen=True, slots=True)
class StandIn:
    nodes: Sequence[Doorway]
    accounts: Sequence[Account]
    emulator_url: str
    database_url: str | None
    database_file: Path | None


@asynccontextmanager
async def standing_in(settings: Settings, nodes: int = 1, **environment: str) -> AsyncIterator[StandIn]:
    """Two businesses with two operators each, an emulator, and so many nodes."""
    emulator = Emulator(settings.data_dir / "emulator.log")
    running = [
        Node(settings, settings.data_dir / f"node-{place}.log", WASL_NODE=f"node-{place}", **environment)
        for place in range(nodes)
    ]
    try:
        emulator.start()
        businesses = [await open_business(settings, name, "Sara", "Omar", api_base_url=emulator.url) for name in "AB"]
        _keep_trimmed(settings)
        for node in running:
            node.start()
        yield StandIn(
            [Doorway(node, f"node-{place}") for place, node in enumerate(running)],
            [_account(business) for business in businesses],
            emulator.url,
            settings.database_url,
            None if settings.database_url else settings.data_dir / DATABASE_FILE,
        )
    finally:
        for node in running:
            node.kill()
        emulator.kill()


def _account(business: Business) -> Account:
    people = tuple(Person(int(one.operator_id), one.email, PASSWORD) for one in business.operators)
    number = business.number
    return Account(int(business.account_id), number.phone_number_id, number.display, number.secret, people)


def _keep_trimmed(settings: Settings) -> None:
    if settings.database_url:
        with psycopg.connect(settings.database_url) as connection:
            connection.execute(_TRIMMED)
    else:
        with contextlib.closing(sqlite3.connect(settings.data_dir / DATABASE_FILE)) as file:
            file.execute(_TRIMMED)
            file.commit()
