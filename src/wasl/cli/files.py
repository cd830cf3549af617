"""Files that a command is given: read whole and within a bound, or one sentence that says why not."""

import sys
from pathlib import Path
from typing import Any

import orjson

from wasl.errors import Invalid


def content_of(file: str, what: str, bytes_max: int) -> bytes:
    """What stands in a file of `what`; `-` is standard input. Raises Invalid."""
    try:
        if file == "-":
            content = sys.stdin.buffer.read(bytes_max + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(bytes_max + 1)
    except OSError as error:
        raise Invalid(f"The file of {what} cannot be read: {error.strerror}.") from error
    if len(content) > bytes_max:
        raise Invalid(f"A file of {what} has at most {bytes_max} bytes.")
    return content


def json_of(file: str, what: str, bytes_max: int) -> Any:
    """The JSON that stands there. Raises Invalid."""
    try:
        return orjson.loads(content_of(file, what, bytes_max))
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The file of {what} is not JSON: {error}.") from error
