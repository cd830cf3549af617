"""What a model wants to give to a tool, held against the tool's JSON schema before anything is called.

The part of JSON Schema that tools are described with (draft 2020-12, "Validation"): what is not in it is refused when a
tool is set up, so that nothing is taken for checked that is not.
"""

from collections.abc import Mapping
from typing import Any

from wasl.assistant.limits import JSON_DEPTH_MAX

Schema = Mapping[str, Any]
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_WORDS = frozenset(("title", "description", "default", "examples", "format", "$schema", "$comment"))
"""Said to the model only; so is `format` (draft 2020-12, "Validation", section 7: an annotation)."""
_CHECKED = frozenset(
    (
        *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "items", "minItems", "maxItems", "properties", "required", "additionalProperties"),
    )
)


def problem_with(value: Any, schema: Schema, name: str = "arguments") -> str | None:
    """What is wrong with a value, in a sentence for the model; None when nothing is."""
    allowed = _types_of(schema)
    if allowed and not any(_is_a(value, one) for one in allowed):
        return f"{name} must be of the type {' or '.join(allowed)}."
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        return f"{name} must be one of {', '.join(map(repr, schema['enum']))}."
    if "const" in schema and not _same(value, schema["const"]):
        return f"{name} must be {schema['const']!r}."
    match value:
        case str():
            problem = _out_of(name, len(value), schema.get("minLength"), schema.get("maxLength"), "characters")
        case bool() | None:
            problem = None
        case int() | float():
            problem = _amount(value, schema, name)
        case list():
            problem = _list(value, schema, name)
        case _:
            problem = _object(value, schema, name)
    return problem


def unchecked_in(schema: Any, levels: int = JSON_DEPTH_MAX) -> str | None:
    """What in a schema is wrong, or would not be checked; None when all of it is."""
    if not isinstance(schema, Mapping) or not levels:
        return "A schema is a JSON object, and not too deep."
    unknown = sorted(schema.keys() - _CHECKED - _WORDS)
    if unknown:
        return f"“{unknown[0]}” is not checked here; leave it out."
    problem = _misfit(schema)
    if problem is not None:
        return problem
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return next(filter(None, (unchecked_in(one, levels - 1) for one in inner)), None)


def _misfit(schema: Schema) -> str | None:
    if not isinstance(schema.get("type", ""), str | list) or any(one not in _TYPES for one in _types_of(schema)):
        return "“type” names a type that JSON does not have."
    for name, kind in (("properties", Mapping), ("enum", list), ("required", list), ("additionalProperties", bool)):
        if name in schema and not isinstance(schema[name], kind):
            return f"“{name}” is not what it should be."
    if any(not isinstance(name, str) for name in schema.get("required", ())):
        return "“required” is a list of names."
    undescribed = [name for name in schema.get("required", ()) if name not in schema.get("properties", {})]
    if undescribed and schema.get("additionalProperties") is not True:
        return f"“{undescribed[0]}” is required and stands not in “properties”: no call would ever fit."
    numbers = [schema[name] for name in schema if name.lower().startswith(("min", "max", "exclusive"))]
    if not all(_is_a(number, "number") for number in numbers):
        return "A bound is a number."
    return None


def _types_of(schema: Schema) -> tuple[str, ...]:
    told = schema.get("type", ())
    return (told,) if isinstance(told, str) else tuple(map(str, told)) if isinstance(told, list) else ()


def _is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[kind])


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is not true."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _amount(value: float, schema: Schema, name: str) -> str | None:
    problem = _out_of(name, value, schema.get("minimum"), schema.get("maximum"))
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if above is not None and value <= above:
        return f"{name} must be more than {above}."
    return f"{name} must be less than {below}." if below is not None and value >= below else problem


def _out_of(name: str, amount: float, least: float | None, most: float | None, of: str = "") -> str | None:
    unit = f" {of}" if of else ""
    if least is not None and amount < least:
        return f"{name} must have at least {least}{unit}." if of else f"{name} must be at least {least}."
    if most is not None and amount > most:
        return f"{name} must have at most {most}{unit}." if of else f"{name} must be at most {most}."
    return None


def _list(value: list[Any], schema: Schema, name: str) -> str | None:
    problem = _out_of(name, len(value), schema.get("minItems"), schema.get("maxItems"), "items")
    if problem is not None or "items" not in schema:
        return problem
    checked = (problem_with(item, schema["items"], f"{name}[{place}]") for place, item in enumerate(value))
    return next(filter(None, checked), None)


def _object(value: dict[str, Any], schema: Schema, name: str) -> str | None:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    missing = [one for one in schema.get("required", ()) if one not in value]
    if missing:
        return f"{name} must have {missing[0]}."
    # Stricter than the standard: what nobody has described is not passed on unless the schema says so.
    unknown = [one for one in value if one not in properties]
    if unknown and schema.get("additionalProperties") is not True:
        return f"{name} has no {unknown[0]}."
    checked = (problem_with(value[one], properties[one], one) for one in value if one in properties)
    return next(filter(None, checked), None)
