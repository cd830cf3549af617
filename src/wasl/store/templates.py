"""Templates as rows: what a channel may send when the window is closed."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from wasl.domain.templates import Template
from wasl.errors import NotFound
from wasl.store.database import Connection, Row
from wasl.store.draft import Draft
from wasl.store.needs import Needs

_COLUMNS = "name, language, category, status, quality, components"


def channel_templates(connection: Connection, account_id: int, channel_id: int) -> list[Template]:
    """All of a channel, by name and language."""
    sql = f"SELECT {_COLUMNS} FROM templates WHERE account_id = ? AND channel_id = ? ORDER BY name, language"
    return [_template_of(row) for row in connection.rows(sql, (account_id, channel_id))]


def find_template(
    connection: Connection, account_id: int, channel_id: int, name: str, language: str
) -> Template | None:
    """One of a channel."""
    sql = f"SELECT {_COLUMNS} FROM templates WHERE account_id = ? AND channel_id = ? AND name = ? AND language = ?"
    rows = connection.rows(sql, (account_id, channel_id, name, language))
    return _template_of(rows[0]) if rows else None


def synced_ms(connection: Connection, channel_id: int) -> int | None:
    """When the provider listed a channel's templates last; None when it never did."""
    rows = connection.rows("SELECT synced_ms FROM template_syncs WHERE channel_id = ?", (channel_id,))
    return rows[0][0] if rows else None


def failed_lately(connection: Connection, channel_id: int) -> bool:
    """Whether the list was asked for last without coming."""
    sql = "SELECT synced_ms IS NULL OR synced_ms < tried_ms FROM template_syncs WHERE channel_id = ?"
    return any(bool(failed) for (failed,) in connection.rows(sql, (channel_id,)))


def channels_tried_lately(connection: Connection, within_seconds: float) -> set[int]:
    """Channels whose list was asked for within this time, however that ended."""
    sql = "SELECT channel_id FROM template_syncs WHERE tried_ms > NOW_MS() - ? AND tried_ms <= NOW_MS()"
    return {channel_id for (channel_id,) in connection.rows(sql, (int(within_seconds * 1000),))}


@dataclass(frozen=True, slots=True)
class NoteTry:
    """A channel's list was asked for, and did not come."""

    account_id: int
    channel_id: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        sql = (
            "INSERT INTO template_syncs (channel_id, account_id, synced_ms, tried_ms) VALUES (?, ?, NULL, NOW_MS())"
            " ON CONFLICT (channel_id) DO UPDATE SET tried_ms = excluded.tried_ms"
        )
        draft.connection.run(sql, (self.channel_id, self.account_id))


@dataclass(frozen=True, slots=True)
class ReplaceTemplates:
    """Let a channel's templates be those that the provider listed, and no others."""

    account_id: int
    channel_id: int
    templates: Sequence[Template]

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> int:
        """How many there are now."""
        draft.connection.run("DELETE FROM templates WHERE channel_id = ?", (self.channel_id,))
        unique = {(found.name, found.language): found for found in self.templates}
        for found in unique.values():
            _insert(draft, self.channel_id, found)
        sql = (
            "INSERT INTO template_syncs (channel_id, account_id, synced_ms, tried_ms) VALUES (?, ?, NOW_MS(), NOW_MS())"
            " ON CONFLICT (channel_id) DO UPDATE SET synced_ms = excluded.synced_ms, tried_ms = excluded.tried_ms"
        )
        draft.connection.run(sql, (self.channel_id, self.account_id))
        return len(unique)


@dataclass(frozen=True, slots=True)
class EnterTemplate:
    """An administrator tells of one, where a provider lists none."""

    account_id: int
    channel_id: int
    template: Template

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        sql = "DELETE FROM templates WHERE channel_id = ? AND name = ? AND language = ?"
        draft.connection.run(sql, (self.channel_id, self.template.name, self.template.language))
        _insert(draft, self.channel_id, self.template)


@dataclass(frozen=True, slots=True)
class RemoveTemplate:
    """An administrator takes one away that a provider does not list."""

    account_id: int
    channel_id: int
    name: str
    language: str

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        """Raises NotFound."""
        sql = "DELETE FROM templates WHERE channel_id = ? AND name = ? AND language = ?"
        if not draft.connection.run(sql, (self.channel_id, self.name, self.language)):
            raise NotFound("This number has no such template in this language.")


def _insert(draft: Draft, channel_id: int, found: Template) -> None:
    sql = f"INSERT INTO templates (account_id, channel_id, {_COLUMNS}, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    about = (found.name, found.language, found.category, found.status, found.quality)
    components = orjson.dumps(list(found.components)).decode()
    draft.connection.send(sql, (draft.account_id, channel_id, *about, components, draft.now_ms))


def _template_of(row: Row) -> Template:
    name, language, category, status, quality, components = row
    return Template(name, language, category, status, quality, orjson.loads(components))
