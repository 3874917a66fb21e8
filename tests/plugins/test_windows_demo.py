"""The demo company: made up, and yet one could have bought windows there."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.plugins import Demo, Plugin, SignIn
from cardfile.query import fetch_records
from cardfile.rights import EVERYTHING
from cardfile.settings import Settings
from cardfile.testing.people import make_person
from cardfile_documents import DocumentsPlugin
from cardfile_windows import WindowsPlugin

pytestmark = pytest.mark.anyio

SIZE = 120
OPEN = {"first_call", "measurements", "coordination", "payment", "installation", "act"}


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (DocumentsPlugin, WindowsPlugin)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine will do: what differs between them lies below the plugin."""
    return sqlite_url


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-11-19T12:00:00+03:00")  # a Thursday


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"zone": "Europe/Moscow"})


@pytest.fixture
async def demo(app: App) -> Demo:
    """The demo after the core has hired its people and the edition has opened its company."""
    made = Demo(app, Random(7), app.clock.now(), SIZE, lambda _text: None)
    for number, role in enumerate(("owner", "head", "manager", "manager")):
        person = await make_person(app, role, number=number)
        made.sign_ins.append(SignIn(f"{number}@demo.example", "", role, person.user))
    await app.plugin(WindowsPlugin).demo(made)
    return made


async def rows(app: App, entity: str, order: Sequence[str] = ("id",)) -> list[dict[str, Any]]:
    return await fetch_records(
        app.database, app.model, app.model[entity], EVERYTHING, now=app.clock.now(), order=order
    )


async def test_orders_stand_in_every_stage_and_go_back_two_years(app: App, demo: Demo) -> None:
    stages = {row["id"]: row["key"] for row in await rows(app, "stage")}
    where = Counter(stages[row["stage"]] for row in await rows(app, "deal"))
    assert sum(where.values()) == SIZE
    assert set(where) >= {*OPEN, "won", "lost"}
    assert where["won"] > SIZE // 4
    oldest = min(row["entered_at"] for row in await rows(app, "stage_change"))
    assert (demo.now - oldest).days > 600


async def test_the_history_of_an_order_has_no_gaps(app: App, demo: Demo) -> None:
    deals = {row["id"]: row for row in await rows(app, "deal")}
    ways: dict[int, list[dict[str, Any]]] = {}
    for row in await rows(app, "stage_change", ("entered_at", "id")):
        ways.setdefault(row["deal"], []).append(row)
    for deal, way in ways.items():
        assert way[0]["was"] is None
        for one, after in pairwise(way):
            assert (one["left_at"], one["stage"]) == (after["entered_at"], after["was"])
            assert one["working_seconds"] >= 0
        assert way[-1]["left_at"] is None
        assert (way[-1]["stage"], way[-1]["entered_at"]) == (deals[deal]["stage"], deals[deal]["stage_since"])
        assert way[-1]["entered_at"] <= demo.now


async def test_what_the_cards_of_the_demo_say_is_true(app: App, demo: Demo) -> None:
    openings, sums = Counter[int](), Counter[int]()
    for row in await rows(app, "windows.opening"):
        openings[row["deal"]] += row["quantity"]
    for row in await rows(app, "deal_line"):
        sums[row["deal"]] += row["amount"].minor
    totals = {
        row["deal"]: row["total"].minor
        for row in await rows(app, "windows.estimate")
        if row["status"] == "accepted"
    }
    assert totals
    for row in await rows(app, "deal"):
        assert (row["windows.openings_measured"] or 0) == openings[row["id"]]
        assert (row["amount"].minor if row["amount"] else 0) == sums[row["id"]]
        if row["id"] in totals:
            assert totals[row["id"]] == sums[row["id"]] == row["windows.estimate_accepted"].minor


async def test_some_tasks_are_overdue_and_some_are_due_today(app: App, demo: Demo) -> None:
    tasks = [row for row in await rows(app, "task") if row["state"] == "open"]
    assert any(row["due_at"] < demo.now for row in tasks)
    assert any(row["due_at"] > demo.now and row["due_at"].date() == demo.now.date() for row in tasks)
    assert all(row["assignee"] for row in tasks)
    roles = {row["role"] for row in await rows(app, "user_role")}
    assert roles >= {"measurer", "estimator", "installer", "head_of_installation"}


async def test_whoever_measures_or_installs_takes_part(app: App, demo: Demo) -> None:
    there = {(row["deal"], row["user"]) for row in await rows(app, "deal_participant")}
    wanted = {(row["deal"], row["measurer"]) for row in await rows(app, "windows.measurement")}
    wanted |= {(row["deal"], row["foreman"]) for row in await rows(app, "windows.installation")}
    assert wanted <= there
