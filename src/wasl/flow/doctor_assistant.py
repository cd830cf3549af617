"""What the doctor says of assistants: whether they know anything, whether their models can be asked, and whether those
who wait for them get an answer.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Protocol

from wasl.assistant.models.model import ModelAccess, ModelFailed
from wasl.domain.assistant import AssistantMode
from wasl.flow.findings import Finding, good, note, wrong
from wasl.flow.limits import DOCTOR_REQUEST_SECONDS
from wasl.flow.models import access_of, hears
from wasl.store.assistants import Assistant
from wasl.store.checkup import Checkup
from wasl.store.directory import Channel, Directory

_PASSES = frozenset(("too_many", "server_error"))
"""Failures that another try may not meet with."""
_DOES = {AssistantMode.AUTO: "answers by itself", AssistantMode.SHADOW: "drafts and sends nothing"}


class Lists(Protocol):
    """Whatever asks a server which models it has."""

    async def names(self, access: ModelAccess, seconds: float) -> frozenset[str] | None: ...


def turns_on_their_way(checkup: Checkup) -> Iterator[Finding]:
    """Whether customers whom an assistant is to answer get their turn."""
    if checkup.turns_late:
        yield wrong(
            f"{checkup.turns_late} customers should have had the assistant's answer minutes ago: is the server running?"
        )


async def assistants(directory: Directory, known_entries: Mapping[int, int], models: Lists) -> AsyncIterator[Finding]:
    """The assistants that are on, number by number. Each model's server is asked once for what it has, which costs
    nothing; no customer's word goes there."""
    asked: dict[ModelAccess, Finding] = {}
    for channel in directory.channels.values():
        assistant = directory.assistants.get((channel.account_id, channel.id), Assistant())
        if assistant.keys_lost:
            yield wrong(f"{_of(channel)}: its keys cannot be opened. Enter them again: `wasl assistant set --ask-key`.")
        if assistant.settings.mode is AssistantMode.OFF:
            continue
        access = access_of(assistant)
        yield _knows(channel, assistant, known_entries.get(channel.account_id, 0), has_model=access.is_usable)
        if access.terms.is_set and not access.is_usable:
            yield wrong(f"{_of(channel)}: there is no key for its model, so the knowledge alone answers.")
        if access.is_usable or hears(access):
            if access not in asked:
                asked[access] = await _model(access, models)
            yield asked[access]


def _of(channel: Channel) -> str:
    return f"The assistant of number {channel.phone_number_id}"


def _knows(channel: Channel, assistant: Assistant, entries: int, *, has_model: bool) -> Finding:
    mode = assistant.settings.mode
    if entries:
        return good(f"{_of(channel)} {_DOES[mode]}, and knows {entries} answers.")
    sentence = f"{_of(channel)} {_DOES[mode]}, and knows nothing"
    if mode is AssistantMode.AUTO and not has_model:
        return wrong(f"{sentence}: every question goes to a person. `wasl knowledge import` brings answers in.")
    return note(f"{sentence}: `wasl knowledge import` brings answers in.")


async def _model(access: ModelAccess, models: Lists) -> Finding:
    terms = access.terms
    name = terms.name or terms.transcription
    try:
        names = await models.names(access, DOCTOR_REQUEST_SECONDS)
    except ModelFailed as failure:
        finding = note if failure.code in _PASSES else wrong
        return finding(f"The model {name} at {terms.base_url}: {failure.note}")
    # Ollama tells each model with its tag.
    if names is not None and not any(one == name or one.startswith(f"{name}:") for one in names):
        return note(f"{terms.base_url} answers, and does not list the model {name}: is it called so there?")
    return good(f"{terms.base_url} answers, where the model {name} is asked.")
