"""What the kit's provider writes is what Meta writes, and odd in every way that was asked for."""

import hashlib
import hmac
from collections import Counter
from random import Random
from typing import Any

import orjson

from torture.bare import BAKERY, GARAGE
from wasl.torture.letters import Letter, Letters, Oddities

ACCOUNTS = [BAKERY, GARAGE]


def letters_of(seed: int, count: int = 2_000) -> list[Letter]:
    writes = Letters(ACCOUNTS, Random(seed), Oddities())
    return [writes.write() for _ in range(count)]


def opened(letter: Letter) -> tuple[dict[str, str], bytes]:
    head, _, body = letter.request.partition(b"\r\n\r\n")
    pairs = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    return {name: value for name, _, value in pairs}, body


def items_of(letter: Letter) -> list[dict[str, Any]]:
    [entry] = orjson.loads(opened(letter)[1])["entry"]
    values = [change["value"] for change in entry["changes"]]
    return [item for value in values for item in value.get("messages", []) + value.get("message_echoes", [])]


def test_every_body_is_signed_with_the_secret_of_its_accounts_app() -> None:
    secrets = {account.id: account.app_secret for account in ACCOUNTS}
    for letter in letters_of(1, 100):
        headers, body = opened(letter)
        expected = hmac.new(secrets[letter.account].encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
        assert int(headers["Content-Length"]) == len(body)


def test_every_text_holds_a_mark_of_its_own_and_every_item_is_named() -> None:
    marks: Counter[str] = Counter()
    for letter in letters_of(2):
        items = items_of(letter)
        assert [item["id"] for item in items if item["type"] not in {"edit", "reaction", "revoke"}] == letter.ids
        named = [change.split(":")[1] for change in letter.changes]
        assert [item["id"] for item in items if item["type"] in {"edit", "reaction", "revoke"}] == named
        for item in {item["id"]: item for item in items}.values():
            if item["type"] == "text":
                assert item["text"]["body"].startswith(f"t:{letter.account}:")
                marks[item["text"]["body"].split(" ")[0] + " of " + item["id"]] += 1
    assert len({mark.split(" of ")[0] for mark in marks}) == len(marks)


def test_nothing_of_one_account_is_in_a_letter_of_another() -> None:
    for letter in letters_of(3, 500):
        other = ACCOUNTS[letter.account % 2]
        assert other.phone_number_id.encode() not in letter.request
        assert f"t:{other.id}:".encode() not in letter.request


def test_all_that_is_odd_of_meta_happens() -> None:
    letters = letters_of(4)
    items = [item for letter in letters for item in items_of(letter)]
    assert set(Counter(item["type"] for item in items)) == {"text", "location", "edit", "reaction", "revoke"}
    assert any("to" in item for item in items), "echoes"
    assert max(len(items_of(letter)) for letter in letters) == 25
    assert {letter.twins for letter in letters} == {0, 1, 2, 3}
    assert {letter.repeats for letter in letters} >= {0, 1, 2, 3}
    times = Counter(name for letter in letters for name in letter.ids)
    assert max(times.values()) > 1, "in another webhook too"
    for account in (1, 2):
        first = [name for letter in letters if letter.account == account for name in letter.ids]
        assert first != sorted(first), "out of order"
    people = Counter(item["from"] for item in items)
    assert len(people) > 400
    assert sum(count for _, count in people.most_common(8)) > len(items) / 3, "a few lively conversations"
    moments = [int(item["timestamp"]) for item in items]
    assert max(moments) - min(moments) > 3600


def test_what_was_counted_as_fresh_is_every_item_once() -> None:
    letters = letters_of(5)
    names = {name for letter in letters for name in (*letter.ids, *letter.changes)}
    assert sum(letter.fresh for letter in letters) == len(names)


def test_the_same_seed_writes_the_same_letters() -> None:
    def told(seed: int) -> list[list[str]]:
        return [[*letter.ids, *letter.changes] for letter in letters_of(seed, 300)]

    assert told(6) == told(6)
    assert told(6) != told(7)
