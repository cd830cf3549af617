"""The calls of Meta's Cloud API, whichever provider's paths lead to them: send, read receipt, files, templates; Meta's
checks and Meta's answers.

Each takes the request and a function that finds the number it may speak for, which raises Refusal.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import anyio
import orjson
from starlette.requests import Request
from starlette.responses import Response

from wasl.emulator.asked import read_body
from wasl.emulator.business_side import take_receipt
from wasl.emulator.file_control import troubled
from wasl.emulator.limits import EMULATOR_MEDIA_BYTES_MAX
from wasl.emulator.media import Media, read_form
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.records import Accepted
from wasl.emulator.refusals import Refusal, invalid, missing
from wasl.emulator.send_checks import Send
from wasl.emulator.shapes import a_text, an_object
from wasl.emulator.taking import Words, note_refused, take_send
from wasl.emulator.whatsapp import Emulator
from wasl.errors import NotFound, TooLarge
from wasl.limits import WEBHOOK_BODY_BYTES_MAX

NumberOf = Callable[[Request], BusinessNumber]


async def take_message(request: Request, number_of: NumberOf, version: str) -> Response:
    """Take a send or a read receipt."""
    emulator: Emulator = request.app.state.emulator
    spoken_for = ""
    try:
        number = number_of(request)
        spoken_for = number.phone_number_id
        body = await _json_of(request)
        if "status" in body:
            return _take_receipt(emulator, number, body)
    except Refusal as refusal:
        return refused(emulator, spoken_for, refusal)
    words = Words(
        accepted=lambda send, accepted: answer(_acceptance(emulator, send, accepted)),
        refused=lambda refusal: answer(refusal.body(), refusal.status),
        api_version=version,
    )
    return take_send(emulator, number, body, words)


def _acceptance(emulator: Emulator, send: Send, accepted: Accepted) -> dict[str, Any]:
    customer = emulator.customers.find(send.recipient)
    contact: dict[str, Any] = {"input": send.input}
    if not send.by_business_scoped_id:
        contact["wa_id"] = send.recipient
    elif customer.bsuid:
        contact["user_id"] = customer.bsuid
    message: dict[str, Any] = {"id": accepted.message_id}
    if send.type == "template":
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}


def _take_receipt(emulator: Emulator, number: BusinessNumber, body: dict[str, Any]) -> Response:
    if body.get("messaging_product") != "whatsapp":
        raise Refusal(100, "The parameter messaging_product is required.")
    if body["status"] != "read":
        raise Refusal(100, "Param status must be 'read'.")
    typing = body.get("typing_indicator")
    if typing is not None and an_object(typing, "typing_indicator").get("type") != "text":
        raise Refusal(100, "Param typing_indicator['type'] must be 'text'.")
    take_receipt(emulator, number, a_text(body, "message_id", empty=False), typing=typing is not None)
    return answer({"success": True})


async def take_file(request: Request, number_of: NumberOf) -> Response:
    """Keep a file of the business; answer its id."""
    emulator: Emulator = request.app.state.emulator
    spoken_for = ""
    try:
        spoken_for = number_of(request).phone_number_id
        form = read_form(request.headers.get("content-type", ""), await read_body(request, EMULATOR_MEDIA_BYTES_MAX))
        if form.get("messaging_product", (b"", "", ""))[0] != b"whatsapp":
            raise Refusal(100, "The parameter messaging_product is required.")
        if "file" not in form:
            raise missing("file")
        content, mime_type, name = form["file"]
        if "type" in form:
            mime_type = form["type"][0].decode("latin-1")
        if not content:
            raise invalid("file", "it is empty")
        await anyio.sleep(emulator.behaviours.of(spoken_for).upload_seconds)
        return answer({"id": emulator.media.keep(content, mime_type, name, spoken_for).media_id})
    except TooLarge as error:
        return refused(emulator, spoken_for, Refusal(131053, error.message))
    except Refusal as refusal:
        return refused(emulator, spoken_for, refusal)


async def give_file(request: Request, number_of: NumberOf) -> Response:
    """Return a file's bytes; the address alone is not enough, it needs the token too."""
    emulator: Emulator = request.app.state.emulator
    try:
        number_of(request)
        media = emulator.media.at_address(request.path_params["word"])
    except Refusal as refusal:
        return answer(refusal.body(), refusal.status)
    except NotFound as error:
        return Response(error.message, status_code=404, media_type="text/plain")
    trouble = emulator.media.next_trouble(media.media_id)
    return troubled(media, trouble) if trouble else Response(media.content, media_type=media.mime_type)


async def list_templates(request: Request, number_of: NumberOf) -> Response:
    """A page of the business account's templates: `limit` of them, those that come `after`."""
    emulator: Emulator = request.app.state.emulator
    try:
        account_id = number_of(request).business_account_id
    except Refusal as refusal:
        return answer(refusal.body(), refusal.status)
    templates = emulator.templates.of(account_id)
    first, limit = (_whole(request.query_params.get(name), usual) for name, usual in (("after", 0), ("limit", 25)))
    until = first + max(1, limit)
    paging: dict[str, Any] = {"cursors": {"before": str(first), "after": str(until)}}
    if until < len(templates):
        paging["next"] = str(request.url.include_query_params(after=until))
    return answer({"data": list(templates[first:until]), "paging": paging})


def describe_file(request: Request, media: Media, path: str) -> dict[str, Any]:
    """A file, with an address below `path` to download it, which works once."""
    emulator: Emulator = request.app.state.emulator
    here = emulator.config.public_url or f"{request.url.scheme}://{urlsplit(str(request.url)).netloc}"
    return {
        "messaging_product": "whatsapp",
        "url": f"{here}{path}/{emulator.media.open_address(media.media_id)}",
        "mime_type": media.mime_type,
        "sha256": media.sha256_hex,
        "file_size": len(media.content),
        "id": media.media_id,
    }


async def _json_of(request: Request) -> dict[str, Any]:
    try:
        return an_object(orjson.loads(await read_body(request, WEBHOOK_BODY_BYTES_MAX)), "body")
    except orjson.JSONDecodeError:
        raise Refusal(100, "The body is not JSON.") from None
    except TooLarge as error:
        raise Refusal(100, error.message, status=413) from None


def refused(emulator: Emulator, phone_number_id: str, refusal: Refusal) -> Response:
    """Meta's answer to what it does not take, which is noted."""
    note_refused(emulator, phone_number_id, refusal)
    return answer(refusal.body(), refusal.status)


def answer(value: dict[str, Any], status: int = 200) -> Response:
    """An object as JSON."""
    return Response(orjson.dumps(value), status_code=status, media_type="application/json")


def _whole(text: str | None, usual: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else usual
