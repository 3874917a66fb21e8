"""Records as commands hold them: Piccolo objects with the values of their own columns."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from cardfile.database.tables import Record
from cardfile.errors import DeclarationError
from cardfile.journal.plans import Plan
from cardfile.values.money import Money

__all__ = ["LazyRecords", "bring_up_to_date", "record_of"]

R = TypeVar("R", bound=Record)


def record_of(plan: Plan, values: Mapping[str, object]) -> Record:
    """Return a record object of values by path; money is minor units and a code in two attributes.

    Columns that no field shows are not loaded: they are None.
    """
    table = plan.record_type.entity.table
    # Past Piccolo's constructor, which takes five times as long and makes defaults that nobody needs.
    record = table.__new__(table)
    if not isinstance(record, Record):
        raise DeclarationError(f"{plan.record_type.plugin}: derive the table {plan.table!r} from Record")
    record.__dict__.update(plan.blank)
    bring_up_to_date(plan, record, values)
    return record


def bring_up_to_date(plan: Plan, record: Record, values: Mapping[str, object]) -> None:
    """Let a record object show these values."""
    shown = record.__dict__
    shown.update(values)
    for path in plan.beside & values.keys():
        del shown[path]
    for path, currency in plan.money.items():
        if path not in values:
            continue
        value = values[path]
        if isinstance(value, Money):
            shown[path], shown[currency] = value.minor, value.currency
        elif value is None:
            shown[currency] = None


class LazyRecords(Mapping[int, Record]):
    """Record objects by id that are made only when somebody looks at them."""

    def __init__(self, plan: Plan, rows: Mapping[int, dict[str, object]]) -> None:
        self._plan = plan
        self._rows = rows

    def __getitem__(self, record: int) -> Record:
        return record_of(self._plan, self._rows[record])

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
