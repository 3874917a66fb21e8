"""Stays of deals in stages: what a stage makes of a deal, and the rows that remember where it has been."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from cardfile.access.guards import access_of
from cardfile.calendars import calendar_book, working_between
from cardfile.deals.choices import Result
from cardfile.deals.moves import Move
from cardfile.deals.rows import ALL, id_of, of_deals, rows_of
from cardfile.deals.tables import StageChange
from cardfile.journal.calls import Call
from cardfile.journal.commands import Values
from cardfile.pipelines.book import StageSpec

__all__ = ["close_stays", "entering", "marks", "open_stays", "stage_values", "stays_of"]

TICK: Final = timedelta(microseconds=1)

MOST: Final = 100_000
"""How many stays are ended at once."""

CLOSED: Final = ("closed_at", "lost_reason", "lost_note")
"""What is said of a deal only as long as it is closed."""


def entering(now: datetime, since: datetime | None) -> datetime:
    """Return when a stay begins that follows one which began at `since`: later than that, whatever the clock says."""
    return now if since is None or now > since else since + TICK


def stage_values(stage: StageSpec, since: datetime) -> dict[str, object]:
    """Return what a deal is when it has come into a stage at `since`."""
    values: dict[str, object] = {
        "stage": stage.id,
        "pipeline": stage.pipeline,
        "stage_since": since,
        "wake_at": None,
        "result": Result(stage.outcome.value).value,
        **marks(stage, since),
    }
    if stage.probability is not None:
        values["probability"] = stage.probability
    return values | ({"closed_at": since} if not stage.is_open else dict.fromkeys(CLOSED))


def marks(stage: StageSpec, since: datetime) -> dict[str, object]:
    """Return from when on a deal is over the norm of its stage, and from when on rotten, if it moves no more."""
    spans = {"stuck_at": stage.expected_days, "rots_at": stage.rots_after}
    return {
        path: since + timedelta(days=days) if days is not None and stage.is_open else None
        for path, days in spans.items()
    }


async def stays_of(call: Call, deals: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return the stay that each deal is in, by deal."""
    paths = ("deal", "stage", "entered_at", "owner")
    rows = await rows_of(call, StageChange, where=of_deals(deals, left_at={"isNull": True}), paths=paths)
    return {row["deal"]: row for row in rows}


async def close_stays(call: Call, moves: Sequence[Move]) -> None:
    """Write down when deals left the stages where they were, and how much working time they were there."""
    book, zone = await calendar_book(access_of(call)), call.settings.zone
    wanted = of_deals([one.deal for one in moves], left_at={"isNull": True})
    stays = await call.find(StageChange, filter=wanted, limit=MOST, rights=ALL, lock=call.writes)
    owners = {one.deal: one.owner for one in moves}
    changes: dict[int, Mapping[str, object]] = {}
    for stay in stays:
        left = entering(call.now, stay.entered_at)
        calendar = book.of_user(owners[id_of(stay.deal)], now=call.now, zone=zone)
        worked = working_between(calendar, stay.entered_at, left)
        changes[stay.id] = Values(left_at=left, working_seconds=int(worked.total_seconds()))
    if changes:
        await call.bulk_write(StageChange, changes, rights=ALL, ask=False)


async def open_stays(call: Call, moves: Sequence[Move], since: Mapping[int, datetime]) -> None:
    """Write down when deals came into the stages where they are now, and why."""
    await call.bulk_create(
        StageChange,
        [
            Values(
                deal=move.deal,
                was=move.was.id if move.was is not None else None,
                stage=move.to.id,
                entered_at=since[move.deal],
                cause=move.cause.value,
                owner=move.owner,
                goal=move.goal.id if move.goal is not None else None,
            )
            for move in moves
        ],
    )
