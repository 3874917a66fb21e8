"""Reminder policies and task templates as commands know them: frozen, in memory, fresh."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cardfile.access.access import Access
from cardfile.access.memory import all_rows
from cardfile.database.database import Database
from cardfile.declarations import Choose, Span
from cardfile.errors import NotFound
from cardfile.tasks.tables import Policy, Template

__all__ = ["NORMAL", "PolicySpec", "TaskBook", "TemplateSpec", "read_spans", "task_book"]

NORMAL: Final = "normal"
"""The key of the policy that holds for tasks of which nobody says how they remind."""


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """How a task reminds of itself."""

    id: int
    key: str
    before: tuple[Span, ...]
    at: bool
    every: Span | None
    most: int
    head_after: Span | None


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    """A task that a stage sets; `is_archived` for one that sets no new ones and is known by its old ones only."""

    id: int
    stage: int
    key: str
    title: str
    kind: str
    due: Span
    assignee: str
    choose: Choose
    person: int | None
    policy: int | None
    script: str | None
    blocks: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class TaskBook:
    """All policies and templates, archived ones too: old tasks go on as they were set."""

    policies: Mapping[int, PolicySpec]
    templates: Mapping[int, TemplateSpec]
    stages: Mapping[int, tuple[TemplateSpec, ...]]
    keys: Mapping[str, int]

    @property
    def usual(self) -> int | None:
        """The policy of tasks of which nobody says how they remind."""
        return self.keys.get(NORMAL)

    def policy(self, key: str) -> PolicySpec:
        """Return a live policy; raises `NotFound`."""
        if key not in self.keys:
            raise NotFound("There is no reminder policy {key}.", key=key)
        return self.policies[self.keys[key]]

    def of_stage(self, stage: int) -> tuple[TemplateSpec, ...]:
        """Return the tasks that a stage sets, in their order."""
        return tuple(one for one in self.all_of_stage(stage) if not one.is_archived)

    def all_of_stage(self, stage: int) -> tuple[TemplateSpec, ...]:
        """Return the tasks that a stage sets or has set once."""
        return self.stages.get(stage, ())


async def task_book(access: Access) -> TaskBook:
    """Return all policies and templates as they are now; read anew only after somebody has changed them."""
    return await access.memory.recall(_load)


def read_spans(text: str | None) -> tuple[Span, ...]:
    """Return the spans of a list such as `1d, 1h`; raises `InvalidInput`."""
    return tuple(Span.parse(part) for part in (text or "").split(",") if part.strip())


async def _load(database: Database) -> TaskBook:
    policies = await all_rows(database, Policy, "position")
    templates = {row["id"]: _template(row) for row in await all_rows(database, Template, "position")}
    stages: dict[int, tuple[TemplateSpec, ...]] = {}
    for one in templates.values():
        stages[one.stage] = (*stages.get(one.stage, ()), one)
    return TaskBook(
        policies=MappingProxyType({row["id"]: _policy(row) for row in policies}),
        templates=MappingProxyType(templates),
        stages=MappingProxyType(stages),
        keys=MappingProxyType({row["key"]: row["id"] for row in policies if row["archived_at"] is None}),
    )


def _span(text: str | None) -> Span | None:
    return Span.parse(text) if text else None


def _policy(row: Mapping[str, Any]) -> PolicySpec:
    return PolicySpec(
        id=row["id"],
        key=row["key"],
        before=read_spans(row["before"]),
        at=row["at_due"],
        every=_span(row["every"]),
        most=row["most"],
        head_after=_span(row["head_after"]),
    )


def _template(row: Mapping[str, Any]) -> TemplateSpec:
    return TemplateSpec(
        id=row["id"],
        stage=row["stage"],
        key=row["key"],
        title=row["title"],
        kind=row["kind"],
        due=Span.parse(row["due"]),
        assignee=row["assignee"],
        choose=Choose(row["choose"]),
        person=row["person"],
        policy=row["policy"],
        script=row["script"],
        blocks=row["blocks"],
        is_archived=row["archived_at"] is not None,
    )
