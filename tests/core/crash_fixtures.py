"""What the tests of crashes share: the process that forks, and a house with the mill in it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from crash_house import CrashHouse, Forge, crash_house
from crash_mill import Mill

__all__ = ["forge", "house"]


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    """The process that forks itself for every server and worker."""
    made = Forge()
    yield made
    made.close()


@pytest.fixture
async def house(
    request: pytest.FixtureRequest, engine: str, database_url: str, forge: Forge, tmp_path: Path
) -> AsyncIterator[CrashHouse]:
    """An installation with the mill: SQLite with a queue in a file, or PostgreSQL with Redis."""
    queue_url = request.getfixturevalue("redis_url") if engine == "postgres" else None
    async with crash_house(
        forge, tmp_path, database_url=database_url, queue_url=queue_url, plugins={"mill": Mill}
    ) as opened:
        yield opened
