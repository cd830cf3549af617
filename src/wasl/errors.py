"""Everything that can go wrong and be told to somebody.

WaslError
├── UnreadableBody      a webhook's body is not what its provider promises
├── WrongMethod         this address is not asked like that (405)
├── NotFound            no such thing in this account (404)
├── Forbidden           this role may not (403)
├── NotSignedIn         no valid session (401)
├── WrongLogin          e-mail or password do not fit (401)
├── TooMany             slow down (429)
├── Invalid             the request cannot be understood (422)
├── Conflict            it no longer fits what is there (409)
├── TooLarge            over a named limit (413)
├── Unavailable         the database does not answer (503)
└── Misconfigured       the installation cannot start like this
"""

from collections.abc import Mapping
from typing import Any


class WaslError(Exception):
    """A failure with a sentence for a person and a word for a machine."""

    http_status = 500
    code = "internal_error"

    def __init__(self, message: str, *, code: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = dict(details or {})


class UnreadableBody(WaslError):
    """A webhook's body as a whole cannot be read; it is kept verbatim."""

    http_status = 400
    code = "unreadable_body"


class WrongMethod(WaslError):
    """There is something at this address, but not for this method."""

    http_status = 405
    code = "method_not_allowed"

    def __init__(self, message: str, *, allowed: str) -> None:
        super().__init__(message)
        self.allowed = allowed
        """The methods that it takes, as the header `Allow` names them (RFC 9110, section 15.5.6)."""


class NotFound(WaslError):
    """Nothing of that name in this account; whether another account has it is never told."""

    http_status = 404
    code = "not_found"


class Forbidden(WaslError):
    """Known, but not allowed."""

    http_status = 403
    code = "forbidden"


class NotSignedIn(WaslError):
    """No session, an expired one, or one that was ended."""

    http_status = 401
    code = "not_signed_in"


class WrongLogin(WaslError):
    """The e-mail address and the password do not fit together."""

    http_status = 401
    code = "wrong_login"


class TooMany(WaslError):
    """Tried too often; `retry_after_seconds` stands in the details."""

    http_status = 429
    code = "too_many_attempts"


class Invalid(WaslError):
    """A request that cannot be understood."""

    http_status = 422
    code = "invalid_request"


class Conflict(WaslError):
    """The request was right once, and what it refers to has moved on."""

    http_status = 409
    code = "conflict"


class TooLarge(WaslError):
    """Over a limit that is named in the sentence."""

    http_status = 413
    code = "too_large"


class Unavailable(WaslError):
    """The memory does not answer: nothing was acknowledged, try again."""

    http_status = 503
    code = "unavailable"


class Misconfigured(WaslError):
    """The installation cannot start like this; the sentence says what to change."""

    code = "misconfigured"
