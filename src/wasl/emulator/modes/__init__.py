"""Providers that the emulator can play: one file for each, found by being there.

All of them stand before the same WhatsApp: a mode turns what happens there into its provider's webhooks (`letters`),
and its provider's requests into sends as Meta takes them (`routes`).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from starlette.routing import BaseRoute

from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.deliveries import Letter
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.updates import Update


class Mode(Protocol):
    """One provider, as far as it differs from the others."""

    provider: str

    def letters(self, number: BusinessNumber, updates: Sequence[Update], style: BatchStyle) -> list[Letter]:
        """The webhooks that tell a business of these updates, which happened together."""
        ...

    def routes(self) -> list[BaseRoute]:
        """What the provider can be asked."""
        ...


@cache
def modes() -> Mapping[str, Mode]:
    """Every mode by its provider's word."""
    found: list[Mode] = [import_module(f"{__name__}.{module.name}").MODE for module in iter_modules(__path__)]
    return {mode.provider: mode for mode in found}
