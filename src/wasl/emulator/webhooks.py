"""Puts what a business is told together or in disorder when asked to, and hands it to its provider's mode."""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random

from wasl.emulator.behaviour import Behaviours
from wasl.emulator.deliveries import Letter
from wasl.emulator.limits import EMULATOR_COPIES_MAX, EMULATOR_UPDATES_PER_BODY_MAX
from wasl.emulator.modes import modes
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.updates import Update


class Dispatch:
    """Turns updates into bodies as the number's behaviour says: one each, or gathered, shuffled and repeated."""

    def __init__(self, behaviours: Behaviours, post: Callable[[Letter, float], object], chance: Random) -> None:
        self._behaviours = behaviours
        self._post = post
        self._chance = chance
        self._gathered: dict[str, list[Update]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def tell(self, number: BusinessNumber, update: Update) -> None:
        """Tell a business of an update, now or as soon as enough others have gathered."""
        behaviour = self._behaviours.of(number.phone_number_id)
        gathered = self._gathered.setdefault(number.phone_number_id, [])
        gathered.append(update)
        wanted = min(max(behaviour.batch, behaviour.reorder), EMULATOR_UPDATES_PER_BODY_MAX)
        if len(gathered) >= wanted:
            self._flush(number)
        elif number.phone_number_id not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[number.phone_number_id] = loop.call_later(behaviour.gather_seconds, self._flush, number)

    @property
    def waiting_of(self) -> Counter[str]:
        """How many updates of each number wait for others to gather."""
        return Counter({number: len(gathered) for number, gathered in self._gathered.items()})

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._gathered.clear()

    def _flush(self, number: BusinessNumber) -> None:
        timer = self._timers.pop(number.phone_number_id, None)
        if timer is not None:
            timer.cancel()
        behaviour = self._behaviours.of(number.phone_number_id)
        updates = self._gathered.pop(number.phone_number_id, [])
        if behaviour.reorder > 1:
            self._chance.shuffle(updates)
        size = min(max(behaviour.batch, 1), EMULATOR_UPDATES_PER_BODY_MAX)
        for start in range(0, len(updates), size):
            group = updates[start : start + size]
            letters = modes()[number.provider].letters(number, group, behaviour.batch_style)
            for letter in letters * min(max(behaviour.duplicate, 1), EMULATOR_COPIES_MAX):
                spread = behaviour.delay_spread_seconds * self._chance.random()
                self._post(letter, behaviour.delay_seconds + spread)
