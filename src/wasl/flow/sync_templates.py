"""Templates as the provider lists them: fetched by the hour, when a webhook says that they changed, and when asked.

The promise: what is offered is what the provider listed last; a list that does not come takes nothing away.
"""

import asyncio
from collections.abc import Mapping

from wasl.channels.adapter import Adapter
from wasl.channels.exchange import ProviderAway
from wasl.clock import monotonic
from wasl.errors import Conflict, Invalid, Unavailable
from wasl.flow.limits import (
    TEMPLATES_GATHER_SECONDS,
    TEMPLATES_LOOK_SECONDS,
    TEMPLATES_REFRESHED_SECONDS,
    TEMPLATES_SYNC_SECONDS,
)
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.duties import Duties
from wasl.store.journal import Journal
from wasl.store.team import Channel, Team
from wasl.store.templates import NoteTry, ReplaceTemplates, channels_tried_lately, failed_lately
from wasl.waiting import wait_at_most

_DUTY = "sync templates"


class TemplateKeeper:
    """Keeps every channel's templates as they are at its provider, where that tells them."""

    def __init__(
        self, database: Database, journal: Journal, team: Team, adapters: Mapping[str, Adapter], duties: Duties
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._adapters = adapters
        self._duties = duties
        self._moved: dict[int, float] = {}
        """Channels whose templates have changed, with when that is looked at, in monotonic seconds."""
        self._wake = asyncio.Event()

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop in the middle: the list is asked for again."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def moved(self, channel: Channel) -> None:
        """Fetch the lists of all numbers that the same secret speaks for: a webhook told that one of them changed."""
        for found in self._team.channels():
            if (found.provider, found.proof) == (channel.provider, channel.proof) and found.capabilities.template_list:
                # Webhooks of this kind come in flocks, one for each template.
                self._moved.setdefault(found.id, monotonic() + TEMPLATES_GATHER_SECONDS)
        self._wake.set()

    async def refresh(self, channel: Channel) -> None:
        """Fetch a channel's list now, unless that was done a moment ago.

        Raises Invalid where there is none, Conflict when it does not come.
        """
        if not channel.capabilities.template_list:
            sentence = "This provider does not list its templates: an administrator enters them with `wasl template`."
            raise Invalid(sentence, code="not_supported")
        lately = await self._database.read(lambda c: channels_tried_lately(c, TEMPLATES_REFRESHED_SECONDS))
        if channel.id in lately:
            if await self._database.read(lambda c: failed_lately(c, channel.id)):
                raise Conflict("The provider did not list its templates a moment ago.", code="templates_not_listed")
            return
        try:
            await self._sync(channel)
        except ProviderAway as away:
            sentence = f"The provider did not list its templates. {away.outcome.message}"
            raise Conflict(sentence, code="templates_not_listed") from away

    async def _run(self) -> None:
        hourly_at = monotonic() + TEMPLATES_LOOK_SECONDS
        while True:
            next_at = min([hourly_at, *self._moved.values()])
            await wait_at_most(self._wake, max(0.0, next_at - monotonic()))
            self._wake.clear()
            try:
                await self._sync_moved()
                if monotonic() >= hourly_at:
                    await self._sync_old()
            except Unavailable:
                log.warning("templates not looked for")
            if monotonic() >= hourly_at:
                hourly_at = monotonic() + TEMPLATES_LOOK_SECONDS

    async def _sync_moved(self) -> None:
        now = monotonic()
        for channel_id in [channel_id for channel_id, at in self._moved.items() if at <= now]:
            del self._moved[channel_id]
            channel = self._team.channel(channel_id)
            if channel is not None:
                await self._try(channel)

    async def _sync_old(self) -> None:
        """The lists that nobody has asked for in an hour, unless another node does."""
        if not await self._duties.claim(_DUTY):
            return
        lately = await self._database.read(lambda c: channels_tried_lately(c, TEMPLATES_SYNC_SECONDS))
        for channel in self._team.channels():
            if channel.capabilities.template_list and channel.id not in lately and await self._duties.claim(_DUTY):
                await self._try(channel)

    async def _try(self, channel: Channel) -> None:
        try:
            await self._sync(channel)
        except ProviderAway as away:
            log.info("templates not listed", channel_id=channel.id, code=away.outcome.code)

    async def _sync(self, channel: Channel) -> None:
        try:
            listed = await self._adapters[channel.provider].templates(channel.access)
        except ProviderAway:
            await self._journal.submit(NoteTry(channel.account_id, channel.id))
            raise
        count = await self._journal.submit(ReplaceTemplates(channel.account_id, channel.id, listed))
        log.info("templates listed", account_id=channel.account_id, channel_id=channel.id, templates=count)
