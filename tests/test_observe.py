"""The log of the program is one: what its libraries complain of stands in it like everything else."""

import subprocess
import sys
from typing import Any

import orjson

_BEGIN = "import logging\nfrom wasl.observe import configure_logs\nconfigure_logs()\n"


def lines(program: str) -> list[dict[str, Any]]:
    """What a program logs, in a process of its own: a process has one log, and keeps it."""
    done = subprocess.run([sys.executable, "-c", _BEGIN + program], capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def test_a_library_complains_in_a_line_of_ours_without_what_it_puts_in() -> None:
    [line] = lines("logging.getLogger('psycopg').warning('error ignored in %r: %s', 'here', 'customer words')")
    assert (line["event"], line["level"], line["library"]) == ("library complains", "warning", "psycopg")
    assert line["said"] == "error ignored in %r: %s"
    assert "customer words" not in str(line)


def test_an_error_of_a_library_is_told_by_its_first_line_its_type_and_its_place() -> None:
    [line] = lines(
        "try:\n    raise ValueError('customer words')\n"
        "except ValueError:\n    logging.getLogger('asyncio').exception('Task failed\\nfuture: customer words')"
    )
    assert (line["level"], line["said"]) == ("error", "Task failed")
    assert (line["error"], line["at"]) == ("ValueError", "<string>:5")
    assert "customer words" not in str(line)


def test_what_a_library_only_notes_is_not_told() -> None:
    assert lines("logging.getLogger('httpx').info('HTTP Request: %s', 'https://graph.invalid')") == []


def test_set_up_twice_it_is_told_once() -> None:
    found = lines("configure_logs()\nlogging.getLogger('uvicorn.error').warning('Invalid HTTP request received.')")
    assert len(found) == 1
