"""What stories stand on: a node on each database, shared by a folder of tests, and fresh businesses for every test."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from story.javascript import JavaScriptWatcher
from story.node import Node
from story.people import Business, Operator, Outside, open_business
from story.phone import Phones
from story.sockets import SocketWatcher
from story.watcher import Watcher
from wasl.emulator.remote import RemoteEmulator
from wasl.settings import Settings
from wasl.torture.process import Emulator
from wasl.torture.servers import PostgresServer, free_port

SECRET_KEY = "the secret key of the stories, which protects nothing"


@dataclass(frozen=True, slots=True)
class Scene:
    """Cedar Bakery with Sara and Omar, Blue Garage with Karim, and the node that serves them both."""

    node: Node
    outside: Outside
    bakery: Business
    garage: Business
    sara: Operator
    omar: Operator
    karim: Operator

    async def watch(self, operator: Operator, *, by: str = "header", cursor: str | None = None) -> Watcher:
        """Open the stream of an operator."""
        return await self.outside.watcher(operator).open(by=by, cursor=cursor)

    def socket(self, operator: Operator) -> SocketWatcher:
        """Someone who can watch by Socket.IO with the session of an operator; cut off at the end at the latest."""
        return self.outside.socket(operator)

    def javascript(self, operator: Operator) -> JavaScriptWatcher:
        """The same with the JavaScript client."""
        return self.outside.javascript(operator)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of an empty installation, for all tests of a folder."""
    folder = tmp_path_factory.mktemp("home")
    if request.param == "sqlite":
        yield settings_of(folder)
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database()
        yield settings_of(folder, url)
        server.drop_database(url)


def settings_of(folder: Path, url: str | None = None, redis_url: str | None = None) -> Settings:
    """An installation in a folder, or in a database."""
    return Settings(data_dir=folder, database_url=url, redis_url=redis_url, secret_key=SecretStr(SECRET_KEY))


@pytest.fixture(scope="session")
def node(home: Settings) -> Iterator[Node]:
    """A server for all tests of a folder. Whatever they did, its ledger balances in the end, and it stops in order."""
    port = free_port()
    # Some providers are told where we are reached: their signatures and the links to our files begin with it.
    public = {"WASL_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    node = Node(home, home.data_dir / "server.log", WASL_HEARTBEAT_SECONDS="0.5", **public)
    node.port = port
    node.start()
    try:
        yield node
        node.check_ledger()
        failures = [line for line in node.lines() if line["event"] in ("request failed", "live task failed")]
        assert not failures, failures
        assert node.stop()[0] == 0
    finally:
        node.kill()


@pytest.fixture(scope="session")
def whatsapp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator for all tests of a folder."""
    whatsapp = Emulator(tmp_path_factory.mktemp("emulator") / "emulator.log")
    whatsapp.start()
    try:
        yield whatsapp
    finally:
        whatsapp.kill()


@pytest.fixture
async def outside(node: Node) -> AsyncIterator[Outside]:
    outside = Outside(node)
    yield outside
    await outside.close()


@pytest.fixture
async def scene(home: Settings, outside: Outside, node: Node) -> Scene:
    """Two businesses that nobody has used yet."""
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar")
    garage = await open_business(home, "Blue Garage", "Karim")
    return await scene_of(node, outside, bakery, garage)


async def scene_of(node: Node, outside: Outside, bakery: Business, garage: Business) -> Scene:
    """Sign everybody in."""
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    karim = await outside.sign_in(garage.operators[0])
    return Scene(node, outside, bakery, garage, sara, omar, karim)


@pytest.fixture
async def emulated(home: Settings, outside: Outside, node: Node, whatsapp: Emulator) -> Scene:
    """The same, with Cedar Bakery's number at the emulator instead of nowhere."""
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar", api_base_url=whatsapp.url)
    garage = await open_business(home, "Blue Garage", "Karim")
    async with RemoteEmulator(whatsapp.url) as remote:
        await remote.add_number(
            bakery.number.phone_number_id,
            f"{node.url}/webhooks/meta",
            display_phone_number=bakery.number.display,
            access_token=bakery.access_token,
            app_secret=bakery.number.secret,
            business_account_id=bakery.business_account_id,
        )
    return await scene_of(node, outside, bakery, garage)


@pytest.fixture
async def phones(whatsapp: Emulator, emulated: Scene) -> AsyncIterator[Phones]:
    """What plays Cedar Bakery's customers."""
    async with RemoteEmulator(whatsapp.url) as remote:
        phones = Phones(remote, emulated.bakery)
        await phones.behave()
        yield phones
        await remote.until_quiet(30.0)
        await remote.behave_well()
