"""Examining an installation: what is wrong, and what to do about it, in plain sentences.

The promise: it changes nothing, tells no secret, and goes on after each finding as far as it can.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing

from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.assistant.outside import Reach
from wasl.channels.adapter import Adapter
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.limits import SEND_ANSWER_BYTES_MAX
from wasl.channels.registry import adapters, forms
from wasl.clock import now_ms
from wasl.errors import WaslError
from wasl.flow.doctor_assistant import assistants, turns_on_their_way
from wasl.flow.doctor_files import file_store, files_on_their_way, files_out
from wasl.flow.findings import Finding, Grade
from wasl.flow.findings import good as _good
from wasl.flow.findings import note as _note
from wasl.flow.findings import wrong as _wrong
from wasl.flow.limits import (
    CLOCK_DIFFERENCE_SECONDS_MAX,
    DISK_FREE_BYTES_MIN,
    DOCTOR_READ_SECONDS_MAX,
    DOCTOR_REQUEST_SECONDS,
)
from wasl.limits import CONNECTIONS_PER_NODE, READ_SECONDS_MAX
from wasl.live.bus import BUS_KEY, ask_redis
from wasl.settings import Settings
from wasl.store.checkup import Checkup, Schema, check_up, is_weak, read_schema
from wasl.store.database import Database, Engine
from wasl.store.directory import Channel, Directory, Reading, read_directory
from wasl.store.open import database_complaint, open_engine
from wasl.store.secrets import WRONG_KEY, SecretBox
from wasl.store.sqlite import SqliteEngine


async def examine(settings: Settings, exchange: Exchange) -> AsyncIterator[Finding]:
    """Everything that can be found out from here; `exchange` asks providers and our own public address."""
    try:
        engine = open_engine(settings)
        if isinstance(engine, SqliteEngine) and not engine.path.exists():
            yield _wrong(f"There is no database at {engine.path} yet: begin with `wasl account create NAME`.")
            return
        box = SecretBox(settings.key())
    except WaslError as error:
        yield _wrong(error.message)
        return
    for finding in _disk(settings):
        yield finding
    database = Database(engine, readers=1, seconds_max=DOCTOR_READ_SECONDS_MAX, patient=True)
    reading, downloads = Reading(box, forms(), settings.public_url), Downloads()
    try:
        reach = Reach.of(settings.trusted_model_origins)
        async for finding in _memory(database, engine, reading, adapters(exchange, downloads), reach):
            yield finding
    finally:
        await downloads.aclose()
        await asyncio.to_thread(database.close)
    async for finding in file_store(settings, engine.dialect):
        yield finding
    async for finding in _bus(settings, engine, box):
        yield finding
    async for finding in _public_address(settings, exchange):
        yield finding


def _disk(settings: Settings) -> Iterator[Finding]:
    if not settings.data_dir.exists():
        return  # With PostgreSQL nothing needs to stand there.
    free = shutil.disk_usage(settings.data_dir).free
    sentence = f"{free / 1024**3:.1f} GiB are free where {settings.data_dir} stands"
    if free < DISK_FREE_BYTES_MIN:
        yield _wrong(f"Only {sentence}: a full disk stops everything.")
    else:
        yield _good(f"{sentence}.")


async def _memory(
    database: Database, engine: Engine, reading: Reading, providers: Mapping[str, Adapter], reach: Reach
) -> AsyncIterator[Finding]:
    try:
        schema = await database.read(read_schema, READ_SECONDS_MAX)
    except Exception as error:
        yield _wrong(f"The database does not answer: {database_complaint(error.__cause__ or error)}")
        return
    finding = _schema(schema, engine)
    yield finding
    if finding.grade is Grade.WRONG:
        return
    at_ms = now_ms()
    checkup = await database.read(check_up)
    for findings in (
        _durability(checkup),
        _clock(checkup, at_ms),
        _nodes(checkup),
        _books(checkup),
        _outbox(checkup),
        files_on_their_way(checkup),
        turns_on_their_way(checkup),
    ):
        for finding in findings:
            yield finding
    if checkup.secret_check not in (None, reading.box.check_value()):
        yield _wrong(WRONG_KEY)
        return
    yield _good("The secret key opens what it sealed.")
    try:
        directory = await database.read(lambda connection: read_directory(connection, reading, at_ms))
    except WaslError as error:
        yield _wrong(error.message)
        return
    for finding in _people(checkup, directory):
        yield finding
    for channel in directory.channels.values():
        yield await _number(channel, providers[channel.provider])
        for finding in files_out(channel, reading.public_url):
            yield finding
    async with aclosing(OpenAiChat(reach)) as models:
        async for finding in assistants(directory, checkup.known_entries, models):
            yield finding


def _schema(schema: Schema, engine: Engine) -> Finding:
    if schema.unknown:
        return _wrong("The database is of a newer version of Wasl: upgrade this one, or restore the backup before it.")
    if schema.missing:
        return _wrong(
            f"Migrations are missing ({', '.join(schema.missing)}): the next start of `wasl serve` applies them."
        )
    return _good(f"The database ({engine.dialect}) answers and has every migration.")


def _durability(checkup: Checkup) -> Iterator[Finding]:
    for name, value in checkup.durability.items():
        # `remote_apply` and the like are even stronger than `on`.
        weak = is_weak(name, value)
        if weak:
            yield _wrong(f"The database runs with {name} = {value}: a power cut may lose what was acknowledged.")
    shown = ", ".join(f"{name} = {value}" for name, value in checkup.durability.items())
    yield _note(f"Every commit is as durable as these settings: {shown}.")


def _clock(checkup: Checkup, at_ms: int) -> Iterator[Finding]:
    apart = abs(at_ms - checkup.database_ms) / 1000 if checkup.database_ms is not None else 0
    ahead = (checkup.newest_event_ms - at_ms) / 1000 if checkup.newest_event_ms is not None else 0
    if apart > CLOCK_DIFFERENCE_SECONDS_MAX:
        yield _wrong(f"This machine's clock and the database's are {apart:.0f} s apart: let both follow a time server.")
    if ahead > CLOCK_DIFFERENCE_SECONDS_MAX:
        yield _wrong(f"The newest event lies {ahead:.0f} s in the future: this clock is late, or was set back.")
    if max(apart, ahead) <= CLOCK_DIFFERENCE_SECONDS_MAX:
        yield _good("The clock agrees with the database and with what it holds.")


def _nodes(checkup: Checkup) -> Iterator[Finding]:
    for name, ahead_ms in checkup.nodes:
        if checkup.database_ms is not None and abs(ahead_ms) > CLOCK_DIFFERENCE_SECONDS_MAX * 1000:
            way = "ahead of" if ahead_ms > 0 else "behind"
            yield _wrong(f"The clock of node {name} is {abs(ahead_ms) / 1000:.0f} s {way} the database's.")
    if checkup.connections is None:
        return
    allowed, used = checkup.connections
    nodes = max(1, len(checkup.nodes))
    # One node more: in a rolling restart the new one may come before the connections of the old one have gone.
    needed = (nodes + 1) * CONNECTIONS_PER_NODE
    sentence = f"{nodes} nodes and one that is being replaced need {needed} connections"
    if allowed < needed:
        yield _wrong(f"{sentence}, and the database allows {allowed}: raise its max_connections.")
    else:
        yield _good(f"{sentence}; the database allows {allowed}, of which {used} are in use.")


def _books(checkup: Checkup) -> Iterator[Finding]:
    for account_id, received, sum_ in checkup.unbalanced:
        yield _wrong(f"The ledger of account {account_id} does not balance: {received} received, {sum_} accounted for.")
    for account_id, wanted, found in checkup.gaps:
        yield _wrong(f"The log of account {account_id} should hold {wanted} events and holds {found}.")
    if not checkup.unbalanced and not checkup.gaps:
        yield _good("The ledger balances, and no account's log has a hole.")
    for outcome, reason, count in checkup.kept:
        hint = ": `wasl replay` tries them again" if outcome == "quarantined" else ""
        yield _note(f"{count} updates are {outcome.replace('_', ' ')} ({reason}){hint}.")
    for provider, number in checkup.strangers:
        yield _note(
            f"Webhooks of {provider} name the number {number}, which is no channel: is it the id of one of yours?"
        )


def _outbox(checkup: Checkup) -> Iterator[Finding]:
    if checkup.overdue:
        yield _wrong(f"{checkup.overdue} messages should have left minutes ago: is the server running?")
    if checkup.undecided:
        yield _note(f"Of {checkup.undecided} messages nobody knows whether they were sent: an operator decides.")
    if not checkup.overdue and not checkup.undecided:
        yield _good("Nothing waits in the outbox for too long.")


def _people(checkup: Checkup, directory: Directory) -> Iterator[Finding]:
    if not directory.accounts:
        yield _wrong("There is no account yet: `wasl account create NAME`.")
    for name in checkup.without_operators:
        yield _wrong(f"Nobody can log in for {name}: `wasl operator add EMAIL --account '{name}' --role owner`.")
    connected = {channel.account_id for channel in directory.channels.values()}
    for account in directory.accounts.values():
        if account.id not in connected:
            yield _note(f"{account.name} has no number yet: `wasl channel add --account '{account.name}' …`.")


async def _number(channel: Channel, adapter: Adapter) -> Finding:
    """Ask the provider about the number, with the channel's own secrets."""
    try:
        async with asyncio.timeout(DOCTOR_REQUEST_SECONDS):
            complaint = await adapter.examine(channel.access)
    except (ProviderAway, TimeoutError) as error:
        sentence = f"Number {channel.phone_number_id}: {channel.access.api_base_url} could not be asked about it"
        return _note(f"{sentence} ({error or 'no answer in time'}).")
    if complaint is None:
        return _good(f"Number {channel.phone_number_id}: the provider knows it and accepts its token.")
    return _wrong(f"Number {channel.phone_number_id}: {complaint}")


async def _bus(settings: Settings, engine: Engine, box: SecretBox) -> AsyncIterator[Finding]:
    if not settings.redis_url:
        if engine.dialect != "sqlite":
            yield _note("WASL_REDIS_URL is not set: several servers would look for news in the database all the time.")
        return
    if engine.dialect == "sqlite":
        yield _note("WASL_REDIS_URL is set and not used: on SQLite there is one server.")
        return
    try:
        complaint = await ask_redis(settings.redis_url, box.derive(BUS_KEY))
    except WaslError as error:
        yield _wrong(error.message)
        return
    if complaint is None:
        yield _good("Redis answers, so servers can tell each other what is new.")
    else:
        yield _wrong(
            f"Redis (WASL_REDIS_URL): {complaint}. Nothing is lost, but every server has to ask the database for news"
            " several times a second, and they do not know how many they are."
        )


async def _public_address(settings: Settings, exchange: Exchange) -> AsyncIterator[Finding]:
    if settings.public_url is None:
        yield _note("WASL_PUBLIC_URL is not set, so whether webhooks can arrive was not tried.")
        return
    url = f"{settings.public_url.rstrip('/')}/health"
    problems: Sequence[str] = ()
    try:
        request = exchange.request("GET", url, {})
        answer = await exchange.ask(request, SEND_ANSWER_BYTES_MAX, seconds_max=DOCTOR_REQUEST_SECONDS)
        if not answer.ok:
            problems = (f"it answers {answer.status}",)
    except ProviderAway as away:
        problems = (away.outcome.code,)
    except ValueError:
        problems = ("it is no address",)
    if problems:
        yield _wrong(f"{url} cannot be reached ({problems[0]}): webhooks cannot arrive either.")
    elif not url.startswith("https:"):
        yield _note(f"{url} answers. Providers deliver webhooks to https addresses only.")
    else:
        yield _good(f"{url} answers, so webhooks can arrive.")
