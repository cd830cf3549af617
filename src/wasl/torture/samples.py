"""Once a second, what every node that lives says of itself at /metrics, and how much memory it holds."""

import asyncio
from collections.abc import Sequence

from wasl.torture.asking import Callers, Lost
from wasl.torture.figures import Figures, figures_of
from wasl.torture.history import Sampled, Writer, now
from wasl.torture.http import request_of
from wasl.torture.stage import Door, Stage

EVERY_SECONDS = 1.0
PATIENCE_SECONDS = 0.8
"""A node that is frozen or drowned says nothing; the next second it is asked again."""
_ASKED = request_of("GET", "/metrics")


class Sampler:
    """Writes `Sampled` for each node past its chaos proxy, until `end`."""

    def __init__(self, stage: Stage, writer: Writer) -> None:
        self._nodes: Sequence[Door] = stage.nodes
        self._writer = writer
        self._callers = Callers()
        self.figures = Figures()
        """What all nodes have counted until now."""
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._run(), name="samples")

    async def end(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._callers.cut()

    async def _run(self) -> None:
        due = now()
        while True:
            await asyncio.gather(*map(self._sample, self._nodes))
            due = max(due + EVERY_SECONDS, now())
            await asyncio.sleep(due - now())

    async def _sample(self, node: Door) -> None:
        if not node.alive:
            return
        try:
            process, resident_bytes = node.pid, node.resident_bytes()
            status, body = await self._callers.ask(node.direct_url, _ASKED, PATIENCE_SECONDS)
        except (Lost, OSError, AssertionError):
            return  # It was killed meanwhile.
        if status == 200:
            figures = figures_of(body)
            self.figures.hear(node.name, process, figures)
            self._writer.write(Sampled(now(), node.name, process, resident_bytes, figures))
