"""What Meta's Cloud API takes as the body of a send, as a JSON Schema of our own (Meta, message API reference).

Stricter than Meta where Wasl has no use for more: a field that is not named here is a mistake of ours.
"""

from typing import Any

from jsonschema_rs import validator_for

Schema = dict[str, Any]


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> Schema:
    properties = {**required, **(optional or {})}
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _text(most: int, least: int = 1) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": r"\S" if least else ""}


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _file(**more: Schema) -> Schema:
    link = {"type": "string", "pattern": "^https?://[^/]+/"}
    return {"oneOf": [_object({"id": _text(200)}, more), _object({"link": link}, more)]}


_REPLY_BUTTON = _object(
    {"type": {"const": "reply"}, "reply": _object({"id": _text(256), "title": _text(20)})},
)
_ROW = _object({"id": _text(200), "title": _text(24)}, {"description": _text(72)})
_SECTION = _object({"rows": _list(_ROW, 10)}, {"title": _text(24)})
_HEADER = {
    "oneOf": [
        _object({"type": {"const": "text"}, "text": _text(60)}),
        *(_object({"type": {"const": kind}, kind: _file()}) for kind in ("image", "video", "document")),
    ]
}


def _interactive(kind: str, action: Schema) -> Schema:
    parts = {"type": {"const": kind}, "body": _object({"text": _text(1024)}), "action": action}
    return _object(parts, {"header": _HEADER, "footer": _object({"text": _text(60)})})


_LINK = _object(
    {
        "name": {"const": "cta_url"},
        "parameters": _object({"display_text": _text(20), "url": {"type": "string", "pattern": "^https?://."}}),
    }
)
_INTERACTIVE = {
    "oneOf": [
        _interactive("button", _object({"buttons": _list(_REPLY_BUTTON, 3)})),
        _interactive("list", _object({"button": _text(20), "sections": _list(_SECTION, 10)})),
        _interactive("cta_url", _LINK),
    ]
}
_GAP = _object({"type": {"const": "text"}, "text": _text(1024)}, {"parameter_name": _text(60)})
_COMPONENT = {
    "oneOf": [
        _object({"type": {"const": "header"}, "parameters": _list(_GAP, 1)}),
        *(
            _object(
                {
                    "type": {"const": "header"},
                    "parameters": _list(_object({"type": {"const": kind}, kind: _file(**more)}), 1),
                }
            )
            for kind, more in (("image", {}), ("video", {}), ("document", {"filename": _text(300)}))
        ),
        _object({"type": {"const": "body"}, "parameters": _list(_GAP, 100)}),
        _object(
            {
                "type": {"const": "button"},
                "sub_type": {"const": "url"},
                "index": {"type": "string", "pattern": "^[0-9]$"},
                "parameters": _list(_object({"type": {"const": "text"}, "text": _text(2000)}), 1),
            }
        ),
        _object(
            {
                "type": {"const": "button"},
                "sub_type": {"const": "copy_code"},
                "index": {"type": "string", "pattern": "^[0-9]$"},
                "parameters": _list(_object({"type": {"const": "coupon_code"}, "coupon_code": _text(20)}), 1),
            }
        ),
    ]
}
_CARD = _object(
    {
        "name": {
            **_object({"formatted_name": _text(300)}, {"first_name": _text(300), "last_name": _text(300)}),
            "minProperties": 2,
        }
    },
    {
        "phones": {"type": "array", "items": _object({"phone": _text(300)}, {"type": _text(300)})},
        "emails": {"type": "array", "items": _object({"email": _text(300)}, {"type": _text(300)})},
        "org": _object({}, {"company": _text(300), "department": _text(300), "title": _text(300)}),
    },
)
_PARTS: dict[str, Schema] = {
    "text": _object({"body": _text(4096)}, {"preview_url": {"type": "boolean"}}),
    "image": _file(caption=_text(1024)),
    "video": _file(caption=_text(1024)),
    "audio": _file(voice={"type": "boolean"}),
    "document": _file(caption=_text(1024), filename=_text(300)),
    "sticker": _file(),
    "location": _object(
        {
            "latitude": {"type": "number", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "minimum": -180, "maximum": 180},
        },
        {"name": _text(1000), "address": _text(1000)},
    ),
    "contacts": _list(_CARD, 257),
    "reaction": _object({"message_id": _text(512), "emoji": {"type": "string", "maxLength": 20}}),
    "interactive": _INTERACTIVE,
    "template": _object(
        {"name": {"type": "string", "pattern": "^[a-z0-9_]{1,512}$"}, "language": _object({"code": _text(20)})},
        {"components": _list(_COMPONENT, 20)},
    ),
}


def _message(kind: str) -> Schema:
    common = {
        "messaging_product": {"const": "whatsapp"},
        "recipient_type": {"const": "individual"},
        "type": {"const": kind},
        kind: _PARTS[kind],
    }
    more = {"context": _object({"message_id": _text(512)}), "biz_opaque_callback_data": _text(512)}
    by_phone = {"to": {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"}}
    by_bsuid = {"recipient": {"type": "string", "pattern": r"^[A-Z]{2}\.[A-Za-z0-9.]+$"}}
    return {"oneOf": [_object({**common, **by_phone}, more), _object({**common, **by_bsuid}, more)]}


_OF_KIND = {kind: validator_for(_message(kind)) for kind in _PARTS}


def complaints(body: dict[str, Any]) -> list[str]:
    """What is wrong with a body; nothing when Meta would take it."""
    kind = body.get("type")
    if kind not in _OF_KIND:
        return [f"no type {kind!r}"]
    return [f"{'/'.join(map(str, found.instance_path))}: {found.message}" for found in _OF_KIND[kind].iter_errors(body)]
