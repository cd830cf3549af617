"""What operators read beside a reason: our sentences, each with a code by which a screen says it in its own language.

A code stands in messages for ever, so none is renamed; what it holds is told beside it. What a model has said in its
own words is no note of ours: it is a plain text, and has no code.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self


class NoteCode(StrEnum):
    """What can be said, each with its sentence in English."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    # What the customer, the account and the hour ask for
    CUSTOMER_UPSET = "customer_upset", "The customer is upset."
    CUSTOMER_ASKS = "customer_asks", "The customer asks for a person."
    TAGGED = "tagged", "The conversation is tagged “{tag}”."
    KEYWORD = "keyword", "The customer wrote “{word}”."
    CLOSED_HOURS = "closed_hours", "It is outside the business hours."
    NOTHING_READABLE = "nothing_readable", "There is nothing in it that the assistant can read."
    STILL_LEARNING = "still_learning", "This topic is still being learnt: {compared} of {wanted} drafts compared."
    STILL_LEARNING_AGREEMENT = (
        "still_learning_agreement",
        "This topic is still being learnt: {compared} of {wanted} drafts compared, agreement {agreement} where"
        " {agreement_wanted} is asked for.",
    )
    SWITCHED_OFF = "switched_off", "The assistant was switched off meanwhile."
    LIMIT_OF_TURNS = "limit_of_turns", "The assistant's limit of turns for today is used up."
    LIMIT_OF_TOKENS = "limit_of_tokens", "The assistant's limit of tokens for today is used up."
    LIMIT_OF_SPENDING = "limit_of_spending", "The assistant's limit of spending for today is used up."

    # What is known
    NOTHING_KNOWN = "nothing_known", "Nothing that is known answers this."
    NOTHING_FITS = "nothing_fits", "Nothing fits well enough."
    SOME_KNOWN = "some_known", "{known} of {asked} questions are known."
    NOT_KNOWN = "not_known", "What is known does not answer this."
    NOTHING_TO_ANSWER = "nothing_to_answer", "There is nothing to answer."
    COURTESY_RETURNED = "courtesy_returned", "The courtesy was already returned."
    WAITS_FOR_NOTHING = "waits_for_nothing", "The customer waits for no answer."

    # What a model made, and nobody got to read
    ANSWER_EMPTY = "answer_empty", "The answer was empty."
    ANSWER_TOO_LONG = "answer_too_long", "The answer was too long."
    ANSWER_FAR_TOO_LONG = "answer_far_too_long", "The answer of the model was far too long."
    ANSWER_MALFORMED = "answer_malformed", "The answer of the model was not in the form that was asked for."
    ANSWER_FOREIGN = "answer_foreign", "The answer was in another language than the question."
    ANSWER_UNFOUNDED = "answer_unfounded", "The answer says “{words}”, which stands in no source."
    SOURCE_UNKNOWN = "source_unknown", "The answer names a source that there is not."
    SOURCE_MISSING = "source_missing", "The answer names no source for what it says."
    REPEATS_RULES = "repeats_rules", "The answer repeats the assistant's own instructions."
    WOULD_BE_SILENT = "would_be_silent", "The model would have said nothing to this."
    NOT_SURE = "not_sure", "The model is not sure enough ({confidence} of 100)."
    FOR_A_PERSON = "for_a_person", "The assistant says that this is for a person."

    # What broke
    TOOK_TOO_LONG = "took_too_long", "The assistant took too long."
    ASSISTANT_FAILED = "assistant_failed", "The assistant failed; the log says where."
    BROKE_OFF = "broke_off", "The answer was begun several times, and broke off each time."
    FILE_LATE = "file_late", "A file did not come in time."
    FILE_UNREADABLE = "file_unreadable", "A file could not be opened."
    VOICE_NOTE_TOO_LONG = "voice_note_too_long", "A voice note could not be written down: It is too long."
    VOICE_NOTE_WORDLESS = "voice_note_wordless", "A voice note could not be written down: There are no words in it."
    VOICE_NOTE_UNHEARD = "voice_note_unheard", "A voice note could not be written down: {sentence}"
    MODEL_TIMEOUT = "model_timeout", "The model did not answer within {seconds} seconds."
    MODEL_OUT_OF_TIME = "model_out_of_time", "The model did not answer in time."
    MODEL_STALLED = "model_stalled", "The model stopped in the middle of its answer."
    MODEL_BROKE_OFF = "model_broke_off", "The connection to the model's server broke off."
    MODEL_REPORTED_ERROR = "model_reported_error", "The model's server reported an error in its answer."
    MODEL_UNREACHABLE = "model_unreachable", "The model's server could not be reached."
    MODEL_NO_WIRE = (
        "model_no_wire",
        "What the model's server answered is not understood; its address may be wrong.",
    )
    MODEL_WRONG_ADDRESS = "model_wrong_address", "The address of the model's server is none."
    MODEL_NOT_PUBLIC = (
        "model_not_public",
        "The model's server has no public address; whoever runs Wasl has to allow it (WASL_MODEL_ORIGINS).",
    )
    MODEL_MOVED = "model_moved", "The model's server sends elsewhere; an administrator must correct its address."
    MODEL_KEY_UNFIT = "model_key_unfit", "The model's key holds characters that no key has."
    MODEL_KEY_WRONG = "model_key_wrong", "The model's server does not take the key."
    MODEL_KEY_NOT_ALLOWED = (
        "model_key_not_allowed",
        "The model's server does not allow this key to use the model.",
    )
    MODEL_NO_CREDIT = "model_no_credit", "The credit at the model's provider is used up."
    MODEL_UNKNOWN = "model_unknown", "The model's server does not know the model, or its address is wrong."
    MODEL_QUESTION_TOO_LONG = "model_question_too_long", "The conversation is too long for the model's server."
    MODEL_TOO_MANY = "model_too_many", "The model's server got too many requests."
    MODEL_SERVER_ERROR = "model_server_error", "The model's server failed ({status})."
    MODEL_QUESTION_REFUSED = "model_question_refused", "The model's server did not take the question ({status})."
    MODEL_REFUSED = "model_refused", "The model refused: {words}"
    MODEL_FILTERED = "model_filtered", "The model refused: The content filter of the model's server stopped it."
    MODEL_ENDLESS = "model_endless", "The model went on calling tools and gave no answer."

    # What happened to the conversation
    GOES_ON_ELSEWHERE = "goes_on_elsewhere", "The customer's conversation goes on in another one."
    ASKED_ELSEWHERE = (
        "asked_elsewhere",
        "What this customer has asked stands in their other conversation, which goes on in this one.",
    )
    APART_AGAIN = (
        "apart_again",
        "What is asked here was not answered while this conversation was taken for part of another one.",
    )
    BACKUP_RESTORED = (
        "backup_restored",
        "A backup was put back: the assistant may have answered this since it was made.",
    )


class Note(str):
    """A sentence of ours: a text like any other, which still knows its code and what it holds."""

    __slots__ = ("code", "values")

    code: NoteCode
    values: Mapping[str, str | int]

    def __new__(cls, code: NoteCode, **values: str | int) -> Self:
        note = super().__new__(cls, code.sentence.format(**values))
        note.code = code
        note.values = values
        return note


def note_parts(note: str) -> dict[str, Any]:
    """A note as JSON: the sentence, its code (None for a model's own words) and what it holds."""
    if isinstance(note, Note):
        return {"note": str(note), "note_code": note.code.value, "note_values": dict(note.values)}
    return {"note": note, "note_code": None, "note_values": {}}
