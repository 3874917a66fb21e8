"""Figures: numbers that know the filter of the list behind them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cardfile.access.tables import User
from cardfile.database.tables import Record
from cardfile.journal.calls import Call
from cardfile.model.fields import Kind
from cardfile.model.names import camel
from cardfile.model.record_types import RecordType
from cardfile.query import Elapsed, Group, Measure, Tally, fetch_records, spread_records, tally_records
from cardfile.values.money import minor_digits

__all__ = [
    "Amount",
    "Counted",
    "Counting",
    "Figure",
    "Filter",
    "Person",
    "Times",
    "all_of",
    "people",
    "share",
]

Filter = Mapping[str, object]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in one currency; those of several are never mixed."""

    currency: str
    amount: Decimal

    @classmethod
    def of(cls, currency: str, minor: int, *, parts: int = 1) -> "Amount":
        """Return so many minor units, each divided into `parts`, rounded half up to what the currency has."""
        digits = minor_digits(currency)
        exact = Decimal(minor) / parts
        return cls(currency, exact.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-digits))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the list behind it: `filter` is for records of the entity `of`, and has `count` of them.

    `sums` are what they come to by currency; null where no sum belongs here, or the reader must not see it.
    """

    of: str
    filter: dict[str, object]
    count: int
    sums: list[Amount] | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in whole seconds: half took no longer than the median, nine of ten than the p90."""

    count: int
    median_seconds: int
    p90_seconds: int


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague in a line of a report; the name is null where the reader may not see it."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of one group by name; `key` is the value that the group has in common."""

    key: object
    figures: Mapping[str, Figure]


def all_of(*parts: Filter) -> dict[str, object]:
    """Return the filter that all of these put together."""
    told = [dict(one) for one in parts if one]
    return told[0] if len(told) == 1 else {"and": told} if told else {}


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole between 0 and 1, None of nothing."""
    return round(part / whole, 4) if whole else None


class Counting:
    """Counts records of one table that somebody sees, under one filter that all the figures share."""

    def __init__(self, call: Call, table: type[Record], *base: Filter) -> None:
        self.call = call
        self.type: RecordType = call.app.model.of_table(table)
        self.base = all_of(*base)

    async def figures(self, measures: Mapping[str, Measure]) -> Mapping[str, Figure]:
        """Return each measure as a figure."""
        (one,) = self._counted(await self._tallies(measures, ()), measures, ())
        return one.figures

    async def by(self, path: str, measures: Mapping[str, Measure]) -> list[Counted]:
        """Return each measure as a figure for each value of a field, the value with most records first."""
        return self._counted(await self._tallies(measures, (path,)), measures, (path,))

    async def whole_and_by(
        self, path: str, measures: Mapping[str, Measure]
    ) -> tuple[Mapping[str, Figure], list[Counted]]:
        """Return each measure as a figure over all, and for each value of a field: records are read once for both."""
        groups = await self._tallies(measures, (path,))
        tallies = {name: _together([one.tallies[name] for one in groups]) for name in measures}
        if not groups:
            return await self.figures(measures), []
        (whole,) = self._counted([Group((), tallies)], measures, ())
        return whole.figures, self._counted(groups, measures, (path,))

    async def times(
        self, value: str | Elapsed, *more: Filter, by: str | None = None
    ) -> Mapping[object, Times]:
        """Return how long something took, by the values of a field; without one under None."""
        call, app = self.call, self.call.app
        groups = (by,) if by is not None else ()
        found = await spread_records(
            app.database, app.model, self.type, call.rights, value,
            now=call.now, filter=all_of(self.base, *more), groups=groups, reading=call.work.reading,
        )  # fmt: skip
        return {
            key[0] if key else None: Times(one.count, one.percentiles[50], one.percentiles[90])
            for key, one in found.items()
        }

    async def weighted(
        self, measures: Mapping[str, Measure], parts: int
    ) -> Mapping[str, list[Amount] | None]:
        """Return what weighted measures come to, of which so many parts make a whole; None where it is hidden."""
        (group,) = await self._tallies(measures, ())
        return {name: _amounts(tally, parts=parts) for name, tally in group.tallies.items()}

    async def _tallies(self, measures: Mapping[str, Measure], groups: Sequence[str]) -> list[Group]:
        call, app = self.call, self.call.app
        return await tally_records(
            app.database, app.model, self.type, call.rights, measures,
            now=call.now, filter=self.base, groups=groups, reading=call.work.reading,
        )  # fmt: skip

    def _counted(
        self, groups: Sequence[Group], measures: Mapping[str, Measure], paths: Sequence[str]
    ) -> list[Counted]:
        counted = []
        for group in groups:
            here = [self._same(path, value) for path, value in zip(paths, group.key, strict=True)]
            figures = {
                name: Figure(
                    self.type.key,
                    all_of(self.base, *here, measures[name].filter),
                    tally.count,
                    _amounts(tally),
                )
                for name, tally in group.tallies.items()
            }
            counted.append(Counted(group.key[0] if paths else None, figures))
        return counted

    def _same(self, path: str, value: object) -> Filter:
        """Return the filter of the records that have this value in a field."""
        line, link = self.type.line(path), self.type.links.get(path)
        if link is not None:
            target = self.call.app.model[link.target]
            wanted: Filter = {"isNull": True} if value is None else {"eq": target.global_id(int(str(value)))}
            return {camel(path): {"id": wanted}}
        if value is None:
            return {camel(path): {"isNull": True}}
        return {camel(path): {"eq": bool(value) if line.kind is Kind.BOOLEAN else value}}


def _together(tallies: Sequence[Tally]) -> Tally:
    """Return what the tallies of all groups come to together."""
    sums: Counter[str] | None = None
    for one in tallies:
        if one.sums is not None:
            sums = Counter() if sums is None else sums
            for currency, minor in one.sums.items():
                sums[currency] += minor
    return Tally(sum(one.count for one in tallies), None if sums is None else dict(sorted(sums.items())))


def _amounts(tally: Tally, *, parts: int = 1) -> list[Amount] | None:
    if tally.sums is None:
        return None
    return [Amount.of(currency, minor, parts=parts) for currency, minor in tally.sums.items()]


async def people(call: Call, ids: Collection[object]) -> Mapping[object, Person]:
    """Return colleagues by their ids, as far as the reader sees them."""
    record_type = call.app.model.of_table(User)
    wanted = [int(str(one)) for one in ids if one is not None]
    if not wanted:
        return {}
    rows = await fetch_records(
        call.app.database, call.app.model, record_type, call.rights,
        now=call.now, ids=wanted, paths=("name",), archived=True, reading=call.work.reading,
    )  # fmt: skip
    is_shown = call.rights.sees(record_type.key, "name")
    return {
        row["id"]: Person(record_type.global_id(int(str(row["id"]))), str(row["name"]) if is_shown else None)
        for row in rows
    }
