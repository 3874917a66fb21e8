"""Time in stage: how long deals stay where, against the norm of the stage."""

from dataclasses import dataclass
from typing import Annotated, Final

from cardfile.access.guards import access_of
from cardfile.access.tables import Team, User
from cardfile.calendars import WorkCalendar, calendar_book
from cardfile.deals.tables import Deal, StageChange
from cardfile.journal.calls import Call
from cardfile.pipelines.book import pipeline_book
from cardfile.pipelines.tables import Pipeline, Stage
from cardfile.plugins.reports import report
from cardfile.query import Measure
from cardfile.reports.asking import OWNER, PERIOD, TEAM, Period, in_period, of_people, period_of
from cardfile.reports.figures import Counting, Figure, Times, all_of, share

__all__ = ["TimeInStage", "time_in_stage"]

MINUTE: Final = 60
WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long deals stayed in a stage that they left in the period, in working time.

    The norm is so many days of the stage as people work in an average week. `over` are the stays that took longer,
    `over_now` the deals that are in the stage now, longer than it expects.
    """

    id: str
    key: str
    label: str
    stays: Figure
    took: Times | None
    norm_seconds: int | None
    over: Figure | None
    within: float | None
    now: Figure
    over_now: Figure


@dataclass(frozen=True, slots=True)
class TimeInStage:
    """The open stages of a pipeline, with how long deals stay in each."""

    pipeline: str
    label: str
    stages: list[StageTime]


@report("time_in_stage", entity="stage_change", label={"en": "Time in stage", "ru": "Время на этапах"})
async def time_in_stage(
    call: Call,
    pipeline: Annotated[Pipeline | None, "The pipeline; the first one when left out."] = None,
    period: Annotated[Period | None, PERIOD] = None,
    owner: Annotated[User | None, OWNER] = None,
    team: Annotated[Team | None, TEAM] = None,
) -> TimeInStage:
    """Tell how long deals stayed in the stages that they left in a period, half of them and nine of ten."""
    book = await pipeline_book(access_of(call))
    spec = book.default if pipeline is None else book.pipeline(pipeline.id)
    open_stages = [one for one in spec.stages if one.is_open]
    stage_type = call.app.model.of_table(Stage)
    ids = {one.id: stage_type.global_id(one.id) for one in open_stages}
    norms = await _norms(call, {one.id: one.expected_days for one in open_stages})
    these = {"stage": {"id": {"in": list(ids.values())}}}
    whose = await of_people(call, "owner", owner, team)
    left = in_period(call, "left_at", period_of(call, period))
    stays = Counting(call, StageChange, these, left, whose, {"deal": {"archivedAt": {"isNull": True}}})
    deals = Counting(call, Deal, these, whose)
    past: dict[str, Measure] = {}
    present: dict[str, Measure] = {}
    for one in open_stages:
        here = {"stage": {"id": {"eq": ids[one.id]}}}
        past[f"stays {one.id}"] = Measure(here)
        norm = norms.get(one.id)
        if norm is not None:
            past[f"over {one.id}"] = Measure(all_of(here, {"workingSeconds": {"gt": norm}}))
        present[f"now {one.id}"] = Measure(here)
        present[f"over {one.id}"] = Measure(all_of(here, {"isStuck": {"eq": True}}))
    left_figures, now_figures = await stays.figures(past), await deals.figures(present)
    took = await stays.times("working_seconds", by="stage")
    stages = []
    for one in open_stages:
        all_stays, over = left_figures[f"stays {one.id}"], left_figures.get(f"over {one.id}")
        stages.append(
            StageTime(
                id=ids[one.id],
                key=one.key,
                label=one.label,
                stays=all_stays,
                took=took.get(one.id),
                norm_seconds=norms.get(one.id),
                over=over,
                within=share(all_stays.count - over.count, all_stays.count) if over is not None else None,
                now=now_figures[f"now {one.id}"],
                over_now=now_figures[f"over {one.id}"],
            )
        )
    return TimeInStage(call.app.model.of_table(Pipeline).global_id(spec.id), spec.label, stages)


async def _norms(call: Call, days: dict[int, int | None]) -> dict[int, int]:
    """Return the norms of stages in seconds of working time, by the calendar that is everybody's."""
    book = await calendar_book(access_of(call))
    week = _week(book.of_user(None, now=call.now, zone=call.settings.zone))
    return {stage: norm * week // WEEK for stage, norm in days.items() if norm is not None}


def _week(calendar: WorkCalendar) -> int:
    """Return how many seconds a week of work has."""
    return sum(until - since for day in calendar.week for since, until in day) * MINUTE
