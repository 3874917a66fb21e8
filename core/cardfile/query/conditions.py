"""The filter language: data in, SQL out. The same for GraphQL, segments, triggers, reports and exports.

A filter is an object. Its keys are fields, links, plugins' groups, and `and`, `or`, `not`; keys may be written
in snake_case or camelCase. A field's value holds operators, a link's value a filter of the other entity.
"""

from collections.abc import Callable, Mapping, Sequence

from cardfile.errors import InvalidInput
from cardfile.model.fields import Kind
from cardfile.model.kinds import EQUAL, KINDS, Operator
from cardfile.model.names import camel, snake
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.binds import Statement
from cardfile.query.days import RELATIVE, relative
from cardfile.query.given import Given, literal
from cardfile.query.orders import declared_order
from cardfile.query.row import Row, constant
from cardfile.query.visibility import NOTHING, is_implied, visible
from cardfile.rights import Scope
from cardfile.values.text import fold

__all__ = ["MAX_CONDITIONS", "filtered", "linked", "speaks_of_archive"]

MAX_DEPTH = 12
MAX_CONDITIONS = 200
LAST_CHARACTER = "\U0010ffff"
NUL = "\x00"  # PostgreSQL keeps no text with it, so none can be found by it
PERSON = "user"
"""Whose ids may be compared with that of the reader."""

COMPARISONS: Mapping[Operator, str] = {
    Operator.GT: ">",
    Operator.GTE: ">=",
    Operator.LT: "<",
    Operator.LTE: "<=",
}


def filtered(row: Row, given: Given) -> str | None:
    """Return the condition that `given` puts on `row`, None when it puts none; raises `InvalidInput`."""
    return _Filter(row.statement).of_object(row, given, None, 0)


def speaks_of_archive(given: Given | None) -> bool:
    """Tell whether a filter itself decides about archived records, so that they are not left out beforehand."""
    parts = given.parts() if given is not None else None
    return parts is not None and any(
        snake(key) == "archived_at" and not part.is_null for key, part in parts.items()
    )


def linked(
    statement: Statement,
    link: Link,
    target: RecordType,
    key: str,
    inside: Callable[[Row], str | None],
    *,
    implied: bool = False,
) -> str | None:
    """Return that a visible live record of `target` is linked to `key` and satisfies `inside`.

    A to-one link about which `inside` says nothing puts no condition. `implied` tells that whoever sees the
    record with `key` sees all that the link leads to.
    """
    row = Row(statement, target)
    condition = inside(row)
    if condition is None and not link.is_many:
        return None
    if link.one:
        first = Row(statement, target)
        order = declared_order(first, link.order or target.default_order).clause(first)
        found = [
            f"{row.alias}.id = ({_linked(first, link, key, implied=implied)} order by {order} limit 1)",
            condition or "",
        ]
        return f"exists (select 1 from {row.source()} where {' and '.join(found)})"
    more = f" and {condition}" if condition else ""
    return f"exists ({_linked(row, link, key, implied=implied)}{more})"


def _linked(row: Row, link: Link, key: str, *, implied: bool) -> str:
    """Return the select of the ids of visible records that are linked to `key`; a condition may follow it."""
    by_key = row.linked_by(link.column, key)
    conditions = [by_key] if by_key else []
    conditions += [
        f"{row.named(column)} = {constant(value, row.statement)}" for column, value in link.where.items()
    ]
    if link.column != "id" and row.type.is_archivable:
        conditions.append(f"{row.alias}.archived_at is null")
    seen = None if implied else visible(row.statement, row.type, row.alias)
    if seen:
        conditions.append(seen)
    return f"select {row.alias}.id from {row.source()} where {' and '.join(conditions) or '1 = 1'}"


class _Filter:
    """One filter on its way to SQL; counts its conditions, for a filter is input like any other."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.conditions = 0

    def of_object(self, row: Row, given: Given, group: str | None, depth: int) -> str | None:
        """Return the condition of a filter object on `row`, or on the part of it that the plugin `group` adds."""
        parts = given.parts()
        if parts is None:
            if given.is_null:
                return None
            raise InvalidInput(
                "A filter is an object such as {example}.", example='{"name": {"contains": "Ann"}}'
            )
        if depth > MAX_DEPTH:
            raise InvalidInput("This filter is nested deeper than {most} levels.", most=MAX_DEPTH)
        found = []
        for key, part in parts.items():
            try:
                condition = self._member(row, key, part, group, depth)
            except InvalidInput as error:
                raise error.at(key) from None
            if condition:
                found.append(condition)
        return f"({' and '.join(found)})" if found else None

    def _member(self, row: Row, key: str, given: Given, group: str | None, depth: int) -> str | None:
        if key in {"and", "or"}:
            return self._several(row, key, given, group, depth)
        if key == "not":
            inner = self.of_object(row, given, group, depth + 1)
            return f"not coalesce({inner}, {constant(False, self.statement)})" if inner else None
        name = snake(key)
        path = f"{group}.{name}" if group else name
        if group is None and name in row.type.groups():
            return self.of_object(row, given, name, depth + 1)
        if given.is_null:
            return None
        if row.is_hidden(path):
            raise self._unknown(row, key, group)
        if name == "id" and group is None:
            return self._id(row.named("id"), row.type, given)
        if path in row.type.links:
            return self._link(row, row.type.links[path], given, depth)
        if path in row.type.lines:
            return self._line(row, row.type.lines[path], given)
        raise self._unknown(row, key, group)

    def _unknown(self, row: Row, key: str, group: str | None) -> InvalidInput:
        known = [camel(member.key) for member in row.type.members(group) if not row.is_hidden(member.path)]
        if group is None:
            known += list(row.type.groups())
        return InvalidInput(
            "{entity} has no field {key} to filter by; it has: {known}.",
            entity=row.type.name,
            key=key,
            known=", ".join(sorted(known)),
        )

    def _several(self, row: Row, key: str, given: Given, group: str | None, depth: int) -> str | None:
        items = given.items()
        if items is None:
            return None
        if len(items) > MAX_CONDITIONS:
            raise InvalidInput("A filter has at most {most} conditions.", most=MAX_CONDITIONS)
        found = [self._nth(row, index, item, group, depth) for index, item in enumerate(items)]
        if key == "and":
            told = [condition for condition in found if condition]
            return f"({' and '.join(told)})" if told else None
        return f"({' or '.join(condition or '1 = 1' for condition in found)})" if found else NOTHING

    def _nth(self, row: Row, index: int, item: Given, group: str | None, depth: int) -> str | None:
        try:
            return self.of_object(row, item, group, depth + 1)
        except InvalidInput as error:
            raise error.at(index) from None

    def _count(self) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise InvalidInput("A filter has at most {most} conditions.", most=MAX_CONDITIONS)

    def _operators(self, given: Given, allowed: tuple[Operator, ...]) -> list[tuple[Operator, Given]]:
        parts = given.parts()
        names = ", ".join(allowed)
        if parts is None:
            raise InvalidInput(
                "A condition is an object of operators ({known}), not a bare value.", known=names
            )
        found = []
        for name, value in parts.items():
            self._count()
            if name not in allowed:
                raise InvalidInput(
                    "There is no operator {name} here; there are: {known}.", name=name, known=names
                )
            found.append((Operator(name), value))
        return found

    def _id(self, column: str, target: RecordType, given: Given) -> str | None:
        allowed = (*EQUAL, Operator.IS_ME) if target.key == PERSON else EQUAL

        def convert(value: object) -> object:
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            parts = target.local_id_or_none(value)
            return -1 if parts is None else parts

        return self._compare(
            column, convert, "bigint", self._operators(given, allowed), known_as=("id", target.key)
        )

    def _compare(
        self,
        value: str,
        convert: Callable[[object], object],
        type_: str,
        operators: Sequence[tuple[Operator, Given]],
        *,
        known_as: object,
    ) -> str | None:
        found = []
        for operator, given in operators:
            if operator is Operator.IS_NULL and not given.is_null:
                empty = given.look(_as_boolean)
                found.append(f"{value} is {'' if empty else 'not '}null")
            elif operator is Operator.EQ:
                found.append(
                    f"{value} is null" if given.is_null
                    else f"{value} = {self.statement.value(given, convert, type_, known_as=known_as)}"
                )  # fmt: skip
            elif given.is_null:
                continue
            elif operator is Operator.IS_ME:
                me = f"coalesce({self.statement.right('user')}, -1)"
                is_asked = given.look(_as_boolean)
                found.append(f"{value} = {me}" if is_asked else f"({value} is null or {value} <> {me})")
            elif operator is Operator.IN:
                found.append(f"{value} {self.statement.any_of(given, convert, type_, known_as=known_as)}")
            elif operator is Operator.NOT_IN:
                among = self.statement.any_of(given, convert, type_, known_as=known_as)
                found.append(f"({value} is null or not ({value} {among}))")
            else:
                place = self.statement.value(given, convert, type_, known_as=known_as)
                found.append(f"{value} {COMPARISONS[operator]} {place}")
        return " and ".join(found) or None

    def _line(self, row: Row, line: Line, given: Given) -> str | None:
        operators = self._operators(given, tuple(KINDS[line.kind].operators))
        textual = [
            (op, one)
            for op, one in operators
            if op in {Operator.CONTAINS, Operator.STARTS_WITH} and not one.is_null
        ]
        having = [one for op, one in operators if op is Operator.HAS and not one.is_null]
        plain = [
            (op, one)
            for op, one in operators
            if op not in {Operator.CONTAINS, Operator.STARTS_WITH, Operator.HAS, *RELATIVE}
        ]
        convert, type_ = self._conversion(line)
        found = [
            self._compare(
                row.value(line), convert, type_, plain, known_as=("line", line.kind, line.field.scale)
            )
        ]
        found += [self._textual(row, line, operator, one) for operator, one in textual]
        found += [
            relative(self.statement, line.kind, row.value(line), op, one)
            for op, one in operators
            if op in RELATIVE
        ]
        for one in having:
            among = self.statement.any_of(one, _as_text, "text", known_as="text")
            elements = self.statement.dialect.elements(row.value(line), "c")
            found.append(f"exists (select 1 from {elements} where c.value {among})")
        return " and ".join(condition for condition in found if condition) or None

    def _conversion(self, line: Line) -> tuple[Callable[[object], object], str]:
        spec, reading = KINDS[line.kind], self.statement.reading
        if line.kind is Kind.CHOICE:
            return _as_text, "text"
        if line.kind is Kind.MONEY:
            return lambda value: spec.parse(value, line.field, reading).minor, "bigint"  # type: ignore[attr-defined]  # Money
        return lambda value: spec.parse(value, line.field, reading), str(spec.column)

    def _textual(self, row: Row, line: Line, operator: Operator, given: Given) -> str:
        statement = self.statement
        column = row.order_value(line) if line.field.folded else statement.dialect.fold(row.value(line))
        if operator is Operator.CONTAINS:
            return statement.dialect.contains(
                column, statement.value(given, _folded, "text", known_as="folded")
            )
        low = statement.value(given, _folded, "text", known_as="folded")
        high = statement.value(given, _after_folded, "text", known_as="after")
        return f"({column} >= {low} and {column} < {high})"

    def _link(self, row: Row, link: Link, given: Given, depth: int) -> str | None:
        target = self.statement.model[link.target]
        if (
            self.statement.rights.scope(target.key, "read") is Scope.NONE
            and target.key not in self.statement.rights.shared
        ):
            raise self._unknown(row, camel(link.key), link.group)
        key = row.key_of(link)
        parts = given.parts()
        if parts is None:
            raise InvalidInput("A condition on {link} is an object.", link=camel(link.key))
        if not link.is_many:
            implied = is_implied(self.statement.rights, self.statement.model, link, row.type)
            return self._to_one(link, target, key, parts, depth, implied=implied)
        found = []
        for quantifier, inner in parts.items():
            if quantifier not in {"some", "none"}:
                raise InvalidInput("A condition on a list says some or none, not {name}.", name=quantifier)
            if inner.is_null:
                continue
            self._count()
            implied = is_implied(self.statement.rights, self.statement.model, link, row.type)
            exists = linked(self.statement, link, target, key, self._inside(inner, depth), implied=implied)
            found.append(f"{'' if quantifier == 'some' else 'not '}{exists}")
        return " and ".join(found) or None

    def _to_one(
        self,
        link: Link,
        target: RecordType,
        key: str,
        parts: Mapping[str, Given],
        depth: int,
        *,
        implied: bool,
    ) -> str | None:
        found: list[str | None] = []
        rest = {name: part for name, part in parts.items() if name != "id"}
        if "id" in parts and not parts["id"].is_null and link.column == "id":
            found.append(self._id_of_linked(target, key, parts["id"], implied=implied))
        elif "id" in parts:
            rest["id"] = parts["id"]
        if rest:
            self._count()
            inside = self._inside(Given(rest, None, None), depth)
            found.append(linked(self.statement, link, target, key, inside, implied=implied))
        return " and ".join(condition for condition in found if condition) or None

    def _id_of_linked(self, target: RecordType, key: str, given: Given, *, implied: bool) -> str | None:
        """Return a condition on the id at the end of a link: null when that record is hidden, as in answers."""
        bare = self._id(key, target, given)
        there = Row(self.statement, target)
        seen = visible(self.statement, target, there.alias) if bare and not implied else None
        if seen is None:
            return bare
        shown = f"(select {there.alias}.id from {there.source()} where {there.alias}.id = {key} and {seen})"
        # The bare column once more, where it must be equal: by it the rows are found in an index.
        sure = {
            name: one
            for name, one in (given.parts() or {}).items()
            if name in {"eq", "in"} and not one.is_null
        }
        found = [self._id(key, target, literal(sure)) if sure else None, self._id(shown, target, given)]
        return " and ".join(condition for condition in found if condition) or None

    def _inside(self, given: Given, depth: int) -> Callable[[Row], str | None]:
        return lambda there: self.of_object(there, given, None, depth + 1)


def _as_boolean(value: object) -> bool:
    return bool(value)


def _as_text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidInput("A text is needed here, not {value}.", value=repr(value)[:60])
    return value.replace(NUL, "")


def _folded(value: object) -> str:
    return fold(_as_text(value))


def _after_folded(value: object) -> str:
    return fold(_as_text(value)) + LAST_CHARACTER
