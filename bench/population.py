"""An installation that has run for a year, made up: who wrote when, so that every row of it can be told by its number.

Every customer wrote once, in turn; then all went on writing in shuffled turns, and one in a thousand (the long ones)
between all others, all the time: so the messages of a conversation lie scattered over the log, as in life.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import gcd
from typing import Any

from bench.bodies import BUSINESS, PHONE_NUMBER_ID, Customer
from wasl.domain.conversation import ConversationStatus, conversation_id_for
from wasl.domain.handover import Handover
from wasl.domain.position import Clocks
from wasl.store.conversation_row import ChannelFace, Conversation
from wasl.store.database import Row
from wasl.store.message_row import MESSAGES, Message
from wasl.store.search import search_text_of, word_rows

ACCOUNT, CHANNEL, OPERATOR = 1, 1, 1
"""What an empty installation gives to the first of each."""
_FIRST = (
    "Rana Omar Lina Karim Maya Ziad Nour Rami Hala Tarek Dima Fadi Salma Nabil Yara Walid Rima Samir Joumana Elie "
    "Carla Georges Mireille Toufic Ghada Bassam Hiba Jad Layal Marwan Nada Imad Rola Hadi Zeina Khaled Mona Ali Sara "
    "Hassan Aya Hussein Farah Ahmad Dana Mahmoud Joelle Charbel Pamela Antoine Sandra Elias Nisreen Youssef Tala Anis "
    "Lara Bilal Reem Ghassan Perla Fouad Cynthia Naji Racha Wissam Abir Ramzi Nayla Issam Leila Habib Suha Munir Amal "
    "Raja Wafa Sami Huda Adel Rania Nadim Ghina Akram Maha Fares Loubna Hatem Sahar Jamil Mirna Tony Nancy Roger "
    "Diala Maher Randa Walaa Kamal Ola"
)
FIRST_NAMES = tuple(_FIRST.split())
"""A hundred: each is the name of one customer in a hundred."""
_BEGINNINGS = "Kha Ha Sa Na Fa Ra Ba Ma Da Ta Za Ga Sha Cha La Ja Ya Wa Ka Ai"
_ENDINGS = "dad ury man far mir sal bil rek don nun lim zar wan gib shi ten rab kel mus ful"
_SYLLABLES, _ENDS = _BEGINNINGS.split(), _ENDINGS.split()
_PREFIXES = ("9613", "96170", "96171", "96176", "96181")
_TEXTS = (
    "Hello, do you still have the cedar honey in the large jar? I would come by tomorrow after work.",
    "Yes, we have it. Shall we keep two jars for you until the evening?",
    "Please keep two, and one of the olive breads as well. Shukran!",
    "With pleasure. They are on your name, and we are open until eight.",
    "Is the delivery to Achrafieh still free above forty dollars, or has that changed since last month?",
    "It is still free. Write us the address and we send it with the next round.",
)
_STEP = 600_011
_YEAR_MS = 365 * 24 * 3600 * 1000
_STARTED_MS = 1_763_000_000_000
_MASK = (1 << 64) - 1
_COLUMNS = {name: place for place, name in enumerate(MESSAGES.columns)}


@dataclass(slots=True)
class Kept:
    """What a conversation is after its last message so far, by the customer's number."""

    last_sequence: "array[int]"
    messages: "array[int]"
    inbound: "array[int]"


@dataclass(frozen=True)
class Population:
    """`size` customers with a conversation each, and five times as many messages."""

    size: int
    kept: Kept = field(init=False, repr=False)

    def __post_init__(self) -> None:
        assert self.size % 1000 == 0, "one in a thousand has a long conversation"
        assert gcd(self.size, _STEP) == 1, "a walk in such steps meets everyone once"
        nothing = bytes(8 * self.size)
        object.__setattr__(self, "kept", Kept(array("q", nothing), array("q", nothing), array("q", nothing)))

    @property
    def head(self) -> int:
        """The last sequence of the log: a beginning for each conversation, and five messages."""
        return 6 * self.size

    @property
    def long_ones(self) -> int:
        """How many conversations have a thousand messages more."""
        return self.size // 1000

    # -- customers ----------------------------------------------------------------------------------------------------

    def name(self, customer: int) -> str:
        """A first name that one in a hundred has, and a family's that a few hundred in a million have."""
        family = (customer // len(FIRST_NAMES)) * 7919 % 8000
        syllable, rest = family % 20, family // 20
        middle = _SYLLABLES[rest % 20].lower()
        return f"{FIRST_NAMES[customer % 100]} {_SYLLABLES[syllable]}{middle}{_ENDS[rest // 20]}"

    def phone(self, customer: int) -> str:
        """Digits with the country code; nobody else has them."""
        return f"{_PREFIXES[customer % 5]}{customer * 611_953 % 1_000_000:06d}"

    def writer(self, customer: int) -> Customer:
        """The same as somebody who writes."""
        return Customer(self.phone(customer), _bsuid(customer), self.name(customer))

    def conversation_id(self, customer: int) -> str:
        """What the conversation is called in the API."""
        return conversation_id_for(ACCOUNT, PHONE_NUMBER_ID, self.phone(customer))

    def contact_id(self, customer: int) -> int:
        """The contact's, which is also the conversation's key: the sequence with which both began."""
        return 2 * customer + 1

    def long_customer(self, number: int) -> int:
        """Whose conversation the `number`-th long one is."""
        return number * 1000

    def moment_ms(self, sequence: int) -> int:
        """When something happened: the log is spread over a year."""
        return _STARTED_MS + sequence * _YEAR_MS // self.head // 1000 * 1000

    # -- rows ---------------------------------------------------------------------------------------------------------

    def messages(self) -> Iterator[Row]:
        """Every message in the order of the log. Only when they have all been taken do the conversations follow."""
        kept = self.kept
        for sequence, customer in self._turns():
            count = kept.messages[customer]
            kept.messages[customer] = count + 1
            kept.last_sequence[customer] = sequence
            inbound = count % 2 == 0
            kept.inbound[customer] += inbound
            yield self._message(sequence, customer, inbound)

    def _turns(self) -> Iterator[tuple[int, int]]:
        size = self.size
        for customer in range(size):
            yield 2 * customer + 2, customer
        for block in range(size):
            sequence = 2 * size + 4 * block
            for turn in range(3):
                yield sequence + turn + 1, (3 * block + turn) * _STEP % size
            yield sequence + 4, self.long_customer(block % self.long_ones)

    @cached_property
    def _plain_message(self) -> list[Any]:
        row: list[Any] = [None] * len(_COLUMNS)
        for name, value in (
            ("account_id", ACCOUNT),
            ("channel_id", CHANNEL),
            ("origin", "live"),
            ("type", "text"),
        ):
            row[_COLUMNS[name]] = value
        return row

    def _message(self, sequence: int, customer: int, inbound: bool) -> Row:
        row, column = self._plain_message.copy(), _COLUMNS
        moment_ms = self.moment_ms(sequence)
        # Random to look at, as a provider's ids are: their index is met in no order.
        scattered = sequence * 0x9E3779B97F4A7C15 & _MASK
        wamid = f"wamid.HBgMOTYxM{scattered:016X}{scattered * 0xBF58476D1CE4E5B9 & _MASK:016X}AA=="
        row[column["sequence"]] = row[column["version"]] = sequence
        row[column["conversation_key"]] = 2 * customer + 1
        row[column["clock"]] = moment_ms // 1000
        row[column["content"]] = _TEXTS[sequence % len(_TEXTS)]
        row[column["metadata"]] = f'{{"source_message_id":"{wamid}"}}'
        row[column["timestamp_ms"]] = row[column["received_ms"]] = row[column["saved_ms"]] = moment_ms
        if inbound:
            row[column["message_id"]] = wamid
            row[column["role"]] = "user"
        else:
            row[column["message_id"]] = f"msg_20260101000000_{scattered:032x}"
            row[column["provider_message_id"]] = wamid
            row[column["role"]] = "operator"
            row[column["operator_id"]] = OPERATOR
            row[column["author_name"]] = "Rana"
            row[column["status"]] = "read"
        return tuple(row)

    def contacts(self) -> Iterator[Row]:
        """Every contact."""
        for customer in range(self.size):
            yield ACCOUNT, self.contact_id(customer), self.name(customer), None, _STARTED_MS

    def identities(self) -> Iterator[Row]:
        """Two of every contact: the phone and the business-scoped id."""
        for customer in range(self.size):
            yield ACCOUNT, "phone", self.phone(customer), self.contact_id(customer)
            yield ACCOUNT, "bsuid", _bsuid(customer), self.contact_id(customer)

    def conversations(self) -> Iterator[Row]:
        """Every conversation as its last message left it."""
        for customer in range(self.size):
            yield self._conversation(customer).insert_row()

    def places(self) -> Iterator[Row]:
        """Where they stand in the list, in its order."""
        last_sequence = self.kept.last_sequence
        for customer in sorted(range(self.size), key=last_sequence.__getitem__):
            status = _handover(customer).status
            yield ACCOUNT, last_sequence[customer], status.value, self.contact_id(customer)

    def words(self) -> Iterator[Row]:
        """What they are found by, in the order of the index, which is filled in one go."""
        # Every letter of ours is ASCII, so that Python's order is the databases'.
        yield from sorted(row for customer in range(self.size) for row in self._words(customer))

    def _words(self, customer: int) -> list[Row]:
        return word_rows(ACCOUNT, self.contact_id(customer), search_text_of(self._person(customer)))

    def read_markers(self) -> Iterator[Row]:
        """Where the operator has read to: all but one conversation in ten to its end."""
        for customer in range(self.size):
            if customer % 10:
                key, last = self.contact_id(customer), self.kept.last_sequence[customer]
                yield ACCOUNT, OPERATOR, key, last, self.kept.inbound[customer]

    def totals(self) -> Iterator[Row]:
        """How many conversations are in each state."""
        states = [_handover(customer).status for customer in range(1000)]
        for status in ConversationStatus:
            yield ACCOUNT, status.value, states.count(status) * self.long_ones

    def _person(self, customer: int) -> dict[str, Any]:
        phone, bsuid = self.phone(customer), _bsuid(customer)
        known = [{"kind": "phone", "value": phone}, {"kind": "bsuid", "value": bsuid}]
        return {"name": self.name(customer), "phone": phone, "username": None, "bsuid": bsuid, "identities": known}

    def _conversation(self, customer: int) -> Conversation:
        last = self.kept.last_sequence[customer]
        message = self._message(last, customer, inbound=self.kept.messages[customer] % 2 == 1)
        moment_ms = self.moment_ms(last)
        person = self._person(customer)
        handover = _handover(customer)
        return Conversation(
            account_id=ACCOUNT,
            key=self.contact_id(customer),
            id=self.conversation_id(customer),
            channel=ChannelFace(CHANNEL, "meta", PHONE_NUMBER_ID, BUSINESS, "Olive Bakery"),
            contact_id=self.contact_id(customer),
            handover=handover,
            clocks=Clocks(moment_ms // 1000, 0, 0, self.moment_ms(2 * customer + 2) // 1000),
            customer=person,
            created_ms=self.moment_ms(2 * customer + 1),
            last_activity_ms=moment_ms,
            version=last,
            last_sequence=last,
            operator_name="Rana" if handover.operator_id else None,
            message_count=self.kept.messages[customer],
            inbound_count=self.kept.inbound[customer],
            last_message=_shown(message, self.conversation_id(customer), self.contact_id(customer)),
            window_from_ms=moment_ms,
            search_text=search_text_of(person),
        )


def _bsuid(customer: int) -> str:
    return f"LB.{(customer + 1) * 0x9E3779B97F4A7C15 & _MASK:020d}"


def _handover(customer: int) -> Handover:
    """Most matters are settled; of the others some wait, some are answered by a person, some by the assistant."""
    place = customer % 1000
    if place < 10:
        return Handover(ConversationStatus.WAITING_HUMAN, waiting_since_ms=_STARTED_MS + customer)
    if place < 40:
        return Handover(ConversationStatus.HUMAN, OPERATOR, 1)
    return Handover(ConversationStatus.BOT if place < 100 else ConversationStatus.RESOLVED, None, 2)


def _shown(row: Row, conversation_id: str, contact_id: int) -> dict[str, Any]:
    """What a row of the list shows of a message that was stored."""
    return Message.of_row((*row, conversation_id, contact_id)).as_last_message()
