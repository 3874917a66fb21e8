"""A batch can be taken back, without harm to what was done since."""

from datetime import UTC, date, datetime

import pytest
from journal_house import Client, Club, ContactPoint, Visit, open_club

from cardfile.database import Database
from cardfile.errors import InvalidInput
from cardfile.journal import Call, Kept, Reverted, UnitOfWork, fetch_history, revert_batch
from cardfile.values.money import Money

pytestmark = pytest.mark.anyio


@pytest.fixture
async def club(database: Database) -> Club:
    return await open_club(database)


def call_of(club: Club, work: UnitOfWork) -> Call:
    return Call(work, club.commands["client.create"])


async def revert(club: Club, batch: int | None) -> Reverted:
    assert batch is not None
    async with club.work() as work:
        return await revert_batch(work, batch)


async def values_of(club: Club, record: int) -> dict[str, object]:
    async with club.work() as work:
        call = call_of(club, work)
        values = dict(await call.values(await call.get(Client, record)))
    return {key: values[key] for key in ("name", "birthday", "club.goal", "club.balance", "club.interests")}


BEFORE = {
    "name": "Ann",
    "birthday": date(1990, 5, 6),
    "club": {"goal": "health", "balance": Money(100, "RUB"), "interests": ("yoga",)},
    "phones": ["+79161234567"],
}
AFTER = {
    "name": "Anna",
    "birthday": None,
    "club": {"goal": "strength", "balance": Money(5, "USD"), "interests": ("boxing", "yoga")},
    "phones": ["+79161234568"],
}


async def change(house: Club, record: int, /, **values: object) -> int:
    async with house.work() as work:
        await work.do("client.update", record=record, values=values)
    assert work.batch is not None
    return work.batch


async def test_changed_fields_get_their_earlier_values(club: Club) -> None:
    ann = await club.do("client.create", values=BEFORE)
    was = await values_of(club, ann.id)
    batch = await change(club, ann.id, **AFTER)
    assert await values_of(club, ann.id) != was
    done = await revert(club, batch)
    assert (done.restored, done.archived, done.kept) == (1, 0, ())
    assert await values_of(club, ann.id) == was
    points = await club.rows("select value from contact_point where archived_at is null")
    assert points == [("+79161234567",)]
    assert await club.rows("select search_text from client") == [("ann 79161234567",)]
    (event,) = await fetch_history(club.database, "client", ann.id, limit=1)
    assert event.batch == done.batch


async def test_new_records_are_archived_with_all_that_was_made_on_them(club: Club) -> None:
    old = await club.do("client.create", values={"name": "Old"})
    async with club.work() as work:
        call = call_of(club, work)
        ids = await call.bulk_create(
            Client, [{"name": f"New {n}", "phones": ["+79161234567"]} for n in range(30)]
        )
        at = datetime(2026, 1, 1, tzinfo=UTC)
        await call.bulk_create(Visit, [{"client": one, "entered_at": at} for one in (*ids, old.id)])
        await call.finish()
    done = await revert(club, work.batch)
    assert (done.restored, done.archived) == (0, 61)
    assert await club.rows("select name from client where archived_at is null") == [("Old",)]
    assert await club.rows("select id from club_visit where archived_at is null") == []
    assert await club.rows(f"select visit_count from card_club_client where id = {old.id}") == [(0,)]


async def test_later_edits_stay_and_are_named(club: Club) -> None:
    ann = await club.do("client.create", values=BEFORE)
    batch = await change(club, ann.id, **AFTER)
    await change(club, ann.id, name="Annie", club={"goal": "health"})
    done = await revert(club, batch)
    assert done.kept == (Kept("client", ann.id, ("club.goal", "name"), "It was changed since."),)
    found = await values_of(club, ann.id)
    assert (found["name"], found["club.goal"]) == ("Annie", "health")
    assert (found["birthday"], found["club.interests"]) == (date(1990, 5, 6), ("yoga",))


async def test_two_changes_in_one_batch_go_back_to_the_first_value(club: Club) -> None:
    ann = await club.do("client.create", values={"name": "Ann"})
    async with club.work() as work:
        await work.do("client.update", record=ann.id, values={"name": "Anna", "code": "x"})
        await work.do("client.update", record=ann.id, values={"name": "Annie"})
    await revert(club, work.batch)
    assert await club.rows("select name, code from client") == [("Ann", None)]


async def test_a_merge_is_taken_back_with_its_moved_records(club: Club) -> None:
    ann = await club.do("client.create", values={"name": "Ann", "phones": ["+79161234567"]})
    bob = await club.do("client.create", values={"name": "Bob", "phones": ["+79161234568"]})
    async with club.work() as work:
        await work.do("client.merge", client=ann.id, other=bob.id)
    assert await club.rows(f"select count(*) from contact_point where client = {ann.id}") == [(2,)]
    done = await revert(club, work.batch)
    assert (done.restored, done.kept) == (2, ())
    assert await club.rows("select client from contact_point order by id") == [(ann.id,), (bob.id,)]
    assert await club.rows("select search_text, archived_at from client order by id") == [
        ("ann 79161234567", None),
        ("bob 79161234568", None),
    ]


async def test_a_batch_is_taken_back_once(club: Club) -> None:
    ann = await club.do("client.create", values={"name": "Ann"})
    batch = await change(club, ann.id, name="Anna")
    first = await revert(club, batch)
    with pytest.raises(InvalidInput, match="taken back already"):
        await revert(club, batch)
    again = await revert(club, first.batch)
    assert again.restored == 1
    assert await club.rows("select name from client") == [("Anna",)]
    assert (await revert(club, batch)).restored == 1
    assert await club.rows("select name from client") == [("Ann",)]


async def test_a_batch_that_is_not_there_is_told(club: Club) -> None:
    with pytest.raises(InvalidInput, match="nothing to take back under the number 4711"):
        await revert(club, 4711)


async def test_a_batch_may_be_written_in_several_units_of_work(club: Club) -> None:
    async with club.work() as work:
        batch = await work.open_batch()
    for name in ("Ann", "Bob"):
        async with club.work(batch=batch) as work:
            await work.do("client.create", values={"name": name})
    assert (await revert(club, batch)).archived == 2


async def test_many_records_go_back_in_portions(club: Club) -> None:
    async with club.work() as work:
        call = call_of(club, work)
        ids = await call.bulk_create(Client, [{"name": f"Client {n}"} for n in range(2_050)])
        await call.finish()
    async with club.work() as work:
        call = call_of(club, work)
        await call.bulk_write(Client, {one: {"name": f"Changed {one}", "code": f"{one}"} for one in ids})
        await call.finish()
    await change(club, ids[0], code="mine")
    done = await revert(club, work.batch)
    assert (done.restored, len(done.kept)) == (2_050, 1)
    assert await club.rows("select count(*) from client where name like 'Client %'") == [(2_050,)]
    assert await club.rows("select code from client where code is not null") == [("mine",)]


async def test_contacts_that_came_back_are_found_again(club: Club) -> None:
    ann = await club.do("client.create", values={"name": "Ann", "phones": ["+79161234567"]})
    batch = await change(club, ann.id, phones=[])
    await revert(club, batch)
    async with club.work() as work:
        found = await call_of(club, work).find(ContactPoint)
    assert [one.value for one in found] == ["+79161234567"]


async def test_a_value_that_is_another_s_by_now_stays_and_is_named(club: Club) -> None:
    ann = await club.do("client.create", values={"name": "Ann", "code": "A"})
    batch = await change(club, ann.id, code="B", name="Anna")
    await club.do("client.create", values={"name": "Bob", "code": "A"})
    done = await revert(club, batch)
    assert done.kept == (Kept("client", ann.id, ("code",), "Another record has this value by now."),)
    assert await club.rows("select name, code from client order by id") == [("Ann", "B"), ("Bob", "A")]


async def test_one_clash_among_many_records_keeps_that_one_only(club: Club) -> None:
    async with club.work() as work:
        call = call_of(club, work)
        ids = await call.bulk_create(Client, [{"name": f"Client {n}", "code": f"A{n}"} for n in range(50)])
        await call.finish()
    async with club.work() as work:
        call = call_of(club, work)
        await call.bulk_write(Client, {one: {"code": f"B{one}"} for one in ids})
        await call.finish()
    await club.do("client.create", values={"name": "Bob", "code": "A17"})
    done = await revert(club, work.batch)
    assert (done.restored, [(kept.record, kept.paths) for kept in done.kept]) == (49, [(ids[17], ("code",))])


async def test_a_value_goes_back_once_the_same_batch_has_made_room_for_it(club: Club) -> None:
    ann = await club.do("client.create", values={"name": "Ann", "code": "A"})
    async with club.work() as work:
        await work.do("client.archive", record=ann.id)
        await work.do("client.create", values={"name": "Bob", "code": "A"})
    done = await revert(club, work.batch)
    assert (done.restored, done.archived, done.kept) == (1, 1, ())
    assert await club.rows("select name from client where archived_at is null") == [("Ann",)]


async def test_who_cannot_come_back_from_the_archive_stays_there_and_is_named(club: Club) -> None:
    ann = await club.do("client.create", values={"name": "Ann", "code": "A"})
    async with club.work() as work:
        await work.do("client.archive", record=ann.id)
    await club.do("client.create", values={"name": "Bob", "code": "A"})
    done = await revert(club, work.batch)
    assert (done.restored, [kept.paths for kept in done.kept]) == (0, [("archived_at",)])
    assert await club.rows("select name from client where archived_at is null") == [("Bob",)]
