"""Random documents on every rung of the ladder, compared with the oracle.

`make test` compares 300 documents on SQLite and 100 on PostgreSQL. One command compares more of them, a third as
many on PostgreSQL as on SQLite:

    CARDFILE_TEST_DOCUMENTS=3000 python -m pytest tests/graphql/test_reads_differential.py

CARDFILE_TEST_SEED chooses others; a failure prints the seeds of the documents that differ.
"""

import os
from pathlib import Path

import pytest
from reads_house import House, open_house

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

DOCUMENTS = int(os.environ.get("CARDFILE_TEST_DOCUMENTS", "300"))
SEED = int(os.environ.get("CARDFILE_TEST_SEED", "1"))
HALVES = (0, 1)


async def _compare(house: House, seeds: range) -> None:
    profiles = [*house.readers]
    found = []
    for seed in seeds:
        profile = profiles[seed // len(HALVES) % len(profiles)]
        found += await house.differences(house.document(profile, seed), profile)
    told = "\n\n".join(str(one) for one in found[:3])
    assert not found, f"{len(found)} differences, of documents {sorted({one.seed for one in found})}\n{told}"
    assert len(house.dear) <= len(seeds) * 0.05, f"too many say nothing, for they are refused: {house.dear}"
    rungs = {name: +engine.rungs for name, engine in house.engines.items()}
    assert rungs["one statement"]["one statement"] > len(seeds), rungs
    assert rungs["levels"]["levels"] > len(seeds), rungs
    assert rungs["one statement"]["plain"] > len(seeds), rungs


@pytest.mark.parametrize("half", HALVES)
async def test_every_rung_answers_as_the_oracle_on_sqlite(half: int, sqlite_url: str, tmp_path: Path) -> None:
    async with open_house(sqlite_url, tmp_path) as house:
        await _compare(house, range(SEED * 100_000 + half, SEED * 100_000 + DOCUMENTS, len(HALVES)))


@pytest.mark.postgres
async def test_every_rung_answers_as_the_oracle_on_postgres(postgres_url: str, tmp_path: Path) -> None:
    async with open_house(postgres_url, tmp_path) as house:
        await _compare(house, range(SEED * 100_000, SEED * 100_000 + DOCUMENTS // 3))
