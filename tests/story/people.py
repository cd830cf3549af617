"""The cast of the stories: who works where, what they do over HTTP, and who may not."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson

from story.javascript import JavaScriptWatcher
from story.node import Node
from story.sockets import BareSocket, SocketWatcher, deaf_socket
from story.watcher import Watcher, Wire
from story.wire import RANA, Customer, JsonObject, Number, envelope, text
from wasl.domain.people import OperatorRole
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.team import NewChannel

PASSWORD = "za'atar and sesame"
_businesses = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Identity:
    """How an operator signs in."""

    operator_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Business:
    """An account with one number and its operators."""

    account_id: str
    name: str
    number: Number
    access_token: str
    operators: tuple[Identity, ...]
    business_account_id: str = ""

    def conversation_id(self, person: Customer) -> str:
        """What a customer's conversation must be called everywhere."""
        return f"{self.account_id}_{self.number.phone_number_id}_{person.phone}"


async def open_business(
    settings: Settings, name: str, *names: str, api_base_url: str = "http://127.0.0.1:9", secret: str | None = None
) -> Business:
    """Write a business with these operators into an installation, beside whatever server runs on it."""
    async with open_memory(settings) as memory:
        return await add_business(memory, name, *names, api_base_url=api_base_url, secret=secret)


async def add_business(
    memory: Memory, name: str, *names: str, api_base_url: str = "http://127.0.0.1:9", secret: str | None = None
) -> Business:
    """The same in a memory that is open already. The first operator owns the business."""
    place = next(_businesses)
    account = await memory.team.create_account(f"{name} {place}")
    number = Number(f"15550100{place:04d}", "9611000100", secret or f"app-secret-of-{place}")
    values = {
        "app_secret": number.secret,
        "verify_token": f"verify-{place}",
        "access_token": f"token-{place}",
        "business_account_id": f"99{place:010d}",
    }
    new = NewChannel(
        provider="meta",
        phone_number_id=number.phone_number_id,
        values=values,
        api_base_url=api_base_url,
        display_phone_number=f"+{number.display}",
        name=name,
    )
    await memory.team.add_channel(account.id, new)
    operators = []
    for role, person in zip([OperatorRole.OWNER, *[OperatorRole.OPERATOR] * len(names)], names, strict=False):
        email = f"{person.lower()}.{place}@story.example"
        operator = await memory.team.add_operator(account.id, email, person, role, PASSWORD)
        operators.append(Identity(str(operator.id), person, email))
    whole = values["business_account_id"]
    return Business(str(account.id), account.name, number, f"token-{place}", tuple(operators), whole)


class UnexpectedStatus(AssertionError):
    """A call was not answered with the status that was expected of it."""

    def __init__(self, call: str, answer: httpx2.Response) -> None:
        super().__init__(f"{call}: {answer.status_code} {answer.text[:500]}")
        self.status = answer.status_code


class Operator:
    """A person who is signed in. Every call returns the answer's JSON, and fails on any status but the one expected."""

    def __init__(self, client: httpx2.AsyncClient, identity: Identity, token: str) -> None:
        self.id = identity.operator_id
        self.name = identity.name
        self.token = token
        self.headers = {"Authorization": f"Bearer {token}"}
        self._client = client

    async def ask(self, method: str, path: str, expect: int = 200, **options: Any) -> JsonObject:
        """Make any call of the API."""
        answer = await self._client.request(method, path, headers=self.headers, **options)
        if answer.status_code != expect:
            raise UnexpectedStatus(f"{method} {path}", answer)
        found: JsonObject = orjson.loads(answer.content)
        return found

    async def chats(self, **query: Any) -> JsonObject:
        return await self.ask("GET", "/api/live-chat/unified-chats", params=query)

    async def chat(self, person: Customer = RANA) -> JsonObject:
        """A customer's row of the list."""
        chats: list[JsonObject] = (await self.chats(search=person.phone))["chats"]
        [found] = [chat for chat in chats if chat["phone_clean"] == person.phone]
        return found

    async def history(self, chat: JsonObject, **query: Any) -> JsonObject:
        path = f"/api/live-chat/conversation/{chat['user_id']}/{chat['conversation_id']}"
        return await self.ask("GET", path, params=query)

    async def whole_history(self, chat: JsonObject, limit: int = 50) -> list[JsonObject]:
        """All messages of a conversation, oldest first, fetched page by page."""
        pages: list[list[JsonObject]] = []
        before: JsonObject = {}
        while True:
            page = await self.history(chat, limit=limit, **before)
            pages.insert(0, page["messages"])
            if not page["has_more"]:
                return [message for messages in pages for message in messages]
            before = {"before": page["next_before"]}

    async def send(self, chat: JsonObject, words: str, expect: int = 200, **more: Any) -> JsonObject:
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"], "message": words, **more}
        return await self.ask("POST", "/api/live-chat/send-message", expect, json=asked)

    async def move(self, call: str, chat: JsonObject, expect: int = 200) -> JsonObject:
        """Take over, release or end a conversation."""
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
        return await self.ask("POST", f"/api/live-chat/{call}", expect, json=asked)

    async def read(self, chat: JsonObject, sequence: int, expect: int = 200) -> JsonObject:
        asked = {"conversation_id": chat["conversation_id"], "sequence": sequence}
        return await self.ask("POST", "/api/live-chat/read", expect, json=asked)

    async def queue(self) -> list[JsonObject]:
        found: list[JsonObject] = (await self.ask("GET", "/api/live-chat/waiting-queue"))["queue"]
        return found

    async def trace(self, message_id: str, expect: int = 200) -> JsonObject:
        return await self.ask("GET", f"/api/live-chat/messages/{message_id}/trace", expect)


class Outside:
    """What reaches a node over HTTP: operators who sign in and watch, and webhooks."""

    def __init__(self, node: Node) -> None:
        limits = httpx2.Limits(max_connections=100, max_keepalive_connections=100)
        self.client = httpx2.AsyncClient(base_url=node.url, timeout=30.0, trust_env=False, limits=limits)
        self._node = node
        self._watchers: list[Watcher] = []
        self._wires: list[Wire] = []
        self._bare_sockets: list[BareSocket] = []
        self._deaf: list[asyncio.StreamWriter] = []

    async def close(self) -> None:
        for watcher in self._watchers:
            await watcher.cut()
        for wire in self._wires:
            wire.cut()
        for bare in self._bare_sockets:
            await bare.cut()
        for writer in self._deaf:
            writer.transport.abort()
        await self.client.aclose()

    def watcher(self, operator: Operator) -> Watcher:
        """Someone who can watch the stream of an operator; cut off at the end at the latest."""
        watcher = Watcher(self._node, operator.headers)
        self._watchers.append(watcher)
        return watcher

    def socket(self, operator: Operator) -> SocketWatcher:
        """Someone who can watch by Socket.IO with the session of an operator; cut off at the end at the latest."""
        socket = SocketWatcher(self._node, operator.token)
        self._watchers.append(socket)
        return socket

    def javascript(self, operator: Operator) -> JavaScriptWatcher:
        """The same with the JavaScript client."""
        screen = JavaScriptWatcher(self._node, operator.token)
        self._watchers.append(screen)
        return screen

    async def bare_socket(self, query: str = "EIO=4&transport=websocket", **options: Any) -> BareSocket:
        """A WebSocket to Socket.IO that speaks by hand; cut off at the end at the latest."""
        bare = await BareSocket.open(self._node.port, query, **options)
        self._bare_sockets.append(bare)
        return bare

    async def deaf_socket(self, operator: Operator, cursor: str) -> None:
        """Somebody who is let in by a WebSocket and then never reads again; cut off at the end."""
        self._deaf.append(await deaf_socket(self._node.port, operator.token, cursor))

    async def wire(self, operator: Operator, query: str = "", receive_bytes: int | None = None) -> Wire:
        """A bare connection to the stream of an operator, whose receive buffer may be chosen."""
        wire = await Wire.open(self._node.port, operator.headers, query, receive_bytes)
        self._wires.append(wire)
        return wire

    async def sign_in(self, identity: Identity) -> Operator:
        answer = await self.client.post("/api/session", json={"email": identity.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.client.cookies.clear()  # One client for all people: each is known by the token alone.
        return Operator(self.client, identity, answer.json()["token"])

    async def deliver(self, number: Number, body: bytes, *, signature: str | None = None) -> httpx2.Response:
        """Post a webhook, signed by the number's app unless another signature is given."""
        headers = {"X-Hub-Signature-256": number.sign(body) if signature is None else signature}
        return await self.client.post("/webhooks/meta", content=body, headers=headers)

    async def tell(self, number: Number, *changes: JsonObject) -> None:
        """Deliver these changes in one body, which must be acknowledged."""
        answer = await self.deliver(number, envelope(*changes))
        assert answer.status_code == 200, answer.text

    async def say(self, business: Business, person: Customer, *words: str, at: int = 0) -> list[str]:
        """Let a customer write, a webhook each; the messages' ids."""
        messages = [text(person, body, at=at) for body in words]
        for message in messages:
            await self.tell(business.number, business.number.said([message], person))
        return [str(message["id"]) for message in messages]


def contents(messages: Sequence[JsonObject]) -> list[str]:
    """What messages say, in the order given."""
    return [message["content"] for message in messages]
