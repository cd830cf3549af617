"""Businesses whose number is reached by another provider than Meta, at the emulator that plays it."""

import asyncio
import itertools
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from story.node import Node, environment_of
from story.people import PASSWORD, Business, Identity, Operator, Outside
from story.phone import Phones
from story.watcher import Watcher
from story.wire import Number
from wasl.channels.registry import forms
from wasl.domain.people import OperatorRole
from wasl.emulator.remote import RemoteEmulator
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.team import NewChannel
from wasl.torture.process import surroundings

_places = itertools.count(1)


@dataclass(frozen=True, slots=True)
class SetUp:
    """How a number is told to Wasl, and how to the emulator."""

    new: NewChannel
    display: str
    account: str
    """What the emulator calls the business's account at the provider."""
    token: str
    secret: str = ""
    """What the provider proves its webhooks by, where it is not the token."""


def dialog360(place: int, emulator_url: str) -> SetUp:
    key, secret = f"d360-key-{place}", f"d360-secret-{place}"
    values = {"api_key": key, "webhook_secret": secret}
    new = NewChannel("dialog360", f"36{place:06d}", values, f"{emulator_url}/360dialog")
    return SetUp(new, f"1555040{place:04d}", f"36000{place:06d}", key, secret)


def montymobile(place: int, emulator_url: str) -> SetUp:
    digits, tenant, key = f"1555050{place:04d}", f"tenant-{place}", f"monty-key-{place}"
    values = {"api_key": key, "tenant": tenant, "webhook_token": f"monty-token-{place}"}
    new = NewChannel("montymobile", f"96{place:06d}", values, f"{emulator_url}/montymobile", f"+{digits}")
    return SetUp(new, digits, tenant, key, f"monty-token-{place}")


def twilio(place: int, emulator_url: str) -> SetUp:
    digits, base = f"1555020{place:04d}", f"{emulator_url}/twilio"
    sid, token = f"AC{place:032d}", f"twilio-token-{place}"
    values = {"account_sid": sid, "auth_token": token, "typing_url": base}
    return SetUp(NewChannel("twilio", digits, values, base), digits, sid, token)


def qiscus(place: int, emulator_url: str) -> SetUp:
    app, key = f"olive-{place}x", f"qiscus-key-{place}"
    values = {"app_code": app, "secret_key": key, "template_namespace": "a_namespace"}
    new = NewChannel("qiscus", f"77{place:04d}", values, f"{emulator_url}/qiscus")
    return SetUp(new, f"1555030{place:04d}", app, key)


@dataclass(frozen=True, slots=True)
class Shop:
    """An account with one number at a provider, Sara who answers there, and its customers' phones."""

    outside: Outside
    business: Business
    sara: Operator
    phones: Phones
    channel_id: int
    webhook_url: str
    set_up: SetUp

    async def watch(self) -> Watcher:
        return await self.outside.watcher(self.sara).open()

    async def post(self, body: bytes, url: str | None = None, **headers: str) -> httpx2.Response:
        """A webhook made by hand, at the number's own address unless told otherwise."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.outside.client.post(url or self.webhook_url, content=body, headers=named)


async def open_shop(
    settings: Settings,
    outside: Outside,
    node: Node,
    remote: RemoteEmulator,
    made: Callable[[int, str], SetUp],
    *,
    by_command: bool = False,
) -> Shop:
    """Write a business of a provider into an installation, and its number into the emulator: at the address that
    `wasl channel add` prints, if the number is to be set up by that command."""
    place = next(_places)
    set_up = made(place, remote.base_url)
    provider = set_up.new.provider
    printed = None
    async with open_memory(settings) as memory:
        account = await memory.team.create_account(f"{provider} shop {place}")
        if by_command:
            printed = await asyncio.to_thread(_add_by_command, settings, node, str(account.id), set_up)
            await memory.team.refresh()
        else:
            await memory.team.add_channel(account.id, set_up.new)
        [channel] = memory.team.channels(account.id)
        email = f"sara.{provider}.{place}@story.example"
        person = await memory.team.add_operator(account.id, email, "Sara", OperatorRole.OWNER, PASSWORD)
    sara = Identity(str(person.id), "Sara", email)
    number = Number(channel.phone_number_id, set_up.display, "")
    business = Business(str(account.id), account.name, number, set_up.token, (sara,))
    url = printed or f"{node.url}/webhooks/{provider}/{channel.channel_key}"
    await remote.add_number(
        channel.phone_number_id,
        url,
        display_phone_number=set_up.display,
        access_token=set_up.token,
        business_account_id=set_up.account,
        provider=provider,
        **({"app_secret": set_up.secret} if set_up.secret else {}),
    )
    phones = Phones(remote, business)
    await phones.behave()
    return Shop(outside, business, await outside.sign_in(sara), phones, channel.id, url, set_up)


def _add_by_command(settings: Settings, node: Node, account_id: str, set_up: SetUp) -> str:
    """Set a number up as its provider's page says; the webhook address that is printed."""
    new, form = set_up.new, forms()[set_up.new.provider]
    command = [sys.executable, "-m", "wasl", "channel", "add", "--account", account_id, "--provider", new.provider]
    command += ["--phone-number-id", new.phone_number_id, "--display-phone-number", f"+{set_up.display}"]
    command += ["--api-base-url", str(new.api_base_url)]
    told = {"WASL_PUBLIC_URL": node.url}
    for name, value in new.values.items():
        field = form.field_named(name)
        if field is not None and field.secret:
            told[f"WASL_CHANNEL_{name.upper()}"] = value
        else:
            command += [f"--{name.replace('_', '-')}", value]
    environment = surroundings() | environment_of(settings) | told
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    printed = re.search(rf"{node.url}/webhooks/{new.provider}/[\w-]+", done.stdout)
    assert printed is not None, done.stdout
    return printed[0]
