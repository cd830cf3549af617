"""Bends a body that has something of everything, at random: as a value, as text, and as bytes."""

import copy
import json
import random
from typing import Any

from channels.bodies import BUSINESS, LINA, RAMI, RAMI_ID, change, contact, message, status

NUMBERS: list[Any] = [
    *(0, -1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**64), 10**30, 10**400, 0.1, -0.0, 1e308, 1e-320),
    *(float("nan"), float("inf"), float("-inf"), True, False, None),
]
TEXTS = [
    *("", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufeff", "\u202eright to left\u202c", "\u200b\u200d\ufe0f"),
    *(
        "👩‍👩‍👧‍👦" * 50,
        "e\u0301" * 500,
        "\u0600\u06dd",
        "ﷺ" * 100,
        "x" * 70_000,
        "9" * 400,
        "-1",
        "1e9",
        "1.5",
        "٣٤",
        "NaN",
    ),
    *("null", "{}", "[", '{"id": 1}', "wamid." + "A" * 5_000, "' OR 1=1; --", "../../x", "%s%n{0}", "\r\n\r\n", "<b>"),
    *("+961 3 000 001", "0", "-99999999999999999999", "253402300800000", "1790000000"),
]
CONTAINERS: list[Any] = [[], {}, [[]], [None], {"": None}, [{}] * 50, {"id": {"id": {"id": []}}}, list(range(500))]
RAW = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e999",
    "01",
    "+1",
    ".5",
    "1.",
    "0x10",
    "'a'",
    "tru",
    "\\u0000",
    "//x",
]
BYTES = [
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\x1f",
    b"\\",
    b'"',
    b",",
]


def whole_body() -> dict[str, Any]:
    """A body with something of everything that the reader knows."""
    parts: dict[str, Any] = {
        "text": {"body": "kifak"},
        "image": {"id": "77", "mime_type": "image/jpeg", "sha256": "x", "caption": "look"},
        "audio": {"id": "78", "mime_type": "audio/ogg", "voice": True},
        "location": {"latitude": 33.9, "longitude": 35.5, "name": "Souk", "address": "Beirut"},
        "contacts": [{"name": {"formatted_name": "Lina"}, "phones": [{"phone": LINA, "wa_id": LINA}]}],
        "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}},
        "button": {"payload": "p", "text": "Yes"},
        "order": {"catalog_id": "1", "product_items": [{"product_retailer_id": "a", "quantity": 2}]},
        "reaction": {"message_id": "wamid.other", "emoji": "👍"},
        "system": {"type": "user_changed_number", "wa_id": LINA, "body": "changed"},
        "unsupported": {"type": "poll"},
    }
    messages = [
        message(kind, f"wamid.{kind}", **{kind: part}, context={"id": "wamid.before", "from": BUSINESS})
        for kind, part in parts.items()
    ]
    reports = [
        status(
            word,
            f"wamid.ours.{word}",
            conversation={"id": "c"},
            pricing={"billable": True},
            biz_opaque_callback_data="m:1",
        )
        for word in ("sent", "delivered", "read")
    ]
    errors = [{"code": 131_026, "title": "Undeliverable", "message": "no", "error_data": {"details": "no"}}]
    reports.append(status("failed", "wamid.ours.failed", errors=errors))
    people = [contact(user_id=RAMI_ID), contact(RAMI, "Rami")]
    changes = [change(contacts=people, messages=messages, statuses=reports), change("brand_new", thing={"a": [1]})]
    return {"object": "whatsapp_business_account", "entry": [{"id": "700100", "time": 1, "changes": changes}]}


def bent_body(choose: random.Random) -> bytes:
    """The body bent in up to eight places, then perhaps as text and as bytes."""
    body: Any = copy.deepcopy(whole_body())  # Its parts are shared with other tests.
    for _ in range(choose.randint(1, 8)):
        _bend(body, choose)
    words = json.dumps(body, ensure_ascii=choose.random() < 0.5)
    if choose.random() < 0.4:
        words = _bent_words(words, choose)
    raw = words.encode(choose.choice(["utf-8"] * 8 + ["utf-16", "utf-8-sig"]), "surrogatepass")
    return _bent_bytes(raw, choose) if choose.random() < 0.3 else raw


def _bend(body: Any, choose: random.Random) -> None:
    """Change, remove, double or move one thing at a random depth."""
    parent = body
    while True:
        keys: list[Any] = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
        if not keys:
            return
        key = choose.choice(keys)
        inner = parent[key]
        if not isinstance(inner, (dict, list)) or choose.random() < 0.12:
            break
        parent = inner
    what = choose.random()
    if what < 0.15:
        del parent[key]
    elif what < 0.25 and isinstance(parent, list):
        parent.extend(copy.deepcopy(parent[key]) for _ in range(choose.randint(1, 10)))
    elif what < 0.3 and isinstance(parent, dict):
        parent[choose.choice(TEXTS)[:200]] = parent.pop(key)
    else:
        parent[key] = copy.deepcopy(choose.choice(choose.choice([NUMBERS, TEXTS, CONTAINERS])))


def _bent_words(words: str, choose: random.Random) -> str:
    """What no value can say: raw words, keys that stand twice, ends that are missing."""
    place = choose.randrange(len(words) + 1)
    match choose.randrange(4):
        case 0:
            return words[:place] + choose.choice(RAW) + words[place:]
        case 1:
            return words.replace('"id":', f'"id": {choose.choice(["1", "null", "[]"])}, "id":', choose.randint(1, 5))
        case 2:
            return words[:place]
        case _:
            return words.replace("1790000000", choose.choice(RAW[:5]))


def _bent_bytes(raw: bytes, choose: random.Random) -> bytes:
    place = choose.randrange(len(raw) + 1)
    return raw[:place] + choose.choice(BYTES) * choose.randint(1, 3) + raw[place + choose.randint(0, 3) :]
