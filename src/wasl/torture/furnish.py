"""Who uses the installation: two accounts, each with a number and three operators, made by the commands of `wasl`."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from wasl.emulator.remote import RemoteEmulator

Run: TypeAlias = Callable[..., Awaitable[str]]
"""Runs a command of `wasl` with some environment variables; what it said."""

PASSWORD = "za'atar and sesame"
NAMES = (("Cedar Bakery", ("Sara", "Omar", "Lina")), ("Blue Garage", ("Karim", "Nour", "Rami")))


@dataclass(frozen=True, slots=True)
class Person:
    """An operator, and how they sign in."""

    id: int
    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Account:
    """A business with one number. The product has no permissions within an account yet, so an account is what bounds
    what anybody may see."""

    id: int
    name: str
    phone_number_id: str
    display: str
    app_secret: str
    access_token: str
    operators: tuple[Person, ...]


async def furnish(run: Run, remote: RemoteEmulator, api_url: str, front_url: str) -> list[Account]:
    """Make them all, here and at the emulator, which reports to `front_url` and is asked to send at `api_url`."""
    ids = [_number_in(await run("account", "create", name)) for name, _ in NAMES]
    accounts = await asyncio.gather(
        *(_furnish(run, place, id_, api_url, *NAMES[place]) for place, id_ in enumerate(ids))
    )
    for account in accounts:
        await remote.add_number(
            account.phone_number_id,
            f"{front_url}/webhooks/meta",
            display_phone_number=account.display,
            access_token=account.access_token,
            app_secret=account.app_secret,
            verify_token=f"verify-{account.id}",
        )
    return list(accounts)


async def _furnish(run: Run, place: int, id_: int, api_url: str, name: str, people: tuple[str, ...]) -> Account:
    account = Account(
        id_, name, f"1555010{place:05d}", f"961100010{place}", f"app secret of {name}", f"token-of-{place}", ()
    )
    told = {
        "WASL_CHANNEL_APP_SECRET": account.app_secret,
        "WASL_CHANNEL_VERIFY_TOKEN": f"verify-{id_}",
        "WASL_CHANNEL_ACCESS_TOKEN": account.access_token,
    }
    number = ("--phone-number-id", account.phone_number_id, "--display-phone-number", f"+{account.display}")
    await run("channel", "add", "--account", str(id_), *number, "--name", name, "--api-base-url", api_url, **told)
    operators: list[Person] = []
    for person in people:
        email = f"{person.lower()}@torture.example"
        role = "operator" if operators else "owner"
        words = ("operator", "add", email, "--account", str(id_), "--role", role, "--name", person)
        said = await run(*words, WASL_OPERATOR_PASSWORD=PASSWORD)
        operators.append(Person(_number_in(said), person, email, PASSWORD))
    return replace(account, operators=tuple(operators))


def _number_in(said: str) -> int:
    """The id of what was made, as the command told it: `Account 1: …`."""
    found = re.match(r"\w+ (\d+):", said)
    assert found is not None, said
    return int(found[1])
