"""How statements by hand are spelled on each engine: pieces of JSON put together as text, the fastest way on both.

json_object() of SQLite parses again whatever comes out of a subquery; json_build_object() of PostgreSQL looks up
the type of every argument.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

__all__ = ["Postgres", "Spelling", "Sqlite"]


class Spelling(ABC):
    """Pieces of SQL that give JSON texts, never null; `true` is the constant."""

    true: ClassVar[str]

    @abstractmethod
    def param(self, number: int, type_: str = "bigint") -> str:
        """Return the place of an argument."""

    @abstractmethod
    def joined(self, parts: Sequence[str]) -> str:
        """Return texts put together."""

    @abstractmethod
    def list(self, inner: str) -> str:
        """Return the array of the column `j` of a select."""

    @abstractmethod
    def text(self, column: str) -> str:
        """Return a text that may be null."""

    @abstractmethod
    def date(self, column: str) -> str:
        """Return a date that may be null."""

    @abstractmethod
    def instant(self, column: str) -> str:
        """Return an instant that may be null."""

    @abstractmethod
    def money(self, column: str) -> str:
        """Return hundredths as a text of digits."""

    @abstractmethod
    def elements(self, column: str, alias: str) -> str:
        """Return the texts of an array as a source of rows with one column `value`."""

    @abstractmethod
    def contains(self, column: str, part: str) -> str:
        """Return the condition that a text has another in it."""

    @abstractmethod
    def first(self, rows: str, where: str, joins: str, order: str, most: int) -> str:
        """Return what stands after `select …` for the first rows of a table (`client c`) with their joins."""

    @abstractmethod
    def hexadecimal(self, text: str) -> str:
        """Return the hexadecimal digits of a text."""

    def object(self, **members: str) -> str:
        """Return an object out of its members."""
        parts: list[str] = []
        for index, (key, sql) in enumerate(members.items()):
            opened = "," if index else "{"
            parts += [f"""'{opened}"{key}":'""", sql]
        return self.joined([*parts, "'}'"])

    def id(self, prefix: str, column: str) -> str:
        """Return a global id."""
        return self.joined([f"""'"{prefix}_'""", column, "'\"'"])

    def order(self, *columns: str) -> str:
        """Return columns in order, those with a minus in front descending, as the indexes have them."""
        return ", ".join(f"{one[1:]} desc" if one.startswith("-") else one for one in columns)

    def number(self, column: str) -> str:
        """Return a whole number that may be null."""
        return f"coalesce(cast({column} as text),'null')"

    def truth(self, column: str) -> str:
        """Return a boolean."""
        return f"case when {column} then 'true' else 'false' end"

    def person(self, alias: str) -> str:
        """Return a colleague out of a joined row that may be missing."""
        body = self.object(id=self.id("user", f"{alias}.id"), name=self.text(f"{alias}.name"))
        return f"case when {alias}.id is null then 'null' else {body} end"


class Sqlite(Spelling):
    """SQLite."""

    true = "1"

    def param(self, number: int, type_: str = "bigint") -> str:
        return f"?{number}"

    def joined(self, parts: Sequence[str]) -> str:
        return f"({'||'.join(part if part.startswith(chr(39)) else f'({part})' for part in parts)})"

    def list(self, inner: str) -> str:
        return f"(select '['||coalesce(group_concat(j),'')||']' from ({inner}))"

    def text(self, column: str) -> str:
        return f"json_quote({column})"

    def date(self, column: str) -> str:
        return f"""coalesce('"'||{column}||'"','null')"""

    def instant(self, column: str) -> str:
        return self.date(column)

    def money(self, column: str) -> str:
        return f"""'"'||printf('%d.%02d',{column}/100,{column}%100)||'"'"""

    def elements(self, column: str, alias: str) -> str:
        return f"json_each({column}) {alias}"

    def contains(self, column: str, part: str) -> str:
        return f"instr({column},{part})>0"

    def first(self, rows: str, where: str, joins: str, order: str, most: int) -> str:
        return f"from {rows}{joins} where {where} order by {order} limit {most}"

    def hexadecimal(self, text: str) -> str:
        return f"lower(hex({text}))"


class Postgres(Spelling):
    """PostgreSQL."""

    true = "true"

    def param(self, number: int, type_: str = "bigint") -> str:
        return f"${number}::{type_}"

    def joined(self, parts: Sequence[str]) -> str:
        return f"concat({','.join(parts)})"

    def list(self, inner: str) -> str:
        return f"(select concat('[',string_agg(j,','),']') from ({inner}) z)"

    def text(self, column: str) -> str:
        return f"coalesce(to_json({column})::text,'null')"

    def date(self, column: str) -> str:
        return f"""coalesce('"'||{column}||'"','null')"""

    def instant(self, column: str) -> str:
        return f"""coalesce('"'||to_char({column},'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')||'"','null')"""

    def money(self, column: str) -> str:
        return f"""'"'||({column}*0.01)||'"'"""

    def elements(self, column: str, alias: str) -> str:
        return f"jsonb_array_elements_text({column}) {alias}(value)"

    def contains(self, column: str, part: str) -> str:
        return f"strpos({column},{part})>0"

    def first(self, rows: str, where: str, joins: str, order: str, most: int) -> str:
        # Cut first: else the planner joins whole tables, for it does not know how few rows are wanted.
        alias = rows.rpartition(" ")[2]
        page = f"select {alias}.* from {rows} where {where} order by {order} limit {most}"
        return f"from ({page}) {alias}{joins} order by {order}"

    def order(self, *columns: str) -> str:
        # Null is the smallest value in our indexes, and PostgreSQL's own taste is another.
        return ", ".join(
            f"{one[1:]} desc nulls last" if one.startswith("-") else f"{one} nulls first" for one in columns
        )

    def hexadecimal(self, text: str) -> str:
        return f"encode(convert_to({text},'UTF8'),'hex')"
