"""How the tables of deals came to be."""

from typing import Final

from cardfile.database.steps import CreateTable, CreateView, Migration
from cardfile.deals.tables import (
    Attachment,
    Deal,
    DealApproval,
    DealGoal,
    DealLine,
    DealParticipant,
    LostReason,
    Price,
    Product,
    StageChange,
)

__all__ = ["MIGRATIONS"]

_TABLES: Final = (
    Product,
    Price,
    LostReason,
    Deal,
    DealLine,
    DealParticipant,
    DealGoal,
    DealApproval,
    StageChange,
    Attachment,
)

# Goals are numbered within a deal, deals from here on: a row of a view needs an id of its own.
_APART: Final = 1 << 20

_OPEN_GOALS: Final = f"""
select d.id * {_APART} + g.id as id, d.id as deal, g.id as goal, g.key as key, g.label as label,
    g.outcome as outcome, g.position as position
from deal d join goal g on g.stage = d.stage
where g.archived_at is null and not exists (
    select 1 from deal_goal r
    where r.deal = d.id and r.goal = g.id and r.reached_at >= d.stage_since and r.archived_at is null
        and g.outcome <> 'postpone')
"""

MIGRATIONS: Final = (
    Migration(
        "0001_deals",
        (
            *(CreateTable(table) for table in _TABLES),
            CreateView("deal_open_goal", _OPEN_GOALS),
        ),
    ),
)
"""The migrations of deals, first to last; they refer to the tables of access, clients and pipelines."""
