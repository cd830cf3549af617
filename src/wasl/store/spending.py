"""What an account's assistant has used today of what it may."""

from dataclasses import dataclass

from wasl.domain.assistant import Usage
from wasl.domain.assistant_settings import Limits
from wasl.domain.notes import Note, NoteCode
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.needs import Needs


def is_spent(connection: Connection, account_id: int, day: str, limits: Limits) -> Note | None:
    """A sentence that says which limit of the day is used up; None while there is some left."""
    sql = "SELECT turns, tokens, cost_micros FROM assistant_spending WHERE account_id = ? AND day = ?"
    rows = connection.rows(sql, (account_id, day))
    turns, tokens, micros = rows[0] if rows else (0, 0, 0)
    for used, most, what in (
        (turns, limits.turns_per_day, NoteCode.LIMIT_OF_TURNS),
        (tokens, limits.tokens_per_day, NoteCode.LIMIT_OF_TOKENS),
        (micros, limits.micros_per_day, NoteCode.LIMIT_OF_SPENDING),
    ):
        if most and used >= most:
            return Note(what)
    return None


def count_use(draft: Draft, day: str, usage: Usage, *, turns: int) -> None:
    """Add what was used to the day's account."""
    sql = (
        "INSERT INTO assistant_spending AS s (account_id, day, turns, tokens, cost_micros) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (account_id, day) DO UPDATE SET turns = s.turns + excluded.turns,"
        " tokens = s.tokens + excluded.tokens, cost_micros = s.cost_micros + excluded.cost_micros"
    )
    tokens = usage.tokens_in + usage.tokens_out
    draft.connection.send(sql, (draft.account_id, day, turns, tokens, usage.cost_micros))


@dataclass(frozen=True, slots=True)
class CountUse:
    """A model was used for something that is no turn's end: for an operator, or for a turn that was broken off."""

    account_id: int
    day: str
    usage: Usage

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        count_use(draft, self.day, self.usage, turns=0)
