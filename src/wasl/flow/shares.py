"""How many turns of each account a node takes next: an account with much to do leaves room for all others."""

from collections import Counter
from collections.abc import Iterable, Mapping


def shares_of(waiting: Iterable[int], under_way: Mapping[int, int], at_once: int) -> dict[int, int]:
    """How many more turns of the waiting accounts may be begun, when so many of each are under way and `at_once` may be
    in all. Whoever has fewest gets the next, and nobody gets one more who has as many as are left free: so whoever
    comes later finds room at once.

    >>> shares_of([7], {}, 32), shares_of([7, 8], {7: 16}, 32)
    ({7: 16}, {8: 8})
    """
    order, has = list(waiting), Counter(under_way)
    free = at_once - has.total()
    shares: Counter[int] = Counter()
    while order and free > 0:
        account_id = min(order, key=lambda one: has[one])
        if has[account_id] >= free:
            break
        has[account_id] += 1
        shares[account_id] += 1
        free -= 1
    return dict(shares)
