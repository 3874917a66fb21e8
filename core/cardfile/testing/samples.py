"""Values that a field can hold, for tests that know nothing of the field but its declaration."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Final

from cardfile.errors import DeclarationError
from cardfile.model.fields import Field, Kind

__all__ = ["sample"]

Sample = Callable[[Field, int], object]


def _text(field: Field, number: int) -> str:
    return f"{field.key} {number}"[: field.max_length or 200]


SAMPLES: Final[Mapping[Kind, Sample]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: lambda _field, number: number,
    Kind.DECIMAL: lambda _field, number: f"{number}",
    Kind.MONEY: lambda _field, number: {"amount": f"{number}", "currency": "RUB"},
    Kind.PERCENT: lambda _field, number: f"{number % 100}",
    Kind.BOOLEAN: lambda _field, _number: True,
    Kind.DATE: lambda _field, number: date(2026, 1 + number % 12, 15),
    Kind.DATETIME: lambda _field, number: datetime(2026, 1 + number % 12, 15, 12, tzinfo=UTC),
    Kind.CHOICE: lambda field, number: field.options[number % len(field.options)].key,
    Kind.CHOICES: lambda field, number: [field.options[number % len(field.options)].key],
    Kind.PHONE: lambda _field, number: f"+7916{number:07d}",
    Kind.EMAIL: lambda _field, number: f"person{number}@example.com",
    Kind.URL: lambda _field, number: f"https://example.com/{number}",
}
"""How a sample of each kind is made; kinds that name another record are missing."""


def sample(field: Field, number: int) -> object:
    """Return a value for `field`; equal numbers give equal values, others differ where the kind lets them.

    Raises `DeclarationError` for kinds that name another record.
    """
    if field.kind not in SAMPLES:
        raise DeclarationError(f"{field.key} names another record, of which there is no sample")
    return SAMPLES[field.kind](field, number)
