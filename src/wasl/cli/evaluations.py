"""`wasl assistant evaluate`: how well it would answer, before it does."""

import argparse
import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from wasl.cli.ask import ASSISTANT_KEY_VARIABLE
from wasl.cli.commands import Commands
from wasl.cli.files import content_of, json_of
from wasl.cli.first_steps import print_table
from wasl.cli.named import account_of
from wasl.clock import now_ms
from wasl.domain.assistant_settings import overlaid, settings_of
from wasl.domain.told_settings import complaint_about
from wasl.errors import Invalid, NotFound
from wasl.flow.cases import Case, cases_of, read_cases
from wasl.flow.evaluate import FIRST_MATCHES, Judged, evaluate, summary
from wasl.flow.limits import CASE_FILE_BYTES_MAX, CASES_MAX
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.assistants import MODEL_KEY, Assistant, server_of
from wasl.store.past_bursts import past_bursts

DAYS_DEFAULT = 30
LIMIT_DEFAULT = 200
MICROS = 1_000_000


def add_verb(verbs: Commands) -> None:
    """Add it to those of the assistant."""
    parser = verbs.add_parser(
        "evaluate", help="let it answer cases, or past conversations, and count", description=_evaluate.__doc__
    )
    parser.add_argument("--account", metavar="A", required=True, help="the business, by id or name")
    parser.add_argument("--channel", metavar="N", help="as on this number, by id or phone number id (default: on any)")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--cases", metavar="FILE", help="a JSON list of cases; docs/evaluating.md explains the shape")
    asked.add_argument(
        "--days", metavar="N", type=_number, default=DAYS_DEFAULT, help="what was answered since (default %(default)s)"
    )
    parser.add_argument(
        "--limit", metavar="N", type=_number, help=f"ask at most so many (default: the file, or {LIMIT_DEFAULT})"
    )
    parser.add_argument("--settings", metavar="FILE", help="JSON of settings, laid over those of the account")
    parser.add_argument("--json", action="store_true", help="print the figures, and what came of each case, as JSON")
    parser.set_defaults(run=lambda told, settings: asyncio.run(_evaluate(told, settings)))


async def _evaluate(asked: argparse.Namespace, settings: Settings) -> int:
    """Let the assistant answer cases whose right answer is known, or what customers asked in the past, and print what
    it came to. Nothing is sent and nothing is stored; a model, where one is set, is paid for."""
    # What thinks is imported when it is asked for: every other command starts sooner.
    from wasl.flow.mind import thinking  # noqa: PLC0415
    from wasl.flow.think import Rehearsal  # noqa: PLC0415

    given = _given_settings(asked.settings)
    cases = read_cases(content_of(asked.cases, "cases", CASE_FILE_BYTES_MAX)) if asked.cases else None
    async with open_memory(settings) as memory:
        account_id = account_of(memory, asked.account).id
        channel_id = _channel_id(memory, account_id, asked.channel)
        if cases is None:
            cases = await _past(memory, account_id, channel_id, asked)
        if asked.limit is not None:
            cases = cases[: asked.limit]
        assistant = _assistant(memory, account_id, channel_id, given)
        async with thinking(settings, memory.database, memory.journal) as thinker:
            results = await evaluate(account_id, cases, assistant, Rehearsal(thinker))
    figures = summary(results)
    if asked.json:
        print(orjson.dumps({**figures, "results": [_shown(one) for one in results]}).decode())
    else:
        _print(figures)
    return 0


async def _past(memory: Memory, account_id: int, channel_id: int, asked: argparse.Namespace) -> list[Case]:
    channels = [channel_id] if channel_id else [channel.id for channel in memory.team.channels(account_id)]
    since_ms, limit = now_ms() - asked.days * 24 * 3_600_000, min(asked.limit or LIMIT_DEFAULT, CASES_MAX)
    found = await memory.database.read(lambda c: past_bursts(c, account_id, channels, since_ms, limit))
    if not found:
        raise NotFound(f"In the last {asked.days} days nobody asked anything here that was answered.")
    return cases_of(found)


def _assistant(memory: Memory, account_id: int, channel_id: int, given: dict[str, Any]) -> Assistant:
    """What holds on a number, or for the account, with what was given laid over it."""
    of_account, here = memory.team.assistant(account_id), memory.team.assistant(account_id, channel_id)
    told = overlaid(of_account.told, here.told) if channel_id else of_account.told
    settings = settings_of(overlaid(told, given))
    secrets = dict(here.secrets)
    if server_of(settings.model.base_url) != server_of(here.settings.model.base_url):
        # A key is for the server that it was told for, also where somebody only tries another one.
        secrets.pop(MODEL_KEY, None)
        if key := os.environ.get(ASSISTANT_KEY_VARIABLE):
            secrets[MODEL_KEY] = key
    return replace(here, settings=settings, secrets=secrets)


def _given_settings(file: str | None) -> dict[str, Any]:
    if file is None:
        return {}
    told = json_of(file, "settings", CASE_FILE_BYTES_MAX)
    complaint = complaint_about(told)
    if complaint is not None:
        raise Invalid(f"The file of settings: {complaint}")
    return dict(told)


def _channel_id(memory: Memory, account_id: int, named: str | None) -> int:
    if named is None:
        return 0
    for channel in memory.team.channels(account_id):
        if named in (channel.phone_number_id, str(channel.id)):
            return channel.id
    raise NotFound(f"This account has no number “{named}”; `wasl channel list` shows them.")


# -- showing ---------------------------------------------------------------------------------------------------------


def _print(figures: dict[str, Any]) -> None:
    cases, answered = figures["cases"], figures["answered"]
    rows: list[Sequence[str]] = [
        ("CASES", str(cases), ""),
        ("answered", str(answered), _share(answered, cases)),
        ("handed over", str(figures["handed_over"]), _share(figures["handed_over"], cases)),
        ("nothing to answer", str(figures["silent"]), _share(figures["silent"], cases)),
        (f"right entry in the first {FIRST_MATCHES}", *_of(figures["entries_found"], figures["entries_expected"])),
        ("answered with the right entry", *_of(figures["entries_answered"], figures["entries_expected"])),
        ("handed over where due", *_of(figures["handovers_made"], figures["handovers_due"])),
        ("courtesies without a person", *_of(figures["courtesies_kept"], figures["courtesies"])),
        ("confident wrong", str(figures["confident_wrong"]), _share(figures["confident_wrong"], cases)),
        ("agreement", _or_dash(figures["agreement"]), "of 100"),
        ("cost", f"{figures['cost_micros'] / MICROS:.4f}", f"{figures['tokens']} tokens"),
        ("p50", f"{figures['p50_ms']:.1f} ms", ""),
    ]
    print_table(rows)
    for title, parts in (("TOPIC", figures["topics"]), ("LANGUAGE", figures["languages"])):
        if parts:
            print()
            print_table([(title, "CASES", "ANSWERED", "CONFIDENT WRONG", "AGREEMENT"), *map(_part_row, parts)])
    if figures["kinds"]:
        print()
        rows = [(one["name"], str(one["cases"]), str(one["handed_over"])) for one in figures["kinds"]]
        print_table([("KIND", "CASES", "HANDED OVER"), *rows])
    if figures["reasons"]:
        print()
        counted = sorted(figures["reasons"].items(), key=lambda one: -one[1])
        print_table([("HANDED OVER", "CASES"), *((reason, str(count)) for reason, count in counted)])


def _part_row(part: dict[str, Any]) -> tuple[str, ...]:
    counts = (part["cases"], part["answered"], part["confident_wrong"])
    return (part["name"] or "-", *map(str, counts), _or_dash(part["agreement"]))


def _of(count: int, total: int) -> tuple[str, str]:
    return (f"{count} of {total}", _share(count, total)) if total else ("-", "")


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f} %" if total else ""


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)


def _shown(one: Judged) -> dict[str, Any]:
    answered = one.answered
    return {
        "case": one.case.name,
        "text": one.case.text,
        "language": one.case.language,
        "outcome": one.outcome,
        "reply": answered.text,
        "reason": answered.reason and answered.reason.value,
        "note": answered.note,
        "confidence": answered.confidence,
        "sources": [match.as_json() for match in answered.found],
        "found": one.found,
        "answered_rightly": one.answered_rightly,
        "handed_over_as_due": one.handed_over_as_due,
        "courtesy_kept": one.courtesy_kept,
        "agreement": one.agreement,
        "confident_wrong": one.confident_wrong,
        "ms": round(one.milliseconds, 2),
    }


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_number.__name__ = "number"  # What argparse calls it when it is none.
