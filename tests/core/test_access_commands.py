"""What is done to people, teams, shares and tokens, by command."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from cardfile.access import HandedOver, HandedOverLine, User, hand_over_preview
from cardfile.access.tables import Session
from cardfile.app import App
from cardfile.clients import Client
from cardfile.errors import InvalidInput, NotAllowed, NotFound, Refused
from cardfile.rights import Actor

pytestmark = pytest.mark.anyio

Do = Callable[..., Awaitable[Any]]
PASSWORD = "correct horse"


@pytest.fixture
def do(app: App) -> Do:
    """Do one command as somebody, by default as the system."""

    async def one(name: str, /, *, by: int | None = None, **arguments: Any) -> Any:
        actor = Actor.system("test") if by is None else await app.access.actor(by)
        assert actor is not None
        async with app.unit_of_work(actor) as work:
            return await work.do(name, **arguments)

    return one


@pytest.fixture
def person(do: Do) -> Do:
    """Add a colleague and return the id."""

    async def one(name: str, *roles: str) -> int:
        values = {"name": name, "login": f"{name}@example.com"}
        made: User = await do("user.create", values=values, roles=list(roles))
        return made.id

    return one


async def clients_of(app: App, owner: int) -> int:
    return int(await app.database.run(Client.count().where(Client.owner == owner)))


async def test_a_new_colleague_has_his_roles(app: App, person: Do) -> None:
    ann = await person("Ann", "manager", "analyst")
    standing = await app.access.directory.standing(ann, app.clock.now())
    assert standing is not None
    assert (standing.login, standing.roles) == ("ann@example.com", ("manager", "analyst"))


@pytest.mark.parametrize(
    ("values", "roles", "sentence"),
    [
        ({"name": "B", "login": "ANN@example.com"}, [], "Somebody else signs in as ann@example.com"),
        ({"name": "B", "login": "b@example.com"}, ["boss"], "There is no role boss; there are: owner"),
        ({"name": "B", "login": "b@example.com", "zone": "Mars/One"}, [], "no time zone Mars/One"),
        ({"name": "B"}, [], "login"),
    ],
    ids=["taken", "role", "zone", "no-login"],
)
async def test_a_colleague_that_cannot_be_is_refused(
    do: Do, person: Do, values: dict[str, str], roles: list[str], sentence: str
) -> None:
    await person("Ann")
    with pytest.raises(Refused) as refusal:
        await do("user.create", values=values, roles=roles)
    assert sentence in repr((str(refusal.value), [(one.path, str(one)) for one in refusal.value.errors]))


async def test_only_owners_make_colleagues_and_give_roles(do: Do, person: Do) -> None:
    boss, ann = await person("boss", "owner"), await person("Ann", "head", "manager", "analyst")
    made = await do("user.create", by=boss, values={"name": "B", "login": "b@example.com"}, roles=[])
    await do("user.grant_role", by=boss, user=made.id, role="manager")
    for name, arguments in (
        ("user.create", {"values": {"name": "C", "login": "c@example.com"}}),
        ("user.grant_role", {"user": ann, "role": "owner"}),
        ("user.set_password", {"user": made.id, "password": PASSWORD}),
        ("user.deactivate", {"user": made.id}),
        ("user.hand_over", {"user": made.id, "to": [ann]}),
        ("team.create", {"values": {"name": "T"}}),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            await do(name, by=ann, **arguments)


async def test_a_role_is_given_and_taken_at_once(app: App, do: Do, person: Do) -> None:
    ann = await person("Ann")
    for command, expected in (
        ("user.grant_role", ("manager",)),
        ("user.grant_role", ("manager",)),
        ("user.revoke_role", ()),
        ("user.grant_role", ("manager",)),
    ):
        await do(command, user=ann, role="manager")
        standing = await app.access.directory.standing(ann, app.clock.now())
        assert standing is not None
        assert standing.roles == expected
    with pytest.raises(InvalidInput, match="does not have the role analyst"):
        await do("user.revoke_role", user=ann, role="analyst")


async def test_the_last_owner_stays(do: Do, person: Do) -> None:
    boss = await person("boss", "owner")
    with pytest.raises(NotAllowed, match="last active owner"):
        await do("user.revoke_role", user=boss, role="owner")
    second = await person("second", "owner")
    await do("user.deactivate", by=second, user=boss)
    with pytest.raises(NotAllowed, match="last active owner"):
        await do("user.deactivate", user=second)


@pytest.mark.parametrize("command", ["user.deactivate", "user.revoke_role"])
async def test_two_owners_do_not_send_each_other_away_at_once(
    app: App, do: Do, person: Do, command: str
) -> None:
    ann, boris = await person("Ann", "owner"), await person("Boris", "owner")
    more: dict[str, Any] = {"role": "owner"} if command == "user.revoke_role" else {}
    owner, is_turn = await app.access.actor(ann), asyncio.Event()
    assert owner is not None

    async def back() -> Any:
        await is_turn.wait()
        return await do(command, by=boris, user=ann, **more)

    answer = asyncio.create_task(back())
    async with app.unit_of_work(owner) as work:
        await work.do(command, user=boris, **more)
        is_turn.set()
        # He comes as far as he can before her change is there for all.
        await asyncio.wait({answer}, timeout=0.1)
    with pytest.raises(NotAllowed, match="last active owner"):
        await answer


async def test_everybody_changes_his_own_entry_but_not_what_owners_decide(do: Do, person: Do) -> None:
    ann, bob = await person("Ann", "manager"), await person("Bob", "manager")
    changed = await do("user.update", by=ann, user=ann, values={"extension": "12", "locale": "ru"})
    assert (changed.extension, changed.locale) == ("12", "ru")
    with pytest.raises((NotAllowed, NotFound)):
        await do("user.update", by=ann, user=bob, values={"extension": "13"})
    for values in ({"login": "other@example.com"}, {"head": bob}, {"is_active": False}):
        with pytest.raises(Refused):
            await do("user.update", by=ann, user=ann, values=values)


async def test_a_stand_in_sees_the_records_but_not_the_account(app: App, do: Do, person: Do) -> None:
    ann, bob = await person("Ann", "manager"), await person("Bob", "manager")
    until = app.clock.now() + timedelta(days=3)
    await do("user.stand_in", by=bob, user=bob, stand_in=ann, until=until)
    actor = await app.access.actor(ann)
    assert actor is not None
    assert actor.rights.own == (ann, bob)
    for name, arguments in (
        ("user.update", {"user": bob, "values": {"extension": "1"}}),
        ("user.stand_in", {"user": bob, "stand_in": None}),
        ("user.sign_out_everywhere", {"user": bob}),
    ):
        with pytest.raises(NotAllowed):
            await do(name, by=ann, **arguments)


async def test_a_closed_account_opens_nothing(app: App, do: Do, person: Do) -> None:
    await person("boss", "owner")
    ann = await person("Ann", "manager")
    session = await app.access.sign_in.open_session(ann)
    token = await do("api_token.create", by=ann, name="robot", scopes=["client:read"])
    assert await app.access.resolve(token.secret) is not None
    await do("user.deactivate", user=ann)
    assert [await app.access.resolve(key) for key in (session.key, token.secret)] == [None, None]
    await do("user.activate", user=ann)
    assert await app.access.resolve(session.key) is None
    assert await app.access.resolve(token.secret) is not None


async def test_a_refused_command_ends_no_session(app: App, do: Do, person: Do) -> None:
    boss = await person("boss", "owner")
    session = await app.access.sign_in.open_session(boss)
    with pytest.raises(NotAllowed):
        await do("user.deactivate", user=boss)
    assert await app.access.resolve(session.key) is not None
    assert await app.database.run(Session.count().where(Session.revoked_at.is_null())) == 1


async def test_a_token_makes_no_tokens_and_no_users(app: App, do: Do, person: Do) -> None:
    boss = await person("boss", "owner")
    token = await do("api_token.create", by=boss, name="robot", scopes=["*:*"])
    actor = await app.access.resolve(token.secret)
    assert actor is not None
    for name, arguments in (
        ("api_token.create", {"name": "more", "scopes": ["*:*"]}),
        ("user.create", {"values": {"name": "B", "login": "b@example.com"}}),
        ("user.set_password", {"user": boss, "password": PASSWORD}),
        ("user.grant_role", {"user": boss, "role": "owner"}),
    ):
        with pytest.raises(NotAllowed):
            async with app.unit_of_work(actor) as work:
                await work.do(name, **arguments)


async def test_a_token_is_revoked_by_its_person_only(app: App, do: Do, person: Do) -> None:
    ann, bob = await person("Ann", "manager"), await person("Bob", "manager")
    token = await do("api_token.create", by=ann, name="robot", scopes=["client:read"])
    actor = await app.access.resolve(token.secret)
    assert actor is not None
    with pytest.raises(NotFound):
        await do("api_token.revoke", by=bob, token=actor.token)
    await do("api_token.revoke", by=ann, token=actor.token)
    assert await app.access.resolve(token.secret) is None


async def test_a_limit_of_a_token_names_what_there_is(do: Do, person: Do) -> None:
    ann = await person("Ann", "manager")
    for scopes in (["parcel:read"], ["client:burn"], ["client"], []):
        with pytest.raises(InvalidInput):
            await do("api_token.create", by=ann, name="robot", scopes=scopes)


async def test_a_team_cannot_come_below_itself(app: App, do: Do) -> None:
    top = await do("team.create", values={"name": "top"})
    mid = await do("team.create", values={"name": "mid", "parent": top.id})
    low = await do("team.create", values={"name": "low", "parent": mid.id})
    for below in (top.id, low.id):
        with pytest.raises(InvalidInput, match="below itself"):
            await do("team.update", team=top.id, values={"parent": below})


async def test_members_come_and_go(app: App, do: Do, person: Do) -> None:
    ann, bob = await person("Ann", "head"), await person("Bob", "manager")
    team = await do("team.create", values={"name": "sales", "head": ann})
    for name, expected in (
        ("team.add_member", (ann, bob)),
        ("team.remove_member", (ann,)),
        ("team.add_member", (ann, bob)),
        ("team.archive", (ann,)),
    ):
        arguments = {} if name == "team.archive" else {"member": bob}
        await do(name, team=team.id, **arguments)
        actor = await app.access.actor(ann)
        assert actor is not None
        assert actor.rights.team == expected
    with pytest.raises(Refused):
        await do("team.add_member", team=team.id, member=bob)


async def test_a_record_is_shared_until_a_moment(
    app: App, do: Do, person: Do, make_client: Callable[..., Awaitable[int]]
) -> None:
    ann, bob = await person("Ann", "manager"), await person("Bob", "manager")
    client = await make_client("Petrov", owner=ann)
    with pytest.raises((NotFound, NotAllowed)):
        await do("client.update", by=bob, record=client, values={"name": "Pavlov"})
    until = app.clock.now() + timedelta(days=1)
    share = await do(
        "share.create", by=ann, record=f"client_{client}", to_user=bob, level="edit", until=until
    )
    assert (await do("client.update", by=bob, record=client, values={"name": "Pavlov"})).name == "Pavlov"
    app.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]  # the test's clock can be moved
    with pytest.raises((NotFound, NotAllowed)):
        await do("client.update", by=bob, record=client, values={"name": "Sidorov"})
    await do("share.revoke", by=ann, share=share.id)


async def test_nobody_shares_more_than_he_has(
    app: App, do: Do, person: Do, make_client: Callable[..., Awaitable[int]]
) -> None:
    ann, bob, eve = [await person(name, "manager") for name in ("Ann", "Bob", "Eve")]
    client = await make_client("Petrov", owner=ann)
    record = f"client_{client}"
    with pytest.raises(NotFound):
        await do("share.create", by=bob, record=record, to_user=eve)
    await do("share.create", by=ann, record=record, to_user=bob, level="read")
    with pytest.raises(NotAllowed):
        await do("share.create", by=bob, record=record, to_user=eve, level="edit")
    for wrong in ("client_999999", "nothing", "user_1", f"user_{ann}", ""):
        with pytest.raises((NotFound, InvalidInput)):
            await do("share.create", by=ann, record=wrong, to_user=bob)
    with pytest.raises(InvalidInput, match="either to a colleague or to a team"):
        await do("share.create", by=ann, record=record)


async def test_a_leaver_s_clients_go_to_others_in_turn_as_one_batch(
    app: App, do: Do, person: Do, make_client: Callable[..., Awaitable[int]]
) -> None:
    boss, ann, bob, eve = [await person(name, "owner") for name in ("boss", "Ann", "Bob", "Eve")]
    for number in range(5):
        await make_client(f"Client {number}", owner=ann)
    await make_client("Other", owner=eve)
    counted = await hand_over_preview(app.database, app.model, ann)
    assert counted == HandedOver(5, [HandedOverLine("client", 5)])
    assert await clients_of(app, ann) == 5
    assert await do("user.preview_hand_over", by=boss, user=ann) == counted
    assert await do("user.hand_over", by=boss, user=ann, to=[bob, eve]) == counted
    assert [await clients_of(app, one) for one in (ann, bob, eve)] == [0, 3, 3]


async def test_a_hand_over_needs_somebody_who_is_there(do: Do, person: Do) -> None:
    boss, ann, bob = [await person(name, "owner") for name in ("boss", "Ann", "Bob")]
    await do("user.deactivate", by=boss, user=bob)
    for heirs in ([], [ann], [bob]):
        with pytest.raises(InvalidInput):
            await do("user.hand_over", by=boss, user=ann, to=heirs)
