"""What the built-in roles may do with calendars: everybody reads them, owners change them."""

from typing import Final

from cardfile.declarations import Grants

__all__ = ["GRANTS"]

_READ: Final = {"work_calendar": "read:all"}

GRANTS: Final[Grants] = {
    "owner": {"work_calendar": "create:all edit:all archive:all"},
    "head": _READ,
    "manager": _READ,
    "specialist": _READ,
    "analyst": _READ,
}
"""Special days and teams come with their calendar."""
