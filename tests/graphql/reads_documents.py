"""Random documents over the schema of reads: each a text, and makers of variables of equal and of other shape."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from reads_inputs import ABSENT, Inputs, Maker, Name, Variable

from graphql import (
    GraphQLArgument,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

__all__ = ["Document", "generate"]

MADE_BY_RULES = frozenset(("nextSteps", "canMoveTo", "graph"))
"""Fields that rules of the trade make in Python: their own tests compare them, no oracle of rows could."""

DEPTH = 5
MOST_TIMES = 60


@dataclass
class Document:
    """A document with the variables that it takes."""

    seed: int
    text: str
    makers: Mapping[str, Maker]

    def variables(self, random: Random) -> dict[str, object]:
        """Return values for the variables; some are left out."""
        made = {name: maker(random) for name, maker in self.makers.items()}
        return {name: value for name, value in made.items() if value is not ABSENT}


def generate(schema: GraphQLSchema, inputs: Inputs, seed: int) -> Document:
    """Return the document of a seed; it may break a rule about conflicting fields, so validate it."""
    return _Generator(schema, inputs, Random(seed)).document(seed)


@dataclass
class _Generator:
    schema: GraphQLSchema
    inputs: Inputs
    random: Random
    makers: dict[str, tuple[str, Maker]] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    arguments: dict[tuple[str, str], str] = field(default_factory=dict)
    fields: int = 0
    numbers: int = 0

    def document(self, seed: int) -> Document:
        query = self.schema.query_type
        assert query is not None
        body = self._set(query, DEPTH, 1)
        declared = [f"${name}: {type_}" for name, (type_, _) in self.makers.items()]
        head = f"({', '.join(declared)})" if declared else ""
        text = f"query Q{head} {body} {' '.join(self.fragments)}"
        return Document(seed, text, {name: maker for name, (_, maker) in self.makers.items()})

    def _number(self) -> int:
        self.numbers += 1
        return self.numbers

    def _set(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int, times: int) -> str:
        r = self.random
        parts: list[str] = []
        if isinstance(type_, GraphQLInterfaceType):
            parts = self._cases(depth, times)
        else:
            names = [name for name in type_.fields if self._is_told(type_, name, depth)]
            wanted = r.randint(1, 3 if type_.name == "Query" else 5)
            for name in r.sample(names, min(len(names), wanted)):
                if parts and self.fields > 45:
                    break
                parts.append(self._field(type_, name, depth, times))
                if r.random() < 0.08:
                    parts.append(self._field(type_, name, depth, times))
            if type_.name != "Query":
                parts += self._fragments_on(type_)
        if r.random() < 0.2 or not parts:
            parts.insert(r.randint(0, len(parts)), f"{self._alias(0.3)}__typename{self._condition()}")
        return "{ " + " ".join(parts) + " }"

    def _is_told(self, type_: GraphQLObjectType, name: str, depth: int) -> bool:
        if type_.name == "Query":
            return name not in {"recordTypes", "recordType", "reports"}
        if name in MADE_BY_RULES:
            return False
        inner = get_named_type(type_.fields[name].type)
        return (
            depth > 0
            or not isinstance(inner, GraphQLObjectType)
            or inner.name in {"Money", "Option", "PageInfo"}
        )

    def _cases(self, depth: int, times: int) -> list[str]:
        parts = [f"{self._alias(0.3)}id{self._condition()}"] if self.random.random() < 0.7 else []
        for name in self.random.sample(["Client", "Client", "User", "ProbeBox", "Interaction"], 2):
            type_ = self.schema.type_map[name]
            assert isinstance(type_, GraphQLObjectType)
            parts.append(f"... on {name}{self._condition()} {self._set(type_, depth - 1, times)}")
        return parts

    def _fragments_on(self, type_: GraphQLObjectType) -> list[str]:
        r = self.random
        if r.random() > 0.25:
            return []
        names = [type_.name, "Node"] if type_.interfaces else [type_.name]
        on = r.choice(names)
        leaves = (
            ["id"]
            if on == "Node"
            else [
                name
                for name, one in type_.fields.items()
                if not isinstance(get_named_type(one.type), GraphQLObjectType)
            ]
        )
        told = [f"{self._alias(0.6)}{r.choice(leaves)}{self._condition()}" for _ in range(2) if leaves] or [
            "__typename"
        ]
        if on == "Node" and r.random() < 0.4:
            told.append(f"... on {type_.name} {{ {self._alias(1)}__typename }}")
        body = "{ " + " ".join(told) + " }"
        kind = r.random()
        if kind < 0.3:
            return [f"... on {on}{self._condition()} {body}"]
        if kind < 0.45 and on == type_.name:
            return [f"...{self._condition()} {body}"]
        name = f"F{self._number()}"
        self.fragments.append(f"fragment {name} on {on} {body}")
        return [f"...{name}{self._condition()}"] * r.choice((1, 1, 2))

    def _field(self, type_: GraphQLObjectType, name: str, depth: int, times: int) -> str:
        self.fields += 1
        declared = type_.fields[name]
        inner = get_named_type(declared.type)
        alias = self._alias(0.35)
        size = 1
        arguments = ""
        if declared.args:
            is_page = "first" in declared.args
            known = self.arguments.get((type_.name, name))
            if alias or known is None:
                arguments, size = self._arguments(type_, name, declared.args, times)
                if is_page and not alias:
                    alias = f"a{self._number()}: "
            else:
                arguments = known
            if not alias:
                self.arguments[type_.name, name] = arguments
        head = f"{alias}{name}{arguments}{self._condition()}"
        if isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
            is_leafy = inner.name in {"Money", "Option", "CardField", "PageInfo"} or inner.name.endswith(
                ("Card", "Edge")
            )
            less = 0 if is_leafy else 1
            if inner.name.endswith("Connection"):
                less = 0
            return f"{head} {self._set(inner, depth - less, times * max(1, size))}"
        return head

    def _arguments(
        self, type_: GraphQLObjectType, name: str, declared: Mapping[str, GraphQLArgument], times: int
    ) -> tuple[str, int]:
        if "first" in declared:
            most = 6 if times > 1 else 60
            given, size = self.inputs.page(
                self.random, type_, name, is_crowded=times * 8 > MOST_TIMES, most=most
            )
        elif "slot" in declared:
            given, size = self.inputs.slot(self.random), 1
        else:
            given, size = self.inputs.identity(self.random, name, declared), 1
        told = [f"{key}: {self._text(value, str(declared[key].type))}" for key, value in given.items()]
        return (f"({', '.join(told)})" if told else ""), size

    def _text(self, value: object, _type: str) -> str:
        match value:
            case Variable(kind, maker, default):
                name = f"v{self._number()}"
                told = kind if default is ABSENT else f"{kind} = {self._text(default, kind)}"
                self.makers[name] = (told, maker)
                return f"${name}"
            case Name(text):
                return text
            case dict():
                return "{" + ", ".join(f"{key}: {self._text(one, '')}" for key, one in value.items()) + "}"
            case list():
                return "[" + ", ".join(self._text(one, "") for one in value) + "]"
        return json.dumps(value, ensure_ascii=self.random.random() < 0.5)

    def _alias(self, chance: float) -> str:
        return f"a{self._number()}: " if self.random.random() < chance else ""

    def _condition(self) -> str:
        r = self.random
        if r.random() > 0.1:
            return ""
        name, value = r.choice((("include", True), ("skip", False), ("include", False), ("skip", True)))
        given = "true" if value else "false"
        if r.random() < 0.6:
            given = self._text(Variable("Boolean!", _toss), "")
        more = (
            f" @skip(if: {self._text(Variable('Boolean!', _toss), '')})"
            if name == "include" and r.random() < 0.2
            else ""
        )
        return f" @{name}(if: {given}){more}"


def _toss(random: Random) -> object:
    return random.random() < 0.7
