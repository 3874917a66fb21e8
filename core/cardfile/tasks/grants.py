"""What the built-in roles may do with tasks, reminders and notices."""

from typing import Final

from cardfile.declarations import Grants

__all__ = ["GRANTS"]

_DEEDS: Final = ("read", "edit", "archive", "assign", "complete", "cancel", "reopen", "postpone")
_NOTICES: Final = "*:own"


def _at(scope: str, *actions: str) -> str:
    return " ".join(f"{action}:{scope}" for action in actions)


GRANTS: Final[Grants] = {
    "owner": {"reminder_policy": "create:all edit:all archive:all"},
    "head": {
        "task": _at("team", "create", "import", *_DEEDS, "export"),
        "reminder_policy": "read:all",
        "notice": _NOTICES,
    },
    "manager": {
        # Tasks may be set for colleagues of one's teams, and one's own be handed on.
        "task": f"create:team import:team {_at('own', *_DEEDS)}",
        "reminder_policy": "read:all",
        "notice": _NOTICES,
    },
    "specialist": {
        "task": _at("own", "create", "read", "edit", "complete", "reopen", "postpone"),
        "reminder_policy": "read:all",
        "notice": _NOTICES,
    },
    "analyst": {"reminder_policy": "read:all", "notice": _NOTICES},
}
"""Templates come with the rights on the stage that they hang on."""
