"""What the built-in roles may do with deals, products and reasons for losing."""

from typing import Final

from cardfile.declarations import Grants

__all__ = ["GRANTS"]

_DEEDS: Final = (
    "read", "create", "edit", "archive", "import", "move", "reach_goal", "attach", "win", "lose", "wake", "approve",
)  # fmt: skip


def _at(scope: str, *actions: str) -> str:
    return " ".join(f"{action}:{scope}" for action in actions)


GRANTS: Final[Grants] = {
    "owner": {"product": "create:all edit:all archive:all", "lost_reason": "create:all edit:all archive:all"},
    "head": {
        "deal": _at("team", *_DEEDS, "reopen", "assign", "export"),
        "product": "*:all",
        "lost_reason": "*:all",
    },
    "manager": {
        # Without export, as with clients: nobody but the owner takes the base away.
        "deal": _at("own", *_DEEDS),
        "product": "read:all",
        "lost_reason": "read:all",
    },
    "specialist": {
        # What he takes part in counts as his own, for the deeds that `PARTICIPATING` names.
        "deal": _at("own", "read", "reach_goal", "attach"),
        "product": "read:all",
        "lost_reason": "read:all",
    },
    "analyst": {"product": "read:all", "lost_reason": "read:all"},
}
"""Lines, participants, goals, approvals, history and attachments come with the rights on the deal."""
