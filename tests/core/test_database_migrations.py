import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cardfile.database import (
    POSTGRES,
    SQLITE,
    AddColumn,
    AddIndex,
    ColumnSpec,
    ColumnType,
    ConstraintViolated,
    CreateTable,
    CreateView,
    Database,
    Dialect,
    IndexSpec,
    Migration,
    Rebuild,
    RunData,
    RunSQL,
    TableSpec,
    Transaction,
    check_migrated,
    migrate,
    open_database,
    pending,
)
from cardfile.errors import DeclarationError, MigrationError

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)

CLIENT = TableSpec(
    name="client",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="name", type=ColumnType.TEXT),
        ColumnSpec(name="phone", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="archived_at", type=ColumnType.INSTANT, null=True),
    ),
    indexes=(IndexSpec(columns=("name",)),),
)
DEAL = TableSpec(
    name="deal",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="client_id", type=ColumnType.ID, references="client", on_delete="restrict"),
    ),
)


async def add_rows(transaction: Transaction) -> None:
    await transaction.insert_many("client", ("id", "name", "phone"), [(1, "Ann", "+7"), (2, "Bob", None)])
    await transaction.insert_many("deal", ("id", "client_id"), [(1, 1), (2, 1)])


FIRST = Migration("0001_tables", (CreateTable(CLIENT), CreateTable(DEAL), RunData(add_rows)))


async def run(database: Database, *migrations: Migration) -> tuple[str, ...]:
    return await migrate(database, {"core": [FIRST, *migrations]}, now=NOW)


@pytest.fixture
async def filled(database: Database) -> Database:
    """A database that has run the first migration: two clients, one of them with two deals."""
    await run(database)
    return database


async def test_migrations_run_in_their_order_and_once(database: Database) -> None:
    second = Migration("0002_source", (AddColumn("client", _text("source", null=True)),))
    plugins = {"core": [FIRST, second], "fitness": [Migration("0001_view", (_names_view(),))]}
    assert await pending(database, plugins) == (
        ("core", "0001_tables"),
        ("core", "0002_source"),
        ("fitness", "0001_view"),
    )
    done = await migrate(database, plugins, now=NOW)
    assert done == ("core: 0001_tables", "core: 0002_source", "fitness: 0001_view")
    assert await migrate(database, plugins, now=NOW) == ()
    assert await pending(database, plugins) == ()
    assert await database.fetch("select name from client_name order by name") == [("Ann",), ("Bob",)]
    moments = {moment for (moment,) in await database.fetch("select ran_at from cardfile_migration")}
    assert moments == {"2026-11-21T20:00:00.000000Z" if database.dialect.name == "sqlite" else NOW}


async def test_a_start_is_refused_until_everything_has_run(database: Database) -> None:
    plugins = {"core": [FIRST]}
    with pytest.raises(MigrationError, match=r"core: 0001_tables.*cardfile migrate"):
        await check_migrated(database, plugins)
    await migrate(database, plugins, now=NOW)
    await check_migrated(database, plugins)


async def test_a_run_that_fails_halfway_leaves_nothing(database: Database) -> None:
    async def crash(transaction: Transaction) -> None:
        await transaction.execute("insert into client (id, name) values (1, 'Ann again')")

    wrong = Migration("0002_wrong", (AddColumn("client", _text("source", null=True)), RunData(crash)))
    with pytest.raises(MigrationError, match=r"core: '0002_wrong', step 2 \(RunData\).*client"):
        await run(database, wrong)
    assert await pending(database, {"core": [FIRST]}) == (("core", "0001_tables"),)
    assert await run(database) == ("core: 0001_tables",)


async def test_an_edited_migration_that_ran_is_refused_by_name(filled: Database) -> None:
    edited = replace(FIRST, steps=(CreateTable(replace(CLIENT, indexes=())), *FIRST.steps[1:]))
    with pytest.raises(MigrationError, match="'0001_tables' was edited"):
        await migrate(filled, {"core": [edited]}, now=NOW)
    with pytest.raises(MigrationError, match="'0001_tables' was edited"):
        await check_migrated(filled, {"core": [edited]})


async def test_a_migration_put_before_one_that_ran_is_refused(filled: Database) -> None:
    early = Migration("0000_early", ())
    with pytest.raises(MigrationError, match="'0000_early' stands before '0001_tables'"):
        await migrate(filled, {"core": [early, FIRST]}, now=NOW)


async def test_a_database_of_a_later_version_is_refused(filled: Database) -> None:
    await run(filled, Migration("0002_later", ()))
    with pytest.raises(MigrationError, match="'0002_later', which this version does not know"):
        await check_migrated(filled, {"core": [FIRST]})


async def test_two_migrations_of_one_name_are_refused(database: Database) -> None:
    with pytest.raises(MigrationError, match="'0001_tables'"):
        await run(database, FIRST)


async def test_the_migrations_of_a_plugin_that_is_switched_off_are_left_alone(filled: Database) -> None:
    assert await migrate(filled, {}, now=NOW) == ()
    assert await run(filled) == ()


def test_a_checksum_is_about_the_meaning_and_not_about_options_left_out() -> None:
    stated = replace(CLIENT.columns[1], null=False, default=None)
    same = replace(FIRST, steps=(CreateTable(replace(CLIENT, columns=(CLIENT.columns[0], stated))),))
    plain = replace(FIRST, steps=(CreateTable(replace(CLIENT, columns=CLIENT.columns[:2])),))
    assert same.checksum == plain.checksum != FIRST.checksum
    # Written down, because a checksum that moves would make every database refuse to start.
    assert Migration("0001", (AddColumn("client", _text("source", default="")),)).checksum == CHECKSUM


CHECKSUM = "cda00872e3894bcc"


async def test_two_runners_at_once_run_everything_once(database_url: str) -> None:
    databases = [open_database(database_url) for _ in range(3)]
    for database in databases:
        await database.start()
    outcomes: Sequence[tuple[str, ...]] = await asyncio.gather(*(run(database) for database in databases))
    assert sorted(outcomes) == [(), (), ("core: 0001_tables",)]
    for database in databases:
        await database.close()


async def test_a_column_with_a_constant_default_is_added_to_a_table_with_rows(filled: Database) -> None:
    columns = (
        _text("source", default="it's ours"),
        ColumnSpec(name="visits", type=ColumnType.INTEGER, default=-1),
        ColumnSpec(name="wants_mail", type=ColumnType.BOOLEAN, default=True),
        ColumnSpec(name="tags", type=ColumnType.JSON, default="[]"),
    )
    await run(filled, Migration("0002", tuple(AddColumn("client", column) for column in columns)))
    rows = await filled.fetch("select source, visits, wants_mail, tags from client where id = 2")
    assert rows == [("it's ours", -1, True, "[]")]


async def test_a_column_that_is_not_null_is_filled_by_a_data_step(filled: Database) -> None:
    before = replace(CLIENT, columns=(*CLIENT.columns, _text("source", null=True)))
    after = replace(CLIENT, columns=(*CLIENT.columns, _text("source")))

    async def fill(transaction: Transaction) -> None:
        await transaction.execute("update client set source = 'of ' || name")

    steps = (AddColumn("client", before.column("source")), RunData(fill), Rebuild(before, after))
    await run(filled, Migration("0002", steps))
    assert await filled.fetch("select source from client order by id") == [("of Ann",), ("of Bob",)]
    with pytest.raises(ConstraintViolated) as violated:
        await _execute(filled, "insert into client (id, name) values (3, 'Cid')")
    assert violated.value.columns == ("source",)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=["sqlite", "postgres"])
def test_a_column_that_is_not_null_and_has_no_default_is_refused_with_the_way_round(dialect: Dialect) -> None:
    with pytest.raises(DeclarationError, match="RunData"):
        AddColumn("client", _text("source")).statements(dialect)


async def test_a_rebuilt_table_keeps_its_rows_and_those_that_refer_to_it(filled: Database) -> None:
    after = TableSpec(
        name="client",
        columns=(
            CLIENT.columns[0],
            _text("name", default="?"),
            ColumnSpec(name="phone", type=ColumnType.TEXT, default=""),
            ColumnSpec(name="letters", type=ColumnType.INTEGER),
            ColumnSpec(
                name="friend", type=ColumnType.ID, null=True, references="client", on_delete="set null"
            ),
        ),
        indexes=(IndexSpec(columns=("phone", "-name")),),
    )
    using = {"phone": "coalesce(phone, 'none')", "letters": "length(name)"}
    view = Migration("0002", (_names_view(),))
    await run(filled, view, Migration("0003", (Rebuild(CLIENT, after, using),)))
    assert await filled.fetch("select id, name, phone, letters, friend from client order by id") == [
        (1, "Ann", "+7", 3, None),
        (2, "Bob", "none", 3, None),
    ]
    assert await filled.fetch("select client_id from deal") == [(1,), (1,)]
    assert await filled.fetch("select name from client_name where name = 'Ann'") == [("Ann",)]
    await _execute(filled, "update client set friend = 1 where id = 2")
    with pytest.raises(ConstraintViolated) as violated:
        await _execute(filled, "delete from client where id = 1")
    assert violated.value.kind == "foreign_key"


async def test_a_rebuild_may_change_a_type(filled: Database) -> None:
    before = replace(CLIENT, columns=(*CLIENT.columns, _text("age", default="7")))
    after = replace(
        CLIENT, columns=(*CLIENT.columns, ColumnSpec(name="age", type=ColumnType.INTEGER, default=8))
    )
    steps = (
        AddColumn("client", before.column("age")),
        Rebuild(before, after, {"age": "cast(age as integer) + 1"}),
    )
    await run(filled, Migration("0002", steps))
    await _execute(filled, "insert into client (id, name) values (3, 'Cid')")
    assert await filled.fetch("select age from client where id in (1, 3)") == [(8,), (8,)]


async def test_a_run_that_breaks_a_reference_is_undone(filled: Database) -> None:
    broken = RunSQL(sqlite="delete from client where id = 1", postgres="delete from client where id = 1")
    with pytest.raises(MigrationError, match=r"(?i)foreign key"):
        await run(filled, Migration("0002", (broken,)))
    assert await filled.fetch_value("select count(*) from client") == 2
    with pytest.raises(ConstraintViolated):
        await _execute(filled, "insert into deal (id, client_id) values (3, 99)")


async def test_a_unique_index_refuses_rows_that_are_there_twice(filled: Database) -> None:
    await _execute(filled, "update client set name = 'Ann'")
    unique = Migration("0002", (AddIndex("client", IndexSpec(columns=("name",), unique=True)),))
    with pytest.raises(MigrationError, match="name"):
        await run(filled, unique)
    await _execute(filled, "update client set name = 'Bob' where id = 2")
    await run(filled, unique)
    with pytest.raises(ConstraintViolated):
        await _execute(filled, "insert into client (id, name) values (3, 'Bob')")


async def test_an_archived_row_gives_its_name_free(filled: Database) -> None:
    await run(filled, Migration("0002", (AddIndex("client", _living("name")),)))
    with pytest.raises(ConstraintViolated):
        await _execute(filled, "insert into client (id, name) values (3, 'Bob')")
    async with filled.transaction() as transaction:
        moment = filled.dialect.param(1, ColumnType.INSTANT)
        await transaction.execute(f"update client set archived_at = {moment} where id = 2", (NOW,))
    await _execute(filled, "insert into client (id, name) values (3, 'Bob')")


async def test_an_order_with_nulls_is_read_from_the_index(filled: Database) -> None:
    await run(filled, Migration("0002", (AddIndex("client", IndexSpec(columns=("-phone", "id"))),)))
    order = f"{filled.dialect.descending('phone')}, {filled.dialect.ascending('id')}"
    explain = {"sqlite": "explain query plan", "postgres": "explain"}[filled.dialect.name]
    async with filled.transaction() as transaction:
        if filled.dialect.name == "postgres":
            await transaction.execute("set local enable_seqscan = off")
        plan = str(await transaction.fetch(f"{explain} select id from client order by {order} limit 5"))
    assert "client_phone_id_idx" in plan
    assert "b-tree" not in plan.lower().replace("using index", "")
    assert "Sort" not in plan


async def test_statements_of_ones_own_are_stated_for_each_database(filled: Database) -> None:
    own = RunSQL(
        sqlite=(), postgres=("create table only_here (id bigint)", "insert into only_here values (1)")
    )
    await run(filled, Migration("0002", (own,)))
    if filled.dialect.name == "postgres":
        assert await filled.fetch("select id from only_here") == [(1,)]


async def test_a_migration_inside_a_transaction_is_refused(filled: Database) -> None:
    async with filled.transaction():
        with pytest.raises(MigrationError, match="inside another transaction"):
            await run(filled, Migration("0002", ()))


async def _execute(database: Database, sql: str) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(sql)


def _text(name: str, *, null: bool = False, default: str | None = None) -> ColumnSpec:
    return ColumnSpec(name=name, type=ColumnType.TEXT, null=null, default=default)


def _living(*columns: str) -> IndexSpec:
    return IndexSpec(columns=columns, unique=True, living=True)


def _names_view() -> CreateView:
    return CreateView("client_name", "select name from client")
