"""How answers and failures look, on every path: JSON, and a failure always with a sentence and a word."""

import asyncio
from collections.abc import Container, Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wasl.errors import Invalid, NotFound, TooLarge, Unavailable, WaslError, WrongMethod
from wasl.limits import REQUEST_BODY_BYTES_MAX
from wasl.observe import log, place_of

STOPPED_RETRY_SECONDS = 1
_FIELDS_TOLD_MAX = 20
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Json(Response):
    """JSON as orjson writes it. Bytes are JSON already and leave as they are."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content)


def failure(error: WaslError) -> Json:
    """The answer for an error: `{success, error, code}` and what its details add."""
    body = {**error.details, "success": False, "error": error.message, "code": error.code}
    headers = {}
    if "retry_after_seconds" in error.details:
        headers["Retry-After"] = str(error.details["retry_after_seconds"])
    if isinstance(error, WrongMethod):
        headers["Allow"] = error.allowed
    return Json(body, status_code=error.http_status, headers=headers)


def install_handlers(api: FastAPI) -> None:
    """Let every error of an application become such an answer, the unforeseen ones too."""
    api.add_exception_handler(WaslError, _refused)
    api.add_exception_handler(RequestValidationError, _not_understood)
    api.add_exception_handler(HTTPException, _http_failure)
    api.add_middleware(Unbroken)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, WaslError)
    note_failure(request.url.path, error)
    return failure(error)


def note_failure(path: str, error: WaslError) -> None:
    """Write down what is not the caller's fault."""
    if error.http_status >= 500:
        log.error("request failed", path=path, code=error.code, error=error.message)


async def _not_understood(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [_field(problem) for problem in error.errors()[:_FIELDS_TOLD_MAX]]
    first = fields[0] if fields else {"field": "", "problem": "it is not what this call expects"}
    sentence = f"{first['field']}: {first['problem']}" if first["field"] else first["problem"]
    return failure(Invalid(f"The request cannot be understood. {sentence}.", details={"fields": fields}))


def _field(problem: Mapping[str, Any]) -> dict[str, str]:
    """One problem, without repeating what was sent: it may be anything."""
    if problem["type"] == "json_invalid":
        return {"field": "", "problem": "The body is not valid JSON"}
    place: Sequence[Any] = problem["loc"]
    name = ".".join(str(part) for part in place[1:])
    return {"field": _printable(name), "problem": _printable(str(problem["msg"]).removeprefix("Value error, "))}


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")[:200]


async def _http_failure(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        sentence = f"This address does not take {request.method}."
        return failure(WrongMethod(sentence, allowed=_methods_at(request) or (error.headers or {}).get("Allow", "")))
    answer = failure(_said_plainly(error.status_code))
    answer.headers.update(error.headers or {})
    return answer


def _methods_at(request: Request) -> str:
    """What a documented address takes: of several routes for it, the one that refused knows only its own."""
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    fitting = (paths[path] for path in paths if compile_path(path)[0].fullmatch(request.scope["path"]))
    return ", ".join(sorted(method.upper() for calls in fitting for method in calls))


def _said_plainly(status: int) -> WaslError:
    match status:
        case 404:
            return NotFound("There is nothing at this address.")
        case 400:
            error = WaslError("The body of the request is not readable JSON.", code="invalid_request")
        case _:
            error = WaslError("The request was refused.", code=f"http_{status}")
    error.http_status = status
    return error


class Unbroken:
    """Answers what nobody foresaw with a sentence, and notes where it happened.

    Its type and place are enough to find it; its text could hold what a customer wrote, so it goes nowhere.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log.error("request failed", path=scope["path"], error=type(error).__name__, at=place_of(error))
            if not started:
                sentence = "Something went wrong on the server. It was noted; please try again."
                await failure(WaslError(sentence))(scope, receive, send)


class LastWord:
    """Answers a request that is cut off because the node stops: what it asked for was not acknowledged. `headers` stand
    in that answer, beside its own."""

    def __init__(self, app: ASGIApp, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except asyncio.CancelledError:
            if started or scope["type"] != "http":
                raise
            details = {"retry_after_seconds": STOPPED_RETRY_SECONDS}
            sentence = "This server is being stopped, and its database did not answer in time. Please try again."
            answer = failure(Unavailable(sentence, details=details))
            answer.raw_headers.extend(self._headers)
            await answer(scope, receive, send)


class BodyLimit:
    """Reads the body of a request up to the limit before anything else sees it, and refuses zero bytes in addresses.

    Not for webhooks and streams: those have doors of their own. What is `streamed` (method, path) reads its own body,
    with its own limit.
    """

    def __init__(self, app: ASGIApp, streamed: Container[tuple[str, str]] = ()) -> None:
        self._app = app
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # PostgreSQL takes no zero byte in a text, and no name of ours has one.
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await failure(Invalid("An address cannot hold a zero byte."))(scope, receive, send)
            return
        if scope["method"] in _BODY_METHODS and (scope["method"], scope["path"]) not in self._streamed:
            body = await _body(scope, receive)
            if body is None:
                sentence = f"The body of a request holds at most {REQUEST_BODY_BYTES_MAX // 1024} KB."
                await failure(TooLarge(sentence))(scope, receive, send)
                return
            receive = Replay(body, receive)
        await self._app(scope, receive, send)


class Replay:
    """Gives out a body that was read already, then whatever really follows."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is known to be too large."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > REQUEST_BODY_BYTES_MAX:
        return None
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        more = message.get("more_body", False)
        if size > REQUEST_BODY_BYTES_MAX:
            return None
    return b"".join(chunks)
