"""Operators at work: they read, answer, take over and give back, at all nodes in turn, and leave nothing half done."""

import asyncio
import itertools
from collections.abc import Sequence
from random import Random
from typing import Any

import orjson

from wasl.torture.asking import Callers, Eyes, Lost, Sessions, bearing
from wasl.torture.history import Answered, Asked, Message, ReadUpTo, Writer, digest, now
from wasl.torture.http import request_of
from wasl.torture.pictures import picture
from wasl.torture.reading import Refused
from wasl.torture.stage import Company, Stage

PATIENCE_SECONDS = 2.0
AGAIN_SECONDS = (0.1, 0.6)
LISTED = 30
PAGES = 6
"""Operators look at the top of the list mostly, at times at one of so many pages."""
TWICE_SHARE = 0.25
"""Replies that are sent twice at the same moment, to two nodes."""
CAUTIOUS_SHARE = 0.5
"""Replies that say what their author has seen, and are refused when something newer stands there."""
REFUSALS_MAX = 3
"""After so many times an operator sends what was written although something newer stands there."""
REPLY_SHARE, READ_SHARE = 0.6, 0.25
"""What operators do; the rest is taking over, giving back and ending."""
MOVES = ("takeover", "release", "end-conversation")
PICTURE_EVERY, BUTTONS_EVERY = 5, 7
"""Replies that take a picture along, which is brought first, and replies with something to tap."""
PICTURES = 4
"""So many different ones: one file is many messages', and some of them are sent by several nodes at a time."""
_API = "/api/live-chat"

Json = dict[str, Any]


class NotAnswered(Exception):
    """Operators still wait for answers; the sentence says who and what was answered last."""


class Desks:
    """The operators of all accounts. Together they do `rate` things a second. Counts `replies` that were stored."""

    def __init__(self, stage: Stage, writer: Writer, chance: Random, rate: float = 6.0) -> None:
        places = [(account, place) for account in stage.accounts for place in range(len(account.operators))]
        urls = [node.url for node in stage.nodes]
        self.desks = [
            Desk(account, place, urls, writer, Random(chance.random()), len(places) / rate) for account, place in places
        ]
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def replies(self) -> int:
        """How many replies were answered with 200."""
        return sum(desk.replies for desk in self.desks)

    async def begin(self) -> None:
        """Let everybody sign in and begin."""
        self._tasks = [asyncio.create_task(desk.work(), name=desk.name) for desk in self.desks]

    async def end(self, within_seconds: float) -> None:
        """Begin nothing new, and wait until everybody has got their answers. Raises NotAnswered when they do not."""
        for desk in self.desks:
            desk.ending = True
        try:
            _, waiting = await asyncio.wait(self._tasks, timeout=within_seconds)
        finally:
            await self.cut()
        if waiting:
            last = {desk.name: desk.last_trouble for desk in self.desks if desk.waits}
            raise NotAnswered(f"{within_seconds:.0f} s later operators have no answer yet; the last they got: {last}")

    async def cut(self) -> None:
        """Stop at once. Raises what went wrong at a desk, if it was no failure of the system."""
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        for desk in self.desks:
            desk.close()
        for error in ended:
            if isinstance(error, Exception):
                raise error


class Desk:
    """One operator. Everything is asked of the next node in turn, and of another one when nobody answers."""

    def __init__(
        self, account: Company, place: int, urls: Sequence[str], writer: Writer, chance: Random, pause_seconds: float
    ) -> None:
        self.name = f"{account.id}:{place}"
        self.ending = False
        self.waits = False
        self.last_trouble = ""
        self.replies = 0
        somebody = account.operators[place]
        self._eyes = Eyes(somebody.id, somebody.email, somebody.password)
        self._writer = writer
        self._chance = chance
        self._pause_seconds = pause_seconds
        self._doors = urls
        self._callers = Callers()
        self._sessions = Sessions()
        self._turns = itertools.count(place)
        self._numbers = itertools.count(1)

    async def work(self) -> None:
        """Do one thing after the other until it is the end."""
        while not self.ending:
            await asyncio.sleep(self._chance.uniform(0.2, 1.8) * self._pause_seconds)
            chat = await self._choose()
            if chat is None or self.ending:
                continue
            dice = self._chance.random()
            self.waits = True
            if dice < REPLY_SHARE:
                await self._reply(chat)
            elif dice < REPLY_SHARE + READ_SHARE:
                await self._read(chat)
            else:
                await self._move(chat)
            self.waits = False

    def close(self) -> None:
        """Hang up."""
        self._callers.cut()

    # -- what operators do --------------------------------------------------------------------------------------------

    async def _choose(self) -> Json | None:
        page = 1 if self._chance.random() < 0.7 else self._chance.randrange(1, PAGES + 1)
        status, found = await self._ask("GET", f"{_API}/unified-chats?page_size={LISTED}&page={page}")
        return self._chance.choice(found["chats"]) if status == 200 and found["chats"] else None

    async def _look(self, chat: Json) -> list[Json] | None:
        """The newest messages of a conversation, oldest first; None when there is no such conversation any more."""
        while True:
            path = f"{_API}/conversation/{chat['user_id']}/{chat['conversation_id']}?limit=20"
            status, found = await self._ask("GET", path)
            if status == 200:
                messages: list[Json] = found["messages"]
                return messages
            if status == 404:
                return None
            await self._wait()

    async def _reply(self, chat: Json) -> None:
        """Write a reply, and send it under its id until some node says that it has it, or that it cannot be had."""
        number = next(self._numbers)
        words, name = f"r:{self.name}:{number}", f"desk-{self.name.replace(':', '-')}-{number}"
        asked = {
            "conversation_id": chat["conversation_id"],
            "user_id": chat["user_id"],
            "message": words,
            "client_message_id": name,
        }
        if not await self._dress(asked, number):
            return
        cautious, refusals = self._chance.random() < CAUTIOUS_SHARE, 0
        shown = await self._look(chat)
        for again in itertools.count():
            if shown is None:
                return
            if cautious:
                asked |= _caution(shown, force=refusals >= REFUSALS_MAX)
            copies = 2 if self._chance.random() < TWICE_SHARE else 1
            answers = await asyncio.gather(*(self._send(asked, _newest(shown), again) for _ in range(copies)))
            codes = {code for status, code in answers if 400 <= status < 500 and status not in {401, 429}}
            if any(status == 200 for status, _ in answers):
                self.replies += 1
                return
            if codes == {"newer_message"}:
                refusals += 1
                shown = await self._look(chat)
            elif codes:
                return
            else:
                await self._wait()

    async def _dress(self, asked: Json, number: int) -> bool:
        """Let a reply be more than words, at times; False when its picture is not taken."""
        if number % PICTURE_EVERY == 0:
            asked |= {"message_type": "image", "upload_id": await self._bring(number)}
            return asked["upload_id"] is not None
        if number % BUTTONS_EVERY == 0:
            buttons = [{"id": f"{number}-{place}", "title": title} for place, title in enumerate(("Yes", "No"))]
            choice = {"kind": "button", "body": asked["message"], "buttons": buttons}
            asked |= {"message_type": "interactive", "interactive": choice}
        return True

    async def _bring(self, number: int) -> str | None:
        """Bring a picture until some node has it; None when it is refused."""
        path, content = f"{_API}/uploads?name=cake-{number}.png", picture(number % PICTURES)
        while True:
            status, found = await self._ask("POST", path, content)
            if status == 200:
                return str(found["upload"]["upload_id"])
            if 400 <= status < 500 and status not in {401, 429}:
                return None
            await self._wait()

    async def _send(self, asked: Json, newest: list[int] | None, again: int) -> tuple[int, str]:
        """Send it once; the answer's status (0: none came) and code."""
        name, conversation = asked["client_message_id"], asked["conversation_id"]
        text = digest(asked["message"].encode())
        self._writer.write(Asked(now(), self._eyes.id, conversation, name, text, newest, again))
        status, found = await self._ask("POST", f"{_API}/send-message", asked)
        code = str(found.get("code", ""))
        if status:
            message = _told(found["message"]) if status == 200 else None
            self._writer.write(Answered(now(), name, status, code, message))
        return status, code

    async def _read(self, chat: Json) -> None:
        sequence = chat["last_sequence"]
        if self._chance.random() < 0.5:
            sequence = self._chance.randrange(1, sequence + 1)
        conversation = chat["conversation_id"]
        status, _ = await self._ask("POST", f"{_API}/read", {"conversation_id": conversation, "sequence": sequence})
        self._writer.write(ReadUpTo(now(), self._eyes.id, conversation, sequence, status))

    async def _move(self, chat: Json) -> None:
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
        await self._ask("POST", f"{_API}/{self._chance.choice(MOVES)}", asked)

    # -- asking -------------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, path: str, asked: Json | bytes | None = None) -> tuple[int, Json]:
        """Ask the next node, once; status 0 when nobody answered. Whoever is not signed in, signs in for next time."""
        place = next(self._turns) % len(self._doors)
        door, body = self._doors[place], asked if isinstance(asked, bytes) else orjson.dumps(asked) if asked else b""
        try:
            token = await self._sessions.token(self._eyes, door)
            request = request_of(method, path, body, **bearing(token))
            status, answer = await self._callers.ask(door, request, PATIENCE_SECONDS)
        except (Lost, Refused) as error:
            self.last_trouble = f"node {place}: {error}"
            return 0, {}
        if status == 401:
            self._sessions.ended(self._eyes, token)
        if status != 200:
            self.last_trouble = f"node {place}: {status} {answer[:200]!r}"
        found: Json = orjson.loads(answer) if answer[:1] == b"{" else {}
        return status, found

    async def _wait(self) -> None:
        await asyncio.sleep(self._chance.uniform(*AGAIN_SECONDS))


def _caution(shown: list[Json], force: bool) -> Json:
    seen = max((message["sequence"] for message in shown), default=0)
    return {"seen_sequence": seen, "force": force}


def _newest(shown: list[Json]) -> list[int] | None:
    return [shown[-1]["clock"], shown[-1]["sequence"]] if shown else None


def _told(message: Json) -> Message:
    names = ("message_id", "role", "clock", "sequence", "version", "status", "client_message_id")
    return [message[name] for name in names]
