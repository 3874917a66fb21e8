"""One request: for whom, in which language, over which app; what resolvers are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import orjson
from graphql.execution.values import VariableValues

from cardfile.app import App
from cardfile.journal.host import reading_of
from cardfile.model.kinds import Reading
from cardfile.model.record_types import RecordType
from cardfile.query.binds import Moment
from cardfile.query.compiler import Limits, compile_plan
from cardfile.query.given import literal
from cardfile.query.running import run_plan
from cardfile.query.selection import Node, RootItem
from cardfile.rights import Actor
from cardfile.texts import Texts
from cardfile_graphql.built import BuiltSchema
from cardfile_graphql.card_fields import fill_batch
from cardfile_graphql.outputs import Info, RecordJson
from cardfile_graphql.selecting import Selecting
from graphql import FieldNode

__all__ = ["RequestContext"]


@dataclass
class RequestContext:
    """What one request is answered with. `request_id` names it in the log and in answers."""

    app: App
    actor: Actor
    built: BuiltSchema
    locale: str
    request_id: str = ""
    reports_made: int = 0
    _now: datetime | None = None

    @cached_property
    def texts(self) -> Texts:
        """The speaker of the reader's language."""
        return self.app.texts(self.locale)

    @property
    def now(self) -> datetime:
        """The instant of the request, the same however often it is asked for."""
        if self._now is None:
            self._now = self.app.clock.now()
        return self._now

    @cached_property
    def reading(self) -> Reading:
        """How this reader writes and reads values."""
        return replace(reading_of(self.app, self.actor, self.now), locale=self.locale)

    @property
    def plan_key(self) -> tuple[str, str, str]:
        """What readers have in common who share plans."""
        return (self.actor.rights.shape, self.locale, self.actor.zone)

    def moment(self, variables: Mapping[str, object]) -> Moment:
        """Return what the parameters of a plan are taken from."""
        return Moment(self.actor.rights, self.now, variables)

    def selecting(self, info: Info) -> Selecting:
        """Return the reader of the selections of the operation that is being executed."""
        values = info.variable_values
        variables = values.coerced if isinstance(values, VariableValues) else values
        fragments = {name: getattr(one, "definition", one) for name, one in info.fragments.items()}
        return Selecting(self.built.schema, self.built.map, self.app.model, fragments, variables, {})

    async def do(self, command: str, arguments: Mapping[str, object]) -> object:
        """Do a command by itself, whole or not at all."""
        version = arguments.get("expected_version")
        own = {name: value for name, value in arguments.items() if name != "expected_version"}
        actor = replace(self.actor, via="api")
        return await self.app.do(
            actor, command, expected_version=version if isinstance(version, int) else None, **own
        )

    async def read(self, roots: Sequence[RootItem], variables: Mapping[str, object]) -> dict[str, object]:
        """Return root items as JSON values, read by small statements: for the plain executor and for payloads."""
        plan = compile_plan(
            roots,
            model=self.app.model,
            dialect=self.app.database.dialect,
            rights=self.actor.rights,
            reading=self.reading,
            guards={},
            limits=replace(Limits.of(self.app.database.dialect), levels=1, width=200),
        )
        text = await run_plan(plan, self.app.database, self.moment(variables), fill_batch(self))
        found: dict[str, object] = orjson.loads(text)
        return found

    async def record(
        self, selecting: Selecting, record_type: RecordType, key: str, nodes: Sequence[FieldNode], number: int
    ) -> RecordJson | None:
        """Return what `nodes` ask of one record, None when this reader does not see it."""
        node = Node(key, selecting.shape(record_type, nodes), literal(record_type.global_id(number)))
        return as_record((await self.read([node], selecting.variables))[key], record_type)


def as_record(value: object, record_type: RecordType) -> RecordJson | None:
    """Return a record that was read as one that an interface can tell."""
    if not isinstance(value, dict):
        return None
    record = RecordJson(value)
    record.type_name = record_type.name
    return record
