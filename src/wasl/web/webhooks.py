"""Where providers knock: prove the sender on the raw bytes, store everything, and only then say 200."""

import time
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from wasl.channels.meta import signature_is_valid, verify_subscription
from wasl.errors import NotFound, Unavailable
from wasl.flow.receive import Reception
from wasl.limits import WEBHOOK_BODIES_BYTES_MAX, WEBHOOK_BODY_BYTES_MAX
from wasl.observe import Metrics, log
from wasl.store.team import Team

_SIGNATURE = b"x-hub-signature-256"
_OK = b"EVENT_RECEIVED"


class Webhooks:
    """A raw ASGI endpoint: one app-level URL per provider, and one URL per channel with an unguessable key."""

    def __init__(self, team: Team, reception: Reception, metrics: Metrics) -> None:
        self._team = team
        self._reception = reception
        self._metrics = metrics
        self._coming_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        if scope["method"] == "POST":
            status, text = await self._take(scope, receive)
        elif scope["method"] in ("GET", "HEAD"):
            status, text = await self._verify(scope)
        else:
            status, text = 405, b"Use POST for updates and GET for verification."
        self._metrics.webhooks.add(str(status))
        self._metrics.webhook_seconds.observe(time.perf_counter() - started)
        await _answer(send, status, text, [(b"allow", b"GET, HEAD, POST")] if status == 405 else [])

    async def _take(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        body: bytes | None = b""
        try:
            body = await self._body(receive)
            if body is None:
                return 413, b"A webhook has at most 3 MB."
            proof = await self._proof(scope, body)
            if proof is None:
                return 401, b"The signature does not fit the body."
            await self._reception.take("meta", body, proof)
        except NotFound:
            return 404, b"There is no such webhook address."
        except Unavailable as error:
            log.warning("webhook not stored", bytes=len(body or b""), code=error.code)
            return 503, b"Not stored. Send it again."
        return 200, _OK

    async def _body(self, receive: Receive) -> bytes | None:
        """The raw bytes, or None when there are more than a webhook may have.

        Raises Unavailable when too much is coming in at once: what it holds, nobody has signed for yet.
        """
        message = await receive()
        body: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            return body if len(body) <= WEBHOOK_BODY_BYTES_MAX else None
        parts, size = [body], len(body)
        self._coming_bytes += size
        try:
            while message.get("more_body", False):
                message = await receive()
                part = message.get("body", b"")
                size += len(part)
                self._coming_bytes += len(part)
                if size > WEBHOOK_BODY_BYTES_MAX:
                    return None
                if self._coming_bytes > WEBHOOK_BODIES_BYTES_MAX:
                    raise Unavailable("Too much is coming in at once.", code="too_much_coming")
                parts.append(part)
            return b"".join(parts)
        finally:
            self._coming_bytes -= size

    async def _proof(self, scope: Scope, body: bytes) -> str | None:
        """The fingerprint of the secret that signed the body, or None when no secret of ours did."""
        signature = next((value for name, value in scope["headers"] if name == _SIGNATURE), None)
        if signature is None:
            return None
        header = signature.decode("latin-1")
        proof = self._match(scope, body, header)
        # A channel may have been added, or its secret renewed, by another process a moment ago.
        if proof is None and await self._team.refresh():
            proof = self._match(scope, body, header)
        return proof

    def _match(self, scope: Scope, body: bytes, header: str) -> str | None:
        for secret, proof in self._secrets(scope):
            if signature_is_valid(body, header, secret):
                return proof
        return None

    def _secrets(self, scope: Scope) -> list[tuple[bytes, str]]:
        key = scope["path_params"].get("channel_key")
        if key is None:
            return self._team.secrets("meta")
        channel = self._team.channel_with_key(key)
        return [(channel.app_secret, channel.proof)] if channel is not None else []

    async def _verify(self, scope: Scope) -> tuple[int, bytes]:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        challenge = verify_subscription(query, self._verify_tokens(scope))
        if challenge is None and await self._team.refresh():
            challenge = verify_subscription(query, self._verify_tokens(scope))
        if challenge is None:
            return 403, b"The verify token does not fit."
        return 200, challenge.encode()

    def _verify_tokens(self, scope: Scope) -> frozenset[str]:
        key = scope["path_params"].get("channel_key")
        if key is None:
            return self._team.verify_tokens("meta")
        channel = self._team.channel_with_key(key)
        return frozenset((channel.verify_token,)) if channel is not None else frozenset()


async def _answer(send: Send, status: int, text: bytes, more: list[tuple[bytes, bytes]]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
