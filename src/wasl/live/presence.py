"""Which operators are there: who has a stream open on any node, and which conversation they look at.

Nothing of it is stored. Each node says who is at it, on every change and again and again; a node that falls silent is
forgotten. While nothing connects the nodes, each knows its own operators only.
"""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wasl.clock import monotonic
from wasl.domain.people import Operator
from wasl.errors import TooMany
from wasl.limits import (
    ID_CHARACTERS_MAX,
    PRESENCE_ACCOUNTS_PER_ROUND,
    PRESENCE_BEAT_SECONDS,
    PRESENCE_GATHER_SECONDS,
    PRESENCE_GRACE_SECONDS,
    PRESENCE_LOOK_SECONDS,
    PRESENCE_OPERATORS_MAX,
    PRESENCE_PART_OPERATORS,
    PRESENCE_SECONDS_PER_OPERATOR,
)
from wasl.live.roster import Places, Roster

Json = dict[str, Any]
Whisper = Callable[[int, str, Json], None]
"""Says something in passing, `(account_id, kind, data)`: to this node's screens, or to the other nodes."""


@dataclass(slots=True)
class _Here:
    """An operator at this node: how many streams are open, since when none is, and where the person looks."""

    streams: int = 0
    left_at_seconds: float = 0.0
    conversation_id: str | None = None


@dataclass(slots=True)
class _Account:
    """An account that somebody watches at this node."""

    here: dict[int, _Here] = field(default_factory=dict)
    roster: Roster = field(default_factory=Roster)
    said: Places | None = None
    """What the other nodes were told last; None when they wait for it."""
    said_parts: int = 0
    say_again_seconds: float = 0.0
    is_greeted: bool = False
    told: dict[int, Json] | None = None
    """What this node's screens know; None before they were told anything."""
    show_from_seconds: float = 0.0
    """Nothing is told before: at first the other nodes need time to say who is at them, and many need fewer words."""

    def let_go(self, now_seconds: float) -> None:
        """Forget who left, but not at once: a stream that ends is mostly opened again."""
        for operator_id, here in list(self.here.items()):
            if not here.streams and now_seconds - here.left_at_seconds > PRESENCE_GRACE_SECONDS:
                del self.here[operator_id]

    def is_silent(self, places: Places, now_seconds: float) -> bool:
        """Whether the other nodes know all this, and were reminded not long ago."""
        return self.said == places and now_seconds < self.say_again_seconds

    def places(self) -> Places:
        """The operators at this node."""
        return {operator_id: here.conversation_id for operator_id, here in self.here.items()}


class Presence:
    """Counts the streams of this node, and knows who is at the others."""

    def __init__(
        self,
        operator: Callable[[int], Operator | None],
        tell: Whisper,
        whisper: Whisper,
        *,
        streams_max: int,
        settle_seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._operator = operator
        self._tell = tell
        self._whisper = whisper
        self._streams_max = streams_max
        self._settle_seconds = settle_seconds
        self._clock = clock
        # Not the node's name, which two nodes may share by mistake, and which a node keeps when it is started anew.
        self._name = secrets.token_hex(8)
        self._accounts: dict[int, _Account] = {}
        self._stirred: set[int] = set()
        """Accounts to look at in the next round, besides the round of all."""
        self._awake = asyncio.Event()
        self._round_at_seconds = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to say who is here."""
        self._task = asyncio.create_task(self._keep_going_round())

    async def close(self) -> None:
        """Fall silent, without a farewell: whoever was here is back at another node before this one is missed."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def enter(self, operator: Operator) -> None:
        """An operator opens a stream. Raises TooMany (`too_many_streams`)."""
        account = self._accounts.get(operator.account_id)
        here = account.here.get(operator.id) if account is not None else None
        if here is not None and here.streams >= self._streams_max:
            sentence = f"You have {self._streams_max} dashboards open already; close one of them first."
            raise TooMany(sentence, code="too_many_streams")
        if account is None:
            account = self._accounts[operator.account_id] = _Account()
        if here is None:
            here = account.here[operator.id] = _Here()
            self._stir(operator.account_id)
        here.streams += 1

    def leave(self, operator: Operator) -> None:
        """A stream of an operator that entered has ended."""
        here = self._accounts[operator.account_id].here[operator.id]
        here.streams -= 1
        here.left_at_seconds = self._clock()

    def streams(self, operator: Operator) -> int:
        """How many streams of an operator are open here."""
        account = self._accounts.get(operator.account_id)
        here = account.here.get(operator.id) if account is not None else None
        return here.streams if here is not None else 0

    def look(self, account_id: int, operator_id: int, conversation_id: str | None) -> None:
        """An operator looks at a conversation, or at none. The nodes where that person is say so to everybody."""
        self._note_look(account_id, operator_id, conversation_id)
        self._whisper(account_id, "presence", {"look": [operator_id, conversation_id]})

    def whole(self, account_id: int) -> Json | None:
        """Everyone who is there, for a screen that begins; None when all screens are told soon anyway."""
        account = self._accounts.get(account_id)
        if account is None or account.told is None:
            return None
        return {"operators": list(account.told.values()), "whole": True}

    def hear(self, account_id: int, data: object) -> None:
        """Take what another node said. What cannot be read is not for this version, and what nobody watches here is
        asked for when somebody does."""
        account = self._accounts.get(account_id)
        if account is None:
            return
        match data:
            case {"look": list(pair)}:
                for operator_id, conversation_id in _places([pair]).items():
                    self._note_look(account_id, operator_id, conversation_id)
            case {"node": str(node), "here": list(pairs), **more} if not node.startswith(self._name):
                is_new = account.roster.hear(node[:ID_CHARACTERS_MAX], _places(pairs), self._clock())
                if more.get("hello") is True:
                    account.said = None
                if is_new or account.said is None:
                    self._stir(account_id)

    def _note_look(self, account_id: int, operator_id: int, conversation_id: str | None) -> None:
        account = self._accounts.get(account_id)
        here = account.here.get(operator_id) if account is not None else None
        if here is not None and here.conversation_id != conversation_id:
            here.conversation_id = conversation_id
            self._stir(account_id)

    def _stir(self, account_id: int) -> None:
        self._stirred.add(account_id)
        self._awake.set()

    # -- the round ------------------------------------------------------------------------------------------------

    async def _keep_going_round(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PRESENCE_LOOK_SECONDS):
                    await self._awake.wait()
            # Many come at once; they are said in one breath.
            await asyncio.sleep(PRESENCE_GATHER_SECONDS)
            self.go_round()

    def go_round(self) -> None:
        """Say what changed: to the other nodes who is here, to the screens here who is anywhere."""
        now_seconds = self._clock()
        if now_seconds - self._round_at_seconds >= PRESENCE_LOOK_SECONDS:
            self._round_at_seconds = now_seconds
            self._stirred.update(self._accounts)
        stirred, self._stirred = self._stirred, set()
        self._awake.clear()
        said = 0
        for account_id in stirred:
            account = self._accounts.get(account_id)
            if account is None:
                continue
            account.let_go(now_seconds)
            places = account.places()
            account.roster.hear(self._name, places, now_seconds)
            if not account.is_silent(places, now_seconds):
                if said == PRESENCE_ACCOUNTS_PER_ROUND:  # The bus keeps few whispers waiting: the others come next.
                    self._stir(account_id)
                    continue
                said += 1
                self._say(account_id, account, places, now_seconds)
            if not account.here:
                del self._accounts[account_id]
            elif now_seconds >= account.show_from_seconds:
                self._show(account_id, account, now_seconds)
            else:
                self._stir(account_id)

    def _say(self, account_id: int, account: _Account, places: Places, now_seconds: float) -> None:
        pairs = list(map(list, places.items()))[:PRESENCE_OPERATORS_MAX]
        parts = [pairs[at : at + PRESENCE_PART_OPERATORS] for at in range(0, len(pairs), PRESENCE_PART_OPERATORS)]
        # The others answer a greeting, so that nobody has to wait until they speak by themselves.
        hello = not account.is_greeted
        if hello:
            account.show_from_seconds = now_seconds + self._settle_seconds
        # Each part stands for a node of its own; one that is not needed any more is emptied.
        for number in range(max(len(parts), account.said_parts)):
            here = parts[number] if number < len(parts) else []
            said = {"node": f"{self._name}.{number}", "here": here, "hello": hello and number == 0}
            self._whisper(account_id, "presence", said)
        account.said, account.said_parts, account.is_greeted = places, len(parts), True
        # Not all accounts at once, though all their screens came at once.
        account.say_again_seconds = now_seconds + PRESENCE_BEAT_SECONDS * random.uniform(0.8, 1.0)  # noqa: S311

    def _show(self, account_id: int, account: _Account, now_seconds: float) -> None:
        account.roster.expire(now_seconds)
        faces = self._faces(account_id, account.roster.places())
        if account.told is None:
            self._tell(account_id, "presence", {"operators": list(faces.values()), "whole": True})
        elif changes := _changes(account.told, faces):
            self._tell(account_id, "presence", {"operators": changes, "whole": False})
        else:
            return
        account.told = faces
        account.show_from_seconds = now_seconds + len(faces) * PRESENCE_SECONDS_PER_OPERATOR

    def _faces(self, account_id: int, places: Places) -> dict[int, Json]:
        known = {operator_id: self._operator(operator_id) for operator_id in places}
        return {
            operator_id: _face(operator, places[operator_id])
            for operator_id, operator in known.items()
            # Whatever a node may say: nobody is shown to another account.
            if operator is not None and operator.account_id == account_id and not operator.disabled
        }


def _face(operator: Operator, conversation_id: str | None) -> Json:
    return {
        "operator_id": str(operator.id),
        "name": operator.name,
        "status": operator.status.value,
        "online": True,
        "conversation_id": conversation_id,
    }


def _changes(before: Mapping[int, Json], now: Mapping[int, Json]) -> list[Json]:
    """Who came, changed or left."""
    gone = [
        {**face, "online": False, "conversation_id": None}
        for operator_id, face in before.items()
        if operator_id not in now
    ]
    return [face for operator_id, face in now.items() if before.get(operator_id) != face] + gone


def _places(pairs: list[object]) -> Places:
    found: dict[int, str | None] = {}
    for pair in pairs[:PRESENCE_OPERATORS_MAX]:
        match pair:
            case [int(operator_id), None]:
                found[operator_id] = None
            case [int(operator_id), str(conversation_id)] if len(conversation_id) <= ID_CHARACTERS_MAX:
                found[operator_id] = conversation_id
    return found
