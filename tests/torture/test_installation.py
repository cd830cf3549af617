"""The installation goes through everything that can be done to it, and answers afterwards."""

import asyncio
from pathlib import Path
from random import Random

import httpx2
import pytest

from wasl.torture.faults import MENU
from wasl.torture.history import Fault, Writer, read
from wasl.torture.installation import (
    TIGHT_ENVIRONMENT,
    TIGHT_LIMITS,
    Installation,
    Shape,
    open_installation,
)
from wasl.torture.servers import Unavailable

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PACE = 0.3


async def answers(installation: Installation) -> None:
    """Everybody can sign in at every node, and see their conversations."""
    for node in installation.nodes:
        async with httpx2.AsyncClient(base_url=node.url, timeout=30, trust_env=False) as client:
            for account in installation.accounts:
                person = account.operators[0]
                asked = {"email": person.email, "password": person.password}
                session = await client.post("/api/session", json=asked)
                assert session.status_code == 200, session.text
                seen = {"Authorization": f"Bearer {session.json()['token']}"}
                chats = await client.get("/api/live-chat/unified-chats", headers=seen)
                assert chats.status_code == 200, chats.text


@pytest.mark.parametrize(("engine", "nodes"), [("sqlite", 1), ("postgres", 3)])
async def test_every_fault_once(engine: str, nodes: int, tmp_path: Path) -> None:
    shape = Shape(engine, nodes, tmp_path / "run", TIGHT_LIMITS, TIGHT_ENVIRONMENT)  # type: ignore[arg-type]
    try:
        async with open_installation(shape) as installation:
            copied = await installation.copy()
            with Writer(tmp_path / "faults.jsonl") as writer:
                # All at a time: what breaks the same thing waits for its turn.
                kinds = [kind for kind in MENU.values() if kind.possible(installation)]
                faults = [kind.run(installation, Random(kind.name), writer, PACE) for kind in kinds]
                await asyncio.gather(*faults)
            await installation.heal()
            assert installation.fallen == []
            restored = await installation.restore()
            assert copied.since < copied.until < restored.at
            await installation.heal()
            await answers(installation)
            told = list(read(tmp_path / "faults.jsonl"))
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert {fault.name for fault in told if isinstance(fault, Fault)} == {kind.name for kind in kinds}
