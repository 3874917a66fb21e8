"""What the built-in roles may do with pipelines: everybody reads them, owners change them."""

from typing import Final

from cardfile.declarations import Grants

__all__ = ["GRANTS"]

_READ: Final = {"pipeline": "read:all"}

GRANTS: Final[Grants] = {
    "owner": {"pipeline": "create:all edit:all archive:all"},
    "head": _READ,
    "manager": _READ,
    "specialist": _READ,
    "analyst": _READ,
}
"""Stages, goals and rules come with the pipeline."""
