"""The OpenAPI document: what FastAPI knows of its own calls, and what it cannot know of the raw doors."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI

from wasl.domain.channels import ChannelForm
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


def describe(api: FastAPI, forms: Mapping[str, ChannelForm]) -> None:
    """Let an application serve the whole document. It is put together when somebody first asks for it."""
    own = api.openapi

    def whole() -> Part:
        if api.openapi_schema is None:
            document = own()
            document["components"]["securitySchemes"] = _WAYS_IN
            # A call needs a session unless it says otherwise: forgetting to say so tells of a door that is shut.
            document["security"] = [{name: []} for name in _WAYS_IN]
            document["paths"] |= _raw_paths(forms)
        return api.openapi_schema or {}

    api.description = _ABOUT
    api.openapi = whole  # type: ignore[method-assign]  # FastAPI's own way of changing the document


def _raw_paths(forms: Mapping[str, ChannelForm]) -> dict[str, Part]:
    key = _part_of_path("channel_key", "The unguessable part of a channel's own address.")
    own = _part_of_path("provider", "Whose updates are delivered here.", sorted(forms))
    with_one_address = sorted(provider for provider, form in forms.items() if form.app_level_url)
    all_of_them = _part_of_path("provider", "Whose bodies name the number themselves.", with_one_address)
    return {
        "/api/live-chat/events": {"get": _stream()},
        "/media/{token}/{name}": {"get": _file("get"), "head": _file("head")},
        "/webhooks/{provider}": {
            "get": _verification("app") | {"parameters": [all_of_them, *_questions()]},
            "post": _delivery("app") | {"parameters": [all_of_them, _signature()]},
        },
        "/webhooks/{provider}/{channel_key}": {
            "get": _verification("channel") | {"parameters": [own, key, *_questions()]},
            "post": _delivery("channel") | {"parameters": [own, key, _signature()]},
        },
    }


def _part_of_path(name: str, meaning: str, words: Sequence[str] = ()) -> Part:
    schema: Part = {"type": "string"} | ({"enum": list(words)} if words else {})
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": meaning}


def _stream() -> Part:
    places = [("cursor", "query"), ("Last-Event-ID", "header")]
    meaning = (
        "Go on right behind this event; an empty one is none. The header, which a browser sends by itself, counts "
    )
    meaning += "before the query."
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
                "schema": {"anyOf": [_CURSOR, {"type": "string", "maxLength": 0}]},
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


def _file(method: str) -> Part:
    named = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": meaning}
        for name, meaning in (("token", "What the link is good for."), ("name", "What the file is saved as."))
    ]
    part = {"name": "Range", "in": "header", "required": False, "schema": {"type": "string"}}
    whole: Part = {"description": "The file."} | ({"content": {"*/*": {"schema": {}}}} if method == "get" else {})
    return OPEN | {
        "tags": ["files"],
        "operationId": f"{method}_file",
        "summary": "A file by its link",
        "description": "Where `/api/live-chat/media/{sha256}` leads to. Such a link is good for minutes and needs no "
        "session. Only pictures, sounds, films and PDF are shown; everything else is handed over.",
        "parameters": [*named, part],
        "responses": {
            "200": whole,
            "206": whole | {"description": "The part that `Range` asked for."},
            "304": {"description": "It is the same as the one that `If-None-Match` names."},
            "404": _json("Failure", "`link_ended`: the link is too old, or none of ours. `file_gone`: there is none."),
            "416": {"description": "The file has no such part."},
            "422": _json("Failure", "The address holds a zero byte."),
            "503": _json("Failure", "The database or the file store does not answer."),
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
        "responses": {
            "200": _text("The challenge."),
            "403": _text("The verify token does not fit."),
            "404": _text("No provider and no key are written so.") | {"content": _PLAIN | _failure("Failure")},
        },
    }


def _delivery(whose: str) -> Part:
    return OPEN | {
        "tags": ["webhooks"],
        "operationId": f"deliver_{whose}",
        "summary": "Deliver",
        "description": "A provider delivers what customers wrote and what became of our messages. Whatever the body "
        "holds, it is kept once the sender is proven; 200 is said when it is stored.",
        "requestBody": {
            "required": True,
            "description": f"Up to {WEBHOOK_BODY_BYTES_MAX // 1024**2} MB. The signature is that of these very bytes.",
            "content": {"application/json": {"schema": {}}, "application/x-www-form-urlencoded": {"schema": {}}},
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
        "required": False,
        "schema": {"type": "string"},
        "description": "Meta's proof: `sha256=` and the HMAC of the body with the app's secret, in hexadecimal digits. "
        "What the others prove themselves by stands in each one's page of `docs/channels`.",
    }


def _json(model: str, description: str) -> Part:
    return {"description": description, "content": _failure(model)}


def _failure(model: str) -> Part:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}


def _text(description: str) -> Part:
    return {"description": description, "content": _PLAIN}
