"""The tables of deals, of what is sold in them, and of the way that they have gone."""

from typing import ClassVar

from piccolo.columns import BigInt, Boolean, Date, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar

from cardfile.access.file_table import File
from cardfile.access.tables import Team, User
from cardfile.clients.tables import Client
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record, Stored
from cardfile.pipelines.tables import Goal, Pipeline, Stage
from cardfile.timeline.tables import Interaction

__all__ = [
    "Attachment",
    "Deal",
    "DealApproval",
    "DealGoal",
    "DealLine",
    "DealParticipant",
    "DealTimelineEntry",
    "LostReason",
    "OpenGoal",
    "Price",
    "Product",
    "StageChange",
]


class Product(Record, tablename="product"):
    """Something that is sold, as it stands in the catalogue."""

    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    code = Text(null=True, default=None)
    unit = Text(null=True, default=None)
    category = Text(null=True, default=None)
    price = BigInt(null=True, default=None)
    price_currency = Varchar(length=3, null=True, default=None)
    vat = BigInt(null=True, default=None)
    on_sale = Boolean(null=False, default=True)
    search_text = Text(null=False, default="")

    keys: ClassVar = (
        IndexSpec(columns=("sort_name", "id"), living=True),
        IndexSpec(columns=("code",), unique=True, living=True),
    )


class Price(Record, tablename="price"):
    """What a product costs by a price list, from a day on."""

    product = ForeignKey(Product, null=False, on_delete=OnDelete.restrict)
    price_list = Text(null=False, default="")
    amount = BigInt(null=False, default=None)
    amount_currency = Varchar(length=3, null=False, default=None)
    valid_from = Date(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(
            columns=("product", "price_list", "amount_currency", "valid_from"), unique=True, living=True
        ),
    )


class LostReason(Record, tablename="lost_reason"):
    """Why a deal may be lost; the company's own list."""

    name = Text(null=False, default=None)
    sort_name = Text(null=False, default="")
    position = Integer(null=False, default=100)

    keys: ClassVar = (IndexSpec(columns=("sort_name",), unique=True, living=True),)


class Deal(Record, tablename="deal"):
    """Something that a client may buy, on its way through the stages of a pipeline."""

    title = Text(null=False, default=None)
    sort_title = Text(null=False, default="")
    client = ForeignKey(Client, null=False, on_delete=OnDelete.restrict)
    contact = ForeignKey(Client, null=True, default=None, on_delete=OnDelete.restrict)
    pipeline = ForeignKey(Pipeline, null=False, on_delete=OnDelete.restrict)
    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    stage_since = Timestamptz(null=False, default=None)
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    team = ForeignKey(Team, null=True, default=None, on_delete=OnDelete.restrict)
    amount = BigInt(null=True, default=None)
    amount_currency = Varchar(length=3, null=True, default=None)
    amount_by_hand = Boolean(null=False, default=False)
    probability = Integer(null=True, default=None)
    expected_close = Date(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    result = Text(null=False, default="open")
    lost_reason = ForeignKey(LostReason, null=True, default=None, on_delete=OnDelete.restrict)
    lost_note = Text(null=True, default=None)
    source = Text(null=True, default=None)
    comment = Text(null=True, default=None)
    wake_at = Timestamptz(null=True, default=None)
    stuck_at = Timestamptz(null=True, default=None)
    rots_at = Timestamptz(null=True, default=None)
    external_id = Text(null=True, default=None)
    search_text = Text(null=False, default="")

    keys: ClassVar = (
        IndexSpec(columns=("stage", "stage_since", "id"), living=True),
        IndexSpec(columns=("owner", "result", "stage_since", "id"), living=True),
        IndexSpec(columns=("client", "id")),
        IndexSpec(columns=("contact",)),
        IndexSpec(columns=("created_at", "id"), living=True),
        IndexSpec(columns=("result", "closed_at", "id"), living=True),
        IndexSpec(columns=("sort_title", "id"), living=True),
        IndexSpec(columns=("wake_at",), living=True),
        IndexSpec(columns=("external_id",), unique=True, living=True),
    )


class DealLine(Record, tablename="deal_line"):
    """One thing that is sold in a deal, so many at such a price."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    product = ForeignKey(Product, null=True, default=None, on_delete=OnDelete.restrict)
    name = Text(null=False, default=None)
    unit = Text(null=True, default=None)
    quantity = BigInt(null=False, default=1_000)
    price_list = Text(null=True, default=None)
    price = BigInt(null=False, default=None)
    price_currency = Varchar(length=3, null=False, default=None)
    discount = BigInt(null=True, default=None)
    vat = BigInt(null=True, default=None)
    amount = BigInt(null=False, default=None)
    amount_currency = Varchar(length=3, null=False, default=None)
    position = Integer(null=False, default=100)

    keys: ClassVar = (IndexSpec(columns=("deal", "position", "id")), IndexSpec(columns=("product",)))


class DealParticipant(Record, tablename="deal_participant"):
    """A colleague who takes part in a deal in some role: who measures, who installs."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    role = Text(null=False, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("deal", "user", "role"), unique=True, living=True),
        IndexSpec(columns=("deal",)),
        IndexSpec(columns=("user", "deal"), living=True),
    )


class DealGoal(Record, tablename="deal_goal"):
    """A goal of a stage that was reached in a deal."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    goal = ForeignKey(Goal, null=False, on_delete=OnDelete.restrict)
    reached_at = Timestamptz(null=False, default=None)
    by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    note = Text(null=True, default=None)

    keys: ClassVar = (IndexSpec(columns=("deal", "goal", "reached_at")), IndexSpec(columns=("goal",)))


class DealApproval(Record, tablename="deal_approval"):
    """Somebody's word that a deal may leave a stage, or enter one."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    role = Text(null=False, default=None)
    by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False, default=None)
    note = Text(null=True, default=None)

    keys: ClassVar = (IndexSpec(columns=("deal", "role", "at")),)


class StageChange(Record, tablename="deal_stage_history"):
    """One stay of a deal in a stage: from where it came, when, why, and how long it stayed.

    `entered_at` is never before the end of the stay before it, whatever the clock says, and two stays never begin
    in one moment: what was done in a stay is told by its time. `working_seconds` is the working time between
    coming and leaving, by the calendar of the owner.
    """

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    was = ForeignKey(Stage, null=True, default=None, on_delete=OnDelete.restrict)
    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.restrict)
    entered_at = Timestamptz(null=False, default=None)
    left_at = Timestamptz(null=True, default=None)
    working_seconds = BigInt(null=True, default=None)
    cause = Text(null=False, default="manual")
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    goal = ForeignKey(Goal, null=True, default=None, on_delete=OnDelete.restrict)

    keys: ClassVar = (
        IndexSpec(columns=("deal", "entered_at", "id")),
        IndexSpec(columns=("stage", "entered_at", "deal")),
    )


class Attachment(Record, tablename="deal_attachment"):
    """A file of a deal, by the kind of what it is: a measurement sheet, a signed act."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    kind = Text(null=False, default="file")
    title = Text(null=True, default=None)
    file = ForeignKey(File, null=False, on_delete=OnDelete.restrict)

    keys: ClassVar = (IndexSpec(columns=("deal", "kind", "id")), IndexSpec(columns=("file",)))


class DealTimelineEntry(Stored, tablename="deal_timeline_entry"):
    """A line of a deal's history: a view over its interactions and its events."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False, default=None)
    kind = Text(null=False, default=None)
    direction = Text(null=True, default=None)
    title = Text(null=True, default=None)
    text = Text(null=True, default=None)
    actor = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    interaction = ForeignKey(Interaction, null=True, default=None, on_delete=OnDelete.restrict)
    event = Text(null=True, default=None)


class OpenGoal(Stored, tablename="deal_open_goal"):
    """A goal of the stage in which a deal stands that it has not reached in this stay: a view."""

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    goal = ForeignKey(Goal, null=False, on_delete=OnDelete.restrict)
    key = Text(null=False, default=None)
    label = Text(null=False, default=None)
    outcome = Text(null=False, default=None)
    position = Integer(null=False, default=0)
