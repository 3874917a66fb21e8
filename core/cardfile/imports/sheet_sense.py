"""What the rows of a sheet seem to be: clients, deals, products, or nothing that could be brought in."""

from collections.abc import Iterable, Mapping, Set
from typing import Final

from cardfile.spreadsheets.headers import JOINT
from cardfile.values.text import fold_key

__all__ = ["is_list", "likely_entity"]

_BETTER: Final = 0.15
"""By how much more of its headings must be known for a sheet to be taken for something else than was asked for."""

_KNOWN: Final = 0.3


def likely_entity(
    names: Iterable[str], known: Mapping[str, Set[str]], asked: str | None = None
) -> str | None:
    """Return of which entity a sheet with these headings seems to be a list, None for one that says nothing.

    `known` are the folded names of each entity's fields; `asked` is the one that somebody had in mind, which a
    doubt speaks for.
    """
    keys = [fold_key(name.rpartition(JOINT)[2]) for name in names]
    if not keys:
        return None
    shares = {
        entity: sum(key in words or key.replace(" ", "") in words for key in keys) / len(keys)
        + (_BETTER if entity == asked else 0.0)
        for entity, words in known.items()
    }
    best = max(shares, key=lambda entity: shares[entity], default=None)
    return best if best is not None and shares[best] >= _KNOWN else None


def is_list(columns: int, mapped: int, rows: int) -> bool:
    """Tell whether a sheet reads like a list: it has rows, and a third of its columns, or two, are known."""
    return rows > 0 and mapped > 0 and (mapped > 1 or mapped * 3 >= columns)
