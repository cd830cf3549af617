"""What the emulator does wrong on demand, per business number: to webhooks, to sends and to statuses."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from random import Random
from typing import Any, TypeVar

from wasl.errors import Invalid

Choice = TypeVar("Choice", bound=StrEnum)


class Ending(StrEnum):
    """How a send ends."""

    ACCEPT = "accept"  # after `hold_seconds` of silence
    REFUSE = "refuse"  # Meta's error body with `code`: provably not accepted
    BARE = "bare"  # `status` without Meta's body, as a proxy in between would answer: says nothing
    LOSE_REPLY = "lose_reply"  # accepted, then the connection closes without an answer
    HANG = "hang"  # accepted, then silence for `hold_seconds`, then the connection closes
    DROP = "drop"  # the connection closes, nothing was accepted
    FAIL_LATER = "fail_later"  # accepted, then a `failed` status with `code`


class BatchStyle(StrEnum):
    """How several updates share one body. Meta publishes samples of all three."""

    MESSAGES = "messages"  # one change whose value lists them all
    CHANGES = "changes"  # one entry with a change for each
    ENTRIES = "entries"  # an entry for each


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the next `times` sends end (None: all of them), to one recipient or to any, each with this chance."""

    ending: Ending = Ending.ACCEPT
    times: int | None = 1
    chance: float = 1.0
    to: str | None = None
    code: int | None = None
    status: int | None = None
    details: str | None = None
    hold_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything that may be switched for one number. The defaults are a WhatsApp on a good day."""

    # Webhooks
    duplicate: int = 1
    batch: int = 1
    batch_style: BatchStyle = BatchStyle.CHANGES
    reorder: int = 1  # updates are shuffled within groups of this many
    gather_seconds: float = 0.05  # how long a batch or a group to shuffle waits to fill
    delay_seconds: float = 0.0
    delay_spread_seconds: float = 0.0  # a random wait of up to this much more
    # Statuses: in the order given here; what is left out is never told
    statuses: tuple[str, ...] = ("sent", "delivered", "read")
    sent_after_seconds: float = 0.1
    delivered_after_seconds: float = 0.4
    read_after_seconds: float | None = None  # None: when the customer reads
    # Sends
    sends: tuple[Outcome, ...] = ()
    window_enforced: bool = True
    per_second: int | None = None  # more sends than this in a second: 130429
    upload_seconds: float = 0.0  # how long taking a file lasts
    pair_burst: int | None = None  # more than this to one customer, less one each six seconds: 131056


GOOD_DAY = Behaviour()
STATUS_NAMES = ("sent", "delivered", "read")


class Behaviours:
    """The behaviour of each number, and how often each scripted outcome has been used up."""

    def __init__(self, usual: Behaviour, chance: Random) -> None:
        self._usual = usual
        self._of_number: dict[str, Behaviour] = {}
        self._left: dict[str, list[Outcome]] = {}
        self._chance = chance

    def of(self, phone_number_id: str) -> Behaviour:
        return self._of_number.get(phone_number_id, self._usual)

    def choose(self, behaviour: Behaviour, phone_number_id: str | None = None) -> None:
        """Let one number behave so, or all of them when none is named."""
        if phone_number_id is None:
            self._usual = behaviour
            self._of_number.clear()
            self._left.clear()
        else:
            self._of_number[phone_number_id] = behaviour
            self._left.pop(phone_number_id, None)

    def next_outcome(self, phone_number_id: str, recipient: str) -> Outcome:
        """Return how this send ends, and count it."""
        left = self._left.setdefault(phone_number_id, list(self.of(phone_number_id).sends))
        for index, outcome in enumerate(left):
            if outcome.to not in (None, recipient) or self._chance.random() >= outcome.chance:
                continue
            if outcome.times is not None:
                left[index] = replace(outcome, times=outcome.times - 1)
                if outcome.times <= 1:
                    del left[index]
            return outcome
        return Outcome()


def read_behaviour(asked: Mapping[str, Any]) -> Behaviour:
    """Return the behaviour a JSON object describes; raise Invalid with a sentence about what is wrong."""
    values = dict(asked)
    if "sends" in values:
        values["sends"] = tuple(_read_outcome(outcome) for outcome in _list(values["sends"], "sends"))
    if "statuses" in values:
        values["statuses"] = tuple(_list(values["statuses"], "statuses"))
        if not set(values["statuses"]) <= set(STATUS_NAMES):
            raise Invalid(f"statuses may name {', '.join(STATUS_NAMES)}.")
    if "batch_style" in values:
        values["batch_style"] = _choice(BatchStyle, values["batch_style"], "batch_style")
    _refuse_unfit(Behaviour, values)
    return Behaviour(**values)


def _read_outcome(asked: object) -> Outcome:
    if not isinstance(asked, dict):
        raise Invalid("Each of sends is an object.")
    values = dict(asked)
    if "ending" in values:
        values["ending"] = _choice(Ending, values["ending"], "ending")
    if isinstance(values.get("to"), str):
        values["to"] = values["to"].removeprefix("+")
    _refuse_unfit(Outcome, values)
    return Outcome(**values)


def _refuse_unfit(shape: type[Behaviour] | type[Outcome], values: Mapping[str, Any]) -> None:
    kinds = {field.name: str(field.type) for field in fields(shape)}
    for name, value in values.items():
        if name not in kinds:
            raise Invalid(f"There is no {name} in a behaviour.")
        kind = kinds[name]
        if isinstance(value, int | float) and not isinstance(value, bool):
            fits = ("float" in kind or ("int" in kind and isinstance(value, int))) and value >= 0
        else:
            fits = (value is None and "None" in kind) or (isinstance(value, bool) and "bool" in kind)
            fits = fits or isinstance(value, tuple | StrEnum) or (isinstance(value, str) and "str" in kind)
        if not fits:
            raise Invalid(f"{name} is {kind}, not {value!r}.")


def _choice(options: type[Choice], value: object, name: str) -> Choice:
    try:
        return options(str(value))
    except ValueError:
        raise Invalid(f"{name} is one of {', '.join(options)}.") from None


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid(f"{name} is a list.")
    return value
