"""The business numbers that the emulator serves, each with its token, its app secret and where its webhooks go."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from wasl.errors import NotFound

PHONE = re.compile(r"[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """One number of a business. `display_phone_number` may be written as people do; only its digits are kept."""

    phone_number_id: str
    display_phone_number: str
    access_token: str
    app_secret: str
    webhook_url: str
    verify_token: str = ""
    verified_name: str = "Cedar Shop"
    business_account_id: str = "100000000000001"
    provider: str = "meta"
    """Which provider it is reached by: a mode of the emulator."""
    emulator_url: str = ""
    """Where the emulator is reached, for providers whose webhooks say where files lie."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "display_phone_number", digits_of(self.display_phone_number))

    def public(self) -> dict[str, str]:
        """Return what may be shown: everything but the three secrets."""
        hidden = {"access_token", "app_secret", "verify_token"}
        return {name: value for name, value in asdict(self).items() if name not in hidden}


class Numbers:
    """All business numbers by their `phone_number_id`; the first one is the default of every control call."""

    def __init__(self, numbers: Iterable[BusinessNumber] = ()) -> None:
        self._by_id = {number.phone_number_id: number for number in numbers}

    def __iter__(self) -> Iterator[BusinessNumber]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, number: BusinessNumber) -> None:
        self._by_id[number.phone_number_id] = number

    def find(self, phone_number_id: str | None) -> BusinessNumber:
        """Return the number with that id, or the first one when none is named; raise NotFound."""
        if phone_number_id is None:
            phone_number_id = next(iter(self._by_id), "")
        try:
            return self._by_id[phone_number_id]
        except KeyError:
            raise NotFound(f"There is no business number {phone_number_id or 'yet'}.") from None

    def with_token(self, access_token: str) -> list[BusinessNumber]:
        return [number for number in self if number.access_token == access_token]


def digits_of(phone: str) -> str:
    """Return the digits of a phone number as people write it: `+961 3 000 001` gives `9613000001`."""
    return re.sub(r"[+()\s.-]", "", phone)
