"""Plays a small cast of customers, so that a demo looks alive: a past, a message now and then, answers to replies."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from wasl.clock import now_ms
from wasl.emulator.asked import Asked
from wasl.emulator.cast import BUSINESS, CALM, CAST, Line, Pace, Person
from wasl.emulator.customer_side import Remembered, read, tell_history, write
from wasl.emulator.customers import Customer
from wasl.emulator.ids import message_id_of
from wasl.emulator.inbound import written
from wasl.emulator.limits import EMULATOR_CAST_MESSAGES_MAX
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.whatsapp import Emulator
from wasl.waiting import wait_at_most

REACTIONS = ("👍", "❤️", "🙏", "😂")


async def play_customers(
    emulator: Emulator,
    stop: asyncio.Event,
    *,
    pace: Pace = CALM,
    cast: tuple[Person, ...] = CAST,
) -> None:
    """Let the cast tell its past, then write every few seconds and answer the business, until `stop` is set.

    Waits for a business number to be there. The number of messages is bounded; answers go on after that.
    """
    while not len(emulator.numbers):
        if await wait_at_most(stop, 0.2):
            return
    number = emulator.numbers.find(None)
    people = {person: _introduce(emulator, person) for person in cast}
    if await _unless(stop, _tell_past(emulator, number, people)):
        return
    async with asyncio.TaskGroup() as group:
        group.create_task(_answer_replies(emulator, number, people, stop, pace))
        group.create_task(_ask_now_and_then(emulator, number, people, stop, pace))


def _introduce(emulator: Emulator, person: Person) -> Customer:
    return emulator.customers.add(phone=person.phone, name=person.name, username=person.username)


async def _tell_past(emulator: Emulator, number: BusinessNumber, people: dict[Person, Customer]) -> None:
    """Let the business hear what its phone remembers, and then what nobody has answered yet, oldest first and one after
    another, so that the inbox stands in that order."""
    remembered: list[tuple[Customer, list[Remembered]]] = []
    unanswered: list[tuple[Customer, Remembered]] = []
    now = now_ms() // 1000
    for person, customer in people.items():
        lines = [_remembered(emulator, number, customer, index, line, now) for index, line in enumerate(person.past)]
        begin = max((place for place, line in enumerate(lines, 1) if line.by_business), default=0)
        remembered.append((customer, lines[:begin]))
        unanswered += [(customer, line) for line in lines[begin:]]
    tell_history(emulator, number, remembered)
    for _, lines in remembered:
        for line in lines:
            await emulator.until_acknowledged(line.message_id)
    for customer, line in sorted(unanswered, key=lambda one: one[1].at):
        write(emulator, number, customer, line.written, at=line.at, message_id=line.message_id)
        await emulator.until_acknowledged(line.message_id)


def _remembered(
    emulator: Emulator, number: BusinessNumber, customer: Customer, index: int, line: Line, now: int
) -> Remembered:
    by_business = line.author == BUSINESS
    # The same ids at every start: a server that has this past already takes it for the duplicate that it is.
    seed = f"{number.phone_number_id}/{customer.key}/{index}"
    message_id = message_id_of(customer.phone or customer.key, sent_by_business=by_business, seed=seed)
    at = now - line.minutes_ago * 60
    return Remembered(message_id, at, by_business, written(_asked(line), emulator.media))


def _asked(line: Line) -> Asked:
    words = {"caption" if line.type in ("image", "document") else "text": line.text}
    return Asked({"type": line.type} | words | dict(line.extra))


async def _ask_now_and_then(
    emulator: Emulator,
    number: BusinessNumber,
    people: dict[Person, Customer],
    stop: asyncio.Event,
    pace: Pace,
) -> None:
    asked = dict.fromkeys(people, 0)
    waiting: list[Person] = []
    for _ in range(EMULATOR_CAST_MESSAGES_MAX):
        if await wait_at_most(stop, emulator.chance.uniform(*pace.asks)):
            return
        if emulator.post_office.waiting > len(people):
            continue  # The business does not answer; nobody would go on writing into the void.
        if not waiting:
            waiting = list(people)
            emulator.chance.shuffle(waiting)
        person = waiting.pop()
        thread = emulator.customers.thread(people[person], number)
        heard = [entry for entry in thread.entries if entry.author == "business" and not entry.reactions]
        if heard and emulator.chance.random() < 0.3:
            emoji = emulator.chance.choice(REACTIONS)
            _speak(emulator, number, people[person], type="reaction", message_id=heard[-1].message_id, emoji=emoji)
        else:
            question = person.questions[asked[person] % len(person.questions)]
            asked[person] += 1
            _speak(emulator, number, people[person], text=question)


async def _answer_replies(
    emulator: Emulator, number: BusinessNumber, people: dict[Person, Customer], stop: asyncio.Event, pace: Pace
) -> None:
    answering: set[str] = set()
    seen, changes = emulator.accepted.total, 0
    person_of = {customer.key: person for person, customer in people.items()}
    async with asyncio.TaskGroup() as group:
        while not stop.is_set() and not emulator.changes.closed:
            for index, accepted in emulator.accepted.after(seen, 100):
                seen = index
                customer = emulator.customers.look_up(accepted.recipient)
                if customer is None or customer.key in answering or customer.key not in person_of:
                    continue
                answering.add(customer.key)
                reply = accepted.message_id if emulator.chance.random() < 0.25 else None
                answers = person_of[customer.key].answers
                group.create_task(_answer(emulator, number, customer, answers, reply, answering, stop, pace))
            waited = asyncio.ensure_future(emulator.changes.after(changes))
            if await _unless(stop, waited):
                return
            changes = waited.result()


async def _answer(
    emulator: Emulator,
    number: BusinessNumber,
    customer: Customer,
    answers: tuple[str, ...],
    reply_to: str | None,
    answering: set[str],
    stop: asyncio.Event,
    pace: Pace,
) -> None:
    """Read, think, answer once: further replies of the business in between get no answer of their own."""
    if await wait_at_most(stop, emulator.chance.uniform(*pace.reads)):
        return
    read(emulator, number, customer)
    if await wait_at_most(stop, emulator.chance.uniform(*pace.answers)):
        return
    read(emulator, number, customer)
    answering.discard(customer.key)
    _speak(emulator, number, customer, reply_to=reply_to, text=emulator.chance.choice(answers))


def _speak(
    emulator: Emulator, number: BusinessNumber, customer: Customer, *, reply_to: str | None = None, **asked: Any
) -> None:
    write(emulator, number, customer, written(Asked(asked), emulator.media), reply_to=reply_to)


async def _unless(stop: asyncio.Event, work: Awaitable[Any]) -> bool:
    """Do the work; give it up and return True when everything stops first."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not stopping.done():
            working.result()
        return stopping.done()
    finally:
        working.cancel()
        stopping.cancel()
