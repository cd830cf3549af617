"""What every answer tells browsers: load nothing foreign, guess no types, stand in nobody's frame."""

from collections.abc import Iterable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob:",  # What a person is about to send is shown from memory.
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
"""Of our own pages. Nothing inline, nothing evaluated, no `data:`: the build makes files of everything."""
NOTHING_AT_ALL = "default-src 'none'; frame-ancestors 'none'"
"""Of everything else: if a browser should ever show it as a page, that page can do nothing."""
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(self), payment=(), usb=()"
HSTS_SECONDS = 2 * 365 * 86_400
"""What deploy/ says too: of two such headers browsers take the first."""

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", PERMISSIONS_POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def headers_of_no_page(*, over_https: bool) -> Sequence[tuple[bytes, bytes]]:
    """What an answer tells browsers that no person is ever shown."""
    return (*_ALWAYS, *_only_https(over_https), (b"content-security-policy", NOTHING_AT_ALL.encode()))


class SecurityHeaders:
    """Adds them to the answers of an application; a header that an answer brings itself stays as it is.

    `over_https` says that people come by TLS, so that their browsers may be told never to come without.
    """

    def __init__(self, app: ASGIApp, *, over_https: bool) -> None:
        self._app = app
        policy = (b"content-security-policy", CONTENT_SECURITY_POLICY.encode())
        self._page = (*_ALWAYS, *_only_https(over_https), policy)
        self._other = headers_of_no_page(over_https=over_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def telling_send(message: Message) -> None:
            # What 304 says takes the place of what the browser has kept, and it does not say what it is the answer of.
            if message["type"] == "http.response.start" and message["status"] != 304:
                message["headers"] = self._with(message.get("headers", ()))
            await send(message)

        await self._app(scope, receive, telling_send)

    def _with(self, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        headers = list(given)
        names = {name.lower(): value for name, value in headers}
        told = self._page if names.get(b"content-type", b"").startswith(b"text/html") else self._other
        return headers + [(name, value) for name, value in told if name not in names]


def _only_https(over_https: bool) -> Sequence[tuple[bytes, bytes]]:
    return [(b"strict-transport-security", b"max-age=%d" % HSTS_SECONDS)] if over_https else []
