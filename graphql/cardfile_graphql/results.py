"""The types of what commands and batch fields give: frozen dataclasses, member by member."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from cardfile.database.tables import Record
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import RecordType
from cardfile.texts import Label, said
from cardfile_graphql.context import RequestContext
from cardfile_graphql.naming import TypeNames, own_type_name
from cardfile_graphql.outputs import Info, by_response_key
from cardfile_graphql.plain import plain
from cardfile_graphql.scalars import SCALARS
from cardfile_graphql.wrapping import required
from graphql import GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType

__all__ = ["ResultTypes"]

OUTPUT_SCALARS: Mapping[Any, str] = {
    str: "String", bool: "Boolean", int: "Int", float: "Float", date: "Date", datetime: "DateTime", Decimal: "Decimal",
}  # fmt: skip


class ResultTypes:
    """Object types by dataclass, each made once; a member that is a record is read with the asker's rights."""

    def __init__(
        self, model: Model, names: TypeNames, record: Callable[[RecordType], GraphQLObjectType]
    ) -> None:
        self.model = model
        self.names = names
        self.record = record
        self._made: dict[str, GraphQLObjectType] = {}

    def of(self, cls: type, giver: str, plugin: str) -> GraphQLObjectType:
        """Return the type of a dataclass that `giver`, a command or a batch field of an entity, gives."""
        name = own_type_name(giver, cls)
        if name not in self._made:
            hints = get_type_hints(cls)
            description = (cls.__doc__ or cls.__name__).partition("\n")[0]
            self._made[name] = GraphQLObjectType(
                self.names.take(name, plugin),
                lambda: {
                    camel(one.name): GraphQLField(
                        self._output(hints[one.name], giver, plugin),
                        resolve=self._resolver(one.name, hints[one.name]),
                        description=one.name.replace("_", " ").capitalize() + ".",
                    )
                    for one in fields(cls)
                },
                description=description,
                extensions={"result": cls},
            )
        return self._made[name]

    def _output(self, hint: Any, giver: str, plugin: str) -> GraphQLOutputType:
        arguments = get_args(hint)
        if type(None) in arguments:
            (inner,) = [one for one in arguments if one is not type(None)]
            found = self._output(inner, giver, plugin)
            return found.of_type if isinstance(found, GraphQLNonNull) else found
        if hint == Label:
            return required(SCALARS["String"])
        if get_origin(hint) in {list, tuple}:
            return required(GraphQLList(self._output(arguments[0], giver, plugin)))
        if isinstance(hint, type) and issubclass(hint, Record):
            return self.record(self.model.of_table(hint))
        if is_dataclass(hint) and isinstance(hint, type):
            return required(self.of(hint, giver, plugin))
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return required(SCALARS["String"])
        return required(SCALARS[OUTPUT_SCALARS[hint]]) if hint in OUTPUT_SCALARS else SCALARS["JSON"]

    def _resolver(self, name: str, hint: Any) -> Any:
        if isinstance(hint, type) and issubclass(hint, Record):
            return self._reader(name, hint)

        def resolve(parent: object, info: Info) -> object:
            if isinstance(parent, Mapping):
                return by_response_key(parent, info)  # a batch field, which was told whole
            value = getattr(parent, name)
            return said(value, info.context.locale) if hint == Label else plain(value)

        return resolve

    def _reader(self, name: str, table: type[Record]) -> Any:
        record_type = self.model.of_table(table)

        async def resolve(parent: object, info: Info) -> object:
            context: RequestContext = info.context
            record = getattr(parent, name)
            if not isinstance(record, Record):
                return None
            return await context.record(
                context.selecting(info), record_type, str(info.path.key), info.field_nodes, int(record.id)
            )

        return resolve
