"""The file of a message, as the API shows it."""

from typing import Literal

from pydantic import BaseModel, Field

from wasl.files.limits import PEAKS


class FileError(BaseModel):
    """Why a file is not there."""

    code: str
    message: str = Field(description="A sentence for a person.")


class MediaFace(BaseModel):
    """The file of a message. What is not known is null; until `state` is `ready` there is nothing to show."""

    state: Literal["ready", "pending", "failed"]
    sha256: str | None
    url: str | None = Field(description="Answers 302 to a link that is good for ten minutes and needs no session.")
    thumbnail_url: str | None = Field(description="A small JPEG, of pictures and films.")
    mime_type: str | None
    bytes: int | None
    name: str | None
    duration_seconds: float | None
    width: int | None
    height: int | None
    peaks: list[int] = Field(description=f"How loud it is from beginning to end: {PEAKS} numbers from 0 to 100.")
    voice: bool
    animated: bool
    error: FileError | None
    can_retry: bool = Field(description="Whether `/fetch-media` may help.")
