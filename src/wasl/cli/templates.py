"""`wasl template`: the templates of numbers whose provider does not tell them, and a look at all of them."""

import argparse
import asyncio
from collections.abc import Sequence

from wasl.channels.cloud_answers import templates_of
from wasl.cli.commands import Commands
from wasl.cli.files import json_of
from wasl.cli.first_steps import print_table
from wasl.cli.named import channel_of
from wasl.domain.templates import Template
from wasl.errors import Invalid
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.team import Channel
from wasl.store.templates import EnterTemplate, RemoveTemplate, channel_templates

TEMPLATE_FILE_BYTES_MAX = 4 * 1024 * 1024
"""Some thousand templates."""


def add_commands(commands: Commands) -> None:
    """Add it, with its verbs."""
    about = "message templates of business phone numbers"
    verbs = commands.add_parser("template", help=about, description=about).add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="enter templates where the provider does not list them")
    _add_number_options(add)
    add.add_argument("file", metavar="FILE", help="JSON of one or several, as Meta describes templates; - is the input")
    add.set_defaults(run=lambda asked, settings: asyncio.run(_add(asked, settings)))
    show = verbs.add_parser("list", help="the templates of a number")
    _add_number_options(show)
    show.set_defaults(run=lambda asked, settings: asyncio.run(_list(asked, settings)))
    remove = verbs.add_parser("remove", help="take one away that was entered")
    _add_number_options(remove)
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("language", metavar="LANGUAGE")
    remove.set_defaults(run=lambda asked, settings: asyncio.run(_remove(asked, settings)))


def _add_number_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    parser.add_argument("--phone-number-id", metavar="N", required=True, help="what the provider calls the number")


async def _add(asked: argparse.Namespace, settings: Settings) -> int:
    found = _read(asked.file)
    async with open_memory(settings) as memory:
        channel = _entered_by_hand(memory, asked)
        for template in found:
            await memory.journal.submit(EnterTemplate(channel.account_id, channel.id, template))
    print("\n".join(f"Template {one.name} ({one.language}): {one.status}" for one in found))
    return 0


async def _list(asked: argparse.Namespace, settings: Settings) -> int:
    async with open_memory(settings) as memory:
        channel = channel_of(memory, asked.account, asked.phone_number_id)
        found = await memory.database.read(lambda c: channel_templates(c, channel.account_id, channel.id))
    rows: list[Sequence[str]] = [("NAME", "LANGUAGE", "CATEGORY", "STATUS", "QUALITY", "CAN BE SENT")]
    for one in found:
        usable = "yes" if one.usable else "no"
        rows.append((one.name, one.language, one.category or "-", one.status, one.quality or "-", usable))
    print_table(rows)
    return 0


async def _remove(asked: argparse.Namespace, settings: Settings) -> int:
    async with open_memory(settings) as memory:
        channel = _entered_by_hand(memory, asked)
        removal = RemoveTemplate(channel.account_id, channel.id, asked.name, asked.language)
        await memory.journal.submit(removal)
    print(f"Template {asked.name} ({asked.language}) is gone.")
    return 0


def _read(file: str) -> list[Template]:
    """The templates of a file. Raises Invalid."""
    said = json_of(file, "templates", TEMPLATE_FILE_BYTES_MAX)
    listed = said.get("data", [said]) if isinstance(said, dict) else said
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Invalid("The file holds one template, or a list of them.")
    # Whoever enters one by hand knows it to be approved, unless they say otherwise.
    found = templates_of([{"status": "APPROVED", "category": "UTILITY", **one} for one in listed])
    if not found or len(found) != len(listed):
        raise Invalid("Each template needs a name and a language.")
    unfit = [one.name for one in found if one.component("BODY") is None]
    if unfit:
        raise Invalid(f"{unfit[0]} has no component of the type BODY, so nobody could see what it says.")
    return found


def _entered_by_hand(memory: Memory, asked: argparse.Namespace) -> Channel:
    channel = channel_of(memory, asked.account, asked.phone_number_id)
    if channel.capabilities.template_list:
        title = memory.team.form_of(channel).title
        raise Invalid(f"{title} lists this number's templates itself; they are fetched every hour.")
    return channel
