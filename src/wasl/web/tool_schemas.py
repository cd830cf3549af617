"""What is told about the tools of an account, checked at the door, and what is answered.

Their names and their parameters are looked at by whoever uses them (`assistant/tools/toolbox.py`): a tool that was kept
and is not taken there would take all others with it.
"""

from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field

from wasl.assistant.tools.toolbox import http_tools_of
from wasl.store.assistants import Assistant, tool_secret
from wasl.web import limits as bounds
from wasl.web.asked import Asked, Spoken
from wasl.web.schemas import Success
from wasl.web.told import Secret, Told, Version, WebAddress

_HEADERS_OF_HTTP = frozenset(("host", "content-length", "content-type", "connection", "transfer-encoding", "te"))


def _fit_for_a_secret(name: str) -> str:
    if name.lower() in _HEADERS_OF_HTTP:
        raise ValueError("This header belongs to the request itself")
    return name


def _json_schema(schema: dict[str, Any]) -> dict[str, Any]:
    listed = isinstance(schema.get("properties", {}), dict) and isinstance(schema.get("required", []), list)
    if schema and not (listed and schema.get("type") == "object"):
        raise ValueError("A JSON schema of the type object, with its properties and a list of those that are required")
    if _depth(schema) > bounds.TOOL_PARAMETERS_DEPTH_MAX:
        raise ValueError("The parameters are nested too deeply")
    try:
        written = orjson.dumps(schema)
    except orjson.JSONEncodeError as error:
        raise ValueError("The parameters hold what no JSON can hold") from error
    if len(written) > bounds.TOOL_PARAMETERS_BYTES_MAX or b"\\u0000" in written:
        raise ValueError(f"The parameters have at most {bounds.TOOL_PARAMETERS_BYTES_MAX} bytes, and no zero character")
    return schema


def _depth(value: Any, above: int = 0) -> int:
    if above > bounds.TOOL_PARAMETERS_DEPTH_MAX or not isinstance(value, dict | list):
        return above
    held = value.values() if isinstance(value, dict) else value
    return max((_depth(one, above + 1) for one in held), default=above + 1)


class ToolFace(Told):
    """Something that the assistant may ask another server: a price, a booking, the state of an order."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=bounds.TOOL_NAME_CHARACTERS_MAX)]
    description: Annotated[Spoken, Field(max_length=bounds.TOOL_ABOUT_CHARACTERS_MAX)]
    parameters: Annotated[dict[str, Any], AfterValidator(_json_schema)] = Field(
        default={}, description="What it is asked with, as a JSON schema of the type `object`."
    )
    url: WebAddress
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    header: Annotated[
        str,
        Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=bounds.HEADER_CHARACTERS_MAX),
        AfterValidator(_fit_for_a_secret),
    ] = Field(default="Authorization", description="In which header the secret is sent.")


class ToolTold(ToolFace):
    """One tool."""

    secret: Secret | None = Field(
        default=None,
        description="For the server of `url`, and for no other; `null` takes it away. Without this field it stays.",
    )


class ChangedTools(Asked):
    """All tools of an account."""

    tools: Annotated[list[ToolTold], Field(max_length=bounds.TOOLS_MAX)]
    version: Version = Field(description="That of the account's settings.")

    def checked(self) -> list[dict[str, Any]]:
        """The tools as they are kept. Raises Invalid for what the assistant would not take: `tool_name_reserved`,
        `tool_name_twice`, `tool_parameters`."""
        told = [tool.model_dump(mode="json", exclude={"secret"}) for tool in self.tools]
        http_tools_of(told, {})
        return told

    def secrets(self) -> dict[str, str | None]:
        """What is told of their secrets; one that is not named stays, and None takes it away."""
        return {tool_secret(tool.name): tool.secret for tool in self.tools if "secret" in tool.model_fields_set}


class ToolShown(ToolFace):
    """One tool, as it is shown."""

    has_secret: bool


class ToolsChanged(Success):
    """The tools as they are now."""

    tools: list[ToolShown]
    version: int


def shown_tools(assistant: Assistant) -> list[dict[str, Any]]:
    """The tools of an account, without their secrets."""
    return [{**tool, "has_secret": tool_secret(tool["name"]) in assistant.secrets} for tool in assistant.tools]
