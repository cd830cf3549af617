"""Meta itself: signed envelopes, and the Cloud API."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.deliveries import Letter
from wasl.emulator.envelopes import envelope, sealed
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.updates import Update


class Meta:
    """See `Mode`. Its routes stand in cloud_api.py: their paths begin with any version, so they come last of all."""

    provider = "meta"

    def letters(self, number: BusinessNumber, updates: Sequence[Update], style: BatchStyle) -> list[Letter]:
        ids = [one for update in updates for one in update.provider_ids]
        return [sealed(number, envelope(number, updates, style), ids)]

    def routes(self) -> list[BaseRoute]:
        return []


MODE = Meta()
