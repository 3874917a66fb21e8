"""All pipelines as commands know them: frozen, in memory, fresh."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson
from piccolo.table import Table

from cardfile.access.access import Access
from cardfile.access.memory import all_rows
from cardfile.database.database import Database
from cardfile.declarations.spans import Span
from cardfile.declarations.stages import (
    Approved,
    Attached,
    Filled,
    GoalOutcome,
    Holds,
    Reached,
    Rule,
    StageOutcome,
    TaskDone,
)
from cardfile.errors import NotFound, Refused
from cardfile.pipelines.tables import Goal, Pipeline, Stage, StageDocument, StageNotice, StageRule

__all__ = [
    "DocumentSpec",
    "GoalSpec",
    "NoticeSpec",
    "PipelineBook",
    "PipelineSpec",
    "RuleSpec",
    "StageSpec",
    "pipeline_book",
    "rule_of",
]


@dataclass(frozen=True, slots=True)
class GoalSpec:
    """A goal of a stage; `target` is the id of the stage to which it leads, where one is named."""

    id: int
    key: str
    label: str
    outcome: GoalOutcome
    target: int | None
    by: Span | None
    together: str | None


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule of a stage, as its row has it."""

    id: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """Who is told what."""

    id: int
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """Which document is made."""

    id: int
    kind: str
    template: str | None


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage with all that it asks for and sets going; one that `is_archived` keeps deals and takes no new ones."""

    id: int
    pipeline: int
    key: str
    label: str
    outcome: StageOutcome
    position: int
    probability: int | None
    expected_days: int | None
    rots_after: int | None
    script: str | None
    owner_role: str | None
    is_archived: bool
    goals: tuple[GoalSpec, ...] = ()
    enter: tuple[RuleSpec, ...] = ()
    leave: tuple[RuleSpec, ...] = ()
    notices: tuple[NoticeSpec, ...] = ()
    documents: tuple[DocumentSpec, ...] = ()
    processes: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a deal in this stage is neither won nor lost."""
        return self.outcome is StageOutcome.OPEN

    def goal(self, key: str) -> GoalSpec | None:
        """Return the goal of that key, None when there is none."""
        return next((one for one in self.goals if one.key == key), None)


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """A pipeline with its live stages in their order."""

    id: int
    key: str
    label: str
    position: int
    is_archived: bool
    stages: tuple[StageSpec, ...] = ()

    def first(self, outcome: StageOutcome) -> StageSpec:
        """Return the first stage with that outcome; raises `Refused` when people have archived all of them."""
        for one in self.stages:
            if one.outcome is outcome:
                return one
        raise Refused(
            "The pipeline has no stage that is {outcome}: add one.",
            outcome=outcome.value,
        )

    def next_after(self, stage: StageSpec) -> StageSpec:
        """Return the stage to which a deal advances from `stage`: the next that is not lost, at last the won one."""
        later = (one for one in self.stages if (one.position, one.id) > (stage.position, stage.id))
        return next(
            (one for one in later if one.outcome is not StageOutcome.LOST), self.first(StageOutcome.WON)
        )


@dataclass(frozen=True, slots=True)
class PipelineBook:
    """All pipelines and stages, archived ones too."""

    pipelines: Mapping[int, PipelineSpec]
    stages: Mapping[int, StageSpec]
    _keys: Mapping[str, int] = field(repr=False, default_factory=dict)

    @property
    def default(self) -> PipelineSpec:
        """The pipeline in which deals begin when nobody says in which; raises `Refused` when there is none."""
        for one in self.live:
            return one
        raise Refused("There is no pipeline: make one, or install an edition that ships one.")

    @property
    def live(self) -> Iterator[PipelineSpec]:
        """The pipelines that are not archived, in their order."""
        return (one for one in self.pipelines.values() if not one.is_archived)

    def pipeline(self, id: int) -> PipelineSpec:
        """Return a pipeline; raises `NotFound`."""
        if id not in self.pipelines:
            raise NotFound("There is no such record: {id}.", id=id)
        return self.pipelines[id]

    def stage(self, id: int) -> StageSpec:
        """Return a stage, archived or not; raises `NotFound`."""
        if id not in self.stages:
            raise NotFound("There is no such record: {id}.", id=id)
        return self.stages[id]

    def stage_by_key(self, path: str) -> StageSpec:
        """Return the live stage at `pipeline/stage`; raises `NotFound`."""
        if path not in self._keys:
            raise NotFound("There is no stage {stage}.", stage=path)
        return self.stages[self._keys[path]]


async def pipeline_book(access: Access) -> PipelineBook:
    """Return all pipelines as they are now; read anew only after somebody has changed them."""
    return await access.memory.recall(_load)


async def _load(database: Database) -> PipelineBook:
    pipelines = {row["id"]: row for row in await all_rows(database, Pipeline, "position")}
    parts = {
        table: await _by_stage(database, table) for table in (Goal, StageRule, StageNotice, StageDocument)
    }
    stages: dict[int, StageSpec] = {}
    for row in await all_rows(database, Stage, "position"):
        rules = [
            (one["side"], RuleSpec(one["id"], rule_of(one))) for one in parts[StageRule].get(row["id"], ())
        ]
        stages[row["id"]] = StageSpec(
            id=row["id"],
            pipeline=row["pipeline"],
            key=row["key"],
            label=row["label"],
            outcome=StageOutcome(row["outcome"]),
            position=row["position"],
            probability=row["probability"],
            expected_days=row["expected_days"],
            rots_after=row["rots_after"],
            script=row["script"],
            owner_role=row["owner_role"],
            is_archived=row["archived_at"] is not None
            or pipelines[row["pipeline"]]["archived_at"] is not None,
            goals=tuple(_goal(one) for one in parts[Goal].get(row["id"], ())),
            enter=tuple(rule for side, rule in rules if side == "enter"),
            leave=tuple(rule for side, rule in rules if side == "leave"),
            notices=tuple(
                NoticeSpec(one["id"], one["recipient"], one["text"])
                for one in parts[StageNotice].get(row["id"], ())
            ),
            documents=tuple(
                DocumentSpec(one["id"], one["kind"], one["template"])
                for one in parts[StageDocument].get(row["id"], ())
            ),
            processes=tuple(key for one in (row["processes"] or "").split(",") if (key := one.strip())),
        )
    specs = {
        key: PipelineSpec(
            id=key,
            key=row["key"],
            label=row["label"],
            position=row["position"],
            is_archived=row["archived_at"] is not None,
            stages=tuple(one for one in stages.values() if one.pipeline == key and not one.is_archived),
        )
        for key, row in pipelines.items()
    }
    keys = {f"{one.key}/{stage.key}": stage.id for one in specs.values() for stage in one.stages}
    return PipelineBook(MappingProxyType(specs), MappingProxyType(stages), MappingProxyType(keys))


async def _by_stage(database: Database, table: type[Table]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in await all_rows(database, table, "position"):
        if row["archived_at"] is None:
            found.setdefault(row["stage"], []).append(row)
    return found


def _goal(row: Mapping[str, Any]) -> GoalSpec:
    by = row["postpone_by"]
    return GoalSpec(
        row["id"],
        row["key"],
        row["label"],
        GoalOutcome(row["outcome"]),
        row["target"],
        Span.parse(by) if by else None,
        row["together"],
    )


def rule_of(row: Mapping[str, Any]) -> Rule:
    """Return the rule that a row of `stage_rule` holds; `PipelineRules` lets no other rows in."""
    subject = str(row["subject"] or "")
    match row["kind"]:
        case "filled":
            return Filled(subject)
        case "attached":
            return Attached(subject)
        case "task_done":
            return TaskDone(subject)
        case "reached":
            return Reached(subject)
        case "approved":
            return Approved(subject)
        case _:
            return Holds(orjson.loads(row["condition"] or "{}"), row["label"] or "")
