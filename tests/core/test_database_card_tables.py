from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cardfile.database import (
    CardTable,
    ColumnSpec,
    ColumnType,
    ConstraintViolated,
    CreateTable,
    Database,
    IndexSpec,
    Migration,
    TableSpec,
    check_migrated,
    migrate,
)
from cardfile.errors import DeclarationError, MigrationError

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)

PLUGINS = {
    "core": [
        Migration(
            "0001",
            (CreateTable(TableSpec(name="client", columns=(ColumnSpec(name="id", type=ColumnType.ID),))),),
        )
    ]
}

GOAL = ColumnSpec(name="goal", type=ColumnType.TEXT, null=True)
VISITS = ColumnSpec(name="visits", type=ColumnType.INTEGER, default=0)
CARD = CardTable(name="fitness_client", record_table="client", columns=(GOAL,))


async def sync(database: Database, *wanted: CardTable) -> tuple[str, ...]:
    return await migrate(database, PLUGINS, now=NOW, cards=wanted)


@pytest.fixture
async def carded(database: Database) -> Database:
    """A database with a client, and with the card table, in which the client has a row."""
    await sync(database, CARD)
    async with database.transaction() as transaction:
        await transaction.execute("insert into client (id) values (1)")
        await transaction.execute("insert into fitness_client (id, goal) values (1, 'strength')")
    return database


async def test_a_card_table_is_made_once(database: Database) -> None:
    with pytest.raises(MigrationError, match="cardfile migrate"):
        await check_migrated(database, {}, [CARD])
    assert await sync(database, CARD) == ("core: 0001", "fitness_client", "fitness_client.goal")
    assert await sync(database, CARD) == ()
    await check_migrated(database, PLUGINS, [CARD])


async def test_a_new_field_is_added_to_a_card_table_with_rows(carded: Database) -> None:
    grown = replace(CARD, columns=(GOAL, VISITS), indexes=(IndexSpec(columns=("visits",)),))
    with pytest.raises(MigrationError, match=r"fitness_client\.visits"):
        await check_migrated(carded, PLUGINS, [grown])
    assert await sync(carded, grown) == ("fitness_client.visits",)
    assert await carded.fetch("select goal, visits from fitness_client") == [("strength", 0)]
    assert await sync(carded, grown) == ()


async def test_a_field_that_is_taken_away_and_comes_back_has_kept_its_data(carded: Database) -> None:
    assert await sync(carded, replace(CARD, columns=(VISITS,))) == ("fitness_client.visits",)
    assert await sync(carded, CARD) == ()
    assert await carded.fetch("select goal from fitness_client") == [("strength",)]


async def test_a_changed_type_is_refused_with_what_to_do(carded: Database) -> None:
    changed = replace(CARD, columns=(replace(GOAL, type=ColumnType.BIGINT), VISITS))
    with pytest.raises(MigrationError, match="another key") as told:
        await sync(carded, changed)
    assert all(word in str(told.value) for word in ("fitness_client", "goal", "text", "bigint"))
    with pytest.raises(MigrationError, match="another key"):
        await check_migrated(carded, PLUGINS, [changed])
    assert await carded.fetch_dicts("select * from fitness_client") == [{"id": 1, "goal": "strength"}]


async def test_a_changed_type_of_a_field_that_was_taken_away_is_refused_too(carded: Database) -> None:
    await sync(carded)
    with pytest.raises(MigrationError, match="another key"):
        await sync(carded, replace(CARD, columns=(replace(GOAL, type=ColumnType.DATE),)))


async def test_a_card_belongs_to_a_record(carded: Database) -> None:
    async def execute(sql: str) -> None:
        async with carded.transaction() as transaction:
            await transaction.execute(sql)

    with pytest.raises(ConstraintViolated):
        await execute("insert into fitness_client (id) values (99)")
    with pytest.raises(ConstraintViolated):
        await execute("delete from client where id = 1")


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ((replace(GOAL, null=False),), "null=True or a default"),
        ((ColumnSpec(name="id", type=ColumnType.ID),), "record's own"),
        ((GOAL, GOAL), "twice"),
    ],
    ids=["not null", "id", "twice"],
)
def test_a_card_table_that_could_not_grow_is_refused(columns: tuple[ColumnSpec, ...], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        replace(CARD, columns=columns)
