"""Who may ask for what, for every operation of the OpenAPI document; one that is missing here fails the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hardening.busy_shop import BusyShop

JsonObject = dict[str, Any]
API = "/api/live-chat"
INSIDERS = ("owner", "admin", "operator")
OUTSIDERS = ("nobody", "expired", "ended", "disabled")
STRANGER = "stranger"
"""An operator of another account, who knows every id of the shop."""


def _nothing(shop: BusyShop) -> JsonObject:
    return {}


@dataclass(frozen=True, slots=True)
class Door:
    """What an operation answers to whom. `asked` makes a right request of it, about things of the shop."""

    asked: Callable[[BusyShop], JsonObject] = _nothing
    owner: int = 200
    admin: int = 200
    operator: int = 200
    stranger: int = 404
    outsiders: int = 401

    def expected(self, who: str) -> int:
        """The status that somebody is answered with."""
        status: int = self.outsiders if who in OUTSIDERS else getattr(self, who)
        return status


def _open(status: int, asked: Callable[[BusyShop], JsonObject] = _nothing) -> Door:
    """An operation that asks nobody for a session."""
    return Door(asked, status, status, status, status, status)


def _conversation(**more: Any) -> Callable[[BusyShop], JsonObject]:
    def asked(shop: BusyShop) -> JsonObject:
        chat = shop.chat
        return {"json": {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"], **more}}

    return asked


def _query(**query: Any) -> Callable[[BusyShop], JsonObject]:
    return lambda shop: {"params": query}


def _search(shop: BusyShop) -> JsonObject:
    return {"params": {"search": shop.chat["phone_clean"]}}


def _decided(shop: BusyShop) -> JsonObject:
    # What became of it is known: whoever may ask hears so.
    return {"json": {"conversation_id": shop.chat["conversation_id"], "message_id": shop.message_ids[0]}}


def _one_contact(shop: BusyShop) -> JsonObject:
    return {"json": {"user_id": shop.chat["user_id"], "other_user_id": shop.chat["user_id"]}}


def _one_fact(shop: BusyShop) -> JsonObject:
    return {"json": {"user_id": shop.chat["user_id"], "fact_id": "1"}}


def _channel(shop: BusyShop) -> JsonObject:
    return {"json": {"channel_id": shop.chat["channel"]["channel_id"]}}


def _reacted(shop: BusyShop) -> JsonObject:
    about = {"conversation_id": shop.chat["conversation_id"], "message_id": shop.message_ids[0]}
    return {"json": {**about, "emoji": "👍"}}


def _entry(**more: Any) -> Callable[[BusyShop], JsonObject]:
    return lambda shop: {"json": {"question": "Matrix?", "answers": {"en": "An answer."}, **more}}


def _line(shop: BusyShop) -> JsonObject:
    return {"conversation_id": shop.chat["conversation_id"], "message_id": shop.knows.line_id}


def _corrected(shop: BusyShop) -> JsonObject:
    lesson = {"action": "message", "correction": "something else"}
    return {"json": {**_line(shop), "user_id": shop.chat["user_id"], **lesson}}


def _settings(shop: BusyShop) -> JsonObject:
    # Nobody has seen this version: whoever may set it hears so, and nothing is set.
    return {"json": {"channel_id": shop.chat["channel"]["channel_id"], "settings": {}, "version": 999}}


def _draft(shop: BusyShop) -> JsonObject:
    about = _conversation(message=f"{shop.word} matrix", force=True, reply_to=shop.message_ids[0])(shop)
    return {**about, "headers": {"Idempotency-Key": f"{shop.word}-matrix"}}


MATRIX: dict[str, Door] = {
    "GET /api/session": Door(stranger=200),
    # Not even tried: so many wrong passwords would shut the door for whoever comes next.
    "POST /api/session": _open(422, lambda shop: {"json": {"email": "nobody@nowhere.example"}}),
    "DELETE /api/session": _open(200),
    f"GET {API}/unified-chats": Door(_search, stranger=200),
    f"GET {API}/active-conversations": Door(_search, stranger=200),
    f"GET {API}/waiting-queue": Door(stranger=200),
    f"GET {API}/conversation/{{user_id}}/{{conversation_id}}": Door(),
    f"GET {API}/client/{{user_id}}/conversations": Door(),
    # Nobody is merged with themselves; and there is no such merge, here or anywhere.
    f"POST {API}/contacts/merge": Door(_one_contact, 409, 409, 409),
    f"POST {API}/contacts/unmerge": Door(lambda shop: {"json": {"merge_id": "999999"}}, 404, 404, 404),
    f"GET {API}/client/{{user_id}}/facts": Door(),
    f"POST {API}/contacts/forget-fact": Door(_one_fact),
    f"GET {API}/metrics": Door(stranger=200),
    f"GET {API}/messages/{{message_id}}/trace": Door(),
    f"POST {API}/takeover": Door(_conversation()),
    f"POST {API}/release": Door(_conversation()),
    f"POST {API}/end-conversation": Door(_conversation()),
    f"POST {API}/read": Door(_conversation(sequence=1)),
    f"POST {API}/operator-status": Door(lambda shop: {"json": {"status": "away"}}, stranger=200),
    f"POST {API}/send-message": Door(_draft),
    f"GET {API}/channels": Door(stranger=200),
    f"GET {API}/templates": Door(lambda shop: {"params": {"conversation_id": shop.chat["conversation_id"]}}),
    # Its provider is nowhere, so nobody gets a list; who asks for another account's hears that there is none.
    f"POST {API}/templates/refresh": Door(_channel, 409, 409, 409),
    f"POST {API}/send-again": Door(_decided, 409, 409, 409),
    f"POST {API}/discard-message": Door(_decided, 409, 409, 409),
    f"GET {API}/media/{{sha256}}": Door(owner=302, admin=302, operator=302),
    f"POST {API}/uploads": Door(lambda shop: {"params": {"name": "a.txt"}, "content": b"words"}, stranger=200),
    f"DELETE {API}/uploads/{{upload_id}}": Door(owner=404, admin=404, operator=404),
    f"POST {API}/fetch-media": Door(_decided, 409, 409, 409),
    # Whoever has a link is let in by it; this is none.
    "GET /media/{token}/{name}": _open(404),
    "HEAD /media/{token}/{name}": _open(404),
    f"POST {API}/react": Door(_reacted),
    f"POST {API}/typing": Door(_conversation(typing=True)),
    f"POST {API}/viewing": Door(_conversation()),
    f"GET {API}/assistant/settings": Door(stranger=200),
    f"PUT {API}/assistant/settings": Door(_settings, 409, 409, 403),
    f"PUT {API}/assistant/tools": Door(lambda shop: {"json": {"tools": [], "version": 999}}, 409, 409, 403, 409),
    f"GET {API}/assistant/report": Door(stranger=200),
    f"POST {API}/assistant/try": Door(lambda shop: {"json": {"text": "When are you open?"}}, stranger=200),
    f"GET {API}/knowledge/entries": Door(stranger=200),
    f"POST {API}/knowledge/entries": Door(_entry(), stranger=200),
    f"PUT {API}/knowledge/entries/{{entry_id}}": Door(_entry(version=999), 409, 409, 409),
    f"DELETE {API}/knowledge/entries/{{entry_id}}": Door(),
    f"GET {API}/knowledge/entries/{{entry_id}}/changes": Door(),
    f"GET {API}/knowledge/documents": Door(stranger=200),
    f"POST {API}/knowledge/documents": Door(
        lambda shop: {"params": {"name": "a.md"}, "content": b"some words"}, stranger=200
    ),
    f"DELETE {API}/knowledge/documents/{{document_id}}": Door(owner=404, admin=404, operator=404),
    f"GET {API}/knowledge/unanswered": Door(stranger=200),
    f"POST {API}/knowledge/unanswered/{{group_id}}/dismiss": Door(owner=404, admin=404, operator=404),
    f"GET {API}/faq-match-context": Door(lambda shop: {"params": _line(shop)}),
    f"POST {API}/answer-feedback": Door(lambda shop: {"json": {**_line(shop), "verdict": "up"}}),
    f"POST {API}/edit-message": Door(_corrected),
    f"POST {API}/copilot/suggest": Door(_conversation()),
    f"POST {API}/copilot/rewrite": Door(
        lambda shop: {"json": {"text": "Good morning", "how": "shorter"}}, 409, 409, 409, 409
    ),
    f"POST {API}/copilot/summary": Door(_conversation()),
    f"GET {API}/events": Door(stranger=200),
    f"GET {API}/events/poll": Door(_query(wait=0), stranger=200),
    "GET /health": _open(200),
    "GET /ready": _open(200),
    "GET /metrics": _open(200),
    "GET /webhooks/{provider}": _open(403),
    "POST /webhooks/{provider}": _open(401, lambda shop: {"json": {"entry": []}}),
    "GET /webhooks/{provider}/{channel_key}": _open(403),
    "POST /webhooks/{provider}/{channel_key}": _open(401, lambda shop: {"json": {"entry": []}}),
}


def path_of(template: str, shop: BusyShop) -> str:
    """An address with the shop's own ids in it."""
    chat = shop.chat
    return template.format(
        user_id=chat["user_id"],
        conversation_id=chat["conversation_id"],
        message_id=shop.message_ids[0],
        provider="meta",
        channel_key=shop.channel_key,
        sha256=shop.sha256,
        upload_id="up_of-nobody",
        entry_id=shop.knows.entry_ids[-1],
        document_id="999999",
        group_id="999999",
        token="of-nobody",
        name="a.txt",
    )
