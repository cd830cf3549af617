"""The OpenAPI document: what FastAPI knows of its own calls, and what it cannot know of the two raw doors."""

from typing import Any

from fastapi import FastAPI

from wasl.domain.events import CURSOR_FORM, EventKind
from wasl.limits import REQUEST_BODY_BYTES_MAX, WEBHOOK_BODY_BYTES_MAX
from wasl.web.failures import OPEN
from wasl.web.session import COOKIE

Part = dict[str, Any]

_ABOUT = f"""Every call of the operators' API with every field. What the fields mean together, the rules of a client and
Socket.IO, which no OpenAPI document can describe, stand in `docs/LIVE_CHAT_API_CONTRACT.md`.

Every failure is `{{success: false, error, code}}`, but for the webhooks', which are plain text. A body holds at most
{REQUEST_BODY_BYTES_MAX // 1024} KB. An address with a zero byte (`%00`) is refused everywhere with 422; a
method that an address does not take, with 405 and `Allow`."""

_PLAIN: Part = {"text/plain": {"schema": {"type": "string"}}}
_CURSOR: Part = {"type": "string", "pattern": f"^{CURSOR_FORM.pattern}$", "examples": ["1041-0b21d7aa"]}
_WAYS_IN: Part = {
    "token": {"type": "http", "scheme": "bearer", "description": "`token`, as `POST /api/session` answers it."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The same, kept by a browser. Unsafe methods are then taken from our own pages only.",
    },
}


def describe(api: FastAPI) -> None:
    """Let an application serve the whole document. It is put together when somebody first asks for it."""
    own = api.openapi

    def whole() -> Part:
        if api.openapi_schema is None:
            document = own()
            document["components"]["securitySchemes"] = _WAYS_IN
            # A call needs a session unless it says otherwise: forgetting to say so tells of a door that is shut.
            document["security"] = [{name: []} for name in _WAYS_IN]
            document["paths"] |= _raw_paths()
        return api.openapi_schema or {}

    api.description = _ABOUT
    api.openapi = whole  # type: ignore[method-assign]  # FastAPI's own way of changing the document


def _raw_paths() -> dict[str, Part]:
    key = {
        "name": "channel_key",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": "The unguessable part of a channel's own address.",
    }
    return {
        "/api/live-chat/events": {"get": _stream()},
        "/webhooks/meta": {"get": _verification("app"), "post": _delivery("app")},
        "/webhooks/meta/{channel_key}": {
            "get": _verification("channel") | {"parameters": [key, *_questions()]},
            "post": _delivery("channel") | {"parameters": [key, _signature()]},
        },
    }


def _stream() -> Part:
    places = [("cursor", "query"), ("Last-Event-ID", "header")]
    meaning = "Go on right behind this event. The header, which a browser sends by itself, counts before the query."
    return {
        "tags": ["events"],
        "operationId": "stream_events",
        "summary": "Stream",
        "description": "Every change of the account as it happens, as server-sent events: each block has `event:` and "
        "`data:` (JSON), durable ones also `id:`. Without a cursor a first page of the list comes first. The stream "
        "ends when the server asks its client to come back (`bye`), at the latest after some ten minutes.",
        "parameters": [
            {
                "name": name,
                "in": place,
                "required": False,
                "schema": _CURSOR,
                "example": "1041-0b21d7aa",
                "description": meaning,
            }
            for name, place in places
        ],
        "responses": {
            "200": {
                "description": "The stream, until either side ends it.",
                "content": {"text/event-stream": {"schema": _block()}},
            },
            "401": _json("Failure", "Not signed in."),
            "422": _json("InvalidRequest", "`bad_cursor`: it looks like no cursor."),
            "429": _json("SlowDown", "`too_many_streams`: this operator has very many open."),
            "503": _json("Failure", "The database does not answer."),
        },
    }


def _block() -> Part:
    """What each block of the stream holds."""
    kinds = ("connected", "conversations", *EventKind, "resync", "heartbeat", "bye", "typing", "presence")
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "event": {"type": "string", "enum": [str(kind) for kind in kinds]},
            "id": _CURSOR,
            "retry": {"description": "Milliseconds until the next try, for when this stream has ended."},
            "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "object"}},
        },
    }


def _verification(whose: str) -> Part:
    return OPEN | {
        "tags": ["webhooks"],
        "operationId": f"verify_{whose}",
        "summary": "Verify",
        "description": "Meta asks whether this address is ours, and we say its challenge back.",
        "parameters": _questions(),
        "responses": {
            "200": _text("The challenge."),
            "403": _text("The verify token does not fit."),
            "404": _json("Failure", "No key has such characters."),
        },
    }


def _delivery(whose: str) -> Part:
    return OPEN | {
        "tags": ["webhooks"],
        "operationId": f"deliver_{whose}",
        "summary": "Deliver",
        "description": "Meta delivers what customers wrote and what became of our messages. Whatever the body holds, "
        "it is kept once its signature is proven; 200 is said when it is stored.",
        "parameters": [_signature()],
        "requestBody": {
            "required": True,
            "description": f"Up to {WEBHOOK_BODY_BYTES_MAX // 1024**2} MB. The signature is that of these very bytes.",
            "content": {"application/json": {"schema": {}}},
        },
        "responses": {
            "200": _text("Stored."),
            "401": _text("No secret of ours made the signature."),
            "404": _text("The account is gone.") | {"content": _PLAIN | _failure("Failure")},
            "413": _text("The body is over the limit."),
            "503": _text("Not stored; to be sent again."),
        },
    }


def _questions() -> list[Part]:
    return [
        {"name": name, "in": "query", "required": True, "schema": {"type": "string"}, "description": meaning}
        for name, meaning in (
            ("hub.mode", "`subscribe`."),
            ("hub.verify_token", "What was entered on both sides."),
            ("hub.challenge", "What is to be said back."),
        )
    ]


def _signature() -> Part:
    return {
        "name": "X-Hub-Signature-256",
        "in": "header",
        "required": True,
        "schema": {"type": "string"},
        "description": "`sha256=` and the HMAC of the body with the app's secret, in hexadecimal digits.",
    }


def _json(model: str, description: str) -> Part:
    return {"description": description, "content": _failure(model)}


def _failure(model: str) -> Part:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}


def _text(description: str) -> Part:
    return {"description": description, "content": _PLAIN}
