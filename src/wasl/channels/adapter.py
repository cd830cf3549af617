"""What a provider's adapter does: everything that the rest of Wasl knows of providers stands in this file.

An adapter is one file in `providers/`, found by being there. It declares what its provider can do and what a channel of
it is set up by (`form`); it proves and reads webhooks, builds requests, and judges answers. It keeps nothing: a channel
comes with every call.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from wasl.clock import now_ms
from wasl.domain.channels import Access, ChannelForm
from wasl.domain.sending import FileHandle, NotSent, Outgoing, Refused, SendOutcome, Signal
from wasl.domain.templates import Template
from wasl.domain.updates import Update


@dataclass(frozen=True, slots=True)
class Knock:
    """A request to a webhook's address, as it came. Header names are in lower case."""

    method: str
    path: str
    query: str
    raw_headers: Sequence[tuple[bytes, bytes]] = field(repr=False)
    body: bytes = field(repr=False)
    arrived_ms: int = field(default_factory=now_ms)

    def header(self, name: str) -> str:
        """What a header says; nothing when it is missing."""
        wanted = name.encode("latin-1")
        return next((value.decode("latin-1") for found, value in self.raw_headers if found == wanted), "")

    @classmethod
    def kept(cls, body: bytes, arrived_ms: int | None = None) -> "Knock":
        """A body that was proven when it came, at `arrived_ms` or now, to be read again."""
        return cls("POST", "", "", (), body, now_ms() if arrived_ms is None else arrived_ms)


@dataclass(frozen=True, slots=True)
class Thanks:
    """What a provider wants to hear when everything is stored: a 200 with this."""

    body: bytes = b"EVENT_RECEIVED"
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to the provider. `chunks` may be read once."""

    name: str
    mime_type: str
    chunks: AsyncIterator[bytes] = field(repr=False)
    bytes: int


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way from the provider, as far as it says: what the bytes are is found out from them."""

    chunks: AsyncIterator[bytes] = field(repr=False)
    bytes: int | None = None
    mime_type: str | None = None
    name: str | None = None
    sha256: str | None = None
    """In hex, when the provider tells it."""


class NotFetched(Exception):
    """A file could not be fetched. `again_after_seconds` is None when it never will be; the message is for people.

    `attempts_max` is after how many attempts in all it never will be; None leaves that to whoever fetches.
    """

    def __init__(
        self, code: str, message: str, again_after_seconds: float | None, attempts_max: int | None = None
    ) -> None:
        super().__init__(message)
        self.attempts_max = attempts_max
        self.code = code
        self.message = message
        self.again_after_seconds = again_after_seconds


class Adapter(Protocol):
    """One provider. What `form.capabilities` denies is never asked of it."""

    form: ChannelForm
    thanks: Thanks

    def proves(self, knock: Knock, access: Access) -> bool:
        """Whether this channel's provider knocked, judged on the raw bytes and in constant time."""
        ...

    def verify(self, knock: Knock, tokens: Sequence[str]) -> str | None:
        """What to answer to the question whether this address is ours; None refuses."""
        ...

    def read(self, knock: Knock, access: Access | None) -> Sequence[Update]:
        """Every update of a body, in its order. Without a channel the body must name the numbers itself.

        Raises UnreadableBody; whatever is wrong with one update only becomes an `Unreadable` among the others.
        """
        ...

    async def send(self, access: Access, outgoing: Outgoing, until: float) -> SendOutcome:
        """Hand a message over, once. Whoever stood still past `until` (monotonic seconds) sends nothing any more."""
        ...

    async def signal(self, access: Access, signal: Signal, until: float = inf) -> SendOutcome:
        """Tell something that may be told twice, but not after `until`: newer words may have been told since."""
        ...

    async def upload(self, access: Access, file: Upload) -> FileHandle | NotSent | Refused:
        """Leave a file with the provider, to be named in a message."""
        ...

    def fetch(self, access: Access, media: Mapping[str, Any]) -> AbstractAsyncContextManager[Download]:
        """Open the file that an update named with `media`. Raises NotFetched when entered or while read."""
        ...

    async def templates(self, access: Access) -> list[Template]:
        """All templates that there are. Raises ProviderAway."""
        ...

    async def examine(self, access: Access) -> str | None:
        """What is wrong with how a number is set up, in a sentence; None when nothing is. Raises ProviderAway."""
        ...
