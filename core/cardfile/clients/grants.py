"""What the built-in roles may do with clients and what hangs on them."""

from typing import Final

from cardfile.declarations import Grants

__all__ = ["GRANTS"]

_DEEDS = ("read", "create", "edit", "archive", "import", "qualify", "reject", "change_standing", "merge")


def _at(scope: str, *actions: str) -> str:
    return " ".join(f"{action}:{scope}" for action in actions)


GRANTS: Final[Grants] = {
    "head": {
        "client": _at("team", *_DEEDS, "assign", "export"),
        "tag": "*:all",
        "custom_field": "*:all",
        "segment": "*:own",
    },
    "manager": {
        # Without export: nobody but the owner takes the base away.
        "client": _at("own", *_DEEDS),
        "tag": "read:all create:all",
        "custom_field": "read:all",
        "segment": "*:own",
    },
    "specialist": {
        "client": "read:own edit:own",
        "tag": "read:all",
        "custom_field": "read:all",
        "segment": "*:own",
    },
    "analyst": {"segment": "*:own"},
}
"""Lists on a client (contacts, interactions, history, tags) come with the rights on the client."""
