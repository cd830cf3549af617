"""The Cloud API as the business sees it: send, mark as read, upload, download; Meta's checks and Meta's answers."""

import re
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from wasl.clock import now_ms
from wasl.emulator.asked import read_body
from wasl.emulator.behaviour import Ending, Outcome
from wasl.emulator.business_side import accept, refuse_unfit, take_receipt
from wasl.emulator.connection import LostAnswer
from wasl.emulator.limits import EMULATOR_HOLD_SECONDS_MAX, EMULATOR_MEDIA_BYTES_MAX
from wasl.emulator.media import Media, read_form
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.records import Accepted, Refused
from wasl.emulator.refusals import Refusal, invalid, missing
from wasl.emulator.send_checks import Send, check_send
from wasl.emulator.shapes import a_text, an_object
from wasl.emulator.whatsapp import Emulator
from wasl.errors import NotFound, TooLarge
from wasl.limits import WEBHOOK_BODY_BYTES_MAX

VERSION = re.compile(r"v[1-9][0-9]?\.[0-9]")
_HANG_SECONDS = 30.0
_USUAL_REFUSAL = 131000


def routes() -> list[Route]:
    return [
        Route("/{version}/{phone_number_id}/messages", messages, methods=["POST"]),
        Route("/{version}/{phone_number_id}/media", upload, methods=["POST"]),
        Route("/{version}/{business_account_id}/subscribed_apps", subscribe, methods=["GET", "POST"]),
        Route("/media/{word}", download, methods=["GET"]),
        Route("/{version}/{node_id}", node, methods=["GET"]),
    ]


async def messages(request: Request) -> Response:
    """Take a send or a read receipt."""
    emulator: Emulator = request.app.state.emulator
    phone_number_id = request.path_params["phone_number_id"]
    try:
        number = _number_of(request, phone_number_id)
        body = await _json_of(request)
        if "status" in body:
            return _take_receipt(emulator, number, body)
        send = check_send(body)
        outcome = emulator.behaviours.next_outcome(phone_number_id, send.recipient)
        if outcome.ending in (Ending.REFUSE, Ending.BARE, Ending.DROP):
            return _not_accepted(emulator, phone_number_id, outcome)
        refuse_unfit(emulator, number, send)
    except Refusal as refusal:
        return _refused(emulator, phone_number_id, refusal)
    return _accepted(emulator, number, send, outcome, request.path_params["version"])


def _accepted(emulator: Emulator, number: BusinessNumber, send: Send, outcome: Outcome, version: str) -> Response:
    failure = None
    if outcome.ending is Ending.FAIL_LATER:
        failure = Refusal(outcome.code or 131026, outcome.details or "Made to fail.")
    lost = outcome.ending in (Ending.LOSE_REPLY, Ending.HANG)
    accepted = accept(emulator, number, send, api_version=version, answered=not lost, failure=failure)
    if lost:
        hold = outcome.hold_seconds or (_HANG_SECONDS if outcome.ending is Ending.HANG else 0.0)
        return LostAnswer(min(hold, EMULATOR_HOLD_SECONDS_MAX))
    return _json(_acceptance(emulator, send, accepted))


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


def _not_accepted(emulator: Emulator, phone_number_id: str, outcome: Outcome) -> Response:
    if outcome.ending is Ending.REFUSE:
        details = outcome.details or "Made to fail."
        raise Refusal(outcome.code or _USUAL_REFUSAL, details, status=outcome.status)
    status = outcome.status or 502
    bare = outcome.ending is Ending.BARE
    said = "answered without Meta's body" if bare else "connection closed"
    emulator.refused.append(Refused(phone_number_id, now_ms() / 1000, status, 0, said))
    return HTMLResponse("<html><body>Bad gateway</body></html>", status_code=status) if bare else LostAnswer()


def _take_receipt(emulator: Emulator, number: BusinessNumber, body: dict[str, Any]) -> Response:
    if body.get("messaging_product") != "whatsapp":
        raise Refusal(100, "The parameter messaging_product is required.")
    if body["status"] != "read":
        raise Refusal(100, "Param status must be 'read'.")
    typing = body.get("typing_indicator")
    if typing is not None and an_object(typing, "typing_indicator").get("type") != "text":
        raise Refusal(100, "Param typing_indicator['type'] must be 'text'.")
    take_receipt(emulator, number, a_text(body, "message_id", empty=False), typing=typing is not None)
    return _json({"success": True})


async def upload(request: Request) -> Response:
    """Keep a file of the business; answer its id."""
    emulator: Emulator = request.app.state.emulator
    try:
        _number_of(request, request.path_params["phone_number_id"])
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
        return _json({"id": emulator.media.keep(content, mime_type, name).media_id})
    except TooLarge as error:
        return _refused(emulator, request.path_params["phone_number_id"], Refusal(131053, error.message))
    except Refusal as refusal:
        return _refused(emulator, request.path_params["phone_number_id"], refusal)


async def node(request: Request) -> Response:
    """Describe a file, with an address to download it, or a business number."""
    emulator: Emulator = request.app.state.emulator
    node_id = request.path_params["node_id"]
    try:
        if node_id in emulator.media:
            _numbers_of(request)
            return _json(_described(request, emulator.media.find(node_id)))
        number = _number_of(request, node_id)
    except Refusal as refusal:
        return _json(refusal.body(), refusal.status)
    about = {
        "id": number.phone_number_id,
        "display_phone_number": f"+{number.display_phone_number}",
        "verified_name": number.verified_name,
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
    }
    return _json(about)


async def download(request: Request) -> Response:
    """Return a file's bytes; the address alone is not enough, it needs the token too."""
    emulator: Emulator = request.app.state.emulator
    try:
        _numbers_of(request)
        media = emulator.media.at_address(request.path_params["word"])
    except Refusal as refusal:
        return _json(refusal.body(), refusal.status)
    except NotFound as error:
        return Response(error.message, status_code=404, media_type="text/plain")
    return Response(media.content, media_type=media.mime_type)


async def subscribe(request: Request) -> Response:
    """Say that this app gets the webhooks of the business account, as it always does here."""
    try:
        _numbers_of(request)
    except Refusal as refusal:
        return _json(refusal.body(), refusal.status)
    return _json({"success": True} if request.method == "POST" else {"data": [{"whatsapp_business_api_data": {}}]})


def _described(request: Request, media: Media) -> dict[str, Any]:
    emulator: Emulator = request.app.state.emulator
    here = emulator.config.public_url or f"{request.url.scheme}://{urlsplit(str(request.url)).netloc}"
    return {
        "messaging_product": "whatsapp",
        "url": f"{here}/media/{emulator.media.open_address(media.media_id)}",
        "mime_type": media.mime_type,
        "sha256": media.sha256_hex,
        "file_size": len(media.content),
        "id": media.media_id,
    }


def _number_of(request: Request, phone_number_id: str) -> BusinessNumber:
    """Return the number that is named, if the token may use it; Meta tells nothing else apart."""
    for number in _numbers_of(request):
        if number.phone_number_id == phone_number_id and VERSION.fullmatch(request.path_params["version"]):
            return number
    raise Refusal(
        100,
        f"Object with ID '{phone_number_id}' does not exist, cannot be loaded due to missing permissions, "
        "or does not support this operation.",
        subcode=33,
    )


def _numbers_of(request: Request) -> list[BusinessNumber]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    emulator: Emulator = request.app.state.emulator
    numbers = emulator.numbers.with_token(token) if scheme.lower() == "bearer" and token else []
    if not numbers:
        raise Refusal(190, "The access token is missing, wrong or no longer valid.")
    return numbers


async def _json_of(request: Request) -> dict[str, Any]:
    try:
        return an_object(orjson.loads(await read_body(request, WEBHOOK_BODY_BYTES_MAX)), "body")
    except orjson.JSONDecodeError:
        raise Refusal(100, "The body is not JSON.") from None
    except TooLarge as error:
        raise Refusal(100, error.message, status=413) from None


def _refused(emulator: Emulator, phone_number_id: str, refusal: Refusal) -> Response:
    at = now_ms() / 1000
    emulator.refused.append(Refused(phone_number_id, at, refusal.status, refusal.code, refusal.details))
    return _json(refusal.body(), refusal.status)


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status_code=status, media_type="application/json")
