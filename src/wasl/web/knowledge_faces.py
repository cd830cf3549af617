"""How entries, documents and matches are shown: what the store tells of them, with the names of people."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from wasl.domain.assistant import Match
from wasl.errors import Conflict, NotFound
from wasl.store.message_row import Json
from wasl.store.team import Team

_ID_DIGITS_MAX = 15


def match_face(match: Match) -> Json:
    """A match with what its entry answers."""
    return {**match.as_json(), "answer": match.answer}


def entry_face(team: Team, entry: Mapping[str, object]) -> Json:
    """An entry's JSON with the names of who wrote it."""
    return {
        **entry,
        "created_by_name": name_of(team, entry["created_by"]),
        "updated_by_name": name_of(team, entry["updated_by"]),
    }


def answer_face(team: Team, answer: Json) -> Json:
    """What a turn came to, with the names of who judged and corrected it, and of who wrote its sources."""
    sources = [
        {**source, "entry": entry_face(team, source["entry"]) if source["entry"] else None}
        for source in answer["sources"]
    ]
    names = {f"{by}_name": name_of(team, answer[by]) for by in ("verdict_by", "corrected_by")}
    return {**answer, **names, "sources": sources}


@contextmanager
def newest_named(team: Team) -> Iterator[None]:
    """Whoever has seen an older version of an entry is told the newest, also who made it."""
    try:
        yield
    except Conflict as refused:
        if "entry" in refused.details:
            refused.details["entry"] = entry_face(team, refused.details["entry"])
        raise


def name_of(team: Team, operator_id: object) -> str | None:
    """What an operator is called, by the id that the API shows."""
    operator = team.operator(int(operator_id)) if isinstance(operator_id, str) else None
    return operator.name if operator else None


def number_of(shown: str, what: str) -> int:
    """The number that an id of the API stands for. Raises NotFound, as for any id of nothing."""
    if not (shown.isascii() and shown.isdigit() and len(shown) <= _ID_DIGITS_MAX):
        raise NotFound(f"There is no such {what}.")
    return int(shown)
