"""Twilio: signed forms to the business, forms from it, statuses to the address that each send names.

An account's SID is the number's business account, its token the access token. Messages are called SM… there: `sid_of`.
"""

import base64
import hashlib
import hmac
import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from wasl.emulator import cloud_calls
from wasl.emulator.asked import read_body
from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.business_side import take_receipt
from wasl.emulator.deliveries import Letter
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.refusals import Refusal
from wasl.emulator.taking import Words, note_refused, take_send
from wasl.emulator.updates import Update
from wasl.emulator.whatsapp import Emulator
from wasl.errors import NotFound, TooLarge
from wasl.limits import WEBHOOK_BODY_BYTES_MAX

BASE = "/twilio"
_ADDRESS = "whatsapp:"
_TEXT_CHARACTERS_MAX = 1600
_FILES = ("image", "video", "audio", "document", "sticker")
_CODES = {100: 21620, 190: 20003, 130429: 20429, 131016: 30001, 131026: 63003, 131047: 63016, 131052: 63019}
"""What Twilio calls what WhatsApp refuses; other codes stay what they are."""
_WINDOW_CLOSED = 131047
_WORDS = {"failed": "undelivered"}

Form = dict[str, str]


def sid_of(message_id: str) -> str:
    """What Twilio calls a message."""
    return "SM" + hashlib.sha256(message_id.encode()).hexdigest()[:32]


def signature_of(url: str, form: Mapping[str, str], auth_token: str) -> str:
    """The value of `X-Twilio-Signature`."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Twilio:
    """See `Mode`."""

    provider = "twilio"

    def letters(self, number: BusinessNumber, updates: Sequence[Update], style: BatchStyle) -> list[Letter]:
        """One form for each message or status; Twilio never puts two together, and tells of nothing else."""
        del style
        told = []
        for update in updates:
            names = [contact.get("profile", {}).get("name", "") for contact in update.value.get("contacts", ())]
            for message in update.value.get("messages", ()):
                form = _message(number, message, names[0] if names else "")
                told.append(_letter(number, number.webhook_url, form, message["id"]))
            for status in update.value.get("statuses", ()):
                back = status.get("biz_opaque_callback_data")
                if back:
                    name = f"{status['id']}:{status['status']}"
                    told.append(_letter(number, back, _status(number, status), name))
        return told

    def routes(self) -> list[BaseRoute]:
        account = f"{BASE}/2010-04-01/Accounts/{{account_sid}}"
        return [
            Route(f"{account}/Messages.json", messages, methods=["POST"]),
            Route(f"{account}.json", account_page, methods=["GET"]),
            Route(f"{account}/Messages/{{sid}}/Media/{{media_id}}", lead_to_file, methods=["GET"]),
            Route(f"{BASE}/files/{{word}}", give_file, methods=["GET"]),
            Route(f"{BASE}/v2/Indicators/Typing.json", typing, methods=["POST"]),
        ]


# -- to the business --------------------------------------------------------------------------------------------------


def _letter(number: BusinessNumber, url: str, form: Form, name: str) -> Letter:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Twilio-Signature": signature_of(url, form, number.access_token),
    }
    return Letter(number.phone_number_id, urlencode(form).encode(), headers, (name,), url)


def _message(number: BusinessNumber, message: dict[str, Any], name: str) -> Form:
    kind, phone, bsuid = message["type"], message.get("from"), message.get("from_user_id")
    found = message.get(kind)
    content: dict[str, Any] = found if isinstance(found, dict) else {}
    sid = sid_of(message["id"])
    form = {
        "AccountSid": number.business_account_id,
        "ApiVersion": "2010-04-01",
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "SmsStatus": "received",
        "MessageType": kind,
        "NumMedia": "0",
        "ProfileName": name,
        "From": f"{_ADDRESS}{'+' + phone if phone else bsuid}",
        "To": f"{_ADDRESS}+{number.display_phone_number}",
        "Body": "",
        **({"WaId": phone} if phone else {}),
        **({"ExternalUserId": f"{_ADDRESS}{bsuid}"} if bsuid else {}),
        **_said(number, sid, kind, content),
    }
    context = message.get("context") or {}
    if context.get("id"):
        form["OriginalRepliedMessageSid"] = sid_of(context["id"])
    return form


def _said(number: BusinessNumber, sid: str, kind: str, content: dict[str, Any]) -> Form:
    match kind:
        case "text":
            return {"Body": content["body"]}
        case "location":
            named = {"Label": content.get("name"), "Address": content.get("address")}
            place = {"Latitude": str(content["latitude"]), "Longitude": str(content["longitude"])}
            return place | {key: value for key, value in named.items() if value}
        case "button" | "interactive":
            return _chosen(content)
        case _ if kind in _FILES:
            path = f"{BASE}/2010-04-01/Accounts/{number.business_account_id}/Messages/{sid}/Media/{content['id']}"
            where = {"MediaUrl0": f"{number.emulator_url}{path}", "MediaContentType0": content["mime_type"]}
            return {"NumMedia": "1", "Body": content.get("caption", ""), **where}
        case _:
            return {"Body": str(content.get("emoji", ""))}


def _chosen(content: dict[str, Any]) -> Form:
    if "payload" in content:
        return {"Body": content["text"], "ButtonText": content["text"], "ButtonPayload": content["payload"]}
    answer = content.get(content["type"], {})
    match content["type"]:
        case "list_reply":
            return {"Body": answer["title"], "ListId": answer["id"], "ListTitle": answer["title"]}
        case "button_reply":
            title = answer["title"]
            return {"Body": title, "ButtonText": title, "ButtonPayload": answer["id"], "ButtonType": "REPLY"}
        case _:
            return {"FlowData": answer.get("response_json", "{}")}


def _status(number: BusinessNumber, status: dict[str, Any]) -> Form:
    word, sid = status["status"], sid_of(status["id"])
    whom = status.get("recipient_id")
    form = {
        "AccountSid": number.business_account_id,
        "ApiVersion": "2010-04-01",
        "ChannelInstallSid": "XE" + "0" * 32,
        "From": f"{_ADDRESS}+{number.display_phone_number}",
        "To": f"{_ADDRESS}{'+' + whom if whom else status.get('recipient_user_id', '')}",
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": _WORDS.get(word, word),
        "SmsStatus": _WORDS.get(word, word),
    }
    for error in status.get("errors", ()):
        code = error["code"]
        form |= {"ErrorCode": str(_CODES.get(code, code)), "ErrorMessage": error["error_data"]["details"]}
    return form


# -- from the business ------------------------------------------------------------------------------------------------


async def messages(request: Request) -> Response:
    """Take a send."""
    emulator: Emulator = request.app.state.emulator
    try:
        form = await _form_of(request)
        number = _sender(request, form.get("From", ""))
        body = _as_meta(form)
    except Refusal as refusal:
        note_refused(emulator, "", refusal)
        return _refused(refusal)
    words = Words(
        accepted=lambda _, accepted: cloud_calls.answer(
            {"sid": sid_of(accepted.message_id), "status": "queued", "to": form["To"], "from": form["From"]}, 201
        ),
        refused=_refused,
        told_later=frozenset((_WINDOW_CLOSED,)),
        brings_files=True,
    )
    return take_send(emulator, number, body, words)


async def typing(request: Request) -> Response:
    """Show the sign of typing, and mark a customer's message as read."""
    emulator: Emulator = request.app.state.emulator
    try:
        numbers, form = _numbers_of(request), await _form_of(request)
        if form.get("channel") != "whatsapp":
            raise Refusal(20001, "channel must be whatsapp.")
        for number in numbers:
            for thread in emulator.customers.threads_of(number):
                for entry in thread.entries:
                    if sid_of(entry.message_id) == form.get("messageId"):
                        take_receipt(emulator, number, entry.message_id, typing=True)
                        return cloud_calls.answer({"success": True})
        raise Refusal(20404, "There is no such message.", status=404)
    except Refusal as refusal:
        return _refused(refusal)


async def account_page(request: Request) -> Response:
    """The account, for its token."""
    try:
        number = _numbers_of(request)[0]
    except Refusal as refusal:
        return _refused(refusal)
    return cloud_calls.answer({"sid": number.business_account_id, "status": "active"})


async def lead_to_file(request: Request) -> Response:
    """Lead to where a file's bytes are, which needs no token, for the account's."""
    emulator: Emulator = request.app.state.emulator
    try:
        _numbers_of(request)
        word = emulator.media.open_address(emulator.media.find(request.path_params["media_id"]).media_id)
    except Refusal as refusal:
        return _refused(refusal)
    except NotFound as error:
        return _refused(Refusal(20404, error.message, status=404))
    return RedirectResponse(f"{BASE}/files/{word}", 307)


async def give_file(request: Request) -> Response:
    """A file's bytes. Whoever still shows the token here has shown it to a stranger."""
    emulator: Emulator = request.app.state.emulator
    try:
        media = emulator.media.at_address(request.path_params["word"])
    except NotFound as error:
        return Response(error.message, status_code=404, media_type="text/plain")
    return Response(media.content, media_type=media.mime_type)


def _as_meta(form: Form) -> dict[str, Any]:
    """A form as Meta would write it; the address to call back is what its statuses carry. Raises Refusal."""
    to, text = form.get("To", "").removeprefix(_ADDRESS), form.get("Body", "")
    if not form.get("To", "").startswith(_ADDRESS):
        raise Refusal(21211, "Invalid 'To' Phone Number.")
    if len(text) > _TEXT_CHARACTERS_MAX:
        raise Refusal(21617, f"The concatenated message body exceeds the {_TEXT_CHARACTERS_MAX} character limit.")
    body: dict[str, Any] = {"messaging_product": "whatsapp", **({"to": to} if to[:1] == "+" else {"recipient": to})}
    if form.get("StatusCallback"):
        body["biz_opaque_callback_data"] = form["StatusCallback"]
    if form.get("ContentSid"):
        values = orjson.loads(form.get("ContentVariables", "{}"))
        parameters = [{"type": "text", "text": value} for _, value in sorted(values.items())]
        components = [{"type": "body", "parameters": parameters}] if parameters else []
        template = {"name": form["ContentSid"], "language": {"code": "en"}, "components": components}
        return {**body, "type": "template", "template": template}
    if form.get("MediaUrl"):
        link = form["MediaUrl"]
        family = (mimetypes.guess_type(link.partition("?")[0])[0] or "").partition("/")[0]
        kind = family if family in ("image", "video", "audio") else "document"
        return {**body, "type": kind, kind: {"link": link} | ({"caption": text} if text and kind != "audio" else {})}
    if not text:
        raise Refusal(21619, "A text message body or media urls must be specified.")
    return {**body, "type": "text", "text": {"body": text}}


def _sender(request: Request, address: str) -> BusinessNumber:
    for number in _numbers_of(request):
        if address == f"{_ADDRESS}+{number.display_phone_number}":
            return number
    raise Refusal(63007, "Twilio could not find a Channel with the specified From address.")


def _numbers_of(request: Request) -> list[BusinessNumber]:
    """The numbers whose account's token was shown. Raises Refusal."""
    emulator: Emulator = request.app.state.emulator
    scheme, _, packed = request.headers.get("authorization", "").partition(" ")
    try:
        sid, _, token = base64.b64decode(packed).decode().partition(":")
    except ValueError:
        sid = token = ""
    numbers = [
        number
        for number in emulator.numbers.with_token(token)
        if number.provider == "twilio" and number.business_account_id == sid
    ]
    if scheme.lower() != "basic" or not numbers:
        raise Refusal(20003, "Authenticate", status=401)
    if request.path_params.get("account_sid", sid) != sid:
        raise Refusal(20404, "The requested resource was not found.", status=404)
    return numbers


async def _form_of(request: Request) -> Form:
    try:
        body = await read_body(request, WEBHOOK_BODY_BYTES_MAX)
    except TooLarge as error:
        raise Refusal(20001, error.message, status=413) from None
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _refused(refusal: Refusal) -> Response:
    code = _CODES.get(refusal.code, refusal.code)
    status = 429 if code == 20429 else refusal.status
    return cloud_calls.answer({"code": code, "message": refusal.details, "status": status}, status)


MODE = Twilio()
