"""Where clients stand, and whose they are."""

from datetime import timedelta

import pytest
from clients_desk import Desk

from cardfile.app import App
from cardfile.clock import MovableClock
from cardfile.errors import InvalidInput, NotAllowed, NotFound, Refused

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def test_somebody_new_is_a_lead_since_now(desk: Desk, clock: MovableClock) -> None:
    row = await desk.row("client", await desk.client("Анна Иванова"))
    assert (row["standing"], row["standing_since"]) == ("lead", clock.now())


async def test_a_qualified_lead_is_a_potential_client(desk: Desk, clock: MovableClock) -> None:
    client = await desk.client("Анна Иванова")
    clock.advance(timedelta(days=2))
    await desk.do("client.qualify", client=client)
    row = await desk.row("client", client)
    assert (row["standing"], row["standing_since"]) == ("potential", clock.now())


async def test_nobody_is_qualified_twice(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    await desk.do("client.qualify", client=client)
    with pytest.raises(Refused, match="no lead any more"):
        await desk.do("client.qualify", client=client)


async def test_a_rejected_lead_is_lost_for_a_reason(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    await desk.do("client.reject", client=client, reason="  Too   expensive ")
    row = await desk.row("client", client)
    assert (row["standing"], row["standing_reason"]) == ("lost", "Too expensive")


async def test_a_rejection_without_a_reason_is_refused(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    with pytest.raises(Refused, match="reason"):
        await desk.do("client.reject", client=client, reason="   ")


async def test_an_active_client_cannot_be_rejected(desk: Desk) -> None:
    client = await desk.client("Анна Иванова", standing="active")
    with pytest.raises(Refused, match="client already"):
        await desk.do("client.reject", client=client, reason="Too expensive")


async def test_every_change_of_standing_is_in_the_history(desk: Desk, clock: MovableClock) -> None:
    client = await desk.client("Анна Иванова")
    start = clock.now()
    await desk.do("client.qualify", client=client)
    clock.advance(timedelta(days=1))
    await desk.do("client.change_standing", client=client, to="active", reason="Bought")
    clock.advance(timedelta(days=1))
    await desk.do("client.update", record=client, values={"standing": "lost"})
    day = timedelta(days=1)
    assert await desk.of("client_standing", client, "was", "became", "reason", "at") == [
        ("lead", "potential", None, start),
        ("potential", "active", "Bought", start + day),
        ("active", "lost", None, start + 2 * day),
    ]


async def test_an_old_reason_does_not_stick_to_a_new_standing(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    await desk.do("client.reject", client=client, reason="Too expensive")
    await desk.do("client.change_standing", client=client, to="potential")
    assert (await desk.row("client", client))["standing_reason"] is None


async def test_the_same_standing_again_changes_nothing(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    await desk.do("client.change_standing", client=client, to="lead")
    assert await desk.of("client_standing", client, "became") == []
    assert (await desk.row("client", client))["version"] == 1


async def test_a_manager_owns_whom_he_makes_known(desk: Desk) -> None:
    boris = await desk.colleague("Boris", "manager")
    client = await desk.client("Анна Иванова", by=boris)
    assert (await desk.row("client", client))["owner"] == boris.user


async def test_a_manager_sees_his_own_clients_only(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    mine = await desk.client("Анна Иванова", by=boris)
    theirs = await desk.client("Олег Смирнов", by=clara, phones=["8-916-123-45-67"])
    assert [row["id"] for row in await desk.rows("client", by=boris)] == [mine]
    assert await desk.rows("contact_point", by=boris) == []
    with pytest.raises(NotFound):
        await desk.do("client.qualify", by=boris, client=theirs)


async def test_a_hidden_client_is_told_as_a_missing_one(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    theirs = await desk.client("Олег Смирнов", by=clara)
    with pytest.raises(NotFound) as hidden:
        await desk.do("client.add_note", by=boris, client=theirs, text="Hello")
    with pytest.raises(NotFound) as missing:
        await desk.do("client.add_note", by=boris, client=theirs + 1_000, text="Hello")
    assert hidden.value.template == missing.value.template


async def test_the_head_gives_a_client_to_a_colleague_of_the_team(desk: Desk) -> None:
    head, boris = await desk.colleague("Hilda", "head"), await desk.colleague("Boris", "manager")
    clara = await desk.colleague("Clara", "manager")
    team = await desk.do("team.create", values={"name": "Sales", "head": head.user})
    for one in (boris, clara):
        await desk.do("team.add_member", team=team, member=one.user)
    client = await desk.client("Анна Иванова", by=boris)
    head_now = await desk.app.access.actor(head.user or 0)
    await desk.do("client.assign", by=head_now, client=client, to=clara.user)
    assert [row["id"] for row in await desk.rows("client", by=clara)] == [client]
    assert await desk.rows("client", by=boris) == []


async def test_a_manager_cannot_give_his_clients_away(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    client = await desk.client("Анна Иванова", by=boris)
    with pytest.raises(NotAllowed):
        await desk.do("client.assign", by=boris, client=client, to=clara.user)


async def test_nobody_gets_clients_after_he_left(desk: Desk) -> None:
    await desk.colleague("Olga", "owner")
    boris = await desk.colleague("Boris", "manager")
    client = await desk.client("Анна Иванова")
    await desk.do("user.deactivate", user=boris.user)
    with pytest.raises(Refused, match="does not work here"):
        await desk.do("client.assign", client=client, to=boris.user)


async def test_a_tag_is_put_on_once_and_taken_off(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    tag = await desk.do("tag.create", values={"name": "VIP"})
    for _ in range(2):
        await desk.do("client.tag", client=client, tag=tag)
    assert await desk.of("client_tag", client, "tag") == [tag.id]
    await desk.do("client.untag", client=client, tag=tag)
    assert await desk.of("client_tag", client, "tag") == []


async def test_a_tag_has_its_name_once(desk: Desk) -> None:
    await desk.do("tag.create", values={"name": "VIP"})
    with pytest.raises(InvalidInput, match="unique"):
        await desk.do("tag.create", values={"name": "vip"})


async def test_a_client_tells_how_he_was_found(desk: Desk) -> None:
    client = await desk.client("Анна Иванова")
    touch = {"client": client, "touch": "first", "source": "search", "keyword": "фитнес рядом"}
    await desk.do("attribution.create", values=touch)
    assert await desk.of("attribution", client, "touch", "keyword") == [("first", "фитнес рядом")]
    with pytest.raises(InvalidInput, match="unique"):
        await desk.do("attribution.create", values=touch)
