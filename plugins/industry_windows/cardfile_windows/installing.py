"""Installations: planned for a crew, moved, begun, finished, cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from cardfile.access import File
from cardfile.access.guards import access_of
from cardfile.deals import Deal, attach_file
from cardfile.deals.moving import id_of
from cardfile.deals.rows import of_deals, rows_of
from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, command
from cardfile.pipelines import pipeline_book
from cardfile.rights import EVERYTHING
from cardfile.tasks import NoticeKind, Tiding, tell
from cardfile_windows.choices import ClaimStatus, InstallationStatus, MeasurementStatus
from cardfile_windows.steps import (
    contact_of,
    date_task,
    deal_of,
    finish_task,
    let_only_take_part,
    reach_if_open,
    require_open,
)
from cardfile_windows.tables import Crew, CrewMember, Installation, Installer, Measurement, WarrantyClaim

__all__ = [
    "KIND",
    "ROLE",
    "SIGNED_ACT",
    "cancel_installation",
    "finish_installation",
    "plan_installation",
    "start_installation",
]

KIND: Final = "installation"
"""The kind of the tasks of installers."""

ROLE: Final = "installer"
SIGNED_ACT: Final = "signed_act"
"""The kind of attachment without which a deal is not won."""

TITLE: Final = {"en": "Install", "ru": "Смонтировать"}
MOST_PEOPLE: Final = 100
UNDER_WAY: Final = (InstallationStatus.PLANNED, InstallationStatus.STARTED)


@command(
    "installation.plan",
    label={"en": "Plan the installation", "ru": "Назначить монтаж"},
    done={"en": "planned", "ru": "монтаж назначен"},
)
async def plan_installation(
    call: Call,
    deal: Annotated[Deal, "Which order."],
    crew: Annotated[Crew, "Who installs."],
    starts_at: Annotated[datetime, "When the crew is there."],
    finish_by: Annotated[datetime, "By when it has to be finished."],
    *,
    note: Annotated[str | None, "What the crew should know."] = None,
) -> Installation:
    """Plan the installation of an order, or move the planned one.

    The people of the crew take part in the deal and are told at once, with the deadline; the task goes to the
    foreman. Whom to ask for and the dimensions are copied for them.
    """
    require_open(deal)
    if finish_by <= starts_at:
        raise InvalidInput("An installation is finished after it has begun.", path=("finishBy",))
    deal = await deal_of(call, deal.id)
    stage = (await pipeline_book(access_of(call))).stage(id_of(deal.stage))
    if stage.goal("installed") is None:
        raise Refused(
            "The deal is at {stage}: an installation is planned once it is paid.", stage=stage.label
        )
    people = await _people_of(call, crew)
    there = await _under_way(call, deal)
    values = {
        "crew": crew.id,
        "foreman": people[0],
        "starts_at": starts_at,
        "finish_by": finish_by,
        "sheet": await _sheet_of(call, deal),
        **await contact_of(call, deal),
        **({"note": note} if note else {}),
    }
    if there is None:
        there = await call.create(Installation, {"deal": deal.id, **values})
    else:
        await call.write(there, values)
    await _send(call, there, people)
    await let_only_take_part(call, deal, ROLE, [*people, *await _claimed(call, deal)])
    await date_task(call, deal, kind=KIND, title=TITLE, assignee=people[0], due_at=finish_by)
    last_day = finish_by.astimezone(ZoneInfo(call.settings.zone)).date()
    await call.write(deal, {"windows.install_by": last_day})
    await _tell(call, deal, there, people)
    return there


@command(
    "installation.start",
    label={"en": "Begin", "ru": "Начать монтаж"},
    done={"en": "begun", "ru": "монтаж начат"},
)
async def start_installation(call: Call, installation: Installation) -> Installation:
    """Say that the crew has begun."""
    if installation.status != InstallationStatus.PLANNED:
        raise Refused("This installation has begun already, or is over.")
    return await call.write(installation, status=InstallationStatus.STARTED.value)


@command(
    "installation.finish",
    label={"en": "Installed", "ru": "Монтаж выполнен"},
    done={"en": "finished", "ru": "монтаж выполнен"},
)
async def finish_installation(
    call: Call,
    installation: Installation,
    act: Annotated[File | None, "The signed act, uploaded before, if there is one already."] = None,
    *,
    note: Annotated[str | None, "What is worth remembering."] = None,
) -> Installation:
    """Say that an installation is done: the signed act is attached, and the deal goes on to the act and feedback."""
    _require_under_way(installation)
    deal = await deal_of(call, installation.deal)
    if act is not None:
        await attach_file(call, deal, act, kind=SIGNED_ACT)
    await call.write(
        installation,
        {
            "status": InstallationStatus.DONE.value,
            "finished_at": call.now,
            "act": act.id if act is not None else None,
            **({"note": note} if note else {}),
        },
    )
    await finish_task(call, deal, KIND, note)
    await reach_if_open(call, deal, "installed")
    if act is not None:
        await reach_if_open(call, deal, "act_signed")
    return installation


@command(
    "installation.cancel",
    label={"en": "Cancel the installation", "ru": "Отменить монтаж"},
    done={"en": "cancelled", "ru": "монтаж отменён"},
)
async def cancel_installation(
    call: Call, installation: Installation, reason: Annotated[str, "Why, for the history."]
) -> Installation:
    """Say that an installation does not take place; its task stays, until another time is agreed on."""
    _require_under_way(installation)
    if not reason.strip():
        raise InvalidInput("A reason is needed.", path=("reason",))
    done = await call.write(installation, status=InstallationStatus.CANCELLED.value)
    call.record("windows.installation.cancelled", done, reason=reason.strip())
    return done


def _require_under_way(installation: Installation) -> None:
    if installation.status not in UNDER_WAY:
        raise Refused("This installation is done or cancelled: plan another one.")


async def _people_of(call: Call, crew: Crew) -> list[int]:
    """Return the people of a crew, the foreman first; raises `Refused` for a crew that takes no orders."""
    if not crew.is_active or crew.archived_at:
        raise Refused(
            "{name} takes no orders: choose another crew.", name=call.told(crew, "name"), path=("crewId",)
        )
    wanted = {"crew": {"id": {"eq": crew.id}}}
    members = await call.find(CrewMember, filter=wanted, order=("id",), limit=MOST_PEOPLE, rights=EVERYTHING)
    people = list(dict.fromkeys(one for one in (crew.foreman, *(each.user for each in members)) if one))
    if not people:
        raise Refused(
            "{name} has nobody in it: add its people.", name=call.told(crew, "name"), path=("crewId",)
        )
    return [id_of(one) for one in people]


async def _under_way(call: Call, deal: Deal) -> Installation | None:
    wanted = {"deal": {"id": {"eq": deal.id}}, "status": {"in": [one.value for one in UNDER_WAY]}}
    found = await call.find(Installation, filter=wanted, order=("id",), limit=1, rights=EVERYTHING)
    return found[0] if found else None


async def _sheet_of(call: Call, deal: Deal) -> int | None:
    """Return the sheet of the last measurement, which installers do not see otherwise."""
    wanted = {"deal": {"id": {"eq": deal.id}}, "status": {"eq": MeasurementStatus.DONE.value}}
    found = await call.find(
        Measurement, filter=wanted, order=("-measured_at", "-id"), limit=1, rights=EVERYTHING
    )
    sheet: int | None = found[0].sheet if found else None
    return sheet


async def _send(call: Call, installation: Installation, people: Sequence[int]) -> None:
    wanted = {"installation": {"id": {"eq": installation.id}}}
    there = await call.find(Installer, filter=wanted, limit=MOST_PEOPLE, rights=EVERYTHING)
    for one in there:
        if one.user not in people:
            await call.archive(one)
    known = {one.user for one in there}
    rows = [{"installation": installation.id, "user": user} for user in people if user not in known]
    await call.bulk_create(Installer, rows)


async def _claimed(call: Call, deal: Deal) -> list[int]:
    """Return who has warranty claims of the deal to solve, and sees it because of them."""
    unsolved = {"in": [ClaimStatus.NEW.value, ClaimStatus.IN_WORK.value]}
    rows = await rows_of(
        call, WarrantyClaim, where=of_deals([deal.id], status=unsolved), paths=("responsible",)
    )
    return [row["responsible"] for row in rows if row["responsible"]]


async def _tell(call: Call, deal: Deal, installation: Installation, people: Sequence[int]) -> None:
    address = (await call.values(deal)).get("windows.object_address") or deal.title
    await tell(
        call,
        [
            Tiding(
                user,
                NoticeKind.MESSAGE,
                "Installation: {address}. Begins {start}, to be finished by {deadline}.",
                {"address": address, "start": installation.starts_at, "deadline": installation.finish_by},
                deal=deal.id,
            )
            for user in people
            if user != call.actor.user
        ],
    )
