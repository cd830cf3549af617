"""How near two answers come to each other: alike in words is little where numbers, links or a "not" differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.assistant.agreement import WORDS_COMPARED_MAX, agreement_of
from wasl.assistant.facts import contradictions, facts_of

HOURS = "We are open from 9:00 to 18:00, Monday to Saturday."


@pytest.mark.parametrize(
    ("said", "sent", "least", "most"),
    [
        (HOURS, HOURS, 100, 100),
        (HOURS, "Hello Maya! We're open 9 to 6, Monday to Saturday :)", 80, 100),
        (HOURS, "We are open from 9:00 to 17:00, Monday to Saturday.", 0, 25),
        (HOURS, "We are open from Monday to Saturday.", 20, 55),
        (HOURS, "Your order is on its way.", 0, 10),
        ("Delivery costs 5 USD.", "Delivery costs $5", 55, 100),
        ("Delivery costs 5 USD.", "Delivery costs 15 USD.", 0, 25),
        ("Yes, we deliver to Tripoli.", "No, we don't deliver to Tripoli.", 0, 45),
        ("Look here: https://olive.example/menu", "look at www.olive.example/menu", 60, 100),
        ("Look here: https://olive.example/menu", "Look here: https://olive.example/order", 0, 25),
        ("Nous livrons à Tripoli pour 3 USD.", "Oui, nous livrons à Tripoli pour 3 USD !", 90, 100),
        ("نفتح من ٩ الى ١٨", "منفتح من 9 صباحاً الى 6 مساءً", 0, 100),
        ("نحن نفتح كل يوم", "نَفتحُ كلَّ يوم", 90, 100),
        ("Yes.", "yes!", 100, 100),
    ],
)
def test_how_near_two_answers_come(said: str, sent: str, least: int, most: int) -> None:
    agreement = agreement_of(said, sent)
    assert agreement is not None
    assert least <= agreement <= most


def test_what_the_source_says_in_the_persons_language_counts() -> None:
    french = "Nous sommes ouverts de 9 h à 18 h."
    with_source = agreement_of(HOURS, french, (french,))
    assert with_source is not None
    assert with_source > 90
    wrong_hour = agreement_of(HOURS, "Nous sommes ouverts de 9 h à 17 h.", (french,))
    assert wrong_hour is not None
    assert wrong_hour < 25, "what the draft itself says must still be true"


def test_of_nothing_no_agreement_is_told() -> None:
    assert agreement_of(HOURS, "") is None
    assert agreement_of(HOURS, "👍") is None
    assert agreement_of("", "We are open.") == 0


def test_between_two_ways_to_write_arabic_nothing_is_told() -> None:
    draft = "نفتح كل يوم من التاسعة"
    assert agreement_of(draft, "mnefta7 kel yom mnel tes3a") is None
    assert agreement_of("mnefta7 kel yom mnel tes3a", "mnefta7 kel yom mnel tes3a") == 100


def test_an_answer_of_any_length_is_compared_quickly() -> None:
    long = " ".join(f"word{number}" for number in range(20 * WORDS_COMPARED_MAX))
    assert agreement_of(long, long) == 100


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_said_the_agreement_is_a_share(said: str, sent: str) -> None:
    agreement = agreement_of(said, sent)
    assert agreement is None or 0 <= agreement <= 100


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("from 9:00 to 18:30", {"9", "18:30"}),
        ("9 am to 6 pm", {"9", "18"}),
        ("de 9h à 18 h 30", {"9", "18:30"}),
        ("12 am, 12 pm", {"0", "12"}),
        ("٩ صباحاً - ٦ مساءً", {"9", "18"}),
        ("$1,200.50 or 1.200,50 or 1200.5", {"1200.5"}),
        ("1 200 000 LBP, 1,200,000 LBP", {"1200000"}),
        ("12.500 ل.ل", {"12500"}),
        ("3,5 kg, 10%", {"3.5", "10"}),
        ("25/12/2026, 2026-12-25, 25.12.2026", {"25/12"}),
        ("+961 3 956 607", {"9613956607"}),
        ("https://Olive.example/Menu. mail to Shop@olive.example!", {"olive.example/menu", "shop@olive.example"}),
        ("nothing", set()),
    ],
)
def test_what_a_text_commits_to(text: str, facts: set[str]) -> None:
    assert set(facts_of(text)) == facts


def test_six_may_be_six_in_the_evening() -> None:
    assert contradictions(facts_of("until 18:00"), facts_of("until 6")) == (set(), set())
    assert contradictions(facts_of("18 pieces"), facts_of("6 pieces")) == ({"18"}, {"6"})


@given(st.text(max_size=60))
def test_any_text_agrees_with_itself_about_what_it_commits_to(text: str) -> None:
    assert contradictions(facts_of(text), facts_of(text)) == (set(), set())
