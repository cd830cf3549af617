"""What is told in the settings of an assistant and of its tools alike: addresses, secrets, and what was seen before."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wasl.web import limits as bounds
from wasl.web.asked import Text


class Told(BaseModel):
    """Part of the settings."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def web_address(address: str) -> str:
    """The same, if it is an address of the web. Raises ValueError."""
    try:
        parts = urlsplit(address)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError("That is no address of the web") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_sound:
        raise ValueError("An address of the web begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("A password has no place in an address: tell it as the secret")
    if any(character.isspace() or not character.isprintable() for character in address):
        raise ValueError("An address has no blanks")
    return address


WebAddress = Annotated[Text, Field(max_length=bounds.ADDRESS_CHARACTERS_MAX), AfterValidator(web_address)]
Secret = Annotated[
    str,
    Field(
        min_length=1,
        max_length=bounds.SECRET_CHARACTERS_MAX,
        pattern=r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$",
        description="Kept encrypted and never shown again.",
    ),
]
Version = Annotated[int, Field(ge=0, le=bounds.COUNT_MAX)]
