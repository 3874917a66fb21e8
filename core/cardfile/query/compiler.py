"""From a selection to statements: as few as the databases bear, usually one.

Every object becomes a concatenation of JSON text; a link to one record a join, a list a scalar subquery, both with
the target's visibility in them. Where a selection is nested deeper, or is wider, than one statement may be, the
lower part becomes a piece of its own that is run once for all rows: the same code makes the one statement and the
levels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cardfile.database.dialect import Dialect, literal
from cardfile.errors import TooExpensive
from cardfile.model.kinds import Reading
from cardfile.model.model import Model
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.binds import Statement
from cardfile.query.given import Guards, kept
from cardfile.query.json_text import JsonText
from cardfile.query.lists import BaseList, page_of
from cardfile.query.nesting import DEEPEST, parser_depth
from cardfile.query.pieces import EACH, BatchFill, Fill, Path, Piece, Place, Plan
from cardfile.query.row import Row
from cardfile.query.selection import (
    Batch,
    Constant,
    Field,
    Group,
    Identity,
    Listed,
    Node,
    Nodes,
    One,
    Page,
    RootItem,
    Shape,
)  # fmt: skip
from cardfile.query.visibility import is_implied, visible
from cardfile.rights import Rights, Scope

__all__ = ["Limits", "compile_plan"]

LONGEST_LIST = 200
USUAL_LIST = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one statement may be: levels of objects in it, and values in all.

    SQLite 3.40 overflows its parser's stack from about seven nested objects; a statement is cut by count, never
    by catching an error: `depth` bounds what `parser_depth` counts. `cost` bounds the values of a full answer.
    """

    levels: int
    width: int
    cost: int = 50_000
    depth: int | None = None

    @classmethod
    def of(cls, dialect: Dialect) -> "Limits":
        """Return the limits that the database bears."""
        if dialect.name == "sqlite":
            return cls(levels=4, width=400, depth=DEEPEST)
        return cls(levels=12, width=800)


def compile_plan(
    roots: Sequence[RootItem],
    *,
    model: Model,
    dialect: Dialect,
    rights: Rights,
    reading: Reading,
    guards: Guards,
    limits: Limits | None = None,
) -> Plan:
    """Return the plan of the root items; raises `InvalidInput` for bad arguments, `TooExpensive`."""
    limits = limits or Limits.of(dialect)
    while True:
        compiler = Compiler(model, dialect, rights, reading, limits)
        plan = _compile(compiler, roots, guards)
        if limits.depth is None or _depth(plan.root) <= limits.depth:
            return plan
        if limits.levels <= 1:
            raise TooExpensive("This is nested too deeply: ask for less at once, or filter more simply.")
        limits = replace(limits, levels=limits.levels - 1)


def _depth(piece: Piece) -> int:
    return max(parser_depth(piece.sql), *(_depth(fill.piece) for fill in piece.fills), 0)


def _compile(compiler: "Compiler", roots: Sequence[RootItem], guards: Guards) -> Plan:
    dialect = compiler.dialect
    writer = compiler.writer()
    text = JsonText(dialect)
    text.open("{")
    for item in roots:
        text.key(item.key)
        writer.put_root(text, item)
    text.close("}")
    return Plan(writer.finish(f"select {text.sql()}"), kept(guards), compiler.cost)


@dataclass(slots=True)
class Compiler:
    """What the pieces of one plan share."""

    model: Model
    dialect: Dialect
    rights: Rights
    reading: Reading
    limits: Limits
    cost: int = 0

    def writer(self) -> "PieceWriter":
        """Return the writer of a new piece."""
        return PieceWriter(self, Statement(self.model, self.dialect, self.rights, self.reading))

    def spend(self, values: int) -> None:
        """Add to the cost of the plan; raises `TooExpensive` when it becomes too much."""
        self.cost += values
        if self.cost > self.limits.cost:
            raise TooExpensive(
                "This asks for up to {cost} values at once, at most {most} are given: ask for smaller pages.",
                cost=self.cost,
                most=self.limits.cost,
            )


class PieceWriter:
    """Writes one statement, and hands what does not fit into it to pieces of their own."""

    def __init__(self, compiler: Compiler, statement: Statement) -> None:
        self.compiler = compiler
        self.statement = statement
        self.piece = Piece()
        self.width = 0

    def finish(self, sql: str) -> Piece:
        """Return the piece with its statement."""
        self.piece.sql = sql
        self.piece.binds = tuple(self.statement.binds)
        return self.piece

    def put_root(self, text: JsonText, item: RootItem) -> None:
        """Write the value of one root item."""
        match item:
            case Constant(_, json):
                text.constant(json)
            case Node():
                text.value(self._node(item, Place((item.key,), 1)))
            case Nodes(key, nodes):
                text.open("[")
                for index, node in enumerate(nodes):
                    text.item()
                    text.value(self._node(node, Place((key, str(index)), 1)) if node else literal("null"))
                text.close("]")
            case Page():
                text.value(page_of(self, item, BaseList(item.shape.type), Place((item.key,))))

    def _node(self, node: Node, place: Place) -> str:
        row = Row(self.statement, node.shape.type)
        if node.me:
            condition = f"{row.alias}.id = {self.statement.right('user')}"
        elif node.record is not None:
            convert = node.shape.type.local_id_or_none
            condition = (
                f"{row.alias}.id = {self.statement.value(node.record, convert, 'bigint', known_as='node')}"
            )
        else:
            return literal("null")
        seen = None if node.me else visible(self.statement, node.shape.type, row.alias)
        return self._first(row, self.object(node.shape, row, place), [condition, seen])

    @staticmethod
    def _first(row: Row, object_sql: str, conditions: Sequence[str | None], *, order: str = "") -> str:
        where = " and ".join(condition for condition in conditions if condition)
        return f"coalesce((select {object_sql} from {row.source()} where {where}{order}),'null')"

    def object(self, shape: Shape, row: Row, place: Place) -> str:
        """Return the SQL of the JSON object that `shape` makes of `row`."""
        text = JsonText(self.statement.dialect)
        self._members(text, shape, row, place)
        return text.sql()

    def _members(self, text: JsonText, shape: Shape, row: Row, place: Place) -> None:
        text.open("{")
        for item in shape.items:
            text.key(item.key)
            match item:
                case Constant(_, json):
                    text.constant(json)
                case Identity():
                    self.spend(place)
                    text.constant(f'"{row.type.prefix}_')
                    text.value(f"{row.alias}.id", joined=True)
                    text.constant('"')
                case Field(_, line, parts):
                    self.spend(place, max(1, len(parts)))
                    row.put(text, line, [(part.key, part.name) for part in parts])
                case Group(key, inner):
                    self._members(text, inner, row, place.at(key))
                case Batch():
                    self._batch(text, item, row, place)
                case One(key, link, inner):
                    text.value(self.one(item, row, place.inside(key)))
                case Listed(key):
                    text.value(self.listed(item, row, place.inside(key, EACH, times=USUAL_LIST)))
                case Page(key, link):
                    if link is None:
                        raise TypeError("a page without a link stands at the root only")
                    text.value(self.page(item, link, row, place.at(key)))
        text.close("}")

    def spend(self, place: Place, values: int = 1) -> None:
        """Add to the width of the statement and to the cost of the plan."""
        self.width += values
        self.compiler.spend(values * place.times)

    def _batch(self, text: JsonText, item: Batch, row: Row, place: Place) -> None:
        self.spend(place, max(1, len(item.needs)))
        self.piece.batches.append(
            BatchFill((*place.path, item.key), item.name, row.type, item.needs, item.arguments)
        )
        text.open("[")
        if item.by_id:
            text.item()
            text.value(f"{row.alias}.id", joined=True)
        for line in item.needs:
            text.item()
            text.value(self._needed(row, line))
        text.close("]")

    def _needed(self, row: Row, line: Line) -> str:
        """Return what a Python field gets of a line; of a reference its number and what the record is called.

        A record without a title, or whose title the reader must not see, is called by its id.
        """
        if row.is_hidden(line.path):
            return literal("null")
        link = row.type.links.get(line.path)
        if link is None:
            return row.raw(line)
        target = self.statement.model[link.target]
        there = Row(self.statement, target)
        text = JsonText(self.statement.dialect)
        text.open("[")
        text.item()
        text.value(f"{there.alias}.id", joined=True)
        text.item()
        title = target.entity.title
        if title and not there.is_hidden(title):
            text.value(there.raw(target.line(title)))
        else:
            text.constant(f'"{target.prefix}_')
            text.value(f"{there.alias}.id", joined=True)
            text.constant('"')
        text.close("]")
        seen = None if self._implied(link, row.type) else visible(self.statement, target, there.alias)
        return self._first(there, text.sql(), [f"{there.alias}.id = {row.key_of(link)}", seen])

    def _must_cut(self, place: Place) -> bool:
        limits = self.compiler.limits
        return place.level > limits.levels or self.width > limits.width

    def _deferred(
        self, key: str, path: Path, write: "Callable[[PieceWriter, str], str]", *, empty: str
    ) -> str:
        """Leave `key` in the answer, and let a piece of its own read what belongs there."""
        lower = self.compiler.writer()
        dialect = self.statement.dialect
        number = lower.statement.keys()
        value = write(lower, "k.value")
        piece = lower.finish(f"select k.value, {value} from {dialect.keys(number)} k")
        piece.empty = empty
        self.piece.fills.append(Fill(path, piece))
        return f"coalesce(cast({key} as text),'null')"

    def one(self, item: One, row: Row, place: Place) -> str:
        """Return the SQL of the record at the other end of a link, or JSON null."""
        if row.is_hidden(item.link.path):
            return literal("null")
        key, source = row.key_of(item.link), row.type
        if self._must_cut(place):
            fresh = Place((), 1, place.times)
            return self._deferred(
                key, place.path, lambda lower, at: lower.one_at(item, at, source, fresh), empty="null"
            )
        target = self.statement.model[item.link.target]
        if item.link.one or target.entity.united or row.is_crowded:
            return self.one_at(item, key, source, place)
        base = BaseList(target, item.link, key, self._implied(item.link, source))
        beside = Row(self.statement, target)
        row.put_beside(beside, " and ".join(base.conditions(beside, live=False)))
        return f"case when {beside.alias}.id is null then 'null' else {self.object(item.shape, beside, place)} end"

    def one_at(self, item: One, key: str, source: RecordType, place: Place) -> str:
        """Return the SQL of the record that `item.link` leads to from the record with `key`."""
        base = BaseList(
            self.statement.model[item.link.target], item.link, key, self._implied(item.link, source)
        )
        row = Row(self.statement, base.type)
        object_sql = self.object(item.shape, row, place)
        order = f" order by {base.own_order(row)} limit 1" if item.link.one else ""
        return self._first(row, object_sql, base.conditions(row, live=item.link.one), order=order)

    def _implied(self, link: Link, source: RecordType) -> bool:
        return is_implied(self.statement.rights, self.statement.model, link, source)

    def listed(self, item: Listed, row: Row, place: Place) -> str:
        """Return the SQL of a short list."""
        if row.is_hidden(item.link.path) or self._is_closed(item.link):
            return literal("[]")
        key, source = row.key_of(item.link), row.type
        if self._must_cut(place):
            fresh = Place((EACH,), 1, place.times)
            path = place.path[:-1]
            return self._deferred(
                key, path, lambda lower, at: lower.listed_at(item, at, source, fresh), empty="[]"
            )
        return self.listed_at(item, key, source, place)

    def listed_at(self, item: Listed, key: str, source: RecordType, place: Place) -> str:
        """Return the SQL of the short list that belongs to the record with `key`."""
        base = BaseList(
            self.statement.model[item.link.target], item.link, key, self._implied(item.link, source)
        )
        row = Row(self.statement, base.type)
        object_sql = self.object(item.shape, row, place)
        where = " and ".join(base.conditions(row, live=True))
        order = base.own_order(row)
        return self.statement.dialect.aggregate(
            f"select {object_sql} j from {row.source()} where {where} order by {order} limit {LONGEST_LIST}"
        )

    def page(self, item: Page, link: Link, row: Row, place: Place) -> str:
        """Return the SQL of a page of the list that `link` leads to."""
        key, source = row.key_of(link), row.type
        target = self.statement.model[link.target]
        is_hidden = row.is_hidden(link.path)
        if self._must_cut(place.inside()):
            fresh = Place((), 0, place.times)

            def write(lower: PieceWriter, at: str) -> str:
                base = BaseList(target, link, at, lower._implied(link, source), is_hidden)
                return page_of(lower, item, base, fresh)

            return self._deferred(key, place.path, write, empty="null")
        return page_of(self, item, BaseList(target, link, key, self._implied(link, source), is_hidden), place)

    def _is_closed(self, link: Link) -> bool:
        rights = self.statement.rights
        return rights.scope(link.target, "read") is Scope.NONE and link.target not in rights.shared
