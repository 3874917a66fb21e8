"""The funnel: of the deals that came into a pipeline in a period, how many ever reached each of its stages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Final

from cardfile.access.guards import access_of
from cardfile.access.tables import Team, User
from cardfile.deals.tables import Deal
from cardfile.declarations import StageOutcome
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.pipelines.book import PipelineSpec, StageSpec, pipeline_book
from cardfile.pipelines.tables import Pipeline, Stage
from cardfile.plugins.reports import report
from cardfile.query import Measure
from cardfile.reports.asking import (
    BY_MANAGER,
    OWNER,
    PERIOD,
    TEAM,
    Period,
    in_period,
    of_people,
    period_of,
)
from cardfile.reports.figures import Counting, Figure, Filter, Person, all_of, people, share

__all__ = ["Funnel", "funnel"]

ENOUGH: Final = 10
"""Of how many deals a conversion may be called a bottleneck, unless somebody says otherwise."""

COHORT, WON, LOST = "cohort", "won", "lost"


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """A stage of a funnel.

    `reached` are deals that were ever in this stage or in a later one, for a stage may be leapt over; `entered`
    those that were ever in this one; `waiting` those that are in it now; `lost` those that were lost from it.
    """

    id: str
    key: str
    label: str
    reached: Figure
    entered: Figure
    waiting: Figure
    lost: Figure


@dataclass(frozen=True, slots=True)
class FunnelPair:
    """Two stages that follow each other, and which part of the deals that reached the first reached the second."""

    from_stage: str
    to_stage: str
    reached: int
    went_on: int
    conversion: float | None


@dataclass(frozen=True, slots=True)
class FunnelManager:
    """The funnel of one manager's deals; null stands for deals that are nobody's, or somebody's out of sight."""

    manager: Person | None
    cohort: Figure
    won: Figure
    lost: Figure
    reached: list[Figure]
    pairs: list[FunnelPair]
    bottleneck: FunnelPair | None
    conversion: float | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel; its bottleneck is the pair of the least conversion among those that enough deals reached."""

    pipeline: str
    label: str
    cohort: Figure
    won: Figure
    lost: Figure
    stages: list[FunnelStage]
    pairs: list[FunnelPair]
    bottleneck: FunnelPair | None
    conversion: float | None
    managers: list[FunnelManager]


@report("funnel", entity="deal", label={"en": "Funnel", "ru": "Воронка"})
async def funnel(
    call: Call,
    pipeline: Annotated[Pipeline | None, "The pipeline; the first one when left out."] = None,
    period: Annotated[Period | None, PERIOD] = None,
    owner: Annotated[User | None, OWNER] = None,
    team: Annotated[Team | None, TEAM] = None,
    enough: Annotated[int, "Of how many deals a pair may be called the bottleneck."] = ENOUGH,
    *,
    by_manager: Annotated[bool, BY_MANAGER] = True,
) -> Funnel:
    """Count the deals that came into a pipeline in a period by the stages that they have ever reached.

    A deal belongs to the period in which it first came into any stage of the pipeline, whatever became of it later.
    """
    if enough < 1:
        raise InvalidInput("At least one deal is needed here, not {value}.", value=enough, path=("enough",))
    book = await pipeline_book(access_of(call))
    way = _Way(
        call, book.default if pipeline is None else book.pipeline(pipeline.id), tuple(book.stages.values())
    )
    counting = Counting(
        call, Deal, way.cohort(period_of(call, period)), await of_people(call, "owner", owner, team)
    )
    managers = []
    if not by_manager:
        whole = await counting.figures(way.measures())
    else:
        whole, found = await counting.whole_and_by("owner", way.measures())
        names = await people(call, [one.key for one in found])
        for one in found:
            pairs = way.pairs(one.figures)
            managers.append(
                FunnelManager(
                    manager=names.get(one.key),
                    cohort=one.figures[COHORT],
                    won=one.figures[WON],
                    lost=one.figures[LOST],
                    reached=[one.figures[f"reached {stage.id}"] for stage in way.stages],
                    pairs=pairs,
                    bottleneck=bottleneck(pairs, enough),
                    conversion=share(one.figures[WON].count, one.figures[COHORT].count),
                )
            )
    pairs = way.pairs(whole)
    return Funnel(
        pipeline=call.app.model.of_table(Pipeline).global_id(way.pipeline.id),
        label=way.pipeline.label,
        cohort=whole[COHORT],
        won=whole[WON],
        lost=whole[LOST],
        stages=[
            FunnelStage(
                way.stage_id(one.id),
                one.key,
                one.label,
                *(whole[f"{what} {one.id}"] for what in ("reached", "entered", "waiting", "lost")),
            )
            for one in way.stages
        ],
        pairs=pairs,
        bottleneck=bottleneck(pairs, enough),
        conversion=share(whole[WON].count, whole[COHORT].count),
        managers=managers,
    )


def bottleneck(pairs: Sequence[FunnelPair], enough: int) -> FunnelPair | None:
    """Return the pair of the least conversion that at least `enough` deals reached, the earlier of equals."""
    known = [(one.conversion, one) for one in pairs if one.conversion is not None and one.reached >= enough]
    return min(known, key=lambda one: one[0])[1] if known else None


class _Way:
    """The stages of a pipeline as a funnel has them: those that are not lost, in their order."""

    def __init__(self, call: Call, pipeline: PipelineSpec, stages: Sequence[StageSpec]) -> None:
        self.call, self.pipeline = call, pipeline
        own = [one for one in stages if one.pipeline == pipeline.id]
        # Archived stages get no line, but whoever was in one of them has come that far.
        self.all = [one for one in own if one.outcome is not StageOutcome.LOST]
        self.ends = [one.id for one in own if one.outcome is StageOutcome.LOST]
        self.stages = [one for one in pipeline.stages if one.outcome is not StageOutcome.LOST]

    def stage_id(self, stage: int) -> str:
        """Return the id of a stage as filters have it."""
        return self.call.app.model.of_table(Stage).global_id(stage)

    def among(self, stages: Sequence[int]) -> Filter:
        """Return the filter of stages."""
        return {"id": {"in": [self.stage_id(one) for one in stages]}}

    def cohort(self, period: Period) -> Filter:
        """Return the filter of the deals that first came into the pipeline in a period."""
        mine = {"stage": self.among([*(one.id for one in self.all), *self.ends])}
        came = in_period(self.call, "entered_at", period)["enteredAt"]
        assert isinstance(came, Mapping)
        return {
            "stageChanges": {
                "some": {**mine, "enteredAt": came},
                "none": {**mine, "enteredAt": {"lt": came["gte"]}},
            }
        }

    def measures(self) -> Mapping[str, Measure]:
        """Return what is counted."""
        here = self.among([one.id for one in self.all if not one.is_open])
        measures = {
            COHORT: Measure(total="amount"),
            WON: Measure({"result": {"eq": "won"}, "stage": here}, total="amount"),
            LOST: Measure({"result": {"eq": "lost"}, "stage": self.among(self.ends)}, total="amount"),
        }
        for stage in self.stages:
            on = [one.id for one in self.all if (one.position, one.id) >= (stage.position, stage.id)]
            key = {"id": {"eq": self.stage_id(stage.id)}}
            gone = {"was": key, "stage": self.among(self.ends)}
            measures |= {
                f"reached {stage.id}": Measure({"stageChanges": {"some": {"stage": self.among(on)}}}),
                f"entered {stage.id}": Measure({"stageChanges": {"some": {"stage": key}}}),
                f"waiting {stage.id}": Measure({"stage": key}, total="amount"),
                f"lost {stage.id}": Measure(
                    all_of({"result": {"eq": "lost"}}, {"stageChanges": {"some": gone}})
                ),
            }
        return measures

    def pairs(self, figures: Mapping[str, Figure]) -> list[FunnelPair]:
        """Return the stages two by two with what went on from one to the next."""
        pairs = []
        for one, other in pairwise(self.stages):
            reached, went_on = (figures[f"reached {each.id}"].count for each in (one, other))
            pairs.append(
                FunnelPair(
                    self.stage_id(one.id), self.stage_id(other.id), reached, went_on, share(went_on, reached)
                )
            )
        return pairs
