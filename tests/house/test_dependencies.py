"""What we stand on is named, pinned by hash, permissively licensed, and runs nothing when it is installed."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from house.licences import npm_licences, pins, python_licences, table
from house.sources import ROOT

LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))
JAVASCRIPT = ["dashboard", "tests/story/js"]
PERMISSIVE = re.compile(r"MIT|BSD|ISC|Apache|0BSD|Unlicense|PSF|Python Software Foundation|BlueOak|MPL|Mozilla|Zlib")
KNOWN_OTHERS = {"psycopg", "psycopg-binary"}
"""LGPL: a library beside ours, unchanged, and only where PostgreSQL is."""


def declared(name: str) -> list[Requirement]:
    """The packages that a file of requirements/ asks for, without those that it takes from another file."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements" / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    assert [line[:80] for line in lines if not re.match(r"[\w.-]+==[\w.!+]+\s.*--hash=sha256:[0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_is_asked_for(lock: str) -> None:
    locked = {canonicalize_name(package) for package in pins(lock)}
    asked = {canonicalize_name(each.name) for each in declared(lock.replace(".txt", ".in"))}
    assert asked - locked == set()


def test_the_locks_agree_with_each_other() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for package, version in pins(lock).items():
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_what_pyproject_promises_is_what_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"runtime": project["dependencies"], **project["optional-dependencies"]}
    for group, lines in groups.items():
        wanted = {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}
        assert wanted.keys() == {canonicalize_name(each.name) for each in declared(f"{group}.in")}
        locked = {canonicalize_name(package): version for package, version in pins(f"{group}.txt").items()}
        for name, requirement in wanted.items():
            assert requirement.specifier.contains(locked[name]), (name, locked[name])


@pytest.mark.parametrize("folder", JAVASCRIPT)
def test_npm_installs_exactly_what_was_locked_and_runs_nothing(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_bytes())["packages"]
    asked = json.loads((ROOT / folder / "package.json").read_bytes())
    own = {**asked.get("dependencies", {}), **asked.get("devDependencies", {})}
    assert {name: version for name, version in own.items() if not re.fullmatch(r"\d[\w.+-]*", version)} == {}
    assert [path for path, about in packages.items() if about.get("hasInstallScript")] == []
    # npm leaves out the hash of a package for a platform that it has never seen; none of them is delivered.
    unproven = {path: about for path, about in packages.items() if path and "integrity" not in about}
    assert [path for path, about in unproven.items() if not (about.get("optional") and about.get("dev"))] == []
    assert "ignore-scripts=true" in (ROOT / folder / ".npmrc").read_text().splitlines()
    assert "preinstall" not in (scripts := asked.get("scripts", {}))
    assert "postinstall" not in scripts


def test_licences_are_permissive() -> None:
    found = {**python_licences(), **npm_licences()}
    assert len(found) > 20
    others = {package: licence for package, (_, licence) in found.items() if not PERMISSIVE.search(licence)}
    assert others.keys() <= KNOWN_OTHERS, others
    assert not [licence for _, licence in found.values() if re.search(r"\bA?GPL", licence)]


def test_the_table_of_licences_is_of_today() -> None:
    """It holds all that is installed here; another Python or another system needs a little more or less."""
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in table().splitlines() if line not in page] == []
