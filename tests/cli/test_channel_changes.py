"""What changes of a number after it was connected: what is told, and nothing else."""

import asyncio

import pytest

from cli.conftest import Wasl
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.team import Channel

CHANGE = ("channel", "change", "--account", "Olive Bakery", "--phone-number-id")


@pytest.fixture(autouse=True)
def nothing_told(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is connected, and its secrets stand in no variable any more."""
    for name in ("APP_SECRET", "VERIFY_TOKEN", "ACCESS_TOKEN"):
        monkeypatch.delenv(f"WASL_CHANNEL_{name}")


def channel(settings: Settings) -> Channel:
    async def read() -> Channel:
        async with open_memory(settings) as memory:
            [found] = memory.team.channels()
            return found

    return asyncio.run(read())


def test_a_new_token_takes_the_place_of_the_old_one_and_all_else_stays(
    olive: Wasl, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = channel(settings)
    monkeypatch.setenv("WASL_CHANNEL_ACCESS_TOKEN", "a-newer-token")
    said = olive(*CHANGE, "155501")
    assert (said.status, said.err) == (0, "")
    assert "155501 has another access token." in said.out
    assert "a-newer-token" not in said.out
    after = channel(settings)
    assert after.access["access_token"] == "a-newer-token"
    assert {**after.access.values, "access_token": ""} == {**before.access.values, "access_token": ""}
    assert (after.id, after.channel_key, after.access.api_base_url, after.name) == (
        before.id,
        before.channel_key,
        before.access.api_base_url,
        before.name,
    )


def test_an_address_changes_alone_too(olive: Wasl, settings: Settings) -> None:
    said = olive(*CHANGE, "155501", "--api-base-url", "https://graph.example/")
    assert "155501 has another api base url." in said.out
    after = channel(settings)
    assert (after.access.api_base_url, after.access["access_token"]) == ("https://graph.example", "olive-access-token")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("155501",), "Say what is to be another"),
        (("155502", "--api-base-url", "https://graph.example"), "has no number 155502"),
        (("155501", "--tenant", "t"), "has no setting tenant"),
        (("155501", "--api-base-url", "graph.example"), "The API's address begins with https://"),
    ],
)
def test_what_cannot_be_changed_is_one_sentence(
    olive: Wasl, settings: Settings, words: tuple[str, ...], complaint: str
) -> None:
    before = channel(settings)
    said = olive(*CHANGE, *words)
    assert (said.status, said.out) == (1, "")
    assert complaint in said.err
    assert channel(settings).access == before.access
