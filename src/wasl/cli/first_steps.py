"""`wasl account`, `wasl operator` and `wasl channel`: the first set-up of an installation."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from wasl.channels.registry import forms
from wasl.cli.ask import add_secret_option, ask_secret
from wasl.cli.channel_changes import add_change_options, add_pace_options
from wasl.cli.channel_options import add_value_options, values_for
from wasl.cli.commands import Commands
from wasl.cli.named import account_of
from wasl.domain.people import OperatorRole
from wasl.errors import NotFound
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.team import Account, Channel, NewChannel

Show: TypeAlias = Callable[[Memory, int | None], list[Sequence[str]]]

PASSWORD_VARIABLE = "WASL_OPERATOR_PASSWORD"  # noqa: S105 - a name


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
    add_change_options(channel.add_parser("change", help="give a number another token, secret or setting"))
    add_pace_options(channel.add_parser("pace", help="tell how many messages a second a number may send"))
    parser = channel.add_parser("show", help="how a number is set up, and the webhook address to enter at its provider")
    parser.add_argument("channel", metavar="N", help="by id, or by phone number id")
    parser.set_defaults(run=lambda asked, settings: asyncio.run(_show_channel(asked, settings)))
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
    parser.add_argument("--provider", choices=sorted(forms()), default="meta", help="(default %(default)s)")
    parser.add_argument("--phone-number-id", metavar="N", required=True, help="what the provider calls the number")
    parser.add_argument("--display-phone-number", metavar="PHONE", help="the number as customers dial it")
    parser.add_argument("--name", help="what operators call it")
    parser.add_argument("--region", metavar="XX", help="where numbers without country code are dialled (such as LB)")
    parser.add_argument("--api-base-url", metavar="URL", help="(default: the provider's usual one)")
    parser.add_argument("--per-second", metavar="N", type=int, help="messages that the number may send (default: 80)")
    parser.add_argument(
        "--switch-on", metavar="WORD", action="append", default=[], help="what the provider may be able to do; see docs"
    )
    add_value_options(parser)
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
    form = forms()[asked.provider]
    async with open_memory(settings) as memory:
        account = account_of(memory, asked.account)
        new = NewChannel(
            provider=asked.provider,
            phone_number_id=asked.phone_number_id,
            values=values_for(asked, form),
            api_base_url=asked.api_base_url,
            display_phone_number=asked.display_phone_number,
            name=asked.name,
            region=asked.region,
            per_second=asked.per_second,
            switched_on=asked.switch_on,
        )
        channel = await memory.team.add_channel(account.id, new)
    print(_channel_added(channel, account, settings))
    return 0


def _channel_added(channel: Channel, account: Account, settings: Settings) -> str:
    return "\n".join(
        [f"Channel {channel.id}: {channel.phone_number_id} of {account.name}", "", *_way_in(channel, settings)]
    )


def _way_in(channel: Channel, settings: Settings) -> list[str]:
    """What must be entered at the provider, so that webhooks come."""
    address = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    url = f"{address}/webhooks/{channel.provider}"
    own = f"  {url}/{channel.channel_key}   (of this number alone: keep it to yourselves)"
    form = forms()[channel.provider]
    lines: list[str] = []
    if form.app_level_url:
        lines += ["In the provider's app, enter as callback URL either of", f"  {url}", own]
        lines += ["and as verify token the one you gave just now. Subscribe to the field “messages”."]
    else:
        lines += ["At the provider, enter as webhook address", own, f"{form.page} says where."]
    if not address.startswith("https:"):
        lines.append("The provider only accepts an https address: set WASL_PUBLIC_URL to the one you are reached at.")
    return lines


# -- showing ---------------------------------------------------------------------------------------------------------


async def _list(asked: argparse.Namespace, settings: Settings, show: Show) -> int:
    async with open_memory(settings) as memory:
        wanted = getattr(asked, "account", None)
        rows = show(memory, account_of(memory, wanted).id if wanted else None)
    print_table(rows)
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
            c.access.api_base_url,
            str(c.account_id),
        )
        for c in memory.team.channels(account_id)
    ]
    return [("ID", "PROVIDER", "PHONE NUMBER ID", "NUMBER", "NAME", "API", "ACCOUNT"), *rows]


async def _show_channel(asked: argparse.Namespace, settings: Settings) -> int:
    async with open_memory(settings) as memory:
        named = [one for one in memory.team.channels() if asked.channel in (one.phone_number_id, str(one.id))]
        if not named:
            raise NotFound(f"There is no number “{asked.channel}”; `wasl channel list` shows them.")
        for channel in named:
            print("\n".join(_channel_shown(channel, settings)))
    return 0


def _channel_shown(channel: Channel, settings: Settings) -> list[str]:
    form = forms()[channel.provider]
    said = {known.name: channel.access[known.name] for known in form.fields}
    hidden = {known.name for known in form.fields if known.secret}
    about = [
        ("number", channel.display_phone_number or "-"),
        ("api base url", channel.access.api_base_url),
        *(
            (name.replace("_", " "), ("set" if value else "-") if name in hidden else value or "-")
            for name, value in said.items()
        ),
        ("messages a second", f"{channel.per_second:g}"),
        ("can send", ", ".join(sorted(channel.capabilities.kinds))),
    ]
    head = f"Channel {channel.id}: {channel.phone_number_id} at {form.title}"
    return [head, "", *(f"  {name:22}{value}" for name, value in about), "", *_way_in(channel, settings)]


def print_table(rows: list[Sequence[str]]) -> None:
    """Rows in columns; the first one names them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
