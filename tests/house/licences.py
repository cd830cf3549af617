"""Makes docs/licences.md from the packages' own metadata: `PYTHONPATH=tests python -m house.licences`."""

import json
import re
from importlib import metadata

from house.sources import ROOT

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)
_RUNS = ("runtime.txt", "postgres.txt", "redis.txt", "s3.txt")
_HEAD = """# Licences of what Wasl stands on

Made from the packages' own metadata by `PYTHONPATH=tests .venv/bin/python -m house.licences`; a test fails when it is
older than the lock files. psycopg (LGPL) is a library beside Wasl, installed for PostgreSQL only and not changed by us;
MPL-2.0 asks for nothing but the source of changed files of its own. The wheels of av carry FFmpeg with parts under the
GPL: whoever hands on an image that holds them hands on its source too. What only builds and tests is not delivered.
"""


def pins(name: str) -> dict[str, str]:
    """Package and version of each line of a file in requirements/."""
    return dict(_PIN.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")))


def python_licences() -> dict[str, tuple[str, str]]:
    """Version and licence of each package that an installation may hold, by its name; only what is installed here."""
    wanted = {package: version for name in _RUNS for package, version in pins(name).items()}
    found = {}
    for package, version in sorted(wanted.items()):
        try:
            found[package] = (version, _licence_of(metadata.metadata(package)))
        except metadata.PackageNotFoundError:
            continue  # For another system or another Python.
    return found


def _licence_of(about: metadata.PackageMetadata) -> str:
    fields = about.json
    told = str(fields.get("license_expression", ""))
    if not told:
        classifiers = about.get_all("Classifier") or []
        named = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: OSI Approved ::")]
        told = " AND ".join(named) or str(fields.get("license", "")).strip().split("\n")[0]
    return told[:60]


def npm_licences() -> dict[str, tuple[str, str]]:
    """The same of the packages that stand in the dashboard's pages."""
    packages = json.loads((ROOT / "dashboard" / "package-lock.json").read_bytes())["packages"]
    return {
        path.removeprefix("node_modules/"): (about["version"], about["license"])
        for path, about in sorted(packages.items())
        if path and not about.get("dev")
    }


def table() -> str:
    """The whole page."""
    parts = [_HEAD]
    for title, found in (("The server (Python)", python_licences()), ("The dashboard (npm)", npm_licences())):
        rows = [f"| {package} | {version} | {licence} |" for package, (version, licence) in found.items()]
        parts += [f"## {title}", "", "| package | version | licence |", "|---|---|---|", *rows, ""]
    return "\n".join(parts)


if __name__ == "__main__":
    print(table().rstrip())
