import asyncio
import json
import random
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest

from cardfile.database import ColumnSpec, ColumnType, CreateTable, Database, StatementFailed, TableSpec
from cardfile.errors import DatabaseError
from cardfile.values.text import fold

pytestmark = pytest.mark.anyio

MOMENT = datetime(2026, 11, 21, 20, 53, 37, 123456, tzinfo=UTC)
NAIVE = MOMENT.replace(tzinfo=None)

THINGS = TableSpec(
    name="thing",
    columns=(
        ColumnSpec(name="id", type=ColumnType.ID),
        ColumnSpec(name="number", type=ColumnType.BIGINT, null=True),
        ColumnSpec(name="small", type=ColumnType.INTEGER, null=True),
        ColumnSpec(name="words", type=ColumnType.TEXT, null=True),
        ColumnSpec(name="flag", type=ColumnType.BOOLEAN, null=True),
        ColumnSpec(name="day", type=ColumnType.DATE, null=True),
        ColumnSpec(name="moment", type=ColumnType.INSTANT, null=True),
        ColumnSpec(name="choices", type=ColumnType.JSON, null=True),
        ColumnSpec(name="raw", type=ColumnType.BYTES, null=True),
    ),
)


class Shade(StrEnum):
    DARK = "dark"


class Size(IntEnum):
    LARGE = 3


@pytest.fixture
async def things(database: Database) -> Database:
    """A database with the table `thing`, which has a column of every type."""
    async with database.migration() as transaction:
        await CreateTable(THINGS).run(transaction)
    return database


async def keep(database: Database, **values: object) -> None:
    names = ["id", *values]
    places = ", ".join(
        database.dialect.param(place, THINGS.column(name).type) for place, name in enumerate(names, start=1)
    )
    async with database.transaction() as transaction:
        await transaction.execute(
            f"insert into thing ({', '.join(names)}) values ({places})", (1, *values.values())
        )


@pytest.mark.parametrize(
    ("column", "value", "on_sqlite"),
    [
        ("number", 2**63 - 1, 2**63 - 1),
        ("number", -(2**63), -(2**63)),
        ("small", Size.LARGE, 3),
        (
            "words",
            "Ёлка 'and' \"quotes\" \\ ?1 $1 {} \U0001f984\n",
            "Ёлка 'and' \"quotes\" \\ ?1 $1 {} \U0001f984\n",
        ),
        ("words", Shade.DARK, "dark"),
        ("words", "", ""),
        ("flag", True, 1),
        ("flag", False, 0),
        ("day", date(2024, 2, 29), "2024-02-29"),
        ("moment", MOMENT, "2026-11-21T20:53:37.123456Z"),
        ("moment", MOMENT.replace(microsecond=0), "2026-11-21T20:53:37.000000Z"),
        ("moment", MOMENT.astimezone(timezone(timedelta(hours=3))), "2026-11-21T20:53:37.123456Z"),
        ("moment", datetime(33, 1, 2, tzinfo=UTC), "0033-01-02T00:00:00.000000Z"),
        ("choices", '["день", "ночь"]', '["день", "ночь"]'),
        ("raw", b"\x00\xff", b"\x00\xff"),
        ("raw", b"", b""),
        ("number", None, None),
    ],
)
async def test_a_value_comes_back_as_it_went_in(
    things: Database, column: str, value: object, on_sqlite: object
) -> None:
    await keep(things, **{column: value})
    kept = on_sqlite if things.dialect.name == "sqlite" else value
    assert await things.fetch_value(f"select {column} from thing") == kept
    assert await things.fetch_value(f"select {column} from thing", quick=True) == kept


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.10"),
        1.5,
        NAIVE,
        {"a": 1},
        {1},
        object(),
        [Decimal(1)],
        [NAIVE],
    ],
    ids=["decimal", "float", "naive", "dict", "set", "object", "decimal in a list", "naive in a list"],
)
async def test_a_value_that_would_not_be_kept_exactly_is_refused(things: Database, value: object) -> None:
    with pytest.raises(DatabaseError, match=r"does not take|time zone"):
        await keep(things, words=value)
    with pytest.raises(DatabaseError, match=r"does not take|time zone"):
        async with things.transaction() as transaction:
            await transaction.insert_many("thing", ("id", "words"), [(1, value)])
    with pytest.raises(DatabaseError, match=r"does not take|time zone"):
        await things.fetch("select id from thing where words = $1", (value,))


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, "\ud800"], ids=["too large", "too small", "half a letter"]
)
async def test_a_value_that_no_database_can_keep_is_refused(things: Database, value: object) -> None:
    with pytest.raises(StatementFailed):
        await keep(things, **{"words" if isinstance(value, str) else "number": value})


@pytest.mark.parametrize(("column", "value"), [("small", "three"), ("choices", "[1,")])
async def test_a_value_of_another_type_than_the_columns_is_refused(
    things: Database, column: str, value: object
) -> None:
    with pytest.raises(StatementFailed):
        await keep(things, **{column: value})


async def test_a_list_is_one_argument(things: Database) -> None:
    dialect = things.dialect
    async with things.transaction() as transaction:
        await transaction.insert_many("thing", ("id", "words"), [(n, f"word {n}'\"") for n in range(1, 6)])
    by_id = f"select id from thing where id {dialect.any_of(1, 'bigint')} order by id"
    by_words = f"select id from thing where words {dialect.any_of(1, ColumnType.TEXT)} order by id"
    assert await things.fetch(by_id, ([2, 4, 99],)) == [(2,), (4,)]
    assert await things.fetch(by_id, ((5,),)) == [(5,)]
    assert await things.fetch(by_id, ([],)) == []
    assert await things.fetch(by_words, (["word 3'\"", "word"],)) == [(3,)]


async def test_arguments_are_numbered_and_not_counted(things: Database) -> None:
    await keep(things, words="$1", number=7)
    assert await things.fetch(
        """select '$1', words as "$2" from thing where number = $2 and words = $1""", ("$1", 7)
    ) == [("$1", "$1")]


async def test_many_rows_are_inserted_equally_by_copy_and_one_by_one(things: Database) -> None:
    columns = [column.name for column in THINGS.columns]
    types = [column.type for column in THINGS.columns]
    rows = [
        (n, n * 10**12, n, f"Ёж №{n}\t\\N", n % 2 == 0, date(2026, 1, 1 + n), MOMENT, ["a", "б"], b"\x00")
        for n in range(1, 20)
    ]
    rows.append((20, None, None, None, None, None, None, None, None))  # type: ignore[arg-type]  # all null
    async with things.transaction() as transaction:
        await transaction.insert_many("thing", columns, iter(rows), types=types)
    copied = await things.fetch("select * from thing order by id")
    async with things.transaction() as transaction:
        await transaction.execute("delete from thing")
        places = ", ".join(things.dialect.param(n, kind) for n, kind in enumerate(types, start=1))
        with_text = [
            [json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value for value in row]
            for row in rows
        ]
        await transaction.execute_many(f"insert into thing values ({places})", with_text)
    assert await things.fetch("select * from thing order by id") == copied
    assert len(copied) == 20


async def test_ids_are_reserved_once_each(things: Database) -> None:
    async def reserve(count: int) -> Sequence[int]:
        async with things.transaction() as transaction:
            return await transaction.reserve_ids("thing", count)

    taken = await asyncio.gather(*(reserve(count) for count in [1, 5, 100] * 10))
    ids = [id_ for batch in taken for id_ in batch]
    assert len(set(ids)) == len(ids) == 1060
    assert min(ids) == 1
    assert all(list(batch) == sorted(batch) for batch in taken)
    assert list(await reserve(0)) == []


# One letter by itself, and in words: what becomes of a sigma depends on its neighbours.
LETTERS = [chr(code) for code in range(1, 0x10000) if unicodedata.category(chr(code)) not in ("Cs", "Cn")]
CHOICE = random.Random(20261121)
WORDS = [
    "".join(CHOICE.choices("ΑΣσς aİIıißẞǅЁёЙй.'\u0307\u0301-1ÀéÑőŁłØ", k=CHOICE.randint(1, 12)))
    for _ in range(3000)
]


@pytest.mark.parametrize("texts", [LETTERS, WORDS], ids=["letters", "words"])
async def test_text_is_folded_in_sql_as_it_is_in_python(things: Database, texts: list[str]) -> None:
    async with things.transaction() as transaction:
        await transaction.insert_many("thing", ("id", "words"), list(enumerate(texts)))
    folded = await things.fetch(f"select {things.dialect.fold('words')} from thing order by id")
    wrong = [
        (text, in_sql, fold(text))
        for text, (in_sql,) in zip(texts, folded, strict=True)
        if in_sql != fold(text)
    ]
    assert wrong == []


async def test_folding_makes_the_same_word_equal(things: Database) -> None:
    await keep(things, words="Алёна ŁÓDŹ Çelik")
    assert await things.fetch_value(f"select {things.dialect.fold('words')} from thing") == "алена lodz celik"
    assert await things.fetch_value(f"select {things.dialect.fold('null')} from thing") is None


@pytest.mark.parametrize(
    ("number", "scale", "digits"),
    [
        (2469710, 2, "24697.10"),
        (-5, 2, "-0.05"),
        (0, 2, "0.00"),
        (7, 0, "7"),
        (-7, 0, "-7"),
        (-123456, 4, "-12.3456"),
        (99, 1, "9.9"),
        (2**63 - 1, 6, "9223372036854.775807"),
        (-(2**63), 6, "-9223372036854.775808"),
        (None, 2, None),
        (None, 0, None),
    ],
)
async def test_a_scaled_integer_is_printed_without_loss(
    things: Database, number: int | None, scale: int, digits: str | None
) -> None:
    await keep(things, number=number)
    assert await things.fetch_value(f"select {things.dialect.scaled('number', scale)} from thing") == digits


async def test_values_are_printed_as_json_alike(things: Database) -> None:
    nasty = "".join(map(chr, range(1, 0x100))) + '"\\/Ёж\u2028\U0001f984'
    await keep(
        things, words=nasty, flag=False, day=date(2026, 1, 2), moment=MOMENT.replace(microsecond=120000)
    )
    dialect = things.dialect
    pieces = {
        "words": dialect.json_string("words"),
        "flag": dialect.boolean("flag"),
        "day": dialect.date("day"),
        "moment": dialect.instant("moment"),
        "nothing": f"coalesce({dialect.instant('(select max(moment) from thing where id = 9)')}, 'null')",
    }
    parts = [part for name, sql in pieces.items() for part in (f"',\"{name}\":'", sql)]
    text = dialect.concat(["'{\"id\":1'", *parts, "'}'"])
    array = dialect.aggregate(f"select {text} j from thing order by id")
    printed = await things.fetch_value(f"select {array}")
    assert isinstance(printed, str)
    assert json.loads(printed) == [
        {
            "id": 1,
            "words": nasty,
            "flag": False,
            "day": "2026-01-02",
            "moment": "2026-11-21T20:53:37.120000Z",
            "nothing": None,
        }
    ]
    assert (
        await things.fetch_value(f"select {dialect.aggregate('select words j from thing where id = 9')}")
        == "[]"
    )


async def test_a_string_is_quoted_by_the_same_letters_on_both_databases(things: Database) -> None:
    await keep(things, words='\x01\x1f\b\f\n\r\t"\\/\x7fЁ\U0001f984')
    quoted = await things.fetch_value(f"select {things.dialect.json_string('words')} from thing")
    assert quoted == '"\\u0001\\u001f\\b\\f\\n\\r\\t\\"\\\\/\x7fЁ\U0001f984"'


async def test_a_thousand_parts_make_one_text(things: Database) -> None:
    text = things.dialect.concat([f"'{n},'" for n in range(5000)])
    assert await things.fetch_value(f"select {text}") == "".join(f"{n}," for n in range(5000))


async def test_rows_are_ordered_alike_with_null_as_the_smallest(things: Database) -> None:
    words = ["b", "B", None, "ё", "е", "a", "ж", "Z", "10", "9", ""]
    async with things.transaction() as transaction:
        await transaction.insert_many("thing", ("id", "words"), list(enumerate(words)))
    up = await things.fetch(f"select words from thing order by {things.dialect.ascending('words')}")
    down = await things.fetch(f"select words from thing order by {things.dialect.descending('words')}")
    assert [word for (word,) in up] == [None, *sorted(word for word in words if word is not None)]
    assert up == down[::-1]


async def test_hexadecimal_digits_are_the_same_on_both_databases(things: Database) -> None:
    await keep(things, words="Ёж/~")
    found = await things.fetch_value(f"select {things.dialect.hexadecimal('words')} from thing")
    assert found == "Ёж/~".encode().hex()


async def test_parts_of_texts_are_found_without_wildcards(things: Database) -> None:
    await keep(things, words="100% Ёж_x")
    found = await things.fetch(
        f"select {', '.join(things.dialect.contains('words', literal) for literal in _PARTS)} from thing"
    )
    assert [bool(each) for each in found[0]] == [True, True, False, False]


_PARTS = ("'0% '", "'Ёж_'", "'ёж'", "'1%0'")
