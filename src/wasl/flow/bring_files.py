"""Files that operators bring: looked at, made into what WhatsApp takes, and kept until they are sent.

What a file is decides its bytes, never its name. A picture becomes a JPEG within the limits, a recording of a browser a
voice note; a film or sound that no customer could play goes as a document, which is taken as it is. Nothing is brought
unless it is kept, and nothing that came to nothing is kept for long.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from wasl.domain.channels import FileLimit
from wasl.domain.message import MessageType
from wasl.domain.people import Operator
from wasl.errors import TooMany, Unavailable, WaslError
from wasl.files.keeping import HEAD_BYTES, FileStore, FileTooLarge, Kept
from wasl.files.kinds import FileKind, is_another, kind_of
from wasl.files.limits import (
    FILE_BYTES_MAX,
    FILE_NAME_CHARACTERS_MAX,
    PICTURE_SIDE_SENT_MAX,
    UPLOAD_BUSY_SECONDS,
    UPLOADS_AT_ONCE,
    UPLOADS_PER_ACCOUNT,
    UPLOADS_PER_OPERATOR,
)
from wasl.files.workshop import Looks, Unworkable, Workshop
from wasl.observe import log
from wasl.store.files import (
    BroughtFile,
    ForgetUpload,
    KeepUpload,
    NoteBytes,
    Pictured,
    StoredFile,
    new_upload_id,
)
from wasl.store.journal import Journal

_CHUNK_BYTES = 256 * 1024
_SENT_PICTURES = ("image/jpeg", "image/png")
_PLAYED_CODECS = {"h264", "aac", None}
_OPUS = ("opus", "libopus")
_SHOWN = ("image/", "audio/", "video/")


class FileRefused(WaslError):
    """Nobody should be sent this: a program, or something that could hold one, or not what it is called."""

    http_status = 415
    code = "file_refused"


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody says of a file that they bring. Without `kind` it becomes what its bytes are."""

    name: str
    claimed_type: str
    kind: MessageType | None = None


class FileDesk:
    """Takes files in. `limits` are the widest of all channels; each channel's own are held when a file is sent."""

    def __init__(
        self, journal: Journal, files: FileStore, workshop: Workshop, limits: Mapping[MessageType, FileLimit]
    ) -> None:
        self._journal = journal
        self._files = files
        self._workshop = workshop
        self._limits = limits
        self._under_way: list[Operator] = []
        """Who brings each file."""

    async def bring(self, operator: Operator, chunks: AsyncIterator[bytes], brought: Brought) -> BroughtFile:
        """Keep a file. Raises FileTooLarge, FileRefused, Unworkable, TooMany, Unavailable; it is not kept then."""
        with self._place_for(operator):
            return await self._bring(operator, chunks, brought)

    async def _bring(self, operator: Operator, chunks: AsyncIterator[bytes], brought: Brought) -> BroughtFile:
        making = _Making(operator.account_id, self._files, self._workshop, self._limits)
        used: set[str] = set()
        try:
            pictured, becomes = await making.made_fit(chunks, brought)
            name = _name_of(brought.name, becomes, pictured.file.mime_type)
            upload = KeepUpload(operator.account_id, operator.id, pictured, becomes, name, new_upload_id())
            kept = await self._journal.submit(upload)
            used = {file.sha256 for file in (pictured.file, pictured.thumbnail) if file}
        finally:
            await self._note_leftovers(operator.account_id, making.kept, used)
        return kept

    async def forget(self, operator: Operator, upload_id: str) -> None:
        """Give up an upload; its file goes with what nothing names. Raises NotFound."""
        await self._journal.submit(ForgetUpload(operator.account_id, upload_id))

    @contextmanager
    def _place_for(self, operator: Operator) -> Iterator[None]:
        busy = self._under_way
        if sum(each.id == operator.id for each in busy) >= UPLOADS_PER_OPERATOR:
            raise _too_many("You are bringing very many files at once. Please try again when one of them has arrived.")
        of_account = sum(each.account_id == operator.account_id for each in busy)
        if of_account >= UPLOADS_PER_ACCOUNT or len(busy) >= UPLOADS_AT_ONCE:
            raise _too_many("Very many files are being brought just now. Please try again.")
        busy.append(operator)
        try:
            yield
        finally:
            busy.remove(operator)

    async def _note_leftovers(self, account_id: int, kept: Mapping[str, int], used: set[str]) -> None:
        left = {sha256: size for sha256, size in kept.items() if sha256 not in used}
        if left:
            # What cannot be noted only takes room.
            with suppress(Unavailable):
                await self._journal.submit(NoteBytes(account_id, left))


def _too_many(sentence: str) -> TooMany:
    return TooMany(sentence, code="too_many_uploads", details={"retry_after_seconds": UPLOAD_BUSY_SECONDS})


class _Making:
    """One file on its way in. `kept` is every file that was kept meanwhile, by hash, with its bytes."""

    def __init__(
        self, account_id: int, files: FileStore, workshop: Workshop, limits: Mapping[MessageType, FileLimit]
    ) -> None:
        self.kept: dict[str, int] = {}
        self._account_id = account_id
        self._files = files
        self._workshop = workshop
        self._limits = limits

    async def made_fit(self, chunks: AsyncIterator[bytes], brought: Brought) -> tuple[Pictured, MessageType]:
        head, whole = await _with_head(chunks)
        if not head:
            raise FileRefused("The file is empty.")
        # As it will be called: what is left out of a name must not hide how it ends.
        brought = replace(brought, name=_plain(brought.name))
        kind = kind_of(head, brought.name, brought.claimed_type)
        wanted = brought.kind or kind.message_type
        _refuse_unfit(kind, wanted, brought)
        kept = await self._keep(whole)
        match wanted:
            case MessageType.VOICE:
                return await self._voice(kept, kind), wanted
            case MessageType.IMAGE:
                return await self._picture(kept, kind)
            case MessageType.VIDEO | MessageType.AUDIO:
                return await self._recording(kept, kind, wanted)
            case MessageType.STICKER:
                return await self._sticker(kept, kind), wanted
            case _:
                return await self._stored(kept, kind.mime_type), MessageType.DOCUMENT

    async def _keep(self, chunks: AsyncIterator[bytes]) -> Kept:
        kept = await self._files.keep(self._account_id, chunks, FILE_BYTES_MAX)
        self.kept[kept.sha256] = kept.bytes
        return kept

    async def _voice(self, kept: Kept, kind: FileKind) -> Pictured:
        async with (
            self._files.borrow(self._account_id, kept.sha256) as path,
            self._workshop.voice_note(path, kind.mime_type) as made,
        ):
            note = await self._keep(_read(made))
        self._hold(MessageType.VOICE, note.bytes, "A voice note")
        return await self._stored(note, "audio/ogg")

    async def _sticker(self, kept: Kept, kind: FileKind) -> Pictured:
        self._hold(MessageType.STICKER, kept.bytes, "A sticker")
        return await self._stored(kept, kind.mime_type, await self._look(kept, kind.mime_type))

    async def _picture(self, kept: Kept, kind: FileKind) -> tuple[Pictured, MessageType]:
        try:
            looks = await self._look(kept, kind.mime_type)
        except Unworkable:
            if kind.mime_type != "image/heic":
                raise
            # Telephones of one maker write them, and no decoder for them is at hand: whoever gets it can open it.
            return await self._stored(kept, kind.mime_type), MessageType.DOCUMENT
        if looks.animated:
            return await self._stored(kept, kind.mime_type, looks), MessageType.DOCUMENT
        side = max(looks.width or 0, looks.height or 0)
        limit = self._limits[MessageType.IMAGE].bytes_max
        as_it_is = kind.mime_type in _SENT_PICTURES and looks.plain_colours
        if as_it_is and kept.bytes <= limit and side <= PICTURE_SIDE_SENT_MAX:
            return await self._stored(kept, kind.mime_type, looks), MessageType.IMAGE
        async with (
            self._files.borrow(self._account_id, kept.sha256) as path,
            self._workshop.fitted_picture(path, kind.mime_type, limit) as made,
        ):
            smaller = await self._keep(_read(made))
        return await self._stored(smaller, "image/jpeg"), MessageType.IMAGE

    async def _recording(self, kept: Kept, kind: FileKind, wanted: MessageType) -> tuple[Pictured, MessageType]:
        looks = await self._look(kept, kind.mime_type)
        limit = self._limits[wanted]
        playable = _is_played(looks, kind, wanted)
        if limit.takes(kind.mime_type) and kept.bytes <= limit.bytes_max and playable:
            return await self._stored(kept, kind.mime_type, looks), wanted
        if wanted is MessageType.AUDIO and looks.audio_codec is not None and kept.bytes <= limit.bytes_max:
            return await self._voice(kept, kind), wanted
        return await self._stored(kept, kind.mime_type, looks), MessageType.DOCUMENT

    def _hold(self, kind: MessageType, size: int, called: str) -> None:
        most = self._limits[kind].bytes_max
        if size > most:
            raise FileTooLarge(f"{called} may have at most {most // 1024} KB.")

    async def _stored(self, kept: Kept, mime_type: str, looks: Looks | None = None) -> Pictured:
        looks = looks or await self._look_if_shown(kept, mime_type)
        small = await self._keep(_one(looks.thumbnail)) if looks.thumbnail else None
        return pictured(kept, mime_type, looks, small)

    async def _look_if_shown(self, kept: Kept, mime_type: str) -> Looks:
        if not mime_type.startswith(_SHOWN):
            return Looks()
        try:
            return await self._look(kept, mime_type)
        except Unworkable as error:
            log.info("file not opened", account_id=self._account_id, code=error.code)
            return Looks()

    async def _look(self, kept: Kept, mime_type: str) -> Looks:
        async with self._files.borrow(self._account_id, kept.sha256) as path:
            return await self._workshop.look(path, mime_type)


def pictured(kept: Kept, mime_type: str, looks: Looks, small: Kept | None) -> Pictured:
    """A file and its small picture, as rows describe them."""
    file = StoredFile(
        sha256=kept.sha256,
        mime_type=mime_type,
        bytes=kept.bytes,
        width=looks.width,
        height=looks.height,
        duration_ms=looks.duration_ms,
        peaks=tuple(looks.peaks),
        thumbnail=small.sha256 if small else None,
        animated=looks.animated,
    )
    return Pictured(file, StoredFile(small.sha256, "image/jpeg", small.bytes) if small else None)


def _refuse_unfit(kind: FileKind, wanted: MessageType, brought: Brought) -> None:
    if kind.dangerous:
        raise FileRefused("Programs, scripts and web pages are not sent: they could do harm where they are opened.")
    said = is_another(kind, brought.name, brought.claimed_type)
    if said is not None:
        words = {"image": "a picture", "video": "a film", "audio": "a sound"}
        raise FileRefused(f"The file is called {words[said]}, and its content is none.")
    family = kind.mime_type.partition("/")[0]
    fits = {
        MessageType.IMAGE: family == "image",
        MessageType.VIDEO: family == "video",
        MessageType.AUDIO: family in ("audio", "video"),
        MessageType.VOICE: family in ("audio", "video"),
        MessageType.STICKER: kind.mime_type == "image/webp",
    }
    if not fits.get(wanted, True):
        raise FileRefused(f"This file cannot be sent as {wanted.value}: it is {kind.mime_type}.")


def _is_played(looks: Looks, kind: FileKind, wanted: MessageType) -> bool:
    """Whether every telephone plays it (Meta, "Supported media types")."""
    if wanted is MessageType.VIDEO:
        return {looks.audio_codec, looks.video_codec} <= _PLAYED_CODECS
    return kind.mime_type != "audio/ogg" or (looks.audio_codec in _OPUS and looks.channels == 1)


def _name_of(name: str, becomes: MessageType, mime_type: str) -> str:
    """A name without folders and control characters, that ends like what the file has become."""
    plain = _plain(name)
    stem = plain.rpartition(".")[0] or plain or becomes.value
    ending = {"image/jpeg": "jpg", "audio/ogg": "ogg"}.get(mime_type)
    plain = f"{stem}.{ending}" if ending and becomes is not MessageType.DOCUMENT else plain or becomes.value
    return plain[-FILE_NAME_CHARACTERS_MAX:]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip()


async def _with_head(chunks: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """The first bytes, and all of them: what must not be kept is known before it is."""
    read = b""
    async for chunk in chunks:
        read += chunk
        if len(read) >= HEAD_BYTES:
            break

    async def whole() -> AsyncIterator[bytes]:
        yield read
        async for chunk in chunks:
            yield chunk

    return read[:HEAD_BYTES], whole()


async def _read(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content
