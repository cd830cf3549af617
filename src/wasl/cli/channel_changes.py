"""`wasl channel change` and `wasl channel pace`: what changes of a number after it was connected."""

import argparse
import asyncio

from wasl.cli.channel_options import add_value_options, values_for
from wasl.cli.named import channel_of
from wasl.errors import Invalid
from wasl.memory import open_memory
from wasl.settings import Settings


def add_change_options(parser: argparse.ArgumentParser) -> None:
    """What is not told stays as it is."""
    _add_number_options(parser)
    parser.add_argument("--api-base-url", metavar="URL", help="where the provider's API is reached")
    add_value_options(parser, asked_for=False)
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_change(asked, settings)))


def add_pace_options(parser: argparse.ArgumentParser) -> None:
    """A rate, or the usual one."""
    _add_number_options(parser)
    told = "80 is usual, 1000 once Meta has raised it, 20 beside the WhatsApp Business app; `usual` takes it back"
    parser.add_argument("per_second", metavar="PER_SECOND", help=told)
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_change_pace(asked, settings)))


def _add_number_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    parser.add_argument("--phone-number-id", metavar="N", required=True, help="what the provider calls the number")


async def _change(asked: argparse.Namespace, settings: Settings) -> int:
    async with open_memory(settings) as memory:
        channel = channel_of(memory, asked.account, asked.phone_number_id)
        values = values_for(asked, memory.team.form_of(channel), ask=False)
        if not values and not asked.api_base_url:
            raise Invalid("Say what is to be another: a secret by its variable or --…-stdin, a setting by its option.")
        await memory.team.change_channel(channel.id, values, asked.api_base_url)
    changed = ", ".join(name.replace("_", " ") for name in [*values, *(["api base url"] if asked.api_base_url else [])])
    print(f"{channel.phone_number_id} has another {changed}. What waited for it leaves within seconds.")
    return 0


async def _change_pace(asked: argparse.Namespace, settings: Settings) -> int:
    usual = asked.per_second == "usual"
    if not usual and not (asked.per_second.isascii() and asked.per_second.isdecimal() and len(asked.per_second) < 10):
        raise Invalid("The messages a second are a whole number, or `usual`.")
    async with open_memory(settings) as memory:
        channel = channel_of(memory, asked.account, asked.phone_number_id)
        await memory.team.change_pace(channel.id, None if usual else int(asked.per_second))
        changed = memory.team.channel(channel.id) or channel
    print(f"{changed.phone_number_id} may send {changed.per_second:g} messages a second.")
    return 0
