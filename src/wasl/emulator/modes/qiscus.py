"""Qiscus Omnichannel: bot webhooks to the business, answers into rooms and templates to numbers from it.

An app's code is the number's business account, its secret key the access token, and the channel within the app the
number's own id. Whatever the bot sends comes back as a webhook: an echo. No statuses are told.
"""

import hashlib
import mimetypes
from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from wasl.clock import now_ms
from wasl.emulator import cloud_calls
from wasl.emulator.asked import read_body
from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.customers import Customer
from wasl.emulator.deliveries import Letter
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.records import Accepted
from wasl.emulator.refusals import Refusal
from wasl.emulator.shapes import a_list, a_text, an_object
from wasl.emulator.taking import Words, note_refused, take_send
from wasl.emulator.updates import Update
from wasl.emulator.whatsapp import Emulator
from wasl.errors import NotFound, TooLarge
from wasl.limits import WEBHOOK_BODY_BYTES_MAX

BASE = "/qiscus"
BOT_OF_ALL = "_admin@qismo.com"
_FILES = ("image", "video", "audio", "document", "sticker")
_WINDOW_CLOSED, _WINDOW_CLOSED_OF_OLD = 131047, 470

JsonObject = dict[str, Any]


def room_of(number: BusinessNumber, customer: Customer) -> str:
    """The room that a customer has with a number."""
    digest = hashlib.sha256(f"{number.phone_number_id}/{customer.key}".encode()).hexdigest()
    return str(int(digest[:7], 16) + 10_000_000)


class Qiscus:
    """See `Mode`."""

    provider = "qiscus"

    def letters(self, number: BusinessNumber, updates: Sequence[Update], style: BatchStyle) -> list[Letter]:
        """One hook for each message; what became of the business's own is never told."""
        del style
        told = []
        for update in updates:
            people = update.value.get("contacts") or [{}]
            for message in update.value.get("messages", ()):
                told.append(_letter(number, _hook(number, message, people[0]), (message["id"],)))
            for message in update.value.get("message_echoes", ()):
                told.append(_letter(number, _echo(number, message["id"], "typed by an agent"), (message["id"],)))
        return told

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{BASE}/whatsapp/v1/{{app_code}}/{{channel_id}}/messages", to_number, methods=["POST"]),
            Route(f"{BASE}/{{app_code}}/bot", to_room, methods=["POST"]),
            Route(f"{BASE}/api/v2/channels", channels, methods=["GET"]),
            Route(f"{BASE}/files/{{media_id}}/{{name}}", give_file, methods=["GET"]),
        ]


# -- to the business --------------------------------------------------------------------------------------------------


def _letter(number: BusinessNumber, hook: JsonObject, names: tuple[str, ...]) -> Letter:
    return Letter(number.phone_number_id, orjson.dumps(hook), {"Content-Type": "application/json"}, names)


def _hook(number: BusinessNumber, message: JsonObject, contact: JsonObject) -> JsonObject:
    kind = message["type"]
    found = message.get(kind)
    content: dict[str, Any] = found if isinstance(found, dict) else {}
    address = message.get("from") or message.get("from_user_id") or ""
    sender = {"email": address, "id": 0, "id_str": "0", "name": contact.get("profile", {}).get("name", "")}
    hook = _posted(number, "post_comment_mobile", sender, message["id"], int(message["timestamp"]))
    hook["payload"]["message"] |= _said(number, kind, content)
    return hook


def _echo(number: BusinessNumber, message_id: str, text: str) -> JsonObject:
    """What the app's bot or agents wrote, told like any other message."""
    email = f"{number.business_account_id}{BOT_OF_ALL}"
    sender = {"email": email, "id": 1, "id_str": "1", "name": "Bot"}
    hook = _posted(number, "post_comment_rest", sender, message_id, now_ms() // 1000)
    hook["payload"]["message"] |= {"type": "text", "text": text, "payload": None}
    return hook


def _posted(number: BusinessNumber, word: str, sender: JsonObject, message_id: str, at: int) -> JsonObject:
    channel = {"id": number.phone_number_id, "name": number.verified_name, "source": "wa"}
    payload = {
        "type": word,
        "from": sender,
        "message": _comment(message_id, at),
        "room": _room(number, str(sender["email"]), str(sender["name"])),
    }
    return {"app_code": number.business_account_id, "channel": channel, "type": word, "payload": payload}


def _comment(message_id: str, at: int) -> JsonObject:
    # Ids of 0 and nanoseconds that are milliseconds: as Qiscus's own documents show them.
    return {
        "id": 0,
        "id_str": "0",
        "unique_temp_id": f"wa_{message_id}",
        "unix_timestamp": at,
        "unix_nano_timestamp": at * 1000,
    }


def _room(number: BusinessNumber, address: str, name: str) -> JsonObject:
    details = {"channel_id": number.phone_number_id, "name": number.verified_name}
    options = {"channel": "wa", "channel_details": details, "is_resolved": False, "source": "wa"}
    customer = Customer(address, name, address, None)
    room_id = room_of(number, customer)
    return {"id": room_id, "id_str": room_id, "name": name, "type": "group", "options": orjson.dumps(options).decode()}


def _said(number: BusinessNumber, kind: str, content: JsonObject) -> JsonObject:
    if kind == "text":
        return {"type": "text", "text": content["body"], "payload": None}
    if kind in _FILES:
        # A name as Qiscus's store makes them; the ending says what it is.
        ending = mimetypes.guess_extension(content["mime_type"].partition(";")[0]) or ".bin"
        ending = {".oga": ".ogg"}.get(ending, ending)
        url = f"{number.emulator_url}{BASE}/files/{content['id']}/{content.get('filename') or kind + ending}"
        caption = content.get("caption", "")
        payload = {"url": url, "caption": caption}
        return {"type": "file_attachment", "text": caption or f"[file] {url} [/file]", "payload": payload}
    if kind == "location":
        return {"type": "location", "text": content.get("name", ""), "payload": content}
    if kind == "interactive":
        return {"type": "text", "text": content.get(content["type"], {}).get("title", ""), "payload": None}
    if kind == "button":
        return {"type": "text", "text": content["text"], "payload": None}
    return {"type": kind, "text": "", "payload": content}


# -- from the business ------------------------------------------------------------------------------------------------


async def to_room(request: Request) -> Response:
    """Take what the bot says into a room; it comes back as an echo."""
    emulator: Emulator = request.app.state.emulator
    try:
        app_code = request.path_params["app_code"]
        numbers = _numbers_of(request, request.headers.get("qiscus_sdk_secret", ""))
        body = await _json_of(request)
        if body.get("sender_email") != f"{app_code}{BOT_OF_ALL}":
            raise Refusal(100, "sender_email is nobody's of this app.")
        number, customer = _whose(emulator, numbers, a_text(body, "room_id"))
        asked = _as_meta(body, customer)
    except Refusal as refusal:
        return _refused(emulator, refusal)

    def echo(accepted: Accepted) -> None:
        emulator.post_office.post(_letter(number, _echo(number, accepted.message_id, str(body.get("message"))), ()))

    words = Words(
        accepted=lambda _send, _accepted: cloud_calls.answer({"status": 200}),
        refused=_as_error,
        taken=echo,
        brings_files=True,
    )
    return take_send(emulator, number, asked, words)


async def to_number(request: Request) -> Response:
    """Take a message to a phone number, as WhatsApp took them on the business's own premises."""
    emulator: Emulator = request.app.state.emulator
    try:
        if request.headers.get("qiscus-app-id") != request.path_params["app_code"]:
            raise Refusal(190, "Qiscus-App-Id is missing or another app's.", status=401)
        numbers = _numbers_of(request, request.headers.get("qiscus-secret-key", ""))
        channel_id = request.path_params["channel_id"]
        found = [number for number in numbers if number.phone_number_id == channel_id]
        if not found:
            raise Refusal(100, "There is no such channel.", status=404)
        body = await _json_of(request)
        if "messaging_product" in body:
            raise Refusal(100, "messaging_product is not known here.")
        template = body.get("template")
        if isinstance(template, dict):
            body["template"] = {key: value for key, value in template.items() if key != "namespace"}
            if an_object(template.get("language"), "language").get("policy") != "deterministic":
                raise Refusal(100, "template.language.policy must be deterministic.")
    except Refusal as refusal:
        return _refused(emulator, refusal)
    words = Words(
        accepted=lambda _, accepted: cloud_calls.answer({"messages": [{"id": accepted.message_id}]}, 201),
        refused=_as_error,
        brings_files=True,
    )
    return take_send(emulator, found[0], {"messaging_product": "whatsapp", **body}, words)


async def channels(request: Request) -> Response:
    """The app's channels, for its key."""
    emulator: Emulator = request.app.state.emulator
    try:
        numbers = _numbers_of(request, request.headers.get("qiscus-secret-key", ""))
    except Refusal as refusal:
        return _refused(emulator, refusal)
    return cloud_calls.answer({"data": {"wa_channels": [{"id": number.phone_number_id} for number in numbers]}})


async def give_file(request: Request) -> Response:
    """A file's bytes, for anybody who knows the address."""
    emulator: Emulator = request.app.state.emulator
    try:
        media = emulator.media.find(request.path_params["media_id"])
    except NotFound as error:
        return Response(error.message, status_code=404, media_type="text/plain")
    return Response(media.content, media_type=media.mime_type)


def _as_meta(body: JsonObject, customer: Customer) -> JsonObject:
    """What goes into a room as Meta would write it. Raises Refusal."""
    word, message = a_text(body, "type", usual="text"), a_text(body, "message")
    to = {"messaging_product": "whatsapp", "to": customer.phone or customer.key}
    if word == "text":
        return {**to, "type": "text", "text": {"body": message}}
    payload = an_object(body.get("payload"), "payload")
    if word == "file_attachment":
        url = a_text(payload, "url")
        family = (mimetypes.guess_type(url.partition("?")[0])[0] or "").partition("/")[0]
        kind = family if family in ("image", "video", "audio") else "document"
        caption = {"caption": payload["caption"]} if payload.get("caption") and kind != "audio" else {}
        return {**to, "type": kind, kind: {"link": url, **caption}}
    if word == "buttons":
        labels = [
            a_text(an_object(one, "button"), "label") for one in a_list(payload.get("buttons"), "buttons", most=3)
        ]
        buttons = [{"type": "reply", "reply": {"id": label, "title": label}} for label in labels]
        interactive = {"type": "button", "body": {"text": a_text(payload, "text")}, "action": {"buttons": buttons}}
        return {**to, "type": "interactive", "interactive": interactive}
    raise Refusal(100, f"There is no message of the type {word}.")


def _whose(emulator: Emulator, numbers: Sequence[BusinessNumber], room_id: str) -> tuple[BusinessNumber, Customer]:
    for number in numbers:
        for thread in emulator.customers.threads_of(number):
            if room_of(number, thread.customer) == room_id:
                return number, thread.customer
    raise Refusal(100, "There is no such room.", status=404)


def _numbers_of(request: Request, key: str) -> list[BusinessNumber]:
    """The numbers of the app whose key was shown. Raises Refusal."""
    emulator: Emulator = request.app.state.emulator
    app_code = request.path_params.get("app_code") or request.headers.get("qiscus-app-id")
    numbers = [
        number
        for number in emulator.numbers.with_token(key)
        if number.provider == "qiscus" and number.business_account_id == app_code
    ]
    if not numbers:
        raise Refusal(190, "The key is missing or wrong.", status=401)
    return numbers


async def _json_of(request: Request) -> JsonObject:
    try:
        return an_object(orjson.loads(await read_body(request, WEBHOOK_BODY_BYTES_MAX)), "body")
    except orjson.JSONDecodeError:
        raise Refusal(100, "The body is not JSON.") from None
    except TooLarge as error:
        raise Refusal(100, error.message, status=413) from None


def _refused(emulator: Emulator, refusal: Refusal) -> Response:
    note_refused(emulator, "", refusal)
    return _as_error(refusal)


def _as_error(refusal: Refusal) -> Response:
    code = _WINDOW_CLOSED_OF_OLD if refusal.code == _WINDOW_CLOSED else refusal.code
    error = {"code": code, "title": refusal.title, "details": refusal.details}
    return cloud_calls.answer({"errors": [error]}, refusal.status)


MODE = Qiscus()
