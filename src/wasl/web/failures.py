"""What calls may answer instead of what was asked for, as the OpenAPI document tells it."""

from typing import Any

from wasl.web.schemas import Failure, InvalidRequest, NewerMessage, SlowDown, UnfitMessage, WindowClosed

Responses = dict[int | str, dict[str, Any]]

_KNOWN: Responses = {
    400: {"model": InvalidRequest, "description": "The body is not readable as JSON."},
    401: {"model": Failure, "description": "No valid session; to sign in: the login does not fit."},
    403: {"model": Failure, "description": "`wrong_origin`: another site made the browser send its cookie."},
    404: {"model": Failure, "description": "No such thing in this account."},
    409: {"model": Failure, "description": "It no longer fits what is there."},
    413: {"model": Failure, "description": "The body is over the limit."},
    415: {"model": Failure, "description": "`file_refused`: nobody should be sent this, or it is broken."},
    422: {"model": InvalidRequest, "description": "The request cannot be understood."},
    429: {"model": SlowDown, "description": "Too many; `Retry-After` says how long to wait, where that is known."},
    503: {"model": Failure, "description": "The database does not answer; nothing was changed."},
}


def failures(*statuses: int) -> Responses:
    """The descriptions of these statuses."""
    return {status: _KNOWN[status] for status in statuses}


READ_FAILURES = failures(401, 404, 422, 503)
CHANGE_FAILURES = READ_FAILURES | failures(400, 403, 413)
NOT_SENT: Responses = {
    404: {"model": Failure, "description": "No such thing in this account, or `upload_gone`."},
    409: {
        "model": NewerMessage | WindowClosed,
        "description": "`newer_message`, `window_closed` (only a template can be sent), `client_message_id_used`.",
    },
    413: {"model": Failure, "description": "The body is over the limit, or the file over this channel's."},
    422: {
        "model": UnfitMessage,
        "description": "The request cannot be understood; or `not_supported`, `file_refused`, `template_unusable`,"
        " `template_values`, `unfit_content`, `empty_message`.",
    },
}
NOT_LISTED: Responses = {
    409: {"model": Failure, "description": "`templates_not_listed`: the provider did not say which there are."},
}
NOT_REACTED: Responses = {
    409: {
        "model": WindowClosed | Failure,
        "description": "`window_closed`; `not_at_whatsapp`: the customer does not have this message.",
    },
    422: {
        "model": InvalidRequest,
        "description": "The request cannot be understood; or `not_supported`, `unfit_content`: no emoji.",
    },
}
NOT_DECIDABLE: Responses = {
    409: {"model": Failure, "description": "`not_decidable`: it is known what became of it, or too early to decide."}
}
NOT_READ: Responses = {
    409: {"model": Failure, "description": "`knowledge_full`, `too_many_documents`: take something out of use first."},
    415: {
        "model": Failure,
        "description": "No passages can be made of it: `file_refused` (broken, or of another kind), `no_text`,"
        " `encrypted`, `too_many_pages`, `too_many_rows`, `too_much_text`, `answer_too_long`, `unpacks_too_large`.",
    },
}
NOT_SET: Responses = {
    422: {
        "model": InvalidRequest,
        "description": "The request cannot be understood; or `burst_too_short`, `key_without_server`.",
    },
}
NOT_A_TOOL: Responses = {
    422: {
        "model": InvalidRequest,
        "description": "The request cannot be understood; or `tool_name_reserved` (it is one of the assistant's own),"
        " `tool_name_twice`, `tool_parameters` (a schema with something in it that would not be checked).",
    },
}
NO_MODEL: Responses = {
    409: {"model": Failure, "description": "`no_model`: this needs one, none is set; `budget_spent`; `copilot_off`."},
    503: {"model": Failure, "description": "The database does not answer, or `model_failed`: the model does not."},
}

OPEN: dict[str, Any] = {"security": []}
"""What the document says of a call that needs no session; every other one does."""
