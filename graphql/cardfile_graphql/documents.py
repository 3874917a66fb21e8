"""Documents, parsed and validated once per text, with the plans made of them."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

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

__all__ = ["Document", "Documents"]

MOST_PLANS = 32
PlanKey = tuple[str | None, str, str, str]


@dataclass(slots=True)
class Document:
    """A valid document: its operations, its fragments, and the plans compiled of it."""

    ast: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    plans: dict[PlanKey, list[Plan]] = field(default_factory=dict)
    uncompilable: set[str | None] = field(default_factory=set)
    count: int = 0
    signatures: dict[str | None, Signature] = field(default_factory=dict)

    def signature(self, operation: OperationDefinitionNode, schema: GraphQLSchema) -> Signature:
        """Return what an operation of the document declares of its variables."""
        name = operation.name.value if operation.name else None
        found = self.signatures.get(name)
        if found is None:
            found = self.signatures[name] = Signature(schema, operation)
        return found

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation to run; raises `RequestError` when `name` does not tell which."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name)
        if found is None:
            told = (
                f"There is no operation {name!r} in the document."
                if name
                else "The document has several operations: name one."
            )
            raise RequestError.of(Code.BAD_USER_INPUT, told)
        return found

    def keep(self, key: PlanKey, plan: Plan) -> None:
        """Keep a plan; the oldest go when there are too many, for every variable's look makes another one."""
        if self.count >= MOST_PLANS:
            self.plans.clear()
            self.count = 0
        self.plans.setdefault(key, []).append(plan)
        self.count += 1


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
        operations = {
            one.name.value if one.name else None: one
            for one in ast.definitions
            if isinstance(one, OperationDefinitionNode)
        }
        if any(one.operation is OperationType.SUBSCRIPTION for one in operations.values()):
            raise RequestError.of(Code.BAD_USER_INPUT, "Subscriptions are not served here.")
        fragments = {
            one.name.value: one for one in ast.definitions if isinstance(one, FragmentDefinitionNode)
        }
        document = self._known[text] = Document(ast, operations, fragments)
        if len(self._known) > self.most:
            self._known.popitem(last=False)
        return document
