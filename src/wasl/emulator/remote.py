"""A client of the control API, for tests and the bench that run beside an emulator."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx2

from wasl.clock import monotonic
from wasl.emulator.deliveries import State
from wasl.emulator.limits import EMULATOR_WAIT_SECONDS_MAX

JsonObject = dict[str, Any]
_POLL_SECONDS = 0.02
_SHOWN_MAX = 3
"""Webhooks without an answer that an error tells of."""


class RemoteFailure(Exception):
    """The emulator did not do what was asked; the sentence is its own, or says that it gave none."""


@dataclass(frozen=True, slots=True)
class RemoteNumber:
    """A business number with what the business must know of it."""

    phone_number_id: str
    display_phone_number: str
    access_token: str
    app_secret: str
    webhook_url: str


IDLE_SECONDS_MAX = 1.0
"""After how much rest a connection is not used again: the server closes it after five seconds, and a request that
crosses that is lost."""


_CUT = (httpx2.ReadError, httpx2.RemoteProtocolError)
"""A connection that had rested was closed while it was used again, as by an emulator that was frozen and thaws."""


class RemoteEmulator:
    """Plays customers and reads what the emulator saw. Every call raises RemoteFailure when it was not done.

    Owns its connections: use it with `async with`, or close it.
    """

    def __init__(self, base_url: str, *, client: httpx2.AsyncClient | None = None) -> None:
        timeout = EMULATOR_WAIT_SECONDS_MAX + 5
        self.base_url = base_url.rstrip("/")
        limits = httpx2.Limits(keepalive_expiry=IDLE_SECONDS_MAX)
        self._client = client or httpx2.AsyncClient(
            base_url=self.base_url, timeout=timeout, limits=limits, trust_env=False
        )

    async def __aenter__(self) -> "RemoteEmulator":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    # Business numbers

    async def add_number(self, phone_number_id: str, webhook_url: str, **details: str) -> RemoteNumber:
        """Add or change a number; details are display_phone_number, access_token, app_secret, verify_token, …"""
        asked = {"phone_number_id": phone_number_id, "webhook_url": webhook_url} | details
        number = (await self._call("POST", "/numbers", asked))["number"]
        return RemoteNumber(**{name: number[name] for name in RemoteNumber.__dataclass_fields__})

    async def numbers(self) -> list[JsonObject]:
        return list((await self._call("GET", "/numbers"))["numbers"])

    async def verify(self, phone_number_id: str, verify_token: str | None = None) -> bool:
        """Ask the number's webhook address to prove itself; return whether it could."""
        asked = {"phone_number_id": phone_number_id, "verify_token": verify_token}
        return bool((await self._call("POST", "/verification", asked))["verified"])

    async def behave(self, phone_number_id: str | None = None, **behaviour: Any) -> None:
        """Let a number, or all of them, behave so; what is not named is as on a good day."""
        number = {} if phone_number_id is None else {"phone_number_id": phone_number_id}
        await self._call("PUT", "/behaviour", number | behaviour)

    async def choose_templates(self, templates: Sequence[JsonObject], phone_number_id: str | None = None) -> None:
        """Let a number's business account have these templates, each as Meta describes it."""
        await self._call("PUT", "/templates", {"phone_number_id": phone_number_id, "templates": list(templates)})

    async def behave_well(self) -> None:
        await self._call("DELETE", "/behaviour")

    # Customers

    async def add_customer(self, **names: str) -> JsonObject:
        """Make a customer from phone, name, bsuid, username; without a phone the business never sees one."""
        customer: JsonObject = (await self._call("POST", "/customers", names))["customer"]
        return customer

    async def change_customer(self, address: str, **changes: str | bool) -> JsonObject:
        """Change name, username, reachable or reads_at_once."""
        customer: JsonObject = (await self._call("PATCH", f"/customers/{address}", changes))["customer"]
        return customer

    async def write(self, address: str, text: str, **options: Any) -> str:
        """Let a customer write a text; return the message's id. With `wait=True` not before it is acknowledged."""
        return await self.send(address, "text", text=text, **options)

    async def write_all(self, address: str, texts: Sequence[str], **options: Any) -> list[str]:
        """Let a customer write several texts at once; return their ids, in order."""
        asked = {"messages": [{"text": text} for text in texts]} | options
        return list((await self._call("POST", f"/customers/{address}/messages", asked))["message_ids"])

    async def send(self, address: str, type: str, **options: Any) -> str:
        """Let a customer send any type; return the message's id."""
        answer = await self._call("POST", f"/customers/{address}/messages", {"type": type} | options)
        return str(answer["message_id"])

    async def react(self, address: str, message_id: str, emoji: str, **options: Any) -> str:
        """Let a customer react to a message; an empty emoji takes it back."""
        return await self.send(address, "reaction", message_id=message_id, emoji=emoji, **options)

    async def edit(self, address: str, message_id: str, text: str, **options: Any) -> str:
        return await self.send(address, "edit", message_id=message_id, text=text, **options)

    async def delete(self, address: str, message_id: str, **options: Any) -> str:
        """Let a customer delete a message for everyone."""
        return await self.send(address, "revoke", message_id=message_id, **options)

    async def echo(self, address: str, text: str, **options: Any) -> str:
        """Let the business write to a customer on its own phone."""
        return await self.send(address, "text", text=text, echo=True, **options)

    async def read(self, address: str, phone_number_id: str | None = None) -> int:
        """Let a customer look at the thread; return how many messages became read by it."""
        asked = {"phone_number_id": phone_number_id}
        return int((await self._call("POST", f"/customers/{address}/read", asked))["count"])

    async def thread(self, address: str, phone_number_id: str | None = None) -> list[JsonObject]:
        """Return what the customer sees, oldest first."""
        query = "" if phone_number_id is None else f"?phone_number_id={phone_number_id}"
        return list((await self._call("GET", f"/customers/{address}/thread{query}"))["entries"])

    async def deliver(self, values: Sequence[JsonObject], **options: Any) -> list[JsonObject]:
        """Deliver values made by hand; options are batch, duplicate, split, shuffle, wait and so on."""
        return list((await self._call("POST", "/webhook", {"values": list(values)} | options))["deliveries"])

    async def deliver_raw(self, body: str, **options: Any) -> list[JsonObject]:
        """Deliver a body as it is, signed."""
        return list((await self._call("POST", "/webhook", {"raw": body} | options))["deliveries"])

    # Files

    async def keep_file(self, content: bytes, mime_type: str, name: str = "file") -> str:
        """Keep a file that customers can send; return its id."""
        headers = {"Content-Type": mime_type}
        answer = await self._client.post("/emulator/media", params={"name": name}, content=content, headers=headers)
        return str(answer.json()["media_id"])

    async def file(self, media_id: str) -> bytes:
        """Return the bytes of a file, whoever brought it."""
        return base64.b64decode((await self._call("GET", f"/media/{media_id}/content"))["content"])

    async def brought(self, phone_number_id: str) -> list[str]:
        """Return the ids of the files that a business's number has brought, in order."""
        return list((await self._call("GET", f"/media?phone_number_id={phone_number_id}"))["media_ids"])

    async def forget_file(self, media_id: str) -> None:
        """Let WhatsApp know nothing of a file any more."""
        await self._call("DELETE", f"/media/{media_id}")

    async def trouble_file(self, media_id: str, **trouble: Any) -> None:
        """Let its next `times` downloads answer `status`, take `seconds`, or come `broken`."""
        await self._call("PUT", f"/media/{media_id}/trouble", trouble)

    # What the emulator saw

    async def accepted(self, after: int = 0) -> list[JsonObject]:
        """Return every accepted send: message_id, recipient, body, callback_data, at, answered, …"""
        return await self._all("/accepted", after)

    async def refused(self, after: int = 0) -> list[JsonObject]:
        return await self._all("/refused", after)

    async def receipts(self, after: int = 0) -> list[JsonObject]:
        """Return the business's read receipts."""
        return await self._all("/receipts", after)

    async def acknowledged(self, after: int = 0) -> list[str]:
        """Return every provider id that was answered with 200: messages by id, statuses as `id:status`."""
        return [item["provider_id"] for item in await self._all("/acks", after)]

    async def deliveries(self, after: int = 0) -> list[JsonObject]:
        return await self._all("/deliveries", after)

    async def waiting(self, phone_number_id: str | None = None) -> int:
        """Return how much of a number, or of all, is not acknowledged, or, of statuses, still to be told."""
        number = f"&phone_number_id={phone_number_id}" if phone_number_id else ""
        return int((await self._call("GET", f"/deliveries?limit=0{number}"))["waiting"])

    async def until_quiet(self, within_seconds: float = 30.0, phone_number_id: str | None = None) -> None:
        """Wait until nothing is on its way to the business of a number, or of any; raise TimeoutError."""
        ends = monotonic() + within_seconds
        while count := await self.waiting(phone_number_id):
            if monotonic() > ends:
                tried = await self._unanswered(phone_number_id)
                raise TimeoutError(f"{count} webhooks still wait for an answer, or statuses to be told; tried: {tried}")
            await asyncio.sleep(_POLL_SECONDS)

    async def _unanswered(self, phone_number_id: str | None) -> list[JsonObject]:
        """What has been tried and not acknowledged, oldest first; no more than somebody would read."""
        waiting = [one for one in await self.deliveries() if one["state"] == State.WAITING and one["attempts"]]
        ours = [one for one in waiting if phone_number_id in (None, one["phone_number_id"])]
        return ours[:_SHOWN_MAX]

    async def until_accepted(self, count: int, within_seconds: float = 30.0) -> list[JsonObject]:
        """Wait until so many sends were accepted since the start; return them; raise TimeoutError."""
        ends = monotonic() + within_seconds
        while len(found := await self.accepted()) < count:
            if monotonic() > ends:
                raise TimeoutError(f"Only {len(found)} of {count} sends were accepted.")
            await asyncio.sleep(_POLL_SECONDS)
        return found

    async def forget(self) -> None:
        """Forget all customers, all traffic and every bad behaviour; numbers stay."""
        await self._call("DELETE", "/everything")

    async def _all(self, path: str, after: int) -> list[JsonObject]:
        items: list[JsonObject] = []
        while True:
            answer = await self._call("GET", f"{path}?after={after}")
            items += answer["items"]
            after = answer["next_after"]
            if after >= answer["total"] or not answer["items"]:
                return items

    async def _call(self, method: str, path: str, asked: JsonObject | None = None) -> JsonObject:
        body = None if asked is None else {name: value for name, value in asked.items() if value is not None}
        try:
            try:
                answer = await self._client.request(method, f"/emulator{path}", json=body)
            except _CUT:
                if method == "POST":  # It may have been done, and would be done twice.
                    raise
                answer = await self._client.request(method, f"/emulator{path}", json=body)
        except httpx2.HTTPError as error:
            raise RemoteFailure(f"The emulator did not answer: {type(error).__name__}.") from error
        found: JsonObject = answer.json()
        if not found.get("success"):
            raise RemoteFailure(str(found.get("error", answer.status_code)))
        return found
