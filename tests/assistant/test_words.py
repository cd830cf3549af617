"""Words meet whatever script, ending, spelling or language they come in, as far as they mean the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.assistant.language.lexicon import is_common, lexicon
from wasl.assistant.language.little_words import COURTESIES, LITTLE_WORDS
from wasl.assistant.language.skeleton import skeleton_of_arabic, skeletons_of_latin, without_verb_marks
from wasl.assistant.language.things import COLOURS, COUNTRIES, GOODS, SIZES, TOWNS
from wasl.assistant.language.typos import meant_by
from wasl.assistant.language.words import Term, index_words, said_plainly, terms_of, words_of
from wasl.domain.letters import plain


def keys(text: str) -> list[set[str]]:
    return [{key for key, _ in term.keys} for term in terms_of(text)]


def meet(one: str, other: str) -> bool:
    """Whether each word of one text shares a key with some word of the other."""
    theirs = set().union(*keys(other))
    return all(found & theirs for found in keys(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2adde l se3er", "قديش السعر"),
        ("kifak", "كيفك"),
        ("se3er", "سعر"),
        ("btwaslo 3a zahle", "بتوصلوا على زحلة"),
        ("el ma7al mawjoud", "المحل موجود"),
        ("mwazzaf", "موظف"),
        ("saboun", "صابون"),
        ("btefta7o", "بتفتحوا"),
        ("btedfa3o", "ندفع"),
        ("sfouf", "صفوف"),
        ("maksour", "مكسورة"),
    ],
)
def test_arabizi_meets_arabic_script(one: str, other: str) -> None:
    assert meet(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("delivering", "deliveries"),
        ("livraisons", "livrer"),
        ("والسعر", "الأسعار"),
        ("لزحلة", "زحلة"),
        ("عالتوصيل", "توصيل"),
        ("DÉLAI", "delais"),
        ("cadeaux", "cadeau"),
    ],
)
def test_endings_and_what_is_written_before_a_word_do_not_matter(one: str, other: str) -> None:
    assert meet(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("how much", "combien"),
        ("what is the price", "bikam"),
        ("gift card", "bon cadeau"),
        ("refund", "remboursement"),
        ("address", "عنوان"),
        ("au revoir parking", "موقف"),
    ],
)
def test_what_means_the_same_in_trade_meets_in_any_language(one: str, other: str) -> None:
    assert set().union(*keys(one)) & set().union(*keys(other))


def test_a_word_meets_no_other_of_the_same_kind() -> None:
    """Who asks for a lamp may mean an item; a lamp is no vase for that."""
    lamp, vase, item = (terms_of(word)[0] for word in ("lamp", "vase", "item"))
    assert lamp.asked_keys().keys() & set(item.known)
    assert not lamp.asked_keys().keys() & set(vase.known)
    assert not item.asked_keys().keys() & set(lamp.known)


def test_little_words_tell_nothing_unless_there_are_no_others() -> None:
    assert [term.word for term in terms_of("can you please tell me the price")] == ["price"]
    assert [term.word for term in terms_of("who are you")] == ["who"]
    assert [term.word for term in terms_of("where is it from")] != []
    assert terms_of("") == terms_of("😀 !!!") == ()


def test_scripts_without_spaces_are_read_in_pairs() -> None:
    assert words_of("いくらですか") == ["いく", "くら", "らで", "です", "すか"]
    assert words_of("السعر وكم") == ["السعر", "كم"]


def test_the_courtesies_around_a_question_are_no_part_of_it() -> None:
    assert said_plainly("Hello, where is the SHOP please?") == said_plainly("where is the shop")


def test_questions_in_several_languages_are_told_to_be_the_same() -> None:
    texts = ("how much is delivery to Zahle", "combien la livraison à Zahlé", "adde el tawsil 3a zahle")
    assert len({tuple(index_words(text)) for text in texts}) == 1


@pytest.mark.parametrize(
    ("word", "meant"),
    [("delivrey", "delivery"), ("delivey", "delivery"), ("deliveryy", "delivery"), ("delivary", "delivery")],
)
def test_a_mistyped_word_is_recognised(word: str, meant: str) -> None:
    assert meant_by(word, ["delivery", "deliver", "delivered"]) == meant


@pytest.mark.parametrize(
    ("word", "candidate"),
    [("cart", "card"), ("bone", "phone"), ("iphone", "phone"), ("تقبلوا", "تقفلوا"), ("lamp", "lamb"), ("a", "ab")],
)
def test_another_word_is_no_mistyped_one(word: str, candidate: str) -> None:
    assert meant_by(word, [candidate]) is None


def test_two_letters_that_changed_places_are_seen_in_short_words_too() -> None:
    assert meant_by("mcuh", ["much"]) == "much"


def test_a_skeleton_is_what_both_scripts_write() -> None:
    assert skeleton_of_arabic("عنوان") in skeletons_of_latin("3enwen")
    assert skeleton_of_arabic("شخص") in skeletons_of_latin("shakhs")
    assert skeleton_of_arabic("حلاوه") in skeletons_of_latin("7alewe")
    assert skeleton_of_arabic("ممر") in skeletons_of_latin("mamarr")
    assert skeletons_of_latin("ljem3a") == ("ljm3", "jm3")
    assert without_verb_marks("btdf3") == without_verb_marks("ndf3") == "df3"


@given(st.text(max_size=80))
def test_whatever_is_written_has_bounded_terms(text: str) -> None:
    for term in terms_of(text):
        assert isinstance(term, Term)
        assert term.keys
        assert all(0 < sure <= 1 for _, sure in term.keys)
        assert [sure for _, sure in term.keys] == sorted((sure for _, sure in term.keys), reverse=True)


def test_the_lists_are_written_as_words_are_compared() -> None:
    words = [word for known in lexicon().words.values() for word in known]
    words += " ".join((*LITTLE_WORDS.values(), COURTESIES, COUNTRIES, TOWNS)).split()
    assert [word for word in words if plain(word) != word] == []


def test_what_the_lists_name_is_there() -> None:
    assert [name for name in (GOODS + " " + COLOURS + " " + SIZES).split() if name not in lexicon().weights] == []
    assert all(0 < weight <= 1.1 for weight in lexicon().weights.values())
    assert is_common("delivery")
    assert not is_common("delivrey")
