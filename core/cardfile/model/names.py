"""How a thing is called on each side: keys in Python, camelCase in GraphQL, opaque ids outside."""

import re
from functools import lru_cache

from cardfile.errors import NotFound

__all__ = ["camel", "global_id", "local_id", "pascal", "snake", "split_id"]

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_GLOBAL_ID = re.compile(r"([a-z][a-z0-9_]*)_([0-9]{1,18})")


@lru_cache(maxsize=4096)
def camel(key: str) -> str:
    """Return `last_visit` as `lastVisit`."""
    head, *tail = key.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


@lru_cache(maxsize=4096)
def pascal(key: str) -> str:
    """Return `contact_point` as `ContactPoint`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_.]", key))


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """Return `lastVisit` as `last_visit`."""
    return _HUMP.sub(r"_\1", name).lower()


def global_id(prefix: str, record: int) -> str:
    """Return the id under which a record is known outside: opaque to others, unique across types."""
    return f"{prefix}_{record}"


def split_id(value: object) -> tuple[str, int] | None:
    """Return the prefix and the number of a global id, or None when `value` is not one."""
    match = _GLOBAL_ID.fullmatch(value) if isinstance(value, str) else None
    return (match[1], int(match[2])) if match else None


def local_id(prefix: str, value: object) -> int:
    """Return the number inside a global id of the type with `prefix`; any other id is simply not found."""
    parts = split_id(value)
    if parts is None or parts[0] != prefix:
        raise NotFound("There is no such record: {id}.", id=value)
    return parts[1]
