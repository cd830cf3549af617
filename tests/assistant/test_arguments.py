"""Arguments that do not fit a tool's schema are told from those that do, as the standard's own checker tells them."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.assistant.tools.arguments import problem_with, unchecked_in

ORDER = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "minLength": 3, "maxLength": 8},
        "count": {"type": "integer", "minimum": 1, "maximum": 20},
        "size": {"enum": ["small", "large", 1]},
        "notes": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "place": {"type": ["object", "null"], "properties": {"city": {"type": "string"}}, "required": ["city"]},
        "paid": {"type": "boolean"},
        "weight": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 5},
        "kind": {"const": "cake"},
    },
    "required": ["number"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "arguments must have number."),
        ({"number": 12345}, "number must be of the type string."),
        ({"number": "12"}, "number must have at least 3 characters."),
        ({"number": "123456789"}, "number must have at most 8 characters."),
        ({"number": "A-12", "count": 0}, "count must be at least 1."),
        ({"number": "A-12", "count": 21}, "count must be at most 20."),
        ({"number": "A-12", "count": 1.5}, "count must be of the type integer."),
        ({"number": "A-12", "count": True}, "count must be of the type integer."),
        ({"number": "A-12", "size": "huge"}, "size must be one of 'small', 'large', 1."),
        ({"number": "A-12", "size": True}, "size must be one of 'small', 'large', 1."),
        ({"number": "A-12", "notes": ["a", "b", "c"]}, "notes must have at most 2 items."),
        ({"number": "A-12", "notes": ["a", 7]}, "notes[1] must be of the type string."),
        ({"number": "A-12", "place": {}}, "place must have city."),
        ({"number": "A-12", "weight": 5}, "weight must be less than 5."),
        ({"number": "A-12", "weight": 0}, "weight must be more than 0."),
        ({"number": "A-12", "kind": "bread"}, "kind must be 'cake'."),
        ({"number": "A-12", "admin": True}, "arguments has no admin."),
        ([], "arguments must be of the type object."),
        (None, "arguments must be of the type object."),
        ({"number": "A-12", "count": 2.0, "size": 1, "place": None, "paid": False}, None),
    ],
)
def test_what_does_not_fit_is_named(arguments: Any, problem: str | None) -> None:
    assert problem_with(arguments, ORDER) == problem
    assert jsonschema_rs.is_valid(ORDER, arguments) is (problem is None)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 25)
    | st.floats(-1, 6)
    | st.sampled_from(["small", "cake", "A-12", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["city", "x"]), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*ORDER["properties"], "admin"]), VALUES))  # type: ignore[misc]
def test_it_says_what_the_standards_checker_says(arguments: dict[str, Any]) -> None:
    closed = {**ORDER["properties"]["place"], "additionalProperties": False}  # type: ignore[index]
    strict = {**ORDER, "properties": {**ORDER["properties"], "place": closed}}  # type: ignore[dict-item]
    assert (problem_with(arguments, strict) is None) is jsonschema_rs.is_valid(strict, arguments)


def test_what_nobody_has_described_is_passed_on_only_where_the_schema_says_so() -> None:
    assert problem_with({"x": 1}, {"type": "object"}) == "arguments has no x."
    assert problem_with({"x": 1}, {"type": "object", "additionalProperties": True}) is None


@pytest.mark.parametrize(
    "schema",
    [
        None,
        [],
        {"type": "object", "properties": {"x": {"pattern": "^a"}}},
        {"type": "object", "properties": {"x": {"$ref": "#"}}},
        {"oneOf": []},
        {"type": "thing"},
        {"type": "object", "properties": []},
        {"type": "object", "required": "x"},
        {"type": "object", "required": [7]},
        {"type": "string", "maxLength": "long"},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "array", "items": [{"type": "string"}]},
        {"type": "string", "enum": "a"},
        {"properties": {"x": 7}},
    ],
)
def test_a_schema_that_would_not_be_checked_whole_is_refused(schema: Any) -> None:
    assert unchecked_in(schema) is not None


def test_a_schema_of_any_depth_ends() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(1_000):
        schema = {"type": "array", "items": schema}
    assert unchecked_in(schema) is not None


def test_an_ordinary_schema_is_taken() -> None:
    assert unchecked_in(ORDER) is None
