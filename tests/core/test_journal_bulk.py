"""Many records at once: the same journal as one by one, and all or nothing."""

import gc
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from datetime import UTC, date, datetime, timedelta

import pytest
from journal_house import Client, Club, NoHooks, Visit, manager, open_club

from cardfile.database import Database
from cardfile.errors import InvalidInput, NotFound, VersionConflict
from cardfile.journal import Call, Change, UnitOfWork
from cardfile.journal.changes import change_rows
from cardfile.journal.garbage import collecting_later
from cardfile.values.money import Money

pytestmark = pytest.mark.anyio

NUMBER = 2_100
"""More than one portion, so that the seams are tested too."""


@pytest.fixture
async def club(database: Database) -> Club:
    return await open_club(database)


def call_of(club: Club, work: UnitOfWork) -> Call:
    return Call(work, club.commands["client.create"])


def people(number: int = NUMBER) -> Iterator[Mapping[str, object]]:
    for n in range(number):
        yield {
            "name": f"Клиент {n:04}",
            "code": f"C{n}",
            "phones": [f"+7916{n:07}"] if n % 2 else [],
            "club": {"goal": "health", "balance": Money(n, "RUB")} if n % 3 else {},
        }


async def fill(club: Club, number: int = NUMBER) -> list[int]:
    async with club.work() as work:
        call = call_of(club, work)
        ids = await call.bulk_create(Client, people(number))
        await call.finish()
    return ids


async def test_new_records_come_with_cards_lists_search_texts_and_events(club: Club) -> None:
    last = (await club.events())[-1]
    club.hooks.seen.clear()
    ids = await fill(club)
    assert len(set(ids)) == NUMBER
    keeping = ("records_keeping", "client")
    assert club.hooks.seen == [("creating", 2_000), keeping, ("creating", 100), keeping]
    found = await club.rows(
        "select id, name, sort_name, search_text, version from client order by id desc limit 1"
    )
    assert found == [(ids[-1], "Клиент 2099", "клиент 2099", "клиент 2099 79160002099", 1)]
    assert await club.rows("select count(*) from contact_point") == [(NUMBER // 2,)]
    cards = await club.rows(
        "select count(*), count(goal), cast(sum(balance) as bigint), sum(visit_count) from card_club_client"
    )
    assert cards == [(NUMBER, 1_400, 1_470_000, 0)]
    rows = await club.rows(
        "select count(*), count(distinct record), min(batch), max(batch), min(name), max(name), "
        f"count(before), sum(case when client = record then 1 else 0 end) from event where id > {last.id}"
    )
    batch = last.id + 1
    assert rows == [(NUMBER, NUMBER, batch, batch, "client.created", "client.created", 0, NUMBER)]
    (event,) = [one for one in await club.events(after=last.id) if one.record == ids[1]]
    assert event.after == {
        "name": "Клиент 0001",
        "code": "C1",
        "standing": "lead",
        "phones": [
            {
                "value": "+79160000001",
                "raw": "+79160000001",
                "label": None,
                "is_primary": True,
                "extension": None,
            }
        ],
        "club.goal": "health",
        "club.balance": {"minor": 1, "currency": "RUB"},
    }


async def test_changes_are_written_only_where_something_is_different(club: Club) -> None:
    ids = await fill(club)
    last = (await club.rows("select max(id) from event"))[0][0]
    changes: dict[int, dict[str, object]] = {}
    for n, record in enumerate(ids):
        changes[record] = {"name": f"Клиент {n:04}" if n % 2 else f"Ёж {n}", "birthday": None}
        if n % 10 == 0:
            changes[record]["club"] = {"goal": "strength"}
        if n % 700 == 1:
            changes[record]["phones"] = ["+79990000000"]
    async with club.work() as work:
        call = call_of(club, work)
        done = await call.bulk_write(Client, changes)
        await call.finish()
    expected = {record for n, record in enumerate(ids) if n % 2 == 0 or n % 700 == 1}
    assert done.changed == expected
    assert done.unchanged == set(ids) - expected
    assert await club.rows("select count(*) from client where version = 2") == [(len(expected),)]
    assert await club.rows(f"select count(*) from event where id > {last}") == [(len(expected),)]
    first = (await club.events(after=int(str(last))))[0]
    assert (first.name, first.change, first.version) == ("client.updated", Change.CHANGED, 2)
    assert first.before == {"name": "Клиент 0000", "club.goal": None}
    assert first.after == {"name": "Ёж 0", "club.goal": "strength"}
    rows = await club.rows(
        f"select search_text, sort_name from client where id in ({ids[0]}, {ids[1]}) order by id"
    )
    assert rows == [("еж 0", "еж 0"), ("клиент 0001 79990000000", "клиент 0001")]
    cards = await club.rows("select count(*) from card_club_client where goal = 'strength'")
    assert cards == [(NUMBER // 10,)]


async def test_a_bulk_write_reaches_as_far_as_the_actor(club: Club) -> None:
    async with club.work() as work:
        call = call_of(club, work)
        ids = await call.bulk_create(Client, [{"name": "Mine", "owner": 1}, {"name": "Other", "owner": 2}])
        await call.finish()

    async def write(rights: object = None) -> None:
        async with club.work(manager(1)) as work:
            call = call_of(club, work)
            await call.bulk_write(Client, {one: {"name": "Taken"} for one in ids}, rights=rights)  # type: ignore[arg-type]  # Rights
            await call.finish()

    with pytest.raises(NotFound, match=f"client_{ids[1]}"):
        await write()
    assert await club.rows("select name from client order by id") == [("Mine",), ("Other",)]
    await write(manager(2, own=(1, 2)).rights)
    assert await club.rows("select name from client order by id") == [("Taken",), ("Taken",)]


async def test_a_failure_in_a_later_portion_leaves_nothing(club: Club) -> None:
    last = (await club.events())[-1]

    async def fail() -> None:
        async with club.work() as work:
            call = call_of(club, work)
            await call.bulk_create(Client, people())
            await call.finish()
            raise RuntimeError("the power went off")

    with pytest.raises(RuntimeError, match="power"):
        await fail()
    for table in ("client", "card_club_client", "contact_point"):
        assert await club.rows(f"select count(*) from {table}") == [(0,)]
    assert await club.events(after=last.id) == []
    assert len(await fill(club)) == NUMBER


async def test_a_refused_row_of_many_is_named_by_its_number(club: Club) -> None:
    rows = [*people(5), {"code": "without a name"}, *people(3)]
    async with club.work() as work:
        call = call_of(club, work)
        with pytest.raises(InvalidInput) as caught:
            await call.bulk_create(Client, rows)
    assert caught.value.path == (5, "name")
    async with club.work() as work:
        call = call_of(club, work)
        with pytest.raises(InvalidInput) as caught:
            await call.bulk_create(Client, [*people(5), {"name": "X", "club": {"goal": "beauty"}}])
    assert caught.value.path == (5, "club", "goal")


async def test_hooks_may_refuse_one_row_of_many(club: Club) -> None:
    club.hooks.refuse = "Клиент 2050"
    with pytest.raises(InvalidInput, match="not welcome"):
        await fill(club)
    assert await club.rows("select count(*) from client") == [(0,)]


async def test_stored_computed_fields_follow_many_rows(club: Club) -> None:
    ids = await fill(club, 300)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    async with club.work() as work:
        call = call_of(club, work)
        rows = [{"client": one, "entered_at": start + timedelta(days=n)} for n in range(7) for one in ids]
        visits = await call.bulk_create(Visit, rows)
        await call.finish()
    counted = await club.rows("select visit_count, count(*) from card_club_client group by visit_count")
    assert counted == [(7, 300)]
    async with club.work() as work:
        call = call_of(club, work)
        await call.bulk_write(Visit, {one: {"client": ids[0]} for one in visits[300:]})
        await call.finish()
    rows_of = await club.rows(
        "select visit_count, count(*) from card_club_client group by visit_count order by 1"
    )
    assert rows_of == [(1, 299), (1801, 1)]


async def test_a_record_made_and_changed_by_one_command_has_one_event(club: Club) -> None:
    last = (await club.events())[-1]
    async with club.work() as work:
        call = call_of(club, work)
        ids = await call.bulk_create(Client, people(3))
        client = await call.get(Client, ids[0])
        await call.write(client, name="Ann")
        await call.bulk_write(Client, {ids[0]: {"code": "new"}, ids[1]: {"code": "C1"}})
        assert client.code == "new"
        await call.finish()
    events = await club.events(after=last.id)
    assert [one.record for one in events] == ids
    assert events[0].after is not None
    assert (events[0].after["name"], events[0].after["code"], events[0].version) == ("Ann", "new", 3)


async def test_rows_that_somebody_changed_meanwhile_are_a_conflict(club: Club) -> None:
    ids = await fill(club, 20)
    async with club.work() as work:
        call = call_of(club, work)
        plan = call.plan(Client)
        befores = {one: {"id": one, "name": "?", "version": 1} for one in ids}
        await work.transaction.execute(f"update client set version = 5 where id = {ids[7]}")
        if club.database.dialect.name == "sqlite":
            # There the transaction is alone with many rows that it has just read.
            befores = {ids[7]: befores[ids[7]]}
        changes = {one: {"name": "New"} for one in befores}
        with pytest.raises(VersionConflict) as caught:
            await change_rows(call, work, call._books, plan, befores, changes)
    assert (caught.value.record, caught.value.current) == (ids[7], 5)


class Curious(NoHooks):
    """A plugin that looks at the whole of each record, and gives those born in 1990 another goal."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_at: dict[int, Mapping[str, object]] = {}

    async def each_changing(
        self,
        call: object,
        entity: str,
        records: Callable[[], Awaitable[Mapping[int, object]]],
        befores: Callable[[], Awaitable[Mapping[int, Mapping[str, object]]]],
        changes: Mapping[int, MutableMapping[str, object]],
        /,
    ) -> None:
        self.looked_at = {record: dict(values) for record, values in (await befores()).items()}
        for record, values in self.looked_at.items():
            if values["birthday"] is not None:
                changes[record]["club.goal"] = "strength"


async def test_hooks_of_a_bulk_write_see_what_it_did_not_need_to_read_itself(club: Club) -> None:
    async with club.work() as work:
        call = call_of(club, work)
        ids = await call.bulk_create(
            Client,
            [
                {"name": "Ann", "birthday": "1990-05-17", "club": {"goal": "health"}},
                {"name": "Bob", "club": {"goal": "health"}},
                {"name": "Eve", "club": {"goal": "health"}},
            ],
        )
        await call.finish()
    ann, bob, eve = ids
    club.hooks = hooks = Curious()
    async with club.work() as work:
        call = call_of(club, work)
        await call.bulk_write(Client, {ann: {"name": "Anna"}, bob: {"name": "Rob"}, eve: {"name": "Eve"}})
        await call.finish()
    assert hooks.looked_at.keys() == {ann, bob}  # nothing of Eve is different
    seen = hooks.looked_at[ann]
    assert (seen["name"], seen["birthday"], seen["club.goal"]) == ("Ann", date(1990, 5, 17), "health")
    goals = await club.rows("select id, goal from card_club_client order by id")
    assert goals == [(ann, "strength"), (bob, "health"), (eve, "health")]
    event = next(one for one in await club.events() if one.record == ann and one.before)
    assert event.before == {"name": "Ann", "club.goal": "health"}
    assert event.after == {"name": "Anna", "club.goal": "strength"}


def test_the_collector_waits_for_a_portion_and_is_as_it_was_afterwards() -> None:
    assert gc.isenabled()
    with collecting_later():
        assert not gc.isenabled()
        with collecting_later():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(InvalidInput), collecting_later():
        raise InvalidInput("A row is wrong.")
    assert gc.isenabled()


def test_a_collector_that_was_switched_off_stays_so() -> None:
    gc.disable()
    try:
        with collecting_later():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
