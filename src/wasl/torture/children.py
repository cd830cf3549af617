"""The processes below a server, signalled without ever hitting somebody else: process numbers come around."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType


def freeze(pid: int) -> None:
    """Let a child of ours stand still: its number is its own until we have waited for it."""
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, signal.SIGSTOP)
        _until_stopped(pid)


class Guard:
    """Lets processes that stand still go on when we die, so that the signal to end, which waits for them, is heard."""

    def __init__(self, pids: Iterable[int]) -> None:
        # It reads until we close the other end, or nobody is left to.
        program = ["sh", "-c", 'read -r _; kill -CONT "$@"', "sh", *map(str, pids)]
        quiet = subprocess.DEVNULL
        self._watch = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def dismiss(self) -> None:
        """Watch no more: they go on, or end, by our own hand."""
        self._watch.kill()
        self._watch.communicate()


def _until_stopped(pid: int) -> None:
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "TZ":
        time.sleep(0.001)


class Child:
    """A child of a server, held by a descriptor: process numbers come around, and its own may be somebody else's soon.
    Raises ProcessLookupError when that process is no child of it (any more)."""

    def __init__(self, pid: int, parent: int) -> None:
        self._pid = pid
        self._descriptor = os.pidfd_open(pid)
        try:
            # Looked at after it was opened: if this is the child, so is what the descriptor stands for.
            if int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) != parent:
                raise ProcessLookupError(pid)
        except FileNotFoundError:
            os.close(self._descriptor)
            raise ProcessLookupError(pid) from None
        except ProcessLookupError:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    @property
    def pid(self) -> int:
        return self._pid

    def send(self, kind: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, kind)

    def until_stopped(self) -> None:
        """Wait until it really stands still; its parent must, so that its number stays its own."""
        with contextlib.suppress(FileNotFoundError):
            _until_stopped(self._pid)


def children_of(pid: int) -> list[Child]:
    """The children of a process; whoever asks closes them."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                found.append(Child(int(child), pid))
    return found
