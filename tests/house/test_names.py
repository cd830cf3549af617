"""A name says what a thing is in the domain, so that its file need not be opened to find out."""

import re
from pathlib import Path

import pytest

from house.sources import functions, name_of, written

# Names that only say "assorted".
BANNED_WORDS = {"util", "utils", "manager", "service", "services", "base", "common", "helper", "helpers", "misc"}
# Verbs that say nothing of what happens.
BANNED_VERBS = ("get", "set", "handle", "process", "do")

# What a library calls by its own name, in classes that take the place of its own.
NAMED_BY_LIBRARIES = {
    "src/wasl/assistant/documents/web_pages.py": {
        "handle_starttag",
        "handle_startendtag",
        "handle_endtag",
        "handle_data",
    },
    "src/wasl/bounded_http.py": {"handle_websocket_upgrade"},
    "src/wasl/direct_ws.py": {"handle_connect"},
    "src/wasl/web/engine_io.py": {"handle_request"},
    "src/wasl/web/rooms.py": {"get_rooms"},
    "src/wasl/web/socket_server.py": {"_handle_eio_message", "_handle_connect", "_handle_event"},
}

PYTHON_VERB = re.compile(rf"^_*({'|'.join(BANNED_VERBS)})(_|$)")
TYPESCRIPT_VERB = re.compile(
    rf"^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s+((?:{'|'.join(BANNED_VERBS)})(?:[A-Z]\w*)?)\b"
    rf"|^\s*(?:export\s+)?const\s+((?:{'|'.join(BANNED_VERBS)})(?:[A-Z]\w*)?)\s*=\s*(?:async\s*)?(?:\([^)]*\)[^=]*|\w+)\s*=>",
    re.MULTILINE,
)


def test_no_file_is_named_after_nothing() -> None:
    named_files = written(".py", ".ts", ".tsx", ".css", ".js", ".mjs", ".sql")
    assert [name_of(path) for path in named_files if _words(path) & BANNED_WORDS] == []


def test_python_functions_say_what_happens() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in written(".py")
        for node in functions(path)
        if PYTHON_VERB.match(node.name) and node.name not in NAMED_BY_LIBRARIES.get(name_of(path), ())
    ]
    assert found == []


def test_typescript_functions_say_what_happens() -> None:
    found = [
        f"{name_of(path)} {match[1] or match[2]}"
        for path in written(".ts", ".tsx")
        for match in TYPESCRIPT_VERB.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line", ["function handleClick() {", "export const setTitle = (title: string) => {", "  const doIt = x => x"]
)
def test_a_verb_that_says_nothing_is_found(line: str) -> None:
    assert TYPESCRIPT_VERB.search(line)


@pytest.mark.parametrize(
    "line", ["const settings = (a) => a", "function getter() {", "const [open, setOpen] = useState(false)"]
)
def test_an_honest_name_is_left_alone(line: str) -> None:
    assert not TYPESCRIPT_VERB.search(line)


def _words(path: Path) -> set[str]:
    """Split `ConversationList.test.tsx` or `page_size.py` into its lower-case words, its folder's included."""
    return {word.lower() for part in (path.parent.name, path.name) for word in re.findall(r"[A-Z]?[a-z]+", part)}
