"""What calls may answer instead of what was asked for, as the OpenAPI document tells it."""

from typing import Any

from wasl.web.schemas import Failure, InvalidRequest, NewerMessage, SlowDown

Responses = dict[int | str, dict[str, Any]]

_KNOWN: Responses = {
    400: {"model": InvalidRequest, "description": "The body is not readable as JSON."},
    401: {"model": Failure, "description": "No valid session; to sign in: the login does not fit."},
    403: {"model": Failure, "description": "`wrong_origin`: another site made the browser send its cookie."},
    404: {"model": Failure, "description": "No such thing in this account."},
    409: {"model": NewerMessage, "description": "`newer_message`, or a client_message_id used elsewhere."},
    413: {"model": Failure, "description": "The body is over the limit."},
    422: {"model": InvalidRequest, "description": "The request cannot be understood."},
    429: {"model": SlowDown, "description": "Too many; `Retry-After` says how long to wait, where that is known."},
    503: {"model": Failure, "description": "The database does not answer; nothing was changed."},
}


def failures(*statuses: int) -> Responses:
    """The descriptions of these statuses."""
    return {status: _KNOWN[status] for status in statuses}


READ_FAILURES = failures(401, 404, 422, 503)
CHANGE_FAILURES = READ_FAILURES | failures(400, 403, 413)

OPEN: dict[str, Any] = {"security": []}
"""What the document says of a call that needs no session; every other one does."""
