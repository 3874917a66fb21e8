"""What the built-in roles may do with sales plans."""

from typing import Final

from cardfile.declarations import Grants

__all__ = ["GRANTS"]

GRANTS: Final[Grants] = {
    "head": {
        "sales_plan": "read:team create:team edit:team archive:team import:team assign:team export:team",
    },
    "manager": {"sales_plan": "read:own"},
}
"""Reports themselves need the right to read what they count: see `cardfile.plugins.reports`."""
