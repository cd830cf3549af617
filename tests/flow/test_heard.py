"""In which language and mood customers write is counted with every message that is saved, once."""

import json
from typing import Any, cast

import pytest
from prometheus_client import generate_latest

from cast import Cast
from wasl.channels.adapter import Knock
from wasl.channels.providers.meta import Meta
from wasl.flow.receive import Reception
from wasl.observe import Metrics
from wasl.store.journal import Journal
from wasl.store.team import Team

pytestmark = pytest.mark.anyio
META = Meta(cast(Any, None), cast(Any, None))


def body(number: str, *texts: str) -> bytes:
    """A webhook with these messages of one customer, and one that somebody of the business wrote on its phone."""
    said = [
        {"from": "9613000001", "id": f"m{text}", "timestamp": "1790000000", "type": "text", "text": {"body": text}}
        for text in texts
    ]
    echo = {"from": "9613000100", "to": "9613000001", "id": "e1", "timestamp": "1790000001", "type": "text"}
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}}
    changes = [
        {"field": "messages", "value": {**value, "messages": said}},
        {"field": "smb_message_echoes", "value": {**value, "message_echoes": [{**echo, "text": {"body": "hello"}}]}},
    ]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}).encode()


async def test_each_message_of_a_customer_counts_once(team: Team, journal: Journal, cast: Cast) -> None:
    metrics = Metrics()
    reception = Reception(team, journal, heard=metrics.heard.add)
    number = cast.olive_number
    content = body(number.phone_number_id, "Where is my order?", "This is terrible, I am very angry!!!", "7")
    for _ in range(2):
        await reception.take(META, Knock.kept(content), number, alone=False)
    figures = [line for line in generate_latest(metrics.registry).decode().splitlines() if "wasl_heard_total{" in line]
    assert sorted(figures) == [
        'wasl_heard_total{language="en",sentiment="negative"} 2.0',
        'wasl_heard_total{language="en",sentiment="neutral"} 1.0',
    ]
