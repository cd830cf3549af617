"""Receiving: what a provider was told has arrived is stored, once, whatever else goes wrong.

The promise: `take` returns only when every update of a body is durable, as a part of its account, or kept verbatim
where nobody's secret lets it in. If the memory does not answer it raises Unavailable, and the provider sends again.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from wasl.channels.adapter import Adapter, Knock
from wasl.domain.updates import Noted, Unreadable, Update
from wasl.errors import UnreadableBody, WaslError
from wasl.observe import log
from wasl.store.directory import Channel
from wasl.store.intake import Intake, Saved
from wasl.store.journal import Journal
from wasl.store.raw import KeepRaw, RawBody
from wasl.store.team import Team

_TEMPLATE_FIELDS = ("message_template_", "template_category_")


class Reception:
    """Takes bodies whose sender was proven. `templates_moved` is told of a number whose templates have changed, and
    `heard` of the language and the mood of each customer who wrote."""

    def __init__(
        self,
        team: Team,
        journal: Journal,
        templates_moved: Callable[[Channel], None] = lambda _channel: None,
        heard: Callable[[str, str], None] = lambda _language, _sentiment: None,
    ) -> None:
        self._team = team
        self._journal = journal
        self._templates_moved = templates_moved
        self._heard = heard

    async def take(self, adapter: Adapter, knock: Knock, channel: Channel, *, alone: bool) -> int:
        """Store every update of a body; the result is how many there were. `channel` is one whose proof the body has;
        `alone` says that the address was that channel's own, and the body need not name it."""
        started = time.perf_counter()
        received_ms = knock.arrived_ms
        provider, proof = channel.provider, channel.proof
        try:
            updates = adapter.read(knock, channel.access if alone else None)
        except UnreadableBody as error:
            await self._keep_whole(channel, knock, error.code, received_ms, alone=alone)
            return 1
        except Exception as error:
            # A provider may never send it again: what we fail to read is kept for a version that does not.
            log.error("body quarantined", provider=provider, bytes=len(knock.body), error=type(error).__name__)
            await self._keep_whole(channel, knock, "failed", received_ms, alone=alone)
            return 1
        if not updates:
            return 0
        if len(updates) == 1 or len({update.phone_number_id for update in updates}) == 1:
            parts: Sequence[tuple[str | None, Sequence[Update]]] = [(updates[0].phone_number_id, updates)]
        else:
            parts = _by_number(updates)
        if len(parts) == 1:
            await self._take_part(provider, *parts[0], proof, received_ms, started)
        else:
            taken = (self._take_part(provider, *part, proof, received_ms, started) for part in parts)
            await asyncio.gather(*taken)
        # What speaks of a whole business account names no number.
        if any(_of_templates(update) for number, part in parts if number is None for update in part):
            self._templates_moved(channel)
        return len(updates)

    async def _take_part(
        self,
        provider: str,
        phone_number_id: str | None,
        updates: Sequence[Update],
        proof: str,
        received_ms: int,
        started: float,
    ) -> None:
        channel = await self._channel(provider, phone_number_id)
        if channel is None or channel.proof != proof:
            reason = "unknown_channel" if channel is None else "foreign_signature"
            await self._quarantine(provider, updates, proof, reason, received_ms)
            return
        saved = await self._store(channel, updates, proof, received_ms)
        milliseconds = round((time.perf_counter() - started) * 1000, 2)
        for message in saved:
            if message.by_customer:
                self._heard(message.language or "unknown", message.sentiment or "neutral")
            log.info(
                "message saved",
                conversation_id=message.conversation_id,
                message_id=message.message_id,
                sequence=message.sequence,
                ms=milliseconds,
            )

    async def _channel(self, provider: str, phone_number_id: str | None) -> Channel | None:
        if not phone_number_id:
            return None
        channel = self._team.channel_of(provider, phone_number_id)
        if channel is None and await self._team.refresh():  # It may have been added a moment ago, by another process.
            channel = self._team.channel_of(provider, phone_number_id)
        return channel

    async def _store(
        self, channel: Channel, updates: Sequence[Update], proof: str, received_ms: int
    ) -> Sequence[Saved]:
        terms = self._team.assistant(channel.account_id, channel.id).terms_at(received_ms)
        intake = Intake(channel.account_id, channel.face, updates, proof, received_ms, terms)
        try:
            return await self._journal.submit(intake)
        except WaslError:
            raise
        except Exception as error:
            log.error("webhook stored one update at a time", updates=len(updates), error=type(error).__name__)
        saved: list[Saved] = []
        for update in updates:
            saved.extend(await self._store_alone(channel, update, proof, received_ms))
        return saved

    async def _store_alone(self, channel: Channel, update: Update, proof: str, received_ms: int) -> Sequence[Saved]:
        """Store one update of a body that failed as a whole; a poisonous one is kept, and its neighbours survive."""
        try:
            terms = self._team.assistant(channel.account_id, channel.id).terms_at(received_ms)
            alone = Intake(channel.account_id, channel.face, (update,), proof, received_ms, terms)
            return await self._journal.submit(alone)
        except WaslError:
            raise
        except Exception as error:
            log.error("update quarantined", kind=type(update).__name__, error=type(error).__name__)
            await self._quarantine(channel.provider, (update,), proof, "failed", received_ms)
            return ()

    async def _keep_whole(self, channel: Channel, knock: Knock, reason: str, received_ms: int, *, alone: bool) -> None:
        number = channel.phone_number_id if alone else None
        raw = RawBody(channel.provider, number, channel.proof, "quarantined", reason, knock.body, received_ms)
        await self._journal.submit(KeepRaw((raw,)))

    async def _quarantine(
        self, provider: str, updates: Sequence[Update], proof: str, reason: str, received_ms: int
    ) -> None:
        bodies = tuple(_raw_of(provider, update, proof, reason, received_ms) for update in updates)
        await self._journal.submit(KeepRaw(bodies))


def _of_templates(update: Update) -> bool:
    return isinstance(update, Noted) and update.field.startswith(_TEMPLATE_FIELDS)


def _by_number(updates: Sequence[Update]) -> Sequence[tuple[str | None, Sequence[Update]]]:
    parts: dict[str | None, list[Update]] = {}
    for update in updates:
        parts.setdefault(update.phone_number_id, []).append(update)
    return list(parts.items())


def _raw_of(provider: str, update: Update, proof: str, reason: str, received_ms: int) -> RawBody:
    outcome = "quarantined"
    if isinstance(update, Noted) and not update.phone_number_id:
        outcome, reason = "set_aside", update.field  # Of a whole business account, such as its templates.
    elif isinstance(update, Unreadable):
        reason = update.reason
    return RawBody(provider, update.phone_number_id, proof, outcome, reason, update.origin_json(), received_ms)
