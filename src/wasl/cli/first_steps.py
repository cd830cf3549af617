"""`wasl account`, `wasl operator` and `wasl channel`: the first set-up of an installation."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from wasl.cli.ask import add_secret_option, ask_secret
from wasl.domain.people import OperatorRole
from wasl.errors import NotFound
from wasl.settings import Settings
from wasl.store.open import Memory, open_memory
from wasl.store.team import PROVIDERS, Account, Channel

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = argparse._SubParsersAction

Show: TypeAlias = Callable[[Memory, int | None], list[Sequence[str]]]

PASSWORD_VARIABLE = "WASL_OPERATOR_PASSWORD"  # noqa: S105 - a name
SECRETS = {
    "app-secret": "WASL_CHANNEL_APP_SECRET",
    "verify-token": "WASL_CHANNEL_VERIFY_TOKEN",
    "access-token": "WASL_CHANNEL_ACCESS_TOKEN",
}


def add_commands(commands: Commands) -> None:
    """Add the three, each with its own verbs."""
    account = _with_verbs(commands, "account", "businesses: the tenants of this installation")
    parser = account.add_parser("create", help="a new business")
    parser.add_argument("name", metavar="NAME")
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_create_account(asked, settings)))
    _add_list(account, _list_accounts, "every business", with_account=False)
    operator = _with_verbs(commands, "operator", "people who answer customers")
    _add_operator_options(operator.add_parser("add", help="a new person of a business"))
    _add_list(operator, _list_operators, "the people of a business, or all")
    channel = _with_verbs(commands, "channel", "business phone numbers")
    _add_channel_options(channel.add_parser("add", help="connect a number"))
    _add_list(channel, _list_channels, "the numbers of a business, or all")


def _with_verbs(commands: Commands, name: str, help_: str) -> Commands:
    return commands.add_parser(name, help=help_, description=help_).add_subparsers(metavar="VERB", required=True)


def _add_list(verbs: Commands, show: Show, help_: str, *, with_account: bool = True) -> None:
    parser = verbs.add_parser("list", help=help_)
    if with_account:
        parser.add_argument("--account", metavar="A", help="only of this account, by id or name")
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_list(asked, settings, show)))


def _add_operator_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    roles = [role.value for role in OperatorRole]
    parser.add_argument("--role", choices=roles, default="operator", help="(default %(default)s)")
    parser.add_argument("--name", help="as colleagues and customers see it (default: from the address)")
    add_secret_option(parser, "password", PASSWORD_VARIABLE)
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_add_operator(asked, settings)))


def _add_channel_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    parser.add_argument("--provider", choices=PROVIDERS, default="meta", help="(default %(default)s)")
    parser.add_argument("--phone-number-id", metavar="N", required=True, help="what the provider calls the number")
    parser.add_argument("--display-phone-number", metavar="PHONE", help="the number as customers dial it")
    parser.add_argument("--name", help="what operators call it")
    parser.add_argument("--region", metavar="XX", help="where numbers without country code are dialled (such as LB)")
    parser.add_argument("--api-base-url", default="https://graph.facebook.com", help="(default %(default)s)")
    parser.add_argument("--api-version", default="v24.0", help="(default %(default)s)")
    for name, variable in SECRETS.items():
        add_secret_option(parser, name, variable)
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_add_channel(asked, settings)))


# -- doing -----------------------------------------------------------------------------------------------------------


async def _create_account(asked: argparse.Namespace, settings: Settings) -> int:
    async with open_memory(settings) as memory:
        account = await memory.team.create_account(asked.name)
    print(f"Account {account.id}: {account.name}")
    return 0


async def _add_operator(asked: argparse.Namespace, settings: Settings) -> int:
    async with open_memory(settings) as memory:
        account = account_of(memory, asked.account)
        password = ask_secret(asked, "password", PASSWORD_VARIABLE, twice=True)
        name = asked.name or asked.email.partition("@")[0]
        role = OperatorRole(asked.role)
        operator = await memory.team.add_operator(account.id, asked.email, name, role, password)
    print(f"Operator {operator.id}: {operator.name} <{operator.email}>, {operator.role.value} of {account.name}")
    return 0


async def _add_channel(asked: argparse.Namespace, settings: Settings) -> int:
    async with open_memory(settings) as memory:
        account = account_of(memory, asked.account)
        channel = await memory.team.add_channel(
            account.id,
            provider=asked.provider,
            phone_number_id=asked.phone_number_id,
            display_phone_number=asked.display_phone_number,
            name=asked.name,
            region=asked.region,
            api_base_url=asked.api_base_url,
            api_version=asked.api_version,
            app_secret=ask_secret(asked, "app-secret", SECRETS["app-secret"]),
            verify_token=ask_secret(asked, "verify-token", SECRETS["verify-token"]),
            access_token=ask_secret(asked, "access-token", SECRETS["access-token"]),
        )
    print(_channel_added(channel, account, settings))
    return 0


def _channel_added(channel: Channel, account: Account, settings: Settings) -> str:
    address = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    url = f"{address}/webhooks/{channel.provider}"
    lines = [
        f"Channel {channel.id}: {channel.phone_number_id} of {account.name}",
        "",
        "In the provider's app, enter as callback URL either of",
        f"  {url}",
        f"  {url}/{channel.channel_key}   (of this number alone: keep it to yourselves)",
        "and as verify token the one you gave just now. Subscribe to the field “messages”.",
    ]
    if not address.startswith("https:"):
        lines.append("The provider only accepts an https address: set WASL_PUBLIC_URL to the one you are reached at.")
    return "\n".join(lines)


# -- showing ---------------------------------------------------------------------------------------------------------


async def _list(asked: argparse.Namespace, settings: Settings, show: Show) -> int:
    async with open_memory(settings) as memory:
        wanted = getattr(asked, "account", None)
        rows = show(memory, account_of(memory, wanted).id if wanted else None)
    _print_table(rows)
    return 0


def _list_accounts(memory: Memory, _: int | None) -> list[Sequence[str]]:
    rows = [(str(account.id), account.name) for account in memory.team.accounts()]
    return [("ID", "NAME"), *rows]


def _list_operators(memory: Memory, account_id: int | None) -> list[Sequence[str]]:
    rows = [
        (str(o.id), o.email, o.name, o.role.value, "disabled" if o.disabled else o.status.value, str(o.account_id))
        for o in memory.team.operators(account_id)
    ]
    return [("ID", "E-MAIL", "NAME", "ROLE", "STATUS", "ACCOUNT"), *rows]


def _list_channels(memory: Memory, account_id: int | None) -> list[Sequence[str]]:
    rows = [
        (
            str(c.id),
            c.provider,
            c.phone_number_id,
            c.display_phone_number or "-",
            c.name or "-",
            c.api_base_url,
            str(c.account_id),
        )
        for c in memory.team.channels(account_id)
    ]
    return [("ID", "PROVIDER", "PHONE NUMBER ID", "NUMBER", "NAME", "API", "ACCOUNT"), *rows]


def _print_table(rows: list[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def account_of(memory: Memory, id_or_name: str) -> Account:
    """The account that a person named. Raises NotFound with a hint."""
    account = memory.team.account_named(id_or_name)
    if account is None:
        raise NotFound(f"There is no account “{id_or_name}”; `wasl account list` shows them.")
    return account
