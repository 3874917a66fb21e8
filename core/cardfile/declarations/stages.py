"""What is declared of the way of a deal: pipelines, their stages, goals, rules, and what a stage sets going."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from cardfile.declarations.keys import require_key
from cardfile.declarations.spans import Span
from cardfile.declarations.tasks import TaskTemplate
from cardfile.errors import DeclarationError
from cardfile.texts import Label

__all__ = [
    "Approved",
    "Attached",
    "Filled",
    "Goal",
    "GoalOutcome",
    "Holds",
    "Notice",
    "Pipeline",
    "Reached",
    "Rule",
    "Stage",
    "StageDocument",
    "StageOutcome",
    "TaskDone",
]


class StageOutcome(StrEnum):
    """What it means for a deal to be in a stage."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class GoalOutcome(StrEnum):
    """What reaching a goal does with the deal."""

    ADVANCE = "advance"
    REFUSE = "refuse"
    POSTPONE = "postpone"
    BRANCH = "branch"


@dataclass(frozen=True, slots=True)
class Filled:
    """The field at `path` of the deal has a value: `amount`, `windows.address`, `client.birthday`."""

    kind: ClassVar[str] = "filled"
    path: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of this kind is attached to the deal."""

    kind: ClassVar[str] = "attached"
    file: str


@dataclass(frozen=True, slots=True)
class TaskDone:
    """The task that the stage set by the template of this key is done."""

    kind: ClassVar[str] = "task_done"
    task: str


@dataclass(frozen=True, slots=True)
class Reached:
    """The goal of this key of the stage that is left was reached."""

    kind: ClassVar[str] = "reached"
    goal: str


@dataclass(frozen=True, slots=True)
class Holds:
    """The deal matches a filter; `label` says in a person's words what is asked of it."""

    kind: ClassVar[str] = "holds"
    where: Mapping[str, Any]
    label: Label


@dataclass(frozen=True, slots=True)
class Approved:
    """Somebody with this role has approved the deal in the stage that it leaves, or for the one it enters."""

    kind: ClassVar[str] = "approved"
    role: str


Rule = Filled | Attached | TaskDone | Reached | Holds | Approved


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to achieve in a stage; whoever says that it is achieved need not know where the deal goes then.

    `advance` goes to the stage `to` (the next one when left out); goals of one group named in `together` move the
    deal when all of them are reached. `refuse` ends the deal, in the stage `to` or the first lost one.
    `postpone` leaves it where it is and wakes it after `by`. `branch` goes to the stage `to`, which may be one of
    another pipeline: `service/intake`.
    """

    key: str
    label: Label
    to: str | None = None
    outcome: GoalOutcome | str = GoalOutcome.ADVANCE
    by: Span | None = None
    together: str | None = None

    def __post_init__(self) -> None:
        require_key("goal", self.key)
        try:
            object.__setattr__(self, "outcome", GoalOutcome(self.outcome))
        except ValueError:
            known = ", ".join(GoalOutcome)
            raise DeclarationError(
                f"goal {self.key!r}: outcome={self.outcome!r} is unknown; there are: {known}"
            ) from None
        if self.outcome is GoalOutcome.POSTPONE and self.by is None:
            raise DeclarationError(f"goal {self.key!r} postpones: say for how long with by=days(30)")
        if self.outcome is GoalOutcome.BRANCH and self.to is None:
            raise DeclarationError(
                f"goal {self.key!r} branches: say where to with to='stage' or 'pipeline/stage'"
            )
        if self.by is not None and self.outcome is not GoalOutcome.POSTPONE:
            raise DeclarationError(f"goal {self.key!r}: by={self.by} is for goals that postpone")
        if self.together is not None and self.outcome is not GoalOutcome.ADVANCE:
            raise DeclarationError(f"goal {self.key!r}: only goals that advance are needed together")


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told when a deal enters the stage: `owner`, `head`, or the key of a role that takes part in it."""

    to: str
    text: Label


@dataclass(frozen=True, slots=True)
class StageDocument:
    """A document that is made when a deal enters the stage: its kind, such as `invoice`, and a certain template."""

    kind: str
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a pipeline: how long a deal should be in it, what is to be done there and what leads out of it.

    `probability` is in percent; `expected_days` is the norm, a deal is rotten after `rots_after` of them without
    any movement; `script` is what to say and ask; `owner_role` whose business a deal in this stage is. `enter` and
    `leave` are rules that hold for every way to move a deal in or out, whoever moves it; a lost stage is entered
    whatever the rules for leaving say. `processes` are the keys of those that a deal begins when it enters.
    """

    key: str
    label: Label
    outcome: StageOutcome | str = StageOutcome.OPEN
    probability: int | None = None
    expected_days: int | None = None
    rots_after: int | None = None
    script: Label = ""
    owner_role: str | None = None
    color: str | None = None
    goals: tuple[Goal, ...] = ()
    enter: tuple[Rule, ...] = ()
    leave: tuple[Rule, ...] = ()
    tasks: tuple[TaskTemplate, ...] = ()
    notices: tuple[Notice, ...] = ()
    documents: tuple[StageDocument, ...] = ()
    processes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_key("stage", self.key)
        try:
            object.__setattr__(self, "outcome", StageOutcome(self.outcome))
        except ValueError:
            known = ", ".join(StageOutcome)
            raise DeclarationError(
                f"stage {self.key!r}: outcome={self.outcome!r} is unknown; there are: {known}"
            ) from None
        if self.probability is not None and not 0 <= self.probability <= 100:
            raise DeclarationError(
                f"stage {self.key!r}: probability={self.probability}: from 0 to 100 percent"
            )
        for what, keys in (
            ("goal", [one.key for one in self.goals]),
            ("task", [one.key for one in self.tasks]),
        ):
            for twice in {key for key in keys if keys.count(key) > 1}:
                raise DeclarationError(
                    f"stage {self.key!r}: the {what} {twice!r} is declared twice: rename one"
                )
        if self.outcome is not StageOutcome.OPEN and self.goals:
            raise DeclarationError(f"stage {self.key!r} is an end: a deal in it has no goals any more")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The way of a deal: stages in their order, some of them ends. The first open one is where deals begin."""

    key: str
    label: Label
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        require_key("pipeline", self.key)
        keys = [one.key for one in self.stages]
        for twice in {key for key in keys if keys.count(key) > 1}:
            raise DeclarationError(
                f"pipeline {self.key!r}: the stage {twice!r} is declared twice: rename one"
            )
        for outcome in StageOutcome:
            if not any(one.outcome is outcome for one in self.stages):
                raise DeclarationError(
                    f"pipeline {self.key!r} has no stage with outcome={outcome.value!r}: every deal begins in an "
                    "open stage and ends in a won or lost one"
                )
        for problem in self._problems():
            raise DeclarationError(f"pipeline {self.key!r}: {problem}")

    def _problems(self) -> Iterator[str]:
        known = {one.key for one in self.stages}
        for stage in self.stages:
            for goal in stage.goals:
                if goal.to is not None and "/" not in goal.to and goal.to not in known:
                    yield (
                        f"goal {goal.key!r} of stage {stage.key!r} leads to {goal.to!r}, which is none of its "
                        f"stages: {', '.join(sorted(known))}"
                    )
            tasks, goals = {one.key for one in stage.tasks}, {one.key for one in stage.goals}
            for rule in stage.leave:
                match rule:
                    case TaskDone(wanted) if wanted not in tasks:
                        yield f"stage {stage.key!r} asks for the task {wanted!r}; its tasks: {_listed(tasks)}"
                    case Reached(wanted) if wanted not in goals:
                        yield f"stage {stage.key!r} asks for the goal {wanted!r}; its goals: {_listed(goals)}"


def _listed(keys: set[str]) -> str:
    return ", ".join(sorted(keys)) or "none"
