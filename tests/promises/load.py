"""Senders who behave like Meta: they repeat a webhook until the answer is 200, and only then count it as arrived."""

import asyncio
import itertools
import ssl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic

import httpx2

from story.people import Business
from story.wire import Customer, JsonObject, envelope, text

RETRY_SECONDS = 0.1
PEOPLE = [Customer(f"Guest {place}", f"96170{place:06d}") for place in range(40)]


@dataclass(slots=True)
class Sent:
    """What the senders know: which ids were ever sent, which were acknowledged, and how often a body was repeated."""

    ids: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    acknowledged_at: dict[str, float] = field(default_factory=dict)
    """Of each id: the moment of its first acknowledgement, monotonic."""
    bodies: int = 0
    retries: int = 0

    def note(self, ids: Iterable[str]) -> None:
        """These were acknowledged just now."""
        now = monotonic()
        for message_id in ids:
            self.acknowledged.add(message_id)
            self.acknowledged_at.setdefault(message_id, now)


def bodies_of(
    business: Business, messages: int, chance: Random, sizes: tuple[int, int] = (10, 26), first: int = 0
) -> list[tuple[list[str], bytes]]:
    """Webhooks for so many messages in a random order, with repeats: whole bodies, and single messages in others.

    A body holds from `sizes[0]` to below `sizes[1]` messages, numbered from `first` on. Each comes with the ids that
    are in it.
    """
    made = [
        text(chance.choice(PEOPLE), f"line {place}", message_id=f"wamid.load.{place}", at=chance.randrange(5_000))
        for place in range(first, first + messages)
    ]
    chance.shuffle(made)
    bodies = [_body(business, part) for part in _parts(made, chance, sizes)]
    repeats = chance.sample(made, messages // 20)
    bodies += [_body(business, part) for part in _parts(repeats, chance, sizes)]
    bodies += chance.sample(bodies, len(bodies) // 5)
    chance.shuffle(bodies)
    return bodies


def _parts(messages: list[JsonObject], chance: Random, sizes: tuple[int, int]) -> Iterator[list[JsonObject]]:
    start = 0
    while start < len(messages):
        size = chance.randrange(*sizes)
        yield messages[start : start + size]
        start += size


def _body(business: Business, messages: list[JsonObject]) -> tuple[list[str], bytes]:
    phones = {message["from"] for message in messages}
    people = [person for person in PEOPLE if person.phone in phones]
    ids = [str(message["id"]) for message in messages]
    return ids, envelope(business.number.said(messages, *people))


async def deliver_all(
    urls: Sequence[str],
    business: Business,
    bodies: Iterable[tuple[list[str], bytes]],
    sent: Sent,
    senders: int,
    pause_seconds: float = 0.0,
    patience_seconds: float = 5.0,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Deliver every body with so many senders at once; some of them deliver each body twice at the same moment.

    With several nodes each attempt goes to the next one, a repeated one too. Each sender pauses between its bodies,
    and waits so long for an answer.
    """
    limits = httpx2.Limits(max_connections=2 * senders, max_keepalive_connections=2 * senders)
    verify = True if tls is None else tls
    async with httpx2.AsyncClient(timeout=patience_seconds, trust_env=False, limits=limits, verify=verify) as client:
        waiting, doors = iter(bodies), itertools.cycle(f"{url}/webhooks/meta" for url in urls)

        async def work(twice: bool) -> None:
            for ids, body in waiting:
                sent.ids.update(ids)
                copies = (_until_taken(client, doors, business, (ids, body), sent) for _ in range(1 + twice))
                await asyncio.gather(*copies)
                sent.bodies += 1 + twice
                await asyncio.sleep(pause_seconds)

        await asyncio.gather(*(work(twice=place == 0) for place in range(senders)))


async def _until_taken(
    client: httpx2.AsyncClient, doors: Iterator[str], business: Business, letter: tuple[list[str], bytes], sent: Sent
) -> None:
    ids, body = letter
    headers = {"X-Hub-Signature-256": business.number.sign(body)}
    for door in doors:
        try:
            answer = await client.post(door, content=body, headers=headers)
        except httpx2.HTTPError:
            pass  # Killed under way: nobody knows whether it was stored, so it is sent again.
        else:
            if answer.status_code == 200:
                sent.note(ids)
                return
            # Anything else would make the provider give up on a webhook that was right.
            assert answer.status_code == 503, answer.text
        sent.retries += 1
        await asyncio.sleep(RETRY_SECONDS)
