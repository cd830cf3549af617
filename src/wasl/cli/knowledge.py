"""`wasl knowledge`: questions and answers, and documents, brought in from files and taken out as one."""

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import orjson
from pydantic import ValidationError

from wasl.cli.commands import Commands
from wasl.cli.files import json_of
from wasl.cli.named import account_of
from wasl.errors import Invalid
from wasl.files.opening import scratch_of
from wasl.flow.bring_knowledge import KnowledgeDesk
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.knowledge import Wording
from wasl.store.knowledge_pages import written_entries
from wasl.web.knowledge import wording_of
from wasl.web.knowledge_schemas import NewEntry

ENTRIES_FILE_BYTES_MAX = 256 * 1024 * 1024
"""Fifty thousand entries with long answers in several languages."""
_CHUNK_BYTES = 256 * 1024


def add_commands(commands: Commands) -> None:
    """Add it, with its verbs."""
    about = "what the assistant of a business knows"
    parser = commands.add_parser("knowledge", help=about, description=about)
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    bring = verbs.add_parser(
        "import", help="bring in questions and answers, or a document", description=_import.__doc__
    )
    bring.add_argument("file", metavar="FILE", help="JSON as `export` writes it, or any document")
    bring.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    bring.set_defaults(run=lambda asked, settings: asyncio.run(_import(asked, settings)))
    out = verbs.add_parser("export", help="write down all questions and answers", description=_export.__doc__)
    out.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    out.set_defaults(run=lambda asked, settings: asyncio.run(_export(asked, settings)))


async def _import(asked: argparse.Namespace, settings: Settings) -> int:
    """Bring in a file. JSON holds questions and answers; one whose question is known already takes its place. Anything
    else (text, Markdown, PDF, a spreadsheet, a saved web page) is a document, which takes the place of the one of its
    name. It may be run again: nothing comes in twice."""
    path = Path(asked.file)
    wordings = _read_entries(path) if path.suffix.lower() == ".json" else None
    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(open_memory(settings))
        account = account_of(memory, asked.account)
        desk = KnowledgeDesk(memory.database, memory.journal, scratch_of(settings))
        stack.push_async_callback(desk.close)
        if wordings is not None:
            done = await desk.import_entries(account.id, wordings)
            print(f"{done.added} entries added, {done.changed} changed, {done.known} known already.")
            return 0
        async with aclosing(_chunks(path)) as chunks:
            added = await desk.bring(account.id, None, chunks, path.name)
    document = added.document
    news = "in use now" if added.is_new else "known already"
    print(f"Document {document.document_id}: {document.name}, {document.passages} passages, {news}.")
    return 0


async def _export(asked: argparse.Namespace, settings: Settings) -> int:
    """Write all questions and answers that are in use as JSON. Passages are left to their documents."""
    async with open_memory(settings) as memory:
        account = account_of(memory, asked.account)
        entries = await memory.database.read(lambda connection: written_entries(connection, account.id))
    told = {"entries": [entry.wording.as_json() for entry in entries]}
    sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


def _read_entries(path: Path) -> list[Wording]:
    """The entries of a file. Raises Invalid."""
    said = json_of(str(path), "entries", ENTRIES_FILE_BYTES_MAX)
    listed = said.get("entries") if isinstance(said, dict) else said
    if not isinstance(listed, list):
        raise Invalid("The file holds a list of entries, each with its question and its answers.")
    return [_wording(place, one) for place, one in enumerate(listed, 1)]


def _wording(place: int, told: object) -> Wording:
    try:
        return wording_of(NewEntry.model_validate(told))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        problem = first["msg"].removeprefix("Value error, ")
        raise Invalid(f"Entry {place} cannot be read: {where + ': ' if where else ''}{problem}.") from error


async def _chunks(path: Path) -> AsyncGenerator[bytes, None]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise Invalid(f"The document cannot be read: {error.strerror}.") from error
