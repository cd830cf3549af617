"""The workshop's process: files of strangers are opened here and nowhere else.

What decodes pictures and films is large, and a file may be made to break it. So it happens in a process of its own,
with little memory and little time, which may die without anybody else noticing. Requests and answers are lines of JSON.
"""

import ctypes
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from wasl.files import pictures, sounds
from wasl.files.limits import FILE_BYTES_MAX, WORKSHOP_MEMORY_BYTES_MAX, WORKSHOP_SECONDS_MAX

Task: TypeAlias = dict[str, Any]
_PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): the signal that a process gets when the one that started it ends."""


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
    """A JPEG of at most so many bytes."""
    made = pictures.fitted(Path(task["path"]), task["mime_type"], task["bytes_max"])
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


def main() -> None:
    """Work until standard input ends."""
    _die_with_the_server()
    answers = _answers()
    for what, most in (
        (resource.RLIMIT_AS, WORKSHOP_MEMORY_BYTES_MAX),
        (resource.RLIMIT_FSIZE, 2 * FILE_BYTES_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        # Where a unit forbids this, or has bounded it below already, the unit's own bounds stand.
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
    for line in sys.stdin:
        task = json.loads(line)
        _bound_processor_time()
        try:
            answer: Task = {"done": _TASKS[task["task"]](task)}
        except Exception as error:  # Whatever a decoder says of a broken file; its words may hold what is in the file.
            answer = {"failed": type(error).__name__}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answers() -> TextIO:
    """Where answers go. What a decoder or its children write to standard output is no answer, and goes nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _bound_processor_time() -> None:
    """Whatever nobody ends any more ends by itself. Counted over the whole life of a process, on all of its cores."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + WORKSHOP_SECONDS_MAX * (os.cpu_count() or 1))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _die_with_the_server() -> None:
    """A server that is killed cannot end us any more. (One that was killed before this has closed standard input.)"""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
