"""The workshop's process: pictures, sounds and films of strangers are opened here and nowhere else."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from wasl.files import pictures, sounds
from wasl.files.at_the_bench import Bounds, Task, work
from wasl.files.limits import FILE_BYTES_MAX, WORKSHOP_MEMORY_BYTES_MAX, WORKSHOP_SECONDS_MAX


def look(task: Task) -> Task:
    """What a file is, its small picture, and how loud it is."""
    path, made, family = Path(task["path"]), Path(task["made"]), task["mime_type"].partition("/")[0]
    if family == "image":
        found: Task = asdict(pictures.look(path, task["mime_type"]))
        made.write_bytes(pictures.thumbnail(path, task["mime_type"]))
        return {**found, "thumbnail": True}
    recording = sounds.look(path, task["mime_type"])
    found = asdict(recording)
    if recording.video_codec is not None and family == "video":
        poster = made.with_suffix(".png")
        try:
            sounds.poster(path, task["mime_type"], poster)
            made.write_bytes(pictures.thumbnail(poster, "image/png"))
            found["thumbnail"] = True
        except Exception:  # Without a small picture it can still be played.
            found["thumbnail"] = False
        finally:
            poster.unlink(missing_ok=True)
    elif recording.audio_codec is not None:
        found["peaks"] = sounds.peaks(path, task["mime_type"])
    return found


def fit_picture(task: Task) -> Task:
    """A JPEG of at most so many bytes and pixels a side."""
    made = pictures.fitted(Path(task["path"]), task["mime_type"], task["bytes_max"], task["side_max"])
    Path(task["made"]).write_bytes(made)
    return {}


def make_voice_note(task: Task) -> Task:
    """Ogg Opus, mono."""
    sounds.voice_note(Path(task["path"]), task["mime_type"], Path(task["made"]))
    return {}


_TASKS: dict[str, Callable[[Task], Task]] = {
    "look": look,
    "fit_picture": fit_picture,
    "make_voice_note": make_voice_note,
}


_BOUNDS = Bounds(WORKSHOP_MEMORY_BYTES_MAX, 2 * FILE_BYTES_MAX, WORKSHOP_SECONDS_MAX)


if __name__ == "__main__":
    work(_TASKS, _BOUNDS)
