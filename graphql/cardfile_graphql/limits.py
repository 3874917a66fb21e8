"""What a document may be, checked before it costs anything: length, nesting, tokens, repeats, size when spread out.

Fragments are counted with memory: a document of 24 fragments that use each other twice is seen to be of sixteen
million fields without visiting them. Repeated fields are refused before validation, whose rule about
conflicting fields takes time by the square of their number.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cardfile_graphql.errors import Code, RequestError
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)  # fmt: skip

__all__ = ["DocumentLimits", "parse_document"]


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """How large a document may be. `repeats` bounds one response key in one selection set, `pairs` all repeats."""

    characters: int = 16_384
    tokens: int = 1_000
    depth: int = 20
    fields: int = 2_000
    repeats: int = 10
    pairs: int = 6_000


_QUOTED = re.compile(r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*')
_BRACKETS = re.compile(r"[{}()\[\]]")


def parse_document(text: str, limits: DocumentLimits) -> DocumentNode:
    """Return the document; raises `RequestError` for what is no GraphQL, or too much of it."""
    if len(text) > limits.characters:
        raise RequestError.of(
            Code.TOO_EXPENSIVE,
            f"The document has {len(text)} characters, at most {limits.characters} are read.",
            status=413,
        )
    _check_nesting(text, limits)
    try:
        document = parse(text, max_tokens=limits.tokens, allow_empty_selection_sets=False)
    except GraphQLError as error:
        if _has_too_many_tokens(error, limits):
            raise RequestError.of(
                Code.TOO_EXPENSIVE, f"The document has more than {limits.tokens} words and signs (tokens)."
            ) from None
        raise RequestError.of_graphql(Code.PARSE_FAILED, [error]) from None
    except RecursionError:
        raise RequestError.of(Code.TOO_EXPENSIVE, "The document is nested too deeply.") from None
    _Counting(document, limits).check()
    return document


def _has_too_many_tokens(error: GraphQLError, limits: DocumentLimits) -> bool:
    # graphql-core tells it by a syntax error like any other.
    return f"more than {limits.tokens} tokens" in error.message


def _check_nesting(text: str, limits: DocumentLimits) -> None:
    depth = 0
    for bracket in _BRACKETS.findall(_QUOTED.sub("", text)):
        if bracket in "{([":
            depth += 1
            if depth > limits.depth * 2:
                raise RequestError.of(
                    Code.TOO_EXPENSIVE, f"The document is nested deeper than {limits.depth * 2} brackets."
                )
        else:
            depth -= 1


@dataclass(frozen=True, slots=True)
class _Size:
    fields: int
    depth: int


class _Counting:
    """Counts the fields of a document with its fragments spread out, each fragment once."""

    def __init__(self, document: DocumentNode, limits: DocumentLimits) -> None:
        self.limits = limits
        self.operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        self.fragments: Mapping[str, FragmentDefinitionNode] = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self.sizes: dict[str, _Size | None] = {}
        self.keys: Counter[str] = Counter()

    def check(self) -> None:
        """Raise `RequestError` when the document is too much."""
        for name in self.fragments:
            self._fragment(name)
        for operation in self.operations:
            self._require(self._set(operation.selection_set))
        if sum(count * count for count in self.keys.values() if count > 1) > self.limits.pairs:
            raise RequestError.of(Code.TOO_EXPENSIVE, "The document repeats the same fields too often.")

    def _require(self, size: _Size) -> _Size:
        if size.fields > self.limits.fields:
            raise RequestError.of(
                Code.TOO_EXPENSIVE,
                f"The document asks for more than {self.limits.fields} fields, its fragments spread out.",
            )
        if size.depth > self.limits.depth:
            raise RequestError.of(
                Code.TOO_EXPENSIVE, f"The document is deeper than {self.limits.depth} levels."
            )
        return size

    def _fragment(self, name: str) -> _Size:
        if name in self.sizes:
            known = self.sizes[name]
            if known is None:
                raise RequestError.of(Code.VALIDATION_FAILED, f"The fragment {name!r} spreads itself.")
            return known
        fragment = self.fragments.get(name)
        if fragment is None:
            return _Size(0, 0)
        self.sizes[name] = None
        size = self._require(self._set(fragment.selection_set))
        self.sizes[name] = size
        return size

    def _set(self, selection_set: SelectionSetNode) -> _Size:
        fields, depth = 0, 0
        here: Counter[str] = Counter()
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                here[(node.alias or node.name).value] += 1
                inner = self._set(node.selection_set) if node.selection_set else _Size(0, 0)
                fields, depth = fields + 1 + inner.fields, max(depth, 1 + inner.depth)
            elif isinstance(node, FragmentSpreadNode):
                here[f"...{node.name.value}"] += 1
                inner = self._fragment(node.name.value)
                fields, depth = fields + inner.fields, max(depth, inner.depth)
            elif isinstance(node, InlineFragmentNode):
                here["..."] += 1
                inner = self._set(node.selection_set)
                fields, depth = fields + inner.fields, max(depth, inner.depth)
        self.keys.update(key for key in here.elements() if not key.startswith("..."))
        worst = max(here.values(), default=0)
        if worst > self.limits.repeats:
            raise RequestError.of(
                Code.TOO_EXPENSIVE,
                f"A field or fragment is repeated {worst} times in one place, at most {self.limits.repeats} are read.",
            )
        return _Size(fields, depth)
