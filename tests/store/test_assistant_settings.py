"""What an assistant is set to: every node learns of it, nothing unseen is overwritten, and keys stay secret."""

from dataclasses import replace
from typing import Any

import pytest

from cast import Cast, add_number
from wasl.channels.registry import forms
from wasl.domain.assistant import AssistantMode
from wasl.domain.assistant_settings import AssistantSettings, settings_of, told_of
from wasl.errors import Conflict, Invalid, NotFound
from wasl.store.assistants import MODEL_KEY, WHOLE_ACCOUNT, ToldAssistant, tool_secret
from wasl.store.database import Connection, Database
from wasl.store.directory import Reading, raise_settings_version
from wasl.store.journal import Journal
from wasl.store.secrets import SecretBox
from wasl.store.team import Team

pytestmark = pytest.mark.anyio
SERVER = "https://models.example/v1"
KEY = "sk-olives-and-cedars"
PRICES: dict[str, Any] = {
    "name": "prices",
    "description": "What something costs.",
    "parameters": {"type": "object", "properties": {"what": {"type": "string"}}},
    "url": "https://prices.example/look",
    "method": "POST",
    "header": "Authorization",
}


def told(cast: Cast, version: int = 0, channel_id: int = WHOLE_ACCOUNT, **more: Any) -> ToldAssistant:
    return ToldAssistant(cast.olive.id, channel_id, version, cast.rana.id, **more)


def model(base_url: str) -> dict[str, Any]:
    return {"model": {"base_url": base_url, "name": "small"}}


async def test_a_number_says_only_what_is_otherwise_there(team: Team, cast: Cast) -> None:
    number = cast.olive_number.id
    account = {"mode": "auto", "quiet_seconds": 1.5, "hours": {"zone": "Asia/Beirut"}, "rules": {"upset": False}}
    await team.change_assistant(told(cast, settings=account))
    own = {"mode": "shadow", "hours": {"assistant_answers": False}}
    here = await team.change_assistant(told(cast, 0, number, settings=own))
    assert (here.told, here.version) == (own, 1)
    settings = here.settings
    assert (settings.mode, settings.quiet_seconds) == (AssistantMode.SHADOW, 1.5)
    assert (settings.hours.zone, settings.hours.assistant_answers, settings.rules.upset) == (
        "Asia/Beirut",
        False,
        False,
    )
    assert team.assistant(cast.olive.id).settings.mode is AssistantMode.AUTO
    assert team.assistant(cast.cedar.id, cast.cedar_number.id).settings == AssistantSettings()
    assert team.assistant(cast.olive.id, number).terms.quiet_ms == 1_500


async def test_a_damaged_key_stops_nobody_and_is_told_anew(team: Team, database: Database, cast: Cast) -> None:
    await team.change_assistant(told(cast, settings=model(SERVER), secrets={MODEL_KEY: KEY}))
    number = cast.olive_number.id

    def damage(connection: Connection) -> None:
        connection.run("UPDATE assistant_settings SET secrets = ?", (b"\x01" + bytes(40),))
        raise_settings_version(connection)

    await database.write(damage)
    await team.refresh()
    assistant = team.assistant(cast.olive.id, number)
    assert (assistant.keys_lost, dict(assistant.secrets), assistant.settings.model.name) == (True, {}, "small")
    await team.change_assistant(told(cast, 1, settings=model(SERVER), secrets={MODEL_KEY: KEY}))
    assistant = team.assistant(cast.olive.id, number)
    assert (assistant.keys_lost, assistant.secrets[MODEL_KEY]) == (False, KEY)


async def test_every_node_learns_of_it(
    database: Database, journal: Journal, box: SecretBox, team: Team, cast: Cast
) -> None:
    other = Team(database, journal, Reading(box, forms(), None))
    await other.refresh()
    assert other.assistant(cast.olive.id).settings.mode is AssistantMode.OFF
    change = told(cast, settings={"mode": "auto", **model(SERVER)}, secrets={MODEL_KEY: KEY})
    await team.change_assistant(change)
    assert await other.refresh()
    assert other.assistant(cast.olive.id).settings.mode is AssistantMode.AUTO
    assert other.assistant(cast.olive.id, cast.olive_number.id).secrets == {MODEL_KEY: KEY}


async def test_whoever_has_seen_an_older_version_sets_nothing(team: Team, cast: Cast) -> None:
    await team.change_assistant(told(cast, settings={"mode": "auto"}))
    for version in (0, 2):
        with pytest.raises(Conflict) as refused:
            await team.change_assistant(told(cast, version, settings={"mode": "off"}))
        assert refused.value.code == "newer_version"
    assert (await team.change_assistant(told(cast, 1, settings={}))).version == 2
    assert team.assistant(cast.olive.id).settings.mode is AssistantMode.OFF


async def test_another_accounts_number_cannot_be_set(team: Team, cast: Cast) -> None:
    for channel_id in (cast.cedar_number.id, 999):
        with pytest.raises(NotFound):
            await team.change_assistant(told(cast, 0, channel_id, settings={"mode": "auto"}))
    assert team.assistant(cast.cedar.id, cast.cedar_number.id).settings.mode is AssistantMode.OFF


async def test_no_number_waits_shorter_than_it_has_to_be_quiet(team: Team, cast: Cast) -> None:
    number = cast.olive_number.id
    await team.change_assistant(told(cast, 0, number, settings={"quiet_seconds": 8}))
    for change in (
        told(cast, settings={"burst_seconds": 5}),
        told(cast, 1, number, settings={"quiet_seconds": 11}),
        told(cast, settings={"quiet_seconds": 12}),
    ):
        with pytest.raises(Invalid) as refused:
            await team.change_assistant(change)
        assert refused.value.code == "burst_too_short"
    assert team.assistant(cast.olive.id).version == 0
    await team.change_assistant(told(cast, settings={"burst_seconds": 8}))


async def test_keys_are_sealed_and_stay_until_they_are_taken_away(team: Team, database: Database, cast: Cast) -> None:
    await team.change_assistant(told(cast, settings=model(SERVER), secrets={MODEL_KEY: KEY}))
    [(settings, sealed)] = database.read_now(
        lambda connection: connection.rows("SELECT settings, secrets FROM assistant_settings")
    )
    assert KEY not in settings
    assert KEY.encode() not in bytes(sealed)
    assert KEY not in repr(team.assistant(cast.olive.id))
    kept = await team.change_assistant(told(cast, 1, settings={**model(SERVER), "mode": "auto"}))
    assert (kept.secrets, kept.own_key) == ({MODEL_KEY: KEY}, True)
    gone = await team.change_assistant(told(cast, 2, secrets={MODEL_KEY: None}))
    assert (gone.secrets, gone.told["mode"]) == ({}, "auto")
    [(sealed,)] = database.read_now(lambda connection: connection.rows("SELECT secrets FROM assistant_settings"))
    assert sealed is None


async def test_a_key_goes_to_no_other_server_than_its_own(team: Team, cast: Cast) -> None:
    """Whoever may change an address must not come to see a key by it."""
    number, other = cast.olive_number.id, await add_number(team, cast.olive, "155503")
    await team.change_assistant(told(cast, settings=model(SERVER), secrets={MODEL_KEY: KEY}))
    here = await team.change_assistant(told(cast, 0, number, settings=model("https://elsewhere.example/v1")))
    assert here.secrets == {}
    assert team.assistant(cast.olive.id, other.id).secrets == {MODEL_KEY: KEY}
    mine = told(cast, 1, number, secrets={MODEL_KEY: "another"})
    here = await team.change_assistant(mine)
    assert (here.secrets, here.own_key) == ({MODEL_KEY: "another"}, True)
    for address in ("http://models.example/v1", "https://models.example:8443/v1", "https://models.example.evil/v1"):
        version = team.assistant(cast.olive.id).version
        moved = await team.change_assistant(told(cast, version, settings=model(address)))
        assert (moved.secrets, team.assistant(cast.olive.id, other.id).secrets) == ({}, {})
    version = team.assistant(cast.olive.id).version
    back = await team.change_assistant(told(cast, version, settings=model("https://models.example/v2")))
    assert back.secrets == {MODEL_KEY: KEY}


async def test_a_key_needs_a_server(team: Team, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await team.change_assistant(told(cast, settings={"mode": "auto"}, secrets={MODEL_KEY: KEY}))
    assert refused.value.code == "key_without_server"
    assert team.assistant(cast.olive.id).version == 0


async def test_tools_and_settings_are_told_apart(team: Team, cast: Cast) -> None:
    await team.change_assistant(told(cast, settings={"mode": "auto"}))
    secret = {tool_secret("prices"): "a secret of prices"}
    with_tools = await team.change_assistant(told(cast, 1, tools=[PRICES], secrets=secret))
    assert (with_tools.tools, with_tools.told, with_tools.secrets) == ((PRICES,), {"mode": "auto"}, secret)
    await team.change_assistant(told(cast, 2, settings={"mode": "shadow"}))
    here = team.assistant(cast.olive.id, cast.olive_number.id)
    assert (here.tools, here.settings.mode, here.secrets) == ((PRICES,), AssistantMode.SHADOW, secret)
    moved = replace(told(cast, 3), tools=[{**PRICES, "url": "https://elsewhere.example/look"}])
    assert (await team.change_assistant(moved)).secrets == {}
    back = await team.change_assistant(told(cast, 4, tools=[PRICES]))
    assert back.secrets == secret
    assert (await team.change_assistant(told(cast, 5, tools=[]))).tools == ()
    assert (await team.change_assistant(told(cast, 6, tools=[PRICES]))).secrets == {}  # It went with its tool.


def test_settings_are_what_was_told_of_them() -> None:
    whole = told_of(AssistantSettings())
    assert told_of(settings_of(whole)) == whole
    changed = {
        **whole,
        "mode": "shadow",
        "hours": {**whole["hours"], "weekly": {"mon": [["09:00", "18:00"]]}, "holidays": ["12-25", "2026-01-01"]},
        "rules": {**whole["rules"], "keywords": ["lawyer"], "idle_minutes": 30},
    }
    assert told_of(settings_of(changed)) == changed
