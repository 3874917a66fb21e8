"""Which part of the model each name of the schema stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardfile.model.batch_fields import BatchField
from cardfile.model.model import Model
from cardfile.model.names import camel
from cardfile.model.record_types import Line, Link, RecordType
from cardfile_graphql.naming import root_name

__all__ = ["Root", "RootKind", "SchemaMap"]


class RootKind(StrEnum):
    """What a query at the root gives."""

    LIST = "list"
    RECORD = "record"
    NODE = "node"
    NODES = "nodes"
    ME = "me"


@dataclass(frozen=True, slots=True)
class Root:
    """A query at the root that is compiled; `type` is None for those over all types."""

    kind: RootKind
    type: RecordType | None


@dataclass(frozen=True, slots=True)
class SchemaMap:
    """Names of types and fields with what they stand for.

    `records` maps type names to record types, `members` (record type, plugin) to fields by their GraphQL names,
    `groups` the fields that hold a plugin's part, `batches` those that Python makes.
    """

    records: Mapping[str, RecordType]
    members: Mapping[tuple[str, str | None], Mapping[str, Line | Link]]
    groups: Mapping[str, Mapping[str, str]]
    batches: Mapping[str, Mapping[str, BatchField]]
    roots: Mapping[str, Root]

    @classmethod
    def of(cls, model: Model) -> "SchemaMap":
        """Return the map of everything that the model declares."""
        members: dict[tuple[str, str | None], Mapping[str, Line | Link]] = {}
        groups = {}
        roots = {
            "node": Root(RootKind.NODE, None),
            "nodes": Root(RootKind.NODES, None),
            "me": Root(RootKind.ME, model["user"]),
        }
        for one in model:
            for group in (None, *one.groups()):
                members[one.key, group] = {camel(member.key): member for member in one.members(group)}
            groups[one.key] = {camel(plugin): plugin for plugin in one.groups()}
            roots[camel(one.collection)] = Root(RootKind.LIST, one)
            roots.setdefault(root_name(one), Root(RootKind.RECORD, one))
        batches = {one.key: {camel(each.key): each for each in one.entity.batch_fields} for one in model}
        return cls({one.name: one for one in model}, members, groups, batches, roots)
