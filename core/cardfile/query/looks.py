"""The statements by which commands look at records: compiled once for all looks of one form, then only filled in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal, NamedTuple

import orjson

from cardfile.database.columns import ColumnType
from cardfile.database.dialect import Dialect
from cardfile.errors import Refused
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.model import Model
from cardfile.model.record_types import Line
from cardfile.query.binds import Bind, Moment, Statement
from cardfile.query.conditions import filtered, speaks_of_archive
from cardfile.query.given import Guard, Guards, is_met, kept, literal, variable
from cardfile.query.orders import order_of
from cardfile.query.row import Row
from cardfile.query.searching import searched
from cardfile.query.visibility import visible
from cardfile.rights import Rights
from cardfile.values.money import Money

__all__ = ["AFTER", "FILTER", "SEARCH", "Form", "Look", "decoder", "look_for"]

FILTER: Final = "filter"
SEARCH: Final = "search"
AFTER: Final = "after"

MOST_FORMS: Final = 1_000
MOST_ALIKE: Final = 32
"""How many statements are kept of one form: filters that are built differently make one each."""

Record = dict[str, object]
Decode = Callable[[object], object]


Wanted = Literal["records", "count", "ids"]
"""What a look gives."""


class Form(NamedTuple):
    """What a look is like, whatever the values that are looked for: `given` names those that there are."""

    wanted: Wanted
    entity: str
    dialect: str
    rights: str
    reading: Reading
    action: str
    by_ids: bool
    given: tuple[str, ...]
    archived: bool
    order: tuple[str, ...] = ()
    limit: int | None = None
    lock: bool = False
    paths: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A statement with what fills it in; `records` makes records of its rows."""

    sql: str
    binds: tuple[Bind, ...]
    guards: tuple[Guard, ...]
    records: "_Shape"


@dataclass(frozen=True, slots=True)
class _Shape:
    """How rows become records: money takes a second column, some values are kept as something else."""

    paths: tuple[str, ...]
    decoded: tuple[tuple[int, Decode], ...]
    money: tuple[tuple[int, int], ...]

    def __call__(self, rows: Sequence[Sequence[object]]) -> list[Record]:
        if not rows:
            return []
        if len(rows) == 1:
            return [self._record(list(rows[0]))]
        # A column at a time, for there may be thousands of rows.
        columns: list[Sequence[object]] = list(zip(*rows, strict=True))
        for place, decode in self.decoded:
            columns[place] = [None if value is None else decode(value) for value in columns[place]]
        for place, currency in self.money:
            columns[place] = list(map(_money, columns[place], columns[currency]))
        # Currencies stand at the end, where no path waits for them.
        return [dict(zip(self.paths, values, strict=False)) for values in zip(*columns, strict=True)]

    def _record(self, values: list[object]) -> Record:
        for place, decode in self.decoded:
            if values[place] is not None:
                values[place] = decode(values[place])
        for place, currency in self.money:
            values[place] = _money(values[place], values[currency])
        return dict(zip(self.paths, values, strict=False))


def look_for(
    model: Model, dialect: Dialect, rights: Rights, form: Form, moment: Moment
) -> tuple[Look, list[object]]:
    """Return the statement for a look of this form, and its arguments at this moment.

    Raises `InvalidInput` for a wrong filter, order or search.
    """
    known: list[Look] = model.looks.get(form, [])
    for look in known:
        if is_met(look.guards, moment.variables):
            try:
                return look, [bind(moment) for bind in look.binds]
            except Refused:
                break  # Compiling it anew tells where the wrong value stands.
    look = _compiled(model, dialect, rights, form, moment)
    if len(model.looks) >= MOST_FORMS:
        model.looks.clear()
    model.looks[form] = [*(known if len(known) < MOST_ALIKE else ()), look]
    return look, [bind(moment) for bind in look.binds]


def _compiled(model: Model, dialect: Dialect, rights: Rights, form: Form, moment: Moment) -> Look:
    statement = Statement(model, dialect, rights, form.reading)
    record_type = model[form.entity]
    row = Row(statement, record_type)
    guards: Guards = {}
    conditions = _conditions(row, form, moment, guards)
    lines = [line for path, line in record_type.lines.items() if form.paths is None or path in form.paths]
    money = [line for line in lines if line.kind is Kind.MONEY]
    match form.wanted:
        case "records":
            columns = [f"{row.alias}.id", *map(row.value, lines)]
            columns += [row.named(line.currency_column, line.card) for line in money]
            asked = literal(list(form.order)) if form.order else None
            tail = f" order by {order_of(row, asked).clause(row)}"
        case "count":
            columns, tail = ["count(*)"], ""
        case "ids":
            columns, tail = [f"{row.alias}.id"], ""
    if form.limit is not None:
        tail += f" limit {form.limit}"
    if form.lock and dialect.name == "postgres":
        tail += f" for update of {row.alias}"
    where = " and ".join(conditions) or "1 = 1"
    return Look(
        sql=f"select {', '.join(columns)} from {row.source()} where {where}{tail}",
        binds=tuple(statement.binds),
        guards=kept(guards),
        records=_shape(lines, money, dialect),
    )


def _conditions(row: Row, form: Form, moment: Moment, guards: Guards) -> list[str]:
    """Return the conditions under which a row is part of the answer."""
    statement, record_type = row.statement, row.type
    given = {name: variable(name, moment.variables, guards) for name in form.given}
    wanted = given.get(FILTER)
    conditions = []
    if form.by_ids:
        conditions.append(f"{row.alias}.id {statement.dialect.any_of(statement.keys(), 'bigint')}")
    if AFTER in given:
        conditions.append(
            f"{row.alias}.id > {statement.value(given[AFTER], _whole, 'bigint', known_as=AFTER)}"
        )
    if not form.archived and not form.by_ids and record_type.is_archivable and not speaks_of_archive(wanted):
        conditions.append(f"{row.alias}.archived_at is null")
    more = [visible(statement, record_type, row.alias, action=form.action)]
    if wanted is not None:
        more.append(filtered(row, wanted))
    if SEARCH in given:
        more.append(searched(row, given[SEARCH]))
    return [*conditions, *(condition for condition in more if condition)]


def _whole(value: object) -> int:
    return int(str(value))


def _shape(lines: Sequence[Line], money: Sequence[Line], dialect: Dialect) -> _Shape:
    places = {line.path: place for place, line in enumerate(lines, start=1)}
    decoders = ((place, decoder(lines[place - 1].kind, dialect)) for place in places.values())
    return _Shape(
        paths=("id", *places),
        decoded=tuple((place, decode) for place, decode in decoders if decode is not None),
        money=tuple((places[line.path], place) for place, line in enumerate(money, start=len(lines) + 1)),
    )


def decoder(kind: Kind, dialect: Dialect) -> Decode | None:
    """Return what makes the Python value of a stored one, None where they are the same."""
    known = _FROM_POSTGRES if dialect.name == "postgres" else _FROM_SQLITE
    return known.get(KINDS[kind].column)


def _money(minor: object, currency: object) -> Money | None:
    return None if minor is None or currency is None else Money(int(str(minor)), str(currency))


def _instant(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _json(value: object) -> object:
    return tuple(orjson.loads(str(value)))


_FROM_POSTGRES: Mapping[ColumnType, Decode] = {ColumnType.INSTANT: _instant, ColumnType.JSON: _json}
_FROM_SQLITE: Mapping[ColumnType, Decode] = {
    ColumnType.BOOLEAN: bool,
    ColumnType.DATE: lambda value: date.fromisoformat(str(value)),
    ColumnType.INSTANT: datetime.fromisoformat,  # type: ignore[dict-item]  # SQLite keeps nothing but texts of them
    ColumnType.JSON: _json,
}
