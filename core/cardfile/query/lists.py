"""Lists of records: which ones, in which order, and the page of them that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cardfile.database.dialect import literal
from cardfile.database.names import quoted
from cardfile.errors import InvalidInput
from cardfile.model.record_types import Link, RecordType
from cardfile.query.binds import Statement
from cardfile.query.conditions import filtered, speaks_of_archive
from cardfile.query.given import Given
from cardfile.query.json_text import JsonText
from cardfile.query.orders import Order, declared_order, order_of
from cardfile.query.pages import Window, window_of
from cardfile.query.pieces import EACH, Place
from cardfile.query.row import Row, constant
from cardfile.query.searching import searched
from cardfile.query.selection import (
    Constant,
    Cursor,
    EdgeNode,
    Edges,
    Nodelist,
    Page,
    PageInfo,
    Part,
    Shape,
    Total,
)
from cardfile.query.visibility import NOTHING, visible

__all__ = ["BaseList", "page_of"]


class ObjectWriter(Protocol):
    """Whoever writes the objects of a list."""

    statement: Statement

    def object(self, shape: Shape, row: Row, place: Place) -> str:
        """Return the SQL of the JSON object that `shape` makes of `row`."""
        ...

    def spend(self, place: Place, values: int = 1) -> None:
        """Add to the cost of the plan."""
        ...


@dataclass(frozen=True, slots=True)
class BaseList:
    """All records of a type, or those that `link` leads to from the record with `key` (an SQL expression).

    `implied` tells that whoever sees that record sees all of the list; `is_hidden` that the reader must not see
    the list at all.
    """

    type: RecordType
    link: Link | None = None
    key: str = ""
    implied: bool = False
    is_hidden: bool = False

    def conditions(self, row: Row, *, live: bool) -> list[str]:
        """Return what makes a row part of the list: its link, its visibility and, with `live`, not being archived."""
        found: list[str] = []
        if self.is_hidden:
            found.append(NOTHING)
        if self.link is not None:
            linked = row.linked_by(self.link.column, self.key)
            found += [linked] if linked else []
            found += [
                f"{row.named(column)} = {constant(value, row.statement)}"
                for column, value in self.link.where.items()
            ]
        if live and self.type.is_archivable:
            found.append(f"{row.alias}.archived_at is null")
        if not self.implied:
            seen = visible(row.statement, self.type, row.alias)
            if seen:
                found.append(seen)
        return found or ["1 = 1"]

    def order(self, row: Row, asked: Given | None = None) -> Order:
        """Return the order asked for, the link's own or the entity's."""
        if asked is not None and asked.items():
            return order_of(row, asked)
        own = self.link.order if self.link is not None else ()
        return declared_order(row, own or row.type.default_order)

    def own_order(self, row: Row) -> str:
        """Return the list's own order as SQL."""
        return self.order(row).clause(row)


def page_of(writer: ObjectWriter, item: Page, base: BaseList, place: Place) -> str:
    """Return the SQL of a page as a JSON object: its records, edges, count and place in the list."""
    return _Page(writer, item, base, place).sql()


class _Page:
    def __init__(self, writer: ObjectWriter, item: Page, base: BaseList, place: Place) -> None:
        self.writer = writer
        self.statement = writer.statement
        self.item = item
        self.base = base
        self.window: Window = window_of(item.arguments)
        self.place = place
        self.row = Row(self.statement, base.type)
        arguments = item.arguments
        chosen = arguments.get("filter")
        conditions = base.conditions(self.row, live=not speaks_of_archive(chosen))
        if chosen is not None:
            conditions.append(self._filtered(chosen) or "1 = 1")
        if "search" in arguments and not arguments["search"].is_null:
            conditions.append(searched(self.row, arguments["search"]) or "1 = 1")
        self.conditions = [condition for condition in conditions if condition != "1 = 1"] or ["1 = 1"]
        self.order = base.order(self.row, arguments.get("order_by"))
        self.direction = self.order.reversed() if self.window.is_backward else self.order
        self.columns: dict[str, None] = {}

    def sql(self) -> str:
        """Return the page. With pageInfo, or backwards, the rows are found once, in a common table expression."""
        shape = self.item.shape
        needs_rows = self.window.is_backward or any(isinstance(member, PageInfo) for member in shape.members)
        # The parts of a union are cut before rows become objects. Conditions with selects of their own would be
        # too deep for SQLite's parser inside of that, so they are put in front.
        if self.base.type.entity.united and self.conditions != ["1 = 1"]:
            needs_rows = needs_rows or any(isinstance(member, Nodelist | Edges) for member in shape.members)
        rows = self.statement.alias() if needs_rows else None
        text = JsonText(self.statement.dialect)
        text.open("{")
        for member in shape.members:
            text.key(member.key)
            match member:
                case Constant(_, json):
                    text.constant(json)
                case Total():
                    self.writer.spend(self.place)
                    text.value(self._total())
                case Nodelist(key, inner):
                    text.value(self._list(rows, self._node_writer(key, inner), [inner]))
                case Edges():
                    nodes = [one.shape for one in member.members if isinstance(one, EdgeNode)]
                    text.value(self._list(rows, self._edge_writer(member), nodes))
                case PageInfo():
                    self._page_info(text, member, rows or "")
        text.close("}")
        if all(isinstance(member, Constant) for member in shape.members):
            # Nothing is read, but a parameter that stands nowhere is refused by the databases.
            read = f"exists (select 1 from {self.row.source()} where {self._where(paged=False)})"
            return f"(select {text.sql()} where 1 = 1 or {read})"
        if rows is None:
            return text.sql()
        found = self._found(self.window.size + 1, with_keys=True)
        return f"(with {rows} as materialized ({found}) select {text.sql()})"

    def _filtered(self, chosen: Given) -> str | None:
        try:
            return filtered(self.row, chosen)
        except InvalidInput as error:
            raise error.at("filter") from None

    def _where(self, *, paged: bool) -> str:
        conditions = list(self.conditions)
        if paged and self.window.cursor is not None:
            conditions.append(self._beyond_cursor(self.window.cursor))
        return " and ".join(conditions)

    def _beyond_cursor(self, cursor: Given) -> str:
        # A cursor is named by the order as it was asked for, whichever way the page goes.
        return self.direction.after(
            self.row, cursor, path=self.window.argument, signature=self.order.signature
        )

    def _total(self) -> str:
        where = self._where(paged=False)
        return f"(select cast(count(*) as text) from {self.row.source()} where {where})"

    def _keys(self) -> list[str]:
        return [f"o{index}" for index in range(len(self.order.keys))]

    def _found(self, most: int, *, with_keys: bool) -> str:
        """Return the first rows of the list: the columns that are read of them, and the values that order them.

        The parts of a union are read apart, so that an index may order each of them, and the databases merge them.
        """
        chosen = [f"{self.row.alias}.{quoted(column)}" for column in self.columns or ("id",)]
        if with_keys:
            values = (key.expression(self.row) for key in self.order.keys)
            chosen += [f"{value} as {name}" for value, name in zip(values, self._keys(), strict=True)]
        where, is_united = self._where(paged=True), bool(self.base.type.entity.united)
        order = self.direction.clause(self.row, self._keys() if is_united else None)
        # Only now it is known which cards are needed.
        sources = self.row.sources()
        parts = (f"select {', '.join(chosen)} from {source} where {where}" for source in sources)
        return f"{' union all '.join(parts)} order by {order} limit {most}"

    def _list(self, rows: str | None, write: "_RowWriter", nodes: Sequence[Shape]) -> str:
        dialect, is_united = self.statement.dialect, bool(self.base.type.entity.united)
        # A page is cut before its rows are joined to others, for a database may join first and cut afterwards.
        if rows is None and not is_united and not any(shape.leads_to_one for shape in nodes):
            object_sql = write(self.row, None)
            where, order = self._where(paged=True), self.order.clause(self.row)
            return dialect.aggregate(
                f"select {object_sql} j from {self.row.source()} where {where}"
                f" order by {order} limit {self.window.size}"
            )
        there = Row(self.statement, self.base.type)
        with_keys = rows is not None or is_united
        keys = [f"{there.alias}.{name}" for name in self._keys()] if with_keys else None
        object_sql = write(there, keys)
        # Rows that were cut in order come out in it, where the database keeps it.
        is_ordered = dialect.keeps_order and not self.window.is_backward
        order = "" if is_ordered else f" order by {self.order.clause(there, keys)}"
        self.columns |= dict.fromkeys(there.columns)
        page = self._page_rows(rows) if rows else f"({self._found(self.window.size, with_keys=with_keys)})"
        return dialect.aggregate(f"select {object_sql} j from {page} {there.alias}{there.joins()}{order}")

    def _page_rows(self, rows: str) -> str:
        order = self.direction.clause(self.row, self._keys())
        return f"(select * from {rows} order by {order} limit {self.window.size})"

    def _node_writer(self, key: str, shape: Shape) -> "_RowWriter":
        place = self.place.inside(key, EACH, times=max(1, self.window.size))
        return lambda row, _keys: self.writer.object(shape, row, place)

    def _edge_writer(self, edges: Edges) -> "_RowWriter":
        def write(row: Row, keys: Sequence[str] | None) -> str:
            text = JsonText(self.statement.dialect)
            text.open("{")
            for member in edges.members:
                text.key(member.key)
                match member:
                    case Constant(_, json):
                        text.constant(json)
                    case Cursor():
                        text.value(self.order.cursor(row, keys))
                    case EdgeNode(key, shape):
                        place = self.place.inside(edges.key, EACH, key, times=max(1, self.window.size))
                        text.value(self.writer.object(shape, row, place))
            text.close("}")
            return text.sql()

        return write

    def _page_info(self, text: JsonText, info: PageInfo, rows: str) -> None:
        text.open("{")
        for part in info.parts:
            text.key(part.key)
            if isinstance(part, Constant):
                text.constant(part.json)
            else:
                text.value(self._place_in_list(part, rows))
        text.close("}")

    def _place_in_list(self, part: Part, rows: str) -> str:
        is_backward, has_cursor = self.window.is_backward, self.window.cursor is not None
        if part.name in {"hasNextPage", "hasPreviousPage"}:
            if (part.name == "hasNextPage") == is_backward:
                return literal("true" if has_cursor else "false")
            more = f"(select count(*) from {rows}) > {self.window.size}"
            return f"case when {more} then 'true' else 'false' end"
        there = Row(self.statement, self.base.type)
        keys = [f"{there.alias}.{name}" for name in self._keys()]
        order = self.order if part.name == "startCursor" else self.order.reversed()
        cursor = self.order.cursor(there, keys)
        return (
            f"coalesce((select {cursor} from {self._page_rows(rows)} {there.alias}"
            f" order by {order.clause(there, keys)} limit 1),'null')"
        )


class _RowWriter(Protocol):
    def __call__(self, row: Row, keys: Sequence[str] | None, /) -> str: ...
