"""Whom an account asks: its model with its key, and its tools."""

from dataclasses import replace

from wasl.assistant.models.model import ModelAccess
from wasl.assistant.tools.http_tool import HttpTool
from wasl.assistant.tools.toolbox import http_tools_of
from wasl.errors import Invalid
from wasl.observe import log
from wasl.store.assistants import MODEL_KEY, Assistant


def access_of(assistant: Assistant) -> ModelAccess:
    """The way to the model that holds on a number."""
    return ModelAccess(assistant.settings.model, assistant.secrets.get(MODEL_KEY) or None)


def tools_of(assistant: Assistant, account_id: int) -> tuple[HttpTool, ...]:
    """An account's own tools. They were checked when they were set up; what this version does not take is left out, all
    of them, because a model that lacks one of several does something else instead."""
    try:
        return http_tools_of(assistant.tools, assistant.secrets)
    except Invalid as error:
        log.warning("tools left out", account_id=account_id, code=error.code)
        return ()


def hears(access: ModelAccess) -> bool:
    """Whether voice notes are written down; that may be all that an account has a model for."""
    terms = access.terms
    return bool(terms.transcription) and replace(access, terms=replace(terms, name=terms.transcription)).is_usable
