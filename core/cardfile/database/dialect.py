"""Where the SQL of the two databases differs: everything else is written once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Literal

from cardfile.database.columns import ColumnType
from cardfile.values.text import FOLD_FROM, FOLD_TO

__all__ = ["POSTGRES", "SQLITE", "ColumnType", "Dialect", "literal"]


def literal(text: str) -> str:
    """Return `text` as a constant of SQL."""
    return "'" + text.replace("'", "''") + "'"


class Dialect(ABC):
    """Pieces of SQL text; every `expression` is SQL that may be repeated in the result."""

    name: ClassVar[Literal["sqlite", "postgres"]]
    keeps_order: ClassVar[bool] = False
    """Whether the rows of a subquery with `order by` and `limit` come out in its order when rows are joined to them."""

    @abstractmethod
    def param(self, n: int, type: ColumnType | str) -> str:
        """Return the place of the n-th argument (from 1); `type` is ours or PostgreSQL's, `bigint[]` too."""

    @abstractmethod
    def any_of(self, n: int, type: ColumnType | str) -> str:
        """Return what follows a column to say that it is in the list that is the n-th argument."""

    @abstractmethod
    def fold(self, expression: str) -> str:
        """Return the expression as `cardfile.values.text.fold` makes it."""

    @abstractmethod
    def column_type(self, type: ColumnType) -> str:
        """Return what the database calls a column of this type."""

    @abstractmethod
    def concat(self, parts: Sequence[str]) -> str:
        """Return one text out of many texts, none of which may be null."""

    @abstractmethod
    def json_string(self, expression: str) -> str:
        """Return a text as a JSON string; null becomes null or `null`, so coalesce a nullable one."""

    def joinable(self, expression: str) -> str:
        """Return a number as it may stand between texts in `concat`."""
        return f"cast({expression} as text)"

    def json_string_or_null(self, expression: str) -> str:
        """Return a text as a JSON string, `null` for null."""
        return f"coalesce({self.json_string(expression)},'null')"

    @abstractmethod
    def instant_text(self, expression: str) -> str:
        """Return an instant as `2026-11-21T20:53:37.123456Z`, null for null."""

    @abstractmethod
    def date_text(self, expression: str) -> str:
        """Return a date as `2026-11-21`, null for null."""

    @abstractmethod
    def seconds(self, expression: str) -> str:
        """Return an instant as whole seconds since 1970, null for null; what is over is cut off."""

    @abstractmethod
    def aggregate(self, inner: str) -> str:
        """Return the JSON array of the JSON texts that `inner`, a select of one column `j`, gives."""

    @abstractmethod
    def keys(self, n: int) -> str:
        """Return what stands after `from` to read the n-th argument, a list of ids; put an alias after it."""

    @abstractmethod
    def hexadecimal(self, expression: str) -> str:
        """Return the bytes of a text in UTF-8 as hexadecimal digits."""

    @abstractmethod
    def differs(self, one: str, other: str) -> str:
        """Return the condition that two values are not the same, two nulls being the same."""

    @abstractmethod
    def contains(self, expression: str, part: str) -> str:
        """Return the condition that a text has `part` in it, letter by letter."""

    @abstractmethod
    def elements(self, expression: str, alias: str) -> str:
        """Return what stands after `from` to read a JSON array of texts: rows of one column `value`."""

    @abstractmethod
    def scaled(self, expression: str, scale: int) -> str:
        """Return a scaled integer as decimal digits (2469710 of scale 2 is 24697.10), null for null."""

    @abstractmethod
    def ascending(self, expression: str) -> str:
        """Return the order from small to large in which null is the smallest."""

    @abstractmethod
    def descending(self, expression: str) -> str:
        """Return the order from large to small in which null is the smallest."""

    def filter_only(self, column: str) -> str:
        """Return the column so that it filters rows but does not choose the index by which they are found."""
        return column

    def instant(self, expression: str) -> str:
        """Return an instant as a JSON string, null for null."""
        return f"""('"'||{self.instant_text(expression)}||'"')"""

    def date(self, expression: str) -> str:
        """Return a date as a JSON string, null for null."""
        return f"""('"'||{self.date_text(expression)}||'"')"""

    def boolean(self, expression: str) -> str:
        """Return a boolean as JSON, null for null."""
        return f"(case when {expression} then 'true' when not {expression} then 'false' end)"


class Sqlite(Dialect):
    """SQLite 3.38 and later."""

    name = "sqlite"
    keeps_order = True

    def param(self, n: int, type: ColumnType | str) -> str:
        """Return the place of the n-th argument, which has no type here."""
        return f"?{n}"

    def any_of(self, n: int, type: ColumnType | str) -> str:
        """Return `in` over the JSON array that the list becomes."""
        return f"in (select value from json_each(?{n}))"

    def fold(self, expression: str) -> str:
        """Return a call of our own function, which every connection has."""
        return f"fold({expression})"

    def column_type(self, type: ColumnType) -> str:
        """Return one of integer, text and blob."""
        return _SQLITE_TYPES[type]

    def concat(self, parts: Sequence[str]) -> str:
        """Return the parts joined by `||`, in groups: a chain of a thousand is too deep for SQLite."""
        if len(parts) <= _GROUP:
            return f"({'||'.join(parts)})"
        return self.concat([self.concat(group) for group in _groups(parts)])

    def filter_only(self, column: str) -> str:
        """Return the column with a plus, which hides it from SQLite's choice of indexes."""
        return f"+{column}"

    def json_string(self, expression: str) -> str:
        """Return the text quoted by json_quote, which makes `null` of null."""
        return f"json_quote({expression})"

    def joinable(self, expression: str) -> str:
        """Return the number: `||` makes a text of it."""
        return expression

    def json_string_or_null(self, expression: str) -> str:
        """Return what `json_string` does, for json_quote has a text for null."""
        return self.json_string(expression)

    def instant_text(self, expression: str) -> str:
        """Return the expression, for so it is stored."""
        return expression

    def date_text(self, expression: str) -> str:
        """Return the expression, for so it is stored."""
        return expression

    def seconds(self, expression: str) -> str:
        """Return what strftime counts; the fraction goes first, for SQLite would round it."""
        return f"cast(strftime('%s', substr({expression}, 1, 19)) as integer)"

    def aggregate(self, inner: str) -> str:
        """Return a scalar select with group_concat."""
        return f"(select '['||coalesce(group_concat(j,','),'')||']' from ({inner}))"

    def keys(self, n: int) -> str:
        """Return json_each, whose column is called `value` already."""
        return f"json_each(?{n})"

    def hexadecimal(self, expression: str) -> str:
        """Return a call of hex, in small letters as PostgreSQL writes them."""
        return f"lower(hex({expression}))"

    def differs(self, one: str, other: str) -> str:
        """Return `is not`, which compares any two values in SQLite."""
        return f"{one} is not {other}"

    def contains(self, expression: str, part: str) -> str:
        """Return a call of instr, which knows no wildcards."""
        return f"instr({expression}, {part}) > 0"

    def elements(self, expression: str, alias: str) -> str:
        """Return json_each, whose column is called so already."""
        return f"json_each({expression}) {alias}"

    def scaled(self, expression: str, scale: int) -> str:
        """Return the digits by whole-number division, for SQLite's decimals are floats."""
        if scale == 0:
            return f"cast({expression} as text)"
        unit = 10**scale
        # Divided before abs(), because abs() of the smallest integer is an error.
        return (
            f"(case when {expression}<0 then '-' when {expression}>=0 then '' end||abs({expression}/{unit})"
            f"||printf('.%0{scale}d',abs({expression}%{unit})))"
        )

    def ascending(self, expression: str) -> str:
        """Return `asc`: null is the smallest in SQLite anyway."""
        return f"{expression} asc"

    def descending(self, expression: str) -> str:
        """Return `desc`: null is the smallest in SQLite anyway."""
        return f"{expression} desc"


class Postgres(Dialect):
    """PostgreSQL 14 and later, built with ICU, in a session whose time zone is UTC."""

    name = "postgres"

    def param(self, n: int, type: ColumnType | str) -> str:
        """Return the place of the n-th argument with its type."""
        return f"${n}::{_parameter_type(type)}"

    def any_of(self, n: int, type: ColumnType | str) -> str:
        """Return `= any` over an array."""
        return f"= any(${n}::{_parameter_type(type)}[])"

    def fold(self, expression: str) -> str:
        """Return lower() by ICU's rules, which are Python's, and then the same table of letters."""
        lowered = f'lower({expression} collate "und-x-icu")'
        return f"""(translate({lowered},{literal(FOLD_FROM)},{literal(FOLD_TO)}) collate "C")"""

    def column_type(self, type: ColumnType) -> str:
        """Return the type; text is ordered by code points, as in SQLite."""
        return _POSTGRES_TYPES[type] + (' collate "C"' if type is ColumnType.TEXT else "")

    def concat(self, parts: Sequence[str]) -> str:
        """Return calls of concat in groups, for it takes a hundred arguments at most."""
        if len(parts) <= _GROUP:
            return f"concat({','.join(parts)})"
        return self.concat([self.concat(group) for group in _groups(parts)])

    def json_string(self, expression: str) -> str:
        """Return the text quoted by to_json."""
        return f"to_json({expression})::text"

    def instant_text(self, expression: str) -> str:
        """Return the instant with all six digits of its second."""
        return f"""to_char({expression},'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

    def date_text(self, expression: str) -> str:
        """Return the date by PostgreSQL's own ISO style."""
        return f"({expression})::date::text"

    def seconds(self, expression: str) -> str:
        """Return the epoch, cut down to whole seconds."""
        return f"cast(floor(extract(epoch from {expression})) as bigint)"

    def aggregate(self, inner: str) -> str:
        """Return a scalar select with string_agg."""
        return f"(select '['||coalesce(string_agg(j,','),'')||']' from ({inner}) z)"

    def keys(self, n: int) -> str:
        """Return unnest with its column named."""
        return f"(select unnest(${n}::bigint[]) as value)"

    def hexadecimal(self, expression: str) -> str:
        """Return the encoded bytes."""
        return f"encode(convert_to({expression},'UTF8'),'hex')"

    def differs(self, one: str, other: str) -> str:
        """Return the standard's words for it."""
        return f"{one} is distinct from {other}"

    def contains(self, expression: str, part: str) -> str:
        """Return a call of strpos, which knows no wildcards."""
        return f"strpos({expression}, {part}) > 0"

    def elements(self, expression: str, alias: str) -> str:
        """Return jsonb_array_elements_text with its column named."""
        return f"jsonb_array_elements_text({expression}) {alias}(value)"

    def scaled(self, expression: str, scale: int) -> str:
        """Return the exact product with a numeric constant, which keeps the constant's scale."""
        if scale == 0:
            return f"({expression})::text"
        return f"(({expression})*0.{'1'.rjust(scale, '0')})::text"

    def ascending(self, expression: str) -> str:
        """Return `asc nulls first`: PostgreSQL takes null for the largest."""
        return f"{expression} asc nulls first"

    def descending(self, expression: str) -> str:
        """Return `desc nulls last`: PostgreSQL takes null for the largest."""
        return f"{expression} desc nulls last"


_GROUP = 80

_SQLITE_TYPES = {
    ColumnType.ID: "integer",
    ColumnType.INTEGER: "integer",
    ColumnType.BIGINT: "integer",
    ColumnType.TEXT: "text",
    ColumnType.BOOLEAN: "integer",
    ColumnType.DATE: "text",
    ColumnType.INSTANT: "text",
    ColumnType.JSON: "text",
    ColumnType.BYTES: "blob",
}

_POSTGRES_TYPES = {
    ColumnType.ID: "bigint",
    ColumnType.INTEGER: "integer",
    ColumnType.BIGINT: "bigint",
    ColumnType.TEXT: "text",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.INSTANT: "timestamptz",
    ColumnType.JSON: "jsonb",
    ColumnType.BYTES: "bytea",
}


def _parameter_type(type: ColumnType | str) -> str:
    """Translate our word and leave PostgreSQL's own alone; `bigint`, `text`, `date` are both."""
    known: dict[str, str] = {str(ours): theirs for ours, theirs in _POSTGRES_TYPES.items()}
    element = str(type).removesuffix("[]")
    return known.get(element, element) + ("[]" if str(type).endswith("[]") else "")


def _groups(parts: Sequence[str]) -> list[Sequence[str]]:
    return [parts[start : start + _GROUP] for start in range(0, len(parts), _GROUP)]


SQLITE: Dialect = Sqlite()
"""The dialect of SQLite."""

POSTGRES: Dialect = Postgres()
"""The dialect of PostgreSQL."""
