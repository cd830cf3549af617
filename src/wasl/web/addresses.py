"""An address is the one that it looks like, to us as to the proxy in front of us."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from wasl.errors import NotFound
from wasl.web.answers import failure

# All but the zero byte, which has a door of its own and a sentence that says why.
_CONTROL = re.compile(r"[\x01-\x1f\x7f]")


class PlainAddresses:
    """Finds nothing at an address with control characters.

    Routes are regular expressions, for which `/metrics` and a line break is `/metrics`: a proxy that keeps outsiders
    from the one would let them through to the other. And no id of ours has such a character.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _CONTROL.search(scope["path"]):
            await failure(NotFound("There is nothing at this address."))(scope, receive, send)
        else:
            await self._app(scope, receive, send)
