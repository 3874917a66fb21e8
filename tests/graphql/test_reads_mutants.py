"""Faults planted into the query room: the random documents must find each of them."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from reads_house import House, open_house

from cardfile.database.names import quoted
from cardfile.query import visibility
from cardfile.query.orders import Order
from cardfile.query.row import Row

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

MOST_DOCUMENTS = 120
Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
async def house(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("mutants")
    async with open_house(f"sqlite:///{folder / 'cardfile.db'}", folder) as opened:
        yield opened


def drop_a_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("cardfile.query.lists.visible", lambda *_arguments, **_options: None)


def forget_the_end_of_shares(patch: pytest.MonkeyPatch) -> None:
    shared: Callable[..., str | None] = visibility._shared

    def mutant(*arguments: Any, **options: Any) -> str | None:
        told = shared(*arguments, **options)
        return told.replace("s.until >", "not s.until >") if told else told

    patch.setattr(visibility, "_shared", mutant)


def forget_who_takes_part(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visibility, "_takes_part", lambda _owned, _action: False)


def let_whoever_took_part_once_stay(patch: pytest.MonkeyPatch) -> None:
    taken: Callable[..., str] = visibility._taken_part
    patch.setattr(
        visibility,
        "_taken_part",
        lambda *arguments: taken(*arguments).replace("archived_at is null", "id is not null"),
    )


def take_nobody_for_an_owner_by_another_record(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visibility, "_owned_there", lambda *_arguments: visibility.NOTHING)


def turn_an_order(patch: pytest.MonkeyPatch) -> None:
    clause = Order.clause
    patch.setattr(
        Order, "clause", lambda order, row, expressions=None: clause(order.reversed(), row, expressions)
    )


def break_a_join(patch: pytest.MonkeyPatch) -> None:
    def joins(row: Row) -> str:
        return "".join(
            f" left join {quoted(row.type.cards[card].table)} {alias} on {alias}.id = {row.alias}.id + 1"
            for card, alias in row._cards.items()
        )

    patch.setattr(Row, "joins", joins)


def use_any_plan(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("cardfile_graphql.documents.is_met", lambda _guards, _variables: True)


def count_archived_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("cardfile.query.lists.speaks_of_archive", lambda _filter: True)


def show_what_is_hidden(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Row, "is_hidden", lambda _row, _path: False)


@pytest.mark.parametrize(
    "plant",
    [
        drop_a_right,
        forget_the_end_of_shares,
        forget_who_takes_part,
        let_whoever_took_part_once_stay,
        take_nobody_for_an_owner_by_another_record,
        turn_an_order,
        break_a_join,
        use_any_plan,
        count_archived_rows,
        show_what_is_hidden,
    ],
    ids=lambda plant: plant.__name__,
)
async def test_a_planted_fault_is_found(plant: Plant, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = house.with_new_engines()
    sick = house.with_new_engines()
    profiles = ["manager", "masked"]
    for seed in range(MOST_DOCUMENTS):
        profile = profiles[seed % len(profiles)]
        document = house.document(profile, seed)
        with monkeypatch.context() as patch:
            plant(patch)
            found = await sick.differences(document, profile, rungs=("one statement",))
        if found:
            assert await healthy.differences(document, profile, rungs=("one statement",)) == []
            return
    pytest.fail(f"{MOST_DOCUMENTS} documents do not find it: {plant.__name__}")
