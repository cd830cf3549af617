"""What is answered about numbers, what can be done through them, and their templates."""

from typing import Literal

from pydantic import BaseModel, Field

from wasl.domain.channels import Ticks
from wasl.domain.message import MessageType
from wasl.web.schemas import ChannelFace, Success


class FileBounds(BaseModel):
    """What may be sent as one kind of message. Without types any type may."""

    bytes_max: int
    mime_types: list[str]


class CapabilitiesFace(BaseModel):
    """What can be done through a provider; what is not here is refused with `not_supported`."""

    kinds: list[MessageType]
    files: dict[MessageType, FileBounds]
    interactive: list[Literal["button", "list", "cta_url"]]
    quotes: bool
    reactions: bool
    read_receipts: bool
    typing: bool
    template_list: bool = Field(description="The provider tells which templates there are.")
    window: bool = Field(description="Free text is taken for 24 hours after a customer's message only.")
    ticks: Ticks
    settles_lost_answers: bool


class ChannelAbilities(ChannelFace):
    """A number of the account."""

    title: str = Field(description="What its provider is called.")
    capabilities: CapabilitiesFace


class Channels(Success):
    """The numbers of the account."""

    channels: list[ChannelAbilities]


class TemplateText(BaseModel):
    """A text and the names of its gaps (`{{1}}`, `{{name}}`), in order, each once."""

    text: str
    gaps: list[str]


class TemplateHeader(TemplateText):
    """What stands above a template's text."""

    format: str = Field(description="`TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT` or `LOCATION`.")


class TemplateButton(BaseModel):
    """What stands below it. One with a gap needs a value: the end of its address, or a code."""

    type: str
    text: str
    url: str | None
    gap: bool


class TemplateFace(BaseModel):
    """A template as a preview needs it."""

    name: str
    language: str
    category: str
    status: str = Field(description="`approved`, `pending`, `rejected`, `paused` or `disabled`.")
    quality: Literal["green", "yellow", "red"] | None
    usable: bool = Field(description="Whether it can be sent now.")
    wants_file: Literal["image", "video", "document"] | None
    header: TemplateHeader | None
    body: TemplateText
    footer: str | None
    buttons: list[TemplateButton]


class Templates(Success):
    """By name and language."""

    templates: list[TemplateFace]
    synced_at: str | None = Field(description="When the provider listed them last; null where it does not.")


class TemplatesListed(Success):
    """The provider was asked."""

    channel_id: str
    synced_at: str | None
