"""PDF documents, page by page: the text that stands in them as text. What is only a picture of text is none."""

import re
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader

from wasl.assistant.documents.limits import DOCUMENT_PAGES_MAX
from wasl.assistant.documents.passages import Section, Unreadable, clean, one_line
from wasl.assistant.documents.reading_order import in_reading_order

_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])")
_ENDS_A_LINE = re.compile(r"[.!?:;؟؛…]['\"”’»)\]]*$")
_BEGINS_A_LINE = re.compile(r"(?:[-–—•*·▪◦]|\d{1,3}[.)])\s")
_LONG_LINE = 0.7
"""A line of a paragraph is about as long as the longest of its page."""
_HEADING_CHARACTERS_MAX = 80


def pdf_sections(path: Path, title: str) -> Iterator[Section]:
    """A section for each page: under its first line, if that looks like a heading. Raises Unreadable."""
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("This PDF is protected by a password: save it without one.", "encrypted")
        count = len(reader.pages)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # Whatever the reader says of a broken file.
        raise Unreadable("This PDF is broken and cannot be opened.") from error
    if count > DOCUMENT_PAGES_MAX:
        raise Unreadable(f"A PDF has at most {DOCUMENT_PAGES_MAX} pages: bring it in parts.", "too_many_pages")
    backwards = False
    for number in range(count):
        try:
            text = reader.pages[number].extract_text()
        except MemoryError:
            raise
        except Exception as error:
            raise Unreadable(f"Page {number + 1} of this PDF is broken and cannot be read.") from error
        text, backwards = in_reading_order(text, backwards)
        yield from _page(text, title, number + 1)


def _page(text: str, title: str, number: int) -> Iterator[Section]:
    lines = [line.strip() for line in clean(text).split("\n")]
    heading = ""
    filled = [line for line in lines if line]
    if len(filled) > 1 and len(filled[0]) <= _HEADING_CHARACTERS_MAX and not _ENDS_A_LINE.search(filled[0]):
        heading = filled[0]
        lines = lines[lines.index(heading) + 1 :]
    text = clean(_unwrapped(lines))
    if text:
        yield Section(one_line(f"{heading or title} (p. {number})"), text)


def _unwrapped(lines: list[str]) -> str:
    """The lines of paragraphs as one: where a line ends on a page says nothing, unless it is a short one."""
    longest, before, paragraphs = max(map(len, lines), default=0), "", list[str]()
    for line in lines:
        is_full = len(before) >= _LONG_LINE * longest and not _ENDS_A_LINE.search(before)
        if before and line and is_full and not _BEGINS_A_LINE.match(line):
            paragraphs[-1] = _HYPHENATED.sub("", f"{paragraphs[-1]}\n{line}").replace("\n", " ")
        else:
            paragraphs.append(line)
        before = line
    return "\n".join(paragraphs)
