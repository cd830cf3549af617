"""What Qiscus's answers to a send mean, as far as anybody describes them."""

from wasl import limits
from wasl.channels.cloud_answers import code_of, refusal_of
from wasl.channels.exchange import Answer, pause_of
from wasl.channels.fields import Object, list_of, object_of, text_of
from wasl.channels.meta_errors import META_ERRORS
from wasl.domain.sending import Accepted, NotSent, Refused, SendOutcome, Unclear

_WINDOW_CODE_OF_OLD = 470
_WINDOW_CODE = 131047
_WORD_BYTES_MAX = 200


def outcome_by_number(answer: Answer) -> SendOutcome:
    """The address that speaks as WhatsApp did on the business's own premises: `{messages: [{id}]}`, or errors."""
    said = answer.json()
    refusal = _refusal_in(answer, said)
    if refusal is not None:
        return refusal
    ids = (text_of((object_of(one) or {}).get("id")) for one in list_of(said.get("messages")))
    message_id = next(filter(None, ids), None)
    if answer.ok and message_id:
        return Accepted(message_id)
    return Unclear(f"an answer {answer.status} without a message id")


def outcome_in_room(answer: Answer, nameless: str) -> SendOutcome:
    """The bot's address, whose answer nobody describes: Qiscus's own library looks at the status alone. `nameless` is
    what a message is called that is taken without a name."""
    said = answer.json()
    refusal = _refusal_in(answer, said)
    if refusal is not None:
        return refusal
    # A page is what something in between says; a word is taken for one of Qiscus's.
    word = len(answer.body) <= _WORD_BYTES_MAX and not answer.body.lstrip().startswith(b"<")
    if answer.ok and (said or word):
        return Accepted(_comment_in(said) or nameless)
    return Unclear(f"an answer {answer.status} that is not Qiscus's own")


def _refusal_in(answer: Answer, said: Object) -> SendOutcome | None:
    if answer.status == 429:
        pause = pause_of(limits.SEND_LIMITED_RETRY_SECONDS, answer.headers)
        return NotSent("http_429", "Qiscus takes no more messages at the moment.", pause, holds="channel")
    if answer.status in (401, 403):
        sentence = "Qiscus refuses the channel's key. An administrator must enter a new one."
        pause = limits.SEND_HELD_RETRY_SECONDS
        return NotSent(f"http_{answer.status}", sentence, pause, holds="channel", counts_as_attempt=False)
    return _error_in(answer, said)


def _error_in(answer: Answer, said: Object) -> SendOutcome | None:
    errors = [*list_of(said.get("error")), *list_of(said.get("errors"))]
    error = next(filter(None, map(object_of, errors)), None) or {}
    code = code_of(error)
    if code == _WINDOW_CODE_OF_OLD:
        code = _WINDOW_CODE
    if code in META_ERRORS and code is not None:
        return refusal_of(code, answer, {**error, "code": code})
    if 400 <= answer.status < 500 and said:
        words = next(
            filter(None, map(text_of, [error.get("message"), error.get("title"), *errors, said.get("message")])), ""
        )
        said_so = f": {words.rstrip('.')}" if words else ""
        return Refused(f"http_{answer.status}", f"Qiscus refused the message{said_so}.")
    return Unclear(f"an answer {answer.status} that speaks of an error") if errors else None


def _comment_in(said: Object) -> str | None:
    """What the room calls the message."""
    comment = object_of((object_of(said.get("results") or said.get("data")) or {}).get("comment")) or {}
    return text_of(comment.get("unique_temp_id")) or text_of(comment.get("id"))
