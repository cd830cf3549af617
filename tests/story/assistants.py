"""An assistant at work in a business: what it is set to, what it knows, and what becomes of a customer's words."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from story.people import Operator
from story.wire import JsonObject

API = "/api/live-chat"
QUICK: Mapping[str, Any] = {"mode": "auto", "quiet_seconds": 0.2, "burst_seconds": 2.0}
"""Answers soon, so that a story takes no time."""
HOURS_EN, HOURS_AR = "We are open from nine to six.", "نفتح من التاسعة إلى السادسة."
OPENING = {
    "question": "When are you open?",
    "phrasings": ["What are your opening hours?", "متى تفتحون؟", "emta btefta7o?", "Quels sont vos horaires ?"],
    "answers": {"en": HOURS_EN, "ar": HOURS_AR},
    "topic": "hours",
}
PRICE = {
    "question": "How much is a chocolate cake?",
    "phrasings": ["price of the chocolate cake", "2adde l cake bel chocola?"],
    "answers": {"en": "A chocolate cake is 25 dollars."},
    "topic": "prices",
}


async def employ(
    owner: Operator, entries: Sequence[Mapping[str, Any]] = (OPENING, PRICE), key: str | None = None, **settings: Any
) -> JsonObject:
    """Let the assistant of a business begin with what it is to know; its settings as they are now."""
    now = (await owner.ask("GET", f"{API}/assistant/settings"))["account"]
    whole = {**QUICK, **now["settings"], **settings}
    asked = {"channel_id": None, "settings": whole, "version": now["version"]} | ({"model_key": key} if key else {})
    set_up = await owner.ask("PUT", f"{API}/assistant/settings", json=asked)
    for entry in entries:
        await owner.ask("POST", f"{API}/knowledge/entries", json=dict(entry))
    return set_up


async def until_chat(operator: Operator, wanted: Mapping[str, Any], within_seconds: float = 30.0) -> JsonObject:
    """A customer's conversation once it is as wanted."""
    async with asyncio.timeout(within_seconds):
        while True:
            for chat in (await operator.chats())["chats"]:
                if all(chat[name] == value for name, value in wanted.items()):
                    found: JsonObject = chat
                    return found
            await asyncio.sleep(0.05)


async def lines(operator: Operator, chat: JsonObject) -> list[tuple[str, str]]:
    """Who said what in a conversation, oldest first; Wasl's own lines by their reason."""
    said = []
    for message in await operator.whole_history(chat):
        handover = message["metadata"].get("handover")
        said.append((message["role"], handover["reason"] if handover else message["content"]))
    return said
