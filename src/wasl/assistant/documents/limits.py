"""Limits of documents, each with its unit and its reason."""

DOCUMENT_BYTES_MAX = 20 * 1024 * 1024
"""Of a file; a handbook with its pictures is smaller."""
DOCUMENT_PAGES_MAX = 2_000
"""Of a PDF."""
DOCUMENT_ROWS_MAX = 50_000
"""Of all sheets of a table that hold anything."""
DOCUMENT_COLUMNS_MAX = 100
"""Of a table; what stands further to the right is not read."""
DOCUMENT_CHARACTERS_MAX = 6_000_000
"""Of its text: five thousand passages of the greatest length."""
UNPACKED_BYTES_MAX = 200 * 1024 * 1024
"""What a spreadsheet, which is an archive, may unpack to: fifty thousand full rows take half of it."""
UNPACKED_FILES_MAX = 5_000
PASSAGE_CHARACTERS_MIN = 300
"""Shorter pieces of one section are joined: one sentence alone seldom answers anything."""
PASSAGE_CHARACTERS_MAX = 1_200
"""What somebody reads as one answer, and what is about one thing."""
HEADING_CHARACTERS_MAX = 200
"""Of a heading, and of what stands in its place."""
HEADING_LEVELS_MAX = 3
"""Headings above a passage that stand in its own, the nearest: more say less."""
ROWS_APART_MAX = 2_000
"""Up to so many rows of a table each is a passage of its own; of a longer one neighbours are joined."""
HEADER_ROWS_SEARCHED = 10
"""Rows at the top of a sheet among which its header is looked for: titles may stand above it."""
QUESTION_CHARACTERS_MAX = 500
ANSWER_CHARACTERS_MAX = 4_000
TOPIC_CHARACTERS_MAX = 60
PHRASINGS_MAX = 50
"""Of a question out of a table: what an entry holds."""
