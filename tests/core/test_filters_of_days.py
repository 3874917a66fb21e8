"""Conditions relative to the present: past, today, in so many days, in the reader's own zone."""

import pytest
from tasks_desk import TaskDesk, at

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput
from cardfile.model.kinds import Reading
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING

pytestmark = pytest.mark.anyio

VLADIVOSTOK = "Asia/Vladivostok"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-03-04T20:00")  # the fifth of March in Vladivostok already


@pytest.fixture
def desk(app: App) -> TaskDesk:
    return TaskDesk(app)


async def found(desk: TaskDesk, wanted: object, *, zone: str = "UTC", path: str = "dueAt") -> list[str]:
    rows = await fetch_records(
        desk.app.database,
        desk.app.model,
        desk.app.model["task" if path == "dueAt" else "client"],
        EVERYTHING,
        now=desk.clock.now(),
        filter={path: wanted},
        order=("id",),
        reading=Reading(today=desk.clock.now().date(), zone=zone),
    )
    return [str(row["title"] if path == "dueAt" else row["name"]) for row in rows]


async def test_my_day_is_told_by_three_filters(desk: TaskDesk) -> None:
    dues = {"late": "2026-03-04T19:59", "tonight": "2026-03-04T23:00", "next": "2026-03-05T16:00"}
    for title, due in dues.items():
        await desk.task(title, due_at=at(due).isoformat())
    await desk.task("some day")
    assert await found(desk, {"past": True}) == ["late"]
    assert await found(desk, {"past": False, "today": True}) == ["tonight"]
    assert await found(desk, {"inDays": [1, None]}) == ["next"]
    assert await found(desk, {"past": True}, zone=VLADIVOSTOK) == ["late"]
    assert await found(desk, {"past": False, "today": True}, zone=VLADIVOSTOK) == ["tonight"]
    assert await found(desk, {"inDays": [1, None]}, zone=VLADIVOSTOK) == ["next"]
    assert await found(desk, {"today": False}) == ["next"]
    assert await found(desk, {"today": False}, zone=VLADIVOSTOK) == ["next"]


async def test_days_begin_at_midnight_of_the_reader(desk: TaskDesk) -> None:
    for due in (
        "2026-03-05T13:59",
        "2026-03-05T14:00",
    ):  # the last minute of the fifth there, the first of the sixth
        await desk.task(due[11:], due_at=at(due).isoformat())
    assert await found(desk, {"today": True}, zone=VLADIVOSTOK) == ["13:59"]
    assert await found(desk, {"inDays": [1, 1]}, zone=VLADIVOSTOK) == ["14:00"]
    assert await found(desk, {"inDays": [1, 1]}) == ["13:59", "14:00"]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"inDays": [0, 2]}, ["today", "soon"]),
        ({"inDays": [None, -1]}, ["long ago", "yesterday"]),
        ({"agoDays": [1, 30]}, ["yesterday"]),
        ({"agoDays": [2, None]}, ["long ago"]),
        ({"agoDays": [None, None]}, ["long ago", "yesterday", "today", "soon", "far"]),
        ({"withinDays": 1}, ["yesterday", "today"]),
        ({"past": True}, ["long ago", "yesterday"]),
        ({"past": False}, ["today", "soon", "far"]),
        ({"today": True}, ["today"]),
    ],
)
async def test_dates_are_found_by_their_distance(desk: TaskDesk, wanted: object, names: list[str]) -> None:
    days = {"long ago": "2020-01-01", "yesterday": "2026-03-03", "today": "2026-03-04", "soon": "2026-03-06"}
    for name, day in {**days, "far": "2027-01-01", "nobody knows": None}.items():
        await desk.client(name, birthday=day)
    assert await found(desk, wanted, path="birthday") == names


@pytest.mark.parametrize(
    "wanted",
    [
        {"inDays": 3},
        {"inDays": [1, 2, 3]},
        {"agoDays": ["a", None]},
        {"withinDays": 10**9},
        {"withinDays": True},
    ],
)
async def test_what_is_no_number_of_days_is_refused(desk: TaskDesk, wanted: object) -> None:
    with pytest.raises(InvalidInput, match="days"):
        await found(desk, wanted)


async def test_my_own_records_are_found_by_a_filter_that_is_the_same_for_everybody(desk: TaskDesk) -> None:
    anna, boris = [await desk.colleague(name, "owner") for name in ("Anna", "Boris")]
    for actor in (anna, boris):
        await desk.task(f"For {actor.name}", by=actor)
    await desk.task("For nobody")
    mine = {"assignee": {"id": {"isMe": True}}}
    assert [row["title"] for row in await desk.rows("task", mine, by=anna)] == ["For Anna"]
    assert [row["title"] for row in await desk.rows("task", mine, by=boris)] == ["For Boris"]
    assert await desk.rows("task", mine) == []
    others = {"assignee": {"id": {"isMe": False}}}
    assert [row["title"] for row in await desk.rows("task", others, by=anna)] == ["For Boris", "For nobody"]
    with pytest.raises(InvalidInput, match="operator"):
        await desk.rows("task", {"client": {"id": {"isMe": True}}}, by=anna)
