"""A send on its way in, in whichever provider's words: checked as WhatsApp does, ended as its number's behaviour
says, and answered in the provider's words."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from wasl.clock import now_ms
from wasl.emulator.behaviour import Ending, Outcome
from wasl.emulator.business_side import accept, refuse_unfit
from wasl.emulator.connection import LateAnswer, LostAnswer
from wasl.emulator.limits import EMULATOR_HOLD_SECONDS_MAX
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.records import Accepted, Refused
from wasl.emulator.refusals import Refusal
from wasl.emulator.send_checks import Send, check_send
from wasl.emulator.whatsapp import Emulator

_HANG_SECONDS = 30.0
_USUAL_REFUSAL = 131000


@dataclass(frozen=True, slots=True)
class Words:
    """How a provider answers."""

    accepted: Callable[[Send, Accepted], Response]
    refused: Callable[[Refusal], Response]
    taken: Callable[[Accepted], None] = lambda _: None
    """Told of every send that was accepted, also when the answer to it is lost."""
    api_version: str = "v24.0"
    told_later: frozenset[int] = frozenset()
    """Refusals that this provider does not answer with, but tells of in a status."""
    brings_files: bool = False
    """Whether files are fetched from the links that sends name, as soon as they are accepted."""


def take_send(emulator: Emulator, number: BusinessNumber, body: object, words: Words) -> Response:
    """Take a send as Meta would write it; answer in the provider's words, or lose the answer."""
    spoken_for = number.phone_number_id
    failure = None
    try:
        send = check_send(body)
        outcome = emulator.behaviours.next_outcome(spoken_for, send.recipient)
        if outcome.ending in (Ending.REFUSE, Ending.BARE, Ending.DROP):
            return _not_accepted(emulator, spoken_for, outcome)
        try:
            refuse_unfit(emulator, number, send)
        except Refusal as refusal:
            if refusal.code not in words.told_later:
                raise
            failure = refusal
    except Refusal as refusal:
        note_refused(emulator, spoken_for, refusal)
        return words.refused(refusal)
    return _accepted(emulator, number, send, outcome, failure, words)


def note_refused(emulator: Emulator, phone_number_id: str, refusal: Refusal) -> None:
    """Note what was not taken, and why."""
    at = now_ms() / 1000
    emulator.refused.append(Refused(phone_number_id, at, refusal.status, refusal.code, refusal.details))


def _accepted(
    emulator: Emulator, number: BusinessNumber, send: Send, outcome: Outcome, failure: Refusal | None, words: Words
) -> Response:
    if outcome.ending is Ending.FAIL_LATER:
        failure = Refusal(outcome.code or 131026, outcome.details or "Made to fail.")
    lost = outcome.ending in (Ending.LOSE_REPLY, Ending.HANG)
    accepted = accept(
        emulator,
        number,
        send,
        api_version=words.api_version,
        answered=not lost,
        failure=failure,
        brings_files=words.brings_files,
    )
    words.taken(accepted)
    if lost:
        hold = outcome.hold_seconds or (_HANG_SECONDS if outcome.ending is Ending.HANG else 0.0)
        return LostAnswer(min(hold, EMULATOR_HOLD_SECONDS_MAX))
    answer = words.accepted(send, accepted)
    hold = min(outcome.hold_seconds, EMULATOR_HOLD_SECONDS_MAX)
    return LateAnswer(answer, hold) if hold else answer


def _not_accepted(emulator: Emulator, phone_number_id: str, outcome: Outcome) -> Response:
    if outcome.ending is Ending.REFUSE:
        details = outcome.details or "Made to fail."
        raise Refusal(outcome.code or _USUAL_REFUSAL, details, status=outcome.status)
    status = outcome.status or 502
    bare = outcome.ending is Ending.BARE
    said = "answered without the provider's body" if bare else "connection closed"
    emulator.refused.append(Refused(phone_number_id, now_ms() / 1000, status, 0, said))
    return HTMLResponse("<html><body>Bad gateway</body></html>", status_code=status) if bare else LostAnswer()
