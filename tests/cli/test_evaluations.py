"""`wasl assistant evaluate`: a table of how the assistant would have answered, or one sentence that says why not."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Wasl

EVALUATE = ("assistant", "evaluate", "--account", "Olive Bakery")
CASES = [
    {"text": "when are you open?", "expect": {"entries": ["Opening hours"]}},
    {"lines": ["hello", "I want to talk to a person"], "expect": {"handover": True}},
]


def written(path: Path, content: Any) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def talk(path: Path) -> str:
    said = [
        {"role": "user", "text": "hi", "timestamp": "2024-05-01T12:00:00"},
        {"role": "bot", "text": "ho", "timestamp": "2024-05-01T12:00:01"},
    ]
    return written(path, json.dumps({"customer": "+9613000011", "name": "Maya", "messages": said}))


def test_cases_of_a_file_become_a_table(olive: Wasl, tmp_path: Path) -> None:
    said = olive(*EVALUATE, "--cases", written(tmp_path / "cases", CASES))
    assert (said.status, said.err) == (0, "")
    rows = [line.split("  ") for line in said.out.splitlines()]
    table = {row[0]: [cell.strip() for cell in row[1:] if cell] for row in rows if row[0]}
    assert table["CASES"] == ["2"]
    assert table["handed over"] == ["2", "100.0 %"]
    assert table["right entry in the first 3"] == ["0 of 1", "0.0 %"]
    assert table["handed over where due"] == ["1 of 1", "100.0 %"]
    assert table["confident wrong"] == ["0", "0.0 %"]
    assert table["HANDED OVER"] == ["CASES"]


def test_as_json_it_tells_of_each_case(olive: Wasl, tmp_path: Path) -> None:
    file = written(tmp_path / "cases", CASES)
    said = olive(*EVALUATE, "--channel", "155501", "--cases", file, "--json", "--limit", "1")
    told = json.loads(said.out)
    assert (said.status, told["cases"], told["handed_over"]) == (0, 1, 1)
    [result] = told["results"]
    assert (result["text"], result["outcome"], result["reason"]) == ("when are you open?", "handed_over", "unsure")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_cases_that_we_are_judged_by_can_be_asked_of_any_business(olive: Wasl) -> None:
    """In a new account entries have the ids by which the cases name them."""
    folder = Path(__file__).parents[1] / "assistant" / "cases"
    olive("knowledge", "import", str(folder / "knowledge.json"), "--account", "Olive Bakery")
    told = json.loads(olive(*EVALUATE, "--cases", str(folder / "held.json"), "--json").out)
    assert told["cases"] > 100
    assert told["entries_found"] >= 0.9 * told["entries_expected"] > 50
    assert told["handovers_made"] >= 0.95 * told["handovers_due"] > 30
    assert told["confident_wrong"] <= 0.02 * told["cases"]
    assert told["courtesies_kept"] == told["courtesies"] > 0
    assert [kind["name"] for kind in told["kinds"]] == ["hostile", "injected", "person", "unknown"]
    table = olive(*EVALUATE, "--cases", str(folder / "held.json"), "--limit", "70").out
    assert "KIND" in table


def test_other_settings_can_be_tried(olive: Wasl, tmp_path: Path) -> None:
    cases = written(tmp_path / "cases", CASES)
    settings = written(tmp_path / "settings", {"rules": {"keywords": ["open"]}})
    told = json.loads(olive(*EVALUATE, "--cases", cases, "--settings", settings, "--json").out)
    assert told["reasons"] == {"keyword": 1, "asked": 1}


@contextmanager
def other_server() -> Iterator[tuple[str, list[str]]]:
    """A model's server that takes no key, and what it was shown."""
    heads: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line:
                    heads.append(line.recv(65_536).decode("latin-1"))
                    line.sendall(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1", heads
        listening.shutdown(socket.SHUT_RDWR)


def test_another_server_that_is_tried_never_sees_the_key(
    olive: Wasl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = written(tmp_path / "cases", CASES[:1])
    monkeypatch.setenv("WASL_ASSISTANT_KEY", "sk-of-olive")
    model = ("--base-url", "https://models.example/v1", "--model", "small")
    assert olive("assistant", "set", "--account", "Olive Bakery", *model).status == 0
    with other_server() as (url, heads):
        settings = written(tmp_path / "settings", {"model": {"base_url": url}})
        for variable in (None, "sk-of-the-other"):
            monkeypatch.delenv("WASL_ASSISTANT_KEY", raising=False)
            if variable is not None:
                monkeypatch.setenv("WASL_ASSISTANT_KEY", variable)
            told = json.loads(olive(*EVALUATE, "--cases", cases, "--settings", settings, "--json").out)
            assert told["reasons"] == {"failed": 1}
    assert len(heads) == 2
    assert [re.findall(r"(?i)authorization: (.*)\r", head) for head in heads] == [[], ["Bearer sk-of-the-other"]]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_bad_file_is_one_sentence(olive: Wasl, tmp_path: Path) -> None:
    good, nothing = written(tmp_path / "good", CASES), str(tmp_path / "nothing")
    for arguments, sentence in (
        (("--cases", nothing), "The file of cases cannot be read: No such file or directory."),
        (("--cases", written(tmp_path / "a", "{")), "The file of cases is not JSON"),
        (("--cases", written(tmp_path / "b", [{"text": 5}])), "Case 1 of the file: it needs a “text”"),
        (("--cases", good, "--settings", nothing), "The file of settings cannot be read: No such file"),
        (
            ("--cases", good, "--settings", written(tmp_path / "c", "[]")),
            "The file of settings: Settings are an object.",
        ),
        (
            ("--cases", good, "--settings", written(tmp_path / "d", {"x": 1})),
            "The file of settings: “x” is no setting.",
        ),
        (("--cases", good, "--channel", "9"), "This account has no number “9”"),
        ((), "In the last 30 days nobody asked anything here that was answered."),
    ):
        said = olive(*EVALUATE, *arguments)
        assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
        assert said.err.startswith(f"wasl: {sentence}")
    assert olive("assistant", "evaluate", "--account", "Nobody").status == 1
    assert olive(*EVALUATE, "--days", "0").status == 2


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_was_imported_was_not_asked_of_this_business(olive: Wasl, tmp_path: Path) -> None:
    olive("import", talk(tmp_path / "old"), "--account", "1", "--channel", "155501")
    assert "nobody asked anything here" in olive(*EVALUATE, "--days", "1000").err
