"""How the tables of clients and of their history came to be."""

from cardfile.clients.tables import (
    Attribution,
    Client,
    ClientStanding,
    ClientTag,
    ContactPoint,
    CustomField,
    CustomValue,
    Segment,
    Tag,
)
from cardfile.database.columns import ColumnSpec, ColumnType, IndexSpec, TableSpec
from cardfile.database.steps import CreateTable, CreateView, Migration, RunSQL

__all__ = ["MIGRATIONS"]

# What a client's card keeps in rows of its own is told by the client's events already.
_TOLD = "e.entity not in ('interaction', 'client_standing', 'contact_point', 'client_tag')"
_EVENT = """e.at as at, 'event' as kind, cast(null as text) as direction, cast(null as text) as title,
    cast(null as text) as text, e.actor as actor, cast(null as bigint) as interaction, e.name as event"""

# Interactions are numbered from here on, events by their own ids, so that either is found by an index.
_APART = 1 << 52

# The events of a client who was merged into another stand with that one, and with himself again once the
# merge is undone. Each part is a view of its own: see `Entity.united`.
_PARTS = {
    "timeline_of_interactions": f"""
select i.id + {_APART} as id, i.client as client, i.at as at, i.kind as kind, i.direction as direction,
    i.subject as title, i.text as text, i."user" as actor, i.id as interaction, cast(null as text) as event
from interaction i where i.archived_at is null
""",
    "timeline_of_events": f"""
select e.id as id, e.client as client, {_EVENT} from event e join client c on c.id = e.client
where c.merged_into is null and {_TOLD}
""",
    "timeline_of_merged": f"""
select e.id as id, c.merged_into as client, {_EVENT} from event e join client c on c.id = e.client
where c.merged_into is not null and {_TOLD}
""",
}

# Of which entity an event tells, for there are readers who may read nothing of it.
_PARTS_ABOUT = {
    name: select.replace("as event", f"as event, {entity} as entity")
    for (name, select), entity in zip(
        _PARTS.items(), ("cast(null as text)", "e.entity", "e.entity"), strict=True
    )
}

# What hangs on a deal is told by the deal's own events.
_TOLD_BY_DEALS = "'stage_change', 'deal_goal', 'deal_approval', 'deal_participant', 'attachment'"
_PARTS_WITH_DEALS = {
    name: select.replace("'client_tag')", f"'client_tag', {_TOLD_BY_DEALS})")
    for name, select in _PARTS_ABOUT.items()
}

# As the table was before deals, which are made later and add their column themselves.
_INTERACTION = TableSpec(
    name="interaction",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="created_at", type=ColumnType.INSTANT),
        ColumnSpec(name="created_by", type=ColumnType.BIGINT, null=True),
        ColumnSpec(name="updated_at", type=ColumnType.INSTANT),
        ColumnSpec(name="updated_by", type=ColumnType.BIGINT, null=True),
        ColumnSpec(name="version", type=ColumnType.INTEGER, default=1),
        ColumnSpec(name="archived_at", type=ColumnType.INSTANT, null=True),
        ColumnSpec(name="client", type=ColumnType.ID, references="client", on_delete="restrict"),
        ColumnSpec(name="kind", type=ColumnType.TEXT),
        ColumnSpec(name="direction", type=ColumnType.TEXT, null=True),
        ColumnSpec(
            name="user", type=ColumnType.ID, null=True, references="user_account", on_delete="restrict"
        ),
        ColumnSpec(name="at", type=ColumnType.INSTANT),
        ColumnSpec(name="duration_seconds", type=ColumnType.INTEGER, null=True),
        ColumnSpec(name="subject", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="text", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="channel", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="external_id", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="state", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="is_contact", type=ColumnType.BOOLEAN, default=False),
    ),
    indexes=(
        IndexSpec(columns=("client", "at", "id")),
        IndexSpec(columns=("user", "at"), living=True),
        IndexSpec(columns=("at", "id"), living=True),
        IndexSpec(columns=("channel", "external_id"), unique=True, living=True),
    ),
)

MIGRATIONS = (
    Migration(
        "0001_clients",
        tuple(
            CreateTable(table)
            for table in (
                Client,
                ContactPoint,
                ClientStanding,
                Attribution,
                Tag,
                ClientTag,
                Segment,
                _INTERACTION,
            )
        ),
    ),
    Migration(
        "0002_timeline",
        (
            *(CreateView(name, select) for name, select in _PARTS.items()),
            CreateView("timeline_entry", " union all ".join(f"select * from {name}" for name in _PARTS)),
            RunSQL(
                sqlite=f"create index interaction_timeline_idx on interaction (id + {_APART})",
                postgres=f"create index interaction_timeline_idx on interaction ((id + {_APART}))",
            ),
        ),
    ),
    Migration(
        "0003_timeline_about",
        (
            RunSQL(sqlite="drop view timeline_entry", postgres="drop view timeline_entry"),
            *(CreateView(name, select) for name, select in _PARTS_ABOUT.items()),
            CreateView(
                "timeline_entry", " union all ".join(f"select * from {name}" for name in _PARTS_ABOUT)
            ),
        ),
    ),
    Migration(
        "0004_timeline_with_deals",
        (
            RunSQL(sqlite="drop view timeline_entry", postgres="drop view timeline_entry"),
            *(CreateView(name, select) for name, select in _PARTS_WITH_DEALS.items()),
            CreateView(
                "timeline_entry", " union all ".join(f"select * from {name}" for name in _PARTS_WITH_DEALS)
            ),
        ),
    ),
    Migration("0005_custom_fields", (CreateTable(CustomField), CreateTable(CustomValue))),
)
"""The migrations of clients and timeline, in their order; they refer to the tables of access and journal."""
