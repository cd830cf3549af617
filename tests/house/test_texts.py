"""What every text of the repository keeps to: it explains itself, is finished, and speaks only of this project."""

import ast
import json
import re

import pytest

from house.sources import ROOT, name_of, syntax, written

# Put together from halves, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b")
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(" + "|".join(["wo" + "rk/", "ro" + "ot/", "ho" + "me/", r"tmp/\w"]) + ")")
REGISTRY_HOSTS = re.compile("|".join([r"pypi\." + "org", r"pythonhosted\." + "org", r"npmjs\." + "org"]))
TEXT_ENDINGS = (".py", ".ts", ".tsx", ".css", ".sql", ".md", ".toml", ".html", ".json", ".sh", ".in", ".txt")
JAVASCRIPT = ("dashboard", "tests/story/js")
COMMANDS = ("setup", "demo", "dev", "check", "test", "bench", "requirements", "steps.sh")


def test_every_module_starts_with_one_sentence() -> None:
    modules = [path for path in written(".py") if path.read_text(encoding="utf-8").strip()]
    docstrings = {name_of(path): ast.get_docstring(syntax(path)) or "" for path in modules}
    assert [name for name, text in docstrings.items() if not text.partition("\n\n")[0].endswith((".", "?", "!"))] == []


def test_nothing_is_left_for_later() -> None:
    assert _lines_with(UNFINISHED) == []


def test_no_text_names_a_folder_of_somebodys_machine() -> None:
    assert _lines_with(MACHINE_PATHS) == []


def test_no_text_names_a_registry() -> None:
    assert _lines_with(REGISTRY_HOSTS) == []


def test_pinned_requirements_hold_no_addresses() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [name_of(path) for path in locks if "://" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("folder", JAVASCRIPT)
def test_lock_files_hold_no_download_addresses(folder: str) -> None:
    packages: dict[str, dict[str, object]] = json.loads((ROOT / folder / "package-lock.json").read_bytes())["packages"]
    # Where a package's authors take donations is no download.
    facts = {
        name: {key: value for key, value in package.items() if key != "funding"} for name, package in packages.items()
    }
    assert [name for name, package in facts.items() if "://" in json.dumps(package)] == []
    # What only other platforms load may lack its hash where the registry at hand does not carry it; nothing else may.
    unsure = [name for name, package in facts.items() if name and "integrity" not in package]
    elsewhere = [name for name in unsure if facts[name].get("optional") and facts[name].keys() & {"os", "cpu"}]
    assert unsure == elsewhere


@pytest.mark.parametrize("folder", JAVASCRIPT)
def test_a_lock_file_is_the_one_of_its_packages(folder: str) -> None:
    asked = json.loads((ROOT / folder / "package.json").read_bytes())
    locked = json.loads((ROOT / folder / "package-lock.json").read_bytes())["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert locked.get(kind) == asked.get(kind), f"run npm install in {folder}/"


def test_every_pinned_requirement_has_a_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        pins = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
        assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == [], name_of(path)


def test_every_requirement_has_a_reason() -> None:
    for path in (ROOT / "requirements").glob("*.in"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0].isalnum()]
        assert [line for line in lines if "#" not in line] == [], name_of(path)


def test_every_relative_link_leads_somewhere() -> None:
    link = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
    broken = [
        f"{name_of(path)}: {match[1]}"
        for path in written(".md")
        for match in link.finditer(path.read_text(encoding="utf-8"))
        if not (path.parent / match[1]).exists()
    ]
    assert broken == []


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    files = [*written(*TEXT_ENDINGS), *(path for path in written(*COMMANDS) if path.parent.name == "bin")]
    return [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
