"""A page of the list is read once and kept until something happens in its account; the log tells which it was."""

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from arrivals import BISAN, said
from web.conftest import Office

pytestmark = pytest.mark.anyio
CHATS = "/api/live-chat/unified-chats"


def lines(logs: list[EventDict]) -> list[tuple[str, int]]:
    return [(line["event"], line["chats"]) for line in logs if line["event"].startswith("unified-chats")]


async def test_a_page_is_kept_until_the_head_moves(office: Office) -> None:
    await office.parts.hub.feed(office.cast.olive.id)  # Somebody watches, so this node knows the head.
    await office.arrives(said("a1", "a secret"))
    with capture_logs() as logs:
        first = await office.rana.get(CHATS)
        again = await office.rana.get(CHATS)
        await office.omar.get(CHATS)
        await office.arrives(said("b1", "another secret", party=BISAN))
        moved = await office.rana.get(CHATS)
    assert first.content == again.content
    assert moved.json()["total"] == 2
    assert lines(logs) == [
        ("unified-chats read", 1),
        ("unified-chats cache hit", 1),
        ("unified-chats read", 1),
        ("unified-chats read", 2),
    ]
    assert all("ms" in line for line in logs if line["event"].startswith("unified-chats"))
    assert "secret" not in str(logs)


async def test_each_query_is_kept_apart(office: Office) -> None:
    await office.parts.hub.feed(office.cast.olive.id)
    await office.arrives(said("a1"))
    await office.arrives(said("b1", party=BISAN))
    for _ in range(2):
        assert len(await office.chats(page_size=1)) == 1
        assert len(await office.chats(search="adam")) == 1
        assert len(await office.chats(status="human")) == 0
        assert len(await office.chats()) == 2


async def test_nothing_is_kept_of_an_account_that_nobody_watches(office: Office) -> None:
    await office.arrives(said("a1"))
    with capture_logs() as logs:
        await office.rana.get(CHATS)
        await office.rana.get(CHATS)
    assert lines(logs) == [("unified-chats read", 1)] * 2


async def test_reading_shows_at_once(office: Office) -> None:
    await office.parts.hub.feed(office.cast.olive.id)
    await office.arrives(said("a1"))
    ids = await office.ids()
    assert (await office.chats())[0]["unread_count"] == 1
    await office.rana.post("/api/live-chat/read", json={"conversation_id": ids["conversation_id"], "sequence": 2})
    assert (await office.chats())[0]["unread_count"] == 0


async def test_what_is_kept_is_bounded(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.parts.hub.feed(office.cast.olive.id)
    await office.arrives(said("a1"))
    monkeypatch.setattr("wasl.web.chats.CACHED_PAGES_MAX", 2)
    with capture_logs() as logs:
        for search in ("a", "b", "a", "c", "a", "b"):  # What was used last stays.
            await office.chats(search=search)
    assert [event.removeprefix("unified-chats ") for event, _ in lines(logs)] == [
        "read",
        "read",
        "cache hit",
        "read",
        "cache hit",
        "read",
    ]
    monkeypatch.setattr("wasl.web.chats.CACHED_PAGES_BYTES_MAX", 10)
    with capture_logs() as logs:
        await office.chats(search="zz")
        await office.chats(search="zz")
    assert lines(logs) == [("unified-chats read", 0)] * 2
