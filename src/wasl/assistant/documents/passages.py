"""Cutting text into passages that can be found and said: at the ends of paragraphs and sentences, nothing twice."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wasl.assistant.documents.limits import (
    HEADING_CHARACTERS_MAX,
    HEADING_LEVELS_MAX,
    PASSAGE_CHARACTERS_MAX,
    PASSAGE_CHARACTERS_MIN,
)
from wasl.domain.language import language_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage under its heading, or a question with its answers out of a table."""

    question: str
    """Of a passage: its heading."""
    answers: Mapping[str, str]
    """Language → text."""
    phrasings: tuple[str, ...] = ()
    topic: str | None = None
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Text under one heading."""

    heading: str
    text: str


@dataclass(slots=True)
class Unreadable(Exception):
    """A document of which no passages can be made. The sentence tells nothing of what stands in it."""

    sentence: str
    code: str = field(default="file_refused")


class Outline:
    """Under which headings the text stands that is being read."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._headings: list[tuple[int, str]] = []

    def enter(self, level: int, heading: str) -> None:
        """Begin what stands under a heading; it ends what stood under others of its level or below."""
        self.leave(level)
        if words := one_line(heading):
            self._headings.append((level, words))

    def leave(self, level: int) -> None:
        """End what stands under headings of a level or below."""
        self._headings = [above for above in self._headings if above[0] < level]

    def section(self, text: str) -> Iterator[Section]:
        """What was read since, if it is anything."""
        if text := clean(text):
            nearest = [heading for _, heading in self._headings[-HEADING_LEVELS_MAX:]]
            yield Section(one_line(": ".join(nearest)) or self.title, text)


# Where a text may be cut, the best places first.
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE_END = re.compile(r"(?:[.!?…؟۔。！？]+[\"'”’»)\]]*(?=\s)|\n)\s*")
_BREAK = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r" ?\n(?: ?\n)+ ?")
# Signs that nobody sees and that may turn, hide or break what stands beside them. Marks of direction that Arabic needs
# stay.
_UNSEEN = re.compile("[\u00ad\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# Letters as PDF files hold them, in the shape that they have at their place in a word.
_SHAPED = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]+")


def clean(text: str) -> str:
    """Text without signs that nobody sees, with single blanks, and with at most one empty line between two others."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n").replace("\u2029", "\n\n")
    text = _UNSEEN.sub("", _CONTROL.sub("", text.replace("\u2028", "\n")))
    text = _SHAPED.sub(lambda shaped: unicodedata.normalize("NFKC", shaped[0]), text)
    return _EMPTY_LINES.sub("\n\n", _BLANKS.sub(" ", text)).replace(" \n", "\n").replace("\n ", "\n").strip()


def one_line(text: str, characters_max: int = HEADING_CHARACTERS_MAX) -> str:
    """Text in one line, cut at a blank if it is too long."""
    line = " ".join(clean(text).split())
    if len(line) <= characters_max:
        return line
    return line[:characters_max].rpartition(" ")[0] or line[:characters_max]


def pieces_of(section: Section) -> Iterator[Piece]:
    """The passages of a section."""
    for passage in cut(section.text):
        yield Piece(section.heading, {language_for(passage): passage})


def language_for(text: str) -> str:
    """Under which language a text is kept as an answer."""
    found = language_of(text)
    return "ar" if found == "arabizi" else found or "en"


def cut(text: str) -> Iterator[str]:
    """Pieces of a text that was made `clean`, each within the limits unless all of it is shorter: together they are the
    whole text, but for white space between them."""
    start = 0
    while len(text) - start > PASSAGE_CHARACTERS_MAX:
        # So that what is left in the end is not too short.
        latest = min(PASSAGE_CHARACTERS_MAX, len(text) - start - PASSAGE_CHARACTERS_MIN)
        end = _place_to_cut(text, start + PASSAGE_CHARACTERS_MIN, start + latest)
        yield text[start:end].strip()
        start = end
    if rest := text[start:].strip():
        yield rest


def _place_to_cut(text: str, earliest: int, latest: int) -> int:
    # The first end of a paragraph, because what follows may be about something else; of the others the last one.
    for places, wanted in ((_PARAGRAPH_END, 0), (_SENTENCE_END, -1), (_BREAK, -1)):
        # Looked for from a little before: what ends a sentence may stand right before the earliest place.
        ends = [found.end() for found in places.finditer(text, earliest - 2, latest) if found.end() >= earliest]
        if ends:
            return ends[wanted]
    while latest > earliest and unicodedata.combining(text[latest]):
        latest -= 1
    return latest
