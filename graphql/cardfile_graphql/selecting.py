"""From the selection sets of a document to the selection of the query room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from cardfile.errors import InvalidInput
from cardfile.model.batch_fields import BatchField
from cardfile.model.fields import Kind
from cardfile.model.model import Model
from cardfile.model.names import camel, split_id
from cardfile.model.record_types import Link, RecordType
from cardfile.query.given import Given, Guards, Variables, literal, variable
from cardfile.query.selection import (
    Batch,
    Constant,
    Cursor,
    EdgeNode,
    Edges,
    Field,
    Group,
    Identity,
    Item,
    Listed,
    Node,
    Nodelist,
    Nodes,
    One,
    Page,
    PageInfo,
    PageShape,
    Part,
    RootItem,
    Shape,
    Total,
)  # fmt: skip
from cardfile_graphql.batch_fields import BATCH, Told
from cardfile_graphql.schema_map import Root, RootKind, SchemaMap
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    value_from_ast,
)  # fmt: skip

__all__ = ["NotCompilable", "Selecting"]

Fields = Mapping[str, Sequence[FieldNode]]

MOST_NODES = 100


class NotCompilable(Exception):
    """The field is not made from the model: the plain executor answers the document."""


@dataclass(frozen=True, slots=True)
class Selecting:
    """Reads the selections of one operation; what it sees of variables is kept in `guards`."""

    schema: GraphQLSchema
    map: SchemaMap
    model: Model
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Variables
    guards: Guards

    def roots(self, selection_set: SelectionSetNode) -> list[RootItem]:
        """Return the root items of an operation; raises `NotCompilable` for a field that is not the model's."""
        found: list[RootItem] = []
        for key, nodes in self.collect("Query", [selection_set]).items():
            name = nodes[0].name.value
            if name == "__typename":
                found.append(Constant(key, '"Query"'))
            elif name in self.map.roots:
                found.append(self.root(key, nodes))
            else:
                raise NotCompilable(name)
        return found

    def root(self, key: str, nodes: Sequence[FieldNode]) -> RootItem:
        """Return one root item."""
        name = nodes[0].name.value
        root = self.map.roots[name]
        arguments = self.arguments(nodes[0], self._object("Query").fields[name].args)
        if root.kind is RootKind.LIST and root.type is not None:
            return Page(key, None, arguments, self.page_shape(root.type, nodes))
        if root.kind is RootKind.NODES:
            return self._nodes(key, nodes, arguments["ids"])
        if root.kind is RootKind.ME and root.type is not None:
            return Node(key, self.shape(root.type, nodes), None, me=True)
        node = self._node(key, nodes, root, arguments["id"])
        return Constant(key, "null") if node is None else node

    def _node(self, key: str, nodes: Sequence[FieldNode], root: Root, given: Given) -> Node | None:
        if root.type is not None:
            return Node(key, self.shape(root.type, nodes), given)
        prefix = given.look(_prefix)
        record_type = self.model.by_prefix(prefix) if prefix else None
        return None if record_type is None else Node(key, self.shape(record_type, nodes), given)

    def _nodes(self, key: str, nodes: Sequence[FieldNode], given: Given) -> Nodes:
        ids = given.items() or ()
        if len(ids) > MOST_NODES:
            raise InvalidInput("At most {most} records are given at once.", most=MOST_NODES, path=("ids",))
        return Nodes(key, tuple(self._node(key, nodes, Root(RootKind.NODE, None), one) for one in ids))

    def collect(self, type_name: str, sets: Sequence[SelectionSetNode]) -> Fields:
        """Return the fields of selection sets by response key, fragments and directives resolved."""
        found: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(type_name, selection_set, found)
        return found

    def _collect(
        self, type_name: str, selection_set: SelectionSetNode, found: dict[str, list[FieldNode]]
    ) -> None:
        for node in selection_set.selections:
            if node.directives and not self._is_included(node):
                continue
            match node:
                case FieldNode():
                    found.setdefault((node.alias or node.name).value, []).append(node)
                case FragmentSpreadNode():
                    self._collect_fragment(type_name, self.fragments[node.name.value], found)
                case InlineFragmentNode():
                    self._collect_fragment(type_name, node, found)

    def _collect_fragment(
        self,
        type_name: str,
        fragment: InlineFragmentNode | FragmentDefinitionNode,
        found: dict[str, list[FieldNode]],
    ) -> None:
        if self._applies(fragment, type_name):
            self._collect(type_name, fragment.selection_set, found)

    def _applies(self, fragment: InlineFragmentNode | FragmentDefinitionNode, type_name: str) -> bool:
        condition = fragment.type_condition
        if condition is None or condition.name.value == type_name:
            return True
        return condition.name.value == "Node" and type_name in self.map.records

    def _is_included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            if directive.name.value in {"skip", "include"} and directive.arguments:
                value = directive.arguments[0].value
                if isinstance(value, VariableNode):
                    holds = variable(value.name.value, self.variables, self.guards).look(bool)
                else:
                    holds = bool(getattr(value, "value", False))
                if holds == (directive.name.value == "skip"):
                    return False
        return True

    def arguments(self, node: FieldNode, declared: Mapping[str, GraphQLArgument]) -> dict[str, Given]:
        """Return the arguments of a field by their Python names, without what is neither given nor has a default."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        found: dict[str, Given] = {}
        for name, argument in declared.items():
            key = "order_by" if name == "orderBy" else name
            value = self.value(given[name], argument.type) if name in given else None
            if value is not None and not value.is_absent:
                found[key] = value
            elif argument.default_value is not Undefined:
                found[key] = literal(argument.default_value)
        return found

    def value(self, node: ValueNode, type_: GraphQLInputType) -> Given:
        """Return a value of the document; variables inside it stay variables."""
        if isinstance(node, VariableNode):
            return variable(node.name.value, self.variables, self.guards)
        bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(node, ListValueNode) and isinstance(bare, GraphQLList):
            return literal([self.value(one, bare.of_type) for one in node.values])
        if isinstance(node, ObjectValueNode) and isinstance(bare, GraphQLList):
            return literal([self.value(node, bare.of_type)])
        if isinstance(node, ObjectValueNode) and isinstance(bare, GraphQLInputObjectType):
            members = {
                name: literal(field.default_value)
                for name, field in bare.fields.items()
                if field.default_value is not Undefined
            }
            for one in node.fields:
                value = self.value(one.value, bare.fields[one.name.value].type)
                if not value.is_absent:
                    members[one.name.value] = value
            return literal(members)
        plain = value_from_ast(node, type_)
        return literal(None if plain is Undefined else plain)

    def shape(self, record_type: RecordType, nodes: Sequence[FieldNode]) -> Shape:
        """Return what is asked of records of `record_type`."""
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        items = [
            self._item(record_type, None, key, found)
            for key, found in self.collect(record_type.name, sets).items()
        ]
        return Shape(record_type, items)

    def _item(self, record_type: RecordType, group: str | None, key: str, nodes: Sequence[FieldNode]) -> Item:
        name = nodes[0].name.value
        if name == "__typename":
            type_name = record_type.name if group is None else self._group_type(record_type, group).name
            return Constant(key, orjson.dumps(type_name).decode())
        if group is None:
            if name == "id":
                return Identity(key)
            if name == "cardFields":
                return self._card_fields(record_type, key, nodes)
            made = self.map.batches[record_type.key].get(name)
            if made is not None:
                return self._made(record_type, key, nodes, made)
            plugin = self.map.groups[record_type.key].get(name)
            if plugin is not None:
                return Group(key, self._group_shape(record_type, plugin, nodes))
        member = self.map.members[record_type.key, group].get(name)
        if member is None:
            raise NotCompilable(f"{record_type.name}.{name}")
        if isinstance(member, Link):
            return self._link(record_type, group, key, nodes, member)
        return Field(key, member, self._parts(nodes, "Money" if member.kind is Kind.MONEY else "Option"))

    def _group_type(self, record_type: RecordType, plugin: str) -> GraphQLObjectType:
        name = next(name for name, one in self.map.groups[record_type.key].items() if one == plugin)
        return self._object(get_named_type(self._object(record_type.name).fields[name].type).name)

    def _object(self, name: str) -> GraphQLObjectType:
        found = self.schema.type_map[name]
        if not isinstance(found, GraphQLObjectType):
            raise TypeError(f"{name} is no object type")
        return found

    def _group_shape(self, record_type: RecordType, plugin: str, nodes: Sequence[FieldNode]) -> Shape:
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        type_name = self._group_type(record_type, plugin).name
        return Shape(
            record_type,
            [
                self._item(record_type, plugin, key, found)
                for key, found in self.collect(type_name, sets).items()
            ],
        )

    def _card_fields(self, record_type: RecordType, key: str, nodes: Sequence[FieldNode]) -> Batch:
        arguments = self.arguments(nodes[0], self._object(record_type.name).fields["cardFields"].args)
        slot = arguments["slot"].plain()
        needs = tuple(line for line in record_type.lines.values() if slot in line.field.slots)
        shape = literal([(part.key, part.name) for part in self._parts(nodes, "CardField")])
        return Batch(key, "card_fields", needs, {"parts": shape})

    def _made(self, record_type: RecordType, key: str, nodes: Sequence[FieldNode], made: BatchField) -> Batch:
        name = nodes[0].name.value
        declared = self._object(record_type.name).fields[name]
        given = self.arguments(nodes[0], declared.args)
        arguments = {one.name: given[camel(one.name)] for one in made.arguments if camel(one.name) in given}
        shape = literal(self._told(get_named_type(declared.type).name, nodes))
        return Batch(key, BATCH + made.key, (), {**arguments, "shape": shape}, by_id=True)

    def _told(self, type_name: str, nodes: Sequence[FieldNode]) -> list[Told]:
        """Return what is asked of a result, member by member."""
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        fields = self._object(type_name).fields
        found: list[Told] = []
        for key, inner in self.collect(type_name, sets).items():
            name = inner[0].name.value
            if name == "__typename":
                found.append((key, f"__{type_name}", None))
                continue
            below = get_named_type(fields[name].type)
            is_object = isinstance(below, GraphQLObjectType)
            found.append((key, name, self._told(below.name, inner) if is_object else None))
        return found

    def _parts(self, nodes: Sequence[FieldNode], type_name: str) -> tuple[Part, ...]:
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        return tuple(Part(key, found[0].name.value) for key, found in self.collect(type_name, sets).items())

    def _link(
        self, record_type: RecordType, group: str | None, key: str, nodes: Sequence[FieldNode], link: Link
    ) -> Item:
        target = self.model[link.target]
        if not link.is_many:
            return One(key, link, self.shape(target, nodes))
        if link.plain:
            return Listed(key, link, self.shape(target, nodes))
        holder = self._group_type(record_type, group) if group else self._object(record_type.name)
        arguments = self.arguments(nodes[0], holder.fields[nodes[0].name.value].args)
        return Page(key, link, arguments, self.page_shape(target, nodes))

    def page_shape(self, target: RecordType, nodes: Sequence[FieldNode]) -> PageShape:
        """Return what is asked of a page."""
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        type_name = f"{target.name}Connection"
        members: list[Nodelist | Edges | Total | PageInfo | Constant] = []
        for key, found in self.collect(type_name, sets).items():
            match found[0].name.value:
                case "nodes":
                    members.append(Nodelist(key, self.shape(target, found)))
                case "edges":
                    members.append(self._edges(key, target, found))
                case "totalCount":
                    members.append(Total(key))
                case "pageInfo":
                    members.append(self._page_info(key, found))
                case _:
                    members.append(Constant(key, orjson.dumps(type_name).decode()))
        return PageShape(target, members)

    def _edges(self, key: str, target: RecordType, nodes: Sequence[FieldNode]) -> Edges:
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        type_name = f"{target.name}Edge"
        members: list[Cursor | EdgeNode | Constant] = []
        for inner, found in self.collect(type_name, sets).items():
            match found[0].name.value:
                case "cursor":
                    members.append(Cursor(inner))
                case "node":
                    members.append(EdgeNode(inner, self.shape(target, found)))
                case _:
                    members.append(Constant(inner, orjson.dumps(type_name).decode()))
        return Edges(key, members)

    def _page_info(self, key: str, nodes: Sequence[FieldNode]) -> PageInfo:
        return PageInfo(
            key,
            [
                Constant(part.key, '"PageInfo"') if part.name == "__typename" else part
                for part in self._parts(nodes, "PageInfo")
            ],
        )


def _prefix(value: object) -> str | None:
    parts = split_id(value)
    return parts[0] if parts else None
