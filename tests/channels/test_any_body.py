"""Bodies nobody thought of: whatever the shape, reading never raises, and no item is ever left out."""

import json
from collections import Counter
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.bodies import RAMI_ID, change, contact, envelope, message, plain, status
from wasl.channels.envelope import read_envelope, walk_body
from wasl.channels.json_body import write_json
from wasl.domain.updates import Unreadable, Update
from wasl.errors import UnreadableBody

KNOWN_LISTS = ("messages", "statuses", "message_echoes", "calls", "errors", "state_sync", "user_id_update")
VOCABULARY = """
id type from to from_user_id wa_id user_id contacts profile name username timestamp text body image audio voice caption
location latitude interactive nfm_reply response_json list_reply title button order product_items reaction message_id
emoji edit revoke original_message_id message system user_changed_number unsupported errors code error_data details
context referral group_id status delivered call event connect history_context threads metadata phone_number_id
display_phone_number contact full_name action previous current unknown
"""
WORDS = st.sampled_from(VOCABULARY.split())
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    WORDS,
    st.sampled_from(["9613000001", "+961 3 000 001", RAMI_ID, "1790000000", "{}", "[1]", '{"id": "x"}', "[", "\x00"]),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=12,
)
LIKELY_MESSAGES = st.builds(
    lambda kind, part, more: {"id": "wamid.x", "from": "9613000001", "type": kind, kind: part} | more,
    WORDS,
    ANYTHING,
    st.dictionaries(WORDS, ANYTHING, max_size=4),
)
ITEMS = ANYTHING | LIKELY_MESSAGES
VALUES = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.lists(ITEMS, max_size=3) for key in KNOWN_LISTS},
        "contacts": ANYTHING | st.lists(st.just(contact()) | ANYTHING, max_size=3),
        "metadata": ANYTHING | st.just({"phone_number_id": "5501", "display_phone_number": "15550100100"}),
        "history": st.lists(
            ANYTHING
            | st.fixed_dictionaries({"threads": st.lists(st.fixed_dictionaries({"messages": st.lists(ITEMS)}))}),
            max_size=2,
        ),
        "field": ANYTHING,
        "polls": ANYTHING,
    },
)
FIELDS = st.sampled_from(["messages", "history", "calls", "smb_message_echoes", "flows"]) | ANYTHING
CHANGES = ANYTHING | st.fixed_dictionaries({"field": FIELDS, "value": VALUES | ANYTHING})
ENTRIES = ANYTHING | st.fixed_dictionaries(
    {"changes": st.lists(CHANGES, max_size=3)}, optional={"id": ANYTHING, "time": ANYTHING}
)
BODIES = st.fixed_dictionaries({"entry": st.lists(ENTRIES, min_size=1, max_size=2)}, optional={"object": ANYTHING})


@settings(max_examples=400, deadline=None)
@given(BODIES)
def test_any_body_is_read_item_by_item(document: Any) -> None:
    raw = json.dumps(document).encode()
    updates = read_envelope(raw)
    assert len(updates) == len(list(walk_body(raw))) >= _items_at_least(document)
    for update in updates:
        write_json([getattr(getattr(update, "content", None), "details", None)])
        again = read_envelope(update.origin_json())
        assert [plain(other) for other in again] == [plain(update)]
        assert again[0].origin_json() == update.origin_json()
        assert not (isinstance(update, Unreadable) and "while reading" in update.reason), update.reason


def _items_at_least(document: dict[str, Any]) -> int:
    """Count, without the reader, what stands in the lists of bodies whose outer levels are sound."""
    count = 0
    for entry in document["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list) or not changes:
            count += 1
            continue
        for one in changes:
            value = one.get("value") if isinstance(one, dict) else None
            lists = [value.get(key) for key in KNOWN_LISTS] if isinstance(value, dict) else []
            count += max(1, sum(len(items) for items in lists if isinstance(items, list)))
    return count


@settings(max_examples=200, deadline=None)
@given(ANYTHING | st.binary(max_size=40))
def test_anything_at_all_is_read_or_refused_as_a_whole(found: Any) -> None:
    with suppress(UnreadableBody):
        read_envelope(found if isinstance(found, bytes) else json.dumps(found).encode())


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_same_updates_in_any_packing_say_the_same(data: st.DataObject) -> None:
    messages = [
        message(message_id=f"wamid.{number}", text={"body": str(number)})
        for number in range(data.draw(st.integers(0, 12)))
    ]
    statuses = [status(message_id=f"wamid.ours.{number}") for number in range(data.draw(st.integers(0, 6)))]
    pool = [("messages", item) for item in messages] + [("statuses", item) for item in statuses]
    doubled = pool + data.draw(st.lists(st.sampled_from(pool), max_size=5) if pool else st.just([]))
    shuffled = data.draw(st.permutations(doubled))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    parts = [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    packed = [change(contacts=[contact()], **_grouped(part)) for part in parts if part]
    in_one_entry = envelope({"id": "1", "changes": packed}) if packed else None
    in_many_entries = [envelope({"id": "1", "changes": [one]}) for one in packed]
    together = read_envelope(in_one_entry) if in_one_entry else []
    apart = [update for raw in in_many_entries for update in read_envelope(raw)]
    alone = [update for key, item in doubled for update in read_envelope(_alone(key, item))]
    assert _counted(together) == _counted(apart) == _counted(alone)
    assert len(together) == len(doubled)


def _grouped(part: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict.fromkeys(key for key, _ in part)
    return {key: [item for other, item in part if other == key] for key in keys}


def _alone(key: str, item: Any) -> bytes:
    return envelope({"id": "1", "changes": [change(contacts=[contact()], **_grouped([(key, item)]))]})


def _counted(updates: list[Update]) -> Counter[str]:
    return Counter(repr(plain(update)) for update in updates)
