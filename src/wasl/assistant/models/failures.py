"""What a model's server says when it does not answer, in words for operators."""

from collections.abc import Mapping

import httpx2

from wasl.assistant.limits import MODEL_RETRY_SECONDS, MODEL_RETRY_SECONDS_MAX
from wasl.assistant.models.model import ModelFailed
from wasl.domain.notes import Note, NoteCode
from wasl.public_address import NotPublic

_NOBODY_THERE = (OSError, httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
"""An OSError is of the look-up of a name."""
_NO_CREDIT = frozenset(("insufficient_quota", "billing_hard_limit_reached"))
"""OpenAI, "Error codes": a 429 that does not pass by itself."""
_FINAL = {
    401: ("wrong_key", NoteCode.MODEL_KEY_WRONG),
    402: ("no_credit", NoteCode.MODEL_NO_CREDIT),
    403: ("wrong_key", NoteCode.MODEL_KEY_NOT_ALLOWED),
    404: ("model_unknown", NoteCode.MODEL_UNKNOWN),
    413: ("question_too_long", NoteCode.MODEL_QUESTION_TOO_LONG),
}


def failure_of_status(status: int, code: str | None, headers: Mapping[str, str]) -> ModelFailed:
    """What an HTTP status that is no success means."""
    status = 402 if code in _NO_CREDIT else status
    if status in _FINAL:
        failed, said = _FINAL[status]
        return ModelFailed(failed, Note(said))
    if status == 429:
        return ModelFailed("too_many", Note(NoteCode.MODEL_TOO_MANY), again=True, pause_seconds=_pause_of(headers))
    if status >= 500 or status in (408, 409, 425):
        return ModelFailed(
            "server_error",
            Note(NoteCode.MODEL_SERVER_ERROR, status=status),
            again=True,
            pause_seconds=_pause_of(headers),
        )
    if 300 <= status < 400:
        return ModelFailed("moved", Note(NoteCode.MODEL_MOVED))
    return ModelFailed("refused", Note(NoteCode.MODEL_QUESTION_REFUSED, status=status))


def unreachable(cause: BaseException | None) -> ModelFailed:
    """There was no connection, or it broke off."""
    if isinstance(cause, NotPublic):
        return ModelFailed("not_public", Note(NoteCode.MODEL_NOT_PUBLIC))
    if isinstance(cause, _NOBODY_THERE):
        said, code = NoteCode.MODEL_UNREACHABLE, "unreachable"
    elif isinstance(cause, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        return ModelFailed("wrong_address", Note(NoteCode.MODEL_WRONG_ADDRESS))
    else:
        said, code = NoteCode.MODEL_BROKE_OFF, "broke_off"
    return ModelFailed(code, Note(said), again=True, pause_seconds=MODEL_RETRY_SECONDS)


def _pause_of(headers: Mapping[str, str]) -> float:
    asked = headers.get("retry-after", "")
    wanted = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0.0
    # Whoever asks for more than a customer can wait is asked once more all the same, at the end of what can be waited.
    return max(MODEL_RETRY_SECONDS, min(wanted, MODEL_RETRY_SECONDS_MAX))
