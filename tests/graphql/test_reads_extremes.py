"""The largest, smallest and strangest values of every kind come out of all rungs as they went in."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from reads_house import RUNGS, House, open_house

from cardfile.rights import EVERYTHING

pytestmark = pytest.mark.anyio

LARGEST = 2**63 - 1
# The very first and last days of Python are infinity to the driver of PostgreSQL.
LETTERS = "".join(
    map(chr, (*range(1, 0x180), *range(0x400, 0x460), 0x2028, 0x2029, 0xFFFD, 0x1F469, 0x10FFFF))
)
CASES: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "largest": (
        {
            "integer": 2**31 - 1,
            "decimal": LARGEST,
            "fine": LARGEST,
            "whole": LARGEST,
            "percent": LARGEST,
            "money": LARGEST,
            "money_currency": "RUB",
            "day": date(9999, 12, 30),
            "moment": datetime(9999, 12, 30, 23, 59, 59, 999999, tzinfo=UTC),
            "boolean": True,
        },
        {
            "integer": 2**31 - 1,
            "decimal": "92233720368547758.07",
            "fine": "9223372036.854775807",
            "whole": "9223372036854775807",
            "percent": "922337203685477580.7",
            "money": {"amount": "92233720368547758.07", "currency": "RUB"},
            "day": "9999-12-30",
            "moment": "9999-12-30T23:59:59.999999Z",
            "boolean": True,
        },
    ),
    "smallest": (
        {
            "integer": -(2**31),
            "decimal": -LARGEST - 1,
            "fine": -LARGEST - 1,
            "whole": -LARGEST - 1,
            "percent": -LARGEST - 1,
            "money": -LARGEST - 1,
            "money_currency": "KWD",
            "day": date(1, 1, 2),
            "moment": datetime(1, 1, 2, tzinfo=UTC),
            "boolean": False,
        },
        {
            "integer": -(2**31),
            "decimal": "-92233720368547758.08",
            "fine": "-9223372036.854775808",
            "whole": "-9223372036854775808",
            "percent": "-922337203685477580.8",
            "money": {"amount": "-9223372036854775.808", "currency": "KWD"},
            "day": "0001-01-02",
            "moment": "0001-01-02T00:00:00.000000Z",
            "boolean": False,
        },
    ),
    "nearly nothing": (
        {
            "decimal": -1,
            "fine": 1,
            "whole": 0,
            "percent": -5,
            "money": 7,
            "money_currency": "JPY",
            "text": "",
        },
        {
            "decimal": "-0.01",
            "fine": "0.000000001",
            "whole": "0",
            "percent": "-0.5",
            "money": {"amount": "7", "currency": "JPY"},
            "text": "",
        },
    ),
    "every letter": (
        {
            "text": LETTERS,
            "long_text": LETTERS * 90,
            "email": "a'\"b@x.ru",
            "url": "https://x.ru/?a=1&b=\"<>'",
        },
        {
            "text": LETTERS,
            "longText": LETTERS * 90,
            "email": "a'\"b@x.ru",
            "url": "https://x.ru/?a=1&b=\"<>'",
        },
    ),
    "choices": (
        {"choice": '\'; drop table "client" --', "choices": json.dumps(["by_sea", "\n\"?1 $1'", "by_air"])},
        {
            "choice": {
                "key": '\'; drop table "client" --',
                "label": '\'; drop table "client" --',
                "plugin": None,
            },
            "choices": [
                {"key": "by_sea", "label": "By\nsea", "plugin": "probe"},
                {"key": "\n\"?1 $1'", "label": "\n\"?1 $1'", "plugin": None},
                {"key": "by_air", "label": 'By "air"', "plugin": "probe"},
            ],
        },
    ),
    "empty": (
        {"choices": "[]"},
        {
            "choices": [],
            "choice": None,
            "text": None,
            "longText": None,
            "integer": None,
            "decimal": None,
            "money": None,
            "percent": None,
            "boolean": None,
            "day": None,
            "moment": None,
            "phone": None,
            "colleague": None,
            "paper": None,
        },
    ),
}
PARTS = {
    "money": " { amount currency }",
    "choice": " { key label plugin }",
    "choices": " { key label plugin }",
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(database_url, tmp_path) as opened:
        yield opened


async def test_extreme_values_come_out_of_all_rungs(house: House) -> None:
    for number, (name, (given, wanted)) in enumerate(CASES.items(), start=1_000):
        row = {
            "id": number,
            "created_at": NOW,
            "updated_at": NOW,
            "version": 1,
            "client": 1,
            "whole": 0,
            **given,
        }
        async with house.app.database.transaction() as transaction:
            await transaction.insert_many("probe_sample", [*row], [[*row.values()]])
        told = " ".join(
            f"{key}{PARTS.get(key, ' { id }' if key in {'colleague', 'paper'} else '')}" for key in wanted
        )
        text = f'{{ box: probeSample(id: "probe_sample_{number}") {{ {told} }} }}'
        for rung in RUNGS:
            got = await house.ask(text, EVERYTHING, rung=rung)
            assert got == {"box": wanted}, (name, rung)
