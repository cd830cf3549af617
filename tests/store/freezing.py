"""A node that is frozen in the middle of a transaction: `python -m store.freezing WHERE`, settings in the environment.

It stops itself with SIGSTOP where it was told, and once it goes on it prints what its caller would have been told.
"""

import asyncio
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any

from arrivals import intake, said
from wasl.domain.updates import Update
from wasl.errors import Unavailable
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store import postgres
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.intake import Intake
from wasl.store.needs import Needs

PLACES = ("with an account locked", "before the commit", "in the middle of a statement")


class Freeze:
    """Stands still, once."""

    def __init__(self) -> None:
        self._times = 0

    def __call__(self) -> None:
        self._times += 1
        if self._times == 1:
            # Sent to this thread: of a signal to the process another thread might learn first, and this one go on.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


class Freezing:
    """An intake that does something of its own when its account is locked."""

    def __init__(self, intake: Intake, also: Callable[[], None]) -> None:
        self._intake, self._also = intake, also
        self.account_id = intake.account_id

    def needs(self) -> Needs:
        return self._intake.needs()

    def apply(self, draft: Draft) -> object:
        self._also()
        return self._intake.apply(draft)


def send_half_a_statement(connection: Any) -> None:
    """What arrives of a long statement when a node is stopped while its buffers are full."""
    parse = b"\0SELECT $1::text\0" + struct.pack("!h", 0)
    whole = b"P" + struct.pack("!i", 4 + len(parse)) + parse
    with socket.socket(fileno=os.dup(connection._raw.fileno())) as line:
        line.sendall(whole + b"B" + struct.pack("!i", 1_000_000) + b"only the beginning")


async def freeze_at(place: str) -> str:
    async with open_memory(Settings()) as memory:
        [channel] = memory.team.channels()

        def arrival(*updates: Update) -> Intake:
            return intake(channel, updates, 0)

        await memory.journal.submit(arrival(said("before")))
        connection: Connection | None = memory.journal._connection
        assert connection is not None
        stop, commit = Freeze(), connection.commit

        def freeze() -> None:
            # Nobody wants to wait for the real time; and only now, since this process may be held up before too.
            connection.run("SET idle_in_transaction_session_timeout = 500")
            stop()

        def locked() -> None:
            if place == "in the middle of a statement":
                send_half_a_statement(connection)
                stop()
            elif place != "before the commit":
                freeze()

        def late_commit() -> None:
            if place == "before the commit":
                freeze()
            commit()

        connection.commit = late_commit  # type: ignore[method-assign]
        try:
            await memory.journal.submit(Freezing(arrival(said("frozen")), locked))
        except Unavailable:
            return "unavailable"
        return "stored"


if __name__ == "__main__":
    postgres._SESSION["idle_in_transaction_session_timeout"] = 60_000
    print(asyncio.run(freeze_at(sys.argv[1])))
