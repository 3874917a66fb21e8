"""Velocity: how much is won how fast, and how long a deal takes from its beginning to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final

from cardfile.access.tables import Team, User
from cardfile.deals.tables import Deal
from cardfile.journal.calls import Call
from cardfile.pipelines.tables import Pipeline
from cardfile.plugins.reports import report
from cardfile.query import Elapsed, Measure
from cardfile.reports.asking import (
    BY_MANAGER,
    OWNER,
    PERIOD,
    PIPELINE,
    TEAM,
    Period,
    in_period,
    of_people,
    of_pipeline,
    period_of,
)
from cardfile.reports.figures import Amount, Counting, Figure, Filter, Person, Times, all_of, people, share
from cardfile.values.money import minor_digits

__all__ = ["Velocity", "velocity"]

DAY: Final = 86_400
CYCLE: Final = Elapsed("created_at", "closed_at")
WON: Final[Filter] = {"result": {"eq": "won"}}


@dataclass(frozen=True, slots=True)
class VelocityFigures:
    """What sells how fast.

    `won` and `lost` were closed in the period, `open` are open now; `win_rate` is the part of the closed that was
    won. `cycle` is the time on the wall from the beginning of a won deal to its end. `per_day` is what may be
    expected of a day: open deals times the win rate times the average won sum, over the days of the median cycle.
    """

    won: Figure
    lost: Figure
    open: Figure
    win_rate: float | None
    average: list[Amount] | None
    cycle: Times | None
    per_day: list[Amount] | None


@dataclass(frozen=True, slots=True)
class VelocityOf:
    """The velocity of one manager; null stands for deals that are nobody's, or somebody's out of sight."""

    manager: Person | None
    figures: VelocityFigures


@dataclass(frozen=True, slots=True)
class Velocity:
    """Velocity and cycle, in all and by manager."""

    total: VelocityFigures
    managers: list[VelocityOf]


@report("velocity", entity="deal", label={"en": "Velocity and cycle", "ru": "Скорость и цикл продаж"})
async def velocity(
    call: Call,
    pipeline: Annotated[Pipeline | None, PIPELINE] = None,
    period: Annotated[Period | None, PERIOD] = None,
    owner: Annotated[User | None, OWNER] = None,
    team: Annotated[Team | None, TEAM] = None,
    *,
    by_manager: Annotated[bool, BY_MANAGER] = True,
) -> Velocity:
    """Tell how much was won in a period, how long it took, and what that makes of what is open now."""
    closed = in_period(call, "closed_at", period_of(call, period))
    base = all_of(of_pipeline(call, pipeline), await of_people(call, "owner", owner, team))
    counting = Counting(call, Deal, base, {"or": [{"result": {"eq": "open"}}, closed]})
    measures = {
        "won": Measure(all_of(WON, closed), total="amount"),
        "lost": Measure(all_of({"result": {"eq": "lost"}}, closed), total="amount"),
        "open": Measure({"result": {"eq": "open"}}, total="amount"),
    }
    cycle = (await counting.times(CYCLE, WON, closed)).get(None)
    managers = []
    if not by_manager:
        whole = await counting.figures(measures)
    else:
        whole, found = await counting.whole_and_by("owner", measures)
        names, cycles = (
            await people(call, [one.key for one in found]),
            await counting.times(CYCLE, WON, closed, by="owner"),
        )
        managers = [VelocityOf(names.get(one.key), _speed(one.figures, cycles.get(one.key))) for one in found]
    return Velocity(_speed(whole, cycle), managers)


def _speed(figures: Mapping[str, Figure], cycle: Times | None) -> VelocityFigures:
    won, lost, still_open = (figures[name] for name in ("won", "lost", "open"))
    rate = share(won.count, won.count + lost.count)
    average = None if won.sums is None else [_times(one, Decimal(1) / won.count) for one in won.sums]
    per_day = None
    if won.sums is not None and cycle is not None and cycle.median_seconds:
        # Of the numbers themselves, not of the rate and the average that were rounded for people.
        factor = Decimal(still_open.count * DAY) / ((won.count + lost.count) * cycle.median_seconds)
        per_day = [_times(one, factor) for one in won.sums]
    return VelocityFigures(won, lost, still_open, rate, average, cycle, per_day)


def _times(amount: Amount, factor: Decimal) -> Amount:
    digits = minor_digits(amount.currency)
    return Amount(amount.currency, round(amount.amount * factor, digits))
