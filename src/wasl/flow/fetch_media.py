"""Files of customers: fetched after their message is stored and shown, checked, kept, and then shown in its place.

The promise: a file that can be had is had, whatever fails meanwhile; what cannot be had says so, and can be asked for
again. Nobody waits for it.
"""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress

from wasl.channels.adapter import Adapter, Download, NotFetched
from wasl.clock import monotonic
from wasl.domain.events import Event
from wasl.errors import Unavailable
from wasl.files.keeping import FileStore, FileTooLarge, Kept
from wasl.files.kinds import FileKind, kind_of
from wasl.files.limits import FILE_BYTES_MAX, STRANGERS_LOOK_SECONDS_MAX, STRANGERS_SOUND_SECONDS_MAX
from wasl.files.workshop import Looks, Unworkable, Workshop
from wasl.flow.bring_files import pictured
from wasl.limits import FETCH_RETRY_SECONDS, OUTBOX_REDATE_SECONDS
from wasl.observe import Metrics, log
from wasl.store.database import Database
from wasl.store.files import NoteBytes, Pictured
from wasl.store.journal import Journal
from wasl.store.limits import (
    MEDIA_ATTEMPTS_MAX,
    MEDIA_DOWNLOAD_SECONDS_MAX,
    MEDIA_FETCHES_AT_ONCE,
    MEDIA_LEASE_SECONDS,
    MEDIA_LOOK_SECONDS,
    MEDIA_PAUSE_SECONDS_MAX,
)
from wasl.store.media_jobs import FileArrived, FileMissed, Wanted, claim_files, redate_files
from wasl.store.pulse import Pulse
from wasl.store.team import Team
from wasl.waiting import wait_at_most

_PENDING = b'"state":"pending"'
"""Stands in the event of every message whose file must be fetched."""
_SHOWN_FAMILIES = ("image/", "audio/", "video/")


class MediaFetcher:
    """Fetches what is due, beside the fetchers of the other nodes."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        team: Team,
        adapters: Mapping[str, Adapter],
        files: FileStore,
        workshop: Workshop,
        pulse: Pulse,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._adapters = adapters
        self._files = files
        self._workshop = workshop
        self._pulse = pulse
        self._metrics = metrics
        self._wake = asyncio.Event()
        self._redate_at = 0.0
        """When to look next for what a wrong clock has dated, by the monotonic clock."""
        self._fetches: set[asyncio.Task[None]] = set()

    def hear(self, events: Sequence[Event]) -> None:
        """Look soon: something was committed that may have a file."""
        if any(_PENDING in event.payload for event in events):
            self._wake.set()

    def start(self) -> None:
        """Begin to fetch."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop in the middle: what was not finished is begun again by whoever lives then."""
        tasks = [self._task, *self._fetches]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._fetch_due()
            except Unavailable:
                log.warning("files not looked for")
            await wait_at_most(self._wake, MEDIA_LOOK_SECONDS)
            self._wake.clear()

    async def _fetch_due(self) -> None:
        if monotonic() >= self._redate_at:
            await self._database.write(redate_files)
            self._redate_at = monotonic() + OUTBOX_REDATE_SECONDS
        free = MEDIA_FETCHES_AT_ONCE - len(self._fetches)
        if free <= 0:
            return
        node = self._pulse.node
        for wanted in await self._database.write(lambda connection: claim_files(connection, node, free)):
            task = asyncio.create_task(self._fetch(wanted))
            self._fetches.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._fetches.discard(task)
        self._wake.set()

    async def _fetch(self, wanted: Wanted) -> None:
        nameless: dict[str, int] = {}
        try:
            await self._fetch_and_tell(wanted, nameless)
        finally:
            # Whatever ended it: bytes that no row names would lie there for ever.
            if nameless:
                with suppress(Unavailable):
                    await self._journal.submit(NoteBytes(wanted.account_id, nameless))

    async def _fetch_and_tell(self, wanted: Wanted, nameless: dict[str, int]) -> None:
        """`nameless` are the files that are kept so far and have no row, by hash, with its bytes."""
        try:
            async with asyncio.timeout(MEDIA_LEASE_SECONDS * 0.9):
                fetched, name = await self._bring(wanted, nameless)
            await self._journal.submit(FileArrived(wanted, fetched, name))
            nameless.clear()
            self._metrics.files.labels("fetched").inc()
        except NotFetched as error:
            again = error.again_after_seconds
            await self._miss(wanted, error.code, error.message, again, attempts_max=error.attempts_max)
        except FileTooLarge as error:
            await self._miss(wanted, error.code, error.message, None)
        except TimeoutError:
            await self._miss(wanted, "too_slow", "The file came too slowly.", FETCH_RETRY_SECONDS)
        except Unavailable as error:
            # That is our own trouble: it is fetched again until it can be kept, however long that takes.
            log.warning("file not kept", account_id=wanted.account_id, sequence=wanted.sequence, code=error.code)
            await self._miss(wanted, error.code, error.message, FETCH_RETRY_SECONDS, for_ever=True)
        except Exception as error:
            log.error("file not fetched", sequence=wanted.sequence, error=type(error).__name__)
            await self._miss(wanted, "failed", "The file could not be fetched.", FETCH_RETRY_SECONDS)

    async def _miss(
        self,
        wanted: Wanted,
        code: str,
        sentence: str,
        again_after_seconds: float | None,
        *,
        for_ever: bool = False,
        attempts_max: int | None = None,
    ) -> None:
        pause = again_after_seconds
        if pause is not None and (for_ever or wanted.attempt < (attempts_max or MEDIA_ATTEMPTS_MAX)):
            pause = min(pause * (1 << min(wanted.attempt - 1, 10)), MEDIA_PAUSE_SECONDS_MAX)
        elif not for_ever:
            pause = None
        self._metrics.files.labels("failed" if pause is None else "postponed").inc()
        log.info("file missed", account_id=wanted.account_id, sequence=wanted.sequence, code=code, again=pause)
        # What cannot be written down is begun again when its lease has run out.
        with suppress(Unavailable):
            await self._journal.submit(FileMissed(wanted, code, sentence, pause))

    # -- one file -----------------------------------------------------------------------------------------------------

    async def _bring(self, wanted: Wanted, nameless: dict[str, int]) -> tuple[Pictured, str]:
        channel = self._team.channel(wanted.channel_id)
        if channel is None:
            raise NotFetched("channel_gone", "The channel of this conversation is not set up.", FETCH_RETRY_SECONDS)
        async with (
            asyncio.timeout(MEDIA_DOWNLOAD_SECONDS_MAX),
            self._adapters[channel.provider].fetch(channel.access, wanted.media) as download,
        ):
            if download.bytes is not None and download.bytes > FILE_BYTES_MAX:
                raise FileTooLarge(f"The file has more than {FILE_BYTES_MAX // (1024 * 1024)} MB.")
            kept = await self._files.keep(wanted.account_id, download.chunks, FILE_BYTES_MAX)
            nameless[kept.sha256] = kept.bytes
            _check(download, kept)
            name = str(wanted.media.get("name") or download.name or "")
            claimed = str(wanted.media.get("mime_type") or download.mime_type or "")
        kind = kind_of(kept.head, name, claimed)
        looks = await self._look(wanted.account_id, kept, kind)
        small = None
        if looks.thumbnail:
            small = await self._files.keep(wanted.account_id, _one(looks.thumbnail), FILE_BYTES_MAX)
            nameless[small.sha256] = small.bytes
        return pictured(kept, kind.mime_type, looks, small), name

    async def _look(self, account_id: int, kept: Kept, kind: FileKind) -> Looks:
        """What it shows of itself; a file that cannot be opened is kept and offered all the same."""
        if kind.dangerous or not kind.mime_type.startswith(_SHOWN_FAMILIES):
            return Looks()
        try:
            async with self._files.borrow(account_id, kept.sha256) as path:
                sound = kind.mime_type.startswith("audio/")
                seconds_max = STRANGERS_SOUND_SECONDS_MAX if sound else STRANGERS_LOOK_SECONDS_MAX
                return await self._workshop.look(path, kind.mime_type, seconds_max)
        except Unworkable as error:
            log.info("file not opened", account_id=account_id, code=error.code)
            return Looks()


def _check(download: Download, kept: Kept) -> None:
    """Raises NotFetched for a file that is not the one that was announced: on its way it was cut, or broken."""
    problem = None
    if download.bytes is not None and kept.bytes != download.bytes:
        problem = ("cut_short", "The file came incomplete.")
    elif download.sha256 and _digest(download.sha256) not in (None, kept.sha256):
        problem = ("wrong_hash", "The file came broken: its hash is another.")
    elif not kept.bytes:
        problem = ("empty", "The file came empty.")
    if problem is not None:
        raise NotFetched(*problem, FETCH_RETRY_SECONDS)


def _digest(told: str) -> str | None:
    """A hash in hex, however a provider writes it; None for what is no hash."""
    if re.fullmatch(r"[0-9A-Fa-f]{64}", told):
        return told.lower()
    try:
        digest = base64.b64decode(told, validate=True)
    except ValueError:
        return None
    return digest.hex() if len(digest) == 32 else None


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content
