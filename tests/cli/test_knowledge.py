"""What an assistant knows is brought in and taken out by the command line, through the same doors."""

import json
from pathlib import Path

import pytest

import papers
from cli.conftest import Wasl

OLIVE = ("--account", "Olive Bakery")
ENTRIES = [
    {"question": "When are you open?", "answers": {"en": "At nine."}, "phrasings": ["hours"], "topic": "hours"},
    {"question": "متى تفتحون؟", "answers": {"ar": "في التاسعة."}},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "entries.json"
    file.write_text(json.dumps({"entries": ENTRIES}))
    return file


def exported(wasl: Wasl) -> list[dict[str, object]]:
    said = wasl("knowledge", "export", *OLIVE)
    assert said.status == 0, said.err
    return list(json.loads(said.out)["entries"])


def test_entries_come_in_once_and_go_out_as_they_came(olive: Wasl, file: Path) -> None:
    said = olive("knowledge", "import", str(file), *OLIVE)
    assert (said.status, said.out) == (0, "2 entries added, 0 changed, 0 known already.\n")
    assert exported(olive) == [{"phrasings": [], "topic": None, **entry} for entry in ENTRIES]
    file.write_text(json.dumps(exported(olive)))  # A list alone is taken too.
    assert olive("knowledge", "import", str(file), *OLIVE).out == "0 entries added, 0 changed, 2 known already.\n"
    file.write_text(json.dumps([{**ENTRIES[0], "answers": {"en": "At ten."}}, ENTRIES[1], ENTRIES[1]]))
    assert olive("knowledge", "import", str(file), *OLIVE).out == "0 entries added, 1 changed, 1 known already.\n"
    assert exported(olive)[0]["answers"] == {"en": "At ten."}


def test_a_document_comes_in_as_through_the_dashboard(olive: Wasl, tmp_path: Path) -> None:
    handbook = tmp_path / "handbook.md"
    handbook.write_text(papers.HANDBOOK)
    said = olive("knowledge", "import", str(handbook), *OLIVE)
    assert (said.status, said.out) == (0, "Document 1: handbook.md, 3 passages, in use now.\n")
    again = olive("knowledge", "import", str(handbook), *OLIVE)
    assert again.out == "Document 1: handbook.md, 3 passages, known already.\n"
    assert exported(olive) == []  # Passages are their document's.
    table = tmp_path / "faq.csv"
    table.write_text("Question,Answer EN\nOpen?,At nine.\n")
    assert olive("knowledge", "import", str(table), *OLIVE).status == 0
    assert [entry["question"] for entry in exported(olive)] == ["Open?"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.json", b"", "is not JSON"),
        ("a.json", b"3", "holds a list of entries"),
        ("a.json", b"{}", "holds a list of entries"),
        ("a.json", b"[3]", "Entry 1 cannot be read"),
        ("a.json", b'[{"question": "x"}]', "Entry 1 cannot be read: answers"),
        (
            "a.json",
            b'[{"question": " ", "answers": {"en": "x"}}]',
            "Entry 1 cannot be read: question: It says nothing.",
        ),
        ("a.json", json.dumps([*ENTRIES, {**ENTRIES[0], "topic": "x" * 61}]).encode(), "Entry 3 cannot be read: topic"),
        ("a.pdf", papers.PROGRAM, "Documents are text, Markdown, PDF"),
        ("a.pdf", papers.locked_pdf(), "protected by a password"),
        ("a.txt", b"", "The file is empty."),
    ],
)
def test_files_that_are_none(olive: Wasl, tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    said = olive("knowledge", "import", str(file), *OLIVE)
    assert (said.status, said.out) == (1, "")
    assert complaint in said.err
    assert exported(olive) == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_is_not_there(olive: Wasl, tmp_path: Path, file: Path) -> None:
    for name in ("nothing.json", "nothing.pdf"):
        said = olive("knowledge", "import", str(tmp_path / name), *OLIVE)
        assert (said.status, "cannot be read" in said.err) == (1, True)
    for arguments in (("import", str(file)), ("export",)):
        said = olive("knowledge", *arguments, "--account", "Nobody")
        assert (said.status, "There is no account" in said.err) == (1, True)
