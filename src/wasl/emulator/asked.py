"""Reads the JSON objects that the control API is given, with a clear sentence for everything that does not fit."""

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
from starlette.requests import Request

from wasl.emulator.limits import EMULATOR_CONTROL_BODY_BYTES_MAX
from wasl.errors import Invalid, TooLarge

Kind = TypeVar("Kind")


class Asked:
    """A JSON object of a request. Every reader raises Invalid when a field has the wrong kind."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = fields

    @classmethod
    async def of(cls, request: Request) -> "Asked":
        """Read the body. It must be declared as JSON, which no web page of another origin can do unasked."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Invalid("Send a JSON object with Content-Type: application/json.")
        try:
            fields = orjson.loads(await read_body(request, EMULATOR_CONTROL_BODY_BYTES_MAX) or b"{}")
        except orjson.JSONDecodeError as error:
            raise Invalid(f"The body is not JSON: {error}.") from error
        return cls.object(fields, "The body")

    @classmethod
    def object(cls, value: object, name: str) -> "Asked":
        if not isinstance(value, dict):
            raise Invalid(f"{name} must be a JSON object.")
        return cls(value)

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.maybe_text(name)
        if value is None:
            raise Invalid(f"{name} is missing.")
        return value

    def maybe_text(self, name: str) -> str | None:
        return self._of_kind(name, str, "a text")

    def whole(self, name: str, usual: int, *, most: int) -> int:
        """Return a whole number from 1 to `most`."""
        value = self._of_kind(name, int, "a whole number")
        if value is not None and not 1 <= value <= most:
            raise Invalid(f"{name} is a whole number from 1 to {most}.")
        return usual if value is None else value

    def maybe_whole(self, name: str) -> int | None:
        return self._of_kind(name, int, "a whole number")

    def flag(self, name: str, usual: bool = False) -> bool:
        value = self.fields.get(name, usual)
        if not isinstance(value, bool):
            raise Invalid(f"{name} is true or false.")
        return value

    def list(self, name: str) -> list[Any]:
        return self._of_kind(name, list, "a list") or []

    def _of_kind(self, name: str, kind: type[Kind], called: str) -> Kind | None:
        value = self.fields.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise Invalid(f"{name} is {called}.")
        return value


async def read_body(request: Request, bytes_max: int) -> bytes:
    """Return the body of a request; raise TooLarge as soon as it is longer than `bytes_max`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > bytes_max:
            raise TooLarge(f"The body is larger than {bytes_max} bytes.")
    return bytes(body)
