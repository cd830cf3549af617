"""360dialog: Meta's bodies below a base of its own, a key for each number, no signature."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from wasl.emulator import cloud_calls
from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.deliveries import Letter
from wasl.emulator.envelopes import envelope
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.refusals import Refusal
from wasl.emulator.updates import Update
from wasl.emulator.whatsapp import Emulator
from wasl.errors import NotFound

BASE = "/360dialog"
META_FILES = "https://lookaside.fbsbx.com"
FILES_PATH = "/whatsapp_business/attachments"
PROOF_HEADER = "X-Wasl-Secret"
"""What a business lets 360dialog send along: here its number's app secret."""


class Dialog360:
    """See `Mode`. A number's access token is its D360-API-KEY."""

    provider = "dialog360"

    def letters(self, number: BusinessNumber, updates: Sequence[Update], style: BatchStyle) -> list[Letter]:
        ids = tuple(one for update in updates for one in update.provider_ids)
        headers = {"Content-Type": "application/json", PROOF_HEADER: number.app_secret}
        return [Letter(number.phone_number_id, envelope(number, updates, style), headers, ids)]

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{BASE}/messages", messages, methods=["POST"]),
            Route(f"{BASE}/media", upload, methods=["POST"]),
            Route(f"{BASE}/v1/configs/webhook", configured, methods=["GET"]),
            Route(f"{BASE}/v1/configs/templates", templates, methods=["GET"]),
            Route(f"{BASE}{FILES_PATH}/{{word}}", download, methods=["GET"]),
            Route(f"{BASE}/{{node_id}}", node, methods=["GET"]),
        ]


async def messages(request: Request) -> Response:
    """Take a send or a read receipt."""
    if _owner(request) is None:
        return _wrong_key()
    return await cloud_calls.take_message(request, _number_of, "v24.0")


async def upload(request: Request) -> Response:
    """Keep a file of the business."""
    if _owner(request) is None:
        return _wrong_key()
    return await cloud_calls.take_file(request, _number_of)


async def node(request: Request) -> Response:
    """Describe a file, with Meta's address for it: the bytes are given under 360dialog's host alone."""
    emulator: Emulator = request.app.state.emulator
    if _owner(request) is None:
        return _wrong_key()
    try:
        media = emulator.media.find(request.path_params["node_id"])
    except NotFound as error:
        return cloud_calls.answer(Refusal(100, error.message, status=404).body(), 404)
    about = cloud_calls.describe_file(request, media, FILES_PATH)
    word = str(about["url"]).rpartition("/")[2]
    return cloud_calls.answer(about | {"url": f"{META_FILES}{FILES_PATH}/{word}"})


async def download(request: Request) -> Response:
    """A file's bytes, for the number's key."""
    return await cloud_calls.give_file(request, _number_of)


async def configured(request: Request) -> Response:
    """Where the number's webhooks go."""
    number = _owner(request)
    return cloud_calls.answer({"url": number.webhook_url}) if number is not None else _wrong_key()


async def templates(request: Request) -> Response:
    """`limit` templates of the number's business account from `offset` on, and how many there are."""
    emulator: Emulator = request.app.state.emulator
    number = _owner(request)
    if number is None:
        return _wrong_key()
    every = emulator.templates.of(number.business_account_id)
    first, limit = (_whole(request, name, usual) for name, usual in (("offset", 0), ("limit", 25)))
    page: list[Any] = [template | {"status": template["status"].lower()} for template in every[first : first + limit]]
    return cloud_calls.answer({"count": len(page), "total": len(every), "offset": first, "waba_templates": page})


def _owner(request: Request) -> BusinessNumber | None:
    emulator: Emulator = request.app.state.emulator
    mine = emulator.numbers.with_token(request.headers.get("d360-api-key", ""))
    return next((number for number in mine if number.provider == "dialog360"), None)


def _number_of(request: Request) -> BusinessNumber:
    """The number whose key was sent. Raises Refusal."""
    number = _owner(request)
    if number is None:
        raise Refusal(190, "The key is missing or wrong.", status=401)
    return number


def _wrong_key() -> Response:
    """What 360dialog itself answers, which is not Meta's error."""
    meta = {"api_status": "stable", "success": False, "http_code": 401, "developer_message": "Invalid api_key"}
    return cloud_calls.answer({"meta": meta}, 401)


def _whole(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else usual


MODE = Dialog360()
