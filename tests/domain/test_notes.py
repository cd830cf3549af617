"""Notes: what operators read beside a reason, and what screens in other languages make of it."""

import re

import orjson

from wasl.domain.notes import Note, NoteCode, note_parts


def test_a_note_is_its_sentence_and_still_knows_what_it_is_made_of() -> None:
    note = Note(NoteCode.TAGGED, tag="{gold}")
    assert note == "The conversation is tagged “{gold}”."
    assert note_parts(note) == {
        "note": "The conversation is tagged “{gold}”.",
        "note_code": "tagged",
        "note_values": {"tag": "{gold}"},
    }
    assert orjson.loads(orjson.dumps(note_parts(note))) == note_parts(note)


def test_a_models_own_words_have_no_code() -> None:
    assert note_parts("Wants a manager.") == {"note": "Wants a manager.", "note_code": None, "note_values": {}}


def test_every_code_has_a_sentence_and_every_value_a_name() -> None:
    for code in NoteCode:
        named = set(re.findall(r"{(\w*)}", code.sentence))
        note = Note(code, **dict.fromkeys(named, "x"))
        assert (note.code, set(note.values)) == (code, named)
        assert code.sentence.endswith((".", "}"))
    assert len({code.sentence for code in NoteCode}) == len(NoteCode)
