"""Tables: each row in the words of its header, or, where the columns are questions and answers, what they say."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from wasl.assistant.documents.limits import (
    DOCUMENT_COLUMNS_MAX,
    DOCUMENT_ROWS_MAX,
    HEADER_ROWS_SEARCHED,
    PASSAGE_CHARACTERS_MAX,
    ROWS_APART_MAX,
    UNPACKED_BYTES_MAX,
    UNPACKED_FILES_MAX,
)
from wasl.assistant.documents.passages import Piece, Section, Unreadable, clean, one_line, pieces_of
from wasl.assistant.documents.question_tables import cell_at, columns_of, questions_of

Row = list[str]
_TOO_MANY = f"A table has at most {DOCUMENT_ROWS_MAX} rows that hold anything."

# -- reading ----------------------------------------------------------------------------------------------------------

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table by its name, with the rows that hold anything."""

    name: str
    rows: Sequence[Row]


def sheet_of_text(text: str, name: str) -> Sheet:
    """A table that is written with a sign between its columns. Raises Unreadable."""
    beginning = text[:20_000].splitlines()[:20]
    counts = {sign: [len(row) for row in csv.reader(beginning, delimiter=sign)] for sign in _DELIMITERS}
    # The sign that cuts most lines into as many parts as the first one.
    delimiter = max(_DELIMITERS, key=lambda sign: sum(count == counts[sign][0] > 1 for count in counts[sign]))
    csv.field_size_limit(PASSAGE_CHARACTERS_MAX * 100)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append([clean(cell) for cell in row[:DOCUMENT_COLUMNS_MAX]])
            if len(rows) > DOCUMENT_ROWS_MAX:
                raise Unreadable(_TOO_MANY, "too_many_rows")
    except csv.Error as error:
        raise Unreadable("This table is broken: its rows and quotes do not fit together.") from error
    return Sheet(name, rows)


def sheets_of_workbook(path: Path) -> Iterator[Sheet]:
    """Those of a spreadsheet, with the values that formulas had when it was saved. Raises Unreadable."""
    refuse_bomb(path)
    try:
        # Opened here: by a path it would judge the file by its name.
        with (
            path.open("rb") as file,
            closing(openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)) as workbook,
        ):
            total = 0
            for worksheet in workbook.worksheets:
                sheet = Sheet(str(worksheet.title), _rows_of(worksheet, DOCUMENT_ROWS_MAX - total))
                total += len(sheet.rows)
                yield sheet
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # Whatever the reader says of a broken file.
        raise Unreadable("This spreadsheet is broken and cannot be opened.") from error


def _rows_of(worksheet: Any, rows_max: int) -> list[Row]:
    # What the file says of its own size may be anything.
    worksheet.reset_dimensions()
    rows = []
    for values in worksheet.iter_rows(max_col=DOCUMENT_COLUMNS_MAX, values_only=True):
        cells = [_shown(value) for value in values]
        if any(cells):
            rows.append(cells)
        if len(rows) > rows_max:
            raise Unreadable(_TOO_MANY, "too_many_rows")
    return rows


def refuse_bomb(path: Path) -> None:
    """Raises Unreadable when an archive would unpack to more than any sheet takes. (What it says of the size of its
    files is true: no more than that is ever unpacked.)"""
    try:
        with zipfile.ZipFile(path) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable("This spreadsheet is broken and cannot be opened.") from error
    if any(file.flag_bits & 1 for file in files):
        raise Unreadable("This file is protected by a password: save it without one.", "encrypted")
    if len(files) > UNPACKED_FILES_MAX or sum(file.file_size for file in files) > UNPACKED_BYTES_MAX:
        raise Unreadable("This spreadsheet unpacks to more than may be read.", "unpacks_too_large")


def _shown(value: Any) -> str:
    """A cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "hour") and hasattr(value, "year"):
        at_midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return str(value.date().isoformat() if at_midnight else value.isoformat(" ", "minutes"))
    return clean(str(value))


# -- any other table --------------------------------------------------------------------------------------------------


def pieces_of_sheet(sheet: Sheet) -> Iterator[Piece]:
    """The questions of a sheet, or its rows as passages."""
    for place, row in enumerate(sheet.rows[:HEADER_ROWS_SEARCHED]):
        columns = columns_of(row)
        if columns is not None:
            yield from questions_of(columns, sheet.rows[place + 1 :])
            return
    # What stands above the header is a title: one cell alone.
    starts = (place for place, row in enumerate(sheet.rows[:HEADER_ROWS_SEARCHED]) if _filled(row) > 1)
    start = next(starts, None)
    if start is None:
        yield from pieces_of(Section(sheet.name, clean("\n".join(cell for row in sheet.rows for cell in row if cell))))
        return
    header, rows = sheet.rows[start], sheet.rows[start + 1 :]
    if not rows:
        yield from pieces_of(Section(sheet.name, clean(" | ".join(filter(None, header)))))
    sections = (_section_of(header, row, sheet.name) for row in rows)
    for section in sections if len(rows) <= ROWS_APART_MAX else _joined(sections, sheet.name):
        yield from pieces_of(section)


def _section_of(header: Row, row: Row, sheet_name: str) -> Section:
    """A row: what it is about stands first in nearly every table."""
    cells = [(cell_at(header, place), cell) for place, cell in enumerate(row) if cell]
    lines = [f"{one_line(title)}: {cell}" if title else cell for title, cell in cells]
    return Section(one_line(cells[0][1]) if cells else sheet_name, "\n".join(lines))


def _joined(sections: Iterable[Section], sheet_name: str) -> Iterator[Section]:
    """Neighbours together, as many as a passage holds."""
    held: list[Section] = []
    size = 0
    for section in sections:
        if held and size + len(section.text) + 2 > PASSAGE_CHARACTERS_MAX:
            yield _as_one(held, sheet_name)
            held, size = [], 0
        held.append(section)
        size += len(section.text) + 2
    if held:
        yield _as_one(held, sheet_name)


def _as_one(held: Sequence[Section], sheet_name: str) -> Section:
    first, last = held[0].heading, held[-1].heading
    heading = first if first == last else f"{one_line(first, 80)} – {one_line(last, 80)}"
    return Section(heading or sheet_name, "\n\n".join(section.text for section in held))


def _filled(row: Row) -> int:
    return sum(bool(cell) for cell in row)
