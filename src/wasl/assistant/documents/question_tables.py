"""Tables of questions and answers: which of their columns is what, told from their headers in three languages."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wasl.assistant.documents.limits import (
    ANSWER_CHARACTERS_MAX,
    PHRASINGS_MAX,
    QUESTION_CHARACTERS_MAX,
    TOPIC_CHARACTERS_MAX,
)
from wasl.assistant.documents.passages import Piece, Unreadable, language_for, one_line

# Letters that Arabic writers use for one another.
_ARABIC = str.maketrans({"ى": "ي", "ة": "ه", "ـ": ""})


def _folded(text: str) -> str:
    """As words are compared: without accents, with one kind of alef, yeh and heh."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c)).translate(_ARABIC)


def _named(words: str) -> frozenset[str]:
    return frozenset(_folded(words).split())


_QUESTION = _named("question questions q faq demande سؤال السؤال اسئله الاسئله")
_ANSWER = _named("answer answers a reply response reponse reponses جواب الجواب اجابه الاجابه اجوبه الاجوبه رد الرد")
_PHRASINGS = _named("phrasings phrasing variants variant alternatives variante variantes formulations صيغ")
_TOPIC = _named("topic topics category theme sujet categorie rubrique موضوع الموضوع تصنيف التصنيف فئه الفئه")
_LANGUAGES = {
    **{code: code for code in sorted(_named("ar de en es fa fr he hi hy it ku nl pt ru sq tr ur zh"))},
    **dict.fromkeys(_named("english anglais انكليزي انجليزي"), "en"),
    **dict.fromkeys(_named("french francais فرنسي"), "fr"),
    **dict.fromkeys(_named("arabic arabe عربي العربيه بالعربيه"), "ar"),
}
_WORD = re.compile(r"[^\W\d_]+")
_SEPARATORS = re.compile(r"\s*[|\n]\s*")


@dataclass(slots=True)
class Columns:
    """Where a sheet of questions has what."""

    questions: list[int] = field(default_factory=list)
    answers: list[tuple[int, str | None]] = field(default_factory=list)
    """With the language that the header names."""
    phrasings: list[int] = field(default_factory=list)
    topic: int | None = None


def columns_of(header: Sequence[str]) -> Columns | None:
    """What a header says, if it is one of questions and answers."""
    found = Columns()
    for place, title in enumerate(header):
        words = _WORD.findall(_folded(title))[:4]
        if _QUESTION.intersection(words):
            found.questions.append(place)
        elif _ANSWER.intersection(words):
            language = next((_LANGUAGES[word] for word in words if word in _LANGUAGES), None)
            found.answers.append((place, language))
        elif _PHRASINGS.intersection(words):
            found.phrasings.append(place)
        elif _TOPIC.intersection(words) and found.topic is None:
            found.topic = place
    return found if found.questions and found.answers else None


def questions_of(columns: Columns, rows: Iterable[Sequence[str]]) -> Iterator[Piece]:
    """What each row asks and answers; one that lacks either is none. Raises Unreadable."""
    for row in rows:
        asked = [one_line(cell_at(row, place), QUESTION_CHARACTERS_MAX) for place in columns.questions]
        for place in columns.phrasings:
            others = _SEPARATORS.split(cell_at(row, place))
            asked += [one_line(other, QUESTION_CHARACTERS_MAX) for other in others]
        asked = list(dict.fromkeys(filter(None, asked)))
        answers = _answers_of(columns, row)
        if asked and answers:
            topic = one_line(cell_at(row, columns.topic), TOPIC_CHARACTERS_MAX) if columns.topic is not None else None
            yield Piece(asked[0], answers, tuple(asked[1 : 1 + PHRASINGS_MAX]), topic or None, is_question=True)


def _answers_of(columns: Columns, row: Sequence[str]) -> dict[str, str]:
    """By language: as its header says, else as the answer itself tells."""
    answers: dict[str, str] = {}
    named = {language for place, language in columns.answers if cell_at(row, place)}
    for place, language in columns.answers:
        said = cell_at(row, place)
        if len(said) > ANSWER_CHARACTERS_MAX:
            raise Unreadable(f"An answer has at most {ANSWER_CHARACTERS_MAX} characters.", "answer_too_long")
        if said and (language or language_for(said) not in named):
            answers.setdefault(language or language_for(said), said)
    return answers


def cell_at(row: Sequence[str], place: int) -> str:
    """What a row has in a column; rows may be shorter than their header."""
    return row[place] if place < len(row) else ""
