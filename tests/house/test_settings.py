"""Every setting is explained where a person looks for it, and nothing is explained that does not exist."""

import re

from house.sources import ROOT, written
from wasl.settings import Settings

PREFIX = "WASL_"


def test_every_setting_is_documented() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert sorted(known - _named_in_docs()) == []


def test_every_documented_variable_is_read_somewhere() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    code = "\n".join(path.read_text(encoding="utf-8") for path in written(".py"))
    assert sorted(name for name in _named_in_docs() - known if name not in code) == []


def _named_in_docs() -> set[str]:
    pages = [path for name in ("running.md", "settings.md") if (path := ROOT / "docs" / name).exists()]
    assert pages, "docs/running.md is missing"
    return {
        name for page in pages for name in re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8"))
    }
