"""How well the assistant without a model answers customers, how quickly it finds what is known, and what a turn costs.

It is judged by cases of our own (tests/assistant/cases): what customers of two invented shops write, in English,
French, Arabic and Arabizi. All of them are known to whoever tunes by now; docs/performance.md says what those of
`held.json` and `later.json` showed at first sight. Half of those of the demo's shop (`cedar.json`) are near misses,
which share words with an entry that does not answer them. Beside it stands plain word overlap on the same cases.
"""

import time
from collections.abc import Iterator, Sequence
from random import Random
from statistics import mean

from bench.answering import turn_milliseconds
from bench.cases import Tally, cases_at, entries_at, tally_of
from bench.machine import ROOT
from bench.overlap import WordOverlap
from bench.report import Figure, Report, percentiles
from bench.synthetic_knowledge import synthetic
from wasl.assistant.knowledge.search import Entry, KnowledgeBase
from wasl.demo_knowledge import demo_entries
from wasl.domain.language import language_of
from wasl.domain.mood import feeling_of
from wasl.flow.cases import Case
from wasl.flow.evaluate import Judged, is_expected

CASES = ROOT / "tests" / "assistant" / "cases"
SETS = ("held", "later", "known", "cedar")
LANGUAGES = ("en", "fr", "ar", "arabizi")
FOUND_MIN, WRONG_MAX, HANDED_OVER_MIN = 0.90, 0.02, 0.95
ENTRIES, ENTRIES_QUICK = 10_000, 2_000
P50_MS_MAX = 10.0
TURNS, TURNS_QUICK = 300, 60
TURN_MS_MAX = 20.0
BANDS = ((8, 35), (35, 50), (50, 65), (65, 75), (75, 85), (85, 101))
LANGUAGE_US_MAX, MOOD_US_MAX = 30.0, 50.0
ROUNDS = 20


def measure_assistant(report: Report, quick: bool) -> None:
    """Judge the cases, measure the search and the turn, and say all of it in one line."""
    count = ENTRIES_QUICK if quick else ENTRIES
    told = [*_judge(report), _measure_search(report, count)]
    told.append(_measure_turn(report, count, TURNS_QUICK if quick else TURNS))
    _measure_listening(report)
    report.closing = "assistant without a model: " + "; ".join(told)


def cases_of(name: str) -> list[Case]:
    """The cases of a set."""
    return cases_at(CASES / f"{name}.json")


def knowledge_of(name: str) -> list[Entry]:
    """What the shop knows whose customers wrote the cases of a set."""
    if name != "cedar":
        return entries_at(CASES / "knowledge.json")
    return [
        Entry(number, told.question, told.answers, told.phrasings, told.topic)
        for number, told in enumerate(demo_entries(), 1)
    ]


def _judge(report: Report) -> list[str]:
    told: list[str] = []
    judged: list[Judged] = []
    for name in SETS:
        entries = knowledge_of(name)
        cases = cases_of(name)
        tally = tally_of(cases, KnowledgeBase(entries).search)
        peer = tally_of(cases, WordOverlap(entries).search)
        figures = _bounded(name, tally, peer)
        for figure in figures:
            report.add(figure)
        for figure in _unbounded(name, tally, peer):
            report.add(figure)
        told.append(f"{name} cases " + ", ".join(_told(figure) for figure in figures))
        judged += tally.judged
    for figure in _calibration(judged):
        report.add(figure)
    return told


def _bounded(name: str, tally: Tally, peer: Tally) -> list[Figure]:
    parts = (
        ("right entry among the first three", tally.found, peer.found, "≥", FOUND_MIN, tally.found >= FOUND_MIN),
        ("confident wrong answers", tally.wrong, peer.wrong, "≤", WRONG_MAX, tally.wrong <= WRONG_MAX),
        (
            "handed over where due",
            tally.handed_over,
            peer.handed_over,
            "≥",
            HANDED_OVER_MIN,
            tally.handed_over >= HANDED_OVER_MIN,
        ),
    )
    return [
        Figure(
            f"{name}: {what}",
            100 * value,
            "%",
            f"{sign} {100 * bound:g} %; word overlap {100 * other:.1f}",
            None,
            kept,
            f"{len(tally.judged)} cases",
            beside={"word overlap": 100 * other},
        )
        for what, value, other, sign, bound, kept in parts
    ]


def _calibration(judged: Sequence[Judged]) -> Iterator[Figure]:
    """How often the best entry is right, by its score: an account's threshold is one of these scores."""
    best = [(one.answered.matches[0], one.case.expected.entries) for one in judged if one.answered.matches]
    for least, most in BANDS:
        right = [is_expected(match, entries) for match, entries in best if least <= match.score < most]
        if right:
            share, name = 100 * sum(right) / len(right), f"best entry is right, score {least} to {min(most, 101) - 1}"
            yield Figure(name, share, "%", note=f"{len(right)} cases")


def _unbounded(name: str, tally: Tally, peer: Tally) -> list[Figure]:
    beside = f"word overlap {100 * peer.answered:.1f} %"
    figures = [
        Figure(f"{name}: answered rightly without a person", 100 * tally.answered, "%", beside),
        Figure(f"{name}: courtesies returned", 100 * tally.kept, "%"),
    ]
    for language in LANGUAGES:
        ours, other = tally.of_language(language), peer.of_language(language)
        shares = {
            "wrong": 100 * ours.wrong,
            "handed over where due": 100 * ours.handed_over,
            "answered": 100 * ours.answered,
            "word overlap": 100 * other.found,
        }
        note = f"wrong {shares['wrong']:.1f}, handed over {shares['handed over where due']:.0f}"
        note += f", answered {shares['answered']:.0f} %, {len(ours.judged)} cases"
        against = f"word overlap {shares['word overlap']:.0f} %"
        what = f"{name}: right entry among the first three, {language}"
        figures.append(Figure(what, 100 * ours.found, "%", against, note=note, beside=shares))
    return figures


def _measure_search(report: Report, count: int) -> str:
    entries, questions = synthetic(count, Random(report.seed))
    began = time.perf_counter()
    base = KnowledgeBase(entries)
    report.add(Figure(f"index of {count:,} entries built", time.perf_counter() - began, "s"))
    for question in questions:  # Words are analysed once.
        base.search(question)
    milliseconds = []
    for question in questions:
        began = time.perf_counter()
        base.search(question)
        milliseconds.append((time.perf_counter() - began) * 1000)
    shares = percentiles(milliseconds, (0.5, 0.95, 0.99))
    kept, against = shares["p50"] <= P50_MS_MAX, f"≤ {P50_MS_MAX:g} ms"
    figure = Figure(
        f"retrieval over {count:,} entries, p50", shares["p50"], "ms", against, None, kept, "", shares["p95"], shares
    )
    report.add(figure)
    began = time.perf_counter()
    base.change(entries[:1])
    report.add(Figure("one entry changed", (time.perf_counter() - began) * 1000, "ms"))
    base.close()
    return f"{_told(figure)}, p95 {shares['p95']:.1f} ms"


def _measure_turn(report: Report, count: int, turns: int) -> str:
    """What customers of the shop ask, answered from its knowledge and very much else."""
    entries, _ = synthetic(count, Random(report.seed))
    cases = [case for name in SETS if name != "cedar" for case in cases_of(name)]
    questions = [case.text for case in cases if case.expected.courtesy is None]
    Random(report.seed).shuffle(questions)
    spent = turn_milliseconds([*knowledge_of("known"), *entries], questions, turns)
    shares, each = percentiles(spent, (0.5, 0.95, 0.99)), mean(spent)
    name, against = f"a turn with {count:,} entries, of one core", f"≤ {TURN_MS_MAX:g} ms"
    kept, note = each <= TURN_MS_MAX and shares["p50"] <= TURN_MS_MAX, f"p50 {shares['p50']:.1f} ms, {turns} turns"
    figure = Figure(name, each, "ms", against, None, kept, note, shares["p95"], shares)
    report.add(figure)
    return f"{_told(figure)}, p50 {shares['p50']:.1f} ms"


def _measure_listening(report: Report) -> None:
    """What a message costs the transaction that saves it: its language and its mood."""
    texts = [case.text for name in SETS for case in cases_of(name)]
    for what, read, most in (("language", language_of, LANGUAGE_US_MAX), ("mood", feeling_of, MOOD_US_MAX)):
        for text in texts:
            read(text)
        began = time.perf_counter()
        for _ in range(ROUNDS):
            for text in texts:
                read(text)
        each = (time.perf_counter() - began) / (ROUNDS * len(texts)) * 1e6
        report.add(Figure(f"{what} of a message", each, "µs", f"≤ {most:g} µs", None, each <= most))


def _told(figure: Figure) -> str:
    name = figure.name.partition(": ")[2] or figure.name
    return f"{name} {figure.value:.1f} {figure.unit} ({figure.against})"
