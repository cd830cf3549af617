"""How fast replies leave, through the whole server to the emulator, while customers write and statuses come back.

Beside it stand the number's token bucket, which it should reach and must not pass, and a bare loop of the same HTTP
client against the same emulator, which is what this machine could do without a database.
"""

import asyncio
import contextlib
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson

from bench.bodies import (
    APP_SECRET,
    BUSINESS,
    MARK,
    MARK_DIGITS,
    PHONE_NUMBER_ID,
    Numbers,
    customer_of,
    marked,
    webhooks,
)
from bench.client import as_fast_as_answered, at_a_pace
from bench.installation import (
    EMAIL,
    PASSWORD,
    ROOT,
    SECRET_VALUES,
    NotMeasured,
    free_port,
    fresh_folder,
    our_server,
    settings_for,
    started,
    token_of,
)
from bench.machine import Cores, two_cores
from bench.postgres import postgres
from bench.report import Figure, Report, percentiles
from wasl.domain.people import Operator, OperatorRole
from wasl.emulator.remote import RemoteEmulator
from wasl.limits import CHANNEL_MESSAGES_PER_SECOND
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.team import NewChannel
from wasl.torture.history import now
from wasl.torture.http import request_of

ACCESS_TOKEN = "an-access-token"
UPGRADED_PER_SECOND = 1_000
SECONDS, SECONDS_QUICK = 20.0, 3.0
CUSTOMERS = 2_000
"""One message is in flight in each conversation: enough of them for the greatest rate."""
INBOUND_PER_SECOND = 20.0
CALM_SHARE, PRESSED_SHARE = 0.9, 1.1
"""Of the limit is asked for: the queue delay is told of the first, the rate that is reached of the second."""
SHARE_MIN = 0.95
"""Of the limit must be used under pressure."""
OVER_SHARE_MAX = 0.03
"""Of a second's messages may be over what the bucket has given by then: a clock's grain."""
DELAY_P99_SECONDS_MAX = 1.0
BARE_AT_ONCE = 64
DRAINED_SECONDS_MAX = 120.0
"""A machine that takes a third of what is asked for needs three times as long: that is a figure, not an error."""
_BURST_SECONDS = 1.0
"""A full bucket lets so much go at once; what comes after it is the rate."""


@dataclass(frozen=True, slots=True)
class Stand:
    """An installation with one number at an emulator, and all of its customers' conversations."""

    port: int
    settings: Settings
    emulator_port: int
    token: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a stretch of replies: how long each waited, and when it was accepted, in order; in seconds."""

    delays: list[float]
    accepted_at: list[float]


def measure_sends(report: Report, databases: Sequence[str], quick: bool) -> None:
    """Both rates on each database, and the bare loop."""
    cores, seconds = two_cores(), SECONDS_QUICK if quick else SECONDS
    for name in databases:
        for limit in (CHANNEL_MESSAGES_PER_SECOND, UPGRADED_PER_SECOND):
            try:
                with _stand(name, cores, limit) as stand:
                    asyncio.run(_measure(report, f"{name}, {limit}/s", stand, limit, seconds))
            except NotMeasured as reason:
                print(f"    {name} is left out: {reason}", flush=True)


async def _measure(report: Report, name: str, stand: Stand, limit: int, seconds: float) -> None:
    async with RemoteEmulator(f"http://127.0.0.1:{stand.emulator_port}") as remote:
        await remote.behave(PHONE_NUMBER_ID, per_second=limit * 2, window_enforced=False)
        calm = await _send(stand, remote, limit * CALM_SHARE, seconds)
        await asyncio.sleep(_BURST_SECONDS)
        pressed = await _send(stand, remote, limit * PRESSED_SHARE, seconds)
        refused = [one for one in await remote.refused() if one["code"]]
        bare = await _bare(stand, seconds)
    report.add(Figure(f"{name}: a bare loop of the HTTP client", bare, "/s"))
    rate, over = _rate(pressed.accepted_at, seconds), _over(pressed.accepted_at, limit)
    kept = rate >= SHARE_MIN * limit and over <= OVER_SHARE_MAX and not refused
    words, note = f"≥ {SHARE_MIN:g} × the bucket's {limit}", f"{len(refused)} refused"
    beside = {"over the bucket": over, "asked for": limit * PRESSED_SHARE}
    report.add(Figure(f"{name}: accepted", rate, "/s", words, rate / limit, kept, note, beside=beside))
    delays = percentiles(calm.delays, (0.5, 0.95, 0.99), 1000)
    kept = delays["p99"] <= DELAY_P99_SECONDS_MAX * 1000
    wait = f"{name}: from asked for to accepted at {CALM_SHARE:.0%} of it, p99"
    against = f"≤ {DELAY_P99_SECONDS_MAX * 1000:g} ms"
    report.add(Figure(wait, delays["p99"], "ms", against, None, kept, beside=delays))


async def _send(stand: Stand, remote: RemoteEmulator, per_second: float, seconds: float) -> Sent:
    """Ask for replies at a pace while customers write. Raises SystemExit when one is lost or doubled."""
    count = round(per_second * seconds)
    first = stand.numbers.next
    stand.numbers.next += count
    asked_at = array("d", bytes(8 * count))
    requests = [_reply(stand, chat, first + place) for place, chat in enumerate(await _chats(stand, count))]
    inbound = stand.numbers.webhooks(round(INBOUND_PER_SECOND * seconds))
    before, offset = len(await remote.accepted()), time.time() - now()
    load, heard = await asyncio.gather(
        at_a_pace(stand.port, requests, per_second, asked_at, answer_seconds_max=DRAINED_SECONDS_MAX),
        at_a_pace(stand.port, inbound, INBOUND_PER_SECOND, array("d", bytes(8 * len(inbound))), 4),
    )
    if load.refused or heard.refused:
        raise SystemExit(f"the server refused: {load.refused} {heard.refused}")
    accepted = await _drained(remote, before, count)
    await remote.until_quiet(DRAINED_SECONDS_MAX)
    at = {_number_of(one["body"]["text"]["body"]): one["at"] for one in accepted}
    if len(at) != len(accepted):
        raise SystemExit("a message was accepted twice")
    delays = [when - (asked_at[number - first] + offset) for number, when in at.items()]
    return Sent(delays, sorted(at.values()))


async def _drained(remote: RemoteEmulator, before: int, count: int) -> list[dict[str, Any]]:
    """What was accepted after so many, once it is all of it."""
    ends = now() + DRAINED_SECONDS_MAX
    while now() < ends:
        # Seldom: the answer is long, and who makes it is measured too.
        await asyncio.sleep(0.5)
        accepted = await remote.accepted(before)
        if len(accepted) >= count:
            return accepted
    last = (await remote.refused())[-1:]
    raise SystemExit(f"only {len(accepted)} of {count} replies left; refused last: {last}")


def _rate(times: Sequence[float], seconds: float) -> float:
    """How many were accepted a second while more was asked for, without the burst at the beginning."""
    steady = [at for at in times if times[0] + _BURST_SECONDS <= at <= times[0] + seconds]
    return (len(steady) - 1) / (steady[-1] - steady[0]) if len(steady) > 1 else 0.0


def _over(times: Sequence[float], limit: int) -> float:
    """By how much the bucket was ever overdrawn, in seconds of its rate."""
    return max(0.0, *(place / limit - (at - times[0]) - _BURST_SECONDS for place, at in enumerate(times)))


async def _bare(stand: Stand, seconds: float) -> float:
    """Accepted a second when nothing stands between a loop and the emulator."""
    url = f"http://127.0.0.1:{stand.emulator_port}/v24.0/{PHONE_NUMBER_ID}/messages"
    headers = {"Authorization": f"Bearer {ACCESS_TOKEN}", "Content-Type": "application/json"}
    limits = httpx2.Limits(max_connections=BARE_AT_ONCE, max_keepalive_connections=BARE_AT_ONCE)
    ends, taken = now() + seconds, 0

    async def post(client: httpx2.AsyncClient, place: int) -> None:
        nonlocal taken
        body = {"messaging_product": "whatsapp", "to": f"+9614{place:06d}", "type": "text", "text": {"body": "bare"}}
        while now() < ends:
            answer = await client.post(url, content=orjson.dumps(body), headers=headers)
            taken += answer.status_code == 200

    async with RemoteEmulator(f"http://127.0.0.1:{stand.emulator_port}") as remote:
        await remote.behave(PHONE_NUMBER_ID, statuses=[], window_enforced=False)
    async with httpx2.AsyncClient(limits=limits, trust_env=False, timeout=30.0) as client:
        await asyncio.gather(*(post(client, place) for place in range(BARE_AT_ONCE)))
    return taken / seconds


@contextlib.contextmanager
def _stand(name: str, cores: Cores, limit: int) -> Iterator[Stand]:
    with fresh_folder("send") as folder, contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres(cores.server)).create_database() if name == "postgres" else None
        settings, emulator_port = settings_for(folder, url), free_port()
        command = [sys.executable, "-m", "wasl", "emulator", "--port", str(emulator_port)]
        stack.enter_context(started(command, {}, emulator_port, cores.client, folder, ROOT))
        operator = asyncio.run(_furnish(settings, f"http://127.0.0.1:{emulator_port}", limit))
        running = stack.enter_context(our_server(settings, cores.server))
        stand = Stand(running.port, settings, emulator_port, token_of(settings, operator), Numbers())
        asyncio.run(_greet(stand))
        yield stand


async def _furnish(settings: Settings, emulator_url: str, limit: int) -> Operator:
    async with open_memory(settings) as memory:
        account = await memory.team.create_account("Olive Bakery")
        new = NewChannel(
            provider="meta",
            phone_number_id=PHONE_NUMBER_ID,
            values={**SECRET_VALUES, "access_token": ACCESS_TOKEN},
            api_base_url=emulator_url,
            display_phone_number=BUSINESS,
            name="Olive Bakery",
            per_second=limit,
        )
        await memory.team.add_channel(account.id, new)
        return await memory.team.add_operator(account.id, EMAIL, "Rana", OperatorRole.OWNER, PASSWORD)


async def _greet(stand: Stand) -> None:
    """Let every customer write once, and the emulator know where the number is."""
    async with RemoteEmulator(f"http://127.0.0.1:{stand.emulator_port}") as remote:
        await remote.add_number(
            PHONE_NUMBER_ID,
            f"http://127.0.0.1:{stand.port}/webhooks/meta",
            display_phone_number=BUSINESS,
            access_token=ACCESS_TOKEN,
            app_secret=APP_SECRET,
        )
        # Known there by the ids that the webhooks name: else each status would tell of somebody else.
        for place in range(CUSTOMERS):
            person = customer_of(place)
            await remote.add_customer(phone=person.phone, bsuid=person.user_id, name=person.name)
    count, stand.numbers.next = CUSTOMERS, stand.numbers.next + CUSTOMERS
    hellos = webhooks(0, count, customers=CUSTOMERS)
    load = await as_fast_as_answered(stand.port, iter(hellos), DRAINED_SECONDS_MAX)
    if load.refused:
        raise SystemExit(f"the server refused webhooks: {load.refused}")


async def _chats(stand: Stand, count: int) -> list[tuple[str, str]]:
    """A conversation for each message, in turn: its id and the contact's."""
    sql = "SELECT conversation_id, contact_id FROM conversations ORDER BY conversation_key"
    async with open_memory(stand.settings) as memory:
        found = await memory.database.read(lambda connection: connection.rows(sql))
    return [(str(found[place % len(found)][0]), str(found[place % len(found)][1])) for place in range(count)]


def _reply(stand: Stand, chat: tuple[str, str], number: int) -> bytes:
    words = f"{marked(number)} Yes, we keep two jars for you."
    asked = {"conversation_id": chat[0], "user_id": chat[1], "message": words, "client_message_id": marked(number)}
    headers = {"Authorization": f"Bearer {stand.token}", "Content-Type": "application/json"}
    return request_of("POST", "/api/live-chat/send-message", orjson.dumps(asked), **headers)


def _number_of(words: str) -> int:
    return int(words[len(MARK) : len(MARK) + MARK_DIGITS])
