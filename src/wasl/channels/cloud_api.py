"""What every provider that speaks Meta's Cloud API has in common: sending, signals, and files both ways."""

import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from wasl import limits
from wasl.channels.adapter import Download, NotFetched, Upload
from wasl.channels.cloud_answers import code_of, done_or_not, outcome_of, refusal_of
from wasl.channels.cloud_bodies import message_body, refusal_of_ours, signal_body
from wasl.channels.download import Downloads
from wasl.channels.exchange import HEADER_TEXT, Answer, Exchange, ProviderAway, misconfigured
from wasl.channels.fields import object_of, text_of
from wasl.channels.file_form import FileForm
from wasl.channels.limits import SEND_ANSWER_BYTES_MAX, TEMPLATE_PAGE_BYTES_MAX, UPLOAD_TOTAL_SECONDS_MAX
from wasl.domain.channels import Access
from wasl.domain.sending import FileHandle, NotSent, Outgoing, Refused, SendOutcome, Signal

UNUSABLE = misconfigured("The channel's address or its key cannot be used.")


class CloudApi:
    """A provider says where its addresses are and which headers prove who asks; the rest is the same for all.

    What `_url` and `_headers` raise as ValueError is a channel that is set up wrongly.
    """

    def __init__(self, exchange: Exchange, downloads: Downloads) -> None:
        self.exchange = exchange
        self._downloads = downloads

    # -- what a provider says -----------------------------------------------------------------------------------------

    def _url(self, access: Access, what: str) -> str:
        """The address of the number's `messages` or `media`."""
        raise NotImplementedError

    def _file_url(self, access: Access, media_id: str) -> str:
        """Where a file is described."""
        raise NotImplementedError

    def _headers(self, access: Access) -> dict[str, str]:
        """What proves that we may ask."""
        raise NotImplementedError

    def _secret(self, access: Access) -> str:
        """What no log and no error may show."""
        raise NotImplementedError

    def _download_url(self, access: Access, url: str) -> str:
        """Where the bytes of a file are fetched with the same headers. Raises NotFetched for a foreign address."""
        raise NotImplementedError

    def _own_refusal(self, answer: Answer) -> NotSent | Refused | None:
        """What a provider in between refuses in words of its own; what WhatsApp answers is None here."""
        del answer
        return None

    # -- sending ------------------------------------------------------------------------------------------------------

    async def send(self, access: Access, outgoing: Outgoing, until: float = math.inf) -> SendOutcome:
        """See `Adapter`."""
        problem = refusal_of_ours(outgoing)
        if problem is not None:
            return problem
        return await self._post(access, message_body(outgoing), outcome_of, until)

    async def signal(self, access: Access, signal: Signal, until: float = math.inf) -> SendOutcome:
        """See `Adapter`."""
        return await self._post(access, signal_body(signal), done_or_not, until)

    async def _post(
        self, access: Access, body: dict[str, Any], judge: Callable[[Answer], SendOutcome], until: float
    ) -> SendOutcome:
        try:
            request = self.exchange.request("POST", self._url(access, "messages"), self._headers(access), json=body)
        except ValueError:
            return UNUSABLE
        return await self.exchange.post(
            request,
            lambda answer: self._own_refusal(answer) or judge(answer),
            until=until,
            hide=(self._secret(access),),
        )

    # -- files --------------------------------------------------------------------------------------------------------

    async def upload(self, access: Access, file: Upload) -> FileHandle | NotSent | Refused:
        """Leave a file; its id is good for 30 days (Meta, "Media")."""
        form = FileForm({"messaging_product": "whatsapp", "type": file.mime_type}, file)
        try:
            headers = {**self._headers(access), **form.headers}
            request = self.exchange.request("POST", self._url(access, "media"), headers, content=form.chunks())
            answer = await self.exchange.ask(
                request,
                SEND_ANSWER_BYTES_MAX,
                hide=(self._secret(access),),
                seconds_max=UPLOAD_TOTAL_SECONDS_MAX,
            )
            return self._own_refusal(answer) or _file_handle(answer, file)
        except ValueError:
            return UNUSABLE
        except ProviderAway as away:
            return away.outcome

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        """An id leads to an address that is good for minutes and wants the same headers (Meta, "Media")."""
        said = await self._described(access, text_of(media.get("id")) or "")
        url = self._download_url(access, text_of(said.get("url")) or "")
        async with self._downloads.open(url, self._headers(access), access.api_base_url) as download:
            size = text_of(said.get("file_size"))
            yield replace(
                download,
                bytes=int(size) if size and size.isdecimal() else download.bytes,
                mime_type=text_of(said.get("mime_type")) or download.mime_type,
                sha256=text_of(said.get("sha256")),
            )

    async def _described(self, access: Access, media_id: str) -> Mapping[str, Any]:
        if not HEADER_TEXT.fullmatch(media_id) or set("/?#") & set(media_id):
            raise NotFetched("no_media_id", "WhatsApp did not say which file it is.", None)
        try:
            request = self.exchange.request("GET", self._file_url(access, media_id), self._headers(access))
            hide = (self._secret(access),)
            answer = await self.exchange.ask(request, SEND_ANSWER_BYTES_MAX, hide=hide)
        except ValueError as error:
            raise NotFetched(UNUSABLE.code, UNUSABLE.message, UNUSABLE.retry_after_seconds) from error
        except ProviderAway as away:
            raise NotFetched(away.outcome.code, away.outcome.message, away.outcome.retry_after_seconds) from away
        said = answer.json()
        if answer.ok and said.get("url"):
            return said
        own = self._own_refusal(answer)
        if isinstance(own, NotSent):
            raise NotFetched(own.code, own.message, own.retry_after_seconds)
        raise _not_given(answer)

    async def _examined(self, access: Access, url: str) -> Answer:
        """What the provider says of something, asked with the channel's own key. Raises ProviderAway."""
        try:
            request = self.exchange.request("GET", url, self._headers(access))
        except ValueError as error:
            raise ProviderAway(UNUSABLE) from error
        return await self.exchange.ask(request, TEMPLATE_PAGE_BYTES_MAX, hide=(self._secret(access),))


def complaint_of(answer: Answer) -> str | None:
    """What is wrong when a provider answers like this to a channel's key."""
    if answer.ok:
        return None
    return f"the provider answers {answer.status} to its key; nothing can be sent. Give the channel a new one."


def plain_part(text: str) -> str:
    """What stands in a path as it is. Raises ValueError for anything else."""
    if not HEADER_TEXT.fullmatch(text) or set("/?#") & set(text):
        raise ValueError("unfit for a path")
    return text


def plain_header(text: str) -> str:
    """What stands in a header as it is. Raises ValueError for anything else."""
    if not HEADER_TEXT.fullmatch(text):
        raise ValueError("unfit for a header")
    return text


def _file_handle(answer: Answer, file: Upload) -> FileHandle | NotSent | Refused:
    said = answer.json()
    media_id = text_of(said.get("id"))
    if answer.ok and media_id:
        return FileHandle(file.name, file.mime_type, id=media_id)
    judged = _judged(answer)
    if isinstance(judged, NotSent | Refused):
        return judged
    return NotSent(f"http_{answer.status}", "WhatsApp did not take the file.", limits.SEND_BUSY_RETRY_SECONDS)


def _not_given(answer: Answer) -> NotFetched:
    judged = _judged(answer)
    if isinstance(judged, NotSent):
        return NotFetched(judged.code, judged.message, judged.retry_after_seconds)
    if judged is not None or 400 <= answer.status < 500:
        code = judged.code if isinstance(judged, Refused) else f"http_{answer.status}"
        return NotFetched(code, "WhatsApp does not have the file any more; files are kept for some days only.", None)
    return NotFetched(f"http_{answer.status}", "WhatsApp could not give the file out.", limits.FETCH_RETRY_SECONDS)


def _judged(answer: Answer) -> SendOutcome | None:
    error = object_of(answer.json().get("error"))
    code = code_of(error)
    return refusal_of(code, answer, error) if error and code is not None else None
