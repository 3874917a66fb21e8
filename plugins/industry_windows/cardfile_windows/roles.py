"""Who works in a window company, and what each may do and see."""

from typing import Final

from cardfile.declarations import Grants, Role

__all__ = ["GRANTS", "ROLES"]

_HOUSE: Final = {
    "user": "read:all edit:own",
    "team": "read:all",
    "file": "read:own",
    "notice": "*:own",
    "pipeline": "read:all",
    "work_calendar": "read:all",
    "reminder_policy": "read:all",
}
"""What everybody needs who signs in: colleagues, stages, notices, files of one's own."""

_OWN_TASKS: Final = "read:own edit:own complete:own reopen:own postpone:own"

_LOCKED: Final = {"user": ("login", "is_active", "head", "stand_in", "stand_in_until")}

_NO_MONEY: Final = {
    "estimate": "read:none",
    "estimate_line": "read:none",
    "deal_line": "read:none",
    "price": "read:none",
    # Invoices and acts are among the files of a deal; what those on the road need is on their own cards.
    "attachment": "read:none",
    "documents.document": "read:none",
}

_HIDDEN_MONEY: Final = {
    "deal": ("amount", "probability", "windows.prepayment", "windows.estimate_accepted"),
    "product": ("price",),
}

ROLES: Final = (
    Role(
        "measurer",
        {"en": "Measurer", "ru": "Замерщик"},
        can={
            **_HOUSE,
            **_NO_MONEY,
            "deal": "read:own reach_goal:own",
            "measurement": "read:own edit:own finish:own",
            "installation": "read:none",
            "warranty_claim": "read:none",
            "product": "read:all",
            "task": _OWN_TASKS,
        },
        hide=_HIDDEN_MONEY,
        lock=_LOCKED,
    ),
    Role(
        "installer",
        {"en": "Installer", "ru": "Монтажник"},
        can={
            **_HOUSE,
            **_NO_MONEY,
            "deal": "read:own reach_goal:own",
            "measurement": "read:none",
            "crew": "read:all",
            "installation": "read:own edit:own start:own finish:own",
            "warranty_claim": "read:own edit:own solve:own",
            "product": "read:all",
            "task": _OWN_TASKS,
        },
        hide=_HIDDEN_MONEY,
        lock=_LOCKED,
    ),
    Role(
        "estimator",
        {"en": "Estimator", "ru": "Сметчик"},
        can={
            **_HOUSE,
            "client": "read:all",
            "deal": "read:all",
            "opening": "read:all create:all edit:all archive:all",
            "measurement": "read:all",
            "estimate": "read:all create:all edit:all revise:all send:all",
            "product": "*:all",
            "task": _OWN_TASKS,
        },
        # He counts; who calls the client is the manager.
        hide_kinds=("phone", "email"),
        lock=_LOCKED,
    ),
    Role(
        "head_of_installation",
        {"en": "Head of installation", "ru": "Руководитель монтажа"},
        can={
            **_HOUSE,
            "client": "read:all",
            "deal": "read:all attach:all reach_goal:all",
            "measurement": "*:all",
            "opening": "*:all",
            "estimate": "read:none",
            "estimate_line": "read:none",
            "crew": "*:all",
            "installation": "*:all",
            "warranty_claim": "*:all",
            "product": "read:all",
            "task": "create:team read:team edit:team assign:team complete:team reopen:team postpone:team cancel:team",
        },
        hide={"deal": ("amount", "probability", "windows.prepayment", "windows.estimate_accepted")},
        lock=_LOCKED,
    ),
)

_MEASUREMENT: Final = ("read", "edit", "archive", "plan", "finish", "cancel")
_INSTALLATION: Final = ("read", "edit", "archive", "plan", "start", "finish", "cancel")
_CLAIM: Final = ("read", "edit", "archive", "open", "solve", "reject")
_ESTIMATE: Final = ("revise", "send", "accept", "refuse")


def _at(scope: str, *actions: str) -> str:
    return " ".join(f"{action}:{scope}" for action in actions)


GRANTS: Final[Grants] = {
    "head": {
        "deal": "take_feedback:team",
        "measurement": _at("team", *_MEASUREMENT, "assign", "export"),
        "installation": _at("team", *_INSTALLATION, "assign", "export"),
        "warranty_claim": _at("team", *_CLAIM, "assign", "export"),
        "estimate": _at("team", *_ESTIMATE),
        "crew": "*:all",
    },
    "manager": {
        "deal": "take_feedback:own",
        "measurement": _at("own", *_MEASUREMENT),
        "installation": _at("own", *_INSTALLATION),
        "warranty_claim": _at("own", *_CLAIM),
        "estimate": _at("own", *_ESTIMATE),
        "crew": "read:all",
    },
    "specialist": {
        "measurement": "read:own finish:own",
        "installation": "read:own finish:own",
        "warranty_claim": "read:own solve:own",
        "crew": "read:all",
    },
    "analyst": {"crew": "read:all"},
}
"""Openings and estimates are read and changed with their deals; the verbs of estimates are given here."""
