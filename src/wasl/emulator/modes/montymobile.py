"""MontyMobile, as far as anybody outside has seen it: Meta's envelope to the business, an API of its own from it.

A number's access token is its api-key, its business account the tenant, its app secret the webhook's static token. A
send is answered with a GUID, and its statuses carry WhatsApp's own id: nothing joins the two.
"""

import base64
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from wasl.emulator import cloud_calls
from wasl.emulator.asked import read_body
from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.deliveries import Letter
from wasl.emulator.envelopes import envelope
from wasl.emulator.ids import new_secret
from wasl.emulator.numbers import BusinessNumber, digits_of
from wasl.emulator.refusals import Refusal
from wasl.emulator.shapes import a_text, an_object
from wasl.emulator.taking import Words, note_refused, take_send
from wasl.emulator.updates import Update
from wasl.emulator.whatsapp import Emulator
from wasl.errors import NotFound, TooLarge
from wasl.limits import WEBHOOK_BODY_BYTES_MAX

BASE = "/montymobile"
_API = f"{BASE}/api/v2/WhatsappApi"
_MEDIA_ANSWERS = {"image": "base64", "video": "url", "audio": "base64", "document": "bytes"}
"""How a file comes, so that every way is walked: all three were seen."""

JsonObject = dict[str, Any]


class MontyMobile:
    """See `Mode`."""

    provider = "montymobile"

    def letters(self, number: BusinessNumber, updates: Sequence[Update], style: BatchStyle) -> list[Letter]:
        """A POST for each update, whatever else happened together; statuses name no contacts."""
        del style
        return [self._letter(number, _as_passed_on(update)) for update in updates]

    def _letter(self, number: BusinessNumber, update: Update) -> Letter:
        body = envelope(number, [update])
        # The rule of the signature is unknown: something of its shape, which nobody can check.
        signature = base64.b64encode(hashlib.sha256(new_secret().encode()).digest()).decode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "x-webhook-token": number.app_secret,
            "x-signature": signature,
            "traceparent": f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-00",
        }
        return Letter(number.phone_number_id, body, headers, update.provider_ids)

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{_API}/send-session", answer_customer, methods=["POST"]),
            Route(f"{_API}/send-whatsapp", send_template, methods=["POST"]),
            Route(f"{_API}/get-media", give_file, methods=["GET"]),
            Route(f"{BASE}/files/{{word}}", give_bytes, methods=["GET"]),
        ]


def _as_passed_on(update: Update) -> Update:
    value = {key: part for key, part in update.value.items() if key != "contacts" or "statuses" not in update.value}
    return Update(update.field, value, update.provider_ids)


# -- from the business ------------------------------------------------------------------------------------------------


async def answer_customer(request: Request) -> Response:
    """Take what may be said while the customer's window is open."""
    return await _take(request, templates=False)


async def send_template(request: Request) -> Response:
    """Take a template."""
    return await _take(request, templates=True)


async def _take(request: Request, *, templates: bool) -> Response:
    emulator: Emulator = request.app.state.emulator
    spoken_for = ""
    try:
        number = _number_of(request)
        spoken_for = number.phone_number_id
        asked = _as_meta(number, await _json_of(request), templates=templates)
    except Refusal as refusal:
        note_refused(emulator, spoken_for, refusal)
        return _as_error(refusal)
    answered = {"success": True, "data": {"messageId": str(uuid.uuid4())}}
    words = Words(
        accepted=lambda _send, _accepted: cloud_calls.answer(answered),
        refused=_as_error,
        # Up to this version statuses carry the old object `conversation`, as theirs do.
        api_version="v23.0",
        brings_files=True,
    )
    return take_send(emulator, number, asked, words)


def _as_meta(number: BusinessNumber, body: JsonObject, *, templates: bool) -> JsonObject:
    """The send as Meta would be asked for it. Raises Refusal."""
    if a_text(body, "source") != number.display_phone_number:
        raise Refusal(100, "source is not the number of this tenant.")
    to, word = a_text(body, "to"), a_text(body, "type")
    if not to.isdigit():
        raise Refusal(100, "to is made of digits.")
    if templates != (word == "template") or (not templates and word != word.upper()):
        raise Refusal(100, f"type {word} is not taken here.")
    kind = word.lower()
    if "messaging_product" in body or kind not in body:
        raise Refusal(100, f"The part {kind} is missing, or something is there that does not belong.")
    context = {"context": body["context"]} if "context" in body else {}
    return {"messaging_product": "whatsapp", "to": f"+{digits_of(to)}", "type": kind, kind: body[kind], **context}


async def give_file(request: Request) -> Response:
    """A customer's file: as base64 in JSON, by an address, or as it is."""
    emulator: Emulator = request.app.state.emulator
    try:
        _number_of(request)
        media = emulator.media.find(request.query_params.get("MediaId", ""))
    except Refusal as refusal:
        return _as_error(refusal)
    except NotFound as error:
        return cloud_calls.answer({"success": False, "message": error.message}, 404)
    kind = media.mime_type.partition("/")[0]
    how = _MEDIA_ANSWERS.get("document" if kind == "application" else kind, "base64")
    if how == "bytes":
        return Response(media.content, media_type=media.mime_type)
    if how == "base64":
        return cloud_calls.answer({"data": {"data": base64.b64encode(media.content).decode()}})
    where = cloud_calls.describe_file(request, media, f"{BASE}/files")["url"]
    return cloud_calls.answer({"data": {"url": where}})


async def give_bytes(request: Request) -> Response:
    """A file's bytes, for whoever has the address."""
    emulator: Emulator = request.app.state.emulator
    try:
        media = emulator.media.at_address(request.path_params["word"])
    except NotFound as error:
        return Response(error.message, status_code=404, media_type="text/plain")
    return Response(media.content, media_type=media.mime_type)


def _number_of(request: Request) -> BusinessNumber:
    """The number whose key and tenant were sent. Raises Refusal."""
    emulator: Emulator = request.app.state.emulator
    for number in emulator.numbers.with_token(request.headers.get("api-key", "")):
        if number.provider == "montymobile" and number.business_account_id == request.headers.get("tenant"):
            return number
    raise Refusal(190, "Tenant or api-key is missing or wrong.", status=401)


async def _json_of(request: Request) -> JsonObject:
    try:
        return an_object(orjson.loads(await read_body(request, WEBHOOK_BODY_BYTES_MAX)), "body")
    except orjson.JSONDecodeError:
        raise Refusal(100, "The body is not JSON.") from None
    except TooLarge as error:
        raise Refusal(100, error.message, status=413) from None


def _as_error(refusal: Refusal) -> Response:
    """How its refusals look is not known; this much any API of its kind would say."""
    return cloud_calls.answer({"success": False, "code": refusal.code, "message": refusal.details}, refusal.status)


MODE = MontyMobile()
