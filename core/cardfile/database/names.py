"""Names of tables and columns: lower-case words, so that they mean the same to both databases."""

import re
from functools import lru_cache

from cardfile.errors import DeclarationError

__all__ = ["quoted", "require_name"]

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def require_name(name: str, *, what: str) -> str:
    """Return `name` if both databases take it as it is, or raise a DeclarationError."""
    if not _NAME.fullmatch(name):
        raise DeclarationError(
            f"{name!r} cannot be the name of a {what}: "
            "lower-case Latin letters, digits and underscores, at most 63, not beginning with a digit"
        )
    return name


@lru_cache(maxsize=4_096)
def quoted(name: str) -> str:
    """Return `name` in the quotes that keep it from being read as a word of SQL."""
    return f'"{require_name(name, what="table or column")}"'
