"""Records at the other end of links come with the rows of a page, whatever its order and however many there are."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from reads_house import RUNGS, House, open_house

from cardfile.query.nesting import DEEPEST, parser_depth
from cardfile.query.row import MOST_BESIDE
from cardfile.rights import EVERYTHING

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(database_url, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    "order", ["FITNESS_MEMBERSHIP_ENDS", "FITNESS_VISITS_IN_MONTH", "NAME", "CREATED_AT"]
)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_every_rung_reads_owners_in_any_order_of_their_clients(
    house: House, order: str, direction: str
) -> None:
    wish = f"orderBy: [{{field: {order}, direction: {direction}}}]"
    text = f"{{ clients(first: 200, {wish}) {{ nodes {{ id owner {{ id name }} fitness {{ goal {{ key }} }} }} }} }}"
    told = [await house.ask(text, EVERYTHING, rung=rung) for rung in RUNGS]
    assert told[0] == told[1] == told[2]


async def test_more_links_than_are_joined_are_all_answered(house: House) -> None:
    names = [f"o{number}" for number in range(3 * MOST_BESIDE)]
    asked = " ".join(f"{name}: owner {{ id head {{ id }} }}" for name in names)
    data = await house.ask(f"{{ clients {{ nodes {{ {asked} }} }} }}", EVERYTHING, rung="one statement")
    assert isinstance(data, dict)
    for node in data["clients"]["nodes"]:
        assert len({str(node[name]) for name in names}) == 1
    assert any(node["o0"] for node in data["clients"]["nodes"])


def test_conditions_of_joins_count_for_the_depth_that_sqlite_bears() -> None:
    nested = f"{'(' * 88}1{')' * 88}"
    assert parser_depth(f"select 1 from t left join u on {nested}") > DEEPEST
