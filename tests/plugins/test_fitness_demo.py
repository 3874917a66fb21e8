"""The demo club: made up, and yet one could meet these people."""

import ast
import importlib.resources
import tomllib
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from club import Club

import cardfile_fitness
from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.plugins import Demo, Plugin
from cardfile.settings import Settings
from cardfile.values.phone import parse_phone
from cardfile_fitness import FitnessPlugin
from cardfile_fitness.demo_people import names, phones

pytestmark = pytest.mark.anyio

SIZE = 120


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (FitnessPlugin,)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine will do: what differs between them lies below the plugin."""
    return sqlite_url


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock("2026-11-21T15:00:00+00:00")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"zone": "Europe/Moscow"})


async def opened(app: App, *, seed: int = 7) -> Demo:
    demo = Demo(app, Random(seed), app.clock.now(), SIZE, lambda _text: None)
    await app.plugin(FitnessPlugin).demo(demo)
    return demo


async def test_twelve_people_can_sign_in_to_the_demo(app: App) -> None:
    demo = await opened(app)
    roles = Counter(one.role for one in demo.sign_ins)
    assert roles == {"owner": 1, "head": 1, "manager": 4, "trainer": 4, "reception": 2}
    one = demo.sign_ins[-1]
    signed = await app.access.sign_in.sign_in(one.email, one.password, address="127.0.0.1")
    assert signed.user == one.user


async def test_the_club_is_lived_in(app: App) -> None:
    await opened(app)
    club = Club(app)
    clients = await club.rows("client")
    standings = Counter(row["standing"] for row in clients)
    assert len([row for row in clients if row["kind"] == "person"]) == SIZE
    assert standings["active"] + standings["permanent"] > SIZE // 3
    assert standings["lead"] > 0
    assert standings["lost"] > 0
    assert all(row["name"] for row in clients)
    assert {row["language"] for row in clients} == {"ru", "en", None}
    assert all(row["is_valid"] for row in await club.rows("contact_point"))
    for entity in ("interaction", "tag", "client_tag", "segment", "fitness.plan"):
        assert await club.rows(entity), f"the demo has no {entity}"


async def test_what_the_cards_of_the_demo_say_is_true(app: App) -> None:
    await opened(app)
    club = Club(app)
    visits: dict[int, list[Any]] = {}
    ends: dict[int, list[Any]] = {}
    for row in await club.rows("fitness.visit"):
        visits.setdefault(row["client"], []).append(row["entered_at"])
    for row in await club.rows("fitness.membership"):
        ends.setdefault(row["client"], []).append(row["ends_on"])
    for row in await club.rows("client"):
        came = visits.get(row["id"], [])
        assert row["fitness.visits_total"] == len(came)
        assert row["fitness.last_visit"] == max(came, default=None)
        assert row["fitness.membership_ends"] == max(ends.get(row["id"], []), default=None)


async def test_people_come_within_their_memberships_and_more_in_the_evening(app: App) -> None:
    await opened(app)
    club, zone = Club(app), ZoneInfo("Europe/Moscow")
    spells = {row["id"]: row for row in await club.rows("fitness.membership")}
    hours: Counter[int] = Counter()
    for row in await club.rows("fitness.visit"):
        spell = spells[row["membership"]]
        came = row["entered_at"].astimezone(zone)
        assert spell["client"] == row["client"]
        assert spell["starts_on"] <= came.date() <= spell["ends_on"]
        assert row["entered_at"] < app.clock.now()
        hours[came.hour] += 1
    evening = sum(hours[hour] for hour in range(17, 21))
    assert evening > sum(hours[hour] for hour in range(11, 15))


def test_the_same_seed_makes_the_same_people() -> None:
    random = Random(7)
    people, numbers = names(random), phones(random)
    assert [f"{name.first} {name.last}" for name in islice(people, 4)] == [
        "Виктория Фёдорова",
        "Виктор Борисов",
        "Нина Давыдова",
        "Алина Михайлова",
    ]
    assert list(islice(numbers, 3)) == ["+7 903 370-91-37", "89252234302", "+7 916 242-01-98"]


def test_no_number_is_given_out_twice_and_all_of_them_exist() -> None:
    found = [parse_phone(number) for number in islice(phones(Random(7)), 3_000)]
    assert len({phone.e164 for phone in found}) == 3_000
    assert all(phone.valid for phone in found)


async def test_the_club_s_calendar_is_kept_by_a_job(app: App, clock: MovableClock) -> None:
    await opened(app)
    club = Club(app)
    clock.set("2027-06-01T15:00:00+00:00")
    await app.jobs.plan()
    await app.jobs.run_due()
    today = clock.now().date()
    live = {"waiting", "active", "frozen"}
    rows = await club.rows("fitness.membership")
    assert [row["id"] for row in rows if row["status"] in live and row["ends_on"] < today] == []
    assert any(row["status"] == "active" for row in rows)


def test_all_that_the_club_says_is_said_in_russian_too() -> None:
    package = Path(str(importlib.resources.files(cardfile_fitness)))
    known = tomllib.loads((package / "texts" / "ru.toml").read_text(encoding="utf-8"))
    said = set()
    for path in package.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"Refused", "InvalidInput"}
            ):
                said.add(ast.literal_eval(node.args[0]))
    assert said == set(known)
