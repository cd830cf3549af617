"""Perceiving: voice notes become words, and pictures something that a model can see, before anybody answers.

The promise: nobody waits for it long. What cannot be read in time stays what it was, a voice note or a picture that a
person has to look at, and is said to be so. What was written down once stands with its message for everyone.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from wasl.assistant.limits import PICTURES_SHOWN_MAX, TOKENS_PER_SOUND_SECOND
from wasl.assistant.models.model import Heard, Model, ModelAccess, ModelFailed, Sound, cost_of
from wasl.clock import monotonic, now_ms
from wasl.domain.assistant import Line, Reason
from wasl.domain.notes import Note, NoteCode
from wasl.errors import NotFound, Unavailable
from wasl.files.keeping import FileStore
from wasl.files.limits import STRANGERS_LOOK_SECONDS_MAX, STRANGERS_SOUND_SECONDS_MAX
from wasl.files.workshop import Unworkable, Workshop
from wasl.flow.budget import Budget, day_of
from wasl.flow.limits import (
    LARGE_SOUNDS_AT_ONCE,
    MEDIA_LOOK_AGAIN_SECONDS,
    MEDIA_WAIT_SECONDS,
    PERCEIVE_SECONDS_MAX,
    PICTURE_SEEN_BYTES_MAX,
    PICTURE_SEEN_SIDE_MAX,
    SOUND_SMALL_BYTES,
    VOICE_NOTE_BYTES_MAX,
    VOICE_NOTE_BYTES_PER_SECOND,
    VOICE_NOTE_SECONDS_MAX,
    VOICE_NOTES_MAX,
)
from wasl.flow.models import access_of, hears
from wasl.observe import log
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation, line_of
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.message_row import Message
from wasl.store.transcripts import KeepTranscript, Listened, messages_at

Step = tuple[str, int, dict[str, object] | None]
_SOUNDS = frozenset(("voice", "audio"))
_PICTURES = frozenset(("image", "sticker"))
_TAKEN_AS_THEY_ARE = {"audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav"}
"""Sounds that servers write down (OpenAI, "Speech to text"), with the ending by which they know them. Others are made
into the first."""


@dataclass(frozen=True, slots=True)
class Perceived:
    """A situation with all in it that could be read. `failed` says why something could not, for operators."""

    situation: Situation
    steps: tuple[Step, ...] = ()
    failed: Note | None = None
    reason: Reason = Reason.FAILED
    """Why a person is called, where that is all there is."""


class Perception:
    """Reads what is no text."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        files: FileStore,
        workshop: Workshop,
        model: Model,
        budget: Budget,
    ) -> None:
        self._database = database
        self._journal = journal
        self._files = files
        self._workshop = workshop
        self._model = model
        self._budget = budget
        self._large_sounds = asyncio.Semaphore(LARGE_SOUNDS_AT_ONCE)

    async def perceive(self, situation: Situation, assistant: Assistant) -> Perceived:
        """The same situation as far as it can be read by this account's models. Raises Unavailable."""
        access, settings = access_of(assistant), assistant.settings
        sees = settings.model.sees and access.is_usable
        kinds = (_SOUNDS if hears(access) else frozenset()) | (_PICTURES if sees else frozenset())
        wanted = [one for one in situation.messages if one.type in kinds and not _is_read(one)]
        if not wanted:
            return Perceived(situation)
        spent = await self._budget.spent(situation.brief.account_id, settings)
        if spent is not None:
            return Perceived(situation, failed=spent, reason=Reason.BUDGET)
        work = _Work(situation, assistant, access, monotonic() + PERCEIVE_SECONDS_MAX)
        found = await self._fetched(work, wanted)
        lines = await asyncio.gather(*(self._in_time(work, message) for message in found))
        return work.perceived({message.sequence: line for message, line in zip(found, lines, strict=True)})

    async def _fetched(self, work: "_Work", wanted: Sequence[Message]) -> list[Message]:
        """The newest of these messages, once their files are there, or there is no more time for that."""
        sounds = [one for one in wanted if one.type in _SOUNDS][-VOICE_NOTES_MAX:]
        pictures = [one for one in wanted if one.type in _PICTURES][-PICTURES_SHOWN_MAX:]
        found = [*sounds, *pictures]
        sequences, until = [one.sequence for one in found], monotonic() + MEDIA_WAIT_SECONDS
        account_id = work.situation.brief.account_id
        while any((one.media or {}).get("state") == "pending" for one in found) and monotonic() < until:
            await asyncio.sleep(MEDIA_LOOK_AGAIN_SECONDS)
            found = await self._database.read(lambda connection: messages_at(connection, account_id, sequences))
        return found

    async def _in_time(self, work: "_Work", message: Message) -> Line:
        """A message as it can be read; as it was, where that fails."""
        plain = line_of(message)
        if _is_read(message):
            return plain  # Somebody has written it down meanwhile.
        try:
            async with asyncio.timeout(max(0.0, work.until - monotonic())):
                return await self._line(work, message, plain)
        except TimeoutError:
            work.failed = Note(NoteCode.FILE_LATE)
        except ModelFailed as failure:
            work.note("voice note not heard", {"code": failure.code})
            work.failed = _unheard(failure)
        except (Unworkable, NotFound, Unavailable) as error:
            log.info("file not read", account_id=message.account_id, sequence=message.sequence, code=error.code)
            work.failed = Note(NoteCode.FILE_UNREADABLE)
        return plain

    async def _line(self, work: "_Work", message: Message, plain: Line) -> Line:
        if (message.media or {}).get("state") != "ready":
            raise TimeoutError
        if message.type in _PICTURES:
            return replace(plain, image=await self._picture(work, message), image_type="image/jpeg")
        return replace(plain, text=await self._words(work, message))

    async def _picture(self, work: "_Work", message: Message) -> bytes:
        assert message.media is not None
        sha256, mime_type = message.media["sha256"], str(message.media["mime_type"])
        async with (
            self._files.borrow(message.account_id, sha256) as path,
            self._workshop.fitted_picture(
                path, mime_type, PICTURE_SEEN_BYTES_MAX, PICTURE_SEEN_SIDE_MAX, STRANGERS_LOOK_SECONDS_MAX
            ) as made,
        ):
            content = await asyncio.to_thread(made.read_bytes)
        work.note("picture seen", {"bytes": len(content)})
        return content

    async def _words(self, work: "_Work", message: Message) -> str:
        """A voice note in words, kept with its message. Raises ModelFailed, Unworkable, NotFound and Unavailable."""
        assert message.media is not None
        size_bytes = int(message.media.get("bytes") or 0)
        seconds = float(message.media.get("duration_seconds") or size_bytes / VOICE_NOTE_BYTES_PER_SECOND)
        if seconds > VOICE_NOTE_SECONDS_MAX or size_bytes > VOICE_NOTE_BYTES_MAX:
            raise ModelFailed("too_long", Note(NoteCode.VOICE_NOTE_TOO_LONG))
        began = monotonic()
        async with self._sound(message) as (path, ending, mime_type), self._room_for(size_bytes):
            content = await asyncio.to_thread(path.read_bytes)
            heard = await self._hear(work, Sound(content, f"voice.{ending}", mime_type, seconds))
        work.note("voice note heard", {"ms": round((monotonic() - began) * 1000), "model": heard.usage.model})
        account_id, settings = message.account_id, work.assistant.settings
        if not heard.text:
            await self._budget.count(account_id, settings, heard.usage)
            raise ModelFailed("no_words", Note(NoteCode.VOICE_NOTE_WORDLESS))
        kept = KeepTranscript(account_id, message.sequence, heard.text, day_of(settings), heard.usage)
        work.listened = await self._journal.submit(kept) or work.listened
        return heard.text

    @asynccontextmanager
    async def _room_for(self, size_bytes: int) -> AsyncIterator[None]:
        """Room in memory for a sound while it is heard: small ones always have it, large ones wait for each other."""
        if size_bytes <= SOUND_SMALL_BYTES:
            yield
            return
        async with self._large_sounds:
            yield

    @asynccontextmanager
    async def _sound(self, message: Message) -> AsyncIterator[tuple[Path, str, str]]:
        """A voice note's file in a form that servers take, its ending and its type."""
        assert message.media is not None
        mime_type = str(message.media["mime_type"])
        async with self._files.borrow(message.account_id, message.media["sha256"]) as path:
            ending = _TAKEN_AS_THEY_ARE.get(mime_type)
            if ending is not None:
                yield path, ending, mime_type
                return
            async with self._workshop.voice_note(path, mime_type, STRANGERS_SOUND_SECONDS_MAX) as made:
                yield made, "ogg", "audio/ogg"

    async def _hear(self, work: "_Work", sound: Sound) -> Heard:
        """Raises ModelFailed. What it has cost is counted, whatever the end."""
        account_id, settings = work.situation.brief.account_id, work.assistant.settings
        left = min(settings.model.timeout_seconds, max(0.1, work.until - monotonic()))
        try:
            return await self._model.hear(work.access, sound, left)
        except ModelFailed as failure:
            await self._budget.count(account_id, settings, failure.usage)
            raise
        except asyncio.CancelledError:
            asked = cost_of(settings.model, round(sound.seconds * TOKENS_PER_SOUND_SECOND), 0)
            self._budget.count_later(account_id, settings, asked)
            raise


def _unheard(failure: ModelFailed) -> Note:
    note = failure.note
    if note.code in (NoteCode.VOICE_NOTE_TOO_LONG, NoteCode.VOICE_NOTE_WORDLESS):
        return note
    return Note(NoteCode.VOICE_NOTE_UNHEARD, sentence=note, because=note.code, **note.values)


def _is_read(message: Message) -> bool:
    """Whether a voice note was written down already."""
    return message.type in _SOUNDS and bool(line_of(message).text)


@dataclass(slots=True)
class _Work:
    """One burst that is being read."""

    situation: Situation
    assistant: Assistant
    access: ModelAccess
    until: float
    failed: Note | None = None
    listened: Listened | None = None
    steps: list[Step] = field(default_factory=list)

    def note(self, what: str, detail: dict[str, object]) -> None:
        """Something for the trace."""
        self.steps.append((what, now_ms(), detail))

    def perceived(self, lines: dict[int, Line]) -> Perceived:
        """The situation with these lines in the place of what they were."""
        situation, brief = self.situation, self.situation.brief
        burst = zip(situation.messages, brief.question, strict=True)
        question = tuple(lines.get(message.sequence, line) for message, line in burst)
        language, mood = brief.language, situation.mood
        if self.listened is not None:
            language, mood = self.listened.language, self.listened.mood
        brief = replace(brief, question=question, language=language)
        return Perceived(replace(situation, brief=brief, mood=mood), tuple(self.steps), self.failed)
