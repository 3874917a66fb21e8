"""Values of custom fields as parts of a row: each field makes one record below the client."""

from collections.abc import Collection
from typing import Final

from cardfile.imports.custom import CUSTOM_VALUE
from cardfile.imports.custom_making import custom_fields
from cardfile.imports.host import ImportHost
from cardfile.imports.parts import MAIN, Part, Side

__all__ = ["custom_parts"]

_NOT_YET: Final = 0
"""Stands for the field that is made when the import runs: nobody has a value of it."""


async def custom_parts(app: ImportHost, paths: Collection[str]) -> dict[str, Part]:
    """Return the parts of rows in which values of custom fields come, by the paths of those fields."""
    if not paths:
        return {}
    known = await custom_fields(app)
    record_type = app.model[CUSTOM_VALUE]
    return {
        path: Part(
            path,
            record_type,
            Side.BELOW,
            {"client": MAIN},
            {"field": known[path][0] if path in known else _NOT_YET},
        )
        for path in sorted(paths)
    }
