"""`wasl assistant`: what the assistant of a business is set to, without a dashboard."""

import argparse
import asyncio
import getpass
import sys
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from wasl.assistant.models.model import is_near
from wasl.assistant.outside import Reach
from wasl.cli.ask import ASSISTANT_KEY_VARIABLE, add_secret_option, given_secret
from wasl.cli.commands import Commands
from wasl.cli.evaluations import add_verb
from wasl.cli.named import account_of, channel_of
from wasl.cli.tools import add_tools_verb
from wasl.cli.unfit import complaint_of
from wasl.domain.assistant import AssistantMode
from wasl.domain.assistant_settings import told_of
from wasl.errors import Invalid
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.assistants import MODEL_KEY, WHOLE_ACCOUNT, ToldAssistant, server_of
from wasl.web.assistant_schemas import SettingsTold
from wasl.web.told import Secret

_OF_MODEL = {"base_url": "base_url", "model": "name"}


def add_commands(commands: Commands) -> None:
    """Add it, with its verbs."""
    about = "the machine that may answer customers"
    parser = commands.add_parser("assistant", help=about, description=about)
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    change = verbs.add_parser("set", help="set mode, model and key", description=_change.__doc__)
    _add_place_options(change)
    modes = [mode.value for mode in AssistantMode]
    change.add_argument("--mode", choices=modes, help="off, draft in the shadow, or answer by itself")
    change.add_argument("--base-url", metavar="URL", help="a server that speaks the OpenAI wire, as https://…/v1")
    change.add_argument("--model", metavar="NAME", help="the model there; without one the knowledge alone answers")
    change.add_argument("--confident-from", metavar="N", type=int, help="from which score a match is said, 0 to 100")
    change.add_argument("--ask-key", action="store_true", help="ask for the key of the model's server")
    change.add_argument("--no-key", action="store_true", help="forget the key")
    add_secret_option(change, "key", ASSISTANT_KEY_VARIABLE, asked_for=False)
    change.set_defaults(run=lambda asked, settings: asyncio.run(_change(asked, settings)))
    show = verbs.add_parser("show", help="what holds, as JSON; keys are not shown", description=_show.__doc__)
    _add_place_options(show)
    show.set_defaults(run=lambda asked, settings: asyncio.run(_show(asked, settings)))
    add_tools_verb(verbs)
    add_verb(verbs)


def _add_place_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    parser.add_argument("--phone-number-id", metavar="N", help="one number (default: all that do not say otherwise)")


async def _change(asked: argparse.Namespace, settings: Settings) -> int:
    """Set the assistant of a business, or of one of its numbers. What is not named stays; servers that run notice it
    within a second."""
    secrets = _secrets(asked)
    async with open_memory(settings) as memory:
        account_id, channel_id = _place(memory, asked)
        now = memory.team.assistant(account_id, channel_id)
        told = _told(asked, now.told)
        if told == now.told and not secrets:
            raise Invalid("Say what is to be set: --mode, --model, --base-url, --confident-from, or a key.")
        after = await memory.team.change_assistant(
            ToldAssistant(account_id, channel_id, now.version, None, settings=told, secrets=secrets)
        )
    model = after.settings.model
    key = "with a key" if MODEL_KEY in after.secrets else "without a key"
    answers = f"{model.name} at {model.base_url}, {key}" if model.is_set else "the knowledge alone"
    print(f"The assistant is {after.settings.mode.value}; it answers by {answers}.")
    if model.is_set and is_near(model.base_url) and not Reach.of(settings.trusted_model_origins).trusts(model.base_url):
        print(f"A server inside your network is asked only if WASL_MODEL_ORIGINS names it: {server_of(model.base_url)}")
    return 0


async def _show(asked: argparse.Namespace, settings: Settings) -> int:
    """Show what holds for a business, or for one of its numbers."""
    async with open_memory(settings) as memory:
        assistant = memory.team.assistant(*_place(memory, asked))
    has_key = {"has_model_key": MODEL_KEY in assistant.secrets}
    shown = orjson.dumps(told_of(assistant.settings) | has_key, option=orjson.OPT_INDENT_2)
    sys.stdout.write(shown.decode() + "\n")
    return 0


def _place(memory: Memory, asked: argparse.Namespace) -> tuple[int, int]:
    """The account, and the channel or the whole account. Raises NotFound."""
    if asked.phone_number_id is None:
        return account_of(memory, asked.account).id, WHOLE_ACCOUNT
    channel = channel_of(memory, asked.account, asked.phone_number_id)
    return channel.account_id, channel.id


def _told(asked: argparse.Namespace, now: Any) -> dict[str, Any]:
    """The settings with what was named laid over them. Raises Invalid."""
    named = {name: value for name in ("mode", "confident_from") if (value := getattr(asked, name)) is not None}
    of_model = {name: value for option, name in _OF_MODEL.items() if (value := getattr(asked, option)) is not None}
    told = {**now, **named}
    if of_model:
        told["model"] = {**told.get("model", {}), **of_model}
    try:
        return SettingsTold.model_validate(told).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        raise Invalid(complaint_of(error)) from error


def _secrets(asked: argparse.Namespace) -> dict[str, str | None]:
    if asked.no_key:
        return {MODEL_KEY: None}
    if asked.ask_key:
        if not sys.stdin.isatty():
            raise Invalid(f"Give the key in {ASSISTANT_KEY_VARIABLE}, or on standard input with --key-stdin.")
        key: str | None = getpass.getpass("Key: ")
    else:
        key = given_secret(asked, "key", ASSISTANT_KEY_VARIABLE)
    if not key:
        return {}
    try:
        return {MODEL_KEY: TypeAdapter(Secret).validate_python(key)}
    except ValidationError as error:
        raise Invalid("That is no key: one has no blanks around it, and only letters, digits and signs.") from error
