"""Whatever the emulator's customers can send without bringing a file opens and plays."""

from pathlib import Path

import pytest

from wasl.emulator.inbound import MEDIA_TYPES
from wasl.emulator.media import MediaStore
from wasl.files import sounds
from wasl.files.kinds import kind_of
from wasl.files.pictures import look


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_is_what_it_says(kind: str, tmp_path: Path) -> None:
    media = MediaStore()
    sample = media.find(media.sample(kind))
    mime_type = sample.mime_type.partition(";")[0]
    assert kind_of(sample.content, sample.name, sample.mime_type).mime_type == mime_type
    path = tmp_path / sample.name
    path.write_bytes(sample.content)
    if mime_type.startswith(("audio/", "video/")):
        assert sounds.look(path, mime_type).duration_ms >= 1_000
    if mime_type.startswith("audio/"):
        assert max(sounds.peaks(path, mime_type)) == 100
    if mime_type.startswith("image/"):
        assert look(path, mime_type).width > 50


def test_is_made_once() -> None:
    media = MediaStore()
    assert media.sample("voice") == media.sample("voice")
