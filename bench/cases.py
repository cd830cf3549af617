"""Cases that the assistant is judged by, as `wasl assistant evaluate` reads and judges them, and what came of a set.

Knowledge is a JSON list of entries with `entry_id`, `question`, `answers`, `phrasings`, and perhaps `topic` and
`document`.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wasl.assistant.knowledge.keyless import answer_from, asked_in, questions_of
from wasl.assistant.knowledge.search import Entry
from wasl.domain.assistant import Answered, Match
from wasl.domain.assistant_settings import AssistantSettings
from wasl.flow.cases import Case, read_cases
from wasl.flow.evaluate import Judged, evaluate
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation

Search = Callable[[str, str | None], list[Match]]
_NOBODY = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of many cases, counted."""

    judged: Sequence[Judged]

    def of_language(self, language: str | None) -> "Tally":
        """Those of cases in one language."""
        return Tally([one for one in self.judged if one.case.language == language])

    @property
    def answerable(self) -> list[Judged]:
        return [one for one in self.judged if one.case.expected.entries]

    @property
    def due(self) -> list[Judged]:
        """Those that only a person can answer."""
        return [one for one in self.judged if one.case.expected.handover]

    @property
    def found(self) -> float:
        """The share of answerable cases whose entry is among the first three."""
        return _share(one.found is True for one in self.answerable)

    @property
    def wrong(self) -> float:
        """The share of all cases that got a wrong answer."""
        return _share(one.confident_wrong for one in self.judged)

    @property
    def handed_over(self) -> float:
        """The share of cases only a person can answer that were handed over."""
        return _share(one.handed_over_as_due is True for one in self.due)

    @property
    def answered(self) -> float:
        """The share of answerable cases that were answered rightly without a person."""
        return _share(one.answered_rightly is True for one in self.answerable)

    @property
    def kept(self) -> float:
        """The share of courtesies for which nobody was called."""
        return _share(one.courtesy_kept for one in self.judged if one.courtesy_kept is not None)


@dataclass(frozen=True, slots=True)
class ByKnowledge:
    """Answers without a model, as the thinker does, with whatever searches."""

    search: Search

    async def answer(self, situation: Situation, assistant: Assistant) -> Answered:
        brief = situation.brief
        looked_up = (asked_in(brief.text), *questions_of(brief.text))
        whole, *parts = (self.search(text, brief.language) for text in looked_up)
        return answer_from(whole, brief, assistant.settings, parts)


def tally_of(cases: Sequence[Case], search: Search) -> Tally:
    """What becomes of cases when entries are found in a certain way, with the settings that an account begins with."""
    answerer = ByKnowledge(search)
    return Tally(asyncio.run(evaluate(_NOBODY, cases, Assistant(AssistantSettings()), answerer)))


def cases_at(path: Path) -> list[Case]:
    """The cases of a file. Raises Invalid for what is none."""
    return read_cases(path.read_bytes())


def entries_at(path: Path) -> list[Entry]:
    """The entries of a file."""
    return [
        Entry(
            told["entry_id"],
            told["question"],
            told["answers"],
            tuple(told.get("phrasings", ())),
            told.get("topic"),
            told.get("document"),
        )
        for told in json.loads(path.read_bytes())
    ]


def _share(truths: Iterable[bool]) -> float:
    counted = list(truths)
    return sum(counted) / len(counted) if counted else 1.0
