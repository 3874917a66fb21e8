"""Fields that Python makes, for many records by one call: what no SQL says, or says only with a book in hand."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any, Final

from cardfile.declarations.keys import KEY
from cardfile.errors import DeclarationError
from cardfile.texts import Label

__all__ = ["BatchArgument", "BatchField"]

Function = Callable[..., Awaitable[Mapping[int, Any]]]

SCALARS: Final = (str, int, bool)


@dataclass(frozen=True, slots=True)
class BatchArgument:
    """Something that the asker gives: a text, a number, or (`to`) the id of a record of that entity."""

    name: str
    description: str
    kind: type = str
    to: str | None = None

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.name) or self.kind not in SCALARS:
            raise DeclarationError(
                f"batch argument {self.name!r}: a name is lower case words joined by underscores, "
                "a kind is str, int or bool"
            )


@dataclass(frozen=True, slots=True)
class BatchField:
    """A line that is shown and not kept: `function(call, ids, **arguments)` makes it for all records of an answer.

    `call` reads with the rights of whoever asks, and the ids are those of records that he sees. The function
    returns a `result`, a frozen dataclass, for each id; an id that it leaves out has none. It is no field of a
    filter or an order, and nothing is written in it. `tells` are the fields of the record that stand in the result:
    from whom one of them is hidden, the whole result is.
    """

    key: str
    label: Label
    result: type
    function: Function
    arguments: tuple[BatchArgument, ...] = ()
    tells: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"batch field {self.key!r}"
        if not KEY.fullmatch(self.key):
            raise DeclarationError(
                f"{where}: a key is lower case words joined by underscores, such as 'next_steps'"
            )
        if not is_dataclass(self.result) or not getattr(self.result, "__dataclass_params__").frozen:  # noqa: B009 - not in typeshed
            raise DeclarationError(f"{where}: its result {self.result!r} is no frozen dataclass: make it one")

    async def make(self, call: object, ids: Sequence[int], arguments: Mapping[str, Any]) -> Mapping[int, Any]:
        """Return the results by id."""
        return await self.function(call, ids, **arguments)
