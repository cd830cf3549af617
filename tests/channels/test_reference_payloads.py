"""The readers against a collection of real bodies, which lives beside the checkout and is no part of it.

`WASL_PAYLOADS` names its folder: `check.py` there runs `plain_walk.py` over every body of Meta's shape and compares
what it lists; what each body of every provider shows in the inbox stands in `reference.py`.
"""

import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from channels.reference import (
    COLLECTIONS,
    FOLDER,
    IS_HERE,
    MISSING,
    Collection,
    addressed,
    every_adapter,
    gist_of,
    texts_of,
)
from wasl.domain.identity import phone_digits
from wasl.domain.updates import MessageReceived, Unreadable, Update
from wasl.flow.receive import Reception
from wasl.settings import Settings
from wasl.store.database import Connection, Database
from wasl.store.journal import Journal
from wasl.store.message_row import MESSAGE_SELECT, Json, Message
from wasl.store.team import NewChannel, Team

HERE = Path(__file__).resolve().parent
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not IS_HERE, reason=MISSING)]
each_provider = pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda collection: collection.provider)


def test_every_body_is_walked_as_expected() -> None:
    command = [sys.executable, str(FOLDER / "check.py"), sys.executable, str(HERE / "plain_walk.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each_provider
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_every_body_shows_in_the_inbox_what_it_says(
    collection: Collection, settings: Settings, team: Team, journal: Journal, database: Database
) -> None:
    """Taken in as a webhook, by a channel of the provider that is set up by its form; each file by one of its own."""
    adapter, reception = every_adapter()[collection.provider], Reception(team, journal)
    account = await team.create_account("Olive Bakery")
    wrong: dict[str, object] = {}
    files = collection.files()
    assert files
    for place, path in enumerate(files):
        new = NewChannel(collection.provider, f"9000{place:04d}", collection.values)
        channel = await team.add_channel(account.id, new)
        body = addressed(path.read_bytes(), channel.phone_number_id, collection.number)
        alone, knock = not adapter.form.app_level_url, collection.knock(body)
        updates = adapter.read(knock, channel.access if alone else None)
        before = await database.read(_quarantined)
        await reception.take(adapter, knock, channel, alone=alone)
        shown = await database.read(partial(_messages, channel_id=channel.id))
        problems = [*_unlike(collection, path, updates), *_unseen(updates, shown, texts_of(knock.body))]
        if await database.read(_quarantined) != before:
            problems.append("quarantined")
        if problems:
            wrong[path.stem] = problems
    assert wrong == {}


def _unlike(collection: Collection, path: Path, updates: Sequence[Update]) -> list[str]:
    """How what was read differs from what is said of the file; of what shows nothing only the others are compared."""
    expected, found = collection.expected(path), [gist_of(update) for update in updates]
    if expected is None:
        return ["nobody said what it shows"]
    if collection.shows is None:
        quiet = {"Noted", "ContactNamed", "IdentityChanged"}
        expected = sorted(gist for gist in expected if gist not in quiet)
        found = sorted(gist.replace("live voice", "live audio") for gist in found if gist not in quiet)
    unread = [update.reason for update in updates if isinstance(update, Unreadable)]
    return [*unread, *([] if found == list(expected) else [f"{found} instead of {list(expected)}"])]


def _unseen(updates: Sequence[Update], shown: dict[str, Json], said: set[str]) -> list[str]:
    """What of the messages is not on screen, or is there and stands in no body."""
    problems = []
    for update in updates:
        if not isinstance(update, MessageReceived):
            continue
        message = shown.get(update.message_id)
        if message is None:
            problems.append("no message of it in the inbox")
        elif not (message["content"] or message["media"]):
            problems.append("an empty bubble")
        elif message["type"] == "text" and message["content"] not in said:
            problems.append(f"words that nobody wrote: {message['content']!r}")
        elif update.party.phone and update.party.phone not in map(phone_digits, said):
            problems.append("a customer whom the body does not name")
    return problems


def _messages(connection: Connection, channel_id: int) -> dict[str, Json]:
    rows = connection.rows(f"{MESSAGE_SELECT} WHERE m.channel_id = ?", (channel_id,))
    return {message.id: message.as_json() for message in map(Message.of_row, rows)}


def _quarantined(connection: Connection) -> int:
    return int(connection.rows("SELECT COALESCE(SUM(quarantined), 0) FROM ledger")[0][0])
