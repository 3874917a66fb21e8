import enum
from datetime import UTC, date, datetime
from typing import Any

import pytest
from piccolo.columns import (
    JSON,
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    Column,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    Real,
    Text,
    Timestamp,
    Timestamptz,
    Varchar,
)
from piccolo.query.functions.aggregate import Max
from piccolo.table import Table, create_table_class

from cardfile.database import (
    ColumnSpec,
    ColumnType,
    CreateTable,
    Database,
    IndexSpec,
    Record,
    Stored,
    TableSpec,
    migrate,
    table_columns,
    table_spec,
)
from cardfile.database.steps import Migration
from cardfile.errors import DatabaseError, DeclarationError

_ID = ColumnSpec(name="id", type=ColumnType.ID)

MOMENT = datetime(2026, 11, 21, 20, 53, 37, 120000, tzinfo=UTC)


class Colour(enum.Enum):
    RED = "red"


class Shelf(Record):
    name = Varchar(index=True)
    colour = Varchar(default=Colour.RED, choices=Colour)
    is_open = Boolean(default=True)
    built_on = Date(null=True, default=None)
    notes = Text(null=True, default=None)
    labels = JSONB(default="[]")
    photo = Bytea(null=True, default=None)

    keys = (IndexSpec(columns=("name", "-created_at"), unique=True, living=True),)


class Book(Stored):
    shelf = ForeignKey(Shelf, null=False, default=None, on_delete=OnDelete.restrict)
    sequel: ForeignKey[Any] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.set_null)
    isbn = BigInt(unique=True)


@pytest.fixture
async def library(database: Database) -> Database:
    """A database with the tables of shelves and books."""
    await migrate(
        database, {"library": [Migration("0001", (CreateTable(Shelf), CreateTable(Book)))]}, now=MOMENT
    )
    return database


def shelf(number: int, **values: Any) -> Shelf:
    return Shelf(id=number, created_at=MOMENT, updated_at=MOMENT, **values)


def test_a_record_has_the_common_columns() -> None:
    kinds = {column.name: (column.type, column.null) for column in table_columns(Record)}
    assert kinds == {
        "id": (ColumnType.ID, False),
        "created_at": (ColumnType.INSTANT, False),
        "created_by": (ColumnType.BIGINT, True),
        "updated_at": (ColumnType.INSTANT, False),
        "updated_by": (ColumnType.BIGINT, True),
        "version": (ColumnType.INTEGER, False),
        "archived_at": (ColumnType.INSTANT, True),
    }


def test_columns_of_a_table_are_read_as_we_store_them() -> None:
    columns = {column.name: column for column in table_columns(Shelf)}
    assert columns["colour"] == ColumnSpec(name="colour", type=ColumnType.TEXT, default="red")
    assert columns["is_open"] == ColumnSpec(name="is_open", type=ColumnType.BOOLEAN, default=True)
    assert columns["labels"] == ColumnSpec(name="labels", type=ColumnType.JSON, default="[]")
    assert columns["photo"] == ColumnSpec(name="photo", type=ColumnType.BYTES, null=True)


def test_a_table_is_read_with_its_references_and_indexes() -> None:
    spec = table_spec(Book)
    assert spec.column("shelf") == ColumnSpec(
        name="shelf", type=ColumnType.ID, references="shelf", on_delete="restrict"
    )
    assert spec.column("sequel").references == "book"
    assert spec.indexes == (IndexSpec(columns=("isbn",), unique=True),)
    assert [index.name_on("shelf") for index in table_spec(Shelf).indexes] == [
        "shelf_name_idx",
        "shelf_name_created_at_living_key",
    ]


def test_a_table_is_printed_as_python_for_a_migration_to_keep() -> None:
    names = {each.__name__: each for each in (TableSpec, ColumnSpec, IndexSpec, ColumnType)}
    assert eval(repr(table_spec(Shelf)), names) == table_spec(Shelf)


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (Numeric(), "10\\*\\*scale"),
        (Real(), "10\\*\\*scale"),
        (UUID(default=None), "BigInt"),
        (Array(base_column=Integer()), "JSON"),
        (Timestamp(default=None), "Timestamptz"),
        (Timestamptz(), "default=None"),
        (Date(), "default=None"),
        (Varchar(default=lambda: "x"), "default=None"),
        (JSON(default=dict), "default=None"),
        (Bytea(), "default=None"),
        (ForeignKey(Shelf), "restrict"),
        (ForeignKey(Shelf, on_delete=OnDelete.cascade), "restrict"),
        (ForeignKey(Shelf, on_delete=OnDelete.set_default), "restrict"),
        (ForeignKey(Shelf, null=False, on_delete=OnDelete.set_null), "null=True"),
        (Varchar(db_column_name="Größe"), "lower-case"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Column) else "",
)
def test_a_column_that_is_not_safe_on_both_databases_is_refused(column: Column, sentence: str) -> None:
    table = create_table_class("Unsafe", bases=(Stored,), class_members={"thing": column})
    with pytest.raises(DeclarationError, match=sentence):
        table_columns(table)


def test_a_table_that_counts_its_own_ids_is_refused() -> None:
    class Counted(Table):
        name = Varchar()

    with pytest.raises(DeclarationError, match="reserve_ids"):
        table_columns(Counted)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: ColumnSpec(name="a b", type=ColumnType.TEXT), "lower-case"),
        (lambda: ColumnSpec(name="a", type=ColumnType.ID, references="b"), "on_delete"),
        (lambda: ColumnSpec(name="a", type=ColumnType.TEXT, references="b", on_delete="restrict"), "ID"),
        (lambda: ColumnSpec(name="a", type=ColumnType.ID, references="b", on_delete="set null"), "null=True"),
        (lambda: ColumnSpec(name="a", type=ColumnType.TEXT, default=1), "cannot be its default"),
        (lambda: ColumnSpec(name="a", type=ColumnType.INTEGER, default=True), "cannot be its default"),
        (lambda: ColumnSpec(name="a", type=ColumnType.DATE, default="2026-01-01"), "cannot be its default"),
        (lambda: IndexSpec(columns=()), "at least one"),
        (lambda: TableSpec(name="t", columns=()), "'id'"),
        (lambda: TableSpec(name="t", columns=(_ID, _ID)), "twice"),
        (lambda: TableSpec(name="t", columns=(_ID,), indexes=(IndexSpec(columns=("n",)),)), "no column 'n'"),
        (
            lambda: TableSpec(name="t", columns=(_ID,), indexes=(IndexSpec(columns=("id",), living=True),)),
            "archived_at",
        ),
    ],
)
def test_a_wrong_declaration_says_what_would_be_right(wrong: "type[object]", sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        wrong()


@pytest.mark.anyio
async def test_a_query_gives_python_values_on_both_databases(library: Database) -> None:
    await library.run(
        Shelf.insert(
            shelf(1, name="A", built_on=date(2020, 2, 29), labels='["x"]', photo=b"\x00", is_open=False)
        )
    )
    row = await library.run(Shelf.select().first())
    assert row == {
        "id": 1,
        "created_at": MOMENT,
        "created_by": None,
        "updated_at": MOMENT,
        "updated_by": None,
        "version": 1,
        "archived_at": None,
        "name": "A",
        "colour": "red",
        "is_open": False,
        "built_on": date(2020, 2, 29),
        "notes": None,
        "labels": '["x"]',
        "photo": b"\x00",
    }
    assert type(row["is_open"]) is bool
    assert row["created_at"].utcoffset() is not None


@pytest.mark.anyio
async def test_queries_of_every_kind_run(library: Database) -> None:
    await library.run(Shelf.insert(shelf(1, name="A"), shelf(2, name="B")))
    await library.run(Book.insert(Book(id=1, shelf=1, isbn=10)))
    assert await library.run(Shelf.count()) == 2
    assert await library.run(Shelf.exists().where(Shelf.created_at == MOMENT)) is True
    assert await library.run(Book.select(Book.isbn, Book.shelf.created_at)) == [
        {"isbn": 10, "shelf.created_at": MOMENT}
    ]
    assert await library.run(Shelf.select(Shelf.created_at.as_alias("made")).first()) == {"made": MOMENT}
    assert await library.run(Shelf.select(Max(Shelf.created_at, alias="last"))) == [{"last": MOMENT}]
    assert await library.run(Shelf.select(Shelf.is_open).where(Shelf.name == "A").output(as_list=True)) == [
        True
    ]
    changed = await library.run(
        Shelf.update({Shelf.is_open: False}).where(Shelf.id == 2).returning(Shelf.id, Shelf.is_open)
    )
    assert changed == [{"id": 2, "is_open": False}]
    assert await library.run(Shelf.delete().where(Shelf.id == 2).returning(Shelf.updated_at)) == [
        {"updated_at": MOMENT}
    ]
    objects = await library.run(Shelf.objects())
    assert [(each.name, each.created_at) for each in objects] == [("A", MOMENT)]


@pytest.mark.anyio
async def test_an_insert_or_update_runs_outside_of_transactions_too(library: Database) -> None:
    upsert = Shelf.insert(shelf(1, name="B")).on_conflict(
        target=Shelf.id, action="DO UPDATE", values=[Shelf.name]
    )
    await library.run(Shelf.insert(shelf(1, name="A")))
    await library.run(upsert)
    assert await library.run(Shelf.select(Shelf.name).first()) == {"name": "B"}


@pytest.mark.anyio
async def test_inside_a_transaction_a_query_needs_no_database(library: Database) -> None:
    async with library.transaction():
        await Shelf.insert(shelf(1, name="A"))
        assert await Shelf.select(Shelf.created_at, Shelf.is_open) == [
            {"created_at": MOMENT, "is_open": True}
        ]
        assert await library.run(Shelf.count()) == 1


@pytest.mark.anyio
async def test_a_query_with_no_database_to_go_to_says_what_to_do() -> None:
    with pytest.raises(DatabaseError, match=r"database\.run\(query\)"):
        await Shelf.select()


@pytest.mark.anyio
async def test_tables_are_not_made_by_the_query_builder(library: Database) -> None:
    async with library.transaction():
        with pytest.raises(DatabaseError, match="migration"):
            await Shelf.create_table()
