"""Who is who, as one moment of the database knew it: accounts, channels and their secrets, operators, sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from wasl.domain.people import Availability, Operator, OperatorRole
from wasl.store.conversation_row import ChannelFace
from wasl.store.database import Connection, Row
from wasl.store.secrets import SecretBox

OPERATOR_COLUMNS = "id, account_id, email, name, role, status, token_version, scope_sequence, disabled"
_CHANNEL_COLUMNS = (
    "id, account_id, provider, phone_number_id, display_phone_number, name, region, channel_key, api_base_url,"
    " api_version, secrets"
)


@dataclass(frozen=True, slots=True)
class Account:
    """One business."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One business phone number at one provider, with its secrets in the clear: never log or serialise one."""

    id: int
    account_id: int
    provider: str
    phone_number_id: str
    display_phone_number: str | None
    name: str | None
    region: str | None
    """Where its customers' numbers without country code are dialled (ISO 3166)."""
    channel_key: str = field(repr=False)
    api_base_url: str
    api_version: str
    app_secret: bytes = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    proof: str
    """The fingerprint of its app secret: what webhooks that this channel may believe are signed with."""
    face: ChannelFace


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it, never changed: a newer one takes its place."""

    version: int = 0
    accounts: Mapping[int, Account] = field(default_factory=dict)
    channels: Mapping[int, Channel] = field(default_factory=dict)
    by_number: Mapping[tuple[str, str], Channel] = field(default_factory=dict)
    by_key: Mapping[str, Channel] = field(default_factory=dict)
    operators: Mapping[int, Operator] = field(default_factory=dict)
    by_email: Mapping[str, Operator] = field(default_factory=dict)
    ended_sessions: frozenset[str] = frozenset()


def settings_version(connection: Connection) -> int:
    """The number that rises with every change to what a directory holds."""
    [(version,)] = connection.rows("SELECT version FROM settings_version")
    return int(version)


def raise_settings_version(connection: Connection) -> None:
    """Tell every node to read its directory again."""
    connection.run("UPDATE settings_version SET version = version + 1")


def read_directory(connection: Connection, box: SecretBox, now_ms: int) -> Directory:
    """Read everything inside the open snapshot. Raises Misconfigured when the secret key is another."""
    accounts = {row[0]: Account(*row) for row in connection.rows("SELECT id, name FROM accounts ORDER BY id")}
    channel_rows = connection.rows(f"SELECT {_CHANNEL_COLUMNS} FROM channels ORDER BY id")
    channels = [_channel_of(row, box) for row in channel_rows]
    operator_rows = connection.rows(f"SELECT {OPERATOR_COLUMNS} FROM operators ORDER BY id")
    operators = [operator_of(row) for row in operator_rows]
    ended = connection.rows("SELECT session_id FROM ended_sessions WHERE expires_ms > ?", (now_ms,))
    return Directory(
        version=settings_version(connection),
        accounts=accounts,
        channels={channel.id: channel for channel in channels},
        by_number={(channel.provider, channel.phone_number_id): channel for channel in channels},
        by_key={channel.channel_key: channel for channel in channels},
        operators={operator.id: operator for operator in operators},
        by_email={operator.email: operator for operator in operators},
        ended_sessions=frozenset(session_id for (session_id,) in ended),
    )


def operator_of(row: Row) -> Operator:
    """Build an operator from a row of OPERATOR_COLUMNS."""
    id_, account_id, email, name, role, status, token_version, scope_sequence, disabled = row
    return Operator(
        id_,
        account_id,
        email,
        name,
        OperatorRole(role),
        Availability(status),
        token_version,
        scope_sequence,
        bool(disabled),
    )


def sealed_for(account_id: int, provider: str, phone_number_id: str) -> str:
    """What a channel's secrets are bound to: they open in no other account's row and for no other number."""
    return f"{account_id}:{provider}:{phone_number_id}"


def seal_channel_secrets(box: SecretBox, bound_to: str, app_secret: str, verify_token: str, access_token: str) -> bytes:
    """Encrypt a channel's three secrets as one."""
    plain = {"app_secret": app_secret, "verify_token": verify_token, "access_token": access_token}
    return box.seal(orjson.dumps(plain), bound_to)


def _channel_of(row: Row, box: SecretBox) -> Channel:
    id_, account_id, provider, phone_number_id, display_phone_number, name, region, key, address, version, sealed = row
    plain = orjson.loads(box.unseal(bytes(sealed), sealed_for(account_id, provider, phone_number_id)))
    app_secret = plain["app_secret"].encode()
    return Channel(
        id=id_,
        account_id=account_id,
        provider=provider,
        phone_number_id=phone_number_id,
        display_phone_number=display_phone_number,
        name=name,
        region=region,
        channel_key=key,
        api_base_url=address,
        api_version=version,
        app_secret=app_secret,
        verify_token=plain["verify_token"],
        access_token=plain["access_token"],
        proof=box.fingerprint(app_secret),
        face=ChannelFace(id_, provider, phone_number_id, display_phone_number, name),
    )
