"""All rows of a database as Python dictionaries, and who sees which of them: the ground of the oracle of reads."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cardfile.app import App
from cardfile.database.columns import ColumnType, TableSpec
from cardfile.database.names import quoted
from cardfile.database.tables import table_spec
from cardfile.model.aggregates import Aggregate
from cardfile.model.entities import Everyone, Owned, Personal, Through
from cardfile.model.fields import Kind
from cardfile.model.model import Model
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.rights import Rights, Scope
from cardfile.texts import said

__all__ = ["Record", "Rows", "Value", "instant"]

Value = str | int | bool | list[str] | None
"""What a cell holds: instants and dates as their canonical texts, whose order is that of time."""


@dataclass(eq=False)
class Record:
    """One row with the plugins' card rows beside it."""

    type: RecordType
    values: Mapping[str, Value]
    cards: Mapping[str, Mapping[str, Value]]

    @property
    def id(self) -> int:
        """The record's number."""
        return int(str(self.values["id"]))

    @property
    def is_live(self) -> bool:
        """Whether the record is not archived."""
        return self.values.get("archived_at") is None

    def column(self, name: str, card: str | None) -> Value:
        """Return a column of the row or of a plugin's card row, None when that row is missing."""
        return self.values[name] if card is None else self.cards[card].get(name)


def instant(moment: datetime) -> str:
    """Return the one text that an instant has everywhere."""
    utc = moment.astimezone(UTC)
    return f"{utc.date().isoformat()}T{utc.time().isoformat(timespec='microseconds')}Z"


@dataclass
class Rows:
    """Everything that is in the database, by record type."""

    model: Model
    now: datetime
    records: dict[str, list[Record]] = field(default_factory=dict)
    shares: list[Mapping[str, Value]] = field(default_factory=list)
    locale: str = "en"
    by_id: dict[tuple[str, int], Record] = field(default_factory=dict)
    by_column: dict[tuple[str, str], dict[int, list[Record]]] = field(default_factory=dict)

    @classmethod
    async def load(cls, app: App) -> "Rows":
        """Read every table of the model, row by row."""
        rows = cls(app.model, app.clock.now())
        tables = {table.name: table.as_spec() for table in app.card_tables}
        for kind in app.model:
            cards = {
                plugin: {row["id"]: row for row in await _read(app, tables[card.table])}
                for plugin, card in kind.cards.items()
            }
            found = await _read(app, table_spec(kind.entity.table))
            if kind.key == "share":
                rows.shares = found
            rows.records[kind.key] = [
                Record(kind, row, {plugin: known.get(row["id"], {}) for plugin, known in cards.items()})
                for row in found
            ]
            rows.by_id.update({(kind.key, one.id): one for one in rows.records[kind.key]})
        return rows

    def find(self, key: str, number: object) -> Record | None:
        """Return the record with that number, whoever may see it."""
        return self.by_id.get((key, number)) if isinstance(number, int) else None

    def with_value(self, key: str, column: str, number: object) -> list[Record]:
        """Return the records of a type whose column holds `number`."""
        known = self.by_column.get((key, column))
        if known is None:
            known = self.by_column[key, column] = {}
            for one in self.records[key]:
                if isinstance(value := one.values[column], int):
                    known.setdefault(value, []).append(one)
        return known.get(number, []) if isinstance(number, int) else []

    def linked(self, record: Record, link: Link) -> Iterator[Record]:
        """Yield the records at the other end of `link`, whoever may see them."""
        source = record.column(link.source, link.card)
        if link.column == "id":
            found = self.find(link.target, source)
            yield from () if found is None else (found,)
            return
        for one in self.with_value(link.target, link.column, source):
            if all(one.values[column] == wanted for column, wanted in link.where.items()):
                yield one

    def value(self, record: Record, line: Line) -> Value:
        """Return what a line holds, computed where it is not stored."""
        if line.field.worded and record.values[line.column] is None:
            event = record.values[line.field.worded]
            told = self.model.happenings.get(str(event))
            return event if told is None else said(told.label, self.locale)
        if line.field.past is not None:
            moment, by = record.values[line.field.past], record.values.get(line.field.past_at or "")
            if line.field.past_at is None:
                by = instant(self.now)
            return moment is not None and by is not None and str(moment) < str(by)
        if line.field.computed is None or line.field.stored:
            return record.column(line.column, line.card)
        return self._computed(record, line)

    def _computed(self, record: Record, line: Line) -> Value:
        computed = line.field.computed
        assert computed is not None
        source = self.model.of_table(computed.table)
        host = next(
            one for one in source.links.values() if one.target == record.type.key and one.column == "id"
        )
        found = [one for one in self.with_value(source.key, host.source, record.id) if one.is_live]
        found = [one for one in found if all(one.values[key] == wanted for key, wanted in computed.where)]
        if computed.last is not None and computed.when is not None:
            since = self._since(source.line(computed.when), computed.last)
            whens = [(str(one.values[computed.when] or ""), one) for one in found]
            found = [one for when, one in whens if when > since]
        if computed.field is None:
            return len(found)
        values = [value for one in found if (value := one.values[computed.field]) is not None]
        if computed.aggregate is Aggregate.TOTAL:
            return sum(int(str(value)) for value in values)
        choose = max if computed.aggregate is Aggregate.LATEST else min
        return choose(values, default=None)

    def _since(self, line: Line, span: timedelta) -> str:
        moment = self.now - span
        return moment.date().isoformat() if line.kind is Kind.DATE else instant(moment)

    def sees(self, rights: Rights, record: Record) -> bool:
        """Tell whether the reader may read the record."""
        return (
            self._within(rights, record, rights.scope(record.type.key, "read"))
            and not self._is_concealed(rights, record)
            and self._sees_what_it_repeats(rights, record)
            and self._reads_what_it_is_about(rights, record)
        )

    def _is_concealed(self, rights: Rights, record: Record) -> bool:
        """Tell whether the record stands in a list of entries that is hidden: phones in the list of contacts."""
        for entity, path in rights.hidden:
            link = self.model[entity].links.get(path)
            if link is None or link.entry is None or link.target != record.type.key:
                continue
            if all(record.values[column] == wanted for column, wanted in link.where.items()):
                return True
        return False

    def _sees_what_it_repeats(self, rights: Rights, record: Record) -> bool:
        """Tell whether the reader sees the record of which a row of a view shows fields."""
        for origin in record.type.entity.repeats.values():
            link = record.type.links[origin.partition(".")[0]]
            there = self.find(link.target, record.column(link.source, link.card))
            return there is None or self.sees(rights, there)
        return True

    def _reads_what_it_is_about(self, rights: Rights, record: Record) -> bool:
        """Tell whether the reader may read anything of the entity that a row of a view tells of."""
        about = record.values[record.type.entity.about] if record.type.entity.about else None
        return about is None or rights.scope(str(about), "read") is not Scope.NONE or about in rights.shared

    def _within(self, rights: Rights, record: Record, scope: Scope) -> bool:
        if scope is Scope.ALL or self._is_shared(rights, record):
            return True
        if scope is Scope.NONE:
            return False
        return self._belongs(rights, record, scope) or self._is_shown(rights, record)

    def _is_shown(self, rights: Rights, record: Record) -> bool:
        """Tell whether the reader sees another record, and the field in it, that refers to this one."""
        visibility = record.type.visibility
        if not isinstance(visibility, Owned) or not visibility.referred:
            return False
        return any(
            other.column(link.source, link.card) == record.id and self.sees(rights, other)
            for one in self.model
            for path, link in one.links.items()
            if link.target == record.type.key and path in one.lines and rights.sees(one.key, path)
            for other in self.records[one.key]
        )

    def _belongs(self, rights: Rights, record: Record, scope: Scope) -> bool:
        match record.type.visibility:
            case Everyone():
                return True
            case Owned():
                return self._is_held(record, set(rights.own if scope is Scope.OWN else rights.team))
            case Personal(owner, shared):
                return record.values[owner] in rights.own or bool(shared and record.values[shared])
            case Through(reference):
                link = record.type.links[reference]
                parent = self.find(link.target, record.column(link.source, link.card))
                return parent is not None and self._within(rights, parent, scope)

    def _is_held(self, record: Record, near: set[int]) -> bool:
        """Tell whether one of these people owns the record in some way, or takes part in it."""
        visibility = record.type.visibility
        assert isinstance(visibility, Owned)
        if any(self._owner(record, path) in near for path in (visibility.owner, *visibility.also)):
            return True
        if visibility.participants is None:
            return False
        rows = self.linked(record, record.type.links[visibility.participants])
        return any(row.is_live and row.values["user"] in near for row in rows)

    def _owner(self, record: Record, path: str) -> Value:
        """Return who stands in a field of the record, or of the record that it refers to."""
        *steps, field_ = path.split(".")
        for step in steps:
            there = next(self.linked(record, record.type.links[step]), None)
            if there is None:
                return None
            record = there
        return record.values[field_]

    def _is_shared(self, rights: Rights, record: Record) -> bool:
        return record.type.key in rights.shared and any(
            share["entity"] == record.type.key
            and share["record"] == record.id
            and share["archived_at"] is None
            and (share["until"] is None or str(share["until"]) > instant(self.now))
            and (
                (share["to_user"] is not None and share["to_user"] == rights.user)
                or share["to_team"] in rights.teams
            )
            for share in self.shares
        )


async def _read(app: App, spec: TableSpec) -> list[Mapping[str, Value]]:
    columns = ", ".join(quoted(column.name) for column in spec.columns)
    rows = await app.database.fetch(f"select {columns} from {quoted(spec.name)}")
    return [
        {column.name: _cell(value, column.type) for column, value in zip(spec.columns, row, strict=True)}
        for row in rows
    ]


def _cell(value: object, kind: ColumnType) -> Value:
    if value is None:
        return None
    match kind:
        case ColumnType.BOOLEAN:
            return bool(value)
        case ColumnType.DATE:
            return value.isoformat() if isinstance(value, date) else str(value)
        case ColumnType.INSTANT:
            return instant(value) if isinstance(value, datetime) else str(value)
        case ColumnType.JSON:
            found: list[str] = json.loads(str(value))
            return found
        case ColumnType.TEXT:
            return str(value)
    return int(str(value))
