"""What is asked of `/api/live-chat`, checked at the door."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wasl.domain.people import Availability
from wasl.limits import CLIENT_MESSAGE_ID_CHARACTERS_MAX, ID_CHARACTERS_MAX, TEXT_CHARACTERS_MAX

SEQUENCE_MAX = 2**53 - 1
"""The greatest whole number that JavaScript holds exactly."""


def _storable(text: str) -> str:
    # Neither can be stored as text: PostgreSQL takes no zero byte, and half a character has no encoding.
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("It holds a character that no text can hold")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Id = Annotated[Text, Field(min_length=1, max_length=ID_CHARACTERS_MAX)]
Sequence = Annotated[int, Field(ge=0, le=SEQUENCE_MAX)]


class _Asked(BaseModel):
    # Unknown fields are ignored: a newer client may name what this version does not know.
    model_config = ConfigDict(extra="ignore")


class OneConversation(_Asked):
    """Which conversation."""

    conversation_id: Id
    user_id: Id


class SendMessage(OneConversation):
    """A reply. Sent twice under one `client_message_id` it is one message."""

    message: Annotated[Text, Field(max_length=TEXT_CHARACTERS_MAX)]
    message_type: Literal["text"] = "text"
    client_message_id: Annotated[Text, Field(min_length=1, max_length=CLIENT_MESSAGE_ID_CHARACTERS_MAX)] | None = None
    reply_to: Id | None = None
    seen_sequence: Sequence | None = Field(default=None, description="The newest sequence that the author has seen.")
    force: bool = Field(default=False, description="Send although something newer stands there.")


class ReadUpTo(_Asked):
    """Up to where the operator has read."""

    conversation_id: Id
    sequence: Sequence


class OperatorStatus(_Asked):
    """What the operator tells colleagues."""

    status: Availability


class Typing(OneConversation):
    """Whether the operator types an answer there."""

    typing: bool


class Viewing(_Asked):
    """Where the operator looks."""

    conversation_id: Id | None = Field(description="`null` when it is none.")
