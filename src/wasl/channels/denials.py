"""What many providers do not have: an adapter that begins with these says only what its own provider has."""

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from wasl.channels.adapter import Download, Knock, NotFetched, Upload
from wasl.domain.channels import Access, ChannelForm
from wasl.domain.sending import FileHandle, NotSent, Refused, SendOutcome, Signal
from wasl.domain.templates import Template


class Denials:
    """See `Adapter`."""

    form: ChannelForm

    def verify(self, knock: Knock, tokens: Sequence[str]) -> str | None:
        """Nobody asks whether an address is ours."""
        del knock, tokens
        return None

    async def signal(self, access: Access, signal: Signal, until: float = math.inf) -> SendOutcome:
        """Nothing is told beside messages."""
        del access, signal, until
        return Refused("not_supported", f"{self.form.title} does not take this.")

    async def upload(self, access: Access, file: Upload) -> FileHandle | NotSent | Refused:
        """Files are not left there: they go by a link, or not at all."""
        del access, file
        return Refused("not_supported", f"{self.form.title} takes no uploads.")

    def fetch(self, access: Access, media: Mapping[str, Any]) -> AbstractAsyncContextManager[Download]:
        """Customers send no files."""
        del access, media
        return _NoFile(f"{self.form.title} gives no files out.")

    async def templates(self, access: Access) -> list[Template]:
        """None are listed; an administrator enters them."""
        del access
        return []

    async def examine(self, access: Access) -> str | None:
        """There is nothing that could be asked without sending."""
        del access
        return None


class _NoFile(AbstractAsyncContextManager[Download]):
    """Cannot be opened."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    async def __aenter__(self) -> Download:
        raise NotFetched("not_supported", self._sentence, None)

    async def __aexit__(self, *_: object) -> None:
        return None
