"""Who a customer is: one number in all its spellings, and a set of names of which none must be there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.conversation import conversation_id_for
from wasl.domain.identity import Identity, IdentityKind, Party, looks_like_bsuid, phone_digits, region_of

SPELLINGS = ["03956607", "+9613956607", "9613956607", "03 956 607", "+961 3 956-607", "00961 3 956 607", "(03) 956.607"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_number_in_all_its_spellings(spelling: str) -> None:
    assert phone_digits(spelling, "LB") == "9613956607"


@pytest.mark.parametrize(
    ("raw", "region", "digits"),
    [
        ("+1 (555) 010-0199", None, "15550100199"),
        ("15550100199", "LB", "15550100199"),
        ("9613956607", None, "9613956607"),
        ("70 123 456", "LB", "96170123456"),
        ("+44 20 7946 0958", "LB", "442079460958"),
        ("abc", "LB", None),
        ("", None, None),
        ("123", None, None),
        ("1" * 21, None, None),
    ],
)
def test_other_numbers(raw: str, region: str | None, digits: str | None) -> None:
    assert phone_digits(raw, region) == digits


@given(st.text(max_size=40), st.sampled_from([None, "LB", "US", "xx", ""]))
def test_any_text_is_digits_or_nothing(raw: str, region: str | None) -> None:
    digits = phone_digits(raw, region)
    assert digits is None or (digits.isdigit() and 4 <= len(digits) <= 25)


@given(st.integers(1_000_000, 9_999_999).map(lambda number: f"9613{number:07d}"[:11]))
def test_bringing_it_into_the_one_form_twice_changes_nothing(raw: str) -> None:
    once = phone_digits(raw, "LB")
    assert once is not None
    assert phone_digits(once, "LB") == phone_digits("+" + once, "LB") == once


def test_regions() -> None:
    assert region_of("+961 3 000 100") == "LB"
    assert region_of("no number") is None


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("US.13491208655302741918", True),
        ("LB.ENT.700", True),
        ("us.1", False),
        ("LB.", False),
        ("9613956607", False),
        ("LB." + "x" * 129, False),
        ("LBX.7", False),
    ],
)
def test_business_scoped_ids(value: str, is_one: bool) -> None:
    assert looks_like_bsuid(value) is is_one


def test_names_are_told_strongest_first() -> None:
    party = Party("9613000001", "LB.7", "LB.ENT.8", "rana.k", None, "p-9", "Rana")
    assert [identity.kind for identity in party.identities()] == [
        IdentityKind.PHONE,
        IdentityKind.BSUID,
        IdentityKind.PARENT_BSUID,
        IdentityKind.USERNAME,
        IdentityKind.PROVIDER,
    ]


def test_a_group_is_one_customer_whoever_speaks() -> None:
    assert list(Party(phone="9613000001", group_id="g-1").identities()) == [Identity(IdentityKind.GROUP, "g-1")]


def test_nobody_is_still_somebody() -> None:
    assert list(Party().identities()) == [Identity(IdentityKind.PROVIDER, "unknown")]


def test_the_name_of_a_conversation() -> None:
    assert conversation_id_for(7, "155501", "9613956607") == "7_155501_9613956607"
