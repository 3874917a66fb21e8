"""How the tables of deals came to be."""

from typing import Final

from cardfile.database.columns import IndexSpec
from cardfile.database.steps import AddColumn, AddIndex, CreateTable, CreateView, Migration
from cardfile.database.tables import table_spec
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
from cardfile.timeline.tables import Interaction

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

# The same for PostgreSQL, where a board asks for the goals of one deal after the other. A stage that is compared for
# equality would have it make a hash table for each; and the goals that were reached are looked up only where it counts.
_OPEN_GOALS_ONE_BY_ONE: Final = f"""
select d.id * {_APART} + g.id as id, d.id as deal, g.id as goal, g.key as key, g.label as label,
    g.outcome as outcome, g.position as position
from deal d join goal g on g.stage between d.stage and d.stage
where g.archived_at is null and (g.outcome = 'postpone' or not exists (
    select 1 from deal_goal r
    where r.deal = d.id and r.goal = g.id and r.reached_at >= d.stage_since and r.archived_at is null))
"""

# Interactions are numbered from here on, events by their own ids: see the timeline of clients.
_LATE: Final = 1 << 52

_TIMELINE: Final = {
    "deal_timeline_of_interactions": f"""
select i.id + {_LATE} as id, i.deal as deal, i.at as at, i.kind as kind, i.direction as direction,
    i.subject as title, i.text as text, i."user" as actor, i.id as interaction, cast(null as text) as event
from interaction i where i.archived_at is null and i.deal is not null
""",
    "deal_timeline_of_events": """
select e.id as id, e.record as deal, e.at as at, 'event' as kind, cast(null as text) as direction,
    cast(null as text) as title, cast(null as text) as text, e.actor as actor,
    cast(null as bigint) as interaction, e.name as event
from event e where e.entity = 'deal'
""",
}

MIGRATIONS: Final = (
    Migration(
        "0001_deals",
        (
            *(CreateTable(table) for table in _TABLES),
            CreateView("deal_open_goal", _OPEN_GOALS),
        ),
    ),
    Migration(
        "0002_timeline",
        (
            AddColumn("interaction", table_spec(Interaction).column("deal")),
            AddIndex("interaction", IndexSpec(columns=("deal", "at", "id"))),
            *(CreateView(name, select) for name, select in _TIMELINE.items()),
            CreateView(
                "deal_timeline_entry", " union all ".join(f"select * from {name}" for name in _TIMELINE)
            ),
        ),
    ),
    Migration(
        "0003_open_goals", (CreateView("deal_open_goal", _OPEN_GOALS, postgres=_OPEN_GOALS_ONE_BY_ONE),)
    ),
)
"""The migrations of deals, first to last; they refer to the tables of access, clients and pipelines."""
