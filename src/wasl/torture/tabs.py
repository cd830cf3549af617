"""Two tabs that share one stream: the one that leads hands every frame on, unchanged, until it dies."""

import asyncio

from wasl.torture.history import now
from wasl.torture.pages import load_screen
from wasl.torture.reading import Frame
from wasl.torture.screen import SILENT_HEARTBEATS_MAX, Screen
from wasl.torture.seat import Crowd, Seat
from wasl.torture.stream import Open, hold, opened, rest

LEADS_SECONDS = (1.5, 6.0)
"""How long a tab leads before it dies."""
SILENT_LEADER_HEARTBEATS = 2 * SILENT_HEARTBEATS_MAX
"""A follower whose leader says nothing for so long reads the log itself."""
CALM_SECONDS = 1.0
FREEZES = 0.004
"""How often, at a frame, a browser freezes the tab that nobody looks at: what is said meanwhile is lost to it."""
FROZEN_SECONDS = (0.1, 1.0)


class Tab(Screen):
    """A screen that hands on what it hears while it leads, and otherwise hears what is handed on."""

    def __init__(self, seat: Seat, crowd: Crowd, who: str) -> None:
        super().__init__(seat, crowd, who)
        self.load = lambda: load_screen(self)
        self.follower: Tab | None = None
        self._frozen_until = 0.0

    def hear(self, frame: Frame) -> None:
        if self.follower is not None:
            self.follower.follow(frame)
        super().hear(frame)

    def follow(self, frame: Frame) -> None:
        """Hear what the leader hands on."""
        at = now()
        if at < self._frozen_until:
            return
        if self.chance.random() < FREEZES and not self.crowd.calm:
            self._frozen_until = at + self.chance.uniform(*FROZEN_SECONDS)
            return
        self.hear(frame)


class Tabs:
    """The two tabs of one browser: one leads, the other follows."""

    def __init__(self, seat: Seat, crowd: Crowd) -> None:
        self._crowd = crowd
        self._leader = Tab(seat, crowd, f"{seat.who}.1")
        self._follower = Tab(seat, crowd, f"{seat.who}.2")

    @property
    def screens(self) -> list[Screen]:
        """Both."""
        return [self._leader, self._follower]

    async def watch(self, open_one: Open) -> None:
        """Let one tab after the other lead and die, until the crowd is over. Who died is opened anew, and follows."""
        self._leader.begin_anew()
        self._join()
        watching = self._crowd.begin(self._watch_leader())
        try:
            while not self._crowd.over:
                await self._lead(open_one)
                self._succeed()
        finally:
            watching.cancel()

    async def _lead(self, open_one: Open) -> None:
        leader, crowd = self._leader, self._crowd
        dies_at = now() + leader.chance.uniform(*LEADS_SECONDS)
        while not crowd.over and (crowd.calm or now() < dies_at):
            held = await opened(leader, open_one)
            if held is not None:
                await hold(leader, held, dies_at)
            await rest(leader)

    def _succeed(self) -> None:
        """The leader is closed, and the follower leads with its own cursor."""
        died, self._leader = self._leader, self._follower
        self._follower = died
        died.follower = None
        self._leader.last_id = None  # A connection of its own begins with what it has applied.
        self._leader.attempt = 0
        self._join()

    def _join(self) -> None:
        """A tab is opened, and follows as soon as it shows something: what was said meanwhile it lacks."""
        self._follower.begin_anew()
        self._crowd.begin(self._follow(self._leader, self._follower))

    async def _follow(self, leader: Tab, follower: Tab) -> None:
        await follower.idle()
        if self._leader is leader:
            leader.follower = follower

    async def _watch_leader(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            follower = self._follower
            patience = follower.heartbeat_seconds * SILENT_LEADER_HEARTBEATS
            # In the end nobody waits for a heartbeat to hear that something was missed.
            if now() - follower.heard_at > (min(patience, CALM_SECONDS) if self._crowd.calm else patience):
                follower.heard_at = now()
                follower.catch_up()
