"""Keys: the stable words by which declarations are known to programs."""

import re
from typing import Final

from cardfile.errors import DeclarationError

__all__ = ["KEY", "require_key"]

KEY: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def require_key(what: str, key: str) -> None:
    """Raise `DeclarationError` unless `key` is lower case words joined by underscores."""
    if not KEY.fullmatch(key):
        raise DeclarationError(
            f"{what} {key!r}: a key is lower case words joined by underscores, such as 'first_call'"
        )
