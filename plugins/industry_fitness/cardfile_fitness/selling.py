"""Memberships: sold, frozen, taken up again, cancelled, over."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from cardfile.clients import Client, Standing
from cardfile.errors import InvalidInput, Refused
from cardfile.journal import Call, command
from cardfile.values.money import Money
from cardfile_fitness.entities import Status
from cardfile_fitness.settings import club_day
from cardfile_fitness.tables import Freeze, Membership, Plan

__all__ = ["cancel", "freeze", "keep_up", "sell", "unfreeze"]

LIVE = (Status.WAITING, Status.ACTIVE, Status.FROZEN)
MOST_AT_ONCE = 10_000


@command(
    "membership.sell",
    label={"en": "Sell a membership", "ru": "Продать абонемент"},
    done={"en": "sold", "ru": "продажа"},
)
async def sell(
    call: Call,
    client: Annotated[Client, "Who buys it."],
    plan: Annotated[Plan, "What is bought."],
    *,
    starts_on: Annotated[date | None, "The first day; today when it is left out."] = None,
    price: Annotated[Decimal | None, "The price; the plan's when it is left out."] = None,
) -> Membership:
    """Sell a plan to a client: it begins when the one that he has ends, else today, unless `starts_on` says.

    The price is the plan's unless another one was agreed on. Who buys becomes an active client, who buys
    again a permanent one. A plan for a number of visits waits for the first of them.
    """
    if not plan.on_sale or (await call.values(plan))["archived_at"]:
        raise Refused("{name} is not on sale any more.", name=call.told(plan, "name"), path=("planId",))
    today = club_day(call)
    # Two tills sell one after the other, so that each sees what the other has sold.
    await call.get(Client, client.id, lock=True)
    previous = await _latest(call, client)
    begins = starts_on or (max(today, previous.ends_on + timedelta(days=1)) if previous else today)
    if previous and previous.status in LIVE and begins <= previous.ends_on:
        raise Refused(
            "{name} has a membership until {day}: let the new one start after that.",
            name=call.told(client, "name"),
            day=previous.ends_on.isoformat(),
            path=("startsOn",),
        )
    sold = await call.create(
        Membership,
        {
            "client": client.id,
            "plan": plan.id,
            "starts_on": begins,
            "ends_on": begins + timedelta(days=plan.duration_days - 1),
            "status": Status.WAITING.value,
            "visits_left": plan.visits,
            "price": await _price(call, plan, price),
            "previous": previous.id if previous else None,
        },
    )
    standing = Standing.PERMANENT if previous else Standing.ACTIVE
    if client.standing not in (Standing.PERMANENT, standing):
        await call.write(client, standing=standing.value)
    return sold


@command(
    "membership.freeze", label={"en": "Freeze", "ru": "Заморозить"}, done={"en": "frozen", "ru": "заморозка"}
)
async def freeze(
    call: Call,
    membership: Membership,
    *,
    first: Annotated[date, "The first day of the freeze."],
    last: Annotated[date, "The last day of the freeze."],
    reason: Annotated[str | None, "Why."] = None,
) -> Freeze:
    """Pause a membership from `first` to `last`: it ends as many days later as the freeze has.

    Raises `Refused` when the plan does not allow so many days, or when it is paused then already.
    """
    days = (last - first).days + 1
    if days < 1:
        raise InvalidInput("The last day comes after the first.", path=("last",))
    if membership.status not in LIVE:
        raise Refused("This membership is over, so it cannot be frozen.")
    if first < club_day(call) or not membership.starts_on <= first <= membership.ends_on:
        raise Refused("A freeze begins today or later, within the membership.", path=("first",))
    freezes = await _freezes(call, membership)
    if any(one.starts_on <= last and first <= one.ends_on for one in freezes):
        raise Refused("The membership is frozen at that time already.", path=("first",))
    plan = await call.get(Plan, membership.plan)
    left = plan.freeze_days - sum((one.ends_on - one.starts_on).days + 1 for one in freezes)
    if days > left:
        raise Refused(
            "This membership can be frozen for {left} more days, not for {days}.", left=left, days=days
        )
    made = await call.create(
        Freeze, {"membership": membership.id, "starts_on": first, "ends_on": last, "reason": reason}
    )
    changes: dict[str, object] = {"ends_on": membership.ends_on + timedelta(days=days)}
    if first == club_day(call):
        changes["status"] = Status.FROZEN.value
    await call.write(membership, **changes)
    return made


@command(
    "membership.unfreeze",
    label={"en": "End the freeze", "ru": "Разморозить"},
    done={"en": "freeze ended", "ru": "разморозка"},
    action="freeze",
)
async def unfreeze(call: Call, membership: Membership) -> Membership:
    """Take a frozen membership up again today; the days of the freeze that are left do not count."""
    today = club_day(call)
    current = [one for one in await _freezes(call, membership) if one.starts_on <= today <= one.ends_on]
    if not current:
        raise Refused("This membership is not frozen today.")
    for one in current:
        unused = (one.ends_on - today).days + 1
        if one.starts_on == today:
            await call.archive(one)
        else:
            await call.write(one, ends_on=today - timedelta(days=1))
        membership = await call.write(
            membership,
            ends_on=membership.ends_on - timedelta(days=unused),
            status=(Status.ACTIVE if membership.activated_on else Status.WAITING).value,
        )
    return membership


@command(
    "membership.cancel",
    label={"en": "Cancel", "ru": "Расторгнуть"},
    done={"en": "cancelled", "ru": "расторжение"},
    event="membership.cancelled",
)
async def cancel(call: Call, membership: Membership, *, reason: Annotated[str, "Why."]) -> Membership:
    """End a membership before its time; the reason is kept in the history."""
    if membership.status not in LIVE:
        raise Refused("This membership is over already.")
    changed = await call.write(
        membership, status=Status.CANCELLED.value, ends_on=min(membership.ends_on, club_day(call))
    )
    call.record("fitness.membership.cancelled", changed, reason=reason)
    return changed


@command(
    "membership.keep_up",
    label={"en": "Bring memberships up to date", "ru": "Обновить состояние абонементов"},
    owner_only=True,
)
async def keep_up(call: Call) -> None:
    """Let every membership be in what the calendar says: frozen, taken up again, or ended.

    At most ten thousand are changed at once; the next run takes the rest.
    """
    today = club_day(call)
    paused = {"freezes": {"some": {"starts_on": {"lte": today}, "ends_on": {"gte": today}}}}
    over = {"ends_on": {"lt": today}}
    changes: dict[int, dict[str, object]] = {}
    for wanted, status in (
        ({"status": {"in": [one.value for one in LIVE]}, **over}, Status.ENDED),
        ({"status": {"eq": Status.ACTIVE.value}, **paused}, Status.FROZEN),
        ({"status": {"eq": Status.FROZEN.value}, "not": {"or": [paused, over]}}, Status.ACTIVE),
    ):
        for one in await call.find(Membership, filter=wanted, order=("id",), limit=MOST_AT_ONCE):
            changes.setdefault(one.id, {"status": status.value})
    if changes:
        await call.bulk_write(Membership, changes)


async def _latest(call: Call, client: Client) -> Membership | None:
    wanted = {"client": {"id": {"eq": client.id}}, "status": {"notIn": [Status.CANCELLED.value]}}
    found = await call.find(Membership, filter=wanted, order=("-ends_on", "-id"), limit=1)
    return found[0] if found else None


async def _freezes(call: Call, membership: Membership) -> list[Freeze]:
    wanted = {"membership": {"id": {"eq": membership.id}}}
    return await call.find(Freeze, filter=wanted, order=("starts_on",), limit=100)


async def _price(call: Call, plan: Plan, agreed: Decimal | None) -> object:
    """Return the price that was agreed on in the plan's currency, else the plan's."""
    usual = (await call.values(plan))["price"]
    if agreed is None:
        return usual
    return {
        "amount": agreed,
        "currency": usual.currency if isinstance(usual, Money) else call.settings.currency,
    }
