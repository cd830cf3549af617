"""The servers of a comparison, and what their rounds gave."""

from array import array
from dataclasses import dataclass, field

from bench.bodies import CUSTOMERS, Numbers, webhooks
from bench.client import Load
from bench.machine import Shares
from bench.report import median


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything takes: rounds of a rate, a stretch at half of it, and one at each other share of it."""

    rounds: int
    seconds: float
    paced_seconds: float
    step_seconds: float


@dataclass(slots=True)
class Contender:
    """One of them. One that `stores` needs a new message each time."""

    name: str
    port: int
    stores: bool
    rates: list[float] = field(default_factory=list)
    shares: list[Shares] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.rates)

    def ratio_to(self, other: "Contender") -> float:
        """The median of the rounds' ratios: what disturbed a round disturbed both."""
        return median([mine / theirs for mine, theirs in zip(self.rates, other.rates, strict=True)])

    def requests(self, numbers: Numbers, count: int) -> list[bytes]:
        """What it is asked, so many times."""
        if self.stores:
            return numbers.webhooks(count)
        known = webhooks(0, CUSTOMERS)
        return (known * (count // CUSTOMERS + 1))[:count]


def accepted(name: str, load: Load) -> Load:
    """A rate of refusals would measure nothing. Raises SystemExit when there were any."""
    if load.refused:
        raise SystemExit(f"{name} answered with {load.refused} (status: how many)")
    return load


def moments(requests: list[bytes]) -> "array[float]":
    """Room for the moment at which each was sent."""
    return array("d", bytes(8 * len(requests)))
