"""`wasl assistant tools`: the HTTP calls that the assistant of a business may make."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from wasl.cli.commands import Commands
from wasl.cli.named import account_of
from wasl.cli.unfit import complaint_of
from wasl.errors import Invalid
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.assistants import WHOLE_ACCOUNT, ToldAssistant
from wasl.web.tool_schemas import ChangedTools, shown_tools

TOOLS_FILE_BYTES_MAX = 1024 * 1024
"""Twenty tools, each with all that it may say, take a third of it."""


def add_tools_verb(verbs: Commands) -> None:
    """Add it to those of the assistant."""
    parser = verbs.add_parser("tools", help="its HTTP tools, as JSON", description=_tools.__doc__)
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    parser.add_argument(
        "--set", metavar="FILE", help="a JSON list of all tools, or - for standard input; docs/models.md has the shape"
    )
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_tools(asked, settings)))


async def _tools(asked: argparse.Namespace, settings: Settings) -> int:
    """Show the tools of a business, without their secrets; with --set, set all of them first. What is not named then is
    taken away, and a secret that is not named stays."""
    told = _given(asked.set) if asked.set is not None else None
    async with open_memory(settings) as memory:
        account_id = account_of(memory, asked.account).id
        assistant = memory.team.assistant(account_id)
        if asked.set is not None:
            tools = _checked(told, assistant.version)
            assistant = await memory.team.change_assistant(
                ToldAssistant(
                    account_id,
                    WHOLE_ACCOUNT,
                    assistant.version,
                    None,
                    tools=tools.checked(),
                    secrets=tools.secrets(),
                )
            )
    sys.stdout.write(orjson.dumps(shown_tools(assistant), option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


def _checked(told: Any, version: int) -> ChangedTools:
    if isinstance(told, list):
        # As they were shown: what is shown can be changed a little and set again.
        told = [_told_part(tool) for tool in told]
    try:
        return ChangedTools.model_validate({"tools": told, "version": version})
    except ValidationError as error:
        raise Invalid(complaint_of(error)) from error


def _told_part(tool: Any) -> Any:
    return {name: value for name, value in tool.items() if name != "has_secret"} if isinstance(tool, dict) else tool


def _given(file: str) -> Any:
    """What a file holds. Raises Invalid."""
    try:
        if file == "-":
            content = sys.stdin.buffer.read(TOOLS_FILE_BYTES_MAX + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(TOOLS_FILE_BYTES_MAX + 1)
        if len(content) > TOOLS_FILE_BYTES_MAX:
            raise Invalid(f"A file of tools has at most {TOOLS_FILE_BYTES_MAX} bytes.")
        return orjson.loads(content)
    except OSError as error:
        raise Invalid(f"The file of tools cannot be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The file of tools is not JSON: {error}.") from error
