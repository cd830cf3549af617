"""Who a customer is: a set of identities, of which the phone number is only one and may be absent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

_NOT_DIGITS = re.compile(r"\D+")
_BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}")
_PHONES_REMEMBERED = 65_536  # Parsing a number costs about 50 µs; customers write more than once.


class IdentityKind(StrEnum):
    """The names by which a provider may know a customer, strongest first."""

    PHONE = "phone"
    BSUID = "bsuid"
    PARENT_BSUID = "parent_bsuid"
    USERNAME = "username"
    GROUP = "group"
    PROVIDER = "provider"

    # An enum's own hash is a call into Python, and identities are looked up a dozen times for each message.
    __hash__ = str.__hash__


class Identity(NamedTuple):
    """One name of a customer, for example `(phone, "9613000001")`."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """The customer of an update, as far as the provider named them. `phone` is digits with the country code."""

    phone: str | None = None
    bsuid: str | None = None
    parent_bsuid: str | None = None
    username: str | None = None
    group_id: str | None = None
    provider_id: str | None = None
    name: str | None = None

    def identities(self) -> Iterator[Identity]:
        """All names of this customer, strongest first. A group is one customer, whoever speaks in it."""
        if self.group_id:
            yield Identity(IdentityKind.GROUP, self.group_id)
            return
        if self.phone:
            yield Identity(IdentityKind.PHONE, self.phone)
        if self.bsuid:
            yield Identity(IdentityKind.BSUID, self.bsuid)
        if self.parent_bsuid:
            yield Identity(IdentityKind.PARENT_BSUID, self.parent_bsuid)
        if self.username:
            yield Identity(IdentityKind.USERNAME, self.username)
        if self.provider_id or not (self.phone or self.bsuid or self.parent_bsuid or self.username):
            yield Identity(IdentityKind.PROVIDER, self.provider_id or "unknown")


def looks_like_bsuid(value: str) -> bool:
    """Say whether a value is a business-scoped user id: `US.1349…`, `US.ENT.…` (Meta, "Business-scoped user IDs")."""
    return bool(_BSUID.fullmatch(value))


@lru_cache(maxsize=_PHONES_REMEMBERED)
def phone_digits(raw: str, region: str | None = None) -> str | None:
    """Bring a phone number into the one form that identities use: E.164 digits without `+`, or None.

    `region` (ISO 3166, such as `LB`) is where a number without country code is dialled: `03 956 607`, `+9613956607`
    and `9613956607` are one number there.
    """
    digits = _NOT_DIGITS.sub("", raw)
    if not 5 <= len(digits) <= 20:
        return None
    international = raw.strip().startswith("+") or digits.startswith("00")
    candidates: list[tuple[str, str | None]] = [("+" + digits.removeprefix("00"), None)] if international else []
    if not international and region:
        candidates.append((digits, region))
    if not international and not digits.startswith("0"):
        candidates.append(("+" + digits, None))
    for text, dialled_from in candidates:
        try:
            number = phonenumbers.parse(text, dialled_from)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    # Test numbers and unlisted ranges are kept as they came rather than refused: a customer must not be lost for it.
    return digits.removeprefix("00") if international or not digits.startswith("0") else digits


def region_of(phone: str) -> str | None:
    """Tell the region (ISO 3166) of an international number, or None when it cannot be told."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse("+" + _NOT_DIGITS.sub("", phone), None))
    except phonenumbers.NumberParseException:
        return None
