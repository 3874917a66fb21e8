"""Counts, sums and spreads over the records that somebody may see: what reports are made of.

Several figures are counted by one statement, each under a filter of its own. So a figure is told by the very filter
by which the list behind it is opened, compiled by the same hand, and cannot say anything else than that list.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cardfile.database.database import Database
from cardfile.errors import InvalidInput, TooExpensive
from cardfile.model.kinds import Reading
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import Line, RecordType
from cardfile.query.binds import Moment, Statement
from cardfile.query.conditions import filtered, speaks_of_archive
from cardfile.query.given import literal
from cardfile.query.row import Row
from cardfile.query.visibility import is_implied, visible
from cardfile.rights import Rights

__all__ = [
    "MOST_GROUPS",
    "Elapsed",
    "First",
    "Group",
    "Measure",
    "Spread",
    "Tally",
    "spread_records",
    "tally_records",
]

Filter = Mapping[str, object]
Key = tuple[object, ...]

MOST_GROUPS: Final = 200
MOST_ROWS: Final = 4_000
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: how many records there are under `filter`, and what their `total`, a field of money, comes to.

    With `weight`, a field of whole numbers, each sum is multiplied by it first; what has no weight counts nothing.
    """

    filter: Filter = field(default_factory=dict)
    total: str | None = None
    weight: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a measure came to: `sums` are minor units by currency, None when none are asked for, or they are hidden."""

    count: int
    sums: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The records that have the same values in the fields by which they are grouped, and their tallies by name."""

    key: Key
    tallies: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class First:
    """The earliest `path` among the records of a list that satisfy `filter`, as far as the reader sees them."""

    link: str
    path: str
    filter: Filter = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The whole seconds from one instant of a record to another; a record that has one of them not is left out."""

    since: str
    until: "str | First"


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are spread: how many there are, and which value so many percent of them do not exceed."""

    count: int
    percentiles: Mapping[int, int]


async def tally_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    measures: Mapping[str, Measure],
    *,
    now: datetime,
    filter: Filter | None = None,  # the word of the API
    groups: Sequence[str] = (),
    reading: Reading | None = None,
) -> list[Group]:
    """Return what the measures come to over the records under `filter`, by the values of the fields in `groups`.

    Without groups there is one, even when there are no records. A reference groups by the id, and by None where
    its record is hidden from the reader, as it is in answers. Raises `InvalidInput` for what is hidden, and
    `TooExpensive` for too many groups.
    """
    query = _Query(model, record_type, rights, database, reading or Reading(now.date()))
    query.restrict(filter)
    money = query.money(measures)
    keys = [query.key(path) for path in groups]
    if money is not None:
        keys.append(query.row.named(money.currency_column, money.card))
    columns = [column for one in measures.values() for column in query.measured(one, money)]
    sql = f"select {', '.join((*keys, 'count(*)', *columns))} from {query.source()}"
    if keys:
        sql += f" group by {', '.join(str(number) for number in range(1, len(keys) + 1))}"
    rows = await database.fetch(f"{sql} limit {MOST_ROWS + 1}", query.arguments(now))
    if len(rows) > MOST_ROWS:
        raise _too_many()
    summed = {name for name, one in measures.items() if query.is_summed(one, money)}
    return _groups(rows, tuple(measures), summed, len(groups), has_money=money is not None)


async def spread_records(
    database: Database,
    model: Model,
    record_type: RecordType,
    rights: Rights,
    value: str | Elapsed,
    *,
    now: datetime,
    filter: Filter | None = None,  # the word of the API
    groups: Sequence[str] = (),
    percents: Sequence[int] = (50, 90),
    reading: Reading | None = None,
) -> Mapping[Key, Spread]:
    """Return how a whole number is spread over the records under `filter`, by the values of the fields in `groups`.

    A percentile is the least value that at least so many percent of the values do not exceed (the nearest rank):
    always a value that there is. Records without the value are left out, and groups without any.
    """
    query = _Query(model, record_type, rights, database, reading or Reading(now.date()))
    query.restrict(filter)
    keys = [f"k{number}" for number in range(len(groups))]
    chosen = [f"{query.key(path)} as {name}" for path, name in zip(groups, keys, strict=True)]
    chosen.append(f"{query.measurable(value)} as v")
    inner = f"select {', '.join(chosen)} from {query.source()}"
    names = ", ".join(keys)
    part = f"partition by {names} " if keys else ""
    ranked = (
        f"select {''.join(f'{name}, ' for name in keys)}v, row_number() over ({part}order by v) as r, "
        f"count(*) over ({part.strip()}) as n from ({inner}) x where v is not null"
    )
    found = "".join(f", max(case when r = ({int(one)} * n + 99) / 100 then v end)" for one in percents)
    sql = f"select {''.join(f'{name}, ' for name in keys)}max(n){found} from ({ranked}) y"
    sql += f" group by {names}" if keys else " having count(*) > 0"
    rows = await database.fetch(f"{sql} limit {MOST_GROUPS + 1}", query.arguments(now))
    if len(rows) > MOST_GROUPS:
        raise _too_many()
    spreads: dict[Key, Spread] = {}
    for row in rows:
        count, *values = (int(str(one)) for one in row[len(keys) :])
        spreads[tuple(row[: len(keys)])] = Spread(count, dict(zip(percents, values, strict=True)))
    return spreads


class _Query:
    """One select over a record type in the making: aggregates over the rows that the reader may see."""

    def __init__(
        self, model: Model, record_type: RecordType, rights: Rights, database: Database, reading: Reading
    ) -> None:
        self.rights = rights
        self.statement = Statement(model, database.dialect, rights, reading)
        self.row = Row(self.statement, record_type)
        self.conditions: list[str] = []

    def restrict(self, filter: Filter | None) -> None:  # the word of the API
        """Add the conditions under which a row counts at all: as in a list of the same filter."""
        row, given = self.row, literal(filter) if filter else None
        if row.type.is_archivable and not speaks_of_archive(given):
            self.conditions.append(f"{row.alias}.archived_at is null")
        seen = visible(self.statement, row.type, row.alias)
        wanted = filtered(row, given) if given is not None else None
        self.conditions += [one for one in (seen, wanted) if one]

    def source(self) -> str:
        """Return what stands after `from`; to be asked for last, for only then it is known which cards are needed."""
        return f"{self.row.source()} where {' and '.join(self.conditions) or '1 = 1'}"

    def arguments(self, now: datetime) -> list[object]:
        """Return the parameters' values."""
        moment = Moment(self.rights, now)
        return [bind(moment) for bind in self.statement.binds]

    def line(self, path: str) -> Line:
        """Return a field that the reader may see; raises `InvalidInput`."""
        if path not in self.row.type.lines or self.row.is_hidden(path):
            raise InvalidInput(
                "{entity} has no field {key} to count by.", entity=self.row.type.name, key=camel(path)
            )
        return self.row.type.line(path)

    def key(self, path: str) -> str:
        """Return the expression by which rows are grouped."""
        value, link = self.row.value(self.line(path)), self.row.type.links.get(path)
        if link is None:
            return value
        if is_implied(self.rights, self.statement.model, link, self.row.type):
            return value
        there = Row(self.statement, self.statement.model[link.target])
        seen = visible(self.statement, there.type, there.alias)
        if seen is None:
            return value
        return f"(select {there.alias}.id from {there.source()} where {there.alias}.id = {value} and {seen})"

    def money(self, measures: Mapping[str, Measure]) -> Line | None:
        """Return the field of money that is summed up, None when none is, or it is hidden; there is at most one."""
        paths = {one.total for one in measures.values() if one.total is not None}
        if len(paths) > 1:
            raise ValueError(f"one field of money is summed up at a time, not {', '.join(sorted(paths))}")
        return next((self.row.type.line(path) for path in paths if not self.row.is_hidden(path)), None)

    def measured(self, measure: Measure, money: Line | None) -> Sequence[str]:
        """Return the count of a measure, and its sum in millions and in what is over, which no sum can overflow."""
        condition = filtered(self.row, literal(measure.filter)) if measure.filter else None
        case = f"case when {condition or '1 = 1'} then"
        columns = [f"coalesce(sum({case} 1 else 0 end), 0)"]
        if money is None or not self.is_summed(measure, money):
            return columns
        value = self.row.value(money)
        times = (
            "" if measure.weight is None else f" * coalesce({self.row.value(self.line(measure.weight))}, 0)"
        )
        for part in (f"({value} / {MILLION})", f"({value} % {MILLION})"):
            columns.append(f"coalesce(sum({case} {part}{times} end), 0)")
        return columns

    def is_summed(self, measure: Measure, money: Line | None) -> bool:
        """Tell whether a measure has sums that the reader may see."""
        is_weight_hidden = measure.weight is not None and self.row.is_hidden(measure.weight)
        return money is not None and measure.total is not None and not is_weight_hidden

    def measurable(self, value: str | Elapsed) -> str:
        """Return the expression of a whole number."""
        if isinstance(value, str):
            return self.row.value(self.line(value))
        dialect, since = self.statement.dialect, self.row.value(self.line(value.since))
        until = value.until
        there = self._first(until) if isinstance(until, First) else self.row.value(self.line(until))
        return f"{dialect.seconds(there)} - {dialect.seconds(since)}"

    def _first(self, first: First) -> str:
        link = self.row.type.links.get(first.link)
        if link is None or self.row.is_hidden(first.link):
            raise InvalidInput(
                "{entity} has no field {key} to count by.", entity=self.row.type.name, key=camel(first.link)
            )
        there = Row(self.statement, self.statement.model[link.target])
        if there.is_hidden(first.path):
            raise InvalidInput(
                "{entity} has no field {key} to count by.", entity=there.type.name, key=camel(first.path)
            )
        value = there.value(there.type.line(first.path))
        conditions = [f"{there.named(link.column)} = {self.row.alias}.id"]
        if there.type.is_archivable:
            conditions.append(f"{there.alias}.archived_at is null")
        found = (visible(self.statement, there.type, there.alias), filtered(there, literal(first.filter)))
        conditions += [one for one in found if one]
        return f"(select min({value}) from {there.source()} where {' and '.join(conditions)})"


def _groups(
    rows: Sequence[Sequence[object]],
    names: Sequence[str],
    summed: Collection[str],
    width: int,
    *,
    has_money: bool,
) -> list[Group]:
    """Return the groups, of which each currency had a row of its own, the largest first."""
    sizes: dict[Key, int] = {} if width else {(): 0}
    counts: dict[tuple[Key, str], int] = defaultdict(int)
    sums: dict[tuple[Key, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        key, rest = tuple(row[:width]), list(row[width:])
        currency = rest.pop(0) if has_money else None
        numbers = iter(int(str(one)) for one in rest)
        sizes[key] = sizes.get(key, 0) + next(numbers)
        for name in names:
            count = next(numbers)
            counts[key, name] += count
            if name in summed:
                minor = next(numbers) * MILLION + next(numbers)
                if count and currency is not None:
                    sums[key, name][str(currency)] = minor
    if len(sizes) > MOST_GROUPS:
        raise _too_many()
    return [
        Group(
            key,
            {
                name: Tally(
                    counts[key, name],
                    dict(sorted(sums[key, name].items())) if name in summed else None,
                )
                for name in names
            },
        )
        for key in sorted(sizes, key=lambda one: (-sizes[one], [(each is None, str(each)) for each in one]))
    ]


def _too_many() -> TooExpensive:
    return TooExpensive(
        "This would have more than {most} lines: narrow it, for example to one team.", most=MOST_GROUPS
    )
