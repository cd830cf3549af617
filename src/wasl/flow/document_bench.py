"""The process in which documents are read: what is brought as a handbook may be made to break whatever opens it."""

from pathlib import Path

import orjson

from wasl.assistant.documents.passages import Piece, Unreadable
from wasl.assistant.documents.reading import read_document
from wasl.files.at_the_bench import Bounds, Task, work
from wasl.flow.limits import DOCUMENT_MEMORY_BYTES_MAX, DOCUMENT_READ_BYTES_MAX, DOCUMENT_SECONDS_MAX
from wasl.store.entries import words_of
from wasl.store.knowledge import Wording


def read(task: Task) -> Task:
    """Write the pieces of a document into a file, or say why there are none."""
    try:
        pieces = read_document(Path(task["path"]), task["mime_type"], task["name"], task["pieces_max"])
    except Unreadable as refusal:
        return {"refused": refusal.sentence, "code": refusal.code}
    Path(task["made"]).write_bytes(orjson.dumps([_told(piece) for piece in pieces]))
    return {"pieces": len(pieces)}


def _told(piece: Piece) -> Task:
    # Folding takes longer than storing, so it is not left to the one thread that stores.
    wording = Wording(piece.question, piece.answers, piece.phrasings, piece.topic)
    return {**wording.as_json(), "words": words_of(wording), "is_question": piece.is_question}


if __name__ == "__main__":
    work({"read": read}, Bounds(DOCUMENT_MEMORY_BYTES_MAX, DOCUMENT_READ_BYTES_MAX, DOCUMENT_SECONDS_MAX))
