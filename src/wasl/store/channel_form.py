"""What somebody says of a new business number, checked against its provider's form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wasl.domain.channels import ChannelForm, Field
from wasl.errors import Invalid
from wasl.limits import CHANNEL_MESSAGES_PER_SECOND_MAX, PROVIDER_SECRET_CHARACTERS_MAX

# It becomes a part of conversation ids, which stand in addresses.
_PHONE_NUMBER_ID = re.compile(r"[0-9A-Za-z.+-]{1,64}")
_HTTP_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A business number to be connected. `values` are what the provider's form asks, secrets included."""

    provider: str
    phone_number_id: str
    values: Mapping[str, str] = field(repr=False)
    api_base_url: str | None = None
    """None: the provider's usual one."""
    display_phone_number: str | None = None
    name: str | None = None
    region: str | None = None
    per_second: int | None = None
    switched_on: Iterable[str] = ()


def written_otherwise(phone_number_id: str) -> str:
    """The same number with a plus or without, where its provider calls it by the number itself: it is entered in either
    way, and an address may be entered for several that differ in it."""
    return phone_number_id[1:] if phone_number_id.startswith("+") else f"+{phone_number_id}"


def checked_values(
    form: ChannelForm, phone_number_id: str, api_base_url: str, values: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """What may be kept in the clear, and what may not. Raises Invalid."""
    if not _PHONE_NUMBER_ID.fullmatch(phone_number_id):
        raise Invalid("A phone number id is what the provider shows beside the number: 1 to 64 letters and digits.")
    if not _HTTP_ADDRESS.fullmatch(api_base_url):
        raise Invalid("The API's address begins with https:// (or http://) and has no query.")
    unknown = sorted(set(values) - {known.name for known in form.fields})
    if unknown:
        raise Invalid(f"{form.title} has no setting {', '.join(unknown)}.")
    said = [(known, _checked(known, values.get(known.name))) for known in form.fields]
    told = [(known, value) for known, value in said if value is not None]
    open_ = {known.name: value for known, value in told if not known.secret}
    return open_, {known.name: value for known, value in told if known.secret}


def checked_switches(form: ChannelForm, switched_on: Iterable[str]) -> str:
    """The words as they are stored. Raises Invalid for one that this provider does not leave open."""
    wanted = sorted(set(switched_on))
    for word in wanted:
        if word not in form.capabilities.switchable:
            open_ = ", ".join(sorted(form.capabilities.switchable)) or "nothing"
            raise Invalid(f"“{word}” cannot be switched on with {form.title}; what can be is {open_}.")
    return ",".join(wanted)


def checked_pace(per_second: int | None) -> None:
    """Raises Invalid for a rate that no number has."""
    if per_second is not None and not 1 <= per_second <= CHANNEL_MESSAGES_PER_SECOND_MAX:
        raise Invalid(f"A number sends 1 to {CHANNEL_MESSAGES_PER_SECOND_MAX} messages a second.")


def _checked(known: Field, value: str | None) -> str | None:
    words = known.name.replace("_", " ")
    if not value:
        if known.default is None:
            # An empty app secret would let anybody sign.
            raise Invalid(f"The {words} is missing: {known.about}.")
        return None
    if len(value) > PROVIDER_SECRET_CHARACTERS_MAX or not value.isprintable() or not re.fullmatch(known.pattern, value):
        raise Invalid(f"The {words} has characters that no {words} has, or is too long.")
    return value
