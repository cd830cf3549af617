"""What nodes say is looked through for what they should never have to say."""

from types import SimpleNamespace
from typing import cast

import orjson
import pytest

from wasl.torture.aftermath import COMPLAINTS_MAX, Aftermath
from wasl.torture.installation import Installation


def complaints(*lines: str, fallen: tuple[str, ...] = ()) -> list[str]:
    node = SimpleNamespace(name="node-0", said=lambda: "\n".join(lines))
    return Aftermath(cast("Installation", SimpleNamespace(fallen=fallen, nodes=[node]))).complaints()


def line(**said: str) -> str:
    return orjson.dumps({"event": "x", **said}).decode()


@pytest.mark.parametrize("level", ["debug", "info", "warning"])
def test_what_is_no_error_is_no_complaint(level: str) -> None:
    assert complaints(line(level=level)) == []


@pytest.mark.parametrize("level", ["error", "critical"])
def test_errors_are(level: str) -> None:
    said = line(level=level, code="internal_error")
    assert complaints(line(level="info"), said) == [f"node-0 said: {said}"]


def test_that_the_database_is_away_may_be_said() -> None:
    assert complaints(line(level="error", code="unavailable")) == []


@pytest.mark.parametrize("error", ["UniqueViolation", "IntegrityError"])
def test_a_collision_is_a_complaint_at_any_level(error: str) -> None:
    assert len(complaints(line(level="info", error=error))) == 1


def test_a_traceback_is() -> None:
    assert complaints("Traceback (most recent call last):", '  File "x.py", line 1') == [
        "node-0 said: Traceback (most recent call last):",
        'node-0 said:   File "x.py", line 1',
    ]


def test_a_node_whose_database_goes_away_while_it_starts_may_say_so() -> None:
    server_says = line(level="error", library="uvicorn.error", said="Application startup failed. Exiting.")
    away, broken = (line(level="error", event="not started", code=code) for code in ("unavailable", "misconfigured"))
    assert complaints(line(event="serving"), away, server_says) == []
    assert complaints(line(event="serving"), broken, server_says) == [
        f"node-0 said: {broken}",
        f"node-0 said: {server_says}",
    ]
    assert complaints(away, line(event="serving"), server_says) == [f"node-0 said: {server_says}"]


def test_so_is_a_node_that_ended_by_itself() -> None:
    assert complaints(fallen=("node-1",)) == ["node-1 ended by itself"]


def test_many_are_counted() -> None:
    found = complaints(*["oh"] * 50)
    assert len(found) == COMPLAINTS_MAX + 1
    assert found[-1] == "… and 40 more"
