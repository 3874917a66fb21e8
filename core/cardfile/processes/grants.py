"""What the built-in roles may do with processes."""

from typing import Final

from cardfile.declarations import Grants

__all__ = ["GRANTS"]

GRANTS: Final[Grants] = {
    "owner": {"process": "create:all edit:all archive:all"},
    "head": {"process": "read:all", "process_run": "read:team start:team cancel:team"},
    "manager": {"process": "read:all", "process_run": "read:own start:own cancel:own"},
    "specialist": {"process": "read:all", "process_run": "read:own"},
    "analyst": {"process": "read:all"},
}
"""Steps come with the process and with the run."""
