"""Models' servers that an account names: in the world, and inside our network only where the machine's owner says."""

import asyncio
import socket
from typing import Any

import pytest

from assistant.wire_server import WireServer
from wasl import public_address
from wasl.assistant.models.model import Asked, ModelAccess, ModelFailed, Sound, Turn
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.assistant.outside import Reach
from wasl.domain.assistant_settings import ModelTerms

pytestmark = pytest.mark.anyio
HELLO = Asked((Turn("user", "hello"),))


def access_to(base_url: str) -> ModelAccess:
    return ModelAccess(ModelTerms(base_url=base_url, name="small", transcription="small"), "sk-invented")


async def asked(base_url: str, reach: Reach, times: int = 1) -> None:
    model = OpenAiChat(reach)
    try:
        for _ in range(times):
            await model.ask(access_to(base_url), HELLO, 5.0)
    finally:
        await model.aclose()


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "127.1", "10.0.0.1"),
        *("192.168.1.1", "169.254.169.254", "[fd00::1]", "[64:ff9b::7f00:1]", "evil.example\\@127.0.0.1"),
    ],
)
async def test_no_model_inside_is_asked_for_an_account(server: WireServer, host: str) -> None:
    with pytest.raises(ModelFailed) as raised:
        await asked(f"http://{host}:{server.port}/v1", Reach())
    assert raised.value.code in ("not_public", "unreachable"), "where the name is none that is looked up"
    assert server.connections == 0


async def test_it_is_said_what_is_wrong_and_who_can_mend_it(server: WireServer) -> None:
    with pytest.raises(ModelFailed) as raised:
        await asked(server.url, Reach.of(["http://127.0.0.1:1"]))
    assert (raised.value.code, raised.value.again) == ("not_public", False)
    assert "WASL_MODEL_ORIGINS" in raised.value.note


async def test_no_voice_note_goes_inside_either(server: WireServer) -> None:
    model = OpenAiChat(Reach())
    with pytest.raises(ModelFailed) as raised:
        await model.hear(access_to(server.url), Sound(b"OggS", "voice.ogg", "audio/ogg"), 5.0)
    await model.aclose()
    assert (raised.value.code, server.connections) == ("not_public", 0)


@pytest.mark.parametrize("origin", ["*", "http://127.0.0.1:{port}", "HTTP://127.0.0.1:{port}"])
async def test_what_the_machines_owner_names_is_asked_over_one_connection(server: WireServer, origin: str) -> None:
    await asked(server.url, Reach.of([origin.format(port=server.port)]), times=2)
    assert (len(server.asked), server.connections) == (2, 1)


async def test_the_address_that_was_judged_is_the_one_that_is_asked_and_no_other_name_gets_its_connection(
    server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []

    async def told(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(public_address, "is_public", lambda _: True)
    monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", told, raising=False)
    await asked(f"http://models.example:{server.port}/v1", Reach(), times=2)
    assert [one.headers["host"] for one in server.asked] == [f"models.example:{server.port}"] * 2
    assert (lookups, server.connections) == (["models.example"] * 2, 2)


def test_the_usual_port_need_not_be_said() -> None:
    reach = Reach.of(["http://shop.lan", "https://models.lan:443"])
    assert reach.trusts("http://shop.lan:80/v1")
    assert reach.trusts("https://models.lan/v1")
    assert not reach.trusts("https://shop.lan/v1")
    assert not reach.trusts("http://shop.lan:8080/v1")
