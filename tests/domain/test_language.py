"""The language of a message is told from its script and its commonest words, and not guessed from too little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.language import language_of
from wasl.domain.language_words import ARABIZI, ENGLISH, FRENCH


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Do you have this in blue?", "en"),
        ("hi, whats the price pls", "en"),
        ("I need 2kg for tomorrow 3pm", "en"),
        ("Vous êtes ouverts dimanche ?", "fr"),
        ("c koi le prix svp", "fr"),
        ("bonjour", "fr"),
        ("قديش السعر؟", "ar"),
        ("هل لديكم توصيل إلى الرياض", "ar"),
        ("kifak", "arabizi"),
        ("sho 3amel?", "arabizi"),
        ("2adde l se3er", "arabizi"),
        ("wen el ma7al w emta btefta7o", "arabizi"),
        ("ezayak 3amel eh, 3ayez a3ref el as3ar", "arabizi"),
        ("shlonak, abgha a3ref mata el tawseel", "arabizi"),
        ("Привет, вы сегодня открыты?", "ru"),
        ("Πόσο κάνει αυτό;", "el"),
        ("כמה זה עולה", "he"),
        ("いくらですか", "ja"),
        ("얼마예요", "ko"),
        ("多少钱", "zh"),
        ("ราคาเท่าไหร่", "th"),
        ("Ինչ արժե", "hy"),
        ("سلام، قیمت این چند است؟ ممنون", "fa"),
        ("اس کی قیمت کتنی ہے؟", "ur"),
        ("hola, cuanto cuesta el envio", "es"),
        ("Was kostet die Lieferung nach Beirut?", "de"),
    ],
)
def test_a_language_is_told(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "12:30",
        "+961 3 000 100",
        "👍😂",
        "...?!",
        "https://wasl.example/fr/la-boutique",
        "rana@olive.example",
        "Maya",
        "ok",
        "mp3 4k b2b",
        "order214",
        "mam pytanie czy do jutra bede mogla odebrac swoja paczke to wazne",  # Two of its words are English, too.
        "कीमत क्या है",  # Devanagari is the script of several languages.
        "Добър ден",  # So is Cyrillic, and nothing here is Russian alone.
    ],
)
def test_too_little_tells_nothing(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("بدي delivery لو سمحت", "ar"),
        ("bonjour, fi delivery 3a Jounieh w addesh?", "arabizi"),
        ("hi kifak", "arabizi"),
        ("Hello, do you have معمول today?", "en"),
        ("merci ktir 7abibi", "arabizi"),
        ("السلام عليكم, I would like to know the price of the big one please", "en"),
    ],
)
def test_a_mixed_message_is_in_the_language_of_most_of_its_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_numbers_glued_to_words_are_no_arabizi() -> None:
    assert [language_of(text) for text in ("2days delivery ok?", "3fois par semaine", "9pm is fine")] == [
        "en",
        "fr",
        "en",
    ]


def test_a_huge_message_is_read_in_part() -> None:
    assert language_of("what time do you open " * 10_000) == "en"


@given(st.text(max_size=200))
def test_whatever_is_written_gets_a_code_or_none(text: str) -> None:
    found = language_of(text)
    assert found is None or found == "arabizi" or len(found) == 2


def test_the_lists_say_each_word_once() -> None:
    for words in (ENGLISH.split(), FRENCH.split(), ARABIZI.split()):
        assert len(words) == len(set(words))
        assert [word for word in words if word != word.lower()] == []
