"""What we post to Twilio, and what its answers mean (twilio.com/docs, "Messages resource", "Content API")."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from wasl import limits
from wasl.channels.cloud_api import plain_header, plain_part
from wasl.channels.exchange import Answer, pause_of
from wasl.channels.fields import text_of
from wasl.channels.json_body import storable_text
from wasl.channels.limits import TWILIO_TEXT_CHARACTERS_MAX
from wasl.channels.party import phone_of
from wasl.channels.twilio_errors import Remedy, remedy_of, sentence_of
from wasl.channels.twilio_webhooks import ADDRESS, JOIN
from wasl.domain.channels import Access
from wasl.domain.message import MessageType
from wasl.domain.sending import Accepted, NotSent, Outgoing, Refused, SendOutcome, Unclear


def account_url(access: Access) -> str:
    """Where everything of the account lies. Raises ValueError when its SID cannot stand there."""
    return f"{access.api_base_url}/2010-04-01/Accounts/{plain_part(access['account_sid'])}"


def basic(access: Access) -> dict[str, str]:
    """What proves that we may ask. Raises ValueError for a token that cannot be one."""
    token = f"{access['account_sid']}:{plain_header(access['auth_token'])}"
    return {"Authorization": f"Basic {base64.b64encode(token.encode()).decode()}"}


def refusal_of_ours(outgoing: Outgoing) -> Refused | None:
    """What need not be asked: a message that nobody would take."""
    content, file = outgoing.content, outgoing.file
    template, text = content.type is MessageType.TEMPLATE, content.type is MessageType.TEXT
    if not (outgoing.to.phone or outgoing.to.bsuid):
        return Refused("no_recipient", "Neither a phone number nor a WhatsApp id of this customer is known.")
    if template and file is not None:
        return Refused("not_supported", "Files of Twilio's templates are part of the template; none can be added.")
    if not template and not text and (file is None or not file.link):
        return Refused("no_file", "The file of this message is gone.")
    if text and not content.text.strip():
        return Refused("empty_text", "The message is empty.")
    if not template and len(content.text) > TWILIO_TEXT_CHARACTERS_MAX:
        return Refused("text_too_long", f"Twilio takes at most {TWILIO_TEXT_CHARACTERS_MAX} characters.")
    return None


def message_form(access: Access, outgoing: Outgoing) -> dict[str, str]:
    """The form of a message. Raises ValueError when the channel's own number is none.

    What names the message stands in the address that Twilio calls back, and so joins its statuses to it even when the
    answer is lost.
    """
    ours = phone_of(access.phone_number_id)
    if ours is None:
        raise ValueError("no phone number")
    content, to = outgoing.content, outgoing.to
    form = {"From": f"{ADDRESS}+{ours}", "To": f"{ADDRESS}{'+' + to.phone if to.phone else to.bsuid}"}
    back = access["signed_url"] or access.webhook_url
    if back:
        joint = "&" if "?" in back else "?"
        form["StatusCallback"] = f"{back}{joint}{JOIN}={quote(outgoing.callback_data, safe='')}"
    if content.type is MessageType.TEMPLATE:
        template = content.details["template"]
        form["ContentSid"] = template["name"]
        variables = _variables(template)
        return {**form, "ContentVariables": orjson.dumps(variables).decode()} if variables else form
    if outgoing.file is not None and outgoing.file.link:
        form["MediaUrl"] = outgoing.file.link
    if content.text:
        form["Body"] = storable_text(content.text)
    return form


def _variables(template: Mapping[str, Any]) -> dict[str, str]:
    """What fills a template's gaps. Twilio counts them through all of its parts, from 1."""
    by_gap: Mapping[str, str] = template.get("values") or {}
    found: dict[str, str] = {}
    for component in template.get("components") or ():
        if component["type"] == "body" and by_gap:
            found |= by_gap
            continue
        for parameter in component["parameters"]:
            value = parameter.get("text") or parameter.get("coupon_code") or ""
            found[parameter.get("parameter_name") or str(len(found) + 1)] = value
    return {name: storable_text(value) for name, value in found.items()}


def outcome_of(answer: Answer) -> SendOutcome:
    """Judge the answer to a send. Only an answer with Twilio's own code says no."""
    said = answer.json()
    sid, code = text_of(said.get("sid")), text_of(said.get("code"))
    if answer.ok:
        return Accepted(sid) if sid else Unclear(f"an answer {answer.status} without a message id")
    if code is None:
        return Unclear(f"an answer {answer.status} that is not Twilio's own")
    return _refusal_of(code, answer, text_of(said.get("message")))


def done_or_not(answer: Answer) -> SendOutcome:
    """Judge the answer to what names nothing: the sign of typing."""
    if answer.ok:
        return Accepted("")
    said = answer.json()
    code = text_of(said.get("code"))
    if code is None:
        return Unclear(f"an answer {answer.status} that is not Twilio's own")
    if answer.status == 404:
        return Refused(code, "Twilio does not know this message.")
    return _refusal_of(code, answer, text_of(said.get("message")))


def _refusal_of(code: str, answer: Answer, words: str | None) -> SendOutcome:
    sentence = sentence_of(code, words)
    match remedy_of(code, answer.status):
        case Remedy.WAIT:
            pause = pause_of(limits.SEND_LIMITED_RETRY_SECONDS, answer.headers)
            return NotSent(code, sentence, pause, holds="channel")
        case Remedy.SET_UP:
            pause = limits.SEND_HELD_RETRY_SECONDS
            return NotSent(code, sentence, pause, holds="channel", counts_as_attempt=False)
        case Remedy.NONE if answer.status >= 500:
            return Unclear(f"Twilio reports failure {code} and does not say of what")
        case Remedy.NONE:
            return Refused(code, sentence)
