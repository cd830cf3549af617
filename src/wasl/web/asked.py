"""What is asked of `/api/live-chat`, checked at the door."""

from re import Pattern
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from wasl.domain import events as event_log
from wasl.domain.people import Availability
from wasl.limits import CLIENT_MESSAGE_ID_CHARACTERS_MAX, ID_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from wasl.store import history
from wasl.store import inbox as pages

CURSOR_MAX = 40
"""Characters of a place in a list; a time with a zone takes as many."""
SEQUENCE_MAX = 2**53 - 1
"""The greatest whole number that JavaScript holds exactly."""


def _storable(text: str) -> str:
    # Neither can be stored as text: PostgreSQL takes no zero byte, and half a character has no encoding.
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("It holds a character that no text can hold")
    return text


# Half a character has no place in the document: no JSON that is sound can hold one.
Text = Annotated[str, AfterValidator(_storable), Field(json_schema_extra={"pattern": r"^[^\u0000]*$"})]
_SAYS_SOMETHING = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
Id = Annotated[Text, Field(min_length=1, max_length=ID_CHARACTERS_MAX)]
Sequence = Annotated[int, Field(ge=0, le=SEQUENCE_MAX)]


def _described(*forms: dict[str, Any], **more: Any) -> WithJsonSchema:
    # For the document only: what does not fit is refused further inside, with a code and a sentence of its own.
    return WithJsonSchema({"type": "string", **(forms[0] if len(forms) == 1 else {"anyOf": list(forms)}), **more})


def _whole(form: Pattern[str]) -> dict[str, Any]:
    return {"pattern": f"^({form.pattern})$"}


_NOTHING: dict[str, Any] = {"maxLength": 0}


EventCursor = Annotated[str, _described(_whole(event_log.CURSOR_FORM), examples=["1041-0b21d7aa"])]
PageCursor = Annotated[str, Field(max_length=CURSOR_MAX), _described(_whole(pages.CURSOR_FORM), _NOTHING)]
Before = Annotated[
    str,
    Field(max_length=CURSOR_MAX),
    _described(_whole(history.POSITION_FORM), {"format": "date-time", "maxLength": CURSOR_MAX}, _NOTHING),
]


class _Asked(BaseModel):
    # Unknown fields are ignored: a newer client may name what this version does not know.
    model_config = ConfigDict(extra="ignore")


class OneConversation(_Asked):
    """Which conversation."""

    conversation_id: Id
    user_id: Id


class SendMessage(OneConversation):
    """A reply. Sent twice under one `client_message_id` it is one message."""

    message: Annotated[Text, Field(max_length=TEXT_CHARACTERS_MAX, json_schema_extra={"pattern": _SAYS_SOMETHING})]
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
