"""Words compare as people mean them, in any script, and a named word is found as a whole word only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.plain_words import first_named, has_words, plain_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Où est l’Avocat ?", ["ou", "est", "l", "avocat"]),
        ("STRASSE straße İstanbul", ["strasse", "strasse", "istanbul"]),
        ("المُحامي كـــتاب مدرسة", ["المحامي", "كتاب", "مدرسه"]),
        ("٣٠ دولار", ["30", "دولار"]),
        ("我要退款 now", ["我", "要", "退", "款", "now"]),
        ("a\u200bb-c", ["ab", "c"]),
        ("", []),
        ("😀 !!", []),
    ],
)
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert plain_words(text) == words


@pytest.mark.parametrize(
    ("text", "named", "found"),
    [
        ("I want a REFUND!", "refund", True),
        ("refunds take time", "refund", False),
        ("the refunded one", "refund", False),
        ("je veux être remboursé", "rembourse", True),
        ("please call your lawyer, now", "your  Lawyer", True),
        ("your other lawyer", "your lawyer", False),
        ("بدي المُحامي", "محامي", True),
        ("وبالمحامي", "المحامي", True),
        ("المحاميات", "محامي", False),
        ("请问我要退款吗", "退款", True),
        ("退一点款", "退款", False),
        ("so angry 😡😡", "😡", True),
        ("anything", "", False),
        ("anything", "   ", False),
        ("", "refund", False),
    ],
)
def test_a_named_word_is_found_whole(text: str, named: str, found: bool) -> None:
    assert first_named(text, [named]) == (named if found else None)


def test_the_first_of_several_is_told() -> None:
    assert first_named("a refund or my lawyer", ["lawyer", "refund"]) == "lawyer"


@pytest.mark.parametrize(
    ("text", "says_something"),
    [
        ("ok", True),
        ("9", True),
        ("؟", False),
        ("👍🏽", False),
        ("1️⃣", False),
        ("1️⃣ or 2️⃣ pieces", True),
        ("…", False),
        ("了", True),
    ],
)
def test_whether_anything_is_said(text: str, says_something: bool) -> None:
    assert has_words(text) is says_something


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_its_words_are_plain_already(text: str) -> None:
    words = plain_words(text)
    assert plain_words(" ".join(words)) == words


@given(st.lists(st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=8), min_size=1, max_size=6))
def test_every_word_of_a_text_is_found_in_it(words: list[str]) -> None:
    text = " ".join(words)
    for word in words:
        if plain_words(word):
            assert first_named(text, [word]) == word
