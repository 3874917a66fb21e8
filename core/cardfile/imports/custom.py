"""Columns that become custom fields: a path names the kind and the label, and the field is made with the import.

`custom:number:Shoe size` is the custom field of that name, whether it is there already or not yet.
"""

from collections.abc import Mapping
from typing import Final

from cardfile.clients.custom_fields import CustomKind
from cardfile.errors import InvalidInput
from cardfile.values.text import clean

__all__ = [
    "CUSTOM_FIELD",
    "CUSTOM_VALUE",
    "custom_path",
    "kind_of_proposal",
    "read_custom",
    "wished_custom",
]

CUSTOM_FIELD: Final = "custom_field"
CUSTOM_VALUE: Final = "custom_value"
MARK: Final = "custom:"
_LONGEST: Final = 100

_KINDS: Final[Mapping[str, CustomKind]] = {
    **{one.value: one for one in CustomKind},
    **dict.fromkeys(("integer", "decimal", "money", "percent"), CustomKind.NUMBER),
}


def custom_path(kind: str, label: str) -> str:
    """Return the path of the custom field of a kind and a label."""
    return f"{MARK}{kind}:{clean(label)[:_LONGEST]}"


def read_custom(path: str) -> tuple[str, str] | None:
    """Return the kind and the label that a path names, None for a path of anything else."""
    if not path.startswith(MARK):
        return None
    kind, _, label = path.removeprefix(MARK).partition(":")
    return (kind, label) if kind in _KINDS and label else None


def wished_custom(text: str, heading: str) -> str | None:
    """Return the path that somebody means by `custom:number`, called as the column is, or `custom:number:Label`.

    None when something else is meant; raises `InvalidInput` for a kind that does not exist.
    """
    if not text.startswith(MARK):
        return None
    kind, _, label = text.removeprefix(MARK).partition(":")
    if kind not in {one.value for one in CustomKind}:
        raise InvalidInput(
            "A custom field is one of {kinds}: write custom:number or custom:number:Label.",
            kinds=", ".join(CustomKind),
        )
    return custom_path(kind, label or heading)


def kind_of_proposal(kind: str) -> str:
    """Return what kind of custom field suits a column that looks like a field of `kind`."""
    return _KINDS.get(kind, CustomKind.TEXT).value
