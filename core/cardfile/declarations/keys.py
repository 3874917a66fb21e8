"""Keys: the stable words by which declarations are known to programs."""

import re
from collections.abc import Mapping
from typing import Final

from cardfile.errors import DeclarationError, InvalidInput

__all__ = ["KEY", "refuse_odd_key", "require_key"]

KEY: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def require_key(what: str, key: str) -> None:
    """Raise `DeclarationError` unless `key` is lower case words joined by underscores."""
    if not KEY.fullmatch(key):
        raise DeclarationError(
            f"{what} {key!r}: a key is lower case words joined by underscores, such as 'first_call'"
        )


def refuse_odd_key(values: Mapping[str, object]) -> None:
    """Raise `InvalidInput` when the `key` that a person has typed among `values` is no key."""
    key = values.get("key")
    if isinstance(key, str) and not KEY.fullmatch(key):
        raise InvalidInput(
            "{key} is no key: write lower case Latin words joined by underscores, such as first_call.",
            key=key,
            path=("key",),
        )
