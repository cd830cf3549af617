"""What is asked of `/api/live-chat`, checked at the door."""

from re import Pattern
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from wasl.domain import events as event_log
from wasl.domain.emoji import EMOJI_CODE_POINTS_MAX
from wasl.domain.people import Availability
from wasl.limits import ID_CHARACTERS_MAX
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


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("It says nothing")
    return text


Spoken = Annotated[
    str,
    AfterValidator(_storable),
    AfterValidator(_says_something),
    Field(min_length=1, json_schema_extra={"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}),
]
"""Text that is more than white space."""
Id = Annotated[Text, Field(min_length=1, max_length=ID_CHARACTERS_MAX)]
PathId = Annotated[str, Path(max_length=ID_CHARACTERS_MAX)]
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


class Asked(BaseModel):
    # Unknown fields are ignored: a newer client may name what this version does not know.
    model_config = ConfigDict(extra="ignore")


class OneConversation(Asked):
    """Which conversation."""

    conversation_id: Id
    user_id: Id


class OneMessage(Asked):
    """Which message."""

    conversation_id: Id
    message_id: Id


class OneChannel(Asked):
    """Which of the account's numbers."""

    channel_id: Id


class TwoContacts(Asked):
    """Two contacts that are one person; they go by the first one's id from now on."""

    user_id: Id
    other_user_id: Id


class OneFact(Asked):
    """Something that is known of a contact."""

    user_id: Id
    fact_id: Id


class OneMerge(Asked):
    """Which merge."""

    merge_id: Id


class Reacting(OneMessage):
    """An emoji on a message."""

    emoji: Annotated[Text, Field(max_length=EMOJI_CODE_POINTS_MAX)] = Field(description="Empty: none any more.")


class ReadUpTo(Asked):
    """Up to where the operator has read."""

    conversation_id: Id
    sequence: Sequence


class OperatorStatus(Asked):
    """What the operator tells colleagues."""

    status: Availability


class Typing(OneConversation):
    """Whether the operator types an answer there."""

    typing: bool


class Viewing(Asked):
    """Where the operator looks."""

    conversation_id: Id | None = Field(description="`null` when it is none.")
