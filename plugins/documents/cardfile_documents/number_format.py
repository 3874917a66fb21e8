"""The form of document numbers: what a business writes around the count."""

from string import Formatter
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

__all__ = ["NumberFormat"]

LONGEST = 60
_SAMPLE = {"year": 2026, "yy": "26", "number": 1, "series": "A"}


class NumberFormat(str):
    """A text such as `{year}-{number:05}`: a template whose places are `year`, `yy`, `number` and `series`."""

    __slots__ = ()

    @property
    def is_yearly(self) -> bool:
        """Whether the count begins anew each year, because the year is part of the number."""
        return bool({"year", "yy"} & _places(self))

    def number(self, *, year: int, serial: int, series: str) -> str:
        """Return the number of a document."""
        return self.format(year=year, yy=f"{year % 100:02}", number=serial, series=series)

    @classmethod
    def checked(cls, text: str) -> "NumberFormat":
        """Return `text` as a form of numbers; raises `ValueError` that says what is wrong with it."""
        try:
            unknown = _places(text) - set(_SAMPLE)
            sample = "" if unknown else text.format(**_SAMPLE)
        except (ValueError, IndexError, KeyError, AttributeError, TypeError):
            raise ValueError("it is no form of numbers: write one like {year}-{number:05}") from None
        if unknown:
            raise ValueError(
                f"there is no {', '.join(sorted(unknown))} in numbers: use number, year, yy and series"
            )
        if "number" not in _places(text):
            raise ValueError("every document would have the same number: {number} must be in it")
        if len(sample) > LONGEST:
            raise ValueError(f"numbers would be longer than {LONGEST} characters")
        return cls(text)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let settings check what they are given."""
        return core_schema.no_info_after_validator_function(cls.checked, core_schema.str_schema())


def _places(text: str) -> set[str]:
    """Return the names of the places in a template; what is looked up in them counts, so `{number.real}` is none."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
