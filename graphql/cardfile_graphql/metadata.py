"""What there is, told to programs that do not know it: record types, fields, actions."""

from collections.abc import Sequence

from cardfile.app import App
from cardfile.journal.commands import Command
from cardfile.model.fields import Kind
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import Line, RecordType
from cardfile.query.orders import is_orderable
from cardfile.rights import Rights, Scope
from cardfile.texts import said
from cardfile_graphql import vocabulary
from cardfile_graphql.filters import NAME_OF
from cardfile_graphql.inputs import InputTypes, input_name
from cardfile_graphql.naming import enum_value, mutation_name

__all__ = ["Metadata"]


class Metadata:
    """Describes the model to one reader: what he may see, what he may do."""

    def __init__(self, app: App, inputs: InputTypes) -> None:
        self.app = app
        self.model: Model = app.model
        self.inputs = inputs

    def record_types(self, rights: Rights, locale: str) -> list[vocabulary.RecordType]:
        """Return the record types of which the reader may see any record."""
        return [
            self._record_type(one, rights, locale)
            for one in self.model
            if rights.scope(one.key, "read") is not Scope.NONE or one.key in rights.shared
        ]

    def _record_type(self, record_type: RecordType, rights: Rights, locale: str) -> vocabulary.RecordType:
        entity = record_type.entity
        lines = [line for line in record_type.lines.values() if rights.sees(record_type.key, line.path)]
        return vocabulary.RecordType(
            name=record_type.name,
            key=record_type.key,
            label=said(entity.label, locale),
            label_plural=said(entity.plural, locale),
            collection=camel(record_type.collection),
            plugin=record_type.plugin,
            fields=[self._field(record_type, line, rights, locale) for line in lines],
            actions=self._actions(record_type, rights, locale),
        )

    def _actions(self, record_type: RecordType, rights: Rights, locale: str) -> list[vocabulary.Action]:
        commands: Sequence[Command] = self.app.commands.of(record_type.key)
        return [
            vocabulary.Action(
                key=command.name,
                label=said(command.label, locale),
                mutation=mutation_name(command.name),
                description=command.description,
                plugin=command.plugin,
            )
            for command in commands
            if rights.scope(record_type.key, command.action) is not Scope.NONE
        ]

    def _field(
        self, record_type: RecordType, line: Line, rights: Rights, locale: str
    ) -> vocabulary.FieldDescriptor:
        field = line.field
        is_open = field.is_editable and rights.edits(record_type.key, line.path)
        prefix = [camel(line.card)] if line.card else []
        options = [
            vocabulary.FieldOption(key=choice.key, label=said(choice.label, locale), color=choice.color)
            for choice in field.options
        ]
        return vocabulary.FieldDescriptor(
            key=line.path,
            label=said(field.label, locale),
            hint=said(field.hint, locale) or None,
            kind=str(line.kind),
            selection=self._selection(record_type, line),
            input_path=[*prefix, input_name(line)] if is_open else None,
            input_type=str(self.inputs.type_of_line(line)) if is_open else None,
            required=field.required,
            read_only=not is_open,
            options=options or None,
            filter_path=[*prefix, camel(line.key)] if line.kind in NAME_OF else None,
            order_field=enum_value(line.path) if is_orderable(line) else None,
            slots=list(field.slots),
            group=said(field.group, locale) or None,
            position=field.position,
            plugin=line.plugin,
        )

    def _selection(self, record_type: RecordType, line: Line) -> str:
        name = camel(line.key)
        link = record_type.links.get(line.path)
        if link is not None:
            title = self.model[link.target].entity.title
            name += f" {{ id {camel(title)} }}" if title else " { id }"
        elif line.kind is Kind.MONEY:
            name += " { amount currency }"
        elif line.kind in {Kind.CHOICE, Kind.CHOICES}:
            name += " { key label }"
        return f"{camel(line.card)} {{ {name} }}" if line.card else name
