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
    f"GET {API}/metrics": Door(stranger=200),
    f"GET {API}/messages/{{message_id}}/trace": Door(),
    f"POST {API}/takeover": Door(_conversation()),
    f"POST {API}/release": Door(_conversation()),
    f"POST {API}/end-conversation": Door(_conversation()),
    f"POST {API}/read": Door(_conversation(sequence=1)),
    f"POST {API}/operator-status": Door(lambda shop: {"json": {"status": "away"}}, stranger=200),
    f"POST {API}/send-message": Door(_draft),
    f"POST {API}/typing": Door(_conversation(typing=True)),
    f"POST {API}/viewing": Door(_conversation()),
    f"GET {API}/events": Door(stranger=200),
    f"GET {API}/events/poll": Door(_query(wait=0), stranger=200),
    "GET /health": _open(200),
    "GET /ready": _open(200),
    "GET /metrics": _open(200),
    "GET /webhooks/meta": _open(403),
    "POST /webhooks/meta": _open(401, lambda shop: {"json": {"entry": []}}),
    "GET /webhooks/meta/{channel_key}": _open(403),
    "POST /webhooks/meta/{channel_key}": _open(401, lambda shop: {"json": {"entry": []}}),
}


def path_of(template: str, shop: BusyShop) -> str:
    """An address with the shop's own ids in it."""
    chat = shop.chat
    return template.format(
        user_id=chat["user_id"],
        conversation_id=chat["conversation_id"],
        message_id=shop.message_ids[0],
        channel_key=shop.channel_key,
    )
