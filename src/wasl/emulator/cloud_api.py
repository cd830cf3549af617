"""The Cloud API as the business sees it, below Meta's own paths; the calls themselves stand in cloud_calls.py."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wasl.emulator import cloud_calls
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.refusals import Refusal
from wasl.emulator.whatsapp import Emulator

VERSION = re.compile(r"v[1-9][0-9]?\.[0-9]")


def routes() -> list[Route]:
    return [
        Route("/{version}/{phone_number_id}/messages", messages, methods=["POST"]),
        Route("/{version}/{phone_number_id}/media", upload, methods=["POST"]),
        Route("/{version}/{business_account_id}/subscribed_apps", subscribe, methods=["GET", "POST"]),
        Route("/{version}/{business_account_id}/message_templates", templates, methods=["GET"]),
        Route("/media/{word}", download, methods=["GET"]),
        Route("/{version}/{node_id}", node, methods=["GET"]),
    ]


async def messages(request: Request) -> Response:
    """Take a send or a read receipt."""
    return await cloud_calls.take_message(request, _addressed, request.path_params["version"])


async def upload(request: Request) -> Response:
    """Keep a file of the business; answer its id."""
    return await cloud_calls.take_file(request, _addressed)


async def download(request: Request) -> Response:
    """Return a file's bytes, for the token of any number."""
    return await cloud_calls.give_file(request, lambda asked: _numbers_of(asked)[0])


async def templates(request: Request) -> Response:
    """A page of the business account's templates."""
    return await cloud_calls.list_templates(request, _of_account)


async def node(request: Request) -> Response:
    """Describe a file, with an address to download it, or a business number."""
    emulator: Emulator = request.app.state.emulator
    node_id = request.path_params["node_id"]
    try:
        if node_id in emulator.media:
            _numbers_of(request)
            return cloud_calls.answer(cloud_calls.describe_file(request, emulator.media.find(node_id), "/media"))
        number = _number_of(request, node_id)
    except Refusal as refusal:
        return cloud_calls.answer(refusal.body(), refusal.status)
    about = {
        "id": number.phone_number_id,
        "display_phone_number": f"+{number.display_phone_number}",
        "verified_name": number.verified_name,
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
    }
    return cloud_calls.answer(about)


async def subscribe(request: Request) -> Response:
    """Say that this app gets the webhooks of the business account, as it always does here."""
    try:
        _numbers_of(request)
    except Refusal as refusal:
        return cloud_calls.answer(refusal.body(), refusal.status)
    said: dict[str, Any] = (
        {"success": True} if request.method == "POST" else {"data": [{"whatsapp_business_api_data": {}}]}
    )
    return cloud_calls.answer(said)


def _addressed(request: Request) -> BusinessNumber:
    return _number_of(request, request.path_params["phone_number_id"])


def _number_of(request: Request, phone_number_id: str) -> BusinessNumber:
    """Return the number that is named, if the token may use it; Meta tells nothing else apart."""
    for number in _numbers_of(request):
        if number.phone_number_id == phone_number_id and VERSION.fullmatch(request.path_params["version"]):
            return number
    raise _unknown(phone_number_id)


def _of_account(request: Request) -> BusinessNumber:
    """A number of the business account that is named, for its token."""
    account_id = request.path_params["business_account_id"]
    for number in _numbers_of(request):
        if number.business_account_id == account_id:
            return number
    raise _unknown(account_id)


def _numbers_of(request: Request) -> list[BusinessNumber]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    emulator: Emulator = request.app.state.emulator
    numbers = emulator.numbers.with_token(token) if scheme.lower() == "bearer" and token else []
    if not numbers:
        raise Refusal(190, "The access token is missing, wrong or no longer valid.")
    return numbers


def _unknown(object_id: str) -> Refusal:
    return Refusal(
        100,
        f"Object with ID '{object_id}' does not exist, cannot be loaded due to missing permissions, "
        "or does not support this operation.",
        subcode=33,
    )
