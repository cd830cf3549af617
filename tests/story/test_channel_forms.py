"""A number set up as its page says, by the command beside a running server: its first message comes and is answered."""

import os
import re
import subprocess
import sys

import pytest

from story.node import Node, environment_of
from story.people import Business, Identity, Outside, open_business
from story.phone import Phones
from story.wire import Number
from wasl.emulator.remote import RemoteEmulator
from wasl.settings import Settings
from wasl.torture.process import Emulator

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("provider", "base", "secrets", "settings"),
    [
        ("dialog360", "/360dialog", {"API_KEY": "the-key", "WEBHOOK_SECRET": "the-secret"}, ()),
        (
            "montymobile",
            "/montymobile",
            {"API_KEY": "the-key", "WEBHOOK_TOKEN": "the-secret"},
            ("--tenant", "the-tenant"),
        ),
    ],
)
async def test_a_number_that_was_set_up_by_its_form_works(
    home: Settings,
    node: Node,
    outside: Outside,
    whatsapp: Emulator,
    provider: str,
    base: str,
    secrets: dict[str, str],
    settings: tuple[str, ...],
) -> None:
    place = f"{1 if home.database_url else 2}{len(provider)}"
    business = await open_business(home, f"Shop at {provider}", "Sara")
    number = Number(f"7700{place}", f"9611007{place}", "")
    key, secret = f"{secrets['API_KEY']}-{place}", "the-secret"
    command = [sys.executable, "-m", "wasl", "channel", "add", "--account", business.account_id]
    command += ["--provider", provider, "--phone-number-id", number.phone_number_id, *settings]
    command += ["--display-phone-number", f"+{number.display}", "--api-base-url", f"{whatsapp.url}{base}"]
    told = {f"WASL_CHANNEL_{name}": value for name, value in (secrets | {"API_KEY": key}).items()}
    environment = os.environ | environment_of(home) | told | {"WASL_PUBLIC_URL": node.url}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    match = re.search(rf"{node.url}/webhooks/{provider}/[\w-]+", done.stdout)
    assert match is not None, done.stdout
    async with RemoteEmulator(whatsapp.url) as remote:
        more = {"provider": provider, "access_token": key, "app_secret": secret, "business_account_id": "the-tenant"}
        await remote.add_number(number.phone_number_id, match[0], display_phone_number=number.display, **more)
        sara = await outside.sign_in(_only(business))
        phones = Phones(remote, Business(business.account_id, business.name, number, key, business.operators))
        await phones.behave()
        await phones.write("Is this you?")
        watcher = await outside.watcher(sara).open()
        message = (await sara.send(await sara.chat(), "It is"))["message"]
        await watcher.until_message(message["message_id"], status="delivered")
        assert [entry["content"]["body"] for entry in await phones.sees()] == ["Is this you?", "It is"]
        await remote.until_quiet(30.0)
        await remote.behave_well()


def _only(business: Business) -> Identity:
    [person] = business.operators
    return person
