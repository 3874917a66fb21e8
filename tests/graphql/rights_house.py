"""The house in which rights are tried: rows of everybody, one reader, and who sees what worked out in Python."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crew_plugin import CrewPlugin
from rights_rows import NOW, Filler, mark

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.database.names import quoted
from cardfile.database.tables import table_columns
from cardfile.model.entities import Everyone, Owned, Personal, Through
from cardfile.model.names import camel
from cardfile.model.record_types import Link, RecordType
from cardfile.rights import Actor, Rights, Scope
from cardfile.settings import Settings
from cardfile_documents.plugin import DocumentsPlugin
from cardfile_fitness.plugin import FitnessPlugin
from cardfile_graphql.built import BuiltSchema
from cardfile_graphql.context import RequestContext
from cardfile_graphql.engine import Engine, Request
from cardfile_graphql.plugin import GraphQLPlugin
from cardfile_graphql.schema import build_schema
from cardfile_windows.plugin import WindowsPlugin

EDITIONS = (GraphQLPlugin, DocumentsPlugin, FitnessPlugin, WindowsPlugin, CrewPlugin)

__all__ = ["RightsHouse", "open_rights_house", "portions"]

Row = Mapping[str, Any]
Pair = tuple[str, str]


@dataclass
class RightsHouse:
    """An app full of rows; `base` are the reader's rights but for their scopes, as the directory gives them."""

    app: App
    built: BuiltSchema
    engine: Engine
    filler: Filler
    base: Rights
    rows: dict[str, dict[int, Row]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    """Filters that were deeper than the database bears, so that nothing was compared."""

    @property
    def types(self) -> list[RecordType]:
        """All record types."""
        return list(self.app.model.types.values())

    def rights(
        self,
        read: Scope,
        other: Scope | None = None,
        *,
        scopes: Mapping[Pair, Scope] | None = None,
        hidden: Iterable[Pair] = (),
    ) -> Rights:
        """Return the reader's rights with one scope for reading and one for everything else."""
        given = {
            (key, action): read if action == "read" or other is None else other
            for key, actions in self.app.roles.actions.items()
            for action in actions
        }
        given.update(scopes or {})
        known = {pair: scope for pair, scope in given.items() if scope}
        return replace(self.base, scopes=known, hidden=self.app.roles.concealed(known, frozenset(hidden)))

    def actor(self, rights: Rights) -> Actor:
        """Return the reader with these rights."""
        return Actor(rights=rights, name="reader", user=rights.user)

    async def bytes_of(self, text: str, rights: Rights, **variables: object) -> bytes:
        """Return the answer to a document as it goes over the wire."""
        context = RequestContext(self.app, self.actor(rights), self.built, "en", "request")
        return (await self.engine.answer(Request(text, variables), context)).body

    async def answer(self, text: str, rights: Rights, **variables: object) -> dict[str, Any]:
        """Return the answer to a document, which may hold errors."""
        found: dict[str, Any] = json.loads(await self.bytes_of(text, rights, **variables))
        return found

    async def data(self, text: str, rights: Rights, **variables: object) -> dict[str, Any]:
        """Return what a document that is answered gives."""
        found = await self.answer(text, rights, **variables)
        assert "errors" not in found, (found["errors"], text)
        data: dict[str, Any] = found["data"]
        return data

    async def load(self) -> None:
        """Read all rows, past every right."""
        for one in self.types:
            names = [column.name for column in table_columns(one.entity.table)]
            listed = ", ".join(quoted(name) for name in names)
            found = await self.app.database.fetch(f"select {listed} from {quoted(one.table)}")
            rows = [dict(zip(names, row, strict=True)) for row in found]
            self.rows[one.key] = {int(str(row["id"])): row for row in rows}
            for card in one.cards.values():
                lines = [line for line in card.lines if not _is_live(line)]
                listed = ", ".join(["id", *(quoted(line.column) for line in lines)])
                kept = await self.app.database.fetch(f"select {listed} from {quoted(card.table)}")
                for number, *values in kept:
                    row = self.rows[one.key][int(str(number))]
                    assert isinstance(row, dict)
                    row.update({line.path: value for line, value in zip(lines, values, strict=True)})

    def sees(self, rights: Rights, key: str, record: object, action: str = "read") -> bool:
        """Tell whether the reader may do `action` to a record, as the design says it in words."""
        row = self.rows[key].get(record) if isinstance(record, int) else None
        if row is None:
            return False
        one = self.app.model[key]
        # A line of history that shows an interaction is seen by whoever sees that.
        for reference in {origin.partition(".")[0] for origin in one.entity.repeats.values()}:
            shown = row[one.links[reference].source]
            if shown is not None and not self.sees(rights, one.links[reference].target, shown):
                return False
        scope = min(rights.scope(key, "read"), rights.scope(key, action))
        return self._within(rights, one, row, scope, action)

    def _within(self, rights: Rights, one: RecordType, row: Row, scope: Scope, action: str) -> bool:
        if scope is Scope.ALL:
            return True
        if scope is not Scope.NONE and self._belongs(rights, one, row, scope, action):
            return True
        if action in {"read", "edit"} and self._is_lent(one.key, row["id"], action):
            return True
        return action == "read" and scope is not Scope.NONE and self._is_shown(rights, one, row["id"])

    def _is_shown(self, rights: Rights, one: RecordType, record: int) -> bool:
        """Tell whether the reader sees another record, and the field in it, that refers to this one."""
        if not isinstance(one.visibility, Owned) or not one.visibility.referred:
            return False
        return any(
            row.get(path if link.card else link.source) == record and self.sees(rights, other.key, row["id"])
            for other in self.types
            for path, link in other.links.items()
            if link.target == one.key and path in other.lines and rights.sees(other.key, path)
            for row in self.rows[other.key].values()
        )

    def _belongs(self, rights: Rights, one: RecordType, row: Row, scope: Scope, action: str) -> bool:
        people = self.filler.people
        mine = {people["reader"], people["absent"]}
        near = mine if scope is Scope.OWN else {*mine, people["mate"]}
        match one.visibility:
            case Everyone():
                return True
            case Owned() as owned:
                return any(self._owner(one, row, path) in near for path in (owned.owner, *owned.also)) or (
                    action in owned.participating and self._takes_part(one, row, near)
                )
            case Personal(owner, shared):
                is_open = shared is not None and bool(row[shared]) and action == "read"
                return row[owner] in mine or is_open
            case Through(reference):
                link = one.links[reference]
                parent = self.app.model[link.target]
                return self._within(rights, parent, self.rows[parent.key][row[link.source]], scope, action)

    def _owner(self, one: RecordType, row: Row, path: str) -> object:
        """Return who stands in a field of a row, or of the row that it refers to."""
        reference, _, owner = path.partition(".")
        if not owner:
            return row[path]
        link = one.links[reference]
        there = self.rows[link.target].get(row[link.source])
        return None if there is None else there[owner]

    def _takes_part(self, one: RecordType, row: Row, near: set[int]) -> bool:
        """Tell whether one of these people stands in a live row of the participants."""
        owned = one.visibility
        assert isinstance(owned, Owned)
        if owned.participants is None:
            return False
        link = one.links[owned.participants]
        return any(
            other[link.column] == row["id"]
            and other["archived_at"] is None
            and other["user"] in near
            and all(other[name] == value for name, value in link.where.items())
            for other in self.rows[link.target].values()
        )

    def _is_lent(self, key: str, record: int, action: str) -> bool:
        reader, teams = self.filler.people["reader"], self.filler.ids["team"]
        return any(
            share["entity"] == key
            and share["record"] == record
            and share["archived_at"] is None
            and (share["until"] is None or _moment(share["until"]) > NOW)
            and (share["to_user"] == reader or share["to_team"] in teams)
            and (action == "read" or share["level"] == "edit")
            for share in self.rows["share"].values()
        )

    def is_live(self, key: str, record: int) -> bool:
        """Tell whether a record is not archived."""
        return self.rows[key][record].get("archived_at") is None

    def seen(self, rights: Rights, key: str, action: str = "read", *, live: bool = True) -> list[int]:
        """Return the records of a type that the reader may do `action` to."""
        return sorted(
            record
            for record in self.rows[key]
            if self.sees(rights, key, record, action) and not (live and not self.is_live(key, record))
        )

    def linked(self, rights: Rights, one: RecordType, link: Link, record: int) -> list[int]:
        """Return the visible live records in a list of a record."""
        return [
            other
            for other in self.seen(rights, link.target)
            if self.rows[link.target][other][link.column] == record
            and all(self.rows[link.target][other][name] == value for name, value in link.where.items())
        ]

    def named(self, key: str, records: Iterable[int]) -> list[str]:
        """Return the global ids of records."""
        return [self.app.model[key].global_id(record) for record in records]

    def marks_out_of_sight(self, rights: Rights) -> list[bytes]:
        """Return the words that must stand in no answer to this reader."""
        return [
            mark(one.key, record).encode()
            for one in self.types
            for record in self.rows[one.key]
            if not self.sees(rights, one.key, record) and record != rights.user
        ]

    async def events(self) -> int:
        """Return how many events there are."""
        return int(str(await self.app.database.fetch_value("select count(*) from event")))


def _is_live(line: Any) -> bool:
    return not line.field.is_kept


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def portions(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield the items in portions."""
    return (items[start : start + size] for start in range(0, len(items), size))


def root(one: RecordType) -> str:
    """Return the name of the list of a type."""
    return camel(one.collection)


def inside(link_group: str | None, text: str) -> str:
    """Return a selection or a filter inside the part of the plugin that it belongs to."""
    return f"{camel(link_group)}: {{ {text} }}" if link_group else text


@asynccontextmanager
async def open_rights_house(database_url: str, folder: Path) -> AsyncIterator[RightsHouse]:
    """Open an app with all editions on an empty database, and fill it with everybody's rows."""
    settings = Settings(database_url=database_url, data_dir=folder, plugins=(), worker=False)
    app = App.build(settings, plugins=EDITIONS, clock=MovableClock(NOW))
    await app.migrate()
    async with app.running():
        filler = Filler(app)
        await filler.fill()
        built = build_schema(app)
        reader = await app.access.actor(filler.people["reader"])
        assert reader is not None
        engine = Engine(app, built)
        engine.documents.most = 5_000  # Each question is asked by many readers in turn.
        house = RightsHouse(app, built, engine, filler, reader.rights)
        await house.load()
        yield house
