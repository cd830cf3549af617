"""The real system under the kit's hands: nodes, database, Redis and emulator as processes, with doors between them all.

It is set up and put back by the commands that an administrator types. Everything listens on 127.0.0.1, and ends with
the kit however that ends.
"""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal, TypeVar

import orjson

import wasl
from wasl.emulator.remote import RemoteEmulator
from wasl.torture.copies import keep_file, put_file_back, watch_trimming
from wasl.torture.doors import Doors, Proxy
from wasl.torture.entry import LIMITS_VARIABLE
from wasl.torture.furnish import Account, Run, furnish
from wasl.torture.history import Copied, Restored, now
from wasl.torture.nodes import Node
from wasl.torture.process import Emulator, surroundings, tied
from wasl.torture.servers import PostgresServer, RedisServer, ServerDied, postgres_server, redis_server
from wasl.torture.tight import TIGHT_ENVIRONMENT, TIGHT_LIMITS

__all__ = ["TIGHT_ENVIRONMENT", "TIGHT_LIMITS", "Account", "Installation", "Node", "Shape", "open_installation"]

T = TypeVar("T")

SECRET_KEY = "the secret key of the torture kit, which protects nothing"
COMMAND_SECONDS_MAX = 60.0
HEAL_SECONDS_MAX = 90.0
LOOK_SECONDS = 0.1
STARTERS = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """What an installation is like. `limits` take the place of those of wasl.limits in its nodes, `source` is a copy of
    src/ that its nodes and commands run from."""

    engine: Literal["sqlite", "postgres"]
    nodes: int
    folder: Path
    limits: Mapping[str, float | tuple[float, ...]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    source: Path | None = None

    def __post_init__(self) -> None:
        assert self.nodes == 1 or self.engine == "postgres", "SQLite is one node"


class Installation:
    """Everything that runs. Faults name what they break by `claim`, so that no two break the same at a time."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.nodes: list[Node] = []
        self.accounts: list[Account] = []
        self.doors: list[Proxy] = []
        self.database_doors: list[Proxy] = []
        self.redis_doors: list[Proxy] = []
        self.front_door: Proxy
        """Leads each connection to the next node that is there, as a balancer does; the emulator's webhooks use it."""
        self.emulator_door: Proxy
        self.emulator: Emulator
        self.remote: RemoteEmulator
        """The emulator's controls, past its door."""
        self.database: PostgresServer | None = None
        self.redis: RedisServer | None = None
        self.database_url: str | None = None
        self.database_file: Path | None = None
        self.fallen: list[str] = []
        """Nodes that ended though nobody had stopped or killed them, by name."""
        self.gatekeeper = Doors()
        self._claims: dict[str, asyncio.Lock] = {}
        # What a thread started ends with that thread, so these stay until everything is over.
        self._starter = ThreadPoolExecutor(STARTERS, thread_name_prefix="starter")

    @property
    def emulator_url(self) -> str:
        """The emulator past its door."""
        return self.emulator.url

    @property
    def commands_environment(self) -> dict[str, str]:
        """With which commands of `wasl` reach this installation, past all doors."""
        found = {
            "PYTHONPATH": str(self.shape.source or Path(wasl.__file__).parent.parent),
            "WASL_DATA_DIR": str(self.shape.folder / "data"),
            "WASL_SECRET_KEY": SECRET_KEY,
            "WASL_LOG_FORMAT": "json",
        }
        return found | ({"WASL_DATABASE_URL": self.database_url} if self.database_url else {})

    async def aside(self, work: Callable[[], T]) -> T:
        """Do what takes a while, or starts a process, without stopping everything else."""
        return await asyncio.get_running_loop().run_in_executor(self._starter, work)

    @contextlib.asynccontextmanager
    async def claim(self, *names: str) -> AsyncIterator[None]:
        """Keep others from breaking these meanwhile, and wait for those who do."""
        async with contextlib.AsyncExitStack() as held:
            for name in sorted(set(names)):  # In one order for everybody, so that nobody waits in a circle.
                await held.enter_async_context(self._claims.setdefault(name, asyncio.Lock()))
            yield

    async def command(self, *words: str, **environment: str) -> str:
        """Run a command of `wasl` as an administrator would, with the limits of the nodes; what it said. Raises
        RuntimeError when it was not done."""
        limits = {LIMITS_VARIABLE: orjson.dumps(dict(self.shape.limits)).decode()}
        variables = surroundings() | self.commands_environment | limits | environment

        def run() -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                tied([sys.executable, "-m", "wasl.torture.entry", *words]),
                env=variables,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=COMMAND_SECONDS_MAX,
            )

        done = await self.aside(run)
        if done.returncode:
            raise RuntimeError(f"wasl {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    # -- nodes ----------------------------------------------------------------------------------------------------

    async def start_node(self, node: Node, within_seconds: float = HEAL_SECONDS_MAX) -> None:
        """Start a node as an init system does: again and again, while its database is not there. Raises ServerDied."""
        deadline = now() + within_seconds
        while not node.alive:
            self.notice_fall(node)
            try:
                await self.aside(node.start)
            except ServerDied:
                if now() > deadline:
                    raise
                await asyncio.sleep(0.5)

    async def stop_node(self, node: Node) -> tuple[int, float]:
        """Stop a node in order; its exit status, and the seconds that it took."""
        return await self.aside(node.stop)

    async def stop_nodes(self) -> None:
        """Stop all of them in order."""
        await asyncio.gather(*(self.stop_node(node) for node in self.nodes if node.alive))

    async def start_nodes(self) -> None:
        """Start those that do not run."""
        await asyncio.gather(*(self.start_node(node) for node in self.nodes))

    def notice_fall(self, node: Node) -> None:
        """Note it down if a node has ended by itself."""
        if node.fell:
            self.fallen.append(node.name)
            node.kill()

    # -- an older state -------------------------------------------------------------------------------------------

    async def copy(self) -> Copied:
        """Keep a copy of the database, beside everything that goes on; it is of a moment between the two told."""
        async with self.claim("postgres"):  # Nobody may break it meanwhile.
            since = now()
            await self.aside(self._keep)
            return Copied(since, now())

    def _keep(self) -> None:
        if self.database is not None:
            self.database.copy()
        elif self.database_file is not None:
            keep_file(self.database_file)

    async def restore(self) -> Restored:
        """Let that copy take the database's place, while no node runs, and tell the product as an administrator does.
        The nodes are stopped before, if they run, and started afterwards. Waits for faults, and keeps others off."""
        async with self.claim("postgres", *(node.name for node in self.nodes), *(d.name for d in self.database_doors)):
            await self.stop_nodes()
            for door in self.doors:
                await door.cut_rst()  # What slow readers have not taken yet is of a time that is over.
            await self.aside(self._put_back)
            at = now()
            await self.command("restored")
            await self.start_nodes()
            return Restored(at)

    def _put_back(self) -> None:
        if self.database is not None:
            self.database.stop()
            self.database.put_back()
            self.database.start()
        elif self.database_file is not None:
            put_file_back(self.database_file)

    # -- healing --------------------------------------------------------------------------------------------------

    async def heal(self, within_seconds: float = HEAL_SECONDS_MAX) -> None:
        """Let everything run, and nothing be frozen, delayed or cut, with the right time. Raises TimeoutError."""
        for server in (self.database, self.redis):
            if server is not None:
                server.thaw()
                if not server.alive:
                    await self.aside(server.start)
        for proxy in self.all_doors():
            await proxy.heal()
        if self.emulator.alive:
            self.emulator.thaw()
        else:
            await self.aside(self.emulator.start)
        await self.remote.behave_well()
        for node in self.nodes:
            node.jump_clock(0)
            if node.alive:
                node.thaw()
        async with asyncio.timeout(within_seconds):
            await self.start_nodes()
            for node in self.nodes:
                while not await self.aside(lambda node=node: node.ready):  # type: ignore[misc]
                    await self.start_node(node)
                    await asyncio.sleep(LOOK_SECONDS)

    def all_doors(self) -> Iterable[Proxy]:
        """Every door there is."""
        return [*self.doors, *self.database_doors, *self.redis_doors, self.front_door, self.emulator_door]

    def let_be(self) -> None:
        """Begin nothing any more, and wait for what is being started or stopped: a fault that was cancelled must not
        start a server that somebody else ends."""
        self._starter.shutdown(cancel_futures=True)

    def end(self) -> None:
        """End what the kit started by itself; servers and doors are ended by whoever opened them."""
        for process in (*self.nodes, self.emulator):
            process.kill()
        self.let_be()


@contextlib.asynccontextmanager
async def open_installation(shape: Shape) -> AsyncIterator[Installation]:
    """Run an installation with two accounts until the end, in which it is killed; an orderly stop is `stop_nodes`.
    Raises Unavailable when PostgreSQL or Redis cannot be run here."""
    shape.folder.mkdir(parents=True, exist_ok=True)
    found = Installation(shape)
    chance = Random(0)  # Who is met by a share of connections is the same in every run that does the same.
    async with contextlib.AsyncExitStack() as stack:
        found.emulator = Emulator(shape.folder / "emulator.log")
        stack.callback(found.end)
        await found.gatekeeper.start(shape.folder / "doors.log")
        stack.push_async_callback(found.gatekeeper.close)
        await _open_database(found, stack)
        await found.aside(found.emulator.start)
        found.remote = await stack.enter_async_context(RemoteEmulator(found.emulator.url))
        found.emulator_door = await found.gatekeeper.add("emulator", [found.emulator.port], chance)
        found.front_door = await found.gatekeeper.add("front", [], chance)
        run: Run = found.command
        found.accounts = await furnish(run, found.remote, found.emulator_door.url, found.front_door.url)
        await found.aside(lambda: watch_trimming(found.database_url, found.database_file))
        for place in range(shape.nodes):
            found.nodes.append(await _node(found, f"node-{place}", chance))
        await found.start_nodes()
        for node in found.nodes:
            await node.door.lead([node.port])
        await found.front_door.lead([node.port for node in found.nodes])
        await found.heal()
        stack.callback(found.let_be)
        yield found


async def _open_database(found: Installation, stack: contextlib.AsyncExitStack) -> None:
    if found.shape.engine == "sqlite":
        found.database_file = found.shape.folder / "data" / "wasl.db"
        return
    found.database = stack.enter_context(postgres_server())
    stack.callback(found.database.kill)  # Nobody needs what it would write down in an orderly end.
    found.redis = stack.enter_context(redis_server())
    found.database_url = found.database.create_database()


async def _node(found: Installation, name: str, chance: Random) -> Node:
    doors, environment = found.gatekeeper, found.commands_environment
    door = await doors.add(name, [], chance)
    found.doors.append(door)
    if found.database is not None and found.redis is not None and found.database_url is not None:
        to_database = await doors.add(f"{name}'s database", [found.database.port], chance)
        to_redis = await doors.add(f"{name}'s redis", [found.redis.port], chance, redis=True)
        found.database_doors.append(to_database)
        found.redis_doors.append(to_redis)
        environment["WASL_DATABASE_URL"] = found.database_url.replace(
            f":{found.database.port}/", f":{to_database.port}/"
        )
        environment["WASL_REDIS_URL"] = found.redis.url.replace(f":{found.redis.port}/", f":{to_redis.port}/")
    environment["WASL_STREAMS_PER_OPERATOR"] = "1000"  # A few operators stand for a crowd.
    return Node(name, found.shape.folder, door, found.shape.limits, environment | dict(found.shape.environment))
