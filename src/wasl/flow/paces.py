"""How fast messages may leave: per number and per customer, each node its share of what all nodes may send together."""

import asyncio
from collections.abc import Callable

from wasl.clock import monotonic
from wasl.domain.channels import Access
from wasl.domain.pace import Pace
from wasl.limits import (
    CHANNEL_MESSAGES_PER_SECOND,
    PACES_REMEMBERED_MAX,
    PAIR_BURST,
    PAIR_SECONDS_PER_MESSAGE,
)
from wasl.store.outbox import Due
from wasl.store.team import Channel


class Paces:
    """Of one node. `nodes` tells how many send at the same time, since a number's rate is one for them all; `soon` is
    called when a number that had to wait may go on."""

    def __init__(
        self, channel_of: Callable[[int], Channel | None], nodes: Callable[[], int], soon: Callable[[], None]
    ) -> None:
        self._channel_of = channel_of
        self._nodes = nodes
        self._soon = soon
        self._channels: dict[int, Pace] = {}
        self._pairs: dict[tuple[int, int], Pace] = {}
        """By account and conversation."""
        self._resting_until: dict[int, float] = {}
        """Numbers that must wait, by channel, until a monotonic time."""
        self._held: dict[int, Access | None] = {}
        """How a number was set up when its provider let it wait."""

    def hold(self, channel_id: int, seconds: float) -> None:
        """Let a number wait, because its provider said so; but no longer than it is set up like that."""
        self._resting_until[channel_id] = max(self._resting_until.get(channel_id, 0.0), monotonic() + seconds)
        self._held[channel_id] = self._access(channel_id)

    def resting(self) -> list[int]:
        """The channels that may send nothing now; whoever looks for messages leaves them out, so that they take no
        place from the others."""
        for channel_id, access in list(self._held.items()):
            if self._access(channel_id) != access:
                del self._held[channel_id], self._resting_until[channel_id]
        now = monotonic()
        return [channel_id for channel_id, until in self._resting_until.items() if until > now]

    def wait_seconds(self, due: Due) -> float:
        """How long a message must wait for its number and its customer; 0 takes a token of both."""
        now = monotonic()
        rests = self._resting_until.get(due.channel_id, 0.0) - now
        if rests > 0:
            return rests
        channel = self._channel_of(due.channel_id)
        pair = self._pair(due, channel, now)
        missing = pair.take(now)
        if missing > 0:
            return missing
        missing = self._channel(due.channel_id, channel, now).take(now)
        if missing > 0:
            pair.tokens += 1.0
            self._resting_until[due.channel_id] = now + missing
            asyncio.get_running_loop().call_later(missing, self._soon)
        return missing

    def _access(self, channel_id: int) -> Access | None:
        channel = self._channel_of(channel_id)
        return channel.access if channel is not None else None

    def _channel(self, channel_id: int, channel: Channel | None, now: float) -> Pace:
        """This node's share of what a number may send. With every node that comes or goes, and when an administrator
        tells that the provider has raised it, it is another one."""
        whole = channel.per_second if channel is not None else CHANNEL_MESSAGES_PER_SECOND
        share = whole / self._nodes()
        burst = max(1.0, share)
        pace = self._channels.setdefault(channel_id, Pace.full(share, burst, now))
        pace.per_second, pace.burst = share, burst
        return pace

    def _pair(self, due: Due, channel: Channel | None, now: float) -> Pace:
        """The same for one customer: whichever node has a token left sends the next message."""
        self._forget_pairs()
        nodes = self._nodes()
        seconds = channel.capabilities.pair_seconds if channel is not None else PAIR_SECONDS_PER_MESSAGE
        share, burst = 1.0 / (seconds * nodes), max(1.0, PAIR_BURST / nodes)
        pace = self._pairs.setdefault((due.account_id, due.conversation_key), Pace.full(share, burst, now))
        pace.per_second, pace.burst = share, burst
        return pace

    def _forget_pairs(self) -> None:
        if len(self._pairs) > PACES_REMEMBERED_MAX:
            oldest = sorted(self._pairs, key=lambda pair: self._pairs[pair].at_seconds)
            for pair in oldest[: PACES_REMEMBERED_MAX // 2]:
                del self._pairs[pair]
