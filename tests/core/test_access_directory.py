"""Who is who: roles, teams, substitutes and shares come to rights."""

from datetime import timedelta

import pytest
from access_house import House

from cardfile.access.tables import Team, User
from cardfile.database import Database
from cardfile.rights import Scope

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database: Database) -> House:
    return await House.built(database)


async def test_several_roles_give_the_widest_scope(house: House) -> None:
    ann = await house.user("ann", "specialist", "head")
    rights = await house.rights(ann)
    assert rights.scope("post.letter", "read") is Scope.TEAM
    assert rights.scope("post.letter", "edit") is Scope.TEAM


async def test_a_user_without_roles_may_do_nothing(house: House) -> None:
    bob = await house.user("bob")
    assert dict((await house.rights(bob)).scopes) == {}


async def test_somebody_who_is_not_active_has_no_rights(house: House) -> None:
    bob = await house.user("bob", "owner", is_active=False)
    assert await house.access.directory.rights(bob, house.clock.now()) is None
    assert await house.access.actor(bob) is None


async def test_a_phone_is_hidden_only_when_every_role_that_reads_hides_it(house: House) -> None:
    analyst = await house.user("ann", "analyst")
    both = await house.user("bob", "analyst", "manager")
    assert not (await house.rights(analyst)).sees("post.letter", "phone")
    assert (await house.rights(both)).sees("post.letter", "phone")


async def test_a_stand_in_has_the_absent_ones_records_until_the_end(house: House) -> None:
    ann = await house.user("ann", "manager")
    bob = await house.user(
        "bob", "manager", stand_in=ann, stand_in_until=house.clock.now() + timedelta(days=7)
    )
    assert (await house.rights(ann)).own == (ann, bob)
    assert (await house.rights(bob)).own == (bob,)
    house.clock.advance(timedelta(days=7))
    assert (await house.rights(ann)).own == (ann,)


async def test_teams_count_with_all_teams_below_them(house: House) -> None:
    boss, mid, low, stranger = [await house.user(name, "head") for name in ("boss", "mid", "low", "str")]
    company = await house.team("company", head=boss)
    sales = await house.team("sales", mid, parent=company)
    north = await house.team("north", low, parent=sales)
    other = await house.team("other", stranger)
    assert (await house.rights(boss)).team == tuple(sorted((boss, mid, low)))
    assert (await house.rights(boss)).teams == (company, sales, north)
    assert (await house.rights(mid)).team == (mid, low)
    assert (await house.rights(low)).teams == (north,)
    assert (await house.rights(low)).team == (low,)
    assert (await house.rights(stranger)).teams == (other,)


async def test_a_head_below_who_is_no_member_is_seen_from_above_only(house: House) -> None:
    boss, mid, low = [await house.user(name, "head") for name in ("boss", "mid", "low")]
    company = await house.team("company", boss)
    await house.team("sales", low, parent=company, head=mid)
    assert (await house.rights(boss)).team == (boss, mid, low)
    assert (await house.rights(low)).team == (low,)


async def test_a_membership_holds_from_its_beginning_to_its_end(house: House) -> None:
    ann, bob = await house.user("ann", "head"), await house.user("bob", "manager")
    now = house.clock.now()
    team = await house.team("sales", head=ann)
    await house.member(team, bob, since=now + timedelta(days=1), until=now + timedelta(days=2))
    seen = []
    for _ in range(3):
        seen.append((await house.rights(ann)).team)
        house.clock.advance(timedelta(days=1))
    assert seen == [(ann,), (ann, bob), (ann,)]


async def test_a_share_counts_until_it_ends(house: House) -> None:
    ann, bob = await house.user("ann", "manager"), await house.user("bob", "manager")
    team = await house.team("sales", bob)
    until = house.clock.now() + timedelta(hours=1)
    await house.share("post.letter", 7, to_user=ann, until=until)
    await house.share("post.letter", 7, to_team=team)
    assert (await house.rights(ann)).shared == {"post.letter"}
    assert (await house.rights(bob)).shared == {"post.letter"}
    house.clock.set(until)
    assert (await house.rights(ann)).shared == frozenset()
    assert (await house.rights(bob)).shared == {"post.letter"}


async def test_teams_in_a_circle_do_not_hang_anybody(house: House) -> None:
    ann = await house.user("ann", "head")
    one = await house.team("one", ann)
    two = await house.team("two", parent=one)
    await house.database.run(Team.update({Team.parent: two}).where(Team.id == one))
    await house.access.changed()
    assert (await house.rights(ann)).teams == (one, two)


async def test_a_change_is_seen_at_once_here_and_soon_elsewhere(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await house.user("ann", "manager")
    elsewhere = house.another_process()
    assert await elsewhere.actor(ann) is not None
    async with house.database.transaction():
        await house.database.run(User.update({User.is_active: False}).where(User.id == ann))
        await house.access.changed()
    assert await house.access.actor(ann) is None
    assert await elsewhere.actor(ann) is not None
    monkeypatch.setattr("cardfile.access.freshness.OFTEN", 0.0)
    assert await elsewhere.actor(ann) is None


async def test_what_a_transaction_sees_is_not_kept_when_it_is_undone(house: House) -> None:
    ann = await house.user("ann", "manager")
    assert await house.access.actor(ann) is not None
    seen = []

    async def deactivate_and_fail() -> None:
        async with house.database.transaction():
            await house.database.run(User.update({User.is_active: False}).where(User.id == ann))
            await house.access.changed()
            seen.append(await house.access.actor(ann))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await deactivate_and_fail()
    assert seen == [None]
    assert await house.access.actor(ann) is not None
