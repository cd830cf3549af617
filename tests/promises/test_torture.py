"""The torture kit in short: everything at once, on both databases, by two seeds. `wasl torture` runs it for longer.

WASL_TORTURE_SECONDS gives each run longer.
"""

import os
from pathlib import Path

import pytest

from wasl.torture.plan import Asked, Engine
from wasl.torture.run import torture
from wasl.torture.servers import Unavailable

pytestmark = pytest.mark.anyio

SECONDS: dict[Engine, float] = {"sqlite": 60.0, "postgres": 120.0}
SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_every_promise_under_every_fault(engine: Engine, seed: int, tmp_path: Path) -> None:
    seconds = float(os.environ.get("WASL_TORTURE_SECONDS", SECONDS[engine]))
    try:
        outcome = await torture(Asked(engine, seed, seconds), tmp_path)
    except Unavailable as error:
        pytest.skip(str(error))
    print(outcome.page)
    assert outcome.green, "\n".join(outcome.wrong)
