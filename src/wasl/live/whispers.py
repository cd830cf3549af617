"""What operators let their colleagues know in passing: that they type an answer, and which conversation they look at.

Nothing of it is stored, so it may be lost. Every door (HTTP, Socket.IO) calls the same two functions.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from wasl.clock import monotonic
from wasl.domain.pace import Pace
from wasl.domain.people import Operator
from wasl.errors import NotFound
from wasl.limits import (
    CONVERSATIONS_REMEMBERED_MAX,
    WHISPERERS_REMEMBERED_MAX,
    WHISPERS_BURST,
    WHISPERS_PER_SECOND,
)
from wasl.live.presence import Json, Presence, Whisper
from wasl.store.database import Database
from wasl.store.inbox import contact_of

Say = Callable[[], None]
TellCustomer = Callable[[int, str], None]
"""Takes an account and a conversation: its customer may know that somebody types."""
Key = TypeVar("Key")
Value = TypeVar("Value")


class Whispers:
    """Checks what is said, bounds how often, and passes it on: `tell` to this node's screens, `whisper` to the other
    nodes, `tell_customer` to who is written to."""

    def __init__(
        self,
        database: Database,
        presence: Presence,
        tell: Whisper,
        whisper: Whisper,
        tell_customer: TellCustomer = lambda *_: None,
    ) -> None:
        self._database = database
        self._presence = presence
        self._tell = tell
        self._whisper = whisper
        self._tell_customer = tell_customer
        self._whisperers: dict[int, _Whisperer] = {}
        self._contacts: dict[tuple[int, str], int] = {}
        """(account, conversation) → contact, of conversations that were looked up."""

    async def tell_typing(
        self, operator: Operator, conversation_id: str, typing: bool, user_id: str | None = None
    ) -> None:
        """An operator types an answer, or stopped. Raises NotFound unless it is a conversation of the account (and,
        if a `user_id` is given, of that contact), Unavailable."""
        whisperer = self._whisperer(operator.id)
        await self._require_conversation(whisperer, operator.account_id, conversation_id, user_id)
        data = {
            "conversation_id": conversation_id,
            "operator_id": str(operator.id),
            "name": operator.name,
            "typing": typing,
        }

        def say() -> None:
            self._tell(operator.account_id, "typing", data)
            self._whisper(operator.account_id, "typing", data)
            if typing:
                self._tell_customer(operator.account_id, conversation_id)

        whisperer.typing.say(say)

    async def tell_viewing(self, operator: Operator, conversation_id: str | None) -> None:
        """An operator looks at a conversation, or at none. Raises as `tell_typing`."""
        whisperer = self._whisperer(operator.id)
        if conversation_id is not None:
            await self._require_conversation(whisperer, operator.account_id, conversation_id, None)
        whisperer.viewing.say(lambda: self._presence.look(operator.account_id, operator.id, conversation_id))

    async def require_conversation(self, operator: Operator, conversation_id: str) -> None:
        """Raises as `tell_typing` does, and says nothing."""
        await self._require_conversation(
            self._whisperer(operator.id), operator.account_id, conversation_id, user_id=None
        )

    def overhear(self, account_id: int, kind: str, data: Json) -> None:
        """Take what was said at another node. Kinds that this version does not know are for nobody here."""
        if kind == "presence":
            self._presence.hear(account_id, data)
        elif kind == "typing":
            self._tell(account_id, kind, data)

    def close(self) -> None:
        """Say nothing more."""
        for whisperer in self._whisperers.values():
            whisperer.typing.hush()
            whisperer.viewing.hush()

    async def _require_conversation(
        self, whisperer: "_Whisperer", account_id: int, conversation_id: str, user_id: str | None
    ) -> None:
        contact_id = self._contacts.get((account_id, conversation_id))
        if not _fits(contact_id, user_id):
            # One question of an operator at a time: whoever asks for thousands of conversations waits for themselves.
            async with whisperer.asking:
                contact_id = await self._database.read(
                    lambda connection: contact_of(connection, account_id, conversation_id)
                )
        if contact_id is None or not _fits(contact_id, user_id):
            raise NotFound("There is no such conversation.")
        _remember(self._contacts, (account_id, conversation_id), contact_id, CONVERSATIONS_REMEMBERED_MAX)

    def _whisperer(self, operator_id: int) -> "_Whisperer":
        whisperer = self._whisperers.get(operator_id) or _Whisperer()
        _remember(self._whisperers, operator_id, whisperer, WHISPERERS_REMEMBERED_MAX)
        return whisperer


class Breath:
    """Says things at a bounded pace. What comes too soon waits, and gives way to what comes after it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._pace = Pace.full(WHISPERS_PER_SECOND, WHISPERS_BURST, clock())
        self._waiting: Say | None = None
        self._timer: asyncio.TimerHandle | None = None

    def say(self, say: Say) -> None:
        """Say this now, or as soon as there is breath again, unless something else is to be said by then."""
        self._waiting = say
        if self._timer is None:
            self._breathe()

    def hush(self) -> None:
        """Forget what waits."""
        if self._timer is not None:
            self._timer.cancel()
        self._waiting = self._timer = None

    def _breathe(self) -> None:
        self._timer = None
        if self._waiting is None:
            return
        missing_seconds = self._pace.take(self._clock())
        if missing_seconds > 0:
            self._timer = asyncio.get_running_loop().call_later(missing_seconds, self._breathe)
            return
        say, self._waiting = self._waiting, None
        say()


class _Whisperer:
    """One operator, however many screens the person has."""

    def __init__(self) -> None:
        self.asking = asyncio.Lock()
        self.typing = Breath()
        self.viewing = Breath()


def _fits(contact_id: int | None, user_id: str | None) -> bool:
    return contact_id is not None and user_id in (None, str(contact_id))


def _remember(memory: dict[Key, Value], key: Key, value: Value, most: int) -> None:
    """Keep what was used last, and not more than so much."""
    memory.pop(key, None)
    memory[key] = value
    if len(memory) > most:
        del memory[next(iter(memory))]
