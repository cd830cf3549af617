"""Accounts, operators and numbers are kept once, apart from each other, and known to every node soon."""

import asyncio
from typing import Any

import pytest

from cast import CEDAR_SECRET, OLIVE_SECRET, PASSWORD, Cast
from wasl.channels.registry import forms
from wasl.clock import now_ms
from wasl.domain.people import Availability, OperatorRole
from wasl.errors import Conflict, Invalid, Misconfigured, NotFound
from wasl.store.assistants import ToldAssistant
from wasl.store.database import Connection, Database
from wasl.store.directory import Reading, sealed_for
from wasl.store.journal import Journal
from wasl.store.passwords import password_fits
from wasl.store.secrets import SecretBox
from wasl.store.team import NewChannel, Team

pytestmark = pytest.mark.anyio


async def test_an_account_has_its_log_and_its_ledger_from_the_start(team: Team, database: Database) -> None:
    account = await team.create_account("  Olive   Bakery ")
    assert account.name == "Olive Bakery"
    streams = await database.read(lambda c: c.rows("SELECT account_id, head_sequence, head_tag FROM account_stream"))
    ledgers = await database.read(lambda c: c.rows("SELECT account_id FROM ledger ORDER BY account_id"))
    assert [row[:2] for row in streams] == [(account.id, 0)]
    assert streams[0][2] > 0
    assert ledgers == [(0,), (account.id,)]


async def test_all_who_ask_at_once_learn_what_one_of_them_read(
    team: Team, cast: Cast, database: Database, journal: Journal, box: SecretBox
) -> None:
    """A webhook of a number that was just added must not be put aside because the timer was faster."""
    other_node = Team(database, journal, Reading(box, forms(), None))
    assert await asyncio.gather(*(other_node.refresh() for _ in range(3))) == [True, True, True]
    assert await other_node.refresh() is False
    assert other_node.channel_of("meta", "155501") is not None


async def test_reading_again_opens_only_what_changed(
    team: Team, cast: Cast, box: SecretBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a thousand accounts, a colleague who comes or goes must not cost the opening of every number's secrets."""
    server = {"model": {"base_url": "https://model.example/v1"}}
    told = ToldAssistant(cast.olive.id, 0, 0, None, server, secrets={"model_key": "sk-olive"})
    await team.change_assistant(told)
    opened: list[str] = []
    unseal = SecretBox.unseal

    def counted(box: SecretBox, sealed: bytes, bound_to: str) -> bytes:
        opened.append(bound_to)
        return unseal(box, sealed, bound_to)

    monkeypatch.setattr(SecretBox, "unseal", counted)
    await team.change_status(cast.omar.id, Availability.AWAY)
    assert opened == []
    assert team.operators(cast.olive.id)[1].status is Availability.AWAY
    await team.change_channel(cast.cedar_number.id, {"access_token": "newer"})
    assert opened == [sealed_for(cast.cedar.id, "meta", "155502")]
    assert [found.access["access_token"] for found in team.channels()] == ["access-155501", "newer"]
    assert team.assistant(cast.olive.id, cast.olive_number.id).secrets["model_key"] == "sk-olive"


async def test_names_and_addresses_are_taken_once(team: Team, cast: Cast) -> None:
    with pytest.raises(Conflict, match="Olive Bakery"):
        await team.create_account("Olive Bakery")
    with pytest.raises(Conflict, match=r"rana@olive\.example"):
        await team.add_operator(cast.cedar.id, " Rana@Olive.example ", "Another Rana", OperatorRole.ADMIN, PASSWORD)
    assert team.operators(cast.cedar.id) == [cast.clara]


async def test_of_many_at_once_one_gets_the_name(team: Team) -> None:
    asked = [team.create_account("Olive Bakery") for _ in range(5)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Account", *["Conflict"] * 4]


async def test_a_number_belongs_to_one_account(team: Team, cast: Cast) -> None:
    with pytest.raises(Conflict, match="155501"):
        await _add_number(team, cast.cedar.id, phone_number_id="155501")
    assert team.channel_of("meta", "155501") == cast.olive_number
    assert team.channels(cast.cedar.id) == [cast.cedar_number]


async def _add_number(team: Team, account_id: int, **changed: str | None) -> None:
    values = {"app_secret": "s", "verify_token": "v", "access_token": "a", "api_version": "v24.0"}
    values |= {name: value or "" for name, value in changed.items() if name in values}
    named = {name: value for name, value in changed.items() if name not in values}
    number: dict[str, Any] = {"phone_number_id": "155503", "api_base_url": "https://graph.facebook.com", **named}
    await team.add_channel(account_id, NewChannel(provider="meta", values=values, **number))


@pytest.mark.parametrize(
    "changed",
    [
        {"phone_number_id": "1555/03"},
        {"phone_number_id": ""},
        {"api_base_url": "graph.facebook.com"},
        {"api_base_url": "https://graph.facebook.com/?a=b"},
        {"api_version": "24"},
        {"app_secret": ""},
        {"access_token": "a\nb"},
        {"region": "Lebanon"},
    ],
)
async def test_what_is_no_number_is_refused(team: Team, cast: Cast, changed: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        await _add_number(team, cast.olive.id, **changed)
    assert team.channels(cast.olive.id) == [cast.olive_number]


async def test_what_is_no_operator_is_refused(team: Team, cast: Cast) -> None:
    for email, password in (("nobody", PASSWORD), ("a@b", "short"), ("a@b", "x" * 1001), ("a b@c", PASSWORD)):
        with pytest.raises(Invalid):
            await team.add_operator(cast.olive.id, email, "Nobody", OperatorRole.OPERATOR, password)
    with pytest.raises(NotFound):
        await team.add_operator(99, "a@b", "Nobody", OperatorRole.OPERATOR, PASSWORD)


async def test_a_number_is_found_by_its_id_and_its_key(team: Team, cast: Cast) -> None:
    number = cast.olive_number
    assert team.channel_with_key(number.channel_key) == team.channel(number.id) == number
    assert team.channel_with_key("guessed") is None
    assert team.channel_of("twilio", "155501") is None
    assert (number.region, number.face.name) == ("LB", "Olive Bakery")


async def test_each_app_secret_is_tried_once_and_names_its_channels(team: Team, cast: Cast) -> None:
    await _add_number(team, cast.olive.id, app_secret=OLIVE_SECRET)
    tried = team.believable("meta")
    assert sorted(found.access["app_secret"] for found in tried) == sorted([OLIVE_SECRET, CEDAR_SECRET])
    assert {found.proof for found in tried} == {cast.olive_number.proof, cast.cedar_number.proof}
    assert team.verify_tokens("meta") == {"verify-155501", "verify-155502", "v"}


async def test_no_secret_stands_in_the_database_or_in_a_text(team: Team, cast: Cast, database: Database) -> None:
    def everything(connection: Connection) -> str:
        channels = connection.rows("SELECT * FROM channels")
        return repr([bytes(v) if isinstance(v, memoryview) else v for row in channels for v in row])

    texts = await database.read(everything) + repr(cast)
    secrets = [OLIVE_SECRET, "verify-155501", "access-155501", CEDAR_SECRET]
    assert [secret for secret in secrets if secret in texts] == []


async def test_a_row_moved_to_another_account_does_not_open(team: Team, cast: Cast, database: Database) -> None:
    connection = database.engine.connect()
    connection.begin_write()
    sql = "UPDATE channels SET account_id = ? WHERE id = ?"
    connection.run(sql, (cast.cedar.id, cast.olive_number.id))
    connection.run("UPDATE settings_version SET version = version + 1")
    connection.commit()
    connection.close()
    with pytest.raises(Misconfigured):
        await team.refresh()


async def test_another_node_learns_of_a_change_when_it_looks(
    team: Team, cast: Cast, database: Database, journal: Journal, box: SecretBox
) -> None:
    other = Team(database, journal, Reading(box, forms(), None))
    assert await other.refresh()
    assert other.channels() == team.channels()
    await team.change_status(cast.omar.id, Availability.AWAY)
    assert other.operator(cast.omar.id) == cast.omar
    assert await other.refresh()
    assert not await other.refresh()
    omar = other.operator(cast.omar.id)
    assert omar is not None
    assert omar.status is Availability.AWAY


async def test_a_change_of_nobody_changes_nothing(team: Team, cast: Cast, database: Database) -> None:
    before = await database.read(lambda c: c.rows("SELECT version FROM settings_version"))
    with pytest.raises(NotFound):
        await team.disable(99)
    assert await database.read(lambda c: c.rows("SELECT version FROM settings_version")) == before


async def test_a_new_password_ends_what_the_old_one_began(team: Team, cast: Cast) -> None:
    await team.change_password(cast.omar.id, "another password")
    found = await team.login_of("OMAR@olive.example")
    assert found is not None
    omar, password_hash = found
    assert omar.token_version == cast.omar.token_version + 1
    assert password_fits(password_hash, "another password")
    assert not password_fits(password_hash, PASSWORD)
    await team.end_all_sessions(cast.omar.id)
    await team.disable(cast.omar.id)
    now = team.operator(cast.omar.id)
    assert now is not None
    assert (now.token_version, now.disabled) == (cast.omar.token_version + 3, True)


async def test_an_ended_session_is_remembered_until_it_would_have_ended(team: Team, database: Database) -> None:
    await team.end_session("old", now_ms() - 1)
    await team.end_session("open", now_ms() + 60_000)
    await team.end_session("open", now_ms() + 60_000)
    assert [team.session_ended(name) for name in ("old", "open", "other")] == [False, True, False]
    assert await database.read(lambda c: c.rows("SELECT session_id FROM ended_sessions")) == [("open",)]


async def test_an_account_is_named_by_its_name_or_its_id(team: Team, cast: Cast) -> None:
    assert team.account_named("Olive Bakery") == team.account_named(str(cast.olive.id)) == cast.olive
    assert [team.account_named(name) for name in ("olive bakery", "99", "", "١")] == [None] * 4
