"""`wasl import`, `replay`, `restored` and `doctor`: looking after an installation, with its server running or not."""

import argparse
import asyncio
import os
import sys
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO

from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.registry import adapters
from wasl.cli.commands import Commands
from wasl.cli.named import account_of
from wasl.clock import monotonic
from wasl.domain.identity import phone_digits
from wasl.errors import Invalid, NotFound
from wasl.flow.doctor import examine
from wasl.flow.findings import Finding, Grade
from wasl.flow.import_history import HistoryImport, Progress
from wasl.flow.old_records import Unread
from wasl.flow.replay import replay
from wasl.flow.restored import settle_restored
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.team import Channel

PROGRESS_SECONDS = 1.0
"""How often an import says how far it is."""

_WORDS = {Grade.GOOD: "ok", Grade.NOTE: "note", Grade.WRONG: "WRONG"}


def add_commands(commands: Commands) -> None:
    """Add the four."""
    parser = commands.add_parser("import", help="bring in older conversations", description=_import.__doc__)
    parser.add_argument(
        "file", metavar="FILE", help="JSON lines; docs/import.md explains the shape; - is standard input"
    )
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    parser.add_argument("--channel", metavar="N", required=True, help="its number, by phone number id or as dialled")
    parser.set_defaults(run=_import)
    parser = commands.add_parser("replay", help="process again what was quarantined", description=_replay.__doc__)
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_replay(asked, settings)))
    parser = commands.add_parser("restored", help="say that a backup was put back", description=_restored.__doc__)
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_restored(asked, settings)))
    parser = commands.add_parser("doctor", help="say what is wrong", description=_doctor.__doc__)
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_doctor(asked, settings)))


def _import(asked: argparse.Namespace, settings: Settings) -> int:
    """Bring in older conversations from a file. It may be stopped and run again: nothing comes in twice. Records that
    cannot be read are told with their line and the reason, and make the exit status 1."""
    try:
        with sys.stdin.buffer if asked.file == "-" else Path(asked.file).open("rb") as file:
            progress = asyncio.run(_bring_in(file, asked, settings))
    except OSError as error:
        raise Invalid(f"Cannot read {asked.file}: {error.strerror}.") from error
    print(
        f"{progress.conversations} conversations: {progress.added} messages added, {progress.known} known already,"
        f" {progress.unread} records not readable."
    )
    return 1 if progress.unread else 0


async def _bring_in(file: BinaryIO, asked: argparse.Namespace, settings: Settings) -> Progress:
    async with open_memory(settings) as memory:
        channel = _channel_of(memory, account_of(memory, asked.account).id, asked.channel)
        return await HistoryImport(memory.journal, channel, _tell, _Meter(file).advance).bring_in(file)


def _channel_of(memory: Memory, account_id: int, named: str) -> Channel:
    channels = memory.team.channels(account_id)
    dialled = phone_digits(named)
    for channel in channels:
        if channel.phone_number_id == named:
            return channel
    for channel in channels:
        shown = channel.display_phone_number
        if str(channel.id) == named or (shown and dialled and phone_digits(shown, channel.region) == dialled):
            return channel
    raise NotFound(f"This account has no channel “{named}”; `wasl channel list` shows them.")


def _tell(unread: Unread) -> None:
    print(f"not readable: {unread}", file=sys.stderr)


class _Meter:
    """Says now and then how far an import is, in one line per time so that a log of it can be read too."""

    def __init__(self, file: BinaryIO) -> None:
        status = os.fstat(file.fileno())
        self._size = status.st_size
        self._next = monotonic()

    def advance(self, progress: Progress) -> None:
        if monotonic() < self._next:
            return
        self._next = monotonic() + PROGRESS_SECONDS
        share = f" ({100 * progress.bytes_read // self._size} %)" if self._size else ""
        messages = progress.added + progress.known
        print(f"{messages} messages of {progress.conversations} conversations{share}", file=sys.stderr, flush=True)


async def _replay(_: argparse.Namespace, settings: Settings) -> int:
    """Process again what was quarantined: updates of numbers that were not connected yet, and bodies that an older
    version could not read. What still cannot be processed stays."""
    async with open_memory(settings) as memory, aclosing(Exchange()) as exchange, aclosing(Downloads()) as downloads:
        result = await replay(memory.database, memory.journal, memory.team, adapters(exchange, downloads))
    print(f"{result.taken} updates processed, {result.messages} messages added, {result.stay.total()} stay.")
    for reason, count in result.stay.most_common():
        print(f"  {count} × {reason}")
    return 0


async def _restored(_: argparse.Namespace, settings: Settings) -> int:
    """Say that the database was put back from a backup, or mended by hand, before any server starts on it. What waited
    to be sent may have been sent since and becomes `unknown`; whom the assistant was to answer waits for a person;
    every dashboard loads anew."""
    async with open_memory(settings) as memory:
        result = await settle_restored(memory.database, memory.journal, memory.team)
    print(
        f"Accounts whose dashboards load anew: {result.accounts}. Messages to decide on: {result.unknown}."
        f" Customers handed over by the assistant: {result.handed_over}."
    )
    return 0


async def _doctor(_: argparse.Namespace, settings: Settings) -> int:
    """Say in plain sentences whether this installation is well. The exit status is 1 when something is wrong."""
    async with aclosing(Exchange()) as exchange:
        findings = [_show(finding) async for finding in examine(settings, exchange)]
    wrong = sum(finding.grade is Grade.WRONG for finding in findings)
    print("Everything is well." if not wrong else f"{wrong} to put right.")
    return 1 if wrong else 0


def _show(finding: Finding) -> Finding:
    print(f"{_WORDS[finding.grade]:<6} {finding.sentence}", flush=True)
    return finding
