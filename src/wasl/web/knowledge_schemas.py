"""What is asked and answered about what an account knows."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from wasl.store import limits
from wasl.web.asked import Asked, Id, OneConversation, Spoken
from wasl.web.assistant_schemas import NO_OTHERS, Language, MatchFace, NoteFace
from wasl.web.failures import Responses
from wasl.web.schemas import Failure, Success
from wasl.web.told import Version

Verdict = Literal["up", "down"]


def _one_line(text: str) -> str:
    return " ".join(text.split())


Question = Annotated[Spoken, Field(max_length=limits.ENTRY_QUESTION_CHARACTERS_MAX), AfterValidator(_one_line)]
Answer = Annotated[Spoken, Field(max_length=limits.ENTRY_ANSWER_CHARACTERS_MAX), AfterValidator(str.strip)]
Answers = Annotated[
    dict[Language, Answer],
    Field(
        min_length=1,
        max_length=limits.ENTRY_LANGUAGES_MAX,
        description="Language → answer; the first one is said to whoever writes in any other.",
        json_schema_extra=NO_OTHERS,
    ),
]
Phrasings = Annotated[list[Question], Field(max_length=limits.ENTRY_PHRASINGS_MAX)]
Topic = Annotated[Spoken, Field(max_length=limits.TOPIC_CHARACTERS_MAX), AfterValidator(_one_line)]


class NewEntry(Asked):
    """A question with its answer."""

    question: Question
    answers: Answers
    phrasings: Phrasings = Field(default=[], description="Other ways to ask the same, in any language.")
    topic: Topic | None = None


class AddedEntry(NewEntry):
    """One more."""

    answers_group: Id | None = Field(default=None, description="A group of unanswered questions that it settles.")


class ChangedEntry(NewEntry):
    """All of an entry as it shall be."""

    archived: bool = Field(default=False, description="Out of use. Without it one that was archived comes back.")
    version: Version = Field(description="The one that was seen.")


class DocumentName(BaseModel):
    """Of which document an entry is a passage."""

    document_id: str
    name: str


class EntryFace(BaseModel):
    """An entry: a question with its answer, or a passage of a document under its heading."""

    entry_id: str
    question: str
    phrasings: list[str]
    answers: dict[str, str]
    topic: str | None
    origin: str = Field(description="`written`, `taught`, `imported`, or `document`: a passage.")
    document: DocumentName | None
    archived: bool
    version: int
    created_by: str | None = Field(description="An operator; null: by the command line.")
    created_by_name: str | None
    created_at: str
    updated_by: str | None
    updated_by_name: str | None
    updated_at: str
    from_message: str | None = Field(description="The message at which it was taught.")


class NewerEntry(Failure):
    """Somebody has changed the entry since it was seen."""

    code: Literal["newer_version"]
    entry: EntryFace = Field(description="As it is now.")


NOT_NEWEST: Responses = {
    409: {"model": NewerEntry | Failure, "description": "`newer_version`, with the newest; `knowledge_full`."}
}


class OneEntry(Success):
    """An entry as it is now."""

    entry: EntryFace


class Entries(Success):
    """A page of entries, the newest first; of one document's passages the first ones first."""

    entries: list[EntryFace]
    next_cursor: str | None
    total: int
    topics: list[str] = Field(description="Of all entries in use.")


class EntryThen(BaseModel):
    """An entry as a change has left it."""

    question: str
    phrasings: list[str]
    answers: dict[str, str]
    topic: str | None
    archived: bool


class EntryChange(BaseModel):
    """Who changed an entry, when, and at which message."""

    version: int
    operator_id: str | None
    operator_name: str | None
    from_message: str | None
    changed_at: str
    entry: EntryThen


class EntryChanges(Success):
    """What was done to an entry, the newest first."""

    entry_id: str
    changes: list[EntryChange]


class DocumentFace(BaseModel):
    """A document whose passages are in use."""

    document_id: str
    name: str
    mime_type: str
    bytes: int
    passages: int
    created_by: str | None
    created_by_name: str | None
    created_at: str


class Documents(Success):
    """All of an account, the newest first."""

    documents: list[DocumentFace]


class DocumentBrought(Success):
    """The document, which was perhaps there already."""

    document: DocumentFace
    passages: int
    is_new: bool = Field(description="False: the same bytes are in use already.")
    replaced: str | None = Field(description="The document of the same name that it took the place of.")


class DocumentGone(Success):
    """The document is out of use."""

    document_id: str


class Example(BaseModel):
    """A question as a customer asked it."""

    question: str
    language: str | None
    conversation_id: str
    user_id: str
    asked_at: str


class GroupFace(BaseModel):
    """Questions that mean the same, and what is known that comes nearest."""

    group_id: str
    question: str = Field(description="The first of them.")
    language: str | None
    count: int
    examples: list[Example] = Field(description="The newest of them.")
    nearest: list[MatchFace]


class Unanswered(Success):
    """What customers asked in vain, the commonest first."""

    groups: list[GroupFace]


class Dismissed(Success):
    """These questions are not shown any more."""

    group_id: str


# -- teaching ---------------------------------------------------------------------------------------------------------


class SourceFace(MatchFace):
    """A source of an answer: what it said then, and the entry as it is now."""

    entry: EntryFace | None


class AnswerFace(NoteFace):
    """What the assistant made of a question."""

    answer_id: str | None = Field(description="Null: only that a person was called is known.")
    outcome: str = Field(
        description="`replied`, `handed_over`, `drafted`, `silent` (nothing needed to be said) or `discarded`"
        " (something newer happened meanwhile)."
    )
    question: str
    reply: str | None
    draft: str | None = Field(description="What it would have said, where it did not.")
    language: str | None
    confidence: int
    sources: list[SourceFace]
    verdict: Verdict | None
    verdict_by: str | None = Field(description="An operator.")
    verdict_by_name: str | None
    verdict_at: str | None
    correction: str | None = Field(description="What somebody says that it should have said.")
    corrected_by: str | None = Field(description="An operator, also where only an entry was changed.")
    corrected_by_name: str | None
    corrected_at: str | None
    reason: str | None


class Opened(Success, AnswerFace):
    """An answer, by its message."""

    message_id: str


class Judging(Asked):
    """Whether an answer was good."""

    conversation_id: Id
    message_id: Id
    verdict: Verdict | None = Field(description="`null` takes it back.")


class Judged(Success):
    """The message shows it."""

    message_id: str
    verdict: Verdict | None


class Correcting(Asked):
    """What the assistant should have said, and what is to be learnt from it."""

    conversation_id: Id
    user_id: Id
    message_id: Id
    action: Literal["entry", "new", "message"] = Field(
        description="`entry`: change the entry that was said. `new`: add one for what was asked. `message`: only this"
        " message is corrected."
    )
    entry_id: Id | None = Field(default=None, description="Of `entry`: which one.")
    version: Version | None = Field(default=None, description="Of `entry`: the one that was seen.")
    question: Question | None = Field(default=None, description="Without it what the customer asked, or as it is.")
    answers: Answers | None = None
    answer: Answer | None = Field(default=None, description="One of the answers; the others stay.")
    language: Language | None = Field(default=None, description="Of `answer`; without it that of the question.")
    phrasings: Phrasings | None = None
    topic: Topic | None = None
    correction: Answer | None = Field(default=None, description="What this message should have said.")


class Taught(Success):
    """What was learnt."""

    message_id: str
    answer: AnswerFace
    entry: EntryFace | None


# -- the copilot ------------------------------------------------------------------------------------------------------


class Rewriting(Asked):
    """A draft that shall be said otherwise."""

    text: Answer
    how: Literal["shorter", "friendlier", "translate"]
    language: Language | None = Field(default=None, description="Of `translate`: into which.")


class Summarising(OneConversation):
    """A conversation that a colleague takes over."""

    language: Language = Field(default="en", description="That of the colleague.")


class Suggested(Success, NoteFace):
    """A reply that nobody has sent. Without `text` nothing that is known fits, and the note says why."""

    text: str | None
    confidence: int
    language: str | None
    sources: list[MatchFace]


class Written(Success):
    """A text that nobody has sent."""

    text: str
