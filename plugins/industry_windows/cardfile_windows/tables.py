"""The tables of a window company."""

from typing import ClassVar

from piccolo.columns import BigInt, Boolean, Date, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar

from cardfile.access.file_table import File
from cardfile.access.tables import User
from cardfile.database import IndexSpec
from cardfile.database.tables import Record
from cardfile.deals import Deal, Product

__all__ = [
    "Crew",
    "CrewMember",
    "Estimate",
    "EstimateLine",
    "Installation",
    "Installer",
    "Measurement",
    "Opening",
    "WarrantyClaim",
]


class Measurement(Record, tablename="windows_measurement"):
    """A visit to the object to take the dimensions."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    measurer = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    starts_at = Timestamptz(null=True, default=None)
    minutes = Integer(null=False, default=60)
    status = Text(null=False, default="planned")
    contact_name = Text(null=True, default=None)
    contact_phone = Text(null=True, default=None)
    sheet = ForeignKey(File, null=True, default=None, on_delete=OnDelete.restrict)
    measured_at = Timestamptz(null=True, default=None)
    note = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("deal", "id")),
        IndexSpec(columns=("measurer", "starts_at", "id")),
        IndexSpec(columns=("sheet",)),
    )


class Opening(Record, tablename="windows_opening"):
    """A hole in a wall, with what is to stand in it."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    room = Text(null=True, default=None)
    kind = Text(null=False, default="window")
    width = Integer(null=False, default=None)
    height = Integer(null=False, default=None)
    quantity = Integer(null=False, default=1)
    product = ForeignKey(Product, null=True, default=None, on_delete=OnDelete.restrict)
    note = Text(null=True, default=None)

    keys: ClassVar = (IndexSpec(columns=("deal", "id")), IndexSpec(columns=("product",)))


class Estimate(Record, tablename="windows_estimate"):
    """What an order costs, in one revision."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    revision = Integer(null=False, default=1)
    status = Text(null=False, default="draft")
    previous: ForeignKey["Estimate"] = ForeignKey(
        "self", null=True, default=None, on_delete=OnDelete.restrict
    )
    total = BigInt(null=True, default=None)
    total_currency = Varchar(length=3, null=True, default=None)
    valid_until = Date(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    note = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("deal", "revision"), unique=True, living=True),
        IndexSpec(columns=("previous",)),
    )


class EstimateLine(Record, tablename="windows_estimate_line"):
    """One line of an estimate."""

    estimate = ForeignKey(Estimate, null=False, on_delete=OnDelete.restrict)
    opening = ForeignKey(Opening, null=True, default=None, on_delete=OnDelete.restrict)
    product = ForeignKey(Product, null=True, default=None, on_delete=OnDelete.restrict)
    name = Text(null=False, default=None)
    unit = Text(null=True, default=None)
    quantity = BigInt(null=False, default=1_000)
    price = BigInt(null=False, default=None)
    price_currency = Varchar(length=3, null=False, default=None)
    discount = BigInt(null=True, default=None)
    vat = BigInt(null=True, default=None)
    amount = BigInt(null=False, default=None)
    amount_currency = Varchar(length=3, null=False, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (
        IndexSpec(columns=("estimate", "position", "id")),
        IndexSpec(columns=("opening",)),
        IndexSpec(columns=("product",)),
    )


class Crew(Record, tablename="windows_crew"):
    """People who install together."""

    name = Text(null=False, default=None)
    foreman = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    phone = Text(null=True, default=None)
    is_active = Boolean(null=False, default=True)

    keys: ClassVar = (IndexSpec(columns=("name",), unique=True, living=True), IndexSpec(columns=("foreman",)))


class CrewMember(Record, tablename="windows_crew_member"):
    """Somebody of a crew."""

    crew = ForeignKey(Crew, null=False, on_delete=OnDelete.restrict)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)

    keys: ClassVar = (
        IndexSpec(columns=("crew", "user"), unique=True, living=True),
        IndexSpec(columns=("user",)),
    )


class Installation(Record, tablename="windows_installation"):
    """The work at the object, from its planning to the signed act."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    crew = ForeignKey(Crew, null=True, default=None, on_delete=OnDelete.restrict)
    foreman = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    starts_at = Timestamptz(null=True, default=None)
    finish_by = Timestamptz(null=True, default=None)
    status = Text(null=False, default="planned")
    contact_name = Text(null=True, default=None)
    contact_phone = Text(null=True, default=None)
    sheet = ForeignKey(File, null=True, default=None, on_delete=OnDelete.restrict)
    finished_at = Timestamptz(null=True, default=None)
    act = ForeignKey(File, null=True, default=None, on_delete=OnDelete.restrict)
    note = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("deal", "id")),
        IndexSpec(columns=("crew", "starts_at", "id")),
        IndexSpec(columns=("foreman", "starts_at", "id")),
        IndexSpec(columns=("sheet",)),
        IndexSpec(columns=("act",)),
    )


class Installer(Record, tablename="windows_installer"):
    """Somebody who works at an installation, whatever crew he is in later."""

    installation = ForeignKey(Installation, null=False, on_delete=OnDelete.restrict)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)

    keys: ClassVar = (
        IndexSpec(columns=("installation", "user"), unique=True, living=True),
        IndexSpec(columns=("user", "installation"), living=True),
    )


class WarrantyClaim(Record, tablename="windows_warranty_claim"):
    """Something that does not work as it was promised."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    opening = ForeignKey(Opening, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Text(null=False, default="adjustment")
    complaint = Text(null=False, default=None)
    status = Text(null=False, default="new")
    responsible = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    contact_name = Text(null=True, default=None)
    contact_phone = Text(null=True, default=None)
    reported_at = Timestamptz(null=False, default=None)
    solve_by = Timestamptz(null=True, default=None)
    solved_at = Timestamptz(null=True, default=None)
    solution = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("deal", "id")),
        IndexSpec(columns=("status", "solve_by", "id"), living=True),
        IndexSpec(columns=("opening",)),
        IndexSpec(columns=("responsible", "id")),
    )
