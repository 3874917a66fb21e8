"""Which part of a list is asked for: `first` after a cursor, or `last` before one."""

from collections.abc import Mapping
from dataclasses import dataclass

from cardfile.errors import InvalidInput
from cardfile.query.given import Given

__all__ = ["DEFAULT_SIZE", "LARGEST_SIZE", "Window", "window_of"]

DEFAULT_SIZE = 50
LARGEST_SIZE = 200


@dataclass(frozen=True, slots=True)
class Window:
    """A page of `size` records, counted from the end when `is_backward`; `cursor` is where it begins."""

    size: int
    is_backward: bool
    cursor: Given | None
    argument: str


def window_of(arguments: Mapping[str, Given]) -> Window:
    """Return the page that the arguments ask for; raises `InvalidInput` that names the argument at fault."""
    given = {name: one for name, one in arguments.items() if name in _ARGUMENTS and not one.is_null}
    if ("first" in given or "after" in given) and ("last" in given or "before" in given):
        wrong = "last" if "last" in given else "before"
        raise InvalidInput(
            "A page goes forwards (first, after) or backwards (last, before), not both.", path=(wrong,)
        )
    is_backward = "last" in given or "before" in given
    size, cursor = ("last", "before") if is_backward else ("first", "after")
    number = _size(given[size], size) if size in given else DEFAULT_SIZE
    return Window(number, is_backward, given.get(cursor), cursor)


_ARGUMENTS = frozenset(("first", "after", "last", "before"))


def _size(given: Given, name: str) -> int:
    number = given.plain()
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= LARGEST_SIZE:
        raise InvalidInput(
            "{name} is {number}, but a page has 0 to {most} records.",
            name=name,
            number=number,
            most=LARGEST_SIZE,
            path=(name,),
        )
    return number
