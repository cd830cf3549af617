"""Many accounts in one transaction: through the program's own commands a thousand of them would take half a minute."""

import asyncio

from bench.bodies import BUSINESS, phone_number_id
from bench.installation import SECRET_VALUES
from wasl.clock import now_ms
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.database import Connection
from wasl.store.directory import raise_settings_version, seal_channel_secrets, sealed_for
from wasl.store.draft import Draft
from wasl.store.journal import change_of

_KEY_LETTERS = 32


def add_accounts(settings: Settings, wanted: int) -> None:
    """Let an installation that `furnish` made have so many accounts, each with its number; nobody works there."""

    async def write() -> None:
        async with open_memory(settings) as memory:
            known = len(memory.team.accounts())

            def apply(draft: Draft) -> None:
                for place in range(known, wanted):
                    _add(draft.connection, memory, place)
                raise_settings_version(draft.connection)

            await memory.journal.submit(change_of(0, apply))

    asyncio.run(write())


def _add(connection: Connection, memory: Memory, place: int) -> None:
    sql = "INSERT INTO accounts (name, created_ms) VALUES (?, ?) RETURNING id"
    account_id = int(connection.rows(sql, (f"Olive Bakery {place + 1}", now_ms()))[0][0])
    connection.run("INSERT INTO account_stream (account_id, head_tag, trim_tag) VALUES (?, 1, 1)", (account_id,))
    connection.run("INSERT INTO ledger (account_id) VALUES (?)", (account_id,))
    number = phone_number_id(place)
    bound_to = sealed_for(account_id, "meta", number)
    sealed = seal_channel_secrets(memory.box, bound_to, SECRET_VALUES)
    connection.run(
        "INSERT INTO channels (account_id, provider, phone_number_id, display_phone_number, name, channel_key,"
        " api_base_url, api_version, secrets, created_ms) VALUES (?, 'meta', ?, ?, 'Olive Bakery', ?,"
        " 'http://127.0.0.1:9', 'v24.0', ?, ?)",
        (account_id, number, BUSINESS, f"{place:0{_KEY_LETTERS}d}", sealed, now_ms()),
    )
