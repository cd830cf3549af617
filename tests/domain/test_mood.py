"""A customer's mood is told from words and smiles in four languages, and follows what they say last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.assistant import Reason
from wasl.domain.letters import plain
from wasl.domain.mood import UPSET_BELOW, feeling_of, mood_after, sentiment_of, urgency
from wasl.domain.mood_words import FELT, NOT, STRONGER, THANKED, WEAKER


@pytest.mark.parametrize(
    "text",
    [
        "This is a scam, you are thieves",
        "WORST SERVICE EVER!!!",
        "I am furious, never again",
        "c'est inadmissible, bande de voleurs",
        "service nul, j'en ai marre",
        "انتو حرامية ونصابين",
        "خدمة زفت وقرفتونا",
        "antou 7aramiye w kezzabin",
        "shu hal zbele",
        "🤬",
    ],
)
def test_anger_is_heard(text: str) -> None:
    feeling = feeling_of(text)
    assert feeling is not None
    assert feeling <= UPSET_BELOW


@pytest.mark.parametrize(
    "text",
    [
        "my cake arrived broken",
        "I am disappointed",
        "je suis très déçue",
        "ma commande n'est toujours pas là",
        "وصل الصحن مكسور",
        "زعلان منكم شوي",
        "wosil maksour",
        "😢",
    ],
)
def test_disappointment_is_no_anger(text: str) -> None:
    feeling = feeling_of(text)
    assert feeling is not None
    assert UPSET_BELOW < feeling < 0


@pytest.mark.parametrize(
    "text",
    [
        "thank you so much ❤️",
        "it was delicious!",
        "c'est parfait, merci",
        "كتير طيب وبيجنن",
        "yislamo, ktir 7elwe",
        "👍",
    ],
)
def test_contentment_is_heard(text: str) -> None:
    feeling = feeling_of(text)
    assert feeling is not None
    assert sentiment_of(feeling) == "positive"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what time do you open?",
        "good morning",
        "je voudrais deux places",
        "وين المحل؟",
        "wen el ma7al",
        "WHAT TIME DO YOU OPEN",
        "I would love to sell your biscuits",
        "how much is the dog food?",
        "!!!",
    ],
)
def test_a_plain_question_has_no_mood(text: str) -> None:
    assert feeling_of(text) is None


def test_not_turns_a_word_round() -> None:
    for text in ("not good", "pas content", "مش حلو", "mish mni7", "this isn't great"):
        assert (feeling_of(text) or 0) < 0, text
    for text in ("no problem", "not bad"):
        assert (feeling_of(text) or 0) > 0, text
    assert feeling_of("no thanks") == feeling_of("thanks")


def test_the_words_of_a_phrase_say_nothing_of_their_own() -> None:
    assert feeling_of("how good is it") is None
    assert feeling_of("I'll be there sans retard") is None
    assert (feeling_of("ok great"), feeling_of("great")) == (20, 45)


def test_stronger_words_capitals_and_marks_make_more_of_it() -> None:
    plainly = feeling_of("bad service") or 0
    for louder in ("very bad service", "BAD SERVICE", "bad service!!"):
        assert (feeling_of(louder) or 0) < plainly, louder
    assert plainly < (feeling_of("a bit bad") or 0) < 0


def test_who_asks_again_and_again_is_impatient() -> None:
    assert feeling_of("where is my order???") == -20
    assert feeling_of("WHERE IS MY ORDER!!") == -40


def test_who_complains_politely_complains() -> None:
    assert (feeling_of("thanks, but this is terrible") or 0) < -40


def test_who_asks_whether_it_is_good_does_not_praise() -> None:
    assert (feeling_of("is it delicious?") or 0) < (feeling_of("it is delicious") or 0)


@given(st.text(max_size=300))
def test_a_feeling_is_between_its_bounds(text: str) -> None:
    feeling = feeling_of(text)
    assert feeling is None or -100 <= feeling <= 100


@given(st.integers(-100, 100), st.one_of(st.none(), st.integers(-100, 100)))
def test_a_mood_follows_the_newest_words_and_calms_down_without_any(mood: int, feeling: int | None) -> None:
    then = mood_after(mood, feeling)
    assert -100 <= then <= 100
    if feeling is None:
        assert abs(then) <= abs(mood)
    else:
        assert min(mood, feeling) <= then <= max(mood, feeling)


def test_the_words_for_a_mood() -> None:
    assert [sentiment_of(mood) for mood in (-100, -20, -19, 0, 19, 20)] == [
        "negative",
        "negative",
        "neutral",
        "neutral",
        "neutral",
        "positive",
    ]


def test_the_upset_come_before_others_with_the_same_reason() -> None:
    assert urgency(Reason.ASKED, -100) > urgency(Reason.ASKED, 0) == urgency(Reason.ASKED, 100)
    assert urgency(None, 50) == 0


def test_the_lists_are_written_as_words_are_compared() -> None:
    words = [word for _, told in FELT for word in told.split()]
    words += (STRONGER + WEAKER + NOT + THANKED).split()
    assert [word for word in words if plain(word) != word] == []
