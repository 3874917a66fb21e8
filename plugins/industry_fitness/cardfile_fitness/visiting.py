"""Coming and going: what the reception and the turnstile do."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from cardfile.clients import Client
from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, command
from cardfile_fitness.entities import Status, Via
from cardfile_fitness.settings import club_day, club_settings
from cardfile_fitness.tables import Membership, Visit

__all__ = ["check_in", "check_out"]


@command(
    "visit.check_in",
    label={"en": "Check in", "ru": "Отметить приход"},
    done={"en": "came in", "ru": "приход"},
)
async def check_in(
    call: Call,
    client: Annotated[Client, "Who comes in."],
    *,
    at: Annotated[datetime | None, "When; now when it is left out."] = None,
    via: Annotated[Via, "How it was noticed."] = Via.MANUAL,
    external_id: Annotated[
        str | None, "The turnstile's own number: what was told before changes nothing."
    ] = None,
    as_guest: Annotated[bool, "Whether to let in without a membership."] = False,
) -> Visit:
    """Note that a client came in, on his membership, of which a counted visit is taken.

    The first visit activates a membership that waits for it. An event that the turnstile repeats returns the
    visit that is known. Raises `Refused` for a second entry within minutes, and for somebody without a valid
    membership who does not come as a guest.
    """
    moment = at or call.now
    if moment > call.now:
        raise InvalidInput("A visit cannot be in the future.", path=("at",))
    if external_id and (known := await _known(call, external_id)):
        return known
    await _refuse_second_entry(call, client, moment)
    membership = None if as_guest else await _use_membership(call, client, moment)
    return await call.create(
        Visit,
        {
            "client": client.id,
            "membership": membership.id if membership else None,
            "entered_at": moment,
            "via": via.value,
            "external_id": external_id or None,
        },
    )


@command(
    "visit.check_out",
    label={"en": "Check out", "ru": "Отметить уход"},
    done={"en": "went out", "ru": "уход"},
    action="check_in",
)
async def check_out(
    call: Call, visit: Visit, *, at: Annotated[datetime | None, "When; now when it is left out."] = None
) -> Visit:
    """Note that somebody who is in left."""
    moment = at or call.now
    if (await call.values(visit))["left_at"]:
        raise Refused("This visit has ended already.")
    if moment < visit.entered_at or moment > call.now:
        raise InvalidInput("One leaves after coming in, and not in the future.", path=("at",))
    return await call.write(visit, left_at=moment)


async def _known(call: Call, external_id: str) -> Visit | None:
    found = await call.find(Visit, filter={"external_id": {"eq": external_id}}, limit=1)
    return found[0] if found else None


async def _refuse_second_entry(call: Call, client: Client, moment: datetime) -> None:
    gap = timedelta(minutes=club_settings(call).second_entry_minutes)
    wanted = {
        "client": {"id": {"eq": client.id}},
        "entered_at": {"gt": moment - gap, "lt": moment + gap},
    }
    found = await call.find(Visit, filter=wanted, order=("-entered_at",), limit=1)
    if found:
        entered = found[0].entered_at.astimezone(ZoneInfo(call.settings.zone))
        raise Refused(
            "{name} came in at {time} already.",
            name=call.told(client, "name"),
            time=entered.strftime("%H:%M"),
        )


async def _use_membership(call: Call, client: Client, moment: datetime) -> Membership:
    """Return the membership on which the client comes in, one visit taken from it."""
    day = club_day(call, moment)
    wanted = {
        "client": {"id": {"eq": client.id}},
        "status": {"in": [Status.ACTIVE.value, Status.WAITING.value, Status.FROZEN.value]},
        "starts_on": {"lte": day},
        "ends_on": {"gte": day},
    }
    found = await call.find(Membership, filter=wanted, order=("ends_on", "id"), limit=20)
    usable = [one for one in found if one.status != Status.FROZEN]
    if not usable and found:
        raise Refused(
            "The membership of {name} is frozen: end the freeze first.", name=call.told(client, "name")
        )
    if not usable:
        raise Refused(
            "{name} has no membership for {day}: sell one, or let him in as a guest.",
            name=call.told(client, "name"),
            day=day.isoformat(),
        )
    # One in use comes before one that waits for its first visit.
    membership = min(usable, key=lambda one: one.status != Status.ACTIVE)
    changes: dict[str, object] = {}
    if membership.status == Status.WAITING:
        length = membership.ends_on - membership.starts_on
        changes |= {
            "status": Status.ACTIVE.value,
            "activated_on": day,
            "starts_on": day,
            "ends_on": day + length,
        }
    if membership.visits_left is not None:
        changes["visits_left"] = membership.visits_left - 1
        if membership.visits_left <= 1:
            changes["status"] = Status.USED_UP.value
    return await call.write(membership, **changes) if changes else membership
