"""An installation from before files were fetched: what its messages only named is fetched after the upgrade."""

from pathlib import Path

import orjson
import pytest

from wasl.domain.message import MessageStatus
from wasl.settings import Settings
from wasl.store import migrate as migrations
from wasl.store.message_row import MESSAGES, Message
from wasl.store.migrate import known_migrations, migrate
from wasl.store.open import open_engine
from wasl.torture.servers import PostgresServer
from wasl.web.media_face import MediaFace


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An installation without any table."""
    if request.param == "sqlite":
        return Settings(data_dir=tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres")
    return Settings(data_dir=tmp_path, database_url=server.create_database())


def old_message(sequence: int, kind: str, media: dict[str, object] | None) -> Message:
    return Message(
        account_id=1,
        sequence=sequence,
        channel_id=7,
        conversation_key=1,
        id=f"wamid.{sequence}",
        provider_message_id=None,
        client_message_id=None,
        version=sequence,
        clock=sequence,
        role="user",
        origin="live",
        type=kind,
        content="",
        status=MessageStatus.SENT,
        error=None,
        operator_id=None,
        author_name=None,
        reply_to=None,
        reply_preview=None,
        reactions=[],
        media=media,
        metadata={},
        timestamp_ms=0,
        received_ms=0,
        saved_ms=0,
        edited_ms=None,
        deleted_ms=None,
        hops=[],
        conversation_id="c",
        user_id=1,
    )


def test_what_was_only_named_is_fetched(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, known = open_engine(empty), known_migrations()
    monkeypatch.setattr(migrations, "known_migrations", lambda: {number: known[number] for number in (1, 2)})
    migrate(engine)
    told = {"id": "4711", "mime_type": "audio/ogg", "voice": True}
    connection = engine.connect()
    connection.begin_write()
    rows = [old_message(1, "text", None), old_message(2, "voice", told), old_message(3, "image", {"id": "12"})]
    connection.insert(MESSAGES, [message.insert_row() for message in rows])
    connection.commit()
    monkeypatch.undo()
    migrate(engine)
    jobs = connection.rows("SELECT sequence, channel_id, media, state FROM media_jobs ORDER BY sequence")
    assert [(sequence, channel_id, orjson.loads(media), state) for sequence, channel_id, media, state in jobs] == [
        (2, 7, told, "waiting"),
        (3, 7, {"id": "12"}, "waiting"),
    ]
    shown = connection.rows("SELECT media FROM messages ORDER BY sequence")
    assert shown[0][0] is None
    faces = [orjson.loads(media) for (media,) in shown[1:]]
    assert [MediaFace.model_validate(face).model_dump() for face in faces] == faces
    assert [(face["state"], face["voice"]) for face in faces] == [("pending", True), ("pending", False)]
    connection.close()
