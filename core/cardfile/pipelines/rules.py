"""What holds for pipelines, whoever edits them: nothing is kept by which no deal could move."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Final

import orjson

from cardfile.access.guards import access_of
from cardfile.declarations.keys import refuse_odd_key
from cardfile.declarations.spans import Span
from cardfile.declarations.stages import GoalOutcome
from cardfile.errors import InvalidInput, NotAllowed, Refused
from cardfile.journal.calls import Call
from cardfile.pipelines.entities import ENTITIES
from cardfile.pipelines.tables import Stage
from cardfile.plugins.hookspecs import Befores, hookimpl

__all__ = ["PipelineRules"]

Row = Mapping[str, object]
Values = MutableMapping[str, object]

WATCHED: Final = frozenset(one.table._meta.tablename for one in ENTITIES)


class PipelineRules:
    """What the plugin of the core inherits: pipelines stay whole, and everybody learns of changes at once."""

    @hookimpl
    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Check what is new in a pipeline."""
        if entity in WATCHED:
            for values in rows:
                await _check(call, entity, values)
            await access_of(call).changed()

    @hookimpl
    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Values]
    ) -> None:
        """Check what is changed in a pipeline."""
        if entity in WATCHED:
            rows = await befores()
            for record, values in changes.items():
                await _check(call, entity, {**rows[record], **values})
            await access_of(call).changed()

    @hookimpl
    async def record_archiving(self, call: Call, entity: str, record: object) -> None:
        """Keep a pipeline from losing the last of its beginnings or ends."""
        if entity not in WATCHED:
            return
        if isinstance(record, Stage):
            await _require_another(call, record)
        await access_of(call).changed()


async def _require_another(call: Call, stage: Stage) -> None:
    others = await call.count(
        Stage,
        filter={
            "pipeline": {"id": {"eq": stage.pipeline}},
            "outcome": {"eq": stage.outcome},
            "id": {"notIn": [stage.id]},
        },
    )
    if not others and not call.rights.unlimited:
        raise NotAllowed(
            "{name} is the last stage of its kind in this pipeline: a deal could not begin or end any more.",
            name=call.told(stage, "label"),
        )


async def _check(call: Call, entity: str, values: Row) -> None:
    refuse_odd_key(values)
    if entity == "stage":
        _check_stage(values)
    elif entity == "goal":
        _check_goal(values)
    elif entity == "stage_rule":
        await _check_rule(call, values)


def _check_stage(values: Row) -> None:
    probability = values.get("probability")
    if isinstance(probability, int) and not 0 <= probability <= 100:
        raise InvalidInput("A probability is from 0 to 100 percent.", path=("probability",))
    for path in ("expected_days", "rots_after"):
        days = values.get(path)
        if isinstance(days, int) and not 0 <= days <= 3_660:
            raise InvalidInput("A number of days is from 0 to 3660.", path=(path,))


def _check_goal(values: Row) -> None:
    outcome, by = values.get("outcome"), values.get("postpone_by")
    if by:
        try:
            Span.parse(str(by))
        except InvalidInput as error:
            raise error.at("postpone_by") from None
    if outcome == GoalOutcome.POSTPONE and not by:
        raise InvalidInput("A goal that postpones says for how long.", path=("postpone_by",))
    if outcome == GoalOutcome.BRANCH and not values.get("target"):
        raise InvalidInput("A goal that branches off says to which stage.", path=("target",))


async def _check_rule(call: Call, values: Row) -> None:
    if values.get("kind") != "holds":
        if not values.get("subject"):
            raise InvalidInput("Say of what the rule speaks.", path=("subject",))
        return
    try:
        condition = orjson.loads(str(values.get("condition") or ""))
        if not isinstance(condition, dict):
            raise ValueError
    except ValueError:
        raise InvalidInput("The filter is no JSON object.", path=("condition",)) from None
    if not values.get("label"):
        raise InvalidInput("Say in words what the filter asks of a deal.", path=("label",))
    if "deal" in call.app.model:
        try:
            await call.count(call.app.model["deal"].records, filter=condition)
        except Refused as error:
            raise error.at("condition") from None
