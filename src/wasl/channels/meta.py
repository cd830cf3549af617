"""Meta's WhatsApp Cloud API: the proof of a webhook, the check of a subscription, and sending text.

Meta has no key that makes a repeated send harmless, and a send whose answer was lost cannot be asked for. So `send`
says honestly which of four things happened, and only what provably was not taken may be tried again.
"""

import asyncio
import hashlib
import hmac
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import httpx2
import orjson

from wasl import limits
from wasl.channels.fields import Object, list_of, object_of, text_of
from wasl.channels.json_body import read_json, storable_text
from wasl.channels.meta_errors import ErrorClass, class_of, explain, first_error_of
from wasl.clock import monotonic
from wasl.domain.sending import NOT_BEGUN, Accepted, NotSent, Outgoing, Refused, SendOutcome, Unclear

_SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)
_HEADER_TEXT = re.compile(r"[\x21-\x7e]+")
_CHALLENGE_CHARACTERS_MAX = 256

SEND_TIMEOUT = httpx2.Timeout(
    connect=limits.SEND_CONNECT_SECONDS_MAX,
    read=limits.SEND_READ_SECONDS_MAX,
    write=limits.SEND_WRITE_SECONDS_MAX,
    pool=limits.SEND_POOL_SECONDS_MAX,
)


def signature_is_valid(body: bytes, header: str | None, secret: bytes) -> bool:
    """Check `X-Hub-Signature-256` (`sha256=<hex>`) against the raw bytes of a body, in constant time.

    An empty secret proves nothing and is never valid.
    """
    match = _SIGNATURE.fullmatch(header or "")
    if not match or not secret:
        return False
    made = _keyed(secret).copy()
    made.update(body)
    return hmac.compare_digest(made.hexdigest(), match[1].lower())


@lru_cache(maxsize=256)
def _keyed(secret: bytes) -> hmac.HMAC:
    """An HMAC that has taken its key. `hmac.digest` would give up the interpreter for a microsecond's work, and wait
    to get it back from a busy writer."""
    return hmac.new(secret, digestmod=hashlib.sha256)


def verify_subscription(query: Mapping[str, str], tokens: Iterable[str]) -> str | None:
    """Answer Meta's question whether this address is ours: the challenge to send back, or None to refuse."""
    challenge, asked = query.get("hub.challenge", ""), _bytes_of(query.get("hub.verify_token", ""))
    # Every token is compared, so that the time taken does not tell which one came close.
    fits = [hmac.compare_digest(_bytes_of(token), asked) for token in tokens if token]
    if query.get("hub.mode") != "subscribe" or not any(fits):
        return None
    return challenge if 0 < len(challenge) <= _CHALLENGE_CHARACTERS_MAX else None


@dataclass(frozen=True, slots=True)
class MetaCredentials:
    """How one business number is reached. `api_base_url` is without version and trailing path."""

    phone_number_id: str
    access_token: str = field(repr=False)
    api_base_url: str = "https://graph.facebook.com"
    api_version: str = "v24.0"


class MetaChannel:
    """Sends through an HTTP client that many channels share and that somebody else closes."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        timeout: httpx2.Timeout = SEND_TIMEOUT,
        total_seconds: float = limits.SEND_TOTAL_SECONDS_MAX,
    ) -> None:
        self._client = client
        self._timeout = timeout
        self._total_seconds = total_seconds

    async def send(self, credentials: MetaCredentials, outgoing: Outgoing, until: float = math.inf) -> SendOutcome:
        """Hand one text to Meta, once, and say what became of it. Never raises for what the network or Meta does.

        Whoever stood still past `until` (monotonic seconds) sends nothing any more: NOT_BEGUN.
        """
        problem = _refusal_of_ours(outgoing)
        if problem is not None:
            return problem
        try:
            request = self._request_for(credentials, outgoing)
        except (ValueError, httpx2.InvalidURL):
            return _misconfigured("The channel's address or access token cannot be used.")
        try:
            request.extensions["trace"] = partial(_hold_back, until)
            async with asyncio.timeout(self._total_seconds):
                http_status, headers, body = await self._exchange(request)
            # Whoever answered may repeat what was asked, and what an answer says is kept and shown.
            return outcome_of(http_status, headers, body.replace(credentials.access_token.encode(), b"[token]"))
        except _TooLate:
            return NOT_BEGUN
        except TimeoutError:
            return Unclear(f"no whole answer within {self._total_seconds:g} s")
        except httpx2.HTTPError as error:
            return _outcome_of_failure(error)

    def _request_for(self, credentials: MetaCredentials, outgoing: Outgoing) -> httpx2.Request:
        if not _HEADER_TEXT.fullmatch(credentials.access_token) or not _HEADER_TEXT.fullmatch(
            credentials.phone_number_id
        ):
            raise ValueError("unfit for a header or a path")
        base = credentials.api_base_url.rstrip("/")
        return self._client.build_request(
            "POST",
            f"{base}/{credentials.api_version}/{credentials.phone_number_id}/messages",
            content=orjson.dumps(body_for(outgoing)),
            headers={
                "Authorization": f"Bearer {credentials.access_token}",
                "Content-Type": "application/json",
                # Answers are short; a packed one could unpack to more than is read.
                "Accept-Encoding": "identity",
            },
            timeout=self._timeout,
        )

    async def _exchange(self, request: httpx2.Request) -> tuple[int, Mapping[str, str], bytes]:
        # Redirects are never followed: a message must not be posted twice.
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > limits.SEND_ANSWER_BYTES_MAX:
                    break
            return response.status_code, response.headers, body
        finally:
            await response.aclose()


class _TooLate(Exception):
    """The moment up to which a message might leave is over."""


async def _hold_back(until: float, step: str, _: Mapping[str, Any]) -> None:
    # The last step before anybody could take the message: a request without its body is none.
    if step.endswith("send_request_body.started") and monotonic() >= until:
        raise _TooLate


def body_for(outgoing: Outgoing) -> dict[str, Any]:
    """Build the body of `POST /<phone number id>/messages` for a text."""
    to = {"to": f"+{outgoing.to_phone}"} if outgoing.to_phone else {"recipient": outgoing.to_bsuid}
    quoted = {"context": {"message_id": outgoing.reply_to}} if outgoing.reply_to else {}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **to,
        "type": "text",
        "text": {"body": storable_text(outgoing.text), "preview_url": False},
        **quoted,
        "biz_opaque_callback_data": outgoing.callback_data,
    }


def outcome_of(http_status: int, headers: Mapping[str, str], body: bytes) -> SendOutcome:
    """Judge Meta's answer to a send.

    Only Meta's own error object says no. An error page of something in between, or an answer that cannot be read, says
    nothing about the message.
    """
    try:
        answer = object_of(read_json(body)) or {}
    except ValueError:
        answer = {}
    error = object_of(answer.get("error"))
    code = text_of(error.get("code")) if error else None
    if error and code and code.isdecimal() and len(code) < 10:
        return _judged(int(code), http_status, headers, error)
    if 200 <= http_status < 300:
        message_id = _message_id_of(answer)
        return Accepted(message_id) if message_id else Unclear(f"an answer {http_status} without a message id")
    return Unclear(f"an answer {http_status} that is not WhatsApp's own")


def _judged(code: int, http_status: int, headers: Mapping[str, str], error: Object) -> SendOutcome:
    error_class = class_of(code, http_status)
    if http_status == 429 and error_class not in _WAITING:
        error_class = ErrorClass.RETRY_SLOW
    _, sentence = first_error_of([error])
    sentence = sentence or explain(str(code), None) or f"WhatsApp refused the message (code {code})."
    match error_class:
        case ErrorClass.UNCLEAR:
            return Unclear(f"WhatsApp reports failure {code} and does not say of what")
        case ErrorClass.WINDOW | ErrorClass.TEMPLATE | ErrorClass.PERMANENT:
            return Refused(str(code), sentence)
        case ErrorClass.AUTH | ErrorClass.CONFIG:
            return NotSent(
                str(code), sentence, limits.SEND_HELD_RETRY_SECONDS, holds="channel", counts_as_attempt=False
            )
        case ErrorClass.PAIR:
            return NotSent(str(code), sentence, _pause(limits.SEND_PAIR_RETRY_SECONDS, headers))
        case ErrorClass.RETRY_SLOW:
            return NotSent(str(code), sentence, _pause(limits.SEND_LIMITED_RETRY_SECONDS, headers), holds="channel")
        case ErrorClass.RETRY:
            return NotSent(str(code), sentence, _pause(limits.SEND_BUSY_RETRY_SECONDS, headers), holds="channel")


_WAITING = {ErrorClass.RETRY, ErrorClass.RETRY_SLOW, ErrorClass.PAIR}


def _refusal_of_ours(outgoing: Outgoing) -> Refused | None:
    if not (outgoing.to_phone or outgoing.to_bsuid):
        return Refused("no_recipient", "Neither a phone number nor a WhatsApp id of this customer is known.")
    if not outgoing.text.strip():
        return Refused("empty_text", "The message is empty.")
    if len(outgoing.text) > limits.TEXT_CHARACTERS_MAX:
        return Refused("text_too_long", f"WhatsApp takes at most {limits.TEXT_CHARACTERS_MAX} characters.")
    return None


def _outcome_of_failure(error: httpx2.HTTPError) -> SendOutcome:
    """Tell what never left from what may have: only a connection that was not there yet proves anything."""
    match error:
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.ProxyError():
            sentence = "WhatsApp could not be reached."
            return NotSent(_name_of(error), sentence, limits.SEND_BUSY_RETRY_SECONDS, holds="channel")
        case httpx2.PoolTimeout():
            return NotSent(_name_of(error), "Too many messages are on their way.", limits.SEND_BUSY_RETRY_SECONDS)
        case httpx2.UnsupportedProtocol():
            return _misconfigured("The channel's address must begin with https://.")
        case _:
            return Unclear(f"the answer was lost ({_name_of(error)})")


def _misconfigured(what: str) -> NotSent:
    sentence = f"{what} An administrator must correct it."
    return NotSent("misconfigured", sentence, limits.SEND_HELD_RETRY_SECONDS, holds="channel", counts_as_attempt=False)


def _message_id_of(answer: Object) -> str | None:
    messages = (object_of(message) or {} for message in list_of(answer.get("messages")))
    return next(filter(None, (text_of(message.get("id")) for message in messages)), None)


def _pause(seconds: float, headers: Mapping[str, str]) -> float:
    """Wait as long as the provider asks for, within bounds, and never less than we think right."""
    asked = headers.get("retry-after", "")
    wanted = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0.0
    return max(seconds, min(wanted, limits.SEND_RETRY_AFTER_SECONDS_MAX))


def _name_of(error: Exception) -> str:
    """Turn `ConnectTimeout` into `connect_timeout`: httpx2's messages may hold addresses, its class names do not."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
