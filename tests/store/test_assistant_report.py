"""What the assistant did in the last days, counted: outcomes, reasons, verdicts by topic, and what it cost."""

import pytest

from arrivals import BISAN, DIMA
from assistants import OPENING, SHADOW, UNSURE, Machine, reply_from
from cast import Cast
from wasl.clock import now_ms
from wasl.domain.assistant import Usage
from wasl.store.assistant_report import assistant_report
from wasl.store.database import Database
from wasl.store.entries import AddEntry
from wasl.store.journal import Journal
from wasl.store.spending import CountUse
from wasl.store.teaching import JudgeAnswer

pytestmark = pytest.mark.anyio
DAY = "2026-11-21"


async def test_a_report_counts_what_was_answered_judged_and_spent(
    journal: Journal, database: Database, cast: Cast
) -> None:
    machine = Machine(journal, database, cast)
    opening = await journal.submit(AddEntry(cast.olive.id, None, OPENING))
    reply = await machine.answers("a1", "hours?", reply_from(opening.entry_id))
    await journal.submit(JudgeAnswer(cast.olive.id, cast.rana.id, **reply.place, verdict="up"))
    await machine.answers("b1", "cars?", UNSURE, party=BISAN)
    await machine.is_asked("d1", "horaires ?", party=DIMA, terms=SHADOW)
    await machine.ends(reply_from(opening.entry_id), "horaires ?", language="fr")
    await database.write(lambda c: c.run("UPDATE answers SET agreement = 80 WHERE outcome = 'drafted'"))
    await journal.submit(CountUse(cast.olive.id, DAY, Usage("small", 100, 20, 7)))
    since_ms = now_ms() - 60_000
    found = database.read_now(lambda connection: assistant_report(connection, cast.olive.id, since_ms, DAY))
    assert found == {
        "outcomes": {"replied": 1, "handed_over": 1, "drafted": 1},
        "reasons": {"unsure": 1},
        "topics": [
            {"topic": "hours", "drafts": 1, "compared": 1, "agreement": 80, "replies": 1, "up": 1, "down": 0},
        ],
        "spending": [{"day": DAY, "turns": 3, "tokens": 120, "cost_micros": 7}],
        "languages": {"en": 2, "fr": 1},
        "sentiments": found["sentiments"],
    }
    assert sum(found["sentiments"].values()) <= 3
    later = database.read_now(lambda c: assistant_report(c, cast.olive.id, now_ms() + 60_000, "2026-11-22"))
    assert (later["outcomes"], later["topics"], later["spending"]) == ({}, [], [])
    theirs = database.read_now(lambda connection: assistant_report(connection, cast.cedar.id, 0, DAY))
    assert (theirs["outcomes"], theirs["spending"], sum(theirs["sentiments"].values())) == ({}, [], 0)
