"""From declared pipelines to the rows that they ship."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import orjson

from cardfile.declarations.stages import Goal as DeclaredGoal
from cardfile.declarations.stages import Holds, Rule
from cardfile.declarations.stages import Pipeline as DeclaredPipeline
from cardfile.declarations.stages import Stage as DeclaredStage
from cardfile.errors import DeclarationError
from cardfile.model.record_types import CORE
from cardfile.pipelines.tables import Goal, Pipeline, Stage, StageDocument, StageNotice, StageRule
from cardfile.seeds.seeds import Seed, SeedRef
from cardfile.seeds.tables import Seeded
from cardfile.texts import said

if TYPE_CHECKING:
    from cardfile.plugins.plugin import Plugin

__all__ = ["Place", "pipeline_seeds", "stage_places"]

STEP: Final = 10
"""The distance between positions, so that people can put something in between."""

LAST: Final = 1_000
"""Where the core's own pipelines stand: behind those of editions, which know the trade better."""


class Place:
    """A declared stage where it stands: its plugin, its pipeline, and the key of its seed."""

    def __init__(self, plugin: str, pipeline: DeclaredPipeline, stage: DeclaredStage, position: int) -> None:
        self.plugin, self.pipeline, self.stage, self.position = plugin, pipeline, stage, position
        self.seed = f"{pipeline.key}/{stage.key}"

    @property
    def ref(self) -> SeedRef:
        """The stage's row."""
        return SeedRef(Stage, self.plugin, self.seed)


def stage_places(plugins: Sequence["Plugin"]) -> tuple[Place, ...]:
    """Return the stages that all plugins declare, in their order.

    Raises `DeclarationError` when two plugins declare pipelines of one key.
    """
    places: list[Place] = []
    owners: dict[str, str] = {}
    for plugin in plugins:
        for pipeline in plugin.pipelines:
            other = owners.setdefault(pipeline.key, plugin.name)
            if other != plugin.name or sum(one.key == pipeline.key for one in plugin.pipelines) > 1:
                raise DeclarationError(
                    f"{plugin.name}: the pipeline {pipeline.key!r} is declared by {other} already: rename one"
                )
            places += [
                Place(plugin.name, pipeline, stage, (index + 1) * STEP)
                for index, stage in enumerate(pipeline.stages)
            ]
    return tuple(places)


def pipeline_seeds(plugins: Sequence["Plugin"], locale: str) -> list[Seed]:
    """Return the rows that the pipelines of all plugins come to, labels in `locale`.

    Raises `DeclarationError` for a goal that leads to a stage which no plugin declares.
    """
    places = stage_places(plugins)
    stages = {one.seed: one for one in places}
    seeds = list(_pipelines(plugins, locale))
    seeds += [_stage(one, locale) for one in places]
    for place in places:
        seeds += _parts(place, stages, locale)
    return seeds


def _pipelines(plugins: Sequence["Plugin"], locale: str) -> Iterator[Seed]:
    position = 0
    for plugin in plugins:
        for pipeline in plugin.pipelines:
            position += STEP
            values = {
                "key": pipeline.key,
                "label": said(pipeline.label, locale),
                "position": position + (LAST if plugin.name == CORE else 0),
            }
            yield Seed(Pipeline, plugin.name, pipeline.key, values)


def _stage(place: Place, locale: str) -> Seed:
    stage = place.stage
    values = {
        "pipeline": SeedRef(Pipeline, place.plugin, place.pipeline.key),
        "key": stage.key,
        "label": said(stage.label, locale),
        "outcome": str(stage.outcome),
        "position": place.position,
        "probability": stage.probability,
        "expected_days": stage.expected_days,
        "rots_after": stage.rots_after,
        "script": said(stage.script, locale) or None,
        "owner_role": stage.owner_role,
        "color": stage.color,
        "processes": ",".join(stage.processes) or None,
    }
    return Seed(Stage, place.plugin, place.seed, values)


def _parts(place: Place, stages: dict[str, Place], locale: str) -> Iterator[Seed]:
    stage = place.stage

    def seed(table: type[Seeded], name: str, **values: object) -> Seed:
        return Seed(table, place.plugin, f"{place.seed}/{name}", {"stage": place.ref, **values})

    for index, goal in enumerate(stage.goals):
        yield seed(
            Goal,
            goal.key,
            key=goal.key,
            label=said(goal.label, locale),
            outcome=str(goal.outcome),
            target=_target(place, goal, stages),
            postpone_by=str(goal.by) if goal.by else None,
            together=goal.together,
            position=(index + 1) * STEP,
        )
    for side, rules in (("enter", stage.enter), ("leave", stage.leave)):
        for index, rule in enumerate(rules):
            yield seed(
                StageRule,
                f"{side}/{_key(rule)}",
                side=side,
                position=(index + 1) * STEP,
                **rule_values(rule, locale),
            )
    for index, notice in enumerate(stage.notices):
        text = said(notice.text, locale)
        yield seed(
            StageNotice, f"{notice.to}/{index}", recipient=notice.to, text=text, position=(index + 1) * STEP
        )
    for index, document in enumerate(stage.documents):
        yield seed(
            StageDocument,
            document.kind,
            kind=document.kind,
            template=document.template,
            position=(index + 1) * STEP,
        )


def rule_values(rule: Rule, locale: str) -> dict[str, object]:
    """Return the columns in which `stage_rule` keeps a rule."""
    if isinstance(rule, Holds):
        condition = orjson.dumps(rule.where).decode()
        return {"kind": rule.kind, "subject": None, "condition": condition, "label": said(rule.label, locale)}
    return {"kind": rule.kind, "subject": _subject(rule), "condition": None, "label": None}


def _subject(rule: Rule) -> str:
    (subject,) = (getattr(rule, name) for name in rule.__match_args__)
    return str(subject)


def _key(rule: Rule) -> str:
    # A rule has no key of its own: what it says is what it is known by.
    said_by = said(rule.label, "en") if isinstance(rule, Holds) else _subject(rule)
    return f"{rule.kind}/{said_by}"


def _target(place: Place, goal: DeclaredGoal, stages: dict[str, Place]) -> SeedRef | None:
    if goal.to is None:
        return None
    path = goal.to if "/" in goal.to else f"{place.pipeline.key}/{goal.to}"
    if path not in stages:
        raise DeclarationError(
            f"{place.plugin}: goal {goal.key!r} of {place.seed!r} leads to {goal.to!r}, which no plugin declares; "
            f"there are: {', '.join(sorted(stages))}"
        )
    return stages[path].ref
