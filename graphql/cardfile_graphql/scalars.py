"""The scalars of the API. They carry JSON as it is: the kinds of the model read and check the values."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
)  # fmt: skip

__all__ = ["SCALARS"]


def _text(name: str, example: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise GraphQLError(f"{name} is written as a text, such as {example!r}.")
        return value

    return check


def _decimal(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 40:
        raise GraphQLError("Decimal is written as a text of digits, such as '1250.50'.")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError("Decimal is written as a text of digits, such as '1250.50'.") from None
    if not number.is_finite():
        raise GraphQLError("Decimal is a finite number.")
    return format(number, "f") if abs(number.adjusted()) <= 30 else str(value)


def _any(value: object) -> object:
    return value


def _scalar(
    name: str,
    description: str,
    specified_by: str,
    example: str,
    coerce: Callable[[object], object] | None = None,
) -> GraphQLScalarType:
    return GraphQLScalarType(
        name,
        description=description,
        specified_by_url=specified_by,
        coerce_output_value=_any,
        coerce_input_value=coerce or _text(name, example),
    )


SCALARS: Final[Mapping[str, GraphQLScalarType]] = {
    "ID": GraphQLID,
    "String": GraphQLString,
    "Int": GraphQLInt,
    "Float": GraphQLFloat,
    "Boolean": GraphQLBoolean,
    "DateTime": _scalar(
        "DateTime",
        "An instant with its zone: 2026-11-21T20:53:37.123456Z. Answers are in UTC.",
        "https://scalars.graphql.org/andimarek/date-time.html",
        "2026-11-21T20:53:37Z",
    ),
    "Date": _scalar(
        "Date",
        "A calendar date without a zone: 2026-11-21.",
        "https://scalars.graphql.org/andimarek/local-date.html",
        "2026-11-21",
    ),
    "Decimal": _scalar(
        "Decimal",
        'An exact decimal number, as a text, so that no program rounds it: "1250.50".',
        "https://datatracker.ietf.org/doc/html/rfc8259#section-6",
        "1250.50",
        _decimal,
    ),
    "CurrencyCode": _scalar(
        "CurrencyCode",
        "A currency by its ISO 4217 code: RUB.",
        "https://www.iso.org/iso-4217-currency-codes.html",
        "RUB",
    ),
    "Phone": _scalar(
        "Phone",
        "A phone number. Answers are in E.164 (+79161234567); inputs may be written as people write them.",
        "https://www.itu.int/rec/T-REC-E.164",
        "+79161234567",
    ),
    "Email": _scalar(
        "Email",
        "An e-mail address in small letters.",
        "https://datatracker.ietf.org/doc/html/rfc5322",
        "ann@example.org",
    ),
    "URL": _scalar(
        "URL", "A web address with http or https.", "https://url.spec.whatwg.org/", "https://example.org"
    ),
    "JSON": _scalar(
        "JSON",
        "Any JSON value: a saved filter, a setting.",
        "https://datatracker.ietf.org/doc/html/rfc8259",
        "{}",
        _any,
    ),
}
"""Every scalar by name."""
