"""What the calls about files answer, described for whoever writes a client."""

from enum import StrEnum

from pydantic import BaseModel, Field

from wasl.web.schemas import Sent, Success


class UploadKind(StrEnum):
    """What a file may be asked to become."""

    IMAGE = "image"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"


class UploadFace(BaseModel):
    """A file that was brought: it may be another one by now, as WhatsApp takes it."""

    upload_id: str
    kind: UploadKind = Field(description="The `message_type` that it can be sent as.")
    mime_type: str
    bytes: int
    name: str
    width: int | None
    height: int | None
    duration_seconds: float | None
    peaks: list[int]
    url: str
    thumbnail_url: str | None


class Brought(Success):
    """The file is kept for a day."""

    upload: UploadFace


class Forgotten(Success):
    """The file is not kept any more."""

    upload_id: str


class FetchedAgain(Sent):
    """The message, whose file is being fetched."""
