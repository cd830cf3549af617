"""The kinds of documents that can be read, by their media types.

They stand apart from what reads them: a server has to know the kinds, and loads no library that opens such files.
"""

PDF = "application/pdf"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARKDOWN, TABLE, PAGE, TEXT = "text/markdown", "text/csv", "text/html", "text/plain"
KINDS = frozenset((PDF, WORKBOOK, MARKDOWN, TABLE, PAGE, TEXT))
