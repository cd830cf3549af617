"""The inside of a process in which files of strangers are opened.

What opens them is large, and a file may be made to break it. So it happens in a process of its own, with little memory
and little time, which may die without anybody else noticing. Requests and answers are lines of JSON.
"""

import ctypes
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TextIO, TypeAlias

Task: TypeAlias = dict[str, Any]
_PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): the signal that a process gets when the one that started it ends."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What such a process gets: address space, the largest file that it may write, and processor time for one task,
    on each core."""

    memory_bytes_max: int
    file_bytes_max: int
    seconds_max: float


def work(tasks: Mapping[str, Callable[[Task], Task]], bounds: Bounds) -> None:
    """Work until standard input ends."""
    _die_with_the_server()
    answers = _answers()
    for what, most in (
        (resource.RLIMIT_AS, bounds.memory_bytes_max),
        (resource.RLIMIT_FSIZE, bounds.file_bytes_max),
        (resource.RLIMIT_CORE, 0),
    ):
        # Where a unit forbids this, or has bounded it below already, the unit's own bounds stand.
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
    for line in sys.stdin:
        task = json.loads(line)
        _bound_processor_time(bounds.seconds_max)
        try:
            answer: Task = {"done": tasks[task["task"]](task)}
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


def _bound_processor_time(seconds_max: float) -> None:
    """Whatever nobody ends any more ends by itself. Counted over the whole life of a process, on all of its cores."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds_max * (os.cpu_count() or 1))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _die_with_the_server() -> None:
    """A server that is killed cannot end us any more. (One that was killed before this has closed standard input.)"""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
