"""Commands that lock the same records in another order: PostgreSQL undoes one of them, which is done anew."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cardfile.app import App
from cardfile.clients import Client
from cardfile.database import SerializationFailed
from cardfile.errors import Busy
from cardfile.journal import Call, command
from cardfile.plugins import Plugin
from cardfile.rights import Actor

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

SYSTEM = Actor.system("test")
TRIED: list[int] = []
MEETING: list[asyncio.Barrier] = []


@command("client.embrace", label="Embrace", action="edit")
async def embrace(call: Call, client: Client, other: int) -> Client:
    """Mark a client, and then another one whom somebody else may have marked first."""
    TRIED.append(client.id)
    await call.work.transaction.execute("set local deadlock_timeout = '20ms'")
    await call.write(client, city="Perm")
    if len(TRIED) <= 2:
        await MEETING[0].wait()
    await call.write(await call.get(Client, other, lock=True), city="Perm")
    return client


@command("client.collide", label="Collide", action="edit")
async def collide(call: Call, client: Client) -> Client:
    """Be undone by the database each time."""
    TRIED.append(client.id)
    await call.write(client, city="Omsk")
    sql = "do $do$ begin raise exception 'collision' using errcode = '40001'; end $do$"
    await call.work.transaction.execute(sql)
    return client


class Crossing(Plugin):
    name = "crossing"
    label = "Crossing"
    requires = "cardfile>=0"
    commands = (embrace, collide)


@pytest.fixture
def plugins() -> tuple[type[Plugin], ...]:
    return (Crossing,)


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture(autouse=True)
def _anew() -> None:
    TRIED.clear()
    MEETING[:] = [asyncio.Barrier(2)]


async def test_of_two_commands_that_wait_for_each_other_one_is_done_anew(
    app: App, make_client: Callable[..., Awaitable[int]]
) -> None:
    one, other = await make_client("Anna"), await make_client("Boris")
    await asyncio.gather(
        app.do(SYSTEM, "crossing.client.embrace", client=one, other=other),
        app.do(SYSTEM, "crossing.client.embrace", client=other, other=one),
    )
    assert len(TRIED) == 3
    assert await app.database.fetch("select city from client") == [("Perm",), ("Perm",)]


async def test_who_is_in_the_way_each_time_is_told_to_try_again(
    app: App, make_client: Callable[..., Awaitable[int]]
) -> None:
    client = await make_client("Anna")
    with pytest.raises(Busy, match="Try again"):
        await app.do(SYSTEM, "crossing.client.collide", client=client)
    assert [client] * 4 == TRIED
    assert await app.database.fetch("select city from client") == [(None,)]


async def test_a_command_within_a_unit_of_work_is_not_done_anew_alone(
    app: App, make_client: Callable[..., Awaitable[int]]
) -> None:
    client = await make_client("Anna")
    with pytest.raises(SerializationFailed):
        async with app.unit_of_work(SYSTEM) as work:
            await work.do("crossing.client.collide", client=client)
    assert [client] == TRIED
