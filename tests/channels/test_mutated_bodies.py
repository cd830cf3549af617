"""Real-shaped bodies, bent at random as JSON allows and as it does not: reading never raises, nothing is left out."""

import json
import random
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.mangling import bent_body, whole_body
from wasl.channels.envelope import read_envelope
from wasl.channels.json_body import write_json
from wasl.domain.updates import Unreadable
from wasl.errors import UnreadableBody

MEGABYTE = 1024 * 1024


@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**48))
def test_a_bent_body_is_read_or_refused_as_a_whole(seed: int) -> None:
    read_whole(bent_body(random.Random(seed)))


def read_whole(body: bytes) -> int:
    """Read a body; every update can be kept and read again. How many updates there were; 0 when it was refused."""
    try:
        updates = read_envelope(body)
    except UnreadableBody:
        return 0
    assert updates
    for update in updates:
        write_json([getattr(getattr(update, "content", None), "details", None)])
        kept = update.origin_json()
        assert b"\x00" not in kept
        kept.decode("utf-8")
        assert len(read_envelope(kept)) == 1
        assert not (isinstance(update, Unreadable) and "while reading" in update.reason), update.reason
    return len(updates)


def with_list(name: str, items: bytes) -> bytes:
    """A body whose list of this name holds these items."""
    head = b'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"%s":['
    return head % name.encode() + items + b"]}}]}]}"


@pytest.mark.parametrize(
    ("name", "item", "most"),
    [("messages", b"0", 1_400_000), ("messages", b"{}", 900_000), ("statuses", b"[]", 900_000), ("contacts", b"0", 10)],
)
def test_a_million_crumbs_are_a_million_updates(name: str, item: bytes, most: int) -> None:
    count = min(most, (3 * MEGABYTE - 500) // (len(item) + 1), 60_000)
    started = process_time()
    updates = read_envelope(with_list(name, b",".join([item] * count)))
    assert len(updates) == (count if name != "contacts" else 1)
    assert process_time() - started < 20


DEEP: dict[str, Callable[[int], bytes]] = {
    "lists": lambda levels: b"[" * levels + b"]" * levels,
    "objects": lambda levels: b'{"a":' * levels + b"1" + b"}" * levels,
    "open lists": lambda levels: b"[" * levels,
    "open objects": lambda levels: b'{"a":' * levels,
}


@pytest.mark.parametrize("form", DEEP)
@pytest.mark.parametrize("levels", [50, 99, 101, 1_000, 100_000])
def test_depth_is_refused_or_read_and_never_a_crash(form: str, levels: int) -> None:
    inner = DEEP[form](levels)
    read_whole(inner)
    read_whole(with_list("messages", inner))
    read_whole(with_list("messages", b'{"id":"a","from":"9613000001","type":"text","text":' + inner + b"}"))


def test_the_whole_body_is_read_as_it_is() -> None:
    assert read_whole(json.dumps(whole_body()).encode()) == 16
