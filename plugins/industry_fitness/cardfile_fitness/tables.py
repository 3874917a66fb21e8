"""The tables of a fitness club."""

from typing import ClassVar

from piccolo.columns import BigInt, Boolean, Date, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar

from cardfile.clients import Client
from cardfile.database import IndexSpec, Record

__all__ = ["Freeze", "Membership", "Plan", "Visit"]


class Plan(Record, tablename="fitness_plan"):
    """A membership that the club sells: for how long, for how many visits, at what price."""

    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    duration_days = Integer(null=False, default=None)
    visits = Integer(null=True, default=None)
    freeze_days = Integer(null=False, default=0)
    price = BigInt(null=True, default=None)
    price_currency = Varchar(length=3, null=True, default=None)
    on_sale = Boolean(null=False, default=True)


class Membership(Record, tablename="fitness_membership"):
    """A membership of one client, from its sale to its end."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    plan = ForeignKey(Plan, null=False, on_delete=OnDelete.restrict)
    starts_on = Date(null=False, default=None)
    ends_on = Date(null=False, default=None)
    activated_on = Date(null=True, default=None)
    status = Text(null=False, default="waiting")
    visits_left = Integer(null=True, default=None)
    price = BigInt(null=True, default=None)
    price_currency = Varchar(length=3, null=True, default=None)
    previous: ForeignKey["Membership"] = ForeignKey(
        "self", null=True, default=None, on_delete=OnDelete.restrict
    )

    keys: ClassVar = (
        IndexSpec(columns=("client", "starts_on", "id")),
        IndexSpec(columns=("status", "ends_on", "id"), living=True),
    )


class Freeze(Record, tablename="fitness_freeze"):
    """A pause of a membership, by which it ends later."""

    membership = ForeignKey(Membership, null=False, on_delete=OnDelete.restrict)
    starts_on = Date(null=False, default=None)
    ends_on = Date(null=False, default=None)
    reason = Text(null=True, default=None)

    keys: ClassVar = (IndexSpec(columns=("membership",)),)


class Visit(Record, tablename="fitness_visit"):
    """One entry to the club, from the turnstile, by hand or imported."""

    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    membership = ForeignKey(Membership, null=True, default=None, on_delete=OnDelete.restrict)
    entered_at = Timestamptz(null=False, default=None)
    left_at = Timestamptz(null=True, default=None)
    via = Text(null=False, default="manual")
    # The turnstile's own number: an event that it repeats changes nothing.
    external_id = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("client", "entered_at", "id")),
        IndexSpec(columns=("entered_at", "id"), living=True),
        IndexSpec(columns=("external_id",), unique=True, living=True),
    )
