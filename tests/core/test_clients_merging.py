"""Two clients who are one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from clients_desk import Desk

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import NotAllowed, NotFound, Refused

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def everything(desk: Desk) -> dict[str, list[dict[str, object]]]:
    """Return all that is kept about clients, but for versions and stamps, to be compared."""
    entities = ("client", "contact_point", "client_standing", "client_tag", "attribution", "interaction")
    left_out = ("version", "updated_at")
    return {
        entity: [
            {path: value for path, value in row.items() if path not in left_out}
            for row in await desk.rows(entity)
        ]
        for entity in entities
    }


async def test_a_merged_client_gets_what_he_lacks_and_keeps_what_he_has(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", city="Москва")
    other = await desk.client("Иванова Анна Петровна", city="Тула", birthday="1990-05-17", source="site")
    await desk.do("client.merge", client=anna, other=other)
    row = await desk.row("client", anna)
    assert (row["city"], row["birthday"].isoformat(), row["source"]) == ("Москва", "1990-05-17", "site")
    assert row["name"] == "Иванова Анна Петровна"


async def test_a_contradicting_name_is_left_alone(desk: Desk) -> None:
    anna = await desk.client("Анна")
    other = await desk.client("Смирнова Ольга")
    await desk.do("client.merge", client=anna, other=other)
    row = await desk.row("client", anna)
    assert (row["name"], row["last_name"]) == ("Анна", None)


async def test_the_other_is_archived_and_knows_into_whom_he_went(desk: Desk) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня")
    await desk.do("client.merge", client=anna, other=other)
    row = await desk.row("client", other)
    assert row["merged_into"] == anna
    assert row["archived_at"] is not None


async def test_all_that_hung_on_the_other_hangs_on_the_one(desk: Desk) -> None:
    anna = await desk.client("Анна", phones=["8-916-123-45-67"])
    other = await desk.client("Аня", phones=["8-903-765-43-21"], emails=["anya@example.com"])
    tag = await desk.do("tag.create", values={"name": "VIP"})
    await desk.do("client.tag", client=other, tag=tag)
    await desk.do("client.add_note", client=other, text="Calls back after six")
    await desk.do("client.qualify", client=other)
    await desk.do("client.merge", client=anna, other=other)
    assert sorted(await desk.of("contact_point", anna, "value", "is_primary")) == [
        ("+79037654321", False),
        ("+79161234567", True),
        ("anya@example.com", True),
    ]
    assert await desk.of("client_tag", anna, "tag") == [tag.id]
    assert await desk.of("interaction", anna, "text") == ["Calls back after six"]
    assert await desk.of("contact_point", other, "value", archived=True) == []


async def test_both_standings_histories_are_kept_and_the_further_standing_wins(desk: Desk) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня")
    await desk.do("client.change_standing", client=other, to="active", reason="Bought")
    await desk.do("client.merge", client=anna, other=other)
    row = await desk.row("client", anna)
    assert (row["standing"], row["standing_reason"]) == ("active", "Bought")
    assert await desk.of("client_standing", anna, "was", "became") == [("lead", "active")] * 2


async def test_what_both_have_is_there_once(desk: Desk) -> None:
    anna = await desk.client("Анна", phones=["8-916-123-45-67"])
    other = await desk.client("Аня", phones=["+7 916 123 45 67"])
    tag = await desk.do("tag.create", values={"name": "VIP"})
    for one in (anna, other):
        await desk.do("client.tag", client=one, tag=tag)
        await desk.do("attribution.create", values={"client": one, "touch": "first", "source": f"s{one}"})
    await desk.do("client.merge", client=anna, other=other)
    assert await desk.of("contact_point", anna, "value") == ["+79161234567"]
    assert await desk.of("client_tag", anna, "tag") == [tag.id]
    assert await desk.of("attribution", anna, "source") == [f"s{anna}"]


async def test_the_one_is_found_by_the_phone_of_the_other(desk: Desk) -> None:
    anna = await desk.client("Анна")
    other = await desk.client("Аня", phones=["8-903-765-43-21"])
    await desk.do("client.merge", client=anna, other=other)
    found = await desk.rows("contact_point", {"value": {"eq": "+79037654321"}})
    assert [row["client"] for row in found] == [anna]


async def test_a_merger_is_taken_back_whole(desk: Desk, clock: MovableClock) -> None:
    anna = await desk.client("Анна", phones=["8-916-123-45-67"], city="Москва")
    other = await desk.client(
        "Смирнова Анна", phones=["8-916-123-45-67", "8-903-765-43-21"], birthday="1990-05-17", company="Лютик"
    )
    tag = await desk.do("tag.create", values={"name": "VIP"})
    for one in (anna, other):
        await desk.do("client.tag", client=one, tag=tag)
    await desk.do("client.change_standing", client=other, to="active")
    await desk.do("interaction.create", values={"client": other, "kind": "call"})
    before = await everything(desk)
    clock.advance(timedelta(hours=1))
    batch = await desk.batch("client.merge", client=anna, other=other, note="The same person")
    assert await everything(desk) != before
    clock.advance(timedelta(hours=1))
    reverted = await desk.undo(batch)
    assert reverted.kept == ()
    assert await everything(desk) == before


async def test_what_was_changed_since_the_merger_stays_when_it_is_taken_back(desk: Desk) -> None:
    anna = await desk.client("Анна")
    other = await desk.client("Смирнова Анна", company="Лютик")
    batch = await desk.batch("client.merge", client=anna, other=other)
    await desk.do("client.update", record=anna, values={"company": "Ромашка"})
    reverted = await desk.undo(batch)
    assert (await desk.row("client", anna))["company"] == "Ромашка"
    assert [(kept.record, kept.paths) for kept in reverted.kept] == [(anna, ("company",))]


async def test_people_undo_a_merger_by_the_one_who_went(desk: Desk) -> None:
    boris = await desk.colleague("Boris", "manager")
    anna = await desk.client("Анна", by=boris, phones=["8-916-123-45-67"])
    other = await desk.client("Смирнова Анна", by=boris, phones=["8-903-765-43-21"], company="Лютик")
    before = await everything(desk)
    await desk.do("client.merge", by=boris, client=anna, other=other)
    done = await desk.do("client.unmerge", by=boris, client=other)
    assert (done.client_id, done.winner_id, done.kept) == (f"client_{other}", f"client_{anna}", [])
    assert await everything(desk) == before
    for client, told in ((anna, "client.parted"), (other, "client.unmerged")):
        history = await desk.rows("timeline_entry", {"client": {"id": {"eq": client}}}, order=("-id",))
        assert told in {row["event"] for row in history}


async def test_undoing_a_merger_tells_what_was_changed_since(desk: Desk) -> None:
    anna = await desk.client("Анна")
    other = await desk.client("Смирнова Анна", company="Лютик")
    await desk.do("client.merge", client=anna, other=other)
    await desk.do("client.update", record=anna, values={"company": "Ромашка"})
    done = await desk.do("client.unmerge", client=other)
    (kept,) = done.kept
    assert (kept.id, kept.name, kept.fields) == (f"client_{anna}", "Анна", ["company"])
    assert (kept.why, done.kept_total) == ("It was changed since.", 1)


async def test_clients_can_be_merged_and_parted_again_and_again(desk: Desk) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня", company="Лютик")
    for _ in range(2):
        await desk.do("client.merge", client=anna, other=other)
        await desk.do("client.unmerge", client=other)
    assert [(await desk.row("client", one))["company"] for one in (anna, other)] == [None, "Лютик"]
    with pytest.raises(Refused, match="was not merged"):
        await desk.do("client.unmerge", client=other)


async def test_mergers_in_a_row_are_undone_from_the_last_one(desk: Desk) -> None:
    first, second, third = [await desk.client(name) for name in ("Аня", "Анна", "Иванова Анна")]
    await desk.do("client.merge", client=second, other=first)
    await desk.do("client.merge", client=third, other=second)
    with pytest.raises(Refused, match="Аня was merged into Анна, who was merged away himself later"):
        await desk.do("client.unmerge", client=first)
    for one in (second, first):
        await desk.do("client.unmerge", client=one)
    rows = await desk.rows("client")
    assert [(row["id"], row["merged_into"]) for row in rows] == [(first, None), (second, None), (third, None)]


async def test_nobody_undoes_a_merger_into_a_client_of_a_colleague(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    anna, other = await desk.client("Анна", by=boris), await desk.client("Аня", by=boris)
    await desk.do("client.merge", by=boris, client=anna, other=other)
    await desk.do("client.update", record=anna, values={"owner": clara.user})
    with pytest.raises(NotAllowed):
        await desk.do("client.unmerge", by=boris, client=other)
    with pytest.raises(NotFound):
        await desk.do("client.unmerge", by=clara, client=other)


async def test_undoing_a_merger_lets_see_whom_one_was_let_see_before(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    anna, other = await desk.client("Анна", by=clara), await desk.client("Аня", by=clara)
    await desk.do("share.create", by=clara, record=f"client_{other}", to_user=boris.user)
    await desk.do("client.merge", by=clara, client=anna, other=other)
    await desk.do("client.unmerge", by=clara, client=other)
    assert await seen_by(desk, boris.user) == {other}


async def test_a_client_who_was_merged_away_is_not_restored(desk: Desk) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня")
    await desk.do("client.merge", client=anna, other=other)
    with pytest.raises(Refused, match="undo the merger instead"):
        await desk.do("client.restore", record=other)
    await desk.do("client.archive", record=anna)
    await desk.do("client.restore", record=anna)
    assert (await desk.row("client", anna))["archived_at"] is None


async def test_whoever_was_merged_into_the_other_goes_on_with_him(desk: Desk) -> None:
    first, second, third = [await desk.client(name) for name in ("Аня", "Анна", "Иванова Анна")]
    await desk.do("client.merge", client=second, other=first)
    await desk.do("client.merge", client=third, other=second)
    assert (await desk.row("client", first))["merged_into"] == third


async def test_rows_that_the_merging_person_does_not_see_go_along(desk: Desk) -> None:
    boris = await desk.colleague("Boris", "manager")
    anna, other = await desk.client("Анна", by=boris), await desk.client("Аня", by=boris)
    note = await desk.do("client.add_note", client=other, text="Old")
    await desk.do("interaction.archive", record=note)
    await desk.do("client.merge", by=boris, client=anna, other=other)
    assert await desk.of("interaction", anna, "text", archived=True) == ["Old"]


async def test_a_client_is_not_merged_with_himself(desk: Desk) -> None:
    anna = await desk.client("Анна")
    with pytest.raises(Refused, match="himself"):
        await desk.do("client.merge", client=anna, other=anna)


async def test_an_archived_client_is_not_merged(desk: Desk) -> None:
    anna, other = await desk.client("Анна"), await desk.client("Аня")
    await desk.do("client.archive", record=other)
    with pytest.raises(Refused, match="archived"):
        await desk.do("client.merge", client=anna, other=other)


async def test_nobody_takes_a_client_from_a_colleague_by_merging(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    mine, theirs = await desk.client("Анна", by=boris), await desk.client("Аня", by=clara)
    with pytest.raises(NotFound):
        await desk.do("client.merge", by=boris, client=mine, other=theirs)


async def test_a_client_who_is_only_shared_for_reading_is_not_merged_away(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    mine, theirs = await desk.client("Анна", by=boris), await desk.client("Аня", by=clara)
    await desk.do("share.create", by=clara, record=f"client_{theirs}", to_user=boris.user)
    boris_now = await desk.app.access.actor(boris.user or 0)
    assert len(await desk.rows("client", by=boris_now)) == 2
    with pytest.raises(NotAllowed, match="may not merge"):
        await desk.do("client.merge", by=boris_now, client=mine, other=theirs)


async def test_fields_that_the_merging_person_may_not_change_are_not_filled(desk: Desk) -> None:
    boris = await desk.colleague("Boris", "manager")
    anna = await desk.client("Анна", by=boris)
    other = await desk.client("Анна", by=boris, city="Тула", birthday="1990-05-17", company="Лютик")
    await desk.do("client.change_standing", client=other, to="active")
    locked = frozenset({("client", "city"), ("client", "standing")})
    rights = replace(boris.rights, locked=locked, hidden=frozenset({("client", "birthday")}))
    await desk.do("client.merge", by=replace(boris, rights=rights), client=anna, other=other)
    row = await desk.row("client", anna)
    assert (row["city"], row["birthday"], row["standing"], row["company"]) == (None, None, "lead", "Лютик")


async def test_whoever_was_let_see_the_other_sees_the_one(desk: Desk, clock: MovableClock) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    anna, other = await desk.client("Анна", by=clara), await desk.client("Аня", by=clara)
    until = clock.now() + timedelta(days=1)
    await desk.do("share.create", by=clara, record=f"client_{other}", to_user=boris.user, until=until)
    batch = await desk.batch("client.merge", by=clara, client=anna, other=other)
    assert await seen_by(desk, boris.user) == {anna}
    (share,) = await desk.rows("share")
    assert (share["to_user"], share["until"], share["author"]) == (boris.user, until, clara.user)
    await desk.undo(batch)
    assert await seen_by(desk, boris.user) == {other}


async def test_nobody_is_let_see_the_one_twice(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    anna, other = await desk.client("Анна", by=clara), await desk.client("Аня", by=clara)
    for one in (anna, other):
        await desk.do("share.create", by=clara, record=f"client_{one}", to_user=boris.user)
    await desk.do("client.merge", by=clara, client=anna, other=other)
    assert len(await desk.rows("share")) == 1
    assert await seen_by(desk, boris.user) == {anna}


async def seen_by(desk: Desk, user: int | None) -> set[int]:
    actor = await desk.app.access.actor(user or 0)
    return {row["id"] for row in await desk.rows("client", by=actor)}
