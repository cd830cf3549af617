"""Put the built dashboard into the wheel, so that installing Wasl never needs Node."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DashboardHook(BuildHookInterface[Any]):
    """Build the dashboard when it is missing; fail when it still is, never ship an empty one."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # A checkout builds its dashboard with bin/setup, not on every install.
        index = Path(self.root, "src/wasl/dashboard_build/index.html")
        source = Path(self.root, "dashboard")
        npm = shutil.which("npm")
        if not index.exists() and source.exists() and npm:
            subprocess.run([npm, "install", "--no-save"], cwd=source, check=True)  # as bin/setup does
            subprocess.run([npm, "run", "build"], cwd=source, check=True)
        if not index.exists() and not os.environ.get("WASL_WITHOUT_DASHBOARD"):
            raise RuntimeError(
                "src/wasl/dashboard_build/index.html is missing: run bin/setup (it needs Node 20), "
                "or set WASL_WITHOUT_DASHBOARD=1 to build a wheel that serves only the API."
            )
