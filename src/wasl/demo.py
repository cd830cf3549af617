"""The whole system on one machine: server, emulator, a demo account, and customers who write."""

import asyncio
import secrets
import sys

import uvloop

from wasl.app import build_app
from wasl.demo_knowledge import demo_entries
from wasl.domain.assistant import AssistantMode
from wasl.domain.people import OperatorRole
from wasl.emulator.app import serve as serve_emulator
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.whatsapp import EmulatorConfig
from wasl.errors import WaslError
from wasl.memory import Memory, open_memory
from wasl.observe import configure_logs
from wasl.server import SWITCH_SECONDS, server_of, stop_quietly
from wasl.settings import Settings
from wasl.store.assistants import WHOLE_ACCOUNT, ToldAssistant
from wasl.store.directory import Channel
from wasl.store.entries import ImportEntries
from wasl.store.knowledge import Wording
from wasl.store.open import ServerLock
from wasl.store.team import NewChannel, Team

ACCOUNT = "Cedar Shop"
OPERATORS = (("sara@demo.wasl", "Sara", OperatorRole.OWNER), ("omar@demo.wasl", "Omar", OperatorRole.OPERATOR))
PASSWORD = "cedar-shop"  # noqa: S105 - of an invented shop that only this machine can reach
PHONE_NUMBER_ID = "100200300400500"
BUSINESS_ACCOUNT_ID = "900800700600500"
DISPLAY_PHONE_NUMBER = "9611555010"
LOG_FILE = "wasl.log"


def run_demo(settings: Settings, emulator_port: int) -> int:
    """Run until told to stop; the exit status. `settings.data_dir` may be of an earlier demo, which then goes on."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with (settings.data_dir / LOG_FILE).open("ab") as log_file, ServerLock(settings.data_dir):
            configure_logs(settings.log_level, settings.log_format, log_file)
            sys.setswitchinterval(SWITCH_SECONDS)
            stop_quietly()
            return uvloop.run(_run(settings, emulator_port))
    except WaslError as error:
        print(f"wasl: {error.message}", file=sys.stderr)  # noqa: T201
        return 1


async def _run(settings: Settings, emulator_port: int) -> int:
    channel = await _prepare(settings, emulator_port)
    greeting = _greeting(settings, emulator_port)
    server = server_of(build_app(settings), lambda: print(greeting, flush=True))  # noqa: T201
    number = BusinessNumber(
        phone_number_id=PHONE_NUMBER_ID,
        display_phone_number=DISPLAY_PHONE_NUMBER,
        access_token=channel.access["access_token"],
        app_secret=channel.access["app_secret"],
        webhook_url=f"http://{settings.host}:{settings.port}/webhooks/meta",
        verify_token=channel.access["verify_token"],
    )
    emulator = EmulatorConfig(numbers=(number,), lively=True)
    stop = asyncio.Event()
    playing = asyncio.create_task(serve_emulator(settings.host, emulator_port, emulator, stop=stop))
    try:
        await server.serve()
    finally:
        stop.set()
        await playing
    return 0 if server.started else 1


async def _prepare(settings: Settings, emulator_port: int) -> Channel:
    """Make the account, its people and its channel, unless an earlier demo did."""
    async with open_memory(settings) as memory:
        team: Team = memory.team
        account = team.account_named(ACCOUNT) or await team.create_account(ACCOUNT)
        for email, name, role in OPERATORS:
            if team.operator_by_email(email) is None:
                await team.add_operator(account.id, email, name, role, PASSWORD)
        if not team.assistant(account.id).version:
            await _employ_assistant(memory, account.id)
        return team.channel_of("meta", PHONE_NUMBER_ID) or await team.add_channel(
            account.id, _number(settings, emulator_port)
        )


async def _employ_assistant(memory: Memory, account_id: int) -> None:
    """Let an assistant answer from what the shop knows; it needs no model and no key."""
    entries = [Wording(one.question, one.answers, one.phrasings, one.topic) for one in demo_entries()]
    await memory.journal.submit(ImportEntries(account_id, entries, {}))
    told = {"mode": AssistantMode.AUTO.value, "hours": {"zone": "Asia/Beirut"}}
    await memory.team.change_assistant(ToldAssistant(account_id, WHOLE_ACCOUNT, 0, None, settings=told))


def _number(settings: Settings, emulator_port: int) -> NewChannel:
    secret_values = {
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_hex(8),
        "access_token": secrets.token_hex(24),
        "business_account_id": BUSINESS_ACCOUNT_ID,
    }
    return NewChannel(
        provider="meta",
        phone_number_id=PHONE_NUMBER_ID,
        values=secret_values,
        api_base_url=f"http://{settings.host}:{emulator_port}",
        display_phone_number=DISPLAY_PHONE_NUMBER,
        name=ACCOUNT,
        region="LB",
    )


def _greeting(settings: Settings, emulator_port: int) -> str:
    people = " or ".join(email for email, _, _ in OPERATORS)
    return f"""
  Wasl is running: the inbox of {ACCOUNT}, an invented shop.

    Dashboard   http://{settings.host}:{settings.port}
    Log in      {people}, password {PASSWORD}
    A phone     http://{settings.host}:{emulator_port}   (play a customer yourself)

  Customers write by themselves every few seconds; an assistant answers what it knows, and calls you for the rest. What
  it told Sofia Marin is no answer to her question: put a thumb down under it, and teach it a better one.
  Data and log: {settings.data_dir}
  Press Ctrl+C to stop.
"""
