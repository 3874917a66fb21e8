"""What each kind of field knows: its column, how typed text becomes a value and back, its filters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cardfile.database.columns import ColumnType
from cardfile.errors import InvalidInput
from cardfile.model.fields import Choice, Field, Kind
from cardfile.model.names import split_id
from cardfile.texts import said
from cardfile.values.booleans import parse_boolean
from cardfile.values.cell import Cell, UnitNumber
from cardfile.values.choices import parse_choice, parse_choices
from cardfile.values.dates import parse_date, parse_datetime
from cardfile.values.email import parse_email
from cardfile.values.money import Money, format_money, parse_money
from cardfile.values.numbers import format_scaled, parse_integer, parse_percent, parse_scaled
from cardfile.values.phone import format_phone, parse_phone
from cardfile.values.text import clean, clean_long
from cardfile.values.url import parse_url

__all__ = ["EQUAL", "KINDS", "KindSpec", "Operator", "Reading"]


class Operator(StrEnum):
    """The comparisons that a filter may make."""

    EQ = "eq"
    IN = "in"
    NOT_IN = "notIn"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IS_NULL = "isNull"
    HAS = "has"
    IS_ME = "isMe"
    PAST = "past"
    TODAY = "today"
    IN_DAYS = "inDays"
    AGO_DAYS = "agoDays"
    WITHIN_DAYS = "withinDays"


@dataclass(frozen=True, slots=True)
class Reading:
    """How typed text is to be understood: for whom, where and when."""

    today: date
    locale: str = "en"
    zone: str = "UTC"
    region: str = "RU"
    currency: str = "RUB"
    day_first: bool = True


Parse = Callable[[object, Field, Reading], object]
Show = Callable[[object, Field, Reading], str]

EQUAL = (Operator.EQ, Operator.IN, Operator.NOT_IN, Operator.IS_NULL)
ORDERED = (
    Operator.EQ,
    Operator.IN,
    Operator.NOT_IN,
    Operator.GT,
    Operator.GTE,
    Operator.LT,
    Operator.LTE,
    Operator.IS_NULL,
)
DATED = (
    *ORDERED,
    Operator.PAST,
    Operator.TODAY,
    Operator.IN_DAYS,
    Operator.AGO_DAYS,
    Operator.WITHIN_DAYS,
)
TEXTUAL = (
    Operator.EQ,
    Operator.IN,
    Operator.NOT_IN,
    Operator.CONTAINS,
    Operator.STARTS_WITH,
    Operator.IS_NULL,
)
MAX_TEXT = 1_000
MAX_LONG_TEXT = 50_000


@dataclass(frozen=True, slots=True)
class KindSpec:
    """The column type, the GraphQL scalar, the filter operators, and the ways between text and value.

    `parse` takes whatever a person, a sheet or a program gives and returns the value to be kept, or raises
    `InvalidInput`; it returns its own results unchanged. `show` returns the text for a person.
    """

    column: ColumnType
    scalar: str
    operators: Sequence[Operator]
    parse: Parse
    show: Show = field(default=lambda value, _field, _reading: str(value))
    is_orderable: bool = True


def _text(value: object, line: Field, _reading: Reading) -> str:
    return _limited(clean(_as_text(value)), line.max_length or MAX_TEXT)


def _long_text(value: object, line: Field, _reading: Reading) -> str:
    return _limited(clean_long(_as_text(value)), line.max_length or MAX_LONG_TEXT)


def _as_text(value: object) -> str:
    if type(value) is str:
        return value
    if isinstance(value, UnitNumber):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, bool) or not isinstance(value, str | int | float | date | datetime):
        raise InvalidInput("A text is needed here, not {value}.", value=repr(value)[:60])
    return str(value)


def _limited(text: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidInput(
            "This text has {length} characters; at most {longest} fit here.",
            length=len(text),
            longest=longest,
        )
    return text


def _date(value: object, _line: Field, reading: Reading) -> date:
    return parse_date(value, day_first=reading.day_first, today=reading.today)


def _datetime(value: object, _line: Field, reading: Reading) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)  # a program's own instant keeps its microseconds, a sheet's is rounded
    return parse_datetime(value, zone=reading.zone, day_first=reading.day_first, today=reading.today)


def _money(value: object, _line: Field, reading: Reading) -> Money:
    if isinstance(value, Mapping):
        return parse_money(value.get("amount"), currency=str(value.get("currency") or reading.currency))
    return value if isinstance(value, Money) else parse_money(value, currency=reading.currency)


def _record(value: object, _line: Field, _reading: Reading) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    parts = split_id(value)
    if parts is None:
        raise InvalidInput("An id is needed here, not {value}.", value=repr(value)[:60])
    return parts[1]


def _choice(value: object, line: Field, _reading: Reading) -> str:
    return parse_choice(_cell(value), line.index)


def _choices(value: object, line: Field, _reading: Reading) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return parse_choices([_cell(one) for one in value], line.index)
    return parse_choices(_cell(value), line.index)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float | date):
        return value
    raise InvalidInput("A text is needed here, not {value}.", value=repr(value)[:60])


def _choice_of(value: object, line: Field) -> Choice | None:
    return next((choice for choice in line.options if choice.key == value), None)


def _show_choice(value: object, line: Field, reading: Reading) -> str:
    choice = _choice_of(value, line)
    return said(choice.label, reading.locale) if choice else str(value)


def _show_choices(value: object, line: Field, reading: Reading) -> str:
    return ", ".join(_show_choice(one, line, reading) for one in value) if isinstance(value, Sequence) else ""


def _show_date(value: object, _line: Field, reading: Reading) -> str:
    if not isinstance(value, date):
        return str(value)
    return value.strftime("%d.%m.%Y") if reading.locale == "ru" else value.isoformat()


def _show_datetime(value: object, _line: Field, reading: Reading) -> str:
    if not isinstance(value, datetime):
        return str(value)
    local = value.astimezone(ZoneInfo(reading.zone))
    return local.strftime("%d.%m.%Y %H:%M" if reading.locale == "ru" else "%Y-%m-%d %H:%M")


def _show_scaled(value: object, line: Field, reading: Reading) -> str:
    return format_scaled(int(str(value)), line.scale, reading.locale)


def _show_boolean(value: object, _line: Field, reading: Reading) -> str:
    return {"ru": ("нет", "да")}.get(reading.locale, ("no", "yes"))[bool(value)]


KINDS: Final[Mapping[Kind, KindSpec]] = {
    Kind.TEXT: KindSpec(ColumnType.TEXT, "String", TEXTUAL, _text),
    Kind.LONG_TEXT: KindSpec(
        ColumnType.TEXT, "String", (Operator.CONTAINS, Operator.IS_NULL), _long_text, is_orderable=False
    ),
    Kind.INTEGER: KindSpec(
        ColumnType.INTEGER, "Int", ORDERED, lambda value, _field, _reading: parse_integer(value)
    ),
    Kind.DECIMAL: KindSpec(
        ColumnType.BIGINT,
        "Decimal",
        ORDERED,
        lambda value, line, _reading: parse_scaled(value, line.scale),
        _show_scaled,
    ),
    Kind.PERCENT: KindSpec(
        ColumnType.BIGINT,
        "Decimal",
        ORDERED,
        lambda value, line, _reading: parse_percent(value, line.scale),
        lambda value, line, reading: _show_scaled(value, line, reading) + "\N{NO-BREAK SPACE}%",
    ),
    Kind.MONEY: KindSpec(
        ColumnType.BIGINT,
        "Money",
        ORDERED,
        _money,
        lambda value, _field, reading: (
            format_money(value, reading.locale) if isinstance(value, Money) else ""
        ),
    ),
    Kind.BOOLEAN: KindSpec(
        ColumnType.BOOLEAN,
        "Boolean",
        (Operator.EQ, Operator.IS_NULL),
        lambda value, _field, _reading: parse_boolean(value),
        _show_boolean,
    ),
    Kind.DATE: KindSpec(ColumnType.DATE, "Date", DATED, _date, _show_date),
    Kind.DATETIME: KindSpec(ColumnType.INSTANT, "DateTime", DATED, _datetime, _show_datetime),
    Kind.CHOICE: KindSpec(ColumnType.TEXT, "Option", EQUAL, _choice, _show_choice),
    Kind.CHOICES: KindSpec(
        ColumnType.JSON,
        "Option",
        (Operator.HAS, Operator.IS_NULL),
        _choices,
        _show_choices,
        is_orderable=False,
    ),
    Kind.PHONE: KindSpec(
        ColumnType.TEXT,
        "Phone",
        TEXTUAL,
        lambda value, _field, reading: parse_phone(value, region=reading.region).e164,
        lambda value, _field, reading: format_phone(str(value), reading.locale),
    ),
    Kind.EMAIL: KindSpec(
        ColumnType.TEXT, "Email", TEXTUAL, lambda value, _field, _reading: parse_email(value)
    ),
    Kind.URL: KindSpec(ColumnType.TEXT, "URL", TEXTUAL, lambda value, _field, _reading: parse_url(value)),
    Kind.USER: KindSpec(ColumnType.ID, "ID", EQUAL, _record, is_orderable=False),
    Kind.REFERENCE: KindSpec(ColumnType.ID, "ID", EQUAL, _record, is_orderable=False),
    Kind.FILE: KindSpec(ColumnType.ID, "ID", EQUAL, _record, is_orderable=False),
}
