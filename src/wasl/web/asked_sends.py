"""What is asked of the calls that send, checked at the door: its shape here, what WhatsApp takes further inside."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from wasl.domain.message import MessageType
from wasl.domain.replies import Button, Choice, ListRow
from wasl.domain.templates import Values
from wasl.flow.compose import TemplateWanted, Wanted
from wasl.limits import CLIENT_MESSAGE_ID_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from wasl.web.asked import Asked, Id, OneConversation, Sequence, Text

_ITEMS_MAX = 30
"""More than WhatsApp takes of anything; what is too much of each kind is told inside."""
Short = Annotated[Text, Field(max_length=300)]
Long = Annotated[Text, Field(max_length=TEXT_CHARACTERS_MAX)]
Gap = Annotated[Text, Field(max_length=100)]
GapValues = Annotated[dict[Gap, Long], Field(max_length=100)]


class Place(Asked):
    """A place on the map, in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    name: Short = ""
    address: Short = ""


class CardName(Asked):
    """How somebody is called."""

    formatted_name: Short
    first_name: Short | None = None
    last_name: Short | None = None


class CardPhone(Asked):
    """A number as people write it."""

    phone: Short
    type: Short | None = None


class CardEmail(Asked):
    """An e-mail address."""

    email: Short
    type: Short | None = None


class CardCompany(Asked):
    """Where somebody works."""

    company: Short | None = None
    department: Short | None = None
    title: Short | None = None


class Card(Asked):
    """Somebody's card."""

    name: CardName
    phones: list[CardPhone] = Field(default=[], max_length=_ITEMS_MAX)
    emails: Annotated[list[CardEmail], Field(max_length=_ITEMS_MAX)] | None = None
    org: CardCompany | None = None


class ReplyButton(Asked):
    """An answer to tap; `id` comes back with it."""

    id: Short
    title: Short


class Row(Asked):
    """An answer of a list."""

    id: Short
    title: Short
    description: Short = ""


class Section(Asked):
    """Rows that belong together."""

    title: Short = ""
    rows: Annotated[list[Row], Field(max_length=_ITEMS_MAX)]


class Options(Asked):
    """What a list shows behind its button."""

    button: Short
    sections: Annotated[list[Section], Field(max_length=_ITEMS_MAX)]


class Link(Asked):
    """A button that opens an address."""

    text: Short
    url: Annotated[Text, Field(max_length=2_000)]


class Interactive(Asked):
    """A message with something to tap: up to three buttons, a list of up to ten rows, or a link."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    kind: Literal["button", "list", "cta_url"]
    body: Long
    header: Short = ""
    footer: Short = ""
    buttons: list[ReplyButton] = Field(default=[], max_length=_ITEMS_MAX)
    options: Options | None = Field(default=None, alias="list")
    cta: Link | None = None

    def wanted(self) -> Choice:
        """The same in the words of the rules."""
        options, link = self.options, self.cta
        return Choice(
            kind=self.kind,
            body=self.body,
            header=self.header,
            footer=self.footer,
            buttons=[Button(button.id, button.title) for button in self.buttons],
            list_button=options.button if options else "",
            sections=[
                (section.title, [ListRow(row.id, row.title, row.description) for row in section.rows])
                for section in (options.sections if options else ())
            ],
            link_text=link.text if link else "",
            link=link.url if link else "",
        )


class TemplateSend(Asked):
    """A template of the conversation's number, and what fills its gaps: gap → value, as `/templates` names them."""

    name: Annotated[Text, Field(min_length=1, max_length=512)]
    language: Annotated[Text, Field(min_length=1, max_length=20)]
    header: GapValues = Field(default={})
    body: GapValues = Field(default={})
    buttons: GapValues = Field(default={}, description="The button's place, counted from 0 → value.")


class SendMessage(OneConversation):
    """A message to the customer. Sent twice under one `client_message_id` it is one message."""

    message: Long = Field(default="", description="The text, or the caption of a picture, a video or a document.")
    message_type: Literal[
        "text",
        "image",
        "voice",
        "audio",
        "video",
        "document",
        "sticker",
        "location",
        "contacts",
        "interactive",
        "template",
    ] = "text"
    client_message_id: Annotated[Text, Field(min_length=1, max_length=CLIENT_MESSAGE_ID_CHARACTERS_MAX)] | None = None
    reply_to: Id | None = None
    seen_sequence: Sequence | None = Field(default=None, description="The newest sequence that the author has seen.")
    force: bool = Field(default=False, description="Send although something newer stands there.")
    upload_id: Id | None = Field(default=None, description="What `/uploads` answered; it can be sent once.")
    location: Place | None = None
    contacts: list[Card] = Field(default=[], max_length=_ITEMS_MAX)
    interactive: Interactive | None = None
    template: TemplateSend | None = None

    def wanted(self) -> Wanted:
        """The same in the words of the flow."""
        place, template = self.location, self.template
        return Wanted(
            kind=MessageType(self.message_type),
            text=self.message,
            upload_id=self.upload_id,
            location=(place.latitude, place.longitude, place.name, place.address) if place else None,
            contacts=tuple(card.model_dump(exclude_none=True, exclude_defaults=True) for card in self.contacts),
            choice=self.interactive.wanted() if self.interactive else None,
            template=TemplateWanted(
                template.name, template.language, Values(template.header, template.body, template.buttons)
            )
            if template
            else None,
            quoting=self.reply_to is not None,
        )
