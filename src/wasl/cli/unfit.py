"""What was told and does not fit its form, in a sentence for whoever told it."""

from pydantic import ValidationError


def complaint_of(error: ValidationError) -> str:
    """The first thing that is wrong, with its place; never what was told, which may be a secret."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = " ".join(map(str, first["loc"])).replace("_", " ")
    return f"{where}: {first['msg'].removeprefix('Value error, ')}."
