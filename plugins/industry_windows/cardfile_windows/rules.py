"""What holds for openings, whoever writes them: a person, an import or a measurer's command."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Final

from cardfile.errors import InvalidInput
from cardfile.journal import Call
from cardfile.plugins import hookimpl
from cardfile.plugins.hookspecs import Befores

__all__ = ["OpeningRules"]

Values = MutableMapping[str, object]

OPENING: Final = "windows.opening"
SMALLEST: Final = 100
LARGEST: Final = 20_000
MOST: Final = 10_000


class OpeningRules:
    """Part of the plugin: openings have dimensions that a wall can have."""

    @hookimpl
    async def records_creating(self, call: Call, entity: str, rows: Sequence[Values]) -> None:
        """Look at new openings."""
        if entity == OPENING:
            for row in rows:
                _check(row)

    @hookimpl
    async def records_changing(
        self, call: Call, entity: str, befores: Befores, changes: Mapping[int, Values]
    ) -> None:
        """Look at changed openings."""
        if entity == OPENING:
            for row in changes.values():
                _check(row)


def _check(row: Values) -> None:
    for path in ("width", "height"):
        size = row.get(path)
        if isinstance(size, int) and not SMALLEST <= size <= LARGEST:
            raise InvalidInput(
                "An opening is from {least} to {most} mm wide and high.",
                least=SMALLEST,
                most=LARGEST,
                path=(path,),
            )
    quantity = row.get("quantity")
    if isinstance(quantity, int) and not 1 <= quantity <= MOST:
        raise InvalidInput("There are from 1 to {most} openings of a kind.", most=MOST, path=("quantity",))
