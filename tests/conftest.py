"""What most tests stand on: an installation on each of the two databases, fresh for every test, and its people."""

import functools
import gc
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import argon2
import httpcore2
import hypothesis
import pytest
from pydantic import SecretStr

from cast import Cast, gather_cast
from wasl.channels.registry import forms
from wasl.domain.events import Event
from wasl.observe import Metrics
from wasl.settings import Settings
from wasl.store import passwords
from wasl.store import postgres as postgres_sessions
from wasl.store.database import Database, Engine
from wasl.store.directory import Reading
from wasl.store.journal import Journal
from wasl.store.open import DATABASE_FILE, open_engine, prepare
from wasl.store.secrets import SecretBox
from wasl.store.team import Team
from wasl.torture.servers import PostgresServer, Unavailable, postgres_server

SECRET_KEY = "the secret key of the tests, which protects nothing"
_TEMPLATE = "wasl_template"

# A machine that stands still for a moment makes any example slow; no promise is about how long one takes. The examples
# are the same in every run, so that a failure speaks of the change; `--hypothesis-profile=explore` draws new ones.
hypothesis.settings.register_profile("wasl", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("wasl")


def pytest_collection_finish() -> None:
    # Thousands of tests with what they are called with stay to the end: looking through them for garbage, again and
    # again, takes longer than many of them.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    # As costly as in production, hashing would take longer than all the rest of the tests.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    # Every client reads the machine's hundred and fifty certificates, which takes longer than most tests.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", functools.cache(httpcore2.default_ssl_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _machine_may_stand_still() -> Iterator[None]:
    # A test run that is held up for some seconds in the middle of a transaction is no frozen node, and has nobody who
    # asks again. What becomes of one that is frozen is told in store/test_frozen_node.py.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(postgres_sessions._SESSION, "idle_in_transaction_session_timeout", 60_000)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run; its databases are copies of a prepared one."""
    try:
        with postgres_server() as server:
            server.create_template(_TEMPLATE, lambda url: _prepare(_settings(Path("unused"), url)))
            yield server
    except Unavailable as missing:
        pytest.skip(f"PostgreSQL cannot be run here: {missing}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared database file, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    _prepare(_settings(folder, None))
    return folder / DATABASE_FILE


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh installation. A test that needs only one database says so with
    `@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)`."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / DATABASE_FILE)
        yield _settings(tmp_path, None)
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database(_TEMPLATE)
        yield _settings(tmp_path, url)
        server.drop_database(url)


@pytest.fixture
def engine(settings: Settings) -> Engine:
    return open_engine(settings)


@pytest.fixture
def box(settings: Settings) -> SecretBox:
    return SecretBox(settings.key())


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    database = Database(engine, readers=2)
    yield database
    database.close()


@pytest.fixture
def committed() -> list[Event]:
    """The events that the journal handed on, in order."""
    return []


@pytest.fixture
async def journal(engine: Engine, committed: list[Event], anyio_backend: str) -> AsyncIterator[Journal]:
    def listen(events: Sequence[Event]) -> None:
        committed.extend(events)

    journal = Journal(engine, listen, Metrics())
    journal.start()
    yield journal
    await journal.close()


@pytest.fixture
async def team(database: Database, journal: Journal, box: SecretBox, anyio_backend: str) -> Team:
    team = Team(database, journal, Reading(box, forms(), None))
    await team.refresh()
    return team


@pytest.fixture
async def cast(team: Team, anyio_backend: str) -> Cast:
    return await gather_cast(team)


def _settings(folder: Path, url: str | None) -> Settings:
    return Settings(data_dir=folder, database_url=url, secret_key=SecretStr(SECRET_KEY), model_origins="*")


def _prepare(settings: Settings) -> None:
    engine = open_engine(settings)
    prepare(engine, SecretBox(settings.key()))
