"""The file store is not there for a while: whoever asks is told so, and nothing is lost by it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

import samples
from arrivals import NOON, said
from cast import OLIVE_SECRET
from files.conftest import KEY, SECRET
from wasl.channels.adapter import Download, Upload
from wasl.clock import now_ms
from wasl.domain.channels import Access
from wasl.domain.message import MessageType
from wasl.domain.sending import Accepted, FileHandle, Outgoing, SendOutcome
from wasl.emulator.app import serve
from wasl.emulator.remote import RemoteEmulator
from wasl.emulator.whatsapp import EmulatorConfig
from wasl.flow import fetch_media, outgoing_files
from wasl.settings import Settings
from wasl.store import attempts
from web.conftest import Office, office
from web.test_live_chat import API
from web.test_uploads import bring, brought, refused

__all__ = ["office"]
pytestmark = pytest.mark.anyio
CONTENT = samples.picture("PNG", (120, 80))


class Door:
    """Stands between us and the store, and can be shut."""

    def __init__(self, port: int) -> None:
        self.open = True
        self.port = 0
        self._behind = port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._behind)
        await asyncio.gather(_pass(reader, back), _pass(there, writer), return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.close()


@pytest.fixture
async def door(s3_server: str, anyio_backend: str) -> AsyncIterator[Door]:
    door = Door(int(s3_server.rpartition(":")[2]))
    server = await asyncio.start_server(door.serve, "127.0.0.1", 0)
    door.port = server.sockets[0].getsockname()[1]
    yield door
    server.close()


@pytest.fixture
def settings(settings: Settings, door: Door) -> Settings:
    """The same installation, with its files behind the door."""
    return settings.model_copy(
        update={
            "media_url": f"s3://files/{settings.data_dir.name}?endpoint=http://127.0.0.1:{door.port}",
            "media_access_key": KEY,
            "media_secret_key": SecretStr(SECRET),
        }
    )


class Provider:
    """Has one file for whoever asks, takes every file and every message, and remembers them."""

    def __init__(self, plain: Any) -> None:
        self.form = plain.form
        self.uploads = 0
        self.sent: list[Outgoing] = []

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        async def chunks() -> AsyncIterator[bytes]:
            yield CONTENT

        yield Download(chunks())

    async def upload(self, access: Access, file: Upload) -> FileHandle:
        content = b"".join([chunk async for chunk in file.chunks])
        assert content == CONTENT
        self.uploads += 1
        return FileHandle(file.name, file.mime_type, id=f"file-{self.uploads}")

    async def send(self, access: Access, outgoing: Outgoing, until: float) -> SendOutcome:
        self.sent.append(outgoing)
        return Accepted(f"wamid.out{len(self.sent)}")


@pytest.fixture
def provider(office: Office, monkeypatch: pytest.MonkeyPatch) -> Provider:
    adapters: Any = office.parts.providers.adapters
    provider = Provider(adapters["meta"])
    monkeypatch.setitem(adapters, "meta", provider)
    monkeypatch.setattr(fetch_media, "FETCH_RETRY_SECONDS", 0.3)
    monkeypatch.setattr(outgoing_files, "_STORE_AWAY", replace(outgoing_files._STORE_AWAY, retry_after_seconds=0.3))
    return provider


@pytest.fixture
async def whatsapp(office: Office, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RemoteEmulator]:
    """The emulator, with Olive Bakery's number at it: files go there by the adapter that takes them to Meta."""
    monkeypatch.setattr(outgoing_files, "_STORE_AWAY", replace(outgoing_files._STORE_AWAY, retry_after_seconds=0.3))
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    serving = asyncio.create_task(serve("127.0.0.1", 0, EmulatorConfig(), started=port.set_result, stop=stop))
    url = f"http://127.0.0.1:{await port}"
    number = office.cast.olive_number
    await office.parts.team.change_channel(number.id, {}, url)
    async with RemoteEmulator(url) as remote:
        await remote.add_number(
            number.phone_number_id,
            "http://127.0.0.1:9/",
            access_token=f"access-{number.phone_number_id}",
            app_secret=OLIVE_SECRET,
        )
        yield remote
    stop.set()
    await serving


async def until(holds: Callable[[], Awaitable[Any]], seconds: float = 40.0) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await holds()):
            await asyncio.sleep(0.1)
    return found


async def newest(office: Office) -> dict[str, Any]:
    chat = (await office.chats())[0]
    history = await office.rana.get(f"{API}/conversation/{chat['user_id']}/{chat['conversation_id']}")
    return dict(history.json()["messages"][-1])


async def test_whoever_brings_or_looks_is_told_so(office: Office, door: Door) -> None:
    upload = await brought(office.rana, CONTENT, "menu.png", "image/png")
    link = (await office.rana.get(upload["url"])).headers["location"]
    door.open = False
    refused(await bring(office.rana, b"words", "a.txt", "text/plain"), 503, "file_store_away")
    refused(await office.nobody.get(link), 503, "file_store_away")
    door.open = True
    assert (await office.nobody.get(link)).content == CONTENT
    assert (await brought(office.rana, b"words", "a.txt", "text/plain"))["bytes"] == 5


async def test_a_customers_file_is_fetched_once_it_can_be_kept(office: Office, door: Door, provider: Provider) -> None:
    door.open = False
    await office.arrives(said("theirs", "", kind=MessageType.IMAGE, media={"id": "9", "mime_type": "image/png"}))
    await asyncio.sleep(1.0)
    assert (await newest(office))["media"]["state"] == "pending"
    door.open = True

    async def ready() -> bool:
        return bool((await newest(office))["media"]["state"] == "ready")

    await until(ready)
    assert (await newest(office))["media"]["bytes"] == len(CONTENT)


async def send_picture(office: Office, upload: dict[str, Any]) -> None:
    asked = {"message": "", "message_type": "image", "upload_id": upload["upload_id"], "force": True}
    answer = await office.rana.post(f"{API}/send-message", json={**await office.ids(), **asked})
    assert answer.status_code == 200, answer.text


async def has_waited(office: Office) -> bool:
    error = (await newest(office))["error"]
    return bool(error and error["code"] == "file_store_away")


async def is_sent(office: Office) -> bool:
    return bool((await newest(office))["status"] in ("sent", "delivered", "read"))


async def test_a_reply_waits_for_its_file_and_leaves_once(office: Office, door: Door, provider: Provider) -> None:
    await office.arrives(said("first", "hello", at=now_ms() // 1000 - NOON))
    upload = await brought(office.rana, CONTENT, "menu.png", "image/png")
    door.open = False
    await send_picture(office, upload)
    await until(lambda: has_waited(office))
    assert (await newest(office))["status"] in ("queued", "sending")
    assert provider.sent == []
    door.open = True
    await until(lambda: is_sent(office))
    [outgoing] = provider.sent
    assert (outgoing.file and outgoing.file.id, provider.uploads) == ("file-1", 1)


async def test_it_waits_for_its_store_and_not_for_the_provider(
    office: Office, door: Door, whatsapp: RemoteEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever counts as an attempt is the last one.
    monkeypatch.setattr(attempts, "SEND_ATTEMPTS_MAX", 1)
    await office.arrives(said("first", "hello", at=now_ms() // 1000 - NOON))
    upload = await brought(office.rana, CONTENT, "menu.png", "image/png")
    door.open = False
    await send_picture(office, upload)
    await until(lambda: has_waited(office))
    assert (await newest(office))["status"] in ("queued", "sending")
    door.open = True
    await until(lambda: is_sent(office))
    [media_id] = await whatsapp.brought(office.cast.olive_number.phone_number_id)
    assert await whatsapp.file(media_id) == CONTENT


async def test_a_reply_whose_file_is_gone_says_so(office: Office, whatsapp: RemoteEmulator) -> None:
    await office.arrives(said("first", "hello", at=now_ms() // 1000 - NOON))
    upload = await brought(office.rana, CONTENT, "menu.png", "image/png")
    sha256 = upload["url"].rpartition("/")[2]
    await office.parts.cellar.files.drop(office.cast.olive.id, sha256)
    await send_picture(office, upload)

    async def failed() -> bool:
        return bool((await newest(office))["status"] == "failed")

    await until(failed)
    assert (await newest(office))["error"]["code"] == "file_gone"
