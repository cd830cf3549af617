"""The assistants of an installation: what each account and each of its numbers sets, and the keys that takes.

A key is for the server that it was told for, and is left out once a setting names another: so nobody who may change an
address comes to see a key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from wasl.domain.assistant import AssistantMode
from wasl.domain.assistant_settings import AssistantSettings, overlaid, settings_of
from wasl.errors import Conflict, Invalid, Misconfigured, NotFound
from wasl.observe import log
from wasl.store.built_rows import BuiltRows
from wasl.store.database import Connection, Row
from wasl.store.secrets import SecretBox
from wasl.store.turns import Terms

WHOLE_ACCOUNT = 0
"""In place of a channel: what holds for all numbers that do not say otherwise."""
MODEL_KEY = "model_key"
TOOLS = "tools"
"""Where the settings of an account hold its tools."""
_FOR = "for:"
"""Before the name of a secret: the server that it is for."""
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Assistant:
    """What holds on one number, with the keys in the clear: never log or serialise one."""

    settings: AssistantSettings = field(default_factory=AssistantSettings)
    told: Json = field(default_factory=dict)
    """The settings as they were told, of this number or account alone."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`model_key`, and `tool:<name>` for each tool that has a secret."""
    tools: tuple[Json, ...] = ()
    """The account's HTTP tools, as they were told."""
    version: int = 0
    own_key: bool = False
    """Whether the model's key is this number's own, or the account's at the account."""
    keys_lost: bool = False
    """Whether keys that were told cannot be opened: they are left out until they are told again."""

    @property
    def terms(self) -> Terms:
        """When it looks at what customers write."""
        return self._terms(False) if self.settings.mode is not AssistantMode.OFF else Terms()

    def terms_at(self, at_ms: int) -> Terms:
        """The same with the hour at which something was written: it is asked for with every webhook."""
        hours = self.settings.hours
        if not hours.ever_closes or hours.is_open(at_ms):
            return self.terms
        return self._terms(True)

    def _terms(self, away: bool) -> Terms:
        settings = self.settings
        quiet_ms, burst_ms = round(settings.quiet_seconds * 1000), round(settings.burst_seconds * 1000)
        return Terms(settings.mode, quiet_ms, burst_ms, away)


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> int: ...


def sealed_for_assistant(account_id: int) -> str:
    """What the secrets of an account's assistant are bound to."""
    return f"{account_id}:assistant"


def tool_secret(name: str) -> str:
    """What the secret of a tool is called."""
    return f"tool:{name}"


@dataclass(frozen=True, slots=True)
class _Row:
    """What one place of an account says."""

    told: Json = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    lost: bool = False
    """Whether its secrets cannot be opened."""


def read_assistants(
    connection: Connection, box: SecretBox, channels: Iterable[_Numbered], built: BuiltRows
) -> dict[tuple[int, int], Assistant]:
    """Those of every account and number that has settings of its own, or stands in an account that has."""
    sql = "SELECT settings, secrets, version, account_id, channel_id FROM assistant_settings"
    rows = {(row[3], row[4]): row for row in connection.rows(sql)}
    own = {place: built.of(row, partial(_row_of, row, box, row[3]), _Row) for place, row in rows.items()}
    accounts = {account_id for account_id, _ in own}

    def assistant_at(account_id: int, channel_id: int) -> Assistant:
        above, here = (account_id, WHOLE_ACCOUNT), (account_id, channel_id)
        build = partial(_assistant, own.get(above, _Row()), own.get(here, _Row()))
        return built.of((rows.get(above), rows.get(here)), build, Assistant)

    places = [(account_id, WHOLE_ACCOUNT) for account_id in accounts]
    places += [(one.account_id, one.id) for one in channels if one.account_id in accounts]
    return {place: assistant_at(*place) for place in places}


def _row_of(row: Row, box: SecretBox, account_id: int) -> _Row:
    settings, sealed, version, *_ = row
    try:
        opened = orjson.loads(box.unseal(bytes(sealed), sealed_for_assistant(account_id))) if sealed else {}
    except Misconfigured:
        # One account's damaged key must not keep the others from their inbox: its assistant does without.
        log.error("keys of an assistant cannot be opened", account_id=account_id)
        return _Row(orjson.loads(settings), {}, version, lost=True)
    return _Row(orjson.loads(settings), opened, version)


def _assistant(account: _Row, here: _Row) -> Assistant:
    settings = settings_of(overlaid(account.told, here.told))
    tools = tuple(account.told.get(TOOLS, ()))
    servers = {MODEL_KEY: server_of(settings.model.base_url)}
    servers |= {tool_secret(tool["name"]): server_of(tool["url"]) for tool in tools}
    own = _usable(here.secrets, servers)
    return Assistant(
        settings=settings,
        told={name: value for name, value in here.told.items() if name != TOOLS},
        secrets={**_usable(account.secrets, servers), **own},
        tools=tools,
        version=here.version,
        own_key=MODEL_KEY in own,
        keys_lost=here.lost or account.lost,
    )


def _usable(secrets: Mapping[str, str], servers: Mapping[str, str]) -> dict[str, str]:
    """Those that are for the server that is set now."""
    return {
        name: secret
        for name, secret in secrets.items()
        if not name.startswith(_FOR) and secrets.get(_FOR + name, servers.get(name)) == servers.get(name)
    }


def server_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


# -- changing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToldAssistant:
    """What somebody sets. `settings` and `tools` are whole, or None to stay as they are; of `secrets` those that are
    not named stay, and None takes one away. `version` is the one that they have seen."""

    account_id: int
    channel_id: int
    version: int
    operator_id: int | None
    settings: Json | None = None
    tools: Sequence[Json] | None = None
    secrets: Mapping[str, str | None] = field(default_factory=dict, repr=False)


def write_assistant(connection: Connection, box: SecretBox, told: ToldAssistant, now_ms: int) -> None:
    """Set it. Raises NotFound, Conflict `newer_version`, and Invalid: `burst_too_short`, `key_without_server`."""
    sql = "SELECT settings, secrets, version, channel_id FROM assistant_settings WHERE account_id = ?"
    rows = connection.rows(sql, (told.account_id,))
    own = {row[3]: _row_of(row, box, told.account_id) for row in rows}
    if told.channel_id != WHOLE_ACCOUNT:
        sql = "SELECT 1 FROM channels WHERE id = ? AND account_id = ?"
        if not connection.rows(sql, (told.channel_id, told.account_id)):
            raise NotFound("There is no such channel.")
    before = own.get(told.channel_id, _Row())
    if before.version != told.version:
        raise Conflict("Somebody has changed this meanwhile: look at it again.", code="newer_version")
    settings = _settings_after(before.told, told)
    own[told.channel_id] = _Row(settings)
    _refuse_haste(own)
    secrets = _secrets_after(before.secrets, told, overlaid(own.get(WHOLE_ACCOUNT, _Row()).told, settings))
    sealed = box.seal(orjson.dumps(secrets), sealed_for_assistant(told.account_id)) if secrets else None
    sql = (
        "INSERT INTO assistant_settings (account_id, channel_id, settings, secrets, version, updated_by, updated_ms)"
        " VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT (account_id, channel_id) DO UPDATE SET settings = excluded.settings,"
        " secrets = excluded.secrets, version = assistant_settings.version + 1, updated_by = excluded.updated_by,"
        " updated_ms = excluded.updated_ms"
    )
    place = (told.account_id, told.channel_id)
    connection.run(sql, (*place, orjson.dumps(settings).decode(), sealed, told.operator_id, now_ms))


def _settings_after(before: Json, told: ToldAssistant) -> dict[str, Any]:
    """The settings and the tools, which are told apart and stand together."""
    settings = before if told.settings is None else told.settings
    tools = before.get(TOOLS) if told.tools is None else list(told.tools)
    after = {name: value for name, value in settings.items() if name != TOOLS}
    return {**after, TOOLS: tools} if tools else after


def _secrets_after(before: Mapping[str, str], told: ToldAssistant, settings: Json) -> dict[str, str]:
    """Every secret beside the server that it is for; those of tools that are gone are gone too."""
    servers = {tool_secret(tool["name"]): server_of(tool["url"]) for tool in settings.get(TOOLS, ())}
    servers[MODEL_KEY] = server_of(settings.get("model", {}).get("base_url", ""))
    kept = {name: value for name, value in before.items() if name.removeprefix(_FOR) in servers}
    for name, secret in told.secrets.items():
        if secret is not None and servers[name] == server_of(""):
            raise Invalid("A key is for one server: tell the model's base_url with it.", code="key_without_server")
        kept.pop(name, None)
        kept.pop(_FOR + name, None)
        if secret is not None:
            kept |= {name: secret, _FOR + name: servers[name]}
    return kept


def _refuse_haste(own: Mapping[int, _Row]) -> None:
    account = own.get(WHOLE_ACCOUNT, _Row())
    for here in own.values():
        settings = settings_of(overlaid(account.told, here.told))
        if settings.burst_seconds < settings.quiet_seconds:
            sentence = "A burst lasts at least as long as a customer has to be quiet, on each number."
            raise Invalid(sentence, code="burst_too_short")
