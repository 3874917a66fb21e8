"""What happened with a client, by time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from clients_desk import Desk, Row

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput, NotFound

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def history(desk: Desk, client: int) -> list[Row]:
    return await desk.rows("timeline_entry", {"client": {"id": {"eq": client}}}, order=("-at", "-id"))


def told(row: Row) -> str:
    return str(row["event"] or row["kind"])


async def test_contacts_and_events_stand_together_the_latest_first(desk: Desk, clock: MovableClock) -> None:
    client = await desk.client("Анна")
    clock.advance(HOUR)
    await desk.do("interaction.create", values={"client": client, "kind": "call", "subject": "Hello"})
    clock.advance(HOUR)
    await desk.do("client.reject", client=client, reason="Too far")
    clock.advance(HOUR)
    await desk.do("client.add_note", client=client, text="Likes mornings")
    rows = await history(desk, client)
    assert [told(row) for row in rows] == ["note", "client.rejected", "call", "client.created"]
    assert [row["title"] for row in rows] == [None, "Client: rejected", "Hello", "Client: created"]
    assert [row["text"] for row in rows] == ["Likes mornings", None, None, None]


async def test_what_happened_is_told_in_the_reader_s_language(desk: Desk) -> None:
    boris = await desk.colleague("Boris", "manager", locale="ru")
    client = await desk.client("Анна", by=boris)
    await desk.do("client.change_standing", by=boris, client=client, to="active")
    await desk.do("client.update", by=boris, record=client, values={"city": "Тула"})
    rows = await desk.rows("timeline_entry", by=boris, order=("-id",), locale="ru")
    assert [row["title"] for row in rows] == [
        "Клиент: изменение",
        "Клиент: смена статуса",
        "Клиент: создание",
    ]
    found = await desk.rows("timeline_entry", {"title": {"contains": "СМЕНА"}}, by=boris, locale="ru")
    assert [row["event"] for row in found] == ["client.changed_standing"]


async def test_a_merger_and_its_undoing_are_told_in_words(desk: Desk) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня")
    await desk.do("client.merge", client=anna, other=other)
    titles = {row["title"] for row in await history(desk, anna)}
    assert {"Client: merged with another", "Client: merged into another"} <= titles
    await desk.do("client.unmerge", client=other)
    assert "Client: merger undone" in {row["title"] for row in await history(desk, other)}
    assert "Client: parted from another" in {row["title"] for row in await history(desk, anna)}


async def test_events_of_what_one_may_not_read_at_all_are_left_out(desk: Desk) -> None:
    boris = await desk.colleague("Boris", "manager")
    client = await desk.client("Анна", by=boris)
    await desk.do("attribution.create", values={"client": client, "touch": "first", "source": "vk"})
    scopes = {key: scope for key, scope in boris.rights.scopes.items() if key[0] != "attribution"}
    blind = replace(boris, rights=replace(boris.rights, scopes=scopes))
    assert [told(row) for row in await desk.rows("timeline_entry", by=boris)] == [
        "client.created",
        "attribution.created",
    ]
    seen = await desk.rows("timeline_entry", by=blind)
    assert [told(row) for row in seen] == ["client.created"]


async def test_a_call_of_yesterday_stands_at_yesterday(desk: Desk, clock: MovableClock) -> None:
    client = await desk.client("Анна")
    yesterday = clock.now() - timedelta(days=1)
    await desk.do("interaction.create", values={"client": client, "kind": "call", "at": yesterday})
    assert [told(row) for row in await history(desk, client)] == ["client.created", "call"]


async def test_the_lines_of_a_history_have_ids_of_their_own(desk: Desk) -> None:
    for name in ("Анна", "Олег"):
        client = await desk.client(name)
        for text in ("one", "two", "three"):
            await desk.do("client.add_note", client=client, text=text)
    ids = [row["id"] for row in await desk.rows("timeline_entry")]
    assert len(ids) == len(set(ids)) == 8


async def test_pages_of_a_history_are_the_history(desk: Desk) -> None:
    client = await desk.client("Анна")
    for number in range(7):
        # All at one moment: only the ids keep them apart.
        await desk.do("client.add_note", client=client, text=str(number))
    whole = [row["id"] for row in await history(desk, client)]
    mine = {"client": {"id": {"eq": client}}}
    paged: list[int] = []
    while page := await desk.rows(
        "timeline_entry", {**mine, "id": {"notIn": paged}}, order=("-at", "-id"), limit=3
    ):
        paged += [row["id"] for row in page]
    assert paged == whole
    assert len(whole) == 8


async def test_a_manager_reads_the_history_of_his_own_clients_only(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    mine, theirs = await desk.client("Анна", by=boris), await desk.client("Олег", by=clara)
    for client, by in ((mine, boris), (theirs, clara)):
        await desk.do("client.add_note", by=by, client=client, text="A note")
    rows = await desk.rows("timeline_entry", by=boris)
    assert {row["client"] for row in rows} == {mine}
    assert {row["actor"] for row in rows} == {boris.user}


async def test_a_merged_client_s_events_stand_with_the_other_until_it_is_undone(desk: Desk) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня")
    await desk.do("client.qualify", client=other)
    batch = await desk.batch("client.merge", client=anna, other=other)
    assert {"client.qualified", "client.merged"} <= {told(row) for row in await history(desk, anna)}
    assert await history(desk, other) == []
    await desk.undo(batch)
    assert "client.qualified" in {told(row) for row in await history(desk, other)}
    assert "client.qualified" not in {told(row) for row in await history(desk, anna)}


async def test_an_archived_note_leaves_the_history(desk: Desk) -> None:
    client = await desk.client("Анна")
    note = await desk.do("client.add_note", client=client, text="A mistake")
    await desk.do("interaction.archive", record=note)
    assert [told(row) for row in await history(desk, client)] == ["client.created"]


async def last_contact(desk: Desk, client: int) -> object:
    return (await desk.row("client", client))["last_contact_at"]


async def test_the_last_contact_is_the_latest_that_reached_the_client(
    desk: Desk, clock: MovableClock
) -> None:
    client = await desk.client("Анна")
    assert await last_contact(desk, client) is None
    talked = clock.now()
    await desk.do("interaction.create", values={"client": client, "kind": "call", "state": "done"})
    clock.advance(HOUR)
    await desk.do("interaction.create", values={"client": client, "kind": "call", "state": "missed"})
    await desk.do("client.add_note", client=client, text="Did not answer")
    assert await last_contact(desk, client) == talked
    met = await desk.do("interaction.create", values={"client": client, "kind": "meeting"})
    assert await last_contact(desk, client) == clock.now()
    await desk.do("interaction.archive", record=met)
    assert await last_contact(desk, client) == talked
    await desk.do("interaction.restore", record=met)
    assert await last_contact(desk, client) == clock.now()


async def test_a_missed_call_that_was_answered_after_all_is_a_contact(
    desk: Desk, clock: MovableClock
) -> None:
    client = await desk.client("Анна")
    values = {"client": client, "kind": "call", "state": "missed"}
    call = await desk.do("interaction.create", values=values)
    await desk.do("interaction.update", record=call, values={"state": "done"})
    assert await last_contact(desk, client) == clock.now()


async def test_a_contact_given_to_another_client_is_his(desk: Desk, clock: MovableClock) -> None:
    anna, oleg = await desk.client("Анна"), await desk.client("Олег")
    call = await desk.do("interaction.create", values={"client": anna, "kind": "call"})
    await desk.do("interaction.update", record=call, values={"client": oleg})
    assert await last_contact(desk, anna) is None
    assert await last_contact(desk, oleg) == clock.now()


async def test_merging_and_undoing_move_the_last_contact(desk: Desk, clock: MovableClock) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня")
    await desk.do("interaction.create", values={"client": other, "kind": "email"})
    batch = await desk.batch("client.merge", client=anna, other=other)
    assert await last_contact(desk, anna) == clock.now()
    await desk.undo(batch)
    assert await last_contact(desk, anna) is None
    assert await last_contact(desk, other) == clock.now()


async def test_a_call_that_the_exchange_reports_again_is_taken_once(desk: Desk) -> None:
    client = await desk.client("Анна")
    values = {"client": client, "kind": "call", "channel": "exchange", "external_id": "c-17"}
    first = await desk.do("interaction.create", values=values)
    again = await desk.do("interaction.create", values=values)
    other = await desk.do("interaction.create", values={**values, "channel": "mobile"})
    assert again.id == first.id != other.id
    assert len(await desk.rows("interaction")) == 2


async def test_an_external_id_without_its_channel_is_refused(desk: Desk) -> None:
    client = await desk.client("Анна")
    with pytest.raises(InvalidInput, match="channel"):
        await desk.do("interaction.create", values={"client": client, "kind": "call", "external_id": "c-17"})


async def test_whoever_logs_a_contact_is_who_had_it(desk: Desk) -> None:
    boris = await desk.colleague("Boris", "manager")
    client = await desk.client("Анна", by=boris)
    made = await desk.do("interaction.create", by=boris, values={"client": client, "kind": "call"})
    assert made.user == boris.user


async def test_nobody_notes_anything_about_a_client_he_does_not_see(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    theirs = await desk.client("Олег", by=clara)
    with pytest.raises(NotFound):
        await desk.do("client.add_note", by=boris, client=theirs, text="Mine now")


async def test_an_empty_note_is_refused(desk: Desk) -> None:
    client = await desk.client("Анна")
    with pytest.raises(InvalidInput, match="empty"):
        await desk.do("client.add_note", client=client, text=" \n ")
