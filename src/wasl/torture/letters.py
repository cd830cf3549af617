"""What customers do, as Meta writes it down and signs it: unique, and odd in every way that is known of Meta.

Bodies are put together from bytes, because a run writes thousands of them each second beside the servers it judges.
"""

import hashlib
import hmac
import itertools
import re
import time
from bisect import bisect
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import orjson

from wasl.torture.stage import Company

HOUR_SECONDS = 3600
TARGETS_KEPT = 200
"""Edits, reactions and deletions are of one of so many messages: often of one that has not even left yet."""
MERGED_MAX = 25

_HEAD = (
    b"POST /webhooks/meta HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\nAccept: */*\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\nX-Hub-Signature-256: sha256=%b\r\n\r\n%b"
)
_BODY = b'{"object":"whatsapp_business_account","entry":[{"id":"%b","changes":[%b]}]}'
_CHANGE = (
    b'{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"%b","phone_number_id":"%b"},'
    b'"contacts":[%b],"%b":[%b]},"field":"%b"}'
)
_FIELDS = {b"messages": b"messages", b"message_echoes": b"smb_message_echoes"}
_FROM = b'{"from":"%b","from_user_id":"%b","id":"%b","timestamp":"%d",%b}'
_ECHO = b'{"from":"%b","to":"%b","id":"%b","timestamp":"%d",%b}'
_TEXT = b'"type":"text","text":{"body":"%b%b"}'
_PLACE = b'"type":"location","location":{"latitude":33.8938,"longitude":35.5018,"name":"%b"}'
_EDIT = b'"type":"edit","edit":{"original_message_id":"%b","message":{"type":"text","text":{"body":"%b corrected"}}}'
_REACTION = b'"type":"reaction","reaction":{"message_id":"%b","emoji":"%b"}'
_UNDONE = b'"type":"reaction","reaction":{"message_id":"%b"}'
_REVOKE = b'"type":"revoke","revoke":{"original_message_id":"%b"}'
_EMOJI = [emoji.encode() for emoji in ("👍", "❤️", "😂", "🙏")]
_WORDS = [
    orjson.dumps(" " + words)[1:-1]
    for words in (
        "Hello, do you still have the cedar honey in the large jar?",
        "مرحبا، هل ما زال عندكم خبز بالزيتون؟ سأمرّ غداً بعد العمل إن شاء الله",
        "ok",
        'He said "tomorrow" \\ maybe 🌿\nand then nothing more\u2028for a week',
        "I would come by tomorrow after work, and please keep two of the olive breads for me if that is possible. "
        "Shukran! " * 4,
        "👍🏽",
    )
]


@dataclass(frozen=True, slots=True)
class Oddities:
    """How often something odd happens: shares of all webhooks, or of all that customers do."""

    repeated: float = 0.15
    """Webhooks that come two to four times: half of them at the same moment at different nodes, the others later."""
    merged: float = 0.1
    """Webhooks with several messages, up to 25."""
    again: float = 0.02
    """Messages that come once more in another webhook."""
    shuffled: float = 0.25
    """Messages that leave out of their order."""
    window: int = 32
    """Among how many messages they are shuffled."""
    late: float = 0.04
    """Messages written a minute to an hour ago."""
    edits: float = 0.03
    reactions: float = 0.04
    revocations: float = 0.02
    echoes: float = 0.03
    wrong_clocks: float = 0.04
    """Customers whose clock is wrong by up to two hours, for as long as they live."""
    lively: float = 0.5
    """What is written by a hundredth of the customers."""


@dataclass(slots=True, eq=False)
class Letter:
    """A webhook: the whole request, what is in it, and how often and when it comes.

    `ids` name messages, `changes` are `kind:id:target`. `fresh` counts the messages and changes that no other letter
    brought before.
    """

    request: bytes
    account: int
    ids: list[str]
    changes: list[str]
    fresh: int
    twins: int = 0
    """How many copies leave at the same moment."""
    repeats: int = 0
    """How many copies leave later."""
    posted: bool = False
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class _Customer:
    phone: bytes
    user_id: bytes
    contact: bytes
    wrong_seconds: int


@dataclass(slots=True, eq=False)
class _Item:
    customer: _Customer
    place: bytes
    """The list it stands in."""
    raw: bytes
    id: str
    change: str | None
    fresh: bool = True


class Letters:
    """Writes one letter after the other, for all accounts, each with a customership of its own."""

    def __init__(
        self, accounts: Sequence[Company], chance: Random, oddities: Oddities | None = None, customers: int = 400
    ) -> None:
        self._streets = [_Street(account, chance, oddities or Oddities(), customers) for account in accounts]
        self._chance = chance

    def write(self) -> Letter:
        """The next letter."""
        streets = self._streets
        return streets[int(self._chance.random() * len(streets))].letter()


class _Street:
    """The customers of one account, and what they wrote that has not left yet."""

    def __init__(self, account: Company, chance: Random, oddities: Oddities, customers: int) -> None:
        self._account = account.id
        self._display = re.sub(rb"\D", b"", account.display.encode())
        self._number = account.phone_number_id.encode()
        self._signer = hmac.new(account.app_secret.encode(), digestmod=hashlib.sha256)
        self._chance = chance
        self._odd = oddities
        self._customers = [_customer(account.id, place, chance, oddities) for place in range(customers)]
        self._lively = self._customers[: max(1, customers // 100)]
        self._written = itertools.count(1)
        self._targets: deque[tuple[str, _Customer]] = deque(maxlen=TARGETS_KEPT)
        self._waiting: list[_Item] = []
        # Running sums of shares, so that one throw of the dice decides.
        shares = (oddities.edits, oddities.reactions, oddities.revocations, oddities.echoes)
        self._bounds = list(itertools.accumulate(shares))

    def letter(self) -> Letter:
        """A webhook with one or several of those that wait."""
        odd, chance = self._odd, self._chance
        count = int(chance.random() * (MERGED_MAX - 1)) + 2 if chance.random() < odd.merged else 1
        while len(self._waiting) < count + odd.window:
            self._waiting.append(self._write())
        items = [self._leave() for _ in range(count)]
        letter = self._seal(items)
        if chance.random() < odd.repeated:
            copies = int(chance.random() * 3) + 1
            letter.twins = copies if chance.random() < 0.5 else int(chance.random() * copies)
            letter.repeats = copies - letter.twins
        return letter

    def _leave(self) -> _Item:
        chance = self._chance
        place = int(chance.random() * len(self._waiting)) if chance.random() < self._odd.shuffled else 0
        item = self._waiting.pop(place)
        if chance.random() < self._odd.again:
            repeated = _Item(item.customer, item.place, item.raw, item.id, item.change, fresh=False)
            self._waiting.append(repeated)
        return item

    def _seal(self, items: list[_Item]) -> Letter:
        if len(items) == 1 or self._chance.random() < 0.5:
            # As Meta does it: each in a change of its own. At other times it puts many into one.
            parts: Iterator[tuple[bytes, list[_Item]]] = ((item.place, [item]) for item in items)
        else:
            by_place = itertools.groupby(items, key=lambda item: item.place)
            parts = ((place, list(group)) for place, group in by_place)
        changes = b",".join([self._change(place, group) for place, group in parts])
        body = _BODY % (self._number, changes)
        signer = self._signer.copy()
        signer.update(body)
        return Letter(
            _HEAD % (len(body), signer.hexdigest().encode(), body),
            self._account,
            [item.id for item in items if item.change is None],
            [item.change for item in items if item.change is not None],
            sum(item.fresh for item in items),
        )

    def _change(self, place: bytes, items: list[_Item]) -> bytes:
        contacts = b",".join({item.customer.phone: item.customer.contact for item in items}.values())
        raws = b",".join([item.raw for item in items])
        return _CHANGE % (self._display, self._number, contacts, place, raws, _FIELDS[place])

    # -- what customers do --------------------------------------------------------------------------------------------

    def _write(self) -> _Item:
        number, chance = next(self._written), self._chance
        kind = bisect(self._bounds, chance.random())
        if kind < 3 and self._targets:
            return self._change_of_another(kind, number)
        customer = self._somebody()
        item_id = f"wamid.T{self._account}.{number:08d}"
        mark = b"t:%d:%d" % (self._account, number)
        at = self._moment(customer)
        content = _PLACE % mark if number % 50 == 0 else _TEXT % (mark, _WORDS[number % len(_WORDS)])
        if kind == 3:
            raw = _ECHO % (self._display, customer.phone, item_id.encode(), at, content)
            return _Item(customer, b"message_echoes", raw, item_id, None)
        self._targets.append((item_id, customer))
        raw = _FROM % (customer.phone, customer.user_id, item_id.encode(), at, content)
        return _Item(customer, b"messages", raw, item_id, None)

    def _change_of_another(self, kind: int, number: int) -> _Item:
        target, customer = self._targets[int(self._chance.random() * len(self._targets))]
        word = ("edit", "reaction", "revoke")[kind]
        item_id = f"wamid.C{self._account}.{number:08d}"
        if kind == 0:
            content = _EDIT % (target.encode(), b"t:%d:%d" % (self._account, number))
        elif kind == 2:
            content = _REVOKE % target.encode()
        elif number % 5:
            content = _REACTION % (target.encode(), _EMOJI[number % len(_EMOJI)])
        else:
            content = _UNDONE % target.encode()
        raw = _FROM % (customer.phone, customer.user_id, item_id.encode(), self._moment(customer), content)
        return _Item(customer, b"messages", raw, item_id, f"{word}:{item_id}:{target}")

    def _somebody(self) -> _Customer:
        chance = self._chance
        crowd = self._lively if chance.random() < self._odd.lively else self._customers
        return crowd[int(chance.random() * len(crowd))]

    def _moment(self, customer: _Customer) -> int:
        at = int(time.time()) + customer.wrong_seconds
        if self._chance.random() < self._odd.late:
            at -= 60 + int(self._chance.random() * (HOUR_SECONDS - 60))
        return at


def _customer(account: int, place: int, chance: Random, odd: Oddities) -> _Customer:
    phone = b"9617%d%06d" % (account % 10, place)
    user_id = b"LB.44%02d%016d" % (account % 100, place)
    name = f"{('Rana', 'عمر', 'Lina', 'Karim', 'Maya')[place % 5]} {place}".encode()
    contact = b'{"profile":{"name":"%b"},"wa_id":"%b","user_id":"%b"}' % (name, phone, user_id)
    wrong = chance.randrange(-2 * HOUR_SECONDS, 2 * HOUR_SECONDS) if chance.random() < odd.wrong_clocks else 0
    return _Customer(phone, user_id, contact, wrong)
