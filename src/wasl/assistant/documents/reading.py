"""Documents: files of any kind that hold text, cut into passages that can be found and said.

Nothing here is trusted: what opens such files runs in a process of its own (flow/document_bench.py), with little memory
and little time. What stands in a document is data, never an instruction.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePath

from wasl.assistant.documents.kinds import MARKDOWN, PAGE, PDF, TABLE, WORKBOOK
from wasl.assistant.documents.limits import DOCUMENT_CHARACTERS_MAX
from wasl.assistant.documents.passages import Piece, Section, Unreadable, one_line, pieces_of
from wasl.assistant.documents.pdf_pages import pdf_sections
from wasl.assistant.documents.tables import pieces_of_sheet, sheet_of_text, sheets_of_workbook
from wasl.assistant.documents.web_pages import page_of_archive, page_sections
from wasl.assistant.documents.written_texts import decoded, markdown_sections, plain_sections

_ARCHIVES = (".mht", ".mhtml")


def read_document(path: Path, mime_type: str, name: str, pieces_max: int) -> list[Piece]:
    """The pieces of a file, in their order. `name` is what it is called. Raises Unreadable."""
    title = title_of(name)
    found: list[Piece] = []
    size = 0
    for piece in islice(_pieces(path, mime_type, name, title), pieces_max + 1):
        found.append(piece)
        size += sum(map(len, piece.answers.values()))
        if len(found) > pieces_max or size > DOCUMENT_CHARACTERS_MAX:
            raise Unreadable("This document is too long to be kept as one: bring it in parts.", "too_much_text")
    if not found:
        scanned = " Its pages may be pictures: have their text recognised first." if mime_type == PDF else ""
        raise Unreadable("There is no text in this document." + scanned, "no_text")
    return found


def title_of(name: str) -> str:
    """What a document is called where it has no headings of its own."""
    return one_line(PurePath(name).stem.replace("_", " ")) or "Document"


def _pieces(path: Path, mime_type: str, name: str, title: str) -> Iterator[Piece]:
    if mime_type == WORKBOOK:
        for sheet in sheets_of_workbook(path):
            yield from pieces_of_sheet(sheet)
    elif mime_type == TABLE:
        yield from pieces_of_sheet(sheet_of_text(decoded(path.read_bytes()), title))
    else:
        for section in _sections(path, mime_type, name, title):
            yield from pieces_of(section)


def _sections(path: Path, mime_type: str, name: str, title: str) -> Iterator[Section]:
    if mime_type == PDF:
        return pdf_sections(path, title)
    content = path.read_bytes()
    if mime_type == PAGE or name.lower().endswith(_ARCHIVES):
        text = page_of_archive(content) if name.lower().endswith(_ARCHIVES) else decoded(content)
        return page_sections(text, title)
    if mime_type == MARKDOWN:
        return markdown_sections(decoded(content), title)
    return plain_sections(decoded(content), title)
