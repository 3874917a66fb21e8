"""A row in a statement: its columns, the plugins' cards beside it, and its values as JSON."""

from collections.abc import Mapping, Sequence

import orjson

from cardfile.database.dialect import literal
from cardfile.database.names import quoted
from cardfile.model.aggregates import Aggregate
from cardfile.model.fields import Kind
from cardfile.model.record_types import Line, Link, RecordType
from cardfile.query.binds import Statement
from cardfile.query.json_text import JsonText
from cardfile.texts import said
from cardfile.values.money import CURRENCIES, minor_digits

__all__ = ["Row", "computed_value", "constant"]

USUAL_MINOR_DIGITS = 2

MOST_BESIDE = 8
"""How many records that a row links to are joined to it; PostgreSQL plans so many joins together."""


class Row:
    """One row of a record type under an alias; joins the card tables that its columns turn out to need.

    It also keeps which columns of its own table were named, and which records at the end of links stand beside it.
    """

    def __init__(self, statement: Statement, record_type: RecordType) -> None:
        self.statement = statement
        self.type = record_type
        self.alias = statement.alias()
        self._cards: dict[str, str] = {}
        self._beside: list[tuple[Row, str]] = []
        self._seats: list[str] = []
        self._columns: dict[str, None] = {"id": None}
        self._table = quoted(record_type.table)
        self._parts: Sequence[str] = [quoted(part) for part in record_type.entity.united]

    def linked_by(self, column: str, key: str) -> str | None:
        """Return the condition that `column` is `key`; None when the source has been cut down to such rows."""
        parts = self.type.entity.united
        if not parts:
            return f"{self.named(column)} = {key}"
        each = [f"select * from {quoted(part)} where {quoted(column)} = {key}" for part in parts]
        self._table = f"({' union all '.join(each)})"
        self._parts = [f"({part})" for part in each]
        return None

    @property
    def columns(self) -> Sequence[str]:
        """The columns of the record's own table that were named up to now, the id in any case."""
        return tuple(self._columns)

    @property
    def is_crowded(self) -> bool:
        """Whether no more records may be put beside this row."""
        return len(self._seats) >= MOST_BESIDE

    def put_beside(self, other: "Row", condition: str) -> None:
        """Join the one record, or none, that satisfies `condition`; what stands beside that one counts for both."""
        self._beside.append((other, condition))
        self._seats.append(other.alias)
        other._seats = self._seats

    def source(self) -> str:
        """Return what stands after `from`: the table, and what was joined up to now."""
        return f"{self._table} {self.alias}{self.joins()}"

    def sources(self) -> Sequence[str]:
        """Return what stands after `from` to read each part of a union on its own; else there is one part only."""
        return [f"{part} {self.alias}{self.joins()}" for part in self._parts or (self._table,)]

    def joins(self) -> str:
        """Return the joins of the cards that were asked for up to now, and of the records that stand beside."""
        cards = (
            f" left join {quoted(self.type.cards[card].table)} {alias} on {alias}.id = {self.alias}.id"
            for card, alias in self._cards.items()
        )
        beside = (
            f" left join {other._table} {other.alias} on {condition}{other.joins()}"
            for other, condition in self._beside
        )
        return "".join((*cards, *beside))

    def _holder(self, card: str | None) -> str:
        if card is None:
            return self.alias
        return self._cards.setdefault(card, f"{self.alias}_{len(self._cards)}")

    def named(self, column: str, card: str | None = None) -> str:
        """Return a column of the record's table, or of a plugin's card."""
        if card is None:
            self._columns[column] = None
        return f"{self._holder(card)}.{quoted(column)}"

    def value(self, line: Line) -> str:
        """Return the SQL expression of a line's value."""
        if line.field.past is not None:
            by = self.statement.now() if line.field.past_at is None else self.named(line.field.past_at)
            passed = f"{self.named(line.field.past)} < {by}"
            return f"coalesce({passed}, {constant(False, self.statement)})"
        if line.field.computed is not None and not line.field.stored:
            return computed_value(self.statement, line, f"{self.alias}.id")
        if line.field.worded:
            return self._worded(line)
        return self.named(line.column, line.card)

    def _worded(self, line: Line) -> str:
        """Return a text, or where it is empty the words for the event that stands beside it."""
        locale, event = self.statement.reading.locale, self.named(line.field.worded)
        cases = "".join(
            f" when {literal(name)} then {literal(said(one.label, locale))}"
            for name, one in self.statement.model.happenings.items()
        )
        # What no plugin declares any more is told by its name.
        told = f"case {event}{cases} else {event} end" if cases else event
        return f"coalesce({self.named(line.column)},{told})"

    def order_value(self, line: Line) -> str:
        """Return the expression by which a line is ordered: folded where the field has a folded column."""
        return self.named(line.field.folded, line.card) if line.field.folded else self.value(line)

    def key_of(self, link: Link) -> str:
        """Return the column that leads along `link`."""
        return self.named(link.source, link.card)

    def is_hidden(self, path: str) -> bool:
        """Tell whether the reader must not see what stands at `path`."""
        return not self.statement.rights.sees(self.type.key, path)

    def put(self, text: JsonText, line: Line, parts: Sequence[tuple[str, str]]) -> None:
        """Write what `json` gives; of values that are never null the quotation marks join the text around them."""
        if not line.is_null and not self.is_hidden(line.path):
            dialect = self.statement.dialect
            match line.kind:
                case Kind.DATE:
                    text.quoted(dialect.date_text(self.value(line)))
                    return
                case Kind.DATETIME:
                    text.quoted(dialect.instant_text(self.value(line)))
                    return
        text.value(self.json(line, parts))

    def json(self, line: Line, parts: Sequence[tuple[str, str]] = ()) -> str:
        """Return the SQL of a line's value as JSON text, never null; composed kinds take (key, part) pairs."""
        if self.is_hidden(line.path):
            return literal("null")
        value, dialect = self.value(line), self.statement.dialect
        match line.kind:
            case Kind.MONEY:
                return self._money(line, parts)
            case Kind.CHOICE:
                return self._choice(line, value, parts)
            case Kind.CHOICES:
                return self._choices(line, value, parts)
            case Kind.INTEGER:
                text = f"cast({value} as text)"
            case Kind.DECIMAL | Kind.PERCENT:
                text = f"""('"'||{dialect.scaled(value, line.field.scale)}||'"')"""
            case Kind.BOOLEAN:
                text = dialect.boolean(value)
            case Kind.DATE:
                text = dialect.date(value)
            case Kind.DATETIME:
                text = dialect.instant(value)
            case Kind.USER | Kind.REFERENCE | Kind.FILE:
                target = self.statement.model[self.type.links[line.path].target]
                text = f"""('"{target.prefix}_'||{value}||'"')"""
            case _:
                return dialect.json_string_or_null(value) if line.is_null else dialect.json_string(value)
        return f"coalesce({text},'null')" if line.is_null else text

    def raw(self, line: Line) -> str:
        """Return a line's stored value as JSON text, for code in Python: scaled and minor units stay whole numbers."""
        value, dialect = self.value(line), self.statement.dialect
        match line.kind:
            case Kind.MONEY:
                currency = self.named(line.currency_column, line.card)
                text = dialect.concat(["'['", f"cast({value} as text)", "',\"'", currency, "'\"]'"])
                return f"case when {value} is null or {currency} is null then 'null' else {text} end"
            case Kind.CHOICES:
                return f"coalesce(cast({value} as text),'null')"
            case Kind.INTEGER | Kind.DECIMAL | Kind.PERCENT | Kind.USER | Kind.REFERENCE | Kind.FILE:
                return f"coalesce(cast({value} as text),'null')"
            case Kind.BOOLEAN:
                return f"coalesce({dialect.boolean(value)},'null')"
            case Kind.DATE:
                return f"coalesce({dialect.date(value)},'null')"
            case Kind.DATETIME:
                return f"coalesce({dialect.instant(value)},'null')"
            case _:
                return f"coalesce({dialect.json_string(value)},'null')"

    def _money(self, line: Line, parts: Sequence[tuple[str, str]]) -> str:
        amount, currency = self.value(line), self.named(line.currency_column, line.card)
        dialect = self.statement.dialect
        unusual = [code for code in sorted(CURRENCIES) if minor_digits(code) != USUAL_MINOR_DIGITS]
        cases = "".join(
            f" when {literal(code)} then {dialect.scaled(amount, minor_digits(code))}" for code in unusual
        )
        # Asked for at once, which takes one look instead of some twenty for nearly every amount.
        text = (
            f"case when {currency} in ({','.join(map(literal, unusual))}) then case {currency}{cases} end "
            f"else {dialect.scaled(amount, USUAL_MINOR_DIGITS)} end"
        )
        values = {"amount": ["'\"'", text, "'\"'"], "currency": [dialect.json_string(currency)]}
        pieces: list[str] = []
        for index, (key, part) in enumerate(parts):
            pieces.append(literal(("," if index else "{") + _key(key)))
            pieces.extend(values.get(part) or [literal('"Money"')])
        pieces.append(literal("}" if parts else "{}"))
        return (
            f"case when {amount} is null or {currency} is null then 'null' else {dialect.concat(pieces)} end"
        )

    def _choice(self, line: Line, value: str, parts: Sequence[tuple[str, str]]) -> str:
        cases = "".join(
            f" when {literal(key)} then {literal(_option(parts, option))}"
            for key, option in self._options(line).items()
        )
        unknown = self._unknown_choice(value, parts)
        # Null is asked for last: nearly always one of the known keys is there.
        return f"case {value}{cases} else case when {value} is null then 'null' else {unknown} end end"

    def _choices(self, line: Line, value: str, parts: Sequence[tuple[str, str]]) -> str:
        dialect, each = self.statement.dialect, "c.value"
        cases = "".join(
            f" when {literal(key)} then {literal(_option(parts, option))}"
            for key, option in self._options(line).items()
        )
        elements = dialect.elements(value, "c")
        items = f"select case {each}{cases} else {self._unknown_choice(each, parts)} end j from {elements}"
        return f"case when {value} is null then 'null' else {dialect.aggregate(items)} end"

    def _options(self, line: Line) -> Mapping[str, Mapping[str, object]]:
        locale = self.statement.reading.locale
        return {
            choice.key: {
                "key": choice.key,
                "label": said(choice.label, locale),
                "color": choice.color,
                "position": position,
                "plugin": line.plugin,
                "__typename": "Option",
            }
            for position, choice in enumerate(line.field.options)
        }

    def _unknown_choice(self, value: str, parts: Sequence[tuple[str, str]]) -> str:
        """Return the JSON of a key that no longer has a declaration: it is shown as it is."""
        dialect = self.statement.dialect
        pieces: list[str] = []
        for index, (key, part) in enumerate(parts):
            pieces.append(literal(("," if index else "{") + _key(key)))
            if part in {"key", "label"}:
                pieces.append(dialect.json_string(value))
            else:
                pieces.append(literal('"Option"' if part == "__typename" else "null"))
        pieces.append(literal("}" if parts else "{}"))
        return dialect.concat(pieces)


def computed_value(statement: Statement, line: Line, record: str) -> str:
    """Return the SQL of a computed field for the record whose id is `record`."""
    computed = line.field.computed
    if computed is None:
        raise ValueError(f"{line.path} is not computed")
    source = statement.model.of_table(computed.table)
    host = next(
        link for link in source.links.values() if link.column == "id" and _leads_to(statement, link, line)
    )
    alias = statement.alias()
    conditions = [f"{alias}.{quoted(host.source)} = {record}"]
    if source.is_archivable:
        conditions.append(f"{alias}.archived_at is null")
    for key, wanted in computed.where:
        conditions.append(f"{alias}.{quoted(key)} = {constant(wanted, statement)}")
    if computed.last is not None and computed.when is not None:
        since = statement.today if source.line(computed.when).kind is Kind.DATE else statement.now
        conditions.append(f"{alias}.{quoted(computed.when)} > {since(back=computed.last)}")
    measured = f"{alias}.{quoted(computed.field)}" if computed.field else "*"
    value = f"{computed.aggregate}({measured})"
    if computed.aggregate is Aggregate.TOTAL:
        value = f"coalesce({value}, 0)"
    return f"(select {value} from {quoted(source.table)} {alias} where {' and '.join(conditions)})"


def _leads_to(statement: Statement, link: Link, line: Line) -> bool:
    return any(line is one for one in statement.model[link.target].lines.values())


def constant(value: str | int | bool, statement: Statement) -> str:  # noqa: FBT001  # a value of a declaration
    """Return a declared constant as SQL."""
    if isinstance(value, bool):
        yes, no = ("true", "false") if statement.dialect.name == "postgres" else ("1", "0")
        return yes if value else no
    return literal(value) if isinstance(value, str) else str(int(value))


def _key(key: str) -> str:
    return orjson.dumps(key).decode() + ":"


def _option(parts: Sequence[tuple[str, str]], option: Mapping[str, object]) -> str:
    return orjson.dumps({key: option.get(part) for key, part in parts}).decode()
