"""A server of ours as a process of its own, on the settings of a test."""

import sys
from pathlib import Path
from typing import Any

import orjson

from wasl.settings import Settings
from wasl.torture.process import Process


class Node(Process):
    """`wasl serve` on the installation that some settings name."""

    def __init__(self, settings: Settings, log: Path, **environment: str) -> None:
        command = [sys.executable, "-m", "wasl", "serve"]
        super().__init__(command, log, environment_of(settings) | {"WASL_HOST": "127.0.0.1"} | environment)
        self.settings = settings

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """The structured lines of its log; those of one name, if one is given. The last may still be being written."""
        whole, _, _ = self.said().rpartition("\n")
        raw = (line for line in whole.splitlines() if line.startswith("{"))
        return [line for line in map(orjson.loads, raw) if event in (None, line.get("event"))]

    def figures(self) -> dict[str, float]:
        """What `/metrics` shows, by name with labels."""
        lines = self.fetch("/metrics").splitlines()
        rows = (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in rows}

    def ledger(self) -> dict[str, int]:
        """What became of all updates that arrived, over all accounts."""
        figures = self.figures()
        entries = ("received", "stored", "duplicates", "quarantined", "set_aside")
        return {entry: int(figures[f'wasl_ledger{{entry="{entry}"}}']) for entry in entries}

    def check_ledger(self) -> None:
        """Every update that was received is accounted for."""
        ledger = self.ledger()
        received = ledger.pop("received")
        assert received == sum(ledger.values()), ledger | {"received": received}
        assert min(ledger.values()) >= 0, ledger


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment variables that make these settings."""
    assert settings.secret_key is not None
    found = {
        "WASL_DATA_DIR": str(settings.data_dir),
        "WASL_SECRET_KEY": settings.secret_key.get_secret_value(),
        "WASL_LOG_FORMAT": "json",
        "WASL_MODEL_ORIGINS": "*",
    }
    shared = {"WASL_DATABASE_URL": settings.database_url, "WASL_REDIS_URL": settings.redis_url}
    return found | {name: value for name, value in shared.items() if value}
