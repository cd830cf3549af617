"""Letters are brought into one form, however they were typed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.letters import WORDS_REMEMBERED_MAX, Remembered, plain, runs_of_letters, unstretched, without_links


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÉTÉ à Noël", "ete a noel"),
        ("السَّعْرُ", "السعر"),
        ("الســـعر", "السعر"),
        ("إلى الأسبوع الآتي", "الي الاسبوع الاتي"),
        ("مسؤول", "مسوول"),
        ("شاطئ", "شاطي"),
        ("قهوة", "قهوه"),
        ("٢٥ و۲۵", "25 و25"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("l’atelier", "l'atelier"),
        ("سلام\u200f\u200c", "سلام"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_what_is_written_in_several_ways_has_one_form(one: str, other: str) -> None:
    assert plain(one) == plain(other) == other


@given(st.text(max_size=60))
def test_a_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=60) | st.text(st.characters(max_codepoint=127), max_size=60))
def test_the_quick_way_to_the_words_finds_the_same(text: str) -> None:
    assert runs_of_letters(text) == re.findall(r"[^\W_]+", text)


def test_what_is_remembered_of_words_has_an_end() -> None:
    made: list[str] = []

    def length(word: str) -> int:
        made.append(word)
        return len(word)

    lengths = Remembered(length)
    assert list(map(lengths.__getitem__, ("salam", "12", "salam", "12"))) == [5, 2, 5, 2]
    assert made == ["salam", "12", "12"]  # Numbers are not remembered.
    for number in range(2 * WORDS_REMEMBERED_MAX):
        assert lengths[f"w{number}"] == len(f"w{number}")
    assert 0 < len(lengths) <= WORDS_REMEMBERED_MAX


def test_letters_that_were_held_down_count_once() -> None:
    assert [unstretched(word) for word in ("hiiiii", "good", "ktiiiir", "مرحباااا")] == ["hi", "good", "ktir", "مرحبا"]
    assert unstretched("1000") == "1000"


def test_addresses_are_no_words() -> None:
    text = without_links("see https://wasl.example/a?b=c or mail rana@olive.example or shop.com/x now")
    assert text.split() == ["see", "or", "mail", "or", "now"]
    assert without_links("see http://localhost/x now").split() == ["see", "now"]
