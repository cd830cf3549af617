"""Providers that fetch a file from an address of ours get one that is good for a while, or a clear word why not."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.channels.adapter import Adapter
from wasl.domain.channels import Capabilities, FilesBy
from wasl.domain.message import Content, MessageType
from wasl.domain.sending import Refused
from wasl.files.local import LocalFiles
from wasl.flow.outgoing_files import LinkTo, OutgoingFiles, Prepared
from wasl.store.database import Database
from wasl.store.files import NoteBytes, StoredFile, ready_media
from wasl.store.journal import Journal
from wasl.store.outbox import Due, QueueMessage, due_messages
from wasl.store.team import Team

pytestmark = pytest.mark.anyio
FILE = StoredFile("ab" * 32, "application/octet-stream", 5)


@pytest.fixture
async def due(journal: Journal, database: Database, cast: Cast) -> Due:
    """A document that waits to leave."""
    await journal.submit(arrival(cast, said("first", "hello")))
    [(conversation_id, user_id)] = await database.read(
        lambda connection: connection.rows("SELECT conversation_id, contact_id FROM conversations")
    )
    content = Content(MessageType.DOCUMENT, "", ready_media(FILE, "list.bin"))
    await journal.submit(QueueMessage(cast.olive.id, cast.rana, conversation_id, str(user_id), content))
    [due] = await database.read(lambda connection: due_messages(connection, [], 5))
    assert due.sha256 == FILE.sha256
    return due


def leaving(database: Database, folder: Path, link_to: LinkTo) -> OutgoingFiles:
    channel = SimpleNamespace(provider="p", capabilities=Capabilities(frozenset(), files_by=FilesBy.LINK))
    team = cast_team(SimpleNamespace(channel=lambda _: channel))
    return OutgoingFiles(database, team, cast_adapters({}), LocalFiles(folder), link_to)


def cast_team(team: Any) -> Team:
    return cast(Team, team)


def cast_adapters(adapters: Any) -> Mapping[str, Adapter]:
    return cast("Mapping[str, Adapter]", adapters)


async def test_a_link_is_made(database: Database, journal: Journal, due: Due, tmp_path: Path) -> None:
    await journal.submit(NoteBytes(due.account_id, {FILE.sha256: FILE.bytes}))

    def link_to(account_id: int, sha256: str, name: str) -> str:
        return f"https://inbox.example/{account_id}/{sha256[:4]}/{name}"

    prepared = await leaving(database, tmp_path, link_to).prepared(due)
    assert isinstance(prepared, Prepared)
    assert prepared.handle is not None
    assert prepared.handle.link == f"https://inbox.example/{due.account_id}/abab/list.bin"
    assert prepared.handle.name == "list.bin"


async def test_without_a_public_address_it_is_said(
    database: Database, journal: Journal, due: Due, tmp_path: Path
) -> None:
    await journal.submit(NoteBytes(due.account_id, {FILE.sha256: FILE.bytes}))
    refused = await leaving(database, tmp_path, lambda *_: None).prepared(due)
    assert isinstance(refused, Refused)
    assert refused.code == "no_public_url"
    assert "WASL_PUBLIC_URL" in refused.message


async def test_a_file_that_is_gone_is_said(database: Database, due: Due, tmp_path: Path) -> None:
    refused = await leaving(database, tmp_path, lambda *_: "https://x").prepared(due)
    assert isinstance(refused, Refused)
    assert refused.code == "file_gone"
