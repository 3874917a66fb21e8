"""Deals: what clients may buy, on its way through the stages of a pipeline."""

from cardfile.deals.choices import Cause, Result
from cardfile.deals.entities import ENTITIES, deals
from cardfile.deals.grants import GRANTS
from cardfile.deals.migrations import MIGRATIONS
from cardfile.deals.tables import (
    Attachment,
    Deal,
    DealApproval,
    DealGoal,
    DealLine,
    DealParticipant,
    LostReason,
    OpenGoal,
    Price,
    Product,
    StageChange,
)

__all__ = [
    "ENTITIES",
    "GRANTS",
    "MIGRATIONS",
    "Attachment",
    "Cause",
    "Deal",
    "DealApproval",
    "DealGoal",
    "DealLine",
    "DealParticipant",
    "LostReason",
    "OpenGoal",
    "Price",
    "Product",
    "Result",
    "StageChange",
    "deals",
]
