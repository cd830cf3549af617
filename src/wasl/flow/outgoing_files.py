"""Files on their way out: a message that has one leaves only when its provider can have it.

The promise: a file is brought before its message is claimed, so that nothing which happens meanwhile can make anybody
doubt whether the message left. It is brought once for each number, and again when the provider does not know it any
more. Its message keeps its place in the conversation.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from wasl.channels.adapter import Adapter, Upload
from wasl.domain.channels import FilesBy
from wasl.domain.sending import FileHandle, NotSent, Refused, SendOutcome
from wasl.errors import NotFound, Unavailable, WaslError
from wasl.files.keeping import FileStore
from wasl.limits import SEND_BUSY_RETRY_SECONDS
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.files import StoredFile
from wasl.store.limits import UPLOAD_LEASE_SECONDS, UPLOADS_OUT_AT_ONCE
from wasl.store.outbox import Due
from wasl.store.provider_files import (
    begin_upload,
    find_leaving,
    finish_upload,
    forget_upload,
    renew_upload,
)
from wasl.store.team import Channel, Team

LinkTo = Callable[[int, str, str], str | None]
"""Makes a public link from an account, the hash of a file and its name; None when nobody knows how we are reached."""

_NO_LINK = Refused(
    "no_public_url",
    "This provider fetches files from our public address, which is not set: an administrator must set WASL_PUBLIC_URL.",
)
_GONE = Refused("file_gone", "The file of this message is gone.")
_STORE_AWAY = NotSent(
    "file_store_away", "The file store does not answer.", SEND_BUSY_RETRY_SECONDS, counts_as_attempt=False
)
_OF_THE_FILE = frozenset(("100", "131008", "131009", "131052", "131053", "132012"))
"""Codes under which Meta's API refuses a file that it does not know (any more), and other parameters."""
_MIME_TYPES = {"audio/ogg": "audio/ogg; codecs=opus"}
"""How WhatsApp wants to hear of some types (Meta, "Supported media types")."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that a message can name. `reused` says that the provider had it from an earlier message."""

    handle: FileHandle | None = None
    file: StoredFile | None = None
    reused: bool = False


NO_FILE = Prepared()
"""Of a message that takes none along."""


class _Reading:
    """The bytes of a file for a provider. What goes wrong with them is not the provider's doing, whatever name an
    exchange with it gives to a request that broke off: `failed` says it."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.failed: WaslError | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._chunks:
                yield chunk
        except WaslError as error:
            self.failed = error
            raise


class OutgoingFiles:
    """Brings files to providers, beside the other nodes."""

    def __init__(
        self, database: Database, team: Team, adapters: Mapping[str, Adapter], files: FileStore, link_to: LinkTo
    ) -> None:
        self._database = database
        self._team = team
        self._adapters = adapters
        self._files = files
        self._link_to = link_to
        self._free = UPLOADS_OUT_AT_ONCE

    async def prepared(self, due: Due) -> Prepared | NotSent | Refused | None:
        """The file of a due message, or why it cannot be had; None when it is being brought and the message must wait.

        Raises Unavailable.
        """
        channel = self._team.channel(due.channel_id)
        if channel is None:
            return NotSent("channel_gone", "The channel of this conversation is not set up.", 60.0, holds="channel")
        leaving = await self._database.read(lambda connection: find_leaving(connection, due))
        file = leaving.file
        if file is None:
            return _GONE
        if channel.capabilities.files_by is FilesBy.LINK:
            link = self._link_to(due.account_id, file.sha256, leaving.name)
            handle = FileHandle(leaving.name, file.mime_type, link=link)
            return Prepared(handle, file, reused=False) if link else _NO_LINK
        if leaving.provider_id is not None:
            return Prepared(FileHandle(leaving.name, file.mime_type, id=leaving.provider_id), file, reused=True)
        wanted = self._free > 0
        self._free -= wanted
        try:
            if not await self._database.write(lambda connection: begin_upload(connection, due, file, wanted=wanted)):
                return None
            return await self._brought(due, channel, file, leaving.name)
        finally:
            self._free += wanted

    async def judged(self, due: Due, prepared: Prepared, outcome: SendOutcome) -> SendOutcome:
        """What became of a message with this file. One that was refused because the provider had forgotten the file
        was not taken: it leaves once more, with the file brought anew."""
        file, handle = prepared.file, prepared.handle
        if file is None or handle is None or not prepared.reused:
            return outcome
        if not isinstance(outcome, Refused) or outcome.code not in _OF_THE_FILE:
            return outcome
        with suppress(Unavailable):
            await self._database.write(lambda connection: forget_upload(connection, due, file, handle.id or ""))
        log.info("file brought anew", account_id=due.account_id, sequence=due.sequence, code=outcome.code)
        return NotSent("file_forgotten", "WhatsApp did not know the file any more; it is brought again.", 0.0)

    async def _brought(self, due: Due, channel: Channel, file: StoredFile, name: str) -> Prepared | NotSent | Refused:
        handle: FileHandle | NotSent | Refused = NotSent("interrupted", "It was interrupted.", 0.0)
        reading = _Reading(self._files.read(due.account_id, file.sha256, 0, file.bytes))
        try:
            async with self._renewing(due, file):
                upload = Upload(name, _MIME_TYPES.get(file.mime_type, file.mime_type), reading.chunks(), file.bytes)
                handle = await self._adapters[channel.provider].upload(channel.access, upload)
        except WaslError as error:
            if error is not reading.failed:
                raise
        finally:
            if reading.failed is not None:
                handle = _GONE if isinstance(reading.failed, NotFound) else _STORE_AWAY
            provider_id = handle.id if isinstance(handle, FileHandle) else None
            # A node that stops leaves it to the others at once, instead of when its lease has run out.
            await asyncio.shield(self._write_down(due, file, provider_id))
        if isinstance(handle, FileHandle):
            return Prepared(handle, file, reused=False)
        return handle

    async def _write_down(self, due: Due, file: StoredFile, provider_id: str | None) -> None:
        # Whatever cannot be written down runs out by itself.
        with suppress(Unavailable):
            if provider_id:
                await self._database.write(lambda connection: finish_upload(connection, due, file, provider_id))
            else:
                await self._database.write(lambda connection: forget_upload(connection, due, file))

    @asynccontextmanager
    async def _renewing(self, due: Due, file: StoredFile) -> AsyncIterator[None]:
        async def renew() -> None:
            while True:
                await asyncio.sleep(UPLOAD_LEASE_SECONDS / 3)
                with suppress(Unavailable):
                    await self._database.write(lambda connection: renew_upload(connection, due, file))

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
