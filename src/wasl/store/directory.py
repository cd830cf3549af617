"""Who is who, as one moment of the database knew it: accounts, channels and their secrets, operators, sessions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import orjson

from wasl.domain.channels import Access, Capabilities, ChannelForm
from wasl.domain.people import Availability, Operator, OperatorRole
from wasl.observe import log
from wasl.store.assistants import Assistant, read_assistants
from wasl.store.built_rows import BuiltRows
from wasl.store.conversation_row import ChannelFace
from wasl.store.database import Connection, Row
from wasl.store.secrets import SecretBox

OPERATOR_COLUMNS = "id, account_id, email, name, role, status, token_version, scope_sequence, disabled"
_CHANNEL_COLUMNS = (
    "id, account_id, provider, phone_number_id, display_phone_number, name, region, channel_key, api_base_url,"
    " api_version, secrets, settings, per_second, switched_on"
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
    access: Access = field(repr=False)
    capabilities: Capabilities
    per_second: float
    """Messages that this number may send."""
    proof: str
    """The fingerprint of the secret by which its webhooks are believed."""
    face: ChannelFace


@dataclass(frozen=True, slots=True)
class Reading:
    """What must be known to read a directory: the box of secrets, every provider's form, and how we are reached."""

    box: SecretBox
    forms: Mapping[str, ChannelForm]
    public_url: str | None


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it, never changed: a newer one takes its place."""

    version: int = 0
    accounts: Mapping[int, Account] = field(default_factory=dict)
    channels: Mapping[int, Channel] = field(default_factory=dict)
    by_number: Mapping[tuple[str, str], Channel] = field(default_factory=dict)
    by_key: Mapping[str, Channel] = field(default_factory=dict)
    proofs: Mapping[tuple[int, str], frozenset[str]] = field(default_factory=dict)
    """Account and provider → every proof that a channel of theirs has or had."""
    operators: Mapping[int, Operator] = field(default_factory=dict)
    by_email: Mapping[str, Operator] = field(default_factory=dict)
    assistants: Mapping[tuple[int, int], Assistant] = field(default_factory=dict)
    """Account and channel → its assistant; channel 0 is what holds for the account's other numbers."""
    ended_sessions: frozenset[str] = frozenset()
    built: BuiltRows = field(default_factory=BuiltRows, repr=False)


def settings_version(connection: Connection) -> int:
    """The number that rises with every change to what a directory holds."""
    [(version,)] = connection.rows("SELECT version FROM settings_version")
    return int(version)


def raise_settings_version(connection: Connection) -> None:
    """Tell every node to read its directory again."""
    connection.run("UPDATE settings_version SET version = version + 1")


def read_directory(connection: Connection, reading: Reading, now_ms: int, before: Directory | None = None) -> Directory:
    """Read everything inside the open snapshot; what has not changed is taken over from the directory `before`.

    Raises Misconfigured when the secret key is another.
    """
    built = BuiltRows(before.built if before else None)
    accounts = {row[0]: Account(*row) for row in connection.rows("SELECT id, name FROM accounts ORDER BY id")}
    channel_rows = connection.rows(f"SELECT {_CHANNEL_COLUMNS} FROM channels ORDER BY id")
    channels = _with_siblings(list(_channels_of(channel_rows, reading, built)))
    operator_rows = connection.rows(f"SELECT {OPERATOR_COLUMNS} FROM operators ORDER BY id")
    operators = [built.of(row, partial(operator_of, row), Operator) for row in operator_rows]
    former = connection.rows("SELECT account_id, provider, proof FROM former_proofs")
    ended = connection.rows("SELECT session_id FROM ended_sessions WHERE expires_ms > ?", (now_ms,))
    return Directory(
        version=settings_version(connection),
        accounts=accounts,
        channels={channel.id: channel for channel in channels},
        by_number={(channel.provider, channel.phone_number_id): channel for channel in channels},
        by_key={channel.channel_key: channel for channel in channels},
        proofs=_proofs_of(channels, former),
        operators={operator.id: operator for operator in operators},
        by_email={operator.email: operator for operator in operators},
        assistants=read_assistants(connection, reading.box, channels, built),
        ended_sessions=frozenset(session_id for (session_id,) in ended),
        built=built.done(),
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


def seal_channel_secrets(box: SecretBox, bound_to: str, secrets: Mapping[str, str]) -> bytes:
    """Encrypt a channel's secrets as one."""
    return box.seal(orjson.dumps(dict(secrets)), bound_to)


def _channels_of(rows: Iterable[Row], reading: Reading, built: BuiltRows) -> Iterable[Channel]:
    for row in rows:
        form = reading.forms.get(row[2])
        if form is None:
            log.error("channel of a provider that this version does not know", channel_id=row[0], provider=row[2])
        else:
            yield built.of(row, partial(_channel_of, row, form, reading), Channel)


def _proofs_of(channels: Iterable[Channel], former: Iterable[Row]) -> dict[tuple[int, str], frozenset[str]]:
    found: dict[tuple[int, str], set[str]] = {}
    for channel in channels:
        found.setdefault((channel.account_id, channel.provider), set()).add(channel.proof)
    for account_id, provider, proof in former:
        found.setdefault((account_id, provider), set()).add(proof)
    return {whose: frozenset(proofs) for whose, proofs in found.items()}


def _with_siblings(channels: Sequence[Channel]) -> list[Channel]:
    """Tell every channel which others belong to the same business portfolio, whose customers' ids are the same.

    No provider says which those are. One secret that signs for several numbers is the nearest that is known: one app.
    """
    portfolios: dict[tuple[int, str, str], set[int]] = {}
    for channel in channels:
        portfolios.setdefault((channel.account_id, channel.provider, channel.proof), set()).add(channel.id)
    found = []
    for channel in channels:
        siblings = frozenset(portfolios[channel.account_id, channel.provider, channel.proof] - {channel.id})
        found.append(replace(channel, face=replace(channel.face, siblings=siblings)) if siblings else channel)
    return found


def _channel_of(row: Row, form: ChannelForm, reading: Reading) -> Channel:
    id_, account_id, provider, phone_number_id, display_phone_number, name, region, key, address, version, *rest = row
    sealed, settings, per_second, switched_on = rest
    bound_to = sealed_for(account_id, provider, phone_number_id)
    values = {
        **{known.name: known.default for known in form.fields if known.default is not None},
        # Where it stood before the forms did.
        **({"api_version": version} if version and form.field_named("api_version") else {}),
        **orjson.loads(settings),
        **orjson.loads(reading.box.unseal(bytes(sealed), bound_to)),
    }
    capabilities = form.capabilities.switched(filter(None, switched_on.split(",")))
    public_url = (reading.public_url or "").rstrip("/")
    return Channel(
        id=id_,
        account_id=account_id,
        provider=provider,
        phone_number_id=phone_number_id,
        display_phone_number=display_phone_number,
        name=name,
        region=region,
        channel_key=key,
        access=Access(
            provider=provider,
            phone_number_id=phone_number_id,
            display_phone_number=display_phone_number,
            api_base_url=address.rstrip("/"),
            values=values,
            webhook_url=f"{public_url}/webhooks/{provider}/{key}" if public_url else None,
        ),
        capabilities=capabilities,
        per_second=float(per_second or capabilities.per_second),
        proof=reading.box.fingerprint((values.get(form.proof, "") if form.proof else key).encode()),
        face=ChannelFace(id_, provider, phone_number_id, display_phone_number, name),
    )
