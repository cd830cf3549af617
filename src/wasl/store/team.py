"""The people and the numbers of every account, held in memory and read again whenever they change."""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from typing import TypeVar

import orjson
import phonenumbers

from wasl.clock import now_ms
from wasl.domain.channels import ChannelForm
from wasl.domain.identity import region_of
from wasl.domain.people import Availability, Operator, OperatorRole
from wasl.errors import Conflict, Invalid, NotFound
from wasl.limits import EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX
from wasl.store.assistants import WHOLE_ACCOUNT, Assistant, ToldAssistant, write_assistant
from wasl.store.channel_form import NewChannel, checked_pace, checked_switches, checked_values, written_otherwise
from wasl.store.database import Connection, Database
from wasl.store.directory import (
    OPERATOR_COLUMNS,
    Account,
    Channel,
    Directory,
    Reading,
    operator_of,
    raise_settings_version,
    read_directory,
    seal_channel_secrets,
    sealed_for,
    settings_version,
)
from wasl.store.draft import Draft
from wasl.store.journal import Journal, change_of
from wasl.store.passwords import hash_password

__all__ = ["Account", "Channel", "NewChannel", "Team", "email_form"]

T = TypeVar("T")
NO_ONE = Assistant()
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def email_form(email: str) -> str:
    """The one form in which addresses are kept and compared."""
    return email.strip().casefold()


class Team:
    """Answers from memory; `refresh` looks whether anything changed, here or on another node."""

    def __init__(self, database: Database, journal: Journal, reading: Reading) -> None:
        self._database = database
        self._journal = journal
        self._reading = reading
        self._now = Directory()
        self._refreshing = asyncio.Lock()

    # -- memory ---------------------------------------------------------------------------------------------------

    async def refresh(self) -> bool:
        """Read everything again if the database says that it changed; whether more is known than when this was asked,
        whoever has read it meanwhile.

        Raises Unavailable, and Misconfigured when the secret key is another.
        """
        before = self._now
        async with self._refreshing:  # One at a time: an older snapshot must not take the place of a newer one.
            found = await self._database.read(self._read_if_moved)
            if found is not None:
                self._now = found
        return self._now is not before

    def _read_if_moved(self, connection: Connection) -> Directory | None:
        # Another number, not a greater one: a restored backup counts backwards.
        moved = settings_version(connection) != self._now.version
        return read_directory(connection, self._reading, now_ms(), self._now) if moved else None

    def accounts(self) -> list[Account]:
        """All accounts, oldest first."""
        return list(self._now.accounts.values())

    def account(self, account_id: int) -> Account | None:
        return self._now.accounts.get(account_id)

    def account_named(self, id_or_name: str) -> Account | None:
        """The account of that name, or else of that id."""
        by_name = next((account for account in self.accounts() if account.name == id_or_name), None)
        if by_name is None and id_or_name.isascii() and id_or_name.isdigit():
            return self.account(int(id_or_name))
        return by_name

    def channels(self, account_id: int | None = None) -> list[Channel]:
        """The channels of one account, or of all."""
        return [found for found in self._now.channels.values() if account_id in (None, found.account_id)]

    def channel(self, channel_id: int) -> Channel | None:
        return self._now.channels.get(channel_id)

    def assistant(self, account_id: int, channel_id: int = WHOLE_ACCOUNT) -> Assistant:
        """The assistant of a number, or what holds for an account."""
        return self._now.assistants.get((account_id, channel_id)) or NO_ONE

    def form_of(self, channel: Channel) -> ChannelForm:
        """What a channel of its provider is set up by."""
        return self._reading.forms[channel.provider]

    def channel_of(self, provider: str, phone_number_id: str) -> Channel | None:
        """The channel of a number; whoever asks still has to compare its `proof` with what signed the question."""
        found = self._now.by_number.get((provider, phone_number_id))
        return found or self._now.by_number.get((provider, written_otherwise(phone_number_id)))

    def proofs_of(self, channel: Channel) -> frozenset[str]:
        """Every proof that a channel of the same account and provider has or had: whoever made something with one of
        them may speak for that account, though not always for this number."""
        return self._now.proofs.get((channel.account_id, channel.provider), frozenset())

    def channel_with_key(self, channel_key: str) -> Channel | None:
        """The channel whose own webhook URL has this key."""
        return self._now.by_key.get(channel_key)

    def believable(self, provider: str) -> list[Channel]:
        """One channel for each distinct proof of a provider's: what an app-level URL tries."""
        return list({found.proof: found for found in self._of(provider)}.values())

    def verify_tokens(self, provider: str) -> frozenset[str]:
        """What a provider may name when it verifies the app-level URL."""
        return frozenset(found.access["verify_token"] for found in self._of(provider))

    def _of(self, provider: str) -> list[Channel]:
        return [found for found in self._now.channels.values() if found.provider == provider]

    def operators(self, account_id: int | None = None) -> list[Operator]:
        """The operators of one account, or of all; disabled ones too."""
        return [found for found in self._now.operators.values() if account_id in (None, found.account_id)]

    def operator(self, operator_id: int) -> Operator | None:
        return self._now.operators.get(operator_id)

    def operator_by_email(self, email: str) -> Operator | None:
        return self._now.by_email.get(email_form(email))

    def session_ended(self, session_id: str) -> bool:
        """Whether somebody signed out of this session."""
        return session_id in self._now.ended_sessions

    async def login_of(self, email: str) -> tuple[Operator, str] | None:
        """An operator with the password's hash, read now: hashes are not held in memory."""
        sql = f"SELECT {OPERATOR_COLUMNS}, password_hash FROM operators WHERE email = ?"
        rows = await self._database.read(lambda connection: connection.rows(sql, (email_form(email),)))
        return (operator_of(rows[0][:-1]), rows[0][-1]) if rows else None

    # -- changes --------------------------------------------------------------------------------------------------

    async def create_account(self, name: str) -> Account:
        """A new business. Raises Conflict when the name is taken, Invalid when it is none."""
        name = _name(name, "account")

        def insert(connection: Connection) -> Account:
            sql = "INSERT INTO accounts (name, created_ms) VALUES (?, ?) ON CONFLICT (name) DO NOTHING RETURNING id"
            rows = connection.rows(sql, (name, now_ms()))
            if not rows:
                raise Conflict(f"There is an account “{name}” already.")
            account = Account(rows[0][0], name)
            # A random tag: the cursor of an emptied database's log never fits the log that follows it.
            # Nothing is trimmed yet, so the edge is the same place: whoever watched from the very beginning can resume.
            sql = "INSERT INTO account_stream (account_id, head_tag, trim_tag) VALUES (?, ?, ?)"
            tag = secrets.randbits(31)
            connection.run(sql, (account.id, tag, tag))
            connection.run("INSERT INTO ledger (account_id) VALUES (?)", (account.id,))
            return account

        return await self._change(insert)

    async def add_operator(self, account_id: int, email: str, name: str, role: OperatorRole, password: str) -> Operator:
        """A new person of an account. Raises Conflict for a known e-mail address, Invalid, NotFound (no account)."""
        email, name = email_form(email), _name(name, "operator")
        if len(email) > EMAIL_CHARACTERS_MAX or not _EMAIL.fullmatch(email):
            raise Invalid("That is no e-mail address.")
        password_hash = await asyncio.to_thread(hash_password, password)

        def insert(connection: Connection) -> Operator:
            _require_account(connection, account_id)
            sql = (
                "INSERT INTO operators (account_id, email, name, role, status, password_hash, created_ms)"
                f" VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING RETURNING {OPERATOR_COLUMNS}"
            )
            row = (account_id, email, name, role.value, Availability.AVAILABLE.value, password_hash, now_ms())
            rows = connection.rows(sql, row)
            if not rows:
                raise Conflict(f"There is an operator with the e-mail address {email} already.")
            return operator_of(rows[0])

        return await self._change(insert)

    async def add_channel(self, account_id: int, new: NewChannel) -> Channel:
        """A new number of an account. Raises Conflict when the number is a channel already, Invalid, NotFound."""
        form = self._reading.forms.get(new.provider)
        if form is None:
            known = ", ".join(self._reading.forms)
            raise Invalid(f"“{new.provider}” is no provider that this version knows; it knows {known}.")
        address = new.api_base_url or form.api_base_url
        settings, hidden = checked_values(form, new.phone_number_id, address, new.values)
        switched_on = checked_switches(form, new.switched_on)
        checked_pace(new.per_second)
        region = _region(new.region, new.display_phone_number)
        bound_to = sealed_for(account_id, new.provider, new.phone_number_id)
        sealed = seal_channel_secrets(self._reading.box, bound_to, hidden)

        def insert(connection: Connection) -> int:
            _require_account(connection, account_id)
            otherwise = (new.provider, written_otherwise(new.phone_number_id))
            if connection.rows("SELECT id FROM channels WHERE provider = ? AND phone_number_id = ?", otherwise):
                raise Conflict(f"The number {otherwise[1]} at {new.provider} is a channel of an account already.")
            sql = (
                "INSERT INTO channels (account_id, provider, phone_number_id, display_phone_number, name, region,"
                " channel_key, api_base_url, api_version, secrets, settings, per_second, switched_on, created_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?)"
                " ON CONFLICT (provider, phone_number_id) DO NOTHING RETURNING id"
            )
            named = (account_id, new.provider, new.phone_number_id, new.display_phone_number or None, new.name or None)
            reached = (region, secrets.token_urlsafe(24), address.rstrip("/"), sealed)
            about = (orjson.dumps(settings).decode(), new.per_second, switched_on, now_ms())
            rows = connection.rows(sql, (*named, *reached, *about))
            if not rows:
                raise Conflict(
                    f"The number {new.phone_number_id} at {new.provider} is a channel of an account already."
                )
            return int(rows[0][0])

        channel_id = await self._change(insert)
        channel = self.channel(channel_id)
        assert channel is not None, "what was just committed is in the directory"
        return channel

    async def change_channel(self, channel_id: int, values: Mapping[str, str], api_base_url: str | None = None) -> None:
        """Other settings or secrets of a number; what is not named stays. What its provider had refused meanwhile, a
        token that ran out first of all, is tried again at once. Raises NotFound, Invalid."""
        channel = self.channel(channel_id)
        if channel is None:
            raise NotFound("There is no such channel.")
        form, address = self.form_of(channel), api_base_url or channel.access.api_base_url
        # What is usual stays what is usual, also when that changes.
        kept = {known.name: said for known in form.fields if (said := channel.access[known.name]) != known.default}
        settings, hidden = checked_values(form, channel.phone_number_id, address, {**kept, **values})
        bound_to = sealed_for(channel.account_id, channel.provider, channel.phone_number_id)
        sealed = seal_channel_secrets(self._reading.box, bound_to, hidden)

        def update(connection: Connection) -> None:
            sql = "UPDATE channels SET settings = ?, secrets = ?, api_base_url = ? WHERE id = ?"
            connection.run(sql, (orjson.dumps(settings).decode(), sealed, address.rstrip("/"), channel_id))
            if form.proof and {**settings, **hidden}.get(form.proof, "") != channel.access[form.proof]:
                # What was kept under the old secret can still be replayed.
                sql = "INSERT INTO former_proofs (account_id, provider, proof) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
                connection.run(sql, (channel.account_id, channel.provider, channel.proof))
            sql = "UPDATE outbox SET due_ms = NOW_MS() WHERE channel_id = ? AND state = 'queued' AND due_ms > NOW_MS()"
            connection.run(sql, (channel_id,))

        await self._change(update)

    async def change_pace(self, channel_id: int, per_second: int | None) -> None:
        """How many messages a second the provider takes from a number; None: what is usual there. Raises Invalid."""
        checked_pace(per_second)

        def update(connection: Connection) -> None:
            if not connection.run("UPDATE channels SET per_second = ? WHERE id = ?", (per_second, channel_id)):
                raise NotFound("There is no such channel.")

        await self._change(update)

    async def change_assistant(self, told: ToldAssistant) -> Assistant:
        """Set the assistant of an account or a number; what holds then. Raises NotFound, Conflict `newer_version`,
        Invalid."""
        box = self._reading.box
        await self._change(lambda connection: write_assistant(connection, box, told, now_ms()))
        return self.assistant(told.account_id, told.channel_id)

    async def change_status(self, operator_id: int, status: Availability) -> None:
        """An operator tells whether they are there. Raises NotFound."""
        await self._update_operator(operator_id, "status = ?", status.value)

    async def change_password(self, operator_id: int, password: str) -> None:
        """A new password, which ends all sessions that began with the old one. Raises Invalid, NotFound."""
        password_hash = await asyncio.to_thread(hash_password, password)
        await self._update_operator(operator_id, "password_hash = ?, token_version = token_version + 1", password_hash)

    async def end_all_sessions(self, operator_id: int) -> None:
        """Sign an operator out everywhere. Raises NotFound."""
        await self._update_operator(operator_id, "token_version = token_version + 1")

    async def disable(self, operator_id: int) -> None:
        """Let an operator in no more, and end what is open; what they wrote stays theirs. Raises NotFound."""
        await self._update_operator(operator_id, "disabled = 1, token_version = token_version + 1")

    async def end_session(self, session_id: str, expires_ms: int) -> None:
        """Sign out of one session; it is remembered until its token would have ended by itself."""

        def insert(connection: Connection) -> None:
            connection.run("DELETE FROM ended_sessions WHERE expires_ms <= ?", (now_ms(),))
            sql = (
                "INSERT INTO ended_sessions (session_id, expires_ms) VALUES (?, ?) ON CONFLICT (session_id) DO NOTHING"
            )
            connection.run(sql, (session_id, expires_ms))

        await self._change(insert)

    async def _update_operator(self, operator_id: int, assignments: str, *values: str) -> None:
        def update(connection: Connection) -> None:
            if not connection.run(f"UPDATE operators SET {assignments} WHERE id = ?", (*values, operator_id)):
                raise NotFound("There is no such operator.")

        await self._change(update)

    async def _change(self, change: Callable[[Connection], T]) -> T:
        def apply(draft: Draft) -> T:
            result = change(draft.connection)
            raise_settings_version(draft.connection)
            return result

        # Account 0: these rows are no part of an account's log.
        result = await self._journal.submit(change_of(0, apply))
        await self.refresh()
        return result


def _name(name: str, what: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_CHARACTERS_MAX or not name.isprintable():
        raise Invalid(f"The name of an {what} has 1 to {NAME_CHARACTERS_MAX} printable characters.")
    return name


def _require_account(connection: Connection, account_id: int) -> None:
    if not connection.rows("SELECT id FROM accounts WHERE id = ?", (account_id,)):
        raise NotFound(f"There is no account {account_id}.")


def _region(region: str | None, display_phone_number: str | None) -> str | None:
    if region:
        if region.upper() not in phonenumbers.SUPPORTED_REGIONS:
            raise Invalid(f"“{region}” is no region; write two letters such as LB.")
        return region.upper()
    return region_of(display_phone_number) if display_phone_number else None
