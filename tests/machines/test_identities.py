"""Who is who on a real database: whatever order WhatsApp tells it in, however often, and in whichever webhooks.

People are made up with their whole life: numbers and ids that change, messages that name some of it. All of that is
told shuffled and doubled. In the end each person is one contact with one open conversation per number, and nothing is
lost.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrivals import NOON, arrival, moved, said
from machines.installation import Installation
from wasl.domain.identity import Identity, IdentityKind, Party
from wasl.domain.updates import IdentityChanged, MessageReceived, Update
from wasl.store.identities import STRONG
from wasl.store.team import Channel

FRESH = itertools.count(1)
ERA_SECONDS = 1_000


@dataclass
class Life:
    """What WhatsApp says of one person, each word with the number that heard of it."""

    told: list[tuple[int, Update]] = field(default_factory=list)
    last_phone: str | None = None
    last_bsuid: str | None = None

    def names(self) -> set[Identity]:
        return {name for _, update in self.told for name in _firm(update)}


def _firm(update: Update) -> set[Identity]:
    if isinstance(update, IdentityChanged):
        named = {*update.previous.identities(), *update.current.identities()}
    else:
        assert isinstance(update, MessageReceived)
        named = set(update.party.identities())
    return {name for name in named if name.kind in STRONG}


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Someone with up to three numbers and ids in a row, who writes to one or two numbers of the business."""
    life, number = Life(), next(FRESH)
    has_phone = draw(st.booleans())
    phone = f"96171{number:06d}" if has_phone else None
    bsuid = f"LB.{number:08d}a"
    for era in range(draw(st.integers(1, 3))):
        at = era * ERA_SECONDS
        if era:
            before = Party(phone=phone, bsuid=bsuid)
            if phone is not None and draw(st.booleans()):
                phone = f"96171{number:06d}{era}"
            bsuid = f"LB.{number:08d}{'abc'[era]}"
            after = Party(phone=phone, bsuid=bsuid)
            if before.phone == after.phone or draw(st.booleans()):  # Told by the ids alone.
                known = draw(st.sampled_from([None, phone])) if before.phone == after.phone else None
                before, after = (Party(known, bsuid=party.bsuid) for party in (before, after))
            else:
                before = draw(_parts_of(before))
                after = draw(st.sampled_from([after, Party(phone=after.phone)]))
            change = moved(before, after, at=at)
            life.told.append((draw(st.integers(0, 1)), change))
        seconds = draw(st.lists(st.integers(1, ERA_SECONDS - 1), min_size=1, max_size=3, unique=True))
        for second in seconds:
            named = draw(_parts_of(Party(phone=phone, bsuid=bsuid, username=f"lina{number}", name="Lina")))
            message = said(f"m{number}.{era}.{second}", party=named, at=at + second)
            life.told.append((draw(st.integers(0, 1)), message))
        # Somewhere in each era both are named at once: without that nobody could know.
        linking = said(f"m{number}.{era}.0", party=Party(phone=phone, bsuid=bsuid), at=at + ERA_SECONDS - 1)
        life.told.append((draw(st.integers(0, 1)), linking))
    life.last_phone, life.last_bsuid = phone, bsuid
    return life


def _parts_of(party: Party) -> st.SearchStrategy[Party]:
    whole = [party, Party(bsuid=party.bsuid, username=party.username, name=party.name)]
    return st.sampled_from([*whole, Party(phone=party.phone)] if party.phone else whole)


class Told:
    """What is drawn, with a short way to write it down."""

    def __init__(self, people: list[Life], batches: list[list[tuple[int, Update]]]) -> None:
        self.people, self.batches = people, batches

    def __repr__(self) -> str:
        return "\n".join(f"{place}: {_shortly(update)}" for batch in self.batches for place, update in batch)


def _shortly(update: Update) -> str:
    if isinstance(update, IdentityChanged):
        names: list[Any] = [*update.previous.identities(), "→", *update.current.identities()]
    else:
        assert isinstance(update, MessageReceived)
        names = [*update.party.identities()]
    return f"{update.timestamp_seconds - NOON} {' '.join(getattr(name, 'value', name) for name in names)}"


@st.composite
def tellings(draw: st.DrawFn) -> Told:
    """Some lives, and everything about them in any order, some of it twice, in batches that arrive at once."""
    people = draw(st.lists(lives(), min_size=1, max_size=3))
    everything = [told for life in people for told in life.told]
    doubled = everything + draw(st.lists(st.sampled_from(everything), max_size=6))
    shuffled = draw(st.permutations(doubled))
    size = draw(st.integers(1, 4))
    return Told(people, [list(shuffled[start : start + size]) for start in range(0, len(shuffled), size)])


@pytest.fixture(scope="module")
def numbers(installation: Installation) -> list[Channel]:
    """Two numbers of one business."""
    installation.add_number("155509")
    return [installation.number("155501"), installation.number("155509")]


@pytest.fixture(scope="module")
def numbers_apart(installation: Installation) -> list[Channel]:
    """Two numbers of which nobody knows that they are of one business portfolio: two secrets sign for them."""
    installation.add_number("155508", "another app's secret")
    return [installation.number("155501"), installation.number("155508")]


@pytest.mark.parametrize("of", ["numbers", "numbers_apart"])
def test_whatever_the_order_everybody_is_one_contact(
    installation: Installation, of: str, request: pytest.FixtureRequest
) -> None:
    home = installation
    numbers: list[Channel] = request.getfixturevalue(of)

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def walk(data: st.DataObject) -> None:
        told = data.draw(tellings())
        for batch in told.batches:
            home.submit_together(
                [arrival(home.cast, update, received_ms=home.now_ms, channel=numbers[place]) for place, update in batch]
            )
        contacts = [_contact_of(home, life) for life in told.people]
        assert len(set(contacts)) == len(told.people), "two people became one"
        for life, contact_id in zip(told.people, contacts, strict=True):
            _check_conversations(home, numbers, life, contact_id)

    walk()
    _check_log(home)


def _contact_of(home: Installation, life: Life) -> int:
    held = {
        Identity(IdentityKind(kind), value): contact_id
        for kind, value, contact_id in home.rows("SELECT kind, value, contact_id FROM contact_identities")
    }
    contacts = {held[name] for name in life.names()}
    mine = {name: held[name] for name in life.names()}
    assert len(contacts) == 1, f"one person has several contacts: {mine}"
    return int(contacts.pop())


def _check_conversations(home: Installation, numbers: list[Channel], life: Life, contact_id: int) -> None:
    rows = home.rows(
        "SELECT conversation_key, conversation_id, channel_id, continued_in, user_id, message_count"
        " FROM conversations WHERE contact_id = ?",
        contact_id,
    )
    assert {row[4] for row in rows} == {rows[0][4]}, "one contact has several user ids"
    open_ids = {row[1]: row[2] for row in rows if row[3] is None}
    written = {numbers[place].id for place, update in life.told if isinstance(update, MessageReceived)}
    assert sorted(open_ids.values()) == sorted(written), "not one open conversation for each number"
    ends = {row[1]: row[3] for row in rows}
    for row in rows:
        end = row[1]
        while ends[end] is not None:
            end = ends[end]
        assert open_ids[end] == row[2], "a conversation goes on on another number"
    stored: list[Any] = home.rows(
        "SELECT m.message_id FROM messages m JOIN conversations c ON c.conversation_key = m.conversation_key"
        " WHERE c.contact_id = ?",
        contact_id,
    )
    said_ids = {update.message_id for _, update in life.told if isinstance(update, MessageReceived)}
    assert sorted(name for (name,) in stored) == sorted(said_ids), "a message is lost or doubled"
    assert sum(row[5] for row in rows) == len(said_ids)


def _check_log(home: Installation) -> None:
    sequences = [event.sequence for event in home.events if event.account_id == home.cast.olive.id]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
    [(received, counted)] = home.rows(
        "SELECT received, stored + duplicates + quarantined + set_aside FROM ledger WHERE account_id = ?",
        home.cast.olive.id,
    )
    assert received == counted
