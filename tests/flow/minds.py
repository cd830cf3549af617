"""Olive Bakery with an assistant that asks a model on loopback, and what became of its turns."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from assistant.wire_server import WireServer
from wasl.clock import now_ms
from wasl.domain.assistant import Match
from wasl.domain.updates import Update
from wasl.flow.shelf import Shelf
from wasl.store.assistants import MODEL_KEY, sealed_for_assistant
from wasl.store.database import Connection
from wasl.store.directory import raise_settings_version
from wasl.store.intake import Intake
from wasl.store.secrets import SecretBox
from web.conftest import Office

KEY = "sk-invented-for-olive"
SETTINGS: Mapping[str, Any] = {"mode": "auto", "quiet_seconds": 0.05, "burst_seconds": 0.5}


@dataclass
class Desk:
    """The bakery's side."""

    office: Office
    server: WireServer
    told: dict[str, Any] = field(default_factory=dict)

    async def sets(self, *, key: str | None = KEY, secrets: Mapping[str, str] | None = None, **settings: Any) -> None:
        """What the account sets its assistant to, the model at our server among it."""
        model = {"base_url": self.server.url, "name": "small", "timeout_seconds": 30.0, **settings.pop("model", {})}
        self.told = {**SETTINGS, "model": model, **settings}
        # A key stands beside the server that it was entered for.
        own = {MODEL_KEY: key, f"for:{MODEL_KEY}": f"http://127.0.0.1:{self.server.port}"} if key else {}
        await self._keep(0, self.told, {**own, **(secrets or {})})

    async def sets_number(self, told: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> None:
        """What it sets for its number alone."""
        await self._keep(self.office.cast.olive_number.id, told, secrets or {})

    async def _keep(self, channel_id: int, told: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        parts, account_id = self.office.parts, self.office.cast.olive.id
        box = SecretBox(parts.settings.key())
        sealed = box.seal(orjson.dumps(dict(secrets)), sealed_for_assistant(account_id))

        def write(connection: Connection) -> None:
            sql = (
                "INSERT INTO assistant_settings (account_id, channel_id, settings, secrets, updated_ms)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (account_id, channel_id)"
                " DO UPDATE SET settings = excluded.settings, secrets = excluded.secrets"
            )
            connection.run(sql, (account_id, channel_id, orjson.dumps(dict(told)).decode(), sealed, now_ms()))
            raise_settings_version(connection)

        await parts.database.write(write)
        await parts.team.refresh()

    async def arrives(self, *updates: Update) -> None:
        """A webhook, as the receiving story takes it."""
        parts, channel = self.office.parts, self.office.cast.olive_number
        terms = parts.team.assistant(channel.account_id, channel.id).terms
        await parts.journal.submit(Intake(channel.account_id, channel.face, updates, channel.proof, now_ms(), terms))

    async def ends(self, turns: int = 1, within_seconds: float = 40.0) -> list[dict[str, Any]]:
        """Wait until so many turns have come to an end; what became of them, oldest first."""
        found: list[dict[str, Any]] = await self.until(self._answers, lambda all_: len(all_) >= turns, within_seconds)
        return found

    async def _answers(self) -> list[dict[str, Any]]:
        columns = ("outcome", "reply", "reason", "confidence", "steps", "tokens_in", "tokens_out", "question")
        # What a newer message made vain may be kept for the trace.
        kept = "FROM answers WHERE outcome <> 'discarded' ORDER BY created_ms, question_sequence"
        sql = f"SELECT {', '.join(columns)} {kept}"
        rows = await self.office.parts.database.read(lambda connection: connection.rows(sql))
        return [dict(zip(columns, row, strict=True)) for row in rows]

    async def used(self) -> tuple[int, int]:
        """Turns and tokens of today."""
        sql = "SELECT COALESCE(SUM(turns), 0), COALESCE(SUM(tokens), 0) FROM assistant_spending"
        [(turns, tokens)] = await self.office.parts.database.read(lambda connection: connection.rows(sql))
        return int(turns), int(tokens)

    async def thread(self) -> list[dict[str, Any]]:
        """The conversation as an operator reads it, oldest first."""
        ids = await self.office.ids()
        path = f"/api/live-chat/conversation/{ids['user_id']}/{ids['conversation_id']}"
        answer = await self.office.rana.get(path)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    async def handed_over(self) -> dict[str, Any]:
        """Why a person was called last, as the thread says it."""
        thread = await self.until(self.thread, lambda found: any(one["role"] == "system" for one in found))
        return dict([one for one in thread if one["role"] == "system"][-1]["metadata"]["handover"])

    @staticmethod
    async def until(ask: Callable[[], Any], true: Callable[[Any], bool], within_seconds: float = 40.0) -> Any:
        """Ask until the answer is what is waited for; that answer."""
        async with asyncio.timeout(within_seconds):
            while not true(found := await ask()):
                await asyncio.sleep(0.02)
        return found


def knowing(monkeypatch: pytest.MonkeyPatch, matches: Sequence[Match]) -> None:
    """Let every search find these: how well searches find is told elsewhere."""

    async def search(self: Shelf, account_id: int, text: str, language: str | None, limit: int = 5) -> list[Match]:
        return list(matches) if text.strip() else []

    monkeypatch.setattr(Shelf, "search", search)
