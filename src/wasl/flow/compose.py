"""What an operator asks to send becomes content that can be queued, or a clear word why not.

Everything that can be known before a request leaves is checked here: what the channel takes, what the file is, whether
the template is approved and all of its gaps are filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wasl.domain.message import Content, MessageType
from wasl.domain.replies import Choice, Unfit, choice, contact_cards, location, require
from wasl.domain.templates import Template, Values, WrongValues, fill
from wasl.errors import Invalid, NotFound, TooLarge
from wasl.flow.limits import CONVERSATION_CHANNELS_REMEMBERED_MAX
from wasl.limits import CAPTION_CHARACTERS_MAX
from wasl.store.database import Connection, Database
from wasl.store.files import BroughtFile, find_upload, ready_media
from wasl.store.inbox import channel_of_conversation
from wasl.store.message_row import Message
from wasl.store.outbox import UPLOAD_GONE, find_queued, require_same_place
from wasl.store.team import Channel, Team
from wasl.store.templates import find_template

_FILES = frozenset(
    (
        MessageType.IMAGE,
        MessageType.VIDEO,
        MessageType.AUDIO,
        MessageType.VOICE,
        MessageType.DOCUMENT,
        MessageType.STICKER,
    )
)
_WITH_FILES = _FILES | {MessageType.INTERACTIVE, MessageType.TEMPLATE}
_CAPTIONED = frozenset((MessageType.IMAGE, MessageType.VIDEO, MessageType.DOCUMENT))


@dataclass(frozen=True, slots=True)
class TemplateWanted:
    """A template by its name, and what fills it."""

    name: str
    language: str
    values: Values


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to send. Of the parts only those of its kind are looked at."""

    kind: MessageType
    text: str = ""
    upload_id: str | None = None
    location: tuple[float, float, str, str] | None = None
    contacts: tuple[Mapping[str, Any], ...] = ()
    choice: Choice | None = None
    template: TemplateWanted | None = None
    quoting: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """Ready to be queued. `windowed` says that it may leave only while the customer's window is open; `upload_id` is
    what it uses up."""

    content: Content
    windowed: bool
    upload_id: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where it goes, and under which name of the client's own."""

    account_id: int
    conversation_id: str
    user_id: str
    client_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    channel_id: int
    upload: BroughtFile | None
    template: Template | None


class Composer:
    """Looks up what a message names. Raises NotFound, and Invalid or TooLarge with a word for machines."""

    def __init__(self, database: Database, team: Team) -> None:
        self._database = database
        self._team = team
        self._channels: dict[tuple[int, str], int] = {}
        """The channels of conversations, by account and id: they never change."""

    async def compose(self, place: Place, wanted: Wanted) -> Composed | Message:
        """Check it against the conversation's channel. A message with a file or of a template that was queued already
        under its client's id is not composed a second time, since its file is used up: that message is the answer."""
        known = await self._known(place, wanted)
        if isinstance(known, Message):
            return known
        channel = self._team.channel(known.channel_id)
        if channel is None:
            raise NotFound("The channel of this conversation is not set up.", code="channel_gone")
        title = self._team.form_of(channel).title
        try:
            content = _content_of(wanted, known)
            require(channel.capabilities, content, title, quoting=wanted.quoting)
        except Unfit as error:
            raise Invalid(str(error), code=error.code) from error
        except WrongValues as error:
            raise Invalid(str(error), code="template_values", details={"missing": list(error.gaps)}) from error
        if known.upload is not None:
            _check_file(channel, content, known.upload, title)
        windowed = channel.capabilities.window and content.type is not MessageType.TEMPLATE
        return Composed(content, windowed, known.upload.upload_id if known.upload else None)

    async def _known(self, place: Place, wanted: Wanted) -> _Known | Message:
        conversation = (place.account_id, place.conversation_id)
        if conversation in self._channels and wanted.upload_id is None and wanted.template is None:
            return _Known(self._channels[conversation], None, None)
        known = await self._database.read(lambda connection: _known(connection, place, wanted))
        if isinstance(known, _Known):
            if len(self._channels) >= CONVERSATION_CHANNELS_REMEMBERED_MAX:
                self._channels.clear()
            self._channels[conversation] = known.channel_id
        return known


def _known(connection: Connection, place: Place, wanted: Wanted) -> _Known | Message:
    channel_id = channel_of_conversation(connection, place.account_id, place.conversation_id)
    if place.client_message_id is not None:
        queued = find_queued(connection, place.account_id, place.client_message_id)
        if queued is not None:
            require_same_place(queued, place.conversation_id)
            return queued
    upload = template = None
    if wanted.upload_id is not None:
        upload = find_upload(connection, place.account_id, wanted.upload_id)
        if upload is None:
            raise NotFound(UPLOAD_GONE, code="upload_gone")
    if wanted.template is not None:
        name, language = wanted.template.name, wanted.template.language
        template = find_template(connection, place.account_id, channel_id, name, language)
    return _Known(channel_id, upload, template)


def _content_of(wanted: Wanted, known: _Known) -> Content:
    if known.upload is not None and wanted.kind not in _WITH_FILES:
        raise Unfit("unfit_content", "A message of this kind holds no file.")
    match wanted.kind:
        case MessageType.TEXT:
            if not wanted.text.strip():
                raise Unfit("empty_message", "An empty message cannot be sent.")
            return Content.of_text(wanted.text)
        case MessageType.LOCATION if wanted.location is not None:
            return location(*wanted.location)
        case MessageType.CONTACTS:
            return contact_cards(wanted.contacts)
        case MessageType.INTERACTIVE if wanted.choice is not None:
            return _choice(wanted.choice, known.upload)
        case MessageType.TEMPLATE if wanted.template is not None:
            return _from_template(wanted.template, known)
        case kind if kind in _FILES:
            return _file(wanted, known.upload)
        case _:
            raise Unfit("unfit_content", "The message does not say what it is to hold.")


def _choice(asked: Choice, upload: BroughtFile | None) -> Content:
    if upload is None:
        return choice(asked)
    content = choice(replace(asked, header_file=upload.kind.value))
    return replace(content, media=ready_media(upload.file, upload.name))


def _file(wanted: Wanted, upload: BroughtFile | None) -> Content:
    if upload is None:
        raise Unfit("unfit_content", "A message of this kind needs a file: bring it with an upload first.")
    # What the file became when it was brought is what it is; only a document may be anything.
    kind = wanted.kind if wanted.kind is MessageType.DOCUMENT else upload.kind
    if len(wanted.text) > CAPTION_CHARACTERS_MAX:
        raise Unfit("unfit_content", f"A caption has at most {CAPTION_CHARACTERS_MAX} characters.")
    if wanted.text and kind not in _CAPTIONED:
        raise Unfit("unfit_content", "WhatsApp shows no text with a recording or a sticker. Send it as a message.")
    media = ready_media(upload.file, upload.name, voice=kind is MessageType.VOICE)
    return Content(kind, wanted.text, media)


def _from_template(wanted: TemplateWanted, known: _Known) -> Content:
    template = known.template
    if template is None:
        raise Unfit("template_unusable", "This number has no such template in this language.")
    if not template.fillable:
        raise Unfit("template_unusable", "This template has parts that Wasl cannot fill in.")
    if not template.usable:
        raise Unfit("template_unusable", f"WhatsApp does not take this template now: it is {template.status}.")
    found = known.upload.kind.value if known.upload is not None else None
    if template.wants_file and found != template.wants_file:
        raise Unfit("template_values", f"The template begins with a file of the kind “{template.wants_file}”.")
    if found and not template.wants_file:
        raise Unfit("template_values", "The template begins with no file.")
    made = fill(template, wanted.values)
    details = {
        "name": template.name,
        "language": template.language,
        "components": made.components,
        "preview": made.preview,
    }
    media = ready_media(known.upload.file, known.upload.name) if known.upload is not None else None
    return Content(MessageType.TEMPLATE, made.preview["body"] or template.name, media, {"template": details})


def _check_file(channel: Channel, content: Content, upload: BroughtFile, title: str) -> None:
    kind = content.type if content.type in _FILES else upload.kind
    limit = channel.capabilities.files.get(kind)
    if limit is None:
        raise Invalid(f"{title} does not take files of the kind “{kind.value}”.", code="not_supported")
    if not limit.takes(upload.file.mime_type):
        raise Invalid(f"{title} does not take {upload.file.mime_type} as {kind.value}.", code="file_refused")
    if upload.file.bytes > limit.bytes_max:
        most = f"{limit.bytes_max / (1024 * 1024):g} MB"
        raise TooLarge(f"{title} takes at most {most} as {kind.value}.")
