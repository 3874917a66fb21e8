"""The columns that a list gets when it is given back, known again when it is brought in once more."""

from collections.abc import Mapping
from typing import Final

from cardfile.texts import Label
from cardfile.values.text import fold_key

__all__ = ["CODE", "REASON", "RESULT", "SOURCE_ROW", "is_result_column"]

RESULT: Final[Label] = {"en": "Import result", "ru": "Итог импорта"}
"""The title of the column that says in a word what became of a row."""

REASON: Final[Label] = {"en": "Import notes", "ru": "Замечания импорта"}
"""The title of the column that says why."""

SOURCE_ROW: Final[Label] = {"en": "Row of the original", "ru": "Строка исходного файла"}
"""The title of the column that says where a row stood."""

CODE: Final[Label] = {"en": "Record ID", "ru": "Код записи"}
"""The title of the column that holds the code of a record: an import knows the record by it."""

_KEYS: Final = frozenset(
    fold_key(title)
    for label in (RESULT, REASON, SOURCE_ROW)
    if isinstance(label, Mapping)
    for title in label.values()
)


def is_result_column(name: str) -> bool:
    """Tell whether a column was put there by us and holds nothing to be brought in."""
    return fold_key(name) in _KEYS
