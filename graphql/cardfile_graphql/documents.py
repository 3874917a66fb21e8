"""Documents, parsed and validated once per text, with the plans made of them."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from cardfile.query.given import is_met
from cardfile.query.pieces import Plan
from cardfile_graphql.errors import Code, RequestError
from cardfile_graphql.limits import DocumentLimits, parse_document
from cardfile_graphql.variables import Signature
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    validate,
)  # fmt: skip

__all__ = ["Document", "Documents", "Operation"]

MOST_PLANS = 32
PlanKey = tuple[str, str, str]
"""The shape of the rights, the language and the time zone."""


class Operation:
    """An operation of a valid document: what it declares of its variables, and the plans compiled of it.

    `is_compilable` is taken away once it has turned out that the plain executor must answer it.
    """

    __slots__ = ("_count", "_plans", "is_compilable", "name", "node", "signature")

    def __init__(self, schema: GraphQLSchema, node: OperationDefinitionNode) -> None:
        self.node = node
        self.name = node.name.value if node.name else None
        self.signature = Signature(schema, node)
        self.is_compilable = node.operation is OperationType.QUERY
        self._plans: dict[PlanKey, list[Plan]] = {}
        self._count = 0

    def plan(self, key: PlanKey, variables: Mapping[str, object]) -> Plan | None:
        """Return the plan that serves `variables`, None when there is none yet."""
        for plan in self._plans.get(key, ()):
            if is_met(plan.guards, variables):
                return plan
        return None

    def keep(self, key: PlanKey, plan: Plan) -> None:
        """Keep a plan; all go when there are too many, for every variable's look makes another one."""
        if self._count >= MOST_PLANS:
            self._plans.clear()
            self._count = 0
        self._plans.setdefault(key, []).append(plan)
        self._count += 1


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document: its operations and its fragments."""

    ast: DocumentNode
    operations: Mapping[str | None, Operation]
    fragments: Mapping[str, FragmentDefinitionNode]
    only: Operation | None
    """The operation that is run when none is named, for there is but one."""

    def operation(self, name: str | None) -> Operation:
        """Return the operation to run; raises `RequestError` when `name` does not tell which."""
        found = self.only if name is None and self.only is not None else self.operations.get(name)
        if found is None:
            told = (
                f"There is no operation {name!r} in the document."
                if name
                else "The document has several operations: name one."
            )
            raise RequestError.of(Code.BAD_USER_INPUT, told)
        return found


class Documents:
    """The documents seen last, by their text."""

    def __init__(
        self, schema: GraphQLSchema, *, limits: DocumentLimits | None = None, most: int = 500
    ) -> None:
        self.schema = schema
        self.limits = limits or DocumentLimits()
        self.most = most
        self._known: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document:
        """Return the document of `text`; raises `RequestError` when it is not valid."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        ast = parse_document(text, self.limits)
        errors = validate(self.schema, ast, max_errors=10, hide_suggestions=True)
        if errors:
            raise RequestError.of_graphql(Code.VALIDATION_FAILED, errors)
        nodes = [one for one in ast.definitions if isinstance(one, OperationDefinitionNode)]
        operations = {one.name: one for one in (Operation(self.schema, node) for node in nodes)}
        if any(one.operation is OperationType.SUBSCRIPTION for one in nodes):
            raise RequestError.of(Code.BAD_USER_INPUT, "Subscriptions are not served here.")
        fragments = {
            one.name.value: one for one in ast.definitions if isinstance(one, FragmentDefinitionNode)
        }
        only = next(iter(operations.values())) if len(operations) == 1 else None
        document = self._known[text] = Document(ast, operations, fragments, only)
        if len(self._known) > self.most:
            self._known.popitem(last=False)
        return document
