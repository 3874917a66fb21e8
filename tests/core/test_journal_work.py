"""A unit of work: permitted, all or nothing, one event for each record of a command."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from journal_house import SYSTEM, Client, Club, ContactPoint, Person, manager, open_club

from cardfile.database import Database
from cardfile.errors import DatabaseError, InvalidInput, NotAllowed, NotFound, VersionConflict
from cardfile.journal import Call, Change, UnitOfWork, fetch_history, unit_of_work
from cardfile.rights import Actor, Scope

pytestmark = pytest.mark.anyio


@pytest.fixture
async def club(database: Database) -> Club:
    return await open_club(database)


async def create(house: Club, actor: Actor | None = None, /, **values: object) -> Client:
    made = await house.do("client.create", actor, values=values)
    assert isinstance(made, Client)
    return made


async def update(house: Club, record: int, actor: Actor | None = None, /, **values: object) -> Client:
    made = await house.do("client.update", actor, record=record, values=values)
    assert isinstance(made, Client)
    return made


def call_of(club: Club, work: UnitOfWork) -> Call:
    return Call(work, club.commands["client.create"])


async def test_one_event_tells_all_that_a_command_did_to_a_record(club: Club) -> None:
    ann = await create(club, name="Ann", club={"goal": "strength"})
    (last,) = (await club.events())[-1:]
    await club.do("client.promote", client=ann.id, reason="paid")
    (event,) = await club.events(after=last.id)
    assert (event.name, event.entity, event.record, event.client) == (
        "client.promoted",
        "client",
        ann.id,
        ann.id,
    )
    assert event.before == {"standing": "lead", "club.goal": "strength"}
    assert event.after == {"standing": "active", "club.goal": "health"}
    assert event.data == {"reason": "paid"}
    assert event.version == 3
    assert event.change is Change.CHANGED


async def test_an_event_says_who_when_and_by_which_door(club: Club) -> None:
    club.clock.advance(timedelta(hours=1))
    async with unit_of_work(club, manager(1), via="form", cause=7) as work:
        await work.do("client.create", values={"name": "Ann"})
        await work.do("client.create", values={"name": "Bob"})
    ann, bob = (await club.events())[-2:]
    assert (ann.actor, ann.actor_name, ann.via, ann.cause) == (1, "user 1", "form", 7)
    assert ann.at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert ann.batch == bob.batch == work.batch == ann.id
    assert ann.before is None
    assert ann.after == {"name": "Ann", "owner": 1, "standing": "lead"}


async def test_a_write_that_changes_nothing_writes_nothing(club: Club) -> None:
    ann = await create(club, name="Ann", phones=["89161234567"], club={"interests": ["yoga"]})
    last = (await club.events())[-1]
    values = {"name": "Ann", "phones": ["8 916 123-45-67"], "club": {"interests": ["yoga"]}}
    async with club.work() as work:
        call = call_of(club, work)
        again = await call.get(Client, ann.id)
        await call.write(again, name="Bob")
        await call.write(again, name="Ann")
        await call.finish()
    assert await club.events(after=last.id) == []
    assert (await update(club, ann.id, **values)).version == 3  # there and back, and then nothing
    assert await club.events(after=last.id) == []


async def test_events_keep_no_secrets_and_no_unknown_columns(club: Club) -> None:
    async with club.work() as work:
        call = Call(work, club.commands["user.create"])
        person = await call.create(Person, {"name": "Eve", "password_hash": "secret1"})
        await call.write(person, password_hash="secret2", name="Eva")
        await call.finish()
    event = (await club.events())[-1]
    assert event.after == {"name": "Eva"}
    assert await club.rows("select password_hash from person where name = 'Eva'") == [("secret2",)]


async def test_the_timeline_finds_what_hangs_on_a_client(club: Club) -> None:
    ann = await create(club, name="Ann")
    visit = await club.do("club.visit.check_in", client=ann.id, note="early")
    await club.do("club.visit.update", record=visit.id, values={"note": "late"})
    made, changed = (await club.events())[-2:]
    assert (made.name, made.client, made.record) == ("club.visit.checked_in", ann.id, visit.id)
    assert (changed.name, changed.client) == ("club.visit.updated", ann.id)
    (event,) = await fetch_history(club.database, "club.visit", visit.id, limit=1)
    assert event == changed


async def test_a_hidden_record_answers_like_a_missing_one(club: Club) -> None:
    ann = await create(club, name="Ann", owner=2)
    told = []
    for record in (ann.id, 4711):
        with pytest.raises(NotFound) as caught:
            await update(club, record, manager(1), name="Mine")
        told.append((str(caught.value).replace(str(record), "N"), caught.value.path))
    assert told[0] == told[1]
    with pytest.raises(NotFound, match="no such record: user_1"):
        await club.do("client.update", record="user_1", values={"name": "x"})


async def test_what_is_seen_may_still_not_be_changed(club: Club) -> None:
    ann = await create(club, name="Ann", owner=2)
    scopes = {("client", "read"): Scope.ALL, ("client", "edit"): Scope.OWN}
    reader = manager(1, scopes=scopes)
    with pytest.raises(NotAllowed, match="You may not do this: Change"):
        await update(club, ann.id, reader, name="Mine")
    with pytest.raises(NotAllowed, match="You may not do this: Create"):
        await create(club, reader, name="New")
    assert await club.rows("select name from client") == [("Ann",)]


async def test_another_record_of_a_command_must_be_visible(club: Club) -> None:
    mine, other = await create(club, name="Mine", owner=1), await create(club, name="Other", owner=2)
    with pytest.raises(NotFound) as caught:
        await club.do("client.merge", manager(1), client=mine.id, other=other.id)
    assert caught.value.path == ("otherId",)


async def test_an_expected_version_that_has_passed_is_a_conflict(club: Club) -> None:
    ann = await create(club, name="Ann")
    await update(club, ann.id, name="Anna")
    with pytest.raises(VersionConflict) as caught:
        await club.do("client.update", record=ann.id, expected_version=1, values={"name": "Annie"})
    assert (caught.value.entity, caught.value.record, caught.value.current) == ("client", ann.id, 2)
    again = await club.do("client.update", record=ann.id, expected_version=2, values={"name": "Annie"})
    assert again.version == 3


async def test_a_writer_who_was_overtaken_gets_a_conflict(club: Club) -> None:
    ann = await create(club, name="Ann")
    async with club.work() as work:
        call = call_of(club, work)
        held = await call.get(Client, ann.id)
        await work.transaction.execute("update client set name = 'Eve', version = version + 1")
        with pytest.raises(VersionConflict):
            await call.write(held, name="Anna")


async def test_concurrent_writers_with_versions_lose_no_update(club: Club) -> None:
    ann = await create(club, name="Ann")

    async def write(name: str) -> str:
        try:
            await club.do("client.update", record=ann.id, expected_version=1, values={"name": name})
        except VersionConflict:
            return ""
        return name

    done = [name for name in await asyncio.gather(*(write(f"Ann {n}") for n in range(6))) if name]
    assert len(done) == 1
    assert await club.rows("select name, version from client") == [(done[0], 2)]


async def test_a_failure_leaves_nothing(club: Club) -> None:
    last = (await club.events())[-1]

    async def fail() -> None:
        async with club.work() as work:
            await work.do("client.create", values={"name": "Ann", "phones": ["89161234567"]})
            await work.do("client.create", values={"name": ""})

    with pytest.raises(InvalidInput):
        await fail()
    assert await club.rows("select id from client") == []
    assert await club.rows("select id from contact_point") == []
    assert await club.events(after=last.id) == []


async def test_a_nested_unit_fails_alone(club: Club) -> None:
    async def fail() -> None:
        async with club.work() as inner:
            await inner.do("client.create", values={"name": "Bob", "code": "A"})

    async with club.work() as work:
        await work.do("client.create", values={"name": "Ann", "code": "A"})
        with pytest.raises(InvalidInput, match="taken"):
            await fail()
        async with club.work() as inner:
            await inner.do("client.create", values={"name": "Cid"})
    assert await club.rows("select name from client order by id") == [("Ann",), ("Cid",)]
    ann, cid = (await club.events())[-2:]
    assert ann.batch == cid.batch == work.batch
    assert work.events == 2


async def test_a_unit_cannot_go_on_after_a_command_that_failed_halfway(club: Club) -> None:
    async def archive_and_fail(call: Call, client: Client) -> Client:
        """Lay a client aside, and find out too late that this was wrong."""
        await call.archive(client)
        raise InvalidInput("No.")

    failing = replace(club.commands["client.archive"], function=archive_and_fail)
    failing = replace(failing, parameters=(replace(failing.parameters[0], name="client"),))
    club.commands = replace(club.commands, commands={**club.commands.commands, "client.fail": failing})
    ann = await create(club, name="Ann")

    async def go_on(*, doing: bool) -> None:
        async with club.work() as work:
            with pytest.raises(InvalidInput):
                await work.do("client.fail", client=ann.id)
            if doing:
                await work.do("client.create", values={"name": "Cid"})

    for doing in (True, False):
        with pytest.raises(DatabaseError, match="nested unit of work"):
            await go_on(doing=doing)
    assert await club.rows("select name from client where archived_at is null") == [("Ann",)]


async def test_a_refused_statement_is_told_and_undone(club: Club) -> None:
    async def fail() -> None:
        async with club.work() as work:
            await work.do("client.create", values={"name": "Ann", "code": "A"})
            await work.do("client.create", values={"name": "Bob", "code": "A"})

    with pytest.raises(InvalidInput, match="taken"):
        await fail()
    assert await club.rows("select id from client") == []


async def test_a_refusal_before_anything_is_written_harms_nobody(club: Club) -> None:
    async with club.work() as work:
        with pytest.raises(InvalidInput):
            await work.do("client.create", values={"name": ""})
        await work.do("client.create", values={"name": "Ann"})
    assert await club.rows("select name from client") == [("Ann",)]


async def test_an_outer_command_goes_on_with_what_a_nested_one_changed(club: Club) -> None:
    async with club.work() as work:
        call = call_of(club, work)
        ann = await call.create(Client, {"name": "Ann"})
        await call.finish()
        async with club.work() as inner:
            await inner.do("client.update", record=ann.id, values={"name": "Anna"})
        await call.write(ann, birthday="2000-01-02")
        await call.finish()
        assert ann.name == "Anna"
    assert await club.rows("select name, version from client") == [("Anna", 3)]


async def test_archived_records_wait_until_they_are_restored(club: Club) -> None:
    ann = await create(club, name="Ann")
    assert (await club.do("client.archive", record=ann.id)).archived_at == club.clock.now()
    with pytest.raises(NotAllowed, match="restore it first"):
        await update(club, ann.id, name="Anna")
    assert (await club.do("client.restore", record=ann.id)).archived_at is None
    archived, restored = (await club.events())[-2:]
    assert (archived.name, archived.change) == ("client.archived", Change.ARCHIVED)
    assert (restored.name, restored.change) == ("client.restored", Change.RESTORED)


async def test_hooks_see_what_is_about_to_happen_and_may_refuse(club: Club) -> None:
    club.hooks.seen.clear()
    ann = await create(club, name="Ann")
    await update(club, ann.id, name="Anna")
    await update(club, ann.id, name="Anna")
    await club.do("client.archive", record=ann.id)
    assert club.hooks.seen == [
        ("command_doing", "client.create"),
        ("creating", 1),
        ("records_keeping", "client"),
        ("command_doing", "client.update"),
        ("changing", {ann.id: ["name"]}),
        ("records_keeping", "client"),
        ("command_doing", "client.update"),
        ("command_doing", "client.archive"),
        ("record_archiving", "client"),
        ("records_keeping", "client"),
    ]
    club.hooks.refuse = "Eve"
    with pytest.raises(InvalidInput, match="Eve is not welcome"):
        await create(club, name="Eve")


async def test_lists_are_replaced_and_what_stays_keeps_its_row(club: Club) -> None:
    ann = await create(club, name="Ann", phones=["89161234567", "89161234568"])
    phones = [{"value": "89161234568", "label": "home"}, "89161234569"]
    await update(club, ann.id, phones=phones)
    rows = await club.rows(
        "select id, value, label, is_primary, archived_at is null from contact_point order by id"
    )
    assert [(row[0], row[1], row[2], bool(row[3]), bool(row[4])) for row in rows] == [
        (1, "+79161234567", None, True, False),
        (2, "+79161234568", "home", True, True),
        (3, "+79161234569", None, False, True),
    ]
    event = (await club.events())[-1]
    assert event.before is not None
    assert event.after is not None
    assert [one["value"] for one in event.before["phones"]] == ["+79161234567", "+79161234568"]
    assert [one["value"] for one in event.after["phones"]] == ["+79161234568", "+79161234569"]
    assert await club.rows("select search_text from client") == [("ann 79161234568 79161234569",)]


async def test_search_texts_follow_names_and_moved_contacts(club: Club) -> None:
    ann = await create(club, name="Ann", phones=["89161234567"])
    bob = await create(club, name="Bob", phones=["89161234568"])
    await update(club, ann.id, name="Ёлка")
    await club.do("client.merge", client=ann.id, other=bob.id)
    assert await club.rows("select search_text from client order by id") == [
        ("елка 79161234567 79161234568",),
        ("bob",),
    ]


async def test_stored_computed_fields_follow_their_rows(club: Club) -> None:
    ann, bob = await create(club, name="Ann"), await create(club, name="Bob")

    async def card() -> list[tuple[object, object]]:
        async with club.work() as work:
            call = call_of(club, work)
            found = [await call.values(await call.get(Client, one.id)) for one in (ann, bob)]
        return [(one["club.visit_count"], one["club.last_visit"]) for one in found]

    assert await card() == [(0, None), (0, None)]
    first = await club.do("club.visit.check_in", client=ann.id)
    club.clock.advance(timedelta(days=1))
    second = await club.do("club.visit.check_in", client=ann.id)
    assert await card() == [(2, club.clock.now()), (0, None)]
    await club.do("club.visit.update", record=second.id, values={"client": bob.id})
    assert await card() == [(1, club.clock.now() - timedelta(days=1)), (1, club.clock.now())]
    await club.do("club.visit.archive", record=first.id)
    assert await card() == [(0, None), (1, club.clock.now())]


async def test_reads_of_a_command_see_what_the_actor_sees(club: Club) -> None:
    ann = await create(club, name="Ann", owner=1)
    bob = await create(club, name="Bob", owner=2)
    async with club.work(manager(1)) as work:
        call = call_of(club, work)
        assert [one.id for one in await call.find(Client)] == [ann.id]
        assert await call.count(Client) == 1
        assert await call.count(Client, rights=SYSTEM.rights) == 2
        with pytest.raises(NotFound):
            await call.get(Client, bob.id)
        assert (await call.get(Client, bob.id, rights=SYSTEM.rights)).name == "Bob"
        assert await call.find(ContactPoint) == []
