"""The control API under `/emulator`: tests, the bench and the handset page play customers and watch the traffic."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import fields
from typing import Any

import httpx2
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wasl.emulator.asked import Asked, read_body
from wasl.emulator.behaviour import GOOD_DAY, read_behaviour
from wasl.emulator.file_control import forget_media, list_brought, show_media, trouble_media
from wasl.emulator.ids import new_secret
from wasl.emulator.limits import EMULATOR_MEDIA_BYTES_MAX, EMULATOR_PAGE_ITEMS_MAX
from wasl.emulator.modes import modes
from wasl.emulator.numbers import PHONE, BusinessNumber, digits_of
from wasl.emulator.records import Log
from wasl.emulator.whatsapp import Emulator
from wasl.errors import Invalid, WaslError

Endpoint = Callable[[Emulator, Request], Awaitable[dict[str, Any]]]


def route(path: str, endpoint: Endpoint, method: str) -> Route:
    """Return a route whose endpoint gets the emulator and answers an object; its errors become clear answers."""

    async def answer(request: Request) -> Response:
        try:
            found = await endpoint(request.app.state.emulator, request)
        except WaslError as error:
            failure = {"success": False, "error": error.message, "code": error.code}
            return as_json(failure, error.http_status)
        return as_json({"success": True} | found)

    return Route(path, answer, methods=[method])


def routes() -> list[Route]:
    return [
        route("/numbers", add_number, "POST"),
        route("/numbers", list_numbers, "GET"),
        route("/verification", verify, "POST"),
        route("/behaviour", behave, "PUT"),
        route("/behaviour", behave_well, "DELETE"),
        route("/behaviour", show_behaviour, "GET"),
        route("/media", keep_media, "POST"),
        route("/media", list_brought, "GET"),
        route("/media/{media_id}/content", show_media, "GET"),
        route("/media/{media_id}", forget_media, "DELETE"),
        route("/media/{media_id}/trouble", trouble_media, "PUT"),
        route("/templates", choose_templates, "PUT"),
        route("/accepted", list_accepted, "GET"),
        route("/refused", list_refused, "GET"),
        route("/receipts", list_receipts, "GET"),
        route("/acks", list_acks, "GET"),
        route("/deliveries", list_deliveries, "GET"),
        route("/everything", forget, "DELETE"),
    ]


async def add_number(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Add a business number, or change the one with the same id. Token and secret are made when not given."""
    asked = await Asked.of(request)
    phone_number_id = asked.text("phone_number_id")
    display = digits_of(asked.maybe_text("display_phone_number") or "9611000001")
    url = asked.text("webhook_url")
    if not digits_of(phone_number_id).isdigit() or not PHONE.fullmatch(display):
        raise Invalid("phone_number_id and display_phone_number are made of digits.")
    if not url.startswith(("http://", "https://")):
        raise Invalid("webhook_url begins with http:// or https://.")
    if (asked.maybe_text("provider") or "meta") not in modes():
        raise Invalid(f"The emulator plays {', '.join(modes())}.")
    usual = {"access_token": new_secret(), "app_secret": new_secret()}
    optional = ("access_token", "app_secret", "verify_token", "verified_name", "business_account_id", "provider")
    given = {name: text for name in optional if (text := asked.maybe_text(name)) is not None}
    usual["emulator_url"] = emulator.config.public_url or str(request.base_url).removesuffix("/emulator/").rstrip("/")
    number = BusinessNumber(
        phone_number_id=phone_number_id, display_phone_number=display, webhook_url=url, **(usual | given)
    )
    emulator.numbers.add(number)
    emulator.changes.note()
    # Its maker must learn the secrets that were made for it; nobody else is told.
    return {"number": number.public() | {"access_token": number.access_token, "app_secret": number.app_secret}}


async def list_numbers(emulator: Emulator, request: Request) -> dict[str, Any]:
    return {"numbers": [number.public() for number in emulator.numbers]}


async def verify(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Ask a webhook address to prove itself, as Meta does when it is entered."""
    asked = await Asked.of(request)
    number = emulator.numbers.find(asked.maybe_text("phone_number_id"))
    token = asked.maybe_text("verify_token")
    challenge = str(int(new_secret()[:7], 16))
    question = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": number.verify_token if token is None else token,
    }
    try:
        answer = await emulator.client.get(number.webhook_url, params=question)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return {"verified": False, "status": None, "error": type(error).__name__}
    return {"verified": answer.status_code == 200 and answer.text == challenge, "status": answer.status_code}


async def behave(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Let a number (or all) behave so; what is not named is as on a good day."""
    asked = await Asked.of(request)
    phone_number_id = asked.maybe_text("phone_number_id")
    if phone_number_id is not None:
        emulator.numbers.find(phone_number_id)
    behaviour = read_behaviour({name: value for name, value in asked.fields.items() if name != "phone_number_id"})
    emulator.behaviours.choose(behaviour, phone_number_id)
    return {"behaviour": shown(behaviour)}


async def behave_well(emulator: Emulator, request: Request) -> dict[str, Any]:
    emulator.behaviours.choose(GOOD_DAY)
    return {"behaviour": shown(GOOD_DAY)}


async def show_behaviour(emulator: Emulator, request: Request) -> dict[str, Any]:
    number = emulator.numbers.find(request.query_params.get("phone_number_id"))
    return {"behaviour": shown(emulator.behaviours.of(number.phone_number_id))}


async def keep_media(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Keep the body as a file that customers can send."""
    content = await read_body(request, EMULATOR_MEDIA_BYTES_MAX)
    mime_type = request.headers.get("content-type", "application/octet-stream")
    media = emulator.media.keep(content, mime_type, request.query_params.get("name", "file"))
    return {"media_id": media.media_id}


async def choose_templates(emulator: Emulator, request: Request) -> dict[str, Any]:
    """Let a number's business account have these templates, each as Meta describes it."""
    asked = await Asked.of(request)
    number = emulator.numbers.find(asked.maybe_text("phone_number_id"))
    templates = asked.fields.get("templates")
    if not isinstance(templates, list):
        raise Invalid("templates is a list of templates as Meta describes them.")
    for template in templates:
        one = Asked.object(template, "A template")
        for word in ("name", "language", "status"):
            one.text(word)
    emulator.templates.choose(number.business_account_id, templates)
    return {"count": len(templates)}


async def list_accepted(emulator: Emulator, request: Request) -> dict[str, Any]:
    return page(request, emulator.accepted)


async def list_refused(emulator: Emulator, request: Request) -> dict[str, Any]:
    return page(request, emulator.refused)


async def list_receipts(emulator: Emulator, request: Request) -> dict[str, Any]:
    return page(request, emulator.receipts)


async def list_acks(emulator: Emulator, request: Request) -> dict[str, Any]:
    return page(request, emulator.acknowledged)


async def list_deliveries(emulator: Emulator, request: Request) -> dict[str, Any]:
    """List deliveries; `waiting` counts what is not acknowledged or still to be told, of all or of the number that
    `?phone_number_id=` names, whatever the page shows."""
    log = emulator.post_office.log
    return page(request, log, hide=("settled",)) | {
        "waiting": emulator.waiting(request.query_params.get("phone_number_id"))
    }


async def forget(emulator: Emulator, request: Request) -> dict[str, Any]:
    emulator.forget()
    return {}


def page(request: Request, log: Log[Any], hide: Iterable[str] = ()) -> dict[str, Any]:
    """Answer the items after `?after=`, at most `?limit=`, and where to go on."""
    after, limit = _whole(request, "after", 0), _whole(request, "limit", EMULATOR_PAGE_ITEMS_MAX)
    items = log.after(after, min(limit, EMULATOR_PAGE_ITEMS_MAX))
    shown_items = [{"index": index} | shown(item, hide) for index, item in items]
    return {"items": shown_items, "next_after": items[-1][0] if items else after, "total": log.total}


def shown(item: Any, hide: Iterable[str] = ()) -> dict[str, Any]:
    """Return the fields of a dataclass; orjson writes what is nested in them."""
    return {field.name: getattr(item, field.name) for field in fields(item) if field.name not in hide}


def as_json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status_code=status, media_type="application/json")


def _whole(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not text.isdecimal() or len(text) > 12:
        raise Invalid(f"{name} is a whole number.")
    return int(text)
