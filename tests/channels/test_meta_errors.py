"""Every one of Meta's error codes: what the sender does about it, and a sentence that an operator understands."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from wasl.channels.cloud_answers import outcome_of
from wasl.channels.exchange import Answer
from wasl.channels.meta_errors import META_ERRORS, ErrorClass, class_of
from wasl.domain.sending import NotSent, Refused, SendOutcome, Unclear

PAYLOADS = Path(os.environ.get("WASL_PAYLOADS") or Path(__file__).resolve().parents[3] / "shared" / "payloads")
COLLECTED = PAYLOADS / "meta_error_codes.json"

# Meta, "Error codes": HTTP status by code, in the classes of what is to be done.
TABLE: dict[ErrorClass, dict[int, int]] = {
    ErrorClass.RETRY: {1: 400, 2: 503, 130429: 400, 131016: 500, 133004: 503},
    ErrorClass.RETRY_SLOW: {4: 400, 80007: 400, 131057: 500, 133015: 400, 133016: 400, 134101: 400, 2593107: 400},
    ErrorClass.PAIR: {131056: 400},
    ErrorClass.WINDOW: {131047: 400},
    ErrorClass.AUTH: {0: 401, 3: 500, 10: 403, 190: 401, 200: 403, 299: 403, 131005: 403},
    ErrorClass.CONFIG: {
        33: 400,
        368: 403,
        131031: 403,
        131037: 400,
        131042: 400,
        131045: 500,
        131048: 400,
        133000: 500,
        133005: 400,
        133006: 400,
        133008: 400,
        133009: 400,
        133010: 400,
        134011: 400,
    },
    ErrorClass.TEMPLATE: {132015: 400, 132016: 400, 132068: 400, 132069: 400, 134102: 400},
    ErrorClass.PERMANENT: {
        100: 400,
        130472: 400,
        130497: 403,
        131008: 400,
        131009: 400,
        131021: 400,
        131026: 400,
        131049: 400,
        131050: 400,
        131051: 400,
        131052: 400,
        131053: 400,
        131055: 400,
        131062: 400,
        132000: 400,
        132001: 404,
        132005: 400,
        132007: 400,
        132012: 400,
        134100: 400,
        135000: 400,
        2593108: 400,
        2593109: 400,
    },
    ErrorClass.UNCLEAR: {131000: 500},
}
CODES = [(error_class, code, status) for error_class, codes in TABLE.items() for code, status in codes.items()]
_AGAIN = {"retry": ErrorClass.RETRY, "retry_slow": ErrorClass.RETRY_SLOW, "pair": ErrorClass.PAIR}
_CLASSES: dict[str, set[ErrorClass]] = {
    **{word: {found} for word, found in _AGAIN.items()},
    "window": {ErrorClass.WINDOW},
    "auth": {ErrorClass.AUTH},
    # What stops one template or form holds up nothing else.
    "config": {ErrorClass.CONFIG, ErrorClass.TEMPLATE},
    "permanent": {ErrorClass.PERMANENT},
    "info": {ErrorClass.PERMANENT},
}


def answered(code: int, status: int) -> SendOutcome:
    error: dict[str, Any] = {"message": f"(#{code}) words", "code": code, "error_data": {"details": "In detail."}}
    return outcome_of(Answer(status, {}, json.dumps({"error": error}).encode()))


@pytest.mark.parametrize(("error_class", "code", "status"), CODES)
def test_what_is_done_about_it(error_class: ErrorClass, code: int, status: int) -> None:
    assert class_of(code, status) is error_class
    outcome = answered(code, status)
    match error_class:
        case ErrorClass.RETRY | ErrorClass.RETRY_SLOW:
            assert isinstance(outcome, NotSent)
            assert (outcome.holds, outcome.counts_as_attempt) == ("channel", True)
            slow = error_class is ErrorClass.RETRY_SLOW
            assert (outcome.retry_after_seconds >= 60) is slow
        case ErrorClass.PAIR:
            assert isinstance(outcome, NotSent)
            assert (outcome.holds, outcome.retry_after_seconds) == ("recipient", 1.0)
        case ErrorClass.AUTH | ErrorClass.CONFIG:
            # The message stays queued for as long as it takes somebody to see to it.
            assert isinstance(outcome, NotSent)
            assert (outcome.holds, outcome.counts_as_attempt) == ("channel", False)
        case ErrorClass.WINDOW | ErrorClass.TEMPLATE | ErrorClass.PERMANENT:
            assert isinstance(outcome, Refused)
            assert outcome.code == str(code)
        case ErrorClass.UNCLEAR:
            assert isinstance(outcome, Unclear)


@pytest.mark.parametrize(("error_class", "code", "status"), CODES)
def test_what_an_operator_reads(error_class: ErrorClass, code: int, status: int) -> None:
    outcome = answered(code, status)
    sentence = outcome.message if isinstance(outcome, NotSent | Refused) else META_ERRORS[code].sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert str(code) not in sentence
    if error_class is ErrorClass.AUTH:
        assert "administrator" in sentence
    if error_class is ErrorClass.WINDOW:
        assert "template" in sentence
    if error_class in (ErrorClass.PERMANENT, ErrorClass.TEMPLATE, ErrorClass.CONFIG):
        assert sentence.endswith("WhatsApp says: In detail.")


def test_no_code_is_without_a_class_of_its_own() -> None:
    listed = {code for _, code, _ in CODES} | set(range(200, 300))
    assert set(META_ERRORS) == listed


@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (429, "retry_slow"), (500, "retry"), (503, "retry"),
        (401, "auth"), (403, "auth"), (400, "permanent"), (404, "permanent"),
    ],
)  # fmt: skip
def test_a_code_that_nobody_has_listed_is_judged_by_its_status(status: int, error_class: str) -> None:
    assert class_of(131035, status) == error_class


@pytest.mark.skipif(not COLLECTED.exists(), reason="the collection of error codes is not here (WASL_PAYLOADS)")
def test_the_whole_collection_is_classed_as_it_says() -> None:
    collected = json.loads(COLLECTED.read_text())
    assert len(collected) >= 63
    wrong = {
        code: (about["class"], str(class_of(int(code), about["http"] or 400)))
        for code, about in collected.items()
        if class_of(int(code), about["http"] or 400) not in _CLASSES[about["class"]]
        # Meta does not know itself whether it took the message: trying again could send it twice.
        and int(code) != 131000
    }
    assert wrong == {}
    assert set(map(int, collected)) <= set(META_ERRORS), "each has a sentence of its own"
