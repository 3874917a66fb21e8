"""The forecast: what open deals may bring, by the month in which they are expected to close."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Final

from cardfile.access.tables import Team, User
from cardfile.deals.tables import Deal
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.pipelines.tables import Pipeline
from cardfile.plugins.reports import report
from cardfile.query import Measure
from cardfile.reports.asking import OWNER, PIPELINE, TEAM, Period, in_days, of_people, of_pipeline, today
from cardfile.reports.figures import Amount, Counting, Figure, Filter

__all__ = ["Forecast", "forecast", "month_of"]

MOST_MONTHS: Final = 36
PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """Open deals and their sums, and what these come to when each is taken by its probability."""

    deals: Figure
    weighted: list[Amount] | None


@dataclass(frozen=True, slots=True)
class ForecastMonth:
    """The open deals that are expected to close in the month that begins on `month`."""

    month: date
    line: ForecastLine


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast by month; `overdue` should have closed before the first month, `later` will after the last.

    `undated` are deals of which nobody said when. A deal without a probability is weighed as nothing.
    """

    overdue: ForecastLine
    months: list[ForecastMonth]
    later: ForecastLine
    undated: ForecastLine
    total: ForecastLine


@report("forecast", entity="deal", label={"en": "Forecast", "ru": "Прогноз"})
async def forecast(
    call: Call,
    months: Annotated[int, "For how many months, this one included."] = 6,
    pipeline: Annotated[Pipeline | None, PIPELINE] = None,
    owner: Annotated[User | None, OWNER] = None,
    team: Annotated[Team | None, TEAM] = None,
) -> Forecast:
    """Sum up open deals by the month of their expected close, as they are and by probability, each currency apart."""
    if not 1 <= months <= MOST_MONTHS:
        raise InvalidInput("From 1 to {most} months are told.", most=MOST_MONTHS, path=("months",))
    first = month_of(today(call))
    starts = [first]
    for _ in range(months):
        starts.append(month_of(starts[-1] + timedelta(days=31)))
    wanted: dict[str, Filter] = {
        "overdue": {"expectedClose": {"lt": first.isoformat()}},
        "later": {"expectedClose": {"gte": starts[-1].isoformat()}},
        "undated": {"expectedClose": {"isNull": True}},
        "total": {},
    }
    for start, following in pairwise(starts):
        wanted[start.isoformat()] = in_days("expected_close", Period(start, following - timedelta(days=1)))
    counting = Counting(
        call,
        Deal,
        {"result": {"eq": "open"}},
        of_pipeline(call, pipeline),
        await of_people(call, "owner", owner, team),
    )
    measures = {name: Measure(one, total="amount") for name, one in wanted.items()}
    figures = await counting.figures(measures)
    weighted = await counting.weighted(
        {name: Measure(one, total="amount", weight="probability") for name, one in wanted.items()}, PERCENT
    )
    lines = {name: ForecastLine(figures[name], weighted[name]) for name in wanted}
    return Forecast(
        overdue=lines["overdue"],
        months=[ForecastMonth(one, lines[one.isoformat()]) for one in starts[:-1]],
        later=lines["later"],
        undated=lines["undated"],
        total=lines["total"],
    )


def month_of(day: date) -> date:
    """Return the first day of the month in which a day lies."""
    return day.replace(day=1)
