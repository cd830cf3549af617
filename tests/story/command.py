"""What an administrator types beside a running server."""

import asyncio
import os
import subprocess
import sys

from story.node import environment_of
from story.scene import Scene


async def wasl(scene: Scene, *words: str, **environment: str) -> str:
    """Run a command beside the server, as an administrator would; what it said."""

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "wasl", *words]
        variables = {**os.environ, **environment_of(scene.node.settings), **environment}
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)

    done = await asyncio.to_thread(run)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
