"""A process that is killed in the middle of a bulk command leaves nothing half done."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from journal_house import Client, Club, open_club

from cardfile.database import Database
from cardfile.journal import Call

pytestmark = pytest.mark.anyio

HERE = Path(__file__).parent

CHILD = """
import asyncio, os, signal, sys
from journal_house import Client, Club
from cardfile.database import open_database
from cardfile.journal import Call

async def main() -> None:
    database = open_database(sys.argv[1])
    await database.start()
    club = Club(database)
    async with club.work() as work:
        call = Call(work, club.commands["client.create"])
        await call.bulk_create(Client, [{"name": f"Client {n}", "phones": [f"+7916{n:07}"]} for n in range(3_000)])
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_process_killed_in_a_bulk_command_leaves_nothing(
    database: Database, database_url: str
) -> None:
    club = await open_club(database)
    last = (await club.events())[-1]
    done = subprocess.run(  # noqa: ASYNC221  # nothing else is to happen meanwhile
        [sys.executable, "-c", CHILD, database_url],
        cwd=HERE,
        env={"PYTHONPATH": f"{HERE}:{HERE.parents[1] / 'core'}"},
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    for table in ("client", "contact_point", "card_club_client"):
        assert await club.rows(f"select count(*) from {table}") == [(0,)]
    assert await club.events(after=last.id) == []
    assert await _again(club) == 3_000


async def _again(club: Club) -> int:
    async with club.work() as work:
        call = Call(work, club.commands["client.create"])
        ids = await call.bulk_create(Client, [{"name": f"Client {n}"} for n in range(3_000)])
        await call.finish()
    assert await club.rows("select count(*) from client") == [(3_000,)]
    return len(ids)
