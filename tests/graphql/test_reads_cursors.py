"""Lists walked page by page, forwards and backwards, are the lists as they are without pages."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from reads_house import House, open_house

from cardfile.model.names import camel
from cardfile.rights import Rights
from cardfile_graphql.engine import Request

pytestmark = pytest.mark.anyio

SIZE = 4


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(database_url, tmp_path) as opened:
        yield opened


def _criterion(name: str) -> dict[str, str]:
    path = name.removeprefix("-").replace(".", "_").upper()
    return {"field": path, "direction": "DESC" if name.startswith("-") else "ASC"}


async def _page(house: House, rights: Rights, text: str, variables: dict[str, object]) -> dict[str, object]:
    answer = await house.engines["one statement"].answer(
        Request(text, variables), house.context(rights, "en")
    )
    page: dict[str, object] = json.loads(answer.body)["data"]["list"]
    return page


async def _walk(
    house: House, rights: Rights, text: str, order: list[dict[str, str]], words: tuple[str, str, str, str]
) -> list[object]:
    size, cursor, more, place = words
    found: list[object] = []
    variables: dict[str, object] = {"order": order, size: SIZE}
    while True:
        page = await _page(house, rights, text, variables)
        nodes, info = page["nodes"], page["pageInfo"]
        assert isinstance(nodes, list)
        assert isinstance(info, dict)
        found = found + nodes if size == "first" else nodes + found
        if not info[more]:
            return found
        assert len(nodes) == SIZE
        variables[cursor] = info[place]


@pytest.mark.parametrize("profile", ["manager", "everything"])
async def test_pages_put_together_are_the_list(house: House, profile: str) -> None:
    rights = house.readers[profile][0]
    for key, order in sorted(house.cursors):
        name, kind = camel(house.app.model[key].collection), house.app.model[key]
        text = (
            f"query Q($order: [{kind.name}Order!], $first: Int, $after: String, $last: Int, $before: String) {{"
            f" list: {name}(orderBy: $order, first: $first, after: $after, last: $last, before: $before) {{"
            " nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
        )
        criteria = [_criterion(one) for one in order]
        whole = (await _page(house, rights, text, {"order": criteria, "first": 200}))["nodes"]
        forwards = ("first", "after", "hasNextPage", "endCursor")
        backwards = ("last", "before", "hasPreviousPage", "startCursor")
        assert await _walk(house, rights, text, criteria, forwards) == whole, (key, order)
        assert await _walk(house, rights, text, criteria, backwards) == whole, (key, order)


async def test_a_cursor_of_another_order_is_refused(house: House) -> None:
    (foreign,) = [
        cursors[0]
        for (key, order), cursors in house.cursors.items()
        if (key, order) == ("tag", ("name", "id"))
    ]
    text = "query Q($c: String) { list: clients(after: $c) { nodes { id } } }"
    context = house.context(house.readers["everything"][0], "en")
    for wrong in (foreign[:-4], "zz", "", foreign.replace("5b", "7b", 1), "0" * 20):
        answer = await house.engines["one statement"].answer(Request(text, {"c": wrong}), context)
        (error,) = json.loads(answer.body)["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["extensions"]["argumentName"] == "after"
