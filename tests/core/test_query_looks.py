"""Looks of commands at records: compiled once for all that are alike, and never mixed up."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from cardfile.app import App
from cardfile.errors import InvalidInput
from cardfile.query import fetch_records, visible_ids
from cardfile.rights import EVERYTHING, Actor, Rights, Scope

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")
MINE = {("client", "read"): Scope.OWN}


@pytest.fixture
async def anns(app: App) -> Mapping[str, int]:
    """Three clients by name."""
    async with app.unit_of_work(SYSTEM) as work:
        made = {
            name: await work.do("client.create", values={"name": name, "city": city})
            for name, city in (("Ann", "Perm"), ("Bob", None), ("Cid", "Tver"))
        }
    return {name: getattr(client, "id") for name, client in made.items()}  # noqa: B009  # of any type


async def names(app: App, where: Mapping[str, object], rights: Rights = EVERYTHING) -> list[object]:
    """Return what the clients under a filter are called."""
    client, now = app.model["client"], app.clock.now()
    rows = await fetch_records(
        app.database, app.model, client, rights, now=now, filter=where, order=("name",), paths=("name",)
    )
    return [row["name"] for row in rows]


def kept(app: App) -> int:
    """Return how many statements are kept."""
    return sum(map(len, app.model.looks.values()))


async def test_one_statement_serves_looks_that_differ_in_values_only(
    app: App, anns: Mapping[str, int]
) -> None:
    before = kept(app)
    assert await names(app, {"name": {"eq": "Ann"}}) == ["Ann"]
    assert await names(app, {"name": {"eq": "Bob"}}) == ["Bob"]
    assert await names(app, {"name": {"eq": "Dan"}}) == []
    assert kept(app) == before + 1


async def test_what_makes_another_condition_makes_another_statement(
    app: App, anns: Mapping[str, int]
) -> None:
    before = kept(app)
    assert await names(app, {"city": {"isNull": True}}) == ["Bob"]
    assert await names(app, {"city": {"isNull": False}}) == ["Ann", "Cid"]
    assert await names(app, {"city": {"eq": None}}) == ["Bob"]
    assert await names(app, {"city": {"eq": "Tver"}}) == ["Cid"]
    assert await names(app, {"city": {"in": ["Tver", "Perm"]}}) == ["Ann", "Cid"]
    assert await names(app, {"city": {"in": ["Tver"]}}) == ["Cid"]
    assert await names(app, {"city": {"isNull": True}}) == ["Bob"]
    assert kept(app) == before + 5


async def test_a_statement_made_for_one_person_tells_another_what_he_may_see_only(
    app: App, anns: Mapping[str, int]
) -> None:
    nobody, somebody = Rights(user=901, scopes=MINE, own=(901,)), Rights(user=902, scopes=MINE, own=(902,))
    for rights in (EVERYTHING, nobody, EVERYTHING, somebody):
        expected = ["Ann", "Bob", "Cid"] if rights is EVERYTHING else []
        assert await names(app, {"name": {"in": ["Ann", "Bob", "Cid"]}}, rights) == expected
        found = await visible_ids(
            app.database, app.model, app.model["client"], rights, [*anns.values()], now=app.clock.now()
        )
        assert len(found) == len(expected)


async def test_a_wrong_value_is_told_with_its_place_though_the_statement_is_kept(app: App) -> None:
    good = {"created_at": {"lte": (app.clock.now() + timedelta(days=1)).isoformat()}}
    bad = {"created_at": {"lte": "some day"}}
    with pytest.raises(InvalidInput) as first:
        await names(app, bad)
    await names(app, good)
    with pytest.raises(InvalidInput) as later:
        await names(app, bad)
    assert first.value.path == later.value.path == ("created_at",)
