"""Filters with a name."""

import pytest
from clients_desk import Desk

from cardfile.app import App
from cardfile.errors import InvalidInput, NotAllowed, NotFound

pytestmark = pytest.mark.anyio

ACTIVE = {"standing": {"eq": "active"}}


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def test_a_segment_finds_those_under_its_filter(desk: Desk) -> None:
    anna = await desk.client("Анна", standing="active")
    await desk.client("Олег")
    segment = await desk.do("segment.create", name="Active ones", filter=ACTIVE)
    members = await desk.do("segment.list_members", segment=segment)
    assert (members.ids, members.total) == ([f"client_{anna}"], 1)


async def test_members_come_in_pages(desk: Desk) -> None:
    clients = [await desk.client(f"Анна {number}", standing="active") for number in range(5)]
    segment = await desk.do("segment.create", name="Active ones", filter=ACTIVE)
    found: list[str] = []
    after = None
    while True:
        page = await desk.do("segment.list_members", segment=segment, limit=2, after=after)
        assert page.total == 5
        if not page.ids:
            break
        found += page.ids
        after = page.ids[-1]
    assert found == [f"client_{client}" for client in clients]


async def test_a_segment_shows_everybody_his_own_clients(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    mine = await desk.client("Анна", by=boris, standing="active")
    await desk.client("Олег", by=clara, standing="active")
    segment = await desk.do("segment.create", by=clara, name="Active ones", filter=ACTIVE, shared=True)
    members = await desk.do("segment.list_members", by=boris, segment=segment)
    assert (members.ids, members.total) == ([f"client_{mine}"], 1)


async def test_a_segment_is_one_s_own_until_it_is_shared(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    segment = await desk.do("segment.create", by=clara, name="Active ones", filter=ACTIVE)
    assert await desk.rows("segment", by=boris) == []
    with pytest.raises(NotFound):
        await desk.do("segment.list_members", by=boris, segment=segment)
    await desk.do("segment.update", by=clara, segment=segment, shared=True)
    assert [row["name"] for row in await desk.rows("segment", by=boris)] == ["Active ones"]
    with pytest.raises(NotAllowed):
        await desk.do("segment.update", by=boris, segment=segment, name="Mine")


async def test_a_filter_that_means_nothing_is_not_kept(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="no field nose") as refused:
        await desk.do("segment.create", name="Noses", filter={"nose": {"eq": "long"}})
    assert refused.value.path[0] == "filter"


async def test_nobody_keeps_a_filter_through_what_is_hidden_from_him(desk: Desk) -> None:
    analyst = await desk.colleague("Alan", "analyst")
    through_phones = {"contactPoints": {"some": {"value": {"startsWith": "+7916"}}}}
    with pytest.raises(InvalidInput, match="no field"):
        await desk.do("segment.create", by=analyst, name="By phone", filter=through_phones)


async def test_a_segment_needs_a_name(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        await desk.do("segment.create", name="  ", filter=ACTIVE)


async def test_a_name_that_is_too_long_is_refused_and_not_cut(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="at most 200 characters") as refusal:
        await desk.do("segment.create", name="long " * 50, filter=ACTIVE)
    assert refusal.value.path == ("name",)
