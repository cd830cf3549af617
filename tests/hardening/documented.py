"""Tries every call of an OpenAPI document on a running server, and holds each answer against the document."""

import contextlib
import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.config import GenerationConfig
from schemathesis.specs.openapi import checks

JsonObject = dict[str, Any]
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
JUDGES_WHAT_WAS_INVENTED: list[CheckFunction] = [checks.negative_data_rejection, checks.positive_data_acceptance]


@dataclass
class Tried:
    """What was asked of one operation, and how it was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    complaints: dict[str, str] = field(default_factory=dict)
    """What does not fit the document, and a command that shows it."""


class Document:
    """A document and the server that it describes.

    `known` are values that a call may name instead of invented ones; `sign` gives a header for the body of a webhook.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], known: Mapping[str, Sequence[Any]], sign: Callable[[bytes], str]
    ) -> None:
        self.raw: JsonObject = requests.get(f"{url}/openapi.json", timeout=30).json()
        self.tried: dict[str, Tried] = {}
        # Two blocks of a stream are enough: without a cursor the page is the second, and with one who is there.
        config = schemathesis.Config.from_dict({"base-url": url, "max-stream-events": 2, "request-timeout": 30.0})
        self._schema = schemathesis.openapi.from_dict(closed(self.raw), config=config)
        self._session = requests.Session()
        self._session.trust_env = False
        self._headers = dict(headers)
        self._known = known
        self._sign = sign

    def operations(self) -> set[str]:
        """Every operation that the document names."""
        paths = self.raw["paths"]
        return {f"{method.upper()} {path}" for path in paths for method in paths[path] if method in METHODS}

    def try_everything(self, examples: int) -> None:
        """The edges of each field, then `examples` invented calls of either kind: the same ones each time."""
        for operation in sorted(map(_sound, self._schema.get_all_operations()), key=_ends_the_session):
            tried = self.tried[operation.label] = Tried()
            edges = self._schema.iter_coverage_cases(
                operation, generation_modes=list(MODES), generation_config=GenerationConfig()
            )
            for case in edges:
                self._try(case, tried, [])
            for mode in MODES:
                with contextlib.suppress(Unsatisfiable):  # Where there is nothing to fill in, nothing can be wrong.
                    self._invent(operation, mode, examples, tried)

    def _invent(self, operation: Any, mode: GenerationMode, examples: int, tried: Tried) -> None:
        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), choice=st.integers(0, 7))
        def invented(case: Case[Any], choice: int) -> None:
            if choice:
                self._name_what_is_known(case, choice)
            self._try(case, tried, JUDGES_WHAT_WAS_INVENTED if choice else [])

        invented()

    def _name_what_is_known(self, case: Case[Any], choice: int) -> None:
        for name, values in self._known.items():
            for part in (case.path_parameters, case.query, case.body):
                if isinstance(part, dict) and isinstance(part.get(name), str):
                    part[name] = values[choice % len(values)]
        if case.operation.label.startswith("POST /webhooks/"):
            prepared = requests.Request(**case.as_transport_kwargs(base_url="http://x")).prepare()
            body = prepared.body or b""
            assert isinstance(body, bytes | str)
            body = body.encode() if isinstance(body, str) else body
            case.headers["X-Hub-Signature-256"] = self._sign(body)

    def _try(self, case: Case[Any], tried: Tried, excluded: list[CheckFunction]) -> None:
        wait = (case.query or {}).get("wait")
        if isinstance(wait, int | float) and 0 < wait <= 25:
            case.query["wait"] = wait / 500  # Nobody has the time.
        answer = case.call(session=self._session, headers=self._headers)
        tried.statuses[answer.status_code] += 1
        try:
            case.validate_response(
                answer,
                headers=self._headers,
                transport_kwargs={"session": self._session},
                excluded_checks=[*excluded, *_not_meant(case, answer.status_code)],
            )
        except* Exception as group:
            for complaint in group.exceptions:
                tried.complaints.setdefault(f"{type(complaint).__name__}: {complaint}", case.as_curl_command())


def _sound(found: Any) -> Any:
    """An operation, if the document describes it rightly; raises what is wrong with it."""
    return found.ok()


def _ends_the_session(operation: Any) -> bool:
    return bool(operation.label == "DELETE /api/session")


def _not_meant(case: Case[Any], status: int) -> list[CheckFunction]:
    """Checks that judge what the document does not promise."""
    if status == 413:  # A body over the limit is refused before anybody looks at what is in it.
        return JUDGES_WHAT_WAS_INVENTED
    # `cursor` is not even looked at beside that header; and some that are invented as right do not fit its pattern.
    if case.operation.label == "GET /api/live-chat/events" and "Last-Event-ID" in (case.headers or {}):
        return JUDGES_WHAT_WAS_INVENTED
    # No document can say which bytes are a sound and which are a program, nor which part of a lesson asks for which.
    if case.operation.label in _UNFORESEEABLE:
        return JUDGES_WHAT_WAS_INVENTED
    return []


_UNFORESEEABLE = {
    f"POST /api/live-chat/{call}" for call in ("uploads", "knowledge/documents", "edit-message", "copilot/rewrite")
}


def closed(document: JsonObject) -> JsonObject:
    """The document with no room for a field in an answer that it does not name. Clients ignore those, we do not."""
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    waiting = [call["responses"] for item in document["paths"].values() for call in item.values()]
    seen: set[str] = set()
    while waiting:
        for name in set(_references(waiting.pop())) - seen:
            seen.add(name)
            waiting.append(schemas[name])
            if "properties" in schemas[name]:
                schemas[name].setdefault("additionalProperties", False)
    return document


def _references(part: Any) -> Iterator[str]:
    """The names of the schemas that a part of a document refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
