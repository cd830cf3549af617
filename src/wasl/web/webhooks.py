"""Where providers knock: prove the sender on the raw bytes, store everything, and only then say 200."""

import time
from collections.abc import Mapping, Sequence

from starlette.types import Receive, Scope, Send

from wasl.channels.adapter import Adapter, Knock, Thanks
from wasl.errors import NotFound, Unavailable
from wasl.flow.receive import Reception
from wasl.limits import WEBHOOK_BODIES_BYTES_MAX, WEBHOOK_BODY_BYTES_MAX
from wasl.observe import Metrics, log
from wasl.store.team import Channel, Team


class Webhooks:
    """A raw ASGI endpoint: one address per provider where a body names the number, and one per channel with an
    unguessable key. `headers` stand in every answer, beside its own."""

    def __init__(
        self,
        team: Team,
        adapters: Mapping[str, Adapter],
        reception: Reception,
        metrics: Metrics,
        headers: Sequence[tuple[bytes, bytes]],
    ) -> None:
        self._team = team
        self._adapters = adapters
        self._reception = reception
        self._metrics = metrics
        self._headers = headers
        self._coming_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        thanks = Thanks()
        if scope["method"] == "POST":
            status, thanks = await self._take(scope, receive)
        elif scope["method"] in ("GET", "HEAD"):
            status, thanks = await self._verify(scope)
        else:
            status, thanks = 405, Thanks(b"Use POST for updates and GET for verification.")
        self._metrics.webhooks.add(str(status))
        self._metrics.webhook_seconds.observe(time.perf_counter() - started)
        await self._answer(send, status, thanks)

    async def _answer(self, send: Send, status: int, thanks: Thanks) -> None:
        headers = [
            (b"content-type", thanks.content_type.encode()),
            (b"content-length", str(len(thanks.body)).encode()),
            *([(b"allow", b"GET, HEAD, POST")] if status == 405 else []),
            *self._headers,
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": thanks.body})

    async def _take(self, scope: Scope, receive: Receive) -> tuple[int, Thanks]:
        body: bytes | None = b""
        try:
            adapter = self._adapter(scope)
            body = await self._body(receive)
            if body is None:
                return 413, Thanks(b"A webhook has at most 3 MB.")
            knock = _knock(scope, body)
            channel = await self._channel(adapter, scope, knock)
            if channel is None:
                return 401, Thanks(b"The signature does not fit the body.")
            await self._reception.take(adapter, knock, channel, alone="channel_key" in scope["path_params"])
        except NotFound:
            return 404, Thanks(b"There is no such webhook address.")
        except Unavailable as error:
            log.warning("webhook not stored", bytes=len(body or b""), code=error.code)
            return 503, Thanks(b"Not stored. Send it again.")
        return 200, adapter.thanks

    def _adapter(self, scope: Scope) -> Adapter:
        """Raises NotFound for a provider that there is not, or an address that it does not have."""
        adapter = self._adapters.get(scope["path_params"]["provider"])
        if adapter is None or ("channel_key" not in scope["path_params"] and not adapter.form.app_level_url):
            raise NotFound("There is no such webhook address.")
        return adapter

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

    async def _channel(self, adapter: Adapter, scope: Scope, knock: Knock) -> Channel | None:
        """A channel whose proof the request has, or None when no secret of ours made it."""
        channel = self._match(adapter, scope, knock)
        # A channel may have been added, or its secret renewed, by another process a moment ago.
        if channel is None and await self._team.refresh():
            channel = self._match(adapter, scope, knock)
        return channel

    def _match(self, adapter: Adapter, scope: Scope, knock: Knock) -> Channel | None:
        return next((found for found in self._asked(adapter, scope) if adapter.proves(knock, found.access)), None)

    def _asked(self, adapter: Adapter, scope: Scope) -> Sequence[Channel]:
        """The channels that may be meant: at the app-level address one for each secret that there is."""
        key, provider = scope["path_params"].get("channel_key"), adapter.form.provider
        if key is None:
            return self._team.believable(provider)
        channel = self._team.channel_with_key(key)
        return [channel] if channel is not None and channel.provider == provider else []

    async def _verify(self, scope: Scope) -> tuple[int, Thanks]:
        try:
            adapter = self._adapter(scope)
        except NotFound:
            return 404, Thanks(b"There is no such webhook address.")
        knock = _knock(scope, b"")
        challenge = adapter.verify(knock, self._verify_tokens(adapter, scope))
        if challenge is None and await self._team.refresh():
            challenge = adapter.verify(knock, self._verify_tokens(adapter, scope))
        if challenge is None:
            return 403, Thanks(b"The verify token does not fit.")
        return 200, Thanks(challenge.encode())

    def _verify_tokens(self, adapter: Adapter, scope: Scope) -> Sequence[str]:
        if "channel_key" not in scope["path_params"]:
            return sorted(self._team.verify_tokens(adapter.form.provider))
        return [found.access["verify_token"] for found in self._asked(adapter, scope)]


def _knock(scope: Scope, body: bytes) -> Knock:
    return Knock(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), scope["headers"], body)
