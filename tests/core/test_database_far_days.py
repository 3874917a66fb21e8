"""Days that lists really hold for "never ends" stay the days that they are."""

from datetime import date

import pytest

from cardfile.database import ColumnType, Database

pytestmark = pytest.mark.anyio

DAYS = [date(1, 1, 1), date(1899, 12, 31), date(2000, 1, 1), date(2026, 11, 21), date(9999, 12, 31)]


async def test_the_first_and_the_last_day_come_back(database: Database) -> None:
    async with database.transaction() as transaction:
        day = database.dialect.column_type(ColumnType.DATE)
        await transaction.execute(f"create table far (id integer primary key, day {day})")
        rows = list(enumerate(DAYS))
        await transaction.insert_many("far", ["id", "day"], rows, types=[ColumnType.INTEGER, ColumnType.DATE])
        await transaction.execute("update far set day = $1 where day = $1", (DAYS[-1],))
    found = await database.fetch("select day from far order by id")
    assert [str(value) for (value,) in found] == [day.isoformat() for day in DAYS]
    text = database.dialect.date_text("day")
    told = await database.fetch(f"select {text} from far order by id")
    assert [value for (value,) in told] == [day.isoformat() for day in DAYS]
