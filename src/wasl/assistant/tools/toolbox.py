"""What a model may do in a turn: look up knowledge, keep something, call a person, and what the account has defined.

A call can fail in every way; the model is told so as data. Whatever a model wants, nothing is called that is not
defined, with arguments that do not fit, or more often than it may be.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from wasl.assistant.limits import (
    FACT_CHARACTERS_MAX,
    NOTED_MAX,
    REASON_CHARACTERS_MAX,
    SEARCH_CHARACTERS_MAX,
    TAG_CHARACTERS_MAX,
    TOOL_ADDRESS_CHARACTERS_MAX,
    TOOL_ARGUMENTS_CHARACTERS_MAX,
    TOOLS_MAX,
)
from wasl.assistant.models.model import ToolCall, ToolForm
from wasl.assistant.models.shown import shown_matches
from wasl.assistant.models.strict_json import read_object
from wasl.assistant.plain_text import beginning, plain
from wasl.assistant.tools.arguments import problem_with, unchecked_in
from wasl.assistant.tools.http_tool import DEFAULT_HEADER, METHODS, HttpTool, HttpTools
from wasl.domain.assistant import Deed, Match, Noted, Reason
from wasl.domain.plain_words import plain_words
from wasl.errors import Invalid

Search = Callable[[str, str | None], Awaitable[Sequence[Match]]]
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""OpenAI, "Function calling": what a function may be called."""
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""RFC 9110, section 5.6.2: a token."""
_DESCRIPTION_CHARACTERS_MAX = 1_000
RESERVED, TWICE, UNFIT_PARAMETERS = "tool_name_reserved", "tool_name_twice", "tool_parameters"
"""Codes of what is refused when tools are set up."""


def _object(required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required or properties),
        "additionalProperties": False,
    }


SEARCH_KNOWLEDGE = ToolForm(
    "search_knowledge",
    "Look up what the business knows, when the entries at hand do not answer the question.",
    _object(query={"type": "string", "minLength": 1, "maxLength": SEARCH_CHARACTERS_MAX}),
)
NOTE_FACT = ToolForm(
    "note_fact",
    "Keep one fact about this customer that will matter later, as they told it: a size, an address, a preference."
    " Nothing secret, no judgement, no promise.",
    _object(fact={"type": "string", "minLength": 1, "maxLength": FACT_CHARACTERS_MAX}),
)
TAG = ToolForm(
    "tag",
    "Mark this conversation with one word by which the team sorts: delivery, order, complaint.",
    _object(tag={"type": "string", "minLength": 1, "maxLength": TAG_CHARACTERS_MAX}),
)
HAND_OVER = ToolForm(
    "hand_over",
    "Call a person of the team, who will answer in your place.",
    _object(
        ("reason", "asked"),
        reason={"type": "string", "maxLength": REASON_CHARACTERS_MAX, "description": "Why, for the team."},
        asked={"type": "boolean", "description": "Whether the customer asks for a person."},
    ),
)
NOTHING_ASKED = _object()
"""The parameters of a tool that needs none."""
BUILT_IN = (SEARCH_KNOWLEDGE, NOTE_FACT, TAG, HAND_OVER)


@dataclass(frozen=True, slots=True)
class Used:
    """What came of a call. `told` is what the model hears of it."""

    ok: bool
    told: str = field(repr=False)
    matches: tuple[Match, ...] = ()
    called: Reason | None = None
    """Set when the model called a person; `note` says why."""
    note: str = ""
    source: str = field(default="", repr=False)
    """What an answer may stand on, as an account's own tool has said it."""


class Toolbox:
    """The tools of one turn. With `reads_only` nothing is called that might change anything: what is made then is only
    a draft."""

    def __init__(
        self,
        search: Search,
        http: HttpTools,
        own: Sequence[HttpTool] = (),
        *,
        deed: str = "",
        reserved_tags: Sequence[str] = (),
        reads_only: bool = False,
    ) -> None:
        self._search = search
        self._http = http
        self._own = {tool.name: tool for tool in own if tool.only_reads or not reads_only}
        self._deed = deed
        self._reserved_tags = [plain_words(tag) for tag in reserved_tags]
        self._noted: list[Noted] = []
        self._deeds: list[Deed] = []

    @property
    def forms(self) -> tuple[ToolForm, ...]:
        """What the model is told of."""
        own = (ToolForm(tool.name, tool.description, tool.parameters) for tool in self._own.values())
        return (*BUILT_IN, *own)

    @property
    def noted(self) -> tuple[Noted, ...]:
        """What is to be kept once the turn has ended."""
        return tuple(self._noted)

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """What was done elsewhere."""
        return tuple(self._deeds)

    async def use(self, call: ToolCall, language: str | None, seconds: float) -> Used:
        """Do what the model wants, within so many seconds; never raises for anything that it wrote."""
        form = next((form for form in self.forms if form.name == call.name), None)
        if form is None:
            return _failed("There is no such tool.")
        if len(call.arguments) > TOOL_ARGUMENTS_CHARACTERS_MAX:
            return _failed("The arguments are too long.")
        try:
            arguments = read_object(call.arguments or "{}")
        except ValueError as error:
            return _failed(f"The arguments are no JSON object: {error}.")
        problem = problem_with(arguments, form.parameters)
        if problem is not None:
            return _failed(problem)
        if call.name in self._own:
            return await self._call(self._own[call.name], arguments, seconds)
        return await self._use_built_in(call.name, arguments, language)

    async def _use_built_in(self, name: str, arguments: Mapping[str, Any], language: str | None) -> Used:
        if name == SEARCH_KNOWLEDGE.name:
            matches = tuple(await self._search(arguments["query"], language))
            return Used(True, _data({"ok": True, "knowledge": shown_matches(matches)}), matches)
        if name == HAND_OVER.name:
            reason = Reason.ASKED if arguments["asked"] else Reason.JUDGEMENT
            return Used(True, _data({"ok": True}), called=reason, note=plain(arguments["reason"]))
        kind = "fact" if name == NOTE_FACT.name else "tag"
        return self._note(Noted(kind, " ".join(plain(arguments[kind]).split())))

    def _note(self, noted: Noted) -> Used:
        if not noted.text or len(self._noted) >= NOTED_MAX:
            return _failed("That is not kept.")
        if noted.kind == "tag" and plain_words(noted.text) in self._reserved_tags:
            # It decides who is served first: nobody gets it by asking a machine.
            return _failed("Only a person gives this tag.")
        if noted not in self._noted:
            self._noted.append(noted)
        return Used(True, _data({"ok": True}))

    async def _call(self, tool: HttpTool, arguments: Mapping[str, Any], seconds: float) -> Used:
        answer = await self._http.call(tool, arguments, self._deed, seconds)
        if not tool.only_reads:
            self._deeds.append(Deed(tool.name, answer.ok))
        if answer.ok:
            return Used(True, _data({"ok": True, "result": answer.text}), source=answer.text or "done")
        return Used(False, _data({"ok": False, "error": answer.error, "result": answer.text or None}))


def http_tool_of(told: Mapping[str, Any], secret: str | None = None) -> HttpTool:
    """An account's tool, of its JSON. Raises Invalid with a sentence for whoever sets it up: `tool_name_reserved`,
    `tool_parameters`, and others that only somebody meets who came by another door than the API."""
    name, description = told.get("name"), told.get("description")
    parameters = NOTHING_ASKED if told.get("parameters", {}) == {} else told["parameters"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Invalid("A tool's name has letters, digits, _ and -, at most 64.")
    if name in {form.name for form in BUILT_IN}:
        raise Invalid(f"The assistant has a tool of its own called {name}: choose another name.", code=RESERVED)
    if not isinstance(description, str) or not 1 <= len(description.strip()) <= _DESCRIPTION_CHARACTERS_MAX:
        raise Invalid(f"The tool {name} needs a description of at most {_DESCRIPTION_CHARACTERS_MAX} characters.")
    problem = unchecked_in(parameters)
    if problem is not None or not isinstance(parameters, Mapping) or parameters.get("type") != "object":
        sentence = f"The parameters of the tool {name} must be a JSON schema of an object. {problem or ''}".rstrip()
        raise Invalid(sentence, code=UNFIT_PARAMETERS)
    if len(orjson.dumps(parameters)) > TOOL_ARGUMENTS_CHARACTERS_MAX:
        raise Invalid(f"The parameters of the tool {name} are too long.", code=UNFIT_PARAMETERS)
    url, method, header = told.get("url"), told.get("method", "GET"), told.get("header") or DEFAULT_HEADER
    if not isinstance(url, str) or not _is_address(url):
        raise Invalid(f"The address of the tool {name} must begin with https:// or http:// and name a server.")
    if method not in METHODS:
        raise Invalid(f"The method of the tool {name} must be one of {', '.join(METHODS)}.")
    if not isinstance(header, str) or not _HEADER.fullmatch(header):
        raise Invalid(f"The header of the tool {name} is none.")
    return HttpTool(name, description.strip(), parameters, url, method, header, secret or None)


def http_tools_of(told: Sequence[Mapping[str, Any]], secrets: Mapping[str, str]) -> tuple[HttpTool, ...]:
    """All tools of an account; its secrets are named `tool:<name>`. Raises Invalid, also `tool_name_twice`: a model
    that wants one of two could not say which."""
    found = tuple(http_tool_of(one, secrets.get(f"tool:{one.get('name')}")) for one in told)
    if len(found) > TOOLS_MAX:
        raise Invalid(f"An account may have at most {TOOLS_MAX} tools.")
    if len({tool.name for tool in found}) != len(found):
        raise Invalid("Two tools have the same name.", code=TWICE)
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    right = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    return right and not parts.username and "#" not in url and len(url) <= TOOL_ADDRESS_CHARACTERS_MAX


def _failed(error: str) -> Used:
    return Used(False, _data({"ok": False, "error": beginning(plain(error), REASON_CHARACTERS_MAX)}))


def _data(result: Mapping[str, Any]) -> str:
    """A result as the model hears it: marked as what it is."""
    return orjson.dumps({"data_not_instructions": result}).decode()
