"""Importing older conversations from a file.

The promise: every message of the file is in the inbox once, however often the import is stopped and run again, or is
told with its line and the reason. What customers write meanwhile is received as always.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from wasl.clock import now_ms
from wasl.errors import WaslError
from wasl.flow.old_records import Unread, read_document
from wasl.limits import IMPORT_BATCH_MESSAGES, IMPORT_LINE_BYTES_MAX
from wasl.store.imported import BringIn, Brought, OldMessage
from wasl.store.journal import Journal
from wasl.store.team import Channel


@dataclass(slots=True)
class Progress:
    """How far an import has come: of the messages `known` were there already; `unread` counts records."""

    conversations: int = 0
    added: int = 0
    known: int = 0
    unread: int = 0
    bytes_read: int = 0


class HistoryImport:
    """One import into one channel. `tell` learns of every record that cannot be read; `advance` of the progress."""

    def __init__(
        self,
        journal: Journal,
        channel: Channel,
        tell: Callable[[Unread], None],
        advance: Callable[[Progress], None],
    ) -> None:
        self._journal = journal
        self._channel = channel
        self._tell = tell
        self._advance = advance
        self._progress = Progress()
        self._waiting: list[OldMessage] = []
        self._claimed: frozenset[tuple[int, str]] = frozenset()

    async def bring_in(self, file: BinaryIO) -> Progress:
        """Read a file of JSON lines to its end. Raises Unavailable when the database does not answer."""
        for line, size, raw in _lines(file):
            if raw is None:
                self._miss(Unread(line, None, f"it is longer than {IMPORT_LINE_BYTES_MAX} bytes"))
            elif raw.strip():
                await self._take(line, raw)
            self._progress.bytes_read += size
        await self._store_waiting()
        return self._progress

    async def _take(self, line: int, raw: bytes) -> None:
        readable = True
        for found in read_document(line, raw, self._channel.phone_number_id, self._channel.region):
            if isinstance(found, Unread):
                self._miss(found)
                readable = readable and found.message is not None
                continue
            self._waiting.append(found)
            if len(self._waiting) >= IMPORT_BATCH_MESSAGES:
                await self._store_waiting()
        self._progress.conversations += readable

    def _miss(self, unread: Unread) -> None:
        self._progress.unread += 1
        self._tell(unread)

    async def _store_waiting(self) -> None:
        if self._waiting:
            messages, self._waiting = self._waiting, []
            await self._store(messages)
        self._advance(self._progress)

    async def _store(self, messages: list[OldMessage]) -> None:
        """Store a batch; if it fails, its halves, so that a poisonous message is told alone."""
        change = BringIn(self._channel.account_id, self._channel.face, messages, now_ms(), self._claimed)
        try:
            brought: Brought = await self._journal.submit(change)
        except WaslError:
            raise
        except Exception as error:
            if len(messages) == 1:
                self._miss(Unread(messages[0].document, None, f"a message cannot be stored ({type(error).__name__})"))
                return
            middle = len(messages) // 2
            await self._store(messages[:middle])
            await self._store(messages[middle:])
            return
        self._progress.added += brought.added
        self._progress.known += len(messages) - brought.added
        # Only the last document may go on in the next batch.
        last = messages[-1].document
        self._claimed = frozenset(claim for claim in brought.claimed if claim[0] == last)


def _lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes | None]]:
    """Number, size and bytes of every line; None instead of the bytes of one that is too long to be held."""
    number = 0
    while raw := file.readline(IMPORT_LINE_BYTES_MAX + 1):
        number += 1
        size = len(raw)
        if size <= IMPORT_LINE_BYTES_MAX:
            yield number, size, raw
            continue
        while not raw.endswith(b"\n") and (raw := file.readline(IMPORT_LINE_BYTES_MAX)):
            size += len(raw)
        yield number, size, None
