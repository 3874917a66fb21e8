"""The search by text: every word of it occurs in the record, in what this reader may see of it."""

from collections.abc import Callable

from cardfile.errors import InvalidInput
from cardfile.query.given import Given
from cardfile.query.row import Row
from cardfile.query.visibility import NOTHING, concealed_rows
from cardfile.rights import Scope
from cardfile.values.text import fold

__all__ = ["searched"]

MAX_WORDS = 8
PHONE_MARKS = str.maketrans("", "", " \t\N{NO-BREAK SPACE}()+-./")
SHORTEST_PHONE, LONGEST_PHONE = 5, 15
NUL = "\x00"  # PostgreSQL keeps no text with it, so none can be found by it


def searched(row: Row, given: Given) -> str | None:
    """Return the condition that every word of a search occurs in the record; None for an empty search."""
    if not row.type.entity.search:
        raise InvalidInput("{entity} cannot be searched by text.", entity=row.type.name, path=("search",))
    number = given.look(_number_of_words)
    columns = _searchable(row)
    dialect = row.statement.dialect
    found = []
    for index in range(number):
        word = row.statement.value(given, _nth_word(index), "text", known_as=("word", index))
        found.append(f"({' or '.join(dialect.contains(column, word) for column in columns) or NOTHING})")
    return " and ".join(found) or None


def _searchable(row: Row) -> list[str]:
    """Return what a search looks through: never what is hidden from this reader, or he could guess it by searching."""
    members = row.type.entity.search
    if all(_is_open(row, member) for member in members):
        return [row.named("search_text")]
    lines = [
        row.type.lines[member] for member in members if member in row.type.lines and not row.is_hidden(member)
    ]
    fold_ = row.statement.dialect.fold
    return [
        row.order_value(line) if line.field.folded else f"coalesce({fold_(row.value(line))}, '')"
        for line in lines
    ]


def _is_open(row: Row, member: str) -> bool:
    """Tell whether all that is searched of a field or an entry list may be seen wherever the record is seen."""
    if row.is_hidden(member):
        return False
    link = row.type.links.get(member)
    if link is None or member in row.type.lines:
        return True
    statement, rights = row.statement, row.statement.rights
    scopes = [rights.scope(key, "read") for key in (link.target, row.type.key)]
    return (
        link.implied
        and rights.sees(link.target, "value")
        and scopes[0] >= scopes[1]
        and scopes[0] is not Scope.NONE
        and concealed_rows(statement, statement.model[link.target], row.alias) is None
    )


def _words(value: object) -> list[str]:
    if not isinstance(value, str):
        return []
    text = fold(value.replace(NUL, " "))
    if len(whole := _digits(text)) >= SHORTEST_PHONE:
        return [whole]
    return [_digits(word) or word for word in text.split()[:MAX_WORDS]]


def _digits(text: str) -> str:
    """Return a typed phone number as it is kept: digits, without the 8 or 7 in front; nothing for other texts."""
    digits = text.translate(PHONE_MARKS)
    if not digits.isdecimal() or len(digits) > LONGEST_PHONE:
        return ""
    if len(digits) >= SHORTEST_PHONE and (digits[0] == "8" or (len(digits) == 11 and digits[0] == "7")):
        return digits[1:]
    return digits


def _number_of_words(value: object) -> int:
    return len(_words(value))


def _nth_word(index: int) -> Callable[[object], str]:
    return lambda value: _words(value)[index]
