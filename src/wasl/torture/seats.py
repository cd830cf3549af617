"""Who watches: how many of each kind, whose eyes they have, and at which node they begin."""

from collections.abc import Iterator, Sequence
from itertools import count

from wasl.torture.furnish import Account, Person
from wasl.torture.installation import Installation
from wasl.torture.plan import Plan
from wasl.torture.seat import Seat

SHORT = {
    ("sse", "steady"): 4,
    ("sse", "restless"): 6,
    ("sse", "slow"): 2,
    ("socket", "steady"): 2,
    ("socket", "restless"): 3,
    ("socket-poll", "steady"): 1,
    ("poll", "steady"): 3,
    ("reload", "restless"): 3,
    ("walk", "steady"): 2,
    ("tab", "restless"): 2,
}
"""Watchers of an account, by way and habit, where everything is tried: the eyes of a large team."""
LONG = {
    ("sse", "steady"): 2,
    ("sse", "restless"): 1,
    ("socket", "steady"): 1,
    ("poll", "steady"): 1,
}
"""Where very much is tried, and the watchers share the machine with the system."""
STOPPED = {("sse", "stopped"): 2, ("socket", "stopped"): 1}
"""Of an account too, in a process of their own that stands still now and then."""
OPENED_SHORT = 12
OPENED_LONG = 3
"""Conversations that a watcher keeps open, messages and all."""


def seats(plan: Plan, installation: Installation) -> list[Seat]:
    """Those who are awake."""
    kinds = LONG if plan.asked.long else SHORT
    return list(_seats(plan, installation, kinds))


def stopped_seats(plan: Plan, installation: Installation) -> list[Seat]:
    """Those whose machine sleeps now and then; nobody in a long run."""
    return [] if plan.asked.long else list(_seats(plan, installation, STOPPED))


def _seats(plan: Plan, installation: Installation, kinds: dict[tuple[str, str], int]) -> Iterator[Seat]:
    chance = plan.chance(f"seats {sorted(kinds)}")
    for account in installation.accounts:
        numbers = count(1)
        for (by, habit), times in kinds.items():
            for _ in range(times):
                number = next(numbers)
                yield Seat(
                    who=f"{account.name.split()[0].lower()}-{by}-{habit}-{number}",
                    account=account.id,
                    operator=_eyes(account, number),
                    by=by,
                    habit=habit,
                    doors=_route([node.url for node in installation.nodes], number),
                    seed=chance.getrandbits(32),
                    opened=OPENED_LONG if plan.asked.long else OPENED_SHORT,
                )


def _eyes(account: Account, number: int) -> Person:
    return account.operators[number % len(account.operators)]


def _route(urls: Sequence[str], first: int) -> list[str]:
    place = first % len(urls)
    return [*urls[place:], *urls[:place]]
