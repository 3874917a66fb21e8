"""Whether stored computed fields are true, and how they are made so again."""

from collections.abc import Iterator
from dataclasses import dataclass

from cardfile.database.names import quoted
from cardfile.journal.host import Host
from cardfile.journal.plans import Plan, Watcher
from cardfile.journal.units import Unit
from cardfile.journal.upkeep import refresh_computed
from cardfile.model.aggregates import Aggregate
from cardfile.model.kinds import Reading
from cardfile.query.binds import Moment, Statement
from cardfile.query.row import computed_value
from cardfile.rights import EVERYTHING

__all__ = ["Untrue", "find_untrue", "make_true"]


@dataclass(frozen=True, slots=True)
class Untrue:
    """A stored computed field that is not what its rows make of it, in that many records."""

    entity: str
    path: str
    records: int


async def find_untrue(app: Host) -> tuple[Untrue, ...]:
    """Return the stored computed fields that are untrue somewhere; reads every record of their entities."""
    found = []
    for host, watcher in _stored(app):
        records = await _differing(app, host, watcher)
        if records:
            found.append(Untrue(watcher.host, watcher.line.path, records))
    return tuple(found)


async def make_true(unit: Unit) -> None:
    """Compute every stored field anew, in the unit's transaction; history does not speak of it."""
    for host, watcher in _stored(unit.app):
        await refresh_computed(unit, host, watcher)


def _stored(app: Host) -> Iterator[tuple[Plan, Watcher]]:
    plans = app.commands.plans
    for plan in plans.values():
        for watcher in plan.watchers:
            yield plans[watcher.host], watcher


async def _differing(app: Host, host: Plan, watcher: Watcher) -> int:
    line, dialect, now = watcher.line, app.database.dialect, app.clock.now()
    statement = Statement(app.model, dialect, EVERYTHING, Reading(now.date()))
    value = computed_value(statement, line, "h.id")
    kept, source = f"h.{quoted(line.column)}", f"{quoted(host.table)} h"
    if line.card is not None:
        kept = f"k.{quoted(line.column)}"
        source += f" left join {quoted(host.cards[line.card].table)} k on k.id = h.id"
    if line.field.computed is not None and line.field.computed.aggregate in {
        Aggregate.COUNT,
        Aggregate.TOTAL,
    }:
        kept = f"coalesce({kept}, 0)"  # a record that nothing was ever counted for has no card yet
    sql = f"select count(*) from {source} where {dialect.differs(kept, value)}"
    moment = Moment(EVERYTHING, now)
    return int(str(await app.database.fetch_value(sql, [bind(moment) for bind in statement.binds]) or 0))
