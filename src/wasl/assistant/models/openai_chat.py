"""Models at any server that speaks the OpenAI wire, asked through its own client.

Only this file knows that client. It is loaded when the first model is asked, its retries are off, and every call has an
end: what may be tried again, and whether there is time for it, is decided by whoever asked.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import httpx2
import orjson

from wasl.assistant.limits import (
    DIALECTS_REMEMBERED_MAX,
    MODEL_BYTES_MAX,
    MODEL_CALLS_AT_ONCE,
    MODEL_CONNECT_SECONDS_MAX,
    MODEL_IDLE_SECONDS,
    MODEL_STALL_SECONDS_MAX,
    TOKENS_PER_CALL_MAX,
    TOKENS_PER_SOUND_SECOND,
    TRANSCRIPT_CHARACTERS_MAX,
)
from wasl.assistant.models.failures import failure_of_status, unreachable
from wasl.assistant.models.gathering import Gathering, NotTheWire
from wasl.assistant.models.model import Asked, Heard, ModelAccess, ModelFailed, Said, Sound, cost_of
from wasl.assistant.models.wire_form import Dialect, body_of, tokens_asked, tokens_of
from wasl.assistant.outside import ANYWHERE, Reach
from wasl.domain.assistant import Usage
from wasl.domain.notes import Note, NoteCode
from wasl.public_address import NotPublic

if TYPE_CHECKING:
    import openai

_KEY = re.compile(r"[\x21-\x7e]+")
_COMPLAINT_CHARACTERS_MAX = 4_000
_NO_WIRE = Note(NoteCode.MODEL_NO_WIRE)
_NO_LIST = frozenset(("model_unknown", "refused", "no_wire"))
"""What a server says that was reached, and has no list of its models."""
_STUMBLES = (NotTheWire, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading raises, the client's own included, of an answer that is none."""


class OpenAiChat:
    """Asks models; see `Model`. Connections are kept per server and shared, keys are given with each call."""

    def __init__(self, reach: Reach = ANYWHERE) -> None:
        self._reach = reach
        self._http: dict[bool, httpx2.AsyncClient] = {}
        """By whether a server may lie anywhere."""
        self._is_loaded = False
        self._dialects: dict[tuple[str, str], Dialect] = {}

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._http.values():
            await client.aclose()

    async def ask(self, access: ModelAccess, asked: Asked, seconds: float) -> Said:
        """Ask, and read the answer as it is written. Raises ModelFailed, with what was used all the same."""
        answer = Gathering(asked.characters_max)
        try:
            async with asyncio.timeout(seconds):
                await self._ask(access, asked, answer)
        except TimeoutError as error:
            raise ModelFailed("timeout", _late(seconds), usage=_used(access, asked, answer)) from error
        except ModelFailed as failure:
            if failure.code in ("stalled", "broke_off"):
                failure.usage = _used(access, asked, answer)
            raise
        return Said(answer.text, answer.calls, answer.refusal, answer.is_cut, _used(access, asked, answer))

    async def hear(self, access: ModelAccess, sound: Sound, seconds: float) -> Heard:
        """Let a voice note be written down. Raises ModelFailed."""
        terms = replace(access.terms, name=access.terms.transcription)
        spent = cost_of(terms, round(sound.seconds * TOKENS_PER_SOUND_SECOND), 0)
        try:
            async with asyncio.timeout(seconds), self._reaching(access) as (client, headers):
                said: Any = await client.audio.transcriptions.create(
                    file=(sound.name, sound.content, sound.mime_type),
                    model=terms.name,
                    response_format="json",
                    extra_headers=headers,
                )
        except TimeoutError as error:
            raise ModelFailed("timeout", _late(seconds), usage=spent) from error
        except _Refused as refused:
            raise refused.failure from refused
        text = getattr(said, "text", said)
        if not isinstance(text, str):
            raise ModelFailed("no_wire", _NO_WIRE)
        return Heard(text.strip()[:TRANSCRIPT_CHARACTERS_MAX], _heard_for(access, said) or spent)

    async def names(self, access: ModelAccess, seconds: float) -> frozenset[str] | None:
        """The models that a server says it has, which costs nothing; None where it answers and has no such list. Raises
        ModelFailed."""
        try:
            async with asyncio.timeout(seconds), self._reaching(access) as (client, headers):
                found: Any = await client.models.list(extra_headers=headers)
                names = frozenset(one.id for one in found.data if isinstance(one.id, str))
        except TimeoutError as error:
            raise ModelFailed("timeout", _late(seconds)) from error
        except _Refused:
            return None
        except ModelFailed as failure:
            if failure.code in _NO_LIST:
                return None
            raise
        return names or None

    async def _ask(self, access: ModelAccess, asked: Asked, answer: Gathering) -> None:
        place = (access.terms.base_url, access.terms.name)
        dialect = self._dialects.get(place, Dialect())
        while True:
            refused = await self._tried(access, body_of(access.terms, asked, dialect), answer)
            if refused is None:
                break
            milder = dialect.milder(refused.complaint, formed=asked.form is not None)
            if milder is None:
                raise refused.failure
            dialect = milder
        if len(self._dialects) >= DIALECTS_REMEMBERED_MAX:
            self._dialects.clear()
        self._dialects[place] = dialect

    async def _tried(self, access: ModelAccess, body: dict[str, Any], answer: Gathering) -> "_Refused | None":
        """None when it was answered; a refusal of the form when another one may be taken."""
        try:
            async with self._reaching(access) as (client, headers):
                stream: Any = await client.chat.completions.create(**body, stream=True, extra_headers=headers)
                async with stream:
                    await _read(stream, answer)
        except _Refused as refused:
            return refused
        if not answer.has_begun:
            raise ModelFailed("no_wire", _NO_WIRE)
        return None

    @asynccontextmanager
    async def _reaching(self, access: ModelAccess) -> "AsyncIterator[tuple[openai.AsyncOpenAI, dict[str, Any]]]":
        """A client for one call, and its headers; whatever goes wrong becomes a ModelFailed, or a _Refused."""
        if not self._is_loaded:
            await asyncio.to_thread(_load)
            self._is_loaded = True
        import openai  # noqa: PLC0415 - loaded in a thread just now, the first time: it takes 0.3 s

        key, base_url = access.key, access.terms.base_url
        if key is not None and not _KEY.fullmatch(key):
            raise ModelFailed("wrong_key", Note(NoteCode.MODEL_KEY_UNFIT))
        try:
            client = self._client(key, base_url)
        except (httpx2.InvalidURL, ValueError) as error:
            raise ModelFailed("wrong_address", Note(NoteCode.MODEL_WRONG_ADDRESS)) from error
        # Told with each call: nothing that stands in the environment takes its place, or goes along.
        headers = {"Authorization": f"Bearer {key}" if key else openai.Omit()}
        try:
            yield client, headers
        except openai.APIStatusError as error:
            failure = failure_of_status(error.status_code, error.code, error.response.headers)
            if error.status_code in (400, 422):
                raise _Refused(f"{error.message} {error.body}"[:_COMPLAINT_CHARACTERS_MAX], failure) from error
            raise failure from error
        except openai.APIConnectionError as error:  # Also what the client itself takes for too late.
            raise unreachable(error.__cause__) from error
        except (httpx2.HTTPError, NotPublic, OSError) as error:  # What the client does not read or look up itself.
            raise unreachable(error) from error
        except openai.APIError as error:
            raise ModelFailed("broke_off", Note(NoteCode.MODEL_REPORTED_ERROR), again=True) from error
        except _STUMBLES as error:
            raise ModelFailed("no_wire", _NO_WIRE) from error

    def _client(self, key: str | None, base_url: str) -> "openai.AsyncOpenAI":
        import openai  # noqa: PLC0415

        if httpx2.URL(base_url).scheme not in ("http", "https"):
            raise ValueError("no address of the web")
        client = openai.AsyncOpenAI(
            api_key=key or "none",
            admin_api_key="",
            base_url=base_url,
            max_retries=0,
            http_client=self._connections(base_url),
        )
        client.organization = client.project = None
        return client

    def _connections(self, base_url: str) -> httpx2.AsyncClient:
        trusted = self._reach.trusts(base_url)
        if trusted not in self._http:
            self._http[trusted] = httpx2.AsyncClient(
                timeout=httpx2.Timeout(None, connect=MODEL_CONNECT_SECONDS_MAX, pool=MODEL_CONNECT_SECONDS_MAX),
                limits=httpx2.Limits(
                    max_connections=MODEL_CALLS_AT_ONCE,
                    # Kept by address, a connection would carry a request for another name at that address, whose
                    # certificate nobody has looked at.
                    max_keepalive_connections=None if trusted else 0,
                    keepalive_expiry=MODEL_IDLE_SECONDS,
                ),
                headers={"Accept-Encoding": "identity"},
                # Customers' words and a key go where an administrator said, and nowhere that a server says.
                follow_redirects=False,
                # What one account's calls are marked with is not shown with another's.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                event_hooks={"request": [self._reach.lead], "response": [_bound]},
            )
        return self._http[trusted]


class _Refused(Exception):
    """A server does not take a question in this form."""

    def __init__(self, complaint: str, failure: ModelFailed) -> None:
        super().__init__(failure.code)
        self.complaint = complaint
        self.failure = failure


class _Bounded(httpx2.AsyncByteStream):
    """The bytes of an answer, which end."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > MODEL_BYTES_MAX:
                raise httpx2.DecodingError("the answer is too long")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        # What was asked to come as it is might unpack to anything.
        raise httpx2.DecodingError("the answer came packed")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


def _load() -> None:
    """Read the client and what it reads later, away from the event loop."""
    import openai.resources.audio  # noqa: PLC0415
    import openai.resources.chat  # noqa: F401, PLC0415


async def _read(stream: Any, answer: Gathering) -> None:
    """Take the pieces of an answer as they come, and leave off when it is too long."""
    if "text/event-stream" not in stream.response.headers.get("content-type", "text/event-stream"):
        answer.take(orjson.loads(await stream.response.aread()))  # From a server that does not stream.
        return
    while not answer.is_full:
        try:
            async with asyncio.timeout(MODEL_STALL_SECONDS_MAX if answer.has_begun else None):
                piece = await anext(stream, None)
        except TimeoutError as error:
            raise ModelFailed("stalled", Note(NoteCode.MODEL_STALLED)) from error
        if piece is None:
            return
        answer.take(piece.to_dict(warnings=False) if hasattr(piece, "to_dict") else piece)


def _used(access: ModelAccess, asked: Asked, answer: Gathering) -> Usage:
    read, written = answer.tokens or (tokens_asked(asked), tokens_of(answer.written))
    return cost_of(access.terms, read, written)


def _heard_for(access: ModelAccess, said: Any) -> Usage | None:
    """What writing a voice note down has used, where the server counts tokens."""
    usage = getattr(said, "usage", None)
    read, written = getattr(usage, "input_tokens", None), getattr(usage, "output_tokens", None)
    if not isinstance(read, int) or not isinstance(written, int):
        return None
    terms = replace(access.terms, name=access.terms.transcription)
    return cost_of(terms, min(max(0, read), TOKENS_PER_CALL_MAX), min(max(0, written), TOKENS_PER_CALL_MAX))


def _late(seconds: float) -> Note:
    return Note(NoteCode.MODEL_TIMEOUT, seconds=round(seconds))
