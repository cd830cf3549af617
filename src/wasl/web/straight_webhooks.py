"""The straight way of a webhook: what an application's layers and routes do around one costs a tenth of what a whole
message costs.

Whatever is not plain takes the routes' way: so nothing is decided twice.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_ADDRESS = re.compile(r"/webhooks/(?P<provider>[^/\x00-\x1f\x7f]+)(?:/(?P<channel_key>[^/\x00-\x1f\x7f]+))?")


class StraightWebhooks:
    """Stands before an application and hands what is posted to a webhook's address to `webhooks` itself, which is the
    endpoint of the application's routes too."""

    def __init__(self, app: ASGIApp, webhooks: ASGIApp) -> None:
        self._app = app
        self._webhooks = webhooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and (found := _ADDRESS.fullmatch(scope["path"])):
            # An address without a key has no such part at all, as if a route had found it.
            scope["path_params"] = {name: part for name, part in found.groupdict().items() if part is not None}
            await self._webhooks(scope, receive, send)
        else:
            await self._app(scope, receive, send)
