"""Mutations: each is a command with an input and a payload; what people can cause comes back as data."""

from collections.abc import Mapping, Sequence
from typing import Any

from cardfile.database.tables import Record
from cardfile.deals.moves import MissingForStage
from cardfile.errors import InvalidInput, NotAllowed, NotFound, Refused, VersionConflict
from cardfile.journal.commands import Command
from cardfile.journal.signatures import ParameterKind
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import RecordType
from cardfile.texts import Texts, said
from cardfile_graphql import vocabulary
from cardfile_graphql.context import RequestContext
from cardfile_graphql.inputs import InputTypes, input_name
from cardfile_graphql.naming import TypeNames, mutation_name, root_name, type_name_of
from cardfile_graphql.outputs import Info, OutputTypes, by_response_key
from cardfile_graphql.results import ResultTypes
from cardfile_graphql.scalars import SCALARS
from cardfile_graphql.wrapping import list_of, required
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
)  # fmt: skip

__all__ = ["Mutations"]

ERRORS: Sequence[tuple[type[Refused], type[vocabulary.UserError]]] = (
    (InvalidInput, vocabulary.InvalidInput),
    (NotFound, vocabulary.NotFound),
    (NotAllowed, vocabulary.NotAllowed),
)


DONE_UNSEEN = "It was done, but you may not see the record."


class Mutations:
    """Makes the mutation of every command."""

    def __init__(
        self,
        model: Model,
        names: TypeNames,
        outputs: OutputTypes,
        inputs: InputTypes,
        written: Mapping[str, GraphQLNamedType],
        results: ResultTypes,
    ) -> None:
        self.model = model
        self.names = names
        self.outputs = outputs
        self.inputs = inputs
        self.written = written
        self.results = results

    def field(self, command: Command) -> GraphQLField:
        """Return the mutation of a command."""
        result = self.model.of_table(command.result) if _is_record(command.result) else None  # type: ignore[arg-type]  # told by _is_record
        one = _Mutation(self, command, result)
        return GraphQLField(
            required(self._payload(command, result)),
            args={"input": GraphQLArgument(required(self.inputs.of(command)), description="What it takes.")},
            resolve=one.resolve,
            description=command.description or said(command.label, "en"),
        )

    def _payload(self, command: Command, result: RecordType | None) -> GraphQLObjectType:
        name = mutation_name(command.name)
        fields: dict[str, GraphQLField] = {}

        def put(key: str, type_: GraphQLOutputType, description: str) -> None:
            fields[key] = GraphQLField(type_, resolve=by_response_key, description=description)

        if result is not None:
            put(
                root_name(result),
                self.outputs.record(result),
                "The record afterwards; null when there are errors, and when you may not see it.",
            )
        elif command.result is not None:
            put(
                "result",
                self.results.of(command.result, command.name, command.plugin),
                "What came of it; null when there are errors.",
            )
        error = self.written["UserError"]
        put(
            "userErrors",
            required(list_of(error)),
            "What was wrong; empty when it was done.",
        )
        put("clientMutationId", SCALARS["String"], "What was given with the input.")
        return GraphQLObjectType(
            self.names.take(type_name_of(command.name, "Payload"), command.plugin),
            fields,
            description=f"What {name} gives.",
        )


class _Mutation:
    """Runs one command for a request."""

    def __init__(self, mutations: Mutations, command: Command, result: RecordType | None) -> None:
        self.command = command
        self.result = result
        self.model = mutations.model
        record_type = self.model[command.entity]
        self.names = {one.name: one for one in mutations.inputs.writables(record_type, command)}
        self.cards = {
            one.name: {
                input_name(line): line.key for line in record_type.lines.values() if line.card == one.group
            }
            for one in self.names.values()
            if one.group is not None
        }

    async def resolve(self, _parent: object, info: Info, **arguments: Any) -> Mapping[str, object]:
        """Do the command, and read what the answer asks of the record."""
        context: RequestContext = info.context
        given: Mapping[str, Any] = arguments["input"]
        outcome: object = None
        errors: list[vocabulary.UserError] = []
        try:
            outcome = await context.do(self.command.name, self._arguments(given))
        except Refused as refusal:
            errors = [self._error(one, context.texts) for one in refusal.errors]
        return await self._payload(info, given, outcome, errors)

    def _arguments(self, given: Mapping[str, Any]) -> dict[str, object]:
        found: dict[str, object] = {}
        for parameter in self.command.parameters:
            if parameter.kind is ParameterKind.VALUES:
                found[parameter.name] = self._values(given)
            elif parameter.input_name in given:
                value = given[parameter.input_name]
                if parameter.kind is ParameterKind.RECORD and value is not None:
                    record_type = self.model.of_table(parameter.type)
                    value = (
                        [record_type.local_id(one) for one in value]
                        if parameter.is_list
                        else record_type.local_id(value)
                    )
                found[parameter.name] = value
        if given.get("expectedVersion") is not None:
            found["expected_version"] = given["expectedVersion"]
        return found

    def _values(self, given: Mapping[str, Any]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in given.items():
            place = self.names.get(name)
            if place is None:
                continue
            if place.group is not None and isinstance(value, Mapping):
                found[place.key] = {self.cards[name][inner]: part for inner, part in value.items()}
            else:
                found[place.key] = value
        return found

    def _error(self, refusal: Refused, texts: Texts) -> vocabulary.UserError:
        message, path = refusal.say(texts), self._input_path(refusal.path)
        if isinstance(refusal, VersionConflict):
            record_type = self.model[refusal.entity]
            return vocabulary.VersionConflict(
                message=message,
                code=refusal.code,
                path=path,
                current_version=refusal.current,
                record_id=record_type.global_id(refusal.record),
            )
        if isinstance(refusal, MissingForStage):
            return vocabulary.MissingForStage(
                message=message, code=refusal.code, path=path, lacking=list(refusal.missing)
            )
        made = next((made for kind, made in ERRORS if isinstance(refusal, kind)), vocabulary.OtherRefusal)
        return made(message=message, code=refusal.code, path=path)

    def _input_path(self, path: Sequence[str | int]) -> list[str]:
        """Return the path as the input spells it."""
        if not path:
            return []
        steps = [str(step) for step in path]
        if self.command.values is not None and steps[0] == self.command.values.name and len(steps) > 1:
            del steps[0]
        head, *rest = steps
        place = next((one for one in self.names.values() if head in {one.key, one.name}), None)
        if place is not None:
            inner = {key: name for name, key in self.cards.get(place.name, {}).items()}
            return ["input", place.name, *(inner.get(step, step) for step in rest)]
        parameter = next((one for one in self.command.parameters if one.name == head), None)
        return ["input", parameter.input_name if parameter else camel(head), *rest]

    async def _payload(
        self,
        info: Info,
        given: Mapping[str, Any],
        outcome: object,
        errors: Sequence[vocabulary.UserError],
    ) -> Mapping[str, object]:
        context: RequestContext = info.context
        payload: dict[str, object] = {}
        sets = [node.selection_set for node in info.field_nodes if node.selection_set is not None]
        selecting = context.selecting(info)
        for key, nodes in selecting.collect(type_name_of(self.command.name, "Payload"), sets).items():
            name = nodes[0].name.value
            if name == "userErrors":
                payload[key] = errors
            elif name == "clientMutationId":
                payload[key] = given.get("clientMutationId")
            elif name == "result":
                payload[key] = outcome
            elif self.result is not None and isinstance(outcome, Record):
                record = await context.record(selecting, self.result, key, nodes, int(outcome.id))
                # It was done, so it is no error of the user; why there is nothing to see is told at its place.
                payload[key] = NotAllowed(DONE_UNSEEN) if record is None else record
        return payload


def _is_record(cls: type | None) -> bool:
    return isinstance(cls, type) and issubclass(cls, Record)
