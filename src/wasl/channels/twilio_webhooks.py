"""What Twilio posts to us: forms, their signature, and what each of them means.

Source: twilio.com/docs, "Webhooks security" and "Twilio's request to your incoming message webhook URL".
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wasl.channels.adapter import Knock
from wasl.channels.cloud_webhooks import same_text
from wasl.channels.content import unsupported
from wasl.channels.fields import is_true, object_of
from wasl.channels.interactive import read_interactive
from wasl.channels.json_body import storable_text
from wasl.channels.party import bsuid_of, phone_of
from wasl.channels.twilio_errors import sentence_of
from wasl.clock import now_ms
from wasl.domain.channels import Access
from wasl.domain.identity import Party
from wasl.domain.message import Content, MessageStatus, MessageType
from wasl.domain.updates import MessageReceived, Noted, StatusReported, Unreadable, Update
from wasl.errors import UnreadableBody

Form = Mapping[str, str]

ADDRESS = "whatsapp:"
JOIN = "m"
"""The query's name of what joins a status to its message, in the address that Twilio calls back."""
FILE_KINDS = {"image": MessageType.IMAGE, "video": MessageType.VIDEO, "audio": MessageType.AUDIO}
_ARRIVED = "_arrived"
"""When a form came, kept with it: Twilio does not say when the customer wrote."""
_NAMES_OF_SENDER = ("From", "WaId", "ExternalUserId")
_WORDS = ("Body", "MediaUrl0", "Latitude", "ButtonText", "ListId", "FlowData", "InteractiveData", "MessageType")
"""What of a form says something: with one of these it is a message, also of nobody that is known."""
_PORTS = {"https": 443, "http": 80}
_STATUSES = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "failed": MessageStatus.FAILED,
    "undelivered": MessageStatus.FAILED,
}


# -- the proof --------------------------------------------------------------------------------------------------------


def is_signed(knock: Knock, access: Access) -> bool:
    """Whether the account's token signed this: HMAC-SHA1 over the public address and every parameter, by name.

    A body that is no form is named in the address by its SHA-256, and the address alone is signed.
    """
    digest = dict(parse_qsl(knock.query)).get("bodySHA256")
    if digest is not None:
        text, whole = "", same_text(hashlib.sha256(knock.body).hexdigest(), digest.lower())
    else:
        text, whole = "".join(name + value for name, value in sorted(set(_pairs(knock.body)))), True
    signature = knock.header("x-twilio-signature")
    made = [signed(access["auth_token"], url + text) for url in _addresses(knock, access)]
    # All are compared, so that the time taken tells nothing.
    return sum(same_text(one, signature) for one in made) > 0 and whole


def signed(token: str, text: str) -> str:
    """The signature of a text; an empty token signs nothing."""
    if not token:
        return ""
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _addresses(knock: Knock, access: Access) -> list[str]:
    """How Twilio may have called us: as we are known, with and without the port that goes without saying. What a proxy
    made of the address on its way is not asked."""
    known = urlsplit(access["signed_url"] or access.webhook_url or f"https://{knock.header('host')}{knock.path}")
    hosts = [known.netloc]
    try:
        port = known.port
    except ValueError:
        return []
    if port is not None:
        hosts.append(known.netloc.removesuffix(f":{port}"))
    elif known.scheme in _PORTS:
        hosts.append(f"{known.netloc}:{_PORTS[known.scheme]}")
    return [urlunsplit((known.scheme, host, known.path, knock.query, "")) for host in hosts]


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


# -- reading ----------------------------------------------------------------------------------------------------------


def read_forms(knock: Knock, access: Access | None) -> list[Update]:
    """A status, or a message for each of its files. What is kept is the form, with what its address said put in.

    Raises UnreadableBody when there is no form.
    """
    if knock.body.lstrip()[:1] in (b"{", b"["):
        number, raw = access.phone_number_id if access is not None else "", knock.body
        return [Noted(number, "json", lambda: raw)]
    form = {storable_text(name): storable_text(value) for name, value in _pairs(knock.body)}
    if not form:
        raise UnreadableBody("The form holds nothing.")
    joined = dict(parse_qsl(knock.query)).get(JOIN)
    if joined:
        form.setdefault(JOIN, storable_text(joined))
    form.setdefault(_ARRIVED, str(now_ms() // 1000))
    return [_read(_number_in(one, access), one) for one in _each_file(form)]


def _number_in(form: Form, access: Access | None) -> str:
    """Our own number as the form names it, written as the channel writes it: an address may be entered for several."""
    ours = form.get("From" if _is_status(form) else "To", "").removeprefix(ADDRESS)
    known = access.phone_number_id if access is not None else ""
    digits = phone_of(ours)
    if not digits or digits == phone_of(known):
        return known or ours
    return f"+{digits}" if not known or known.startswith("+") else digits


def _each_file(form: dict[str, str]) -> list[dict[str, str]]:
    """A form for each file of a message; WhatsApp's have one, and nothing promises that."""
    count = next(place for place in range(len(form) + 1) if f"MediaUrl{place}" not in form)
    if count < 2:
        return [form]
    rest = {name: value for name, value in form.items() if not name.startswith(("MediaUrl", "MediaContentType"))}
    found = []
    for place in range(count):
        own = {name: form[f"{name}{place}"] for name in ("MediaUrl", "MediaContentType") if f"{name}{place}" in form}
        one = {**rest, **{f"{name}0": value for name, value in own.items()}, "NumMedia": "1"}
        if place:
            one |= {"MessageSid": f"{form.get('MessageSid', '')}.{place}", "Body": ""}
        found.append(one)
    return found


def _read(number: str, form: Form) -> Update:
    raw = urlencode(form).encode()
    try:
        if _is_status(form):
            return _status(number, form, raw)
        if not form.get("MessageSid") or not any(form.get(name) for name in (*_NAMES_OF_SENDER, *_WORDS)):
            return Noted(number, form.get("EventType") or "unknown", lambda: raw)
        return MessageReceived(
            phone_number_id=number,
            message_id=form["MessageSid"],
            party=_party(form),
            timestamp_seconds=int(form[_ARRIVED]),
            content=_content(form),
            origin_json=lambda: raw,
            reply_to=form.get("OriginalRepliedMessageSid") or None,
        )
    except Exception as error:
        # A fault of ours must not lose what the customer said: the form is kept, counted and read again later.
        return Unreadable(number, f"{type(error).__name__} while reading a form", lambda: raw)


def _is_status(form: Form) -> bool:
    return form.get("MessageStatus", "received") != "received"


def _status(number: str, form: Form, raw: bytes) -> Update:
    word = form["MessageStatus"]
    status = _STATUSES.get(word)
    if status is None or not form.get("MessageSid"):
        return Noted(number, f"status {word}", lambda: raw)
    code = form.get("ErrorCode") or None
    return StatusReported(
        phone_number_id=number,
        provider_message_id=form["MessageSid"],
        status=status,
        timestamp_seconds=int(form[_ARRIVED]),
        callback_data=form.get(JOIN),
        error_code=code,
        error_message=sentence_of(code, form.get("ErrorMessage")) if code else None,
        origin_json=lambda: raw,
    )


def _party(form: Form) -> Party:
    address = form.get("From", "").removeprefix(ADDRESS)
    external = form.get("ExternalUserId", "").removeprefix(ADDRESS)
    phone = phone_of(address) or phone_of(form.get("WaId"))
    bsuid = bsuid_of(address) or bsuid_of(external)
    stray = None if phone or bsuid else address or None
    return Party(phone=phone, bsuid=bsuid, provider_id=stray, name=form.get("ProfileName") or None)


# -- what a message says ----------------------------------------------------------------------------------------------


def _content(form: Form) -> Content:
    details: dict[str, Any] = {}
    for name, key in (("Forwarded", "forwarded"), ("FrequentlyForwarded", "frequently_forwarded")):
        if is_true(form.get(name)):
            details[key] = True
    referral = {
        name: value for name, value in form.items() if name.startswith("Referral") and name != "ReferralNumMedia"
    }
    if referral:
        details["referral"] = referral
    content = _said(form)
    return Content(content.type, content.text, content.media, {**content.details, **details})


def _said(form: Form) -> Content:
    body, kind = form.get("Body", ""), form.get("MessageType", "text")
    if form.get("Latitude") and form.get("Longitude"):
        return _location(form)
    if form.get("MediaUrl0"):
        return _file(form, body)
    chosen = _chosen(form, body)
    if chosen is not None:
        return chosen
    return Content.of_text(body) if body or kind == "text" else unsupported(dict(form), kind)


def _chosen(form: Form, body: str) -> Content | None:
    """What was tapped, or filled in, in an interactive message; the same as other providers tell of it."""
    if form.get("ListId"):
        chosen = {"id": form["ListId"], "title": form.get("ListTitle") or body}
        return read_interactive({"type": "list_reply", "list_reply": chosen})
    if form.get("ButtonText"):
        button = {"text": form["ButtonText"], "payload": form.get("ButtonPayload")}
        return Content(MessageType.INTERACTIVE, button["text"] or "", None, {"button": button})
    answers = object_of(form.get("FlowData")) or (object_of(form.get("InteractiveData")) or {}).get("flowResponse")
    if answers:
        reply: dict[str, Any] = {"name": "flow", "body": body or "Sent", "response_json": answers}
        return read_interactive({"type": "nfm_reply", "nfm_reply": reply})
    return None


def _location(form: Form) -> Content:
    place: dict[str, Any] = {"latitude": float(form["Latitude"]), "longitude": float(form["Longitude"])}
    place |= {key: form[name] for name, key in (("Label", "name"), ("Address", "address")) if form.get(name)}
    lines = [place[key] for key in ("name", "address") if key in place]
    text = "\n".join(lines) or f"{place['latitude']}, {place['longitude']}"
    return Content(MessageType.LOCATION, text, None, {"location": place})


def _file(form: Form, caption: str) -> Content:
    mime_type = form.get("MediaContentType0") or "application/octet-stream"
    kind = FILE_KINDS.get(mime_type.partition("/")[0], MessageType.DOCUMENT)
    if form.get("MessageType") == "sticker" or mime_type == "image/webp":
        kind = MessageType.STICKER
    media: dict[str, Any] = {"url": form["MediaUrl0"], "mime_type": mime_type}
    # Twilio does not tell a voice note from another recording; WhatsApp's own are Ogg.
    if kind is MessageType.AUDIO and mime_type.startswith("audio/ogg"):
        kind, media["voice"] = MessageType.VOICE, True
    return Content(kind, caption, media)
