"""A node of the installation: `wasl serve` behind a door of its own, with limits and a clock of the kit's choosing."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from wasl.torture.doors import Proxy
from wasl.torture.entry import CLOCK_BYTES, CLOCK_VARIABLE, LIMITS_VARIABLE
from wasl.torture.process import Process


class Node(Process):
    """One of them. `url` leads through its door, `direct_url` past it."""

    def __init__(
        self, name: str, folder: Path, door: Proxy, limits: Mapping[str, Any], environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.door = door
        self._clock = folder / f"{name}.clock"
        self._clock.write_bytes(bytes(CLOCK_BYTES))
        own = {
            "WASL_NODE": name,
            "WASL_HOST": "127.0.0.1",
            LIMITS_VARIABLE: orjson.dumps(dict(limits)).decode(),
            CLOCK_VARIABLE: str(self._clock),
        }
        command = [sys.executable, "-m", "wasl.torture.entry", "serve"]
        super().__init__(command, folder / f"{name}.log", {**environment, **own})

    @property
    def url(self) -> str:
        return self.door.url

    @property
    def direct_url(self) -> str:
        """Its address without anything in between."""
        return f"http://127.0.0.1:{self.port}"

    def jump_clock(self, seconds: float) -> None:
        """Let its wall clock differ from the machine's by so much, from this moment on; 0 puts it right."""
        descriptor = os.open(self._clock, os.O_WRONLY)
        try:
            # In place and in one piece: the node has the file before its eyes.
            os.pwrite(descriptor, round(seconds * 1000).to_bytes(CLOCK_BYTES, sys.byteorder, signed=True), 0)
        finally:
            os.close(descriptor)

    @property
    def ready(self) -> bool:
        """Whether it says itself that it can be sent traffic."""
        try:
            return str(orjson.loads(self.fetch("/ready")).get("status")) == "ok"
        except (OSError, ValueError):
            return False
