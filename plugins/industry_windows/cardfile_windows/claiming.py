"""Warranty claims: opened with a deadline, solved, or found to be no case of warranty."""

from datetime import datetime
from typing import Annotated, Final

from cardfile.access import User
from cardfile.access.guards import access_of
from cardfile.calendars import add, calendar_book
from cardfile.deals import Deal, let_take_part
from cardfile.declarations import working_days
from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, command
from cardfile.rights import EVERYTHING
from cardfile_windows.choices import ClaimKind, ClaimStatus
from cardfile_windows.installing import ROLE
from cardfile_windows.steps import contact_of, date_task, deal_of, finish_task
from cardfile_windows.tables import Installation, Opening, WarrantyClaim

__all__ = ["KIND", "open_claim", "reject_claim", "solve_claim", "task_kind"]

KIND: Final = "warranty"
"""The kind of the tasks that come of claims."""

TITLE: Final = {"en": "Solve a warranty claim", "ru": "Устранить рекламацию"}
PATIENCE: Final = working_days(3)
"""By when a claim is solved when nobody says otherwise."""


@command(
    "warranty_claim.open",
    label={"en": "Open a claim", "ru": "Принять рекламацию"},
    done={"en": "opened", "ru": "рекламация принята"},
)
async def open_claim(
    call: Call,
    deal: Annotated[Deal, "Which order."],
    complaint: Annotated[str, "What is wrong, in the client's words."],
    kind: Annotated[ClaimKind, "What it is about."] = ClaimKind.ADJUSTMENT,
    *,
    opening: Annotated[Opening | None, "Which opening."] = None,
    responsible: Annotated[User | None, "Who solves it; the foreman who installed, when left out."] = None,
    solve_by: Annotated[datetime | None, "By when; within three working days, when left out."] = None,
) -> WarrantyClaim:
    """Take a claim in: whoever is responsible takes part in the deal, and has a dated task."""
    if not complaint.strip():
        raise InvalidInput("Say what is wrong.", path=("complaint",))
    if opening is not None and opening.deal != deal.id:
        raise InvalidInput("This opening is of another deal.", path=("openingId",))
    deal = await deal_of(call, deal.id)
    who = responsible.id if responsible is not None else await _foreman(call, deal) or deal.owner
    if not isinstance(who, int):
        raise InvalidInput("Say who solves it.", path=("responsibleId",))
    if solve_by is None:
        book = await calendar_book(access_of(call))
        solve_by = add(book.of_user(who, now=call.now, zone=call.settings.zone), call.now, PATIENCE)
    if solve_by <= call.now:
        raise InvalidInput("A claim is solved in a time to come.", path=("solveBy",))
    made = await call.create(
        WarrantyClaim,
        {
            "deal": deal.id,
            "opening": opening.id if opening is not None else None,
            "kind": kind.value,
            "complaint": complaint.strip(),
            "status": ClaimStatus.IN_WORK.value,
            "responsible": who,
            **await contact_of(call, deal),
            "reported_at": call.now,
            "solve_by": solve_by,
        },
    )
    if who != deal.owner:
        await let_take_part(call, [(deal.id, who, ROLE)])
    await date_task(call, deal, kind=task_kind(made.id), title=TITLE, assignee=who, due_at=solve_by)
    return made


@command(
    "warranty_claim.solve",
    label={"en": "Solved", "ru": "Устранена"},
    done={"en": "solved", "ru": "рекламация устранена"},
)
async def solve_claim(
    call: Call, claim: WarrantyClaim, solution: Annotated[str, "What was done."]
) -> WarrantyClaim:
    """Say that a claim is solved, and how."""
    return await _end(call, claim, ClaimStatus.SOLVED, solution, "solution")


@command(
    "warranty_claim.reject",
    label={"en": "No case of warranty", "ru": "Не гарантийный случай"},
    done={"en": "no case of warranty", "ru": "не гарантийный случай"},
)
async def reject_claim(call: Call, claim: WarrantyClaim, reason: Annotated[str, "Why not."]) -> WarrantyClaim:
    """Say that a claim is no case of warranty, and why."""
    return await _end(call, claim, ClaimStatus.REFUSED, reason, "reason")


async def _end(call: Call, claim: WarrantyClaim, status: ClaimStatus, words: str, path: str) -> WarrantyClaim:
    if claim.status not in (ClaimStatus.NEW, ClaimStatus.IN_WORK):
        raise Refused("This claim is over already.")
    if not words.strip():
        raise InvalidInput("Say what was done, or why nothing was.", path=(path,))
    deal = await deal_of(call, claim.deal)
    await call.write(claim, status=status.value, solution=words.strip(), solved_at=call.now)
    await finish_task(call, deal, task_kind(claim.id), words.strip())
    return claim


def task_kind(claim: int) -> str:
    """Return the kind of the task of a claim: a deal may have several at once, each with a task of its own."""
    return f"{KIND}_{claim}"


async def _foreman(call: Call, deal: Deal) -> int | None:
    wanted = {"deal": {"id": {"eq": deal.id}}}
    found = await call.find(Installation, filter=wanted, order=("-id",), limit=1, rights=EVERYTHING)
    foreman: int | None = found[0].foreman if found else None
    return foreman
