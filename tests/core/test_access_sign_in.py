"""Signing in: limits, sessions, passwords, tokens."""

import asyncio
from datetime import timedelta

import pytest
from access_house import House
from pwdlib.hashers.argon2 import Argon2Hasher

from cardfile.access.passwords import Passwords
from cardfile.access.sign_in import SignInLimits
from cardfile.access.tables import ApiToken, Credential, Session, SignInAttempt
from cardfile.access.token_scopes import TokenScopes
from cardfile.database import Database
from cardfile.errors import InvalidInput, RateLimited, Unauthenticated
from cardfile.rights import Scope

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash quickly: what the hashing costs is not what these tests are about."""
    cheap = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr("cardfile.access.passwords.Argon2Hasher", lambda: cheap)
    monkeypatch.setattr("cardfile.access.passwords._NOBODY", cheap.hash("nobody at all"))


@pytest.fixture
async def house(database: Database) -> House:
    return await House.built(database)


async def fail(house: House, login: str = "ann@example.com", *, address: str = "10.0.0.1") -> str:
    """Try a wrong password and return what kind of refusal comes."""
    with pytest.raises((Unauthenticated, RateLimited)) as refusal:
        await house.access.sign_in.sign_in(login, "wrong password", address=address)
    return str(refusal.value.code)


async def test_a_right_password_opens_a_session(house: House) -> None:
    ann = await house.user("ann", "manager", password=PASSWORD)
    signed_in = await house.access.sign_in.sign_in(" ANN@example.com", PASSWORD)
    actor = await house.access.resolve_session(signed_in.key)
    assert actor is not None
    assert (actor.user, actor.name, actor.session) == (ann, "ann", signed_in.session)
    assert await house.access.resolve_token(signed_in.key) is None


async def test_no_secret_is_kept_as_it_is(house: House) -> None:
    ann = await house.user("ann", "manager", password=PASSWORD)
    signed_in = await house.access.sign_in.sign_in("ann@example.com", PASSWORD)
    issued = await house.access.tokens.issue(ann, "robot", TokenScopes.parse(["*:*"]))
    kept = repr(
        [
            await house.database.run(table.select(*table._meta.columns))
            for table in (Session, ApiToken, Credential, SignInAttempt)
        ]
    )
    assert PASSWORD not in kept
    assert signed_in.key not in kept
    assert issued.key not in kept


async def test_an_unknown_name_a_wrong_password_and_a_leaver_hear_the_same(house: House) -> None:
    await house.user("ann", password=PASSWORD)
    await house.user("bob", password=PASSWORD, is_active=False)
    told = set()
    for login, password in (
        ("ann@example.com", "not the one"),
        ("nobody@example.com", PASSWORD),
        ("bob@example.com", PASSWORD),
    ):
        with pytest.raises(Unauthenticated) as refusal:
            await house.access.sign_in.sign_in(login, password)
        told.add(str(refusal.value))
    assert len(told) == 1


async def test_an_account_bears_ten_failures_in_a_quarter_of_an_hour(house: House) -> None:
    await house.user("ann", password=PASSWORD)
    assert [await fail(house, address=f"10.0.0.{number}") for number in range(11)] == [
        *["UNAUTHENTICATED"] * 10,
        "RATE_LIMITED",
    ]
    with pytest.raises(RateLimited) as refusal:
        await house.access.sign_in.sign_in("ann@example.com", PASSWORD)
    assert 0 < refusal.value.retry_after <= 15 * 60 + 1
    house.clock.advance(timedelta(minutes=15, seconds=1))
    assert (await house.access.sign_in.sign_in("ann@example.com", PASSWORD)).key


async def test_a_success_forgives_the_failures_before_it(house: House) -> None:
    await house.user("ann", password=PASSWORD)
    for _ in range(3):
        for _ in range(9):
            assert await fail(house, address="") == "UNAUTHENTICATED"
        await house.access.sign_in.sign_in("ann@example.com", PASSWORD)


async def test_an_address_bears_fifty_failures_over_all_accounts(house: House) -> None:
    house.access.sign_in._limits = SignInLimits(per_address=5)
    assert [await fail(house, f"u{number}@example.com") for number in range(6)] == [
        *["UNAUTHENTICATED"] * 5,
        "RATE_LIMITED",
    ]
    assert await fail(house, "u9@example.com", address="10.0.0.2") == "UNAUTHENTICATED"


async def test_attempts_at_the_same_moment_count_each_other(house: House) -> None:
    await house.user("ann", password=PASSWORD)
    codes = await asyncio.gather(*(fail(house) for _ in range(20)))
    assert sorted(codes) == ["RATE_LIMITED"] * 10 + ["UNAUTHENTICATED"] * 10


async def test_every_attempt_is_audited(house: House) -> None:
    ann = await house.user("ann", password=PASSWORD)
    await fail(house)
    await house.access.sign_in.sign_in("ann@example.com", PASSWORD, address="10.0.0.7", agent="browser")
    rows = await house.database.run(
        SignInAttempt.select(
            SignInAttempt.login, SignInAttempt.address, SignInAttempt.outcome, SignInAttempt.holder
        ).order_by(SignInAttempt.id)
    )
    assert [tuple(row.values()) for row in rows] == [
        ("ann@example.com", "10.0.0.1", "failed", None),
        ("ann@example.com", "10.0.0.7", "succeeded", ann),
    ]


async def test_each_sign_in_has_a_new_secret_and_ends_the_former_session(house: House) -> None:
    await house.user("ann", password=PASSWORD)
    planted = "cfs_" + "x" * 43
    first = await house.access.sign_in.sign_in("ann@example.com", PASSWORD, former=planted)
    second = await house.access.sign_in.sign_in("ann@example.com", PASSWORD, former=first.key)
    assert len({planted, first.key, second.key}) == 3
    assert await house.access.resolve(planted) is None
    assert await house.access.resolve(first.key) is None
    assert await house.access.resolve(second.key) is not None


async def test_a_session_ends_by_itself(house: House) -> None:
    await house.user("ann", password=PASSWORD)
    signed_in = await house.access.sign_in.sign_in("ann@example.com", PASSWORD)
    assert await house.access.resolve(signed_in.key) is not None
    house.clock.set(signed_in.expires_at)
    assert await house.access.resolve(signed_in.key) is None


async def test_a_new_password_ends_all_sessions_in_every_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await house.user("ann", password=PASSWORD)
    keys = [(await house.access.sign_in.sign_in("ann@example.com", PASSWORD)).key for _ in range(2)]
    elsewhere = house.another_process()
    assert all([await elsewhere.resolve(key) for key in keys])
    await house.access.sign_in.change_password(ann, old=PASSWORD, new="battery staple")
    assert [await house.access.resolve(key) for key in keys] == [None, None]
    monkeypatch.setattr("cardfile.access.freshness.OFTEN", 0.0)
    assert [await elsewhere.resolve(key) for key in keys] == [None, None]
    with pytest.raises(Unauthenticated):
        await house.access.sign_in.sign_in("ann@example.com", PASSWORD)
    assert await house.access.sign_in.sign_in("ann@example.com", "battery staple")


async def test_a_password_is_changed_only_by_who_knows_it(house: House) -> None:
    ann = await house.user("ann", password=PASSWORD)
    with pytest.raises(Unauthenticated, match="old password"):
        await house.access.sign_in.change_password(ann, old="something", new="battery staple")
    with pytest.raises(InvalidInput):
        await house.access.sign_in.change_password(ann, old=PASSWORD, new=PASSWORD)


@pytest.mark.parametrize("password", ["short", "x" * 201, "lone \ud800 surrogate"])
async def test_a_password_that_cannot_be_is_refused(house: House, password: str) -> None:
    ann = await house.user("ann")
    with pytest.raises(InvalidInput):
        await house.access.sign_in.set_password(ann, password)


@pytest.mark.parametrize("password", ["", "x" * 100_000, "lone \ud800 surrogate", "nul \x00"])
async def test_garbage_is_a_wrong_password(house: House, password: str) -> None:
    await house.user("ann", password=PASSWORD)
    with pytest.raises(Unauthenticated):
        await house.access.sign_in.sign_in("ann@example.com", password)


@pytest.mark.parametrize("login", ["", "nul \x00", "lone \ud800 surrogate", "x" * 100_000, "'; drop table"])
async def test_garbage_is_an_unknown_name(house: House, login: str) -> None:
    with pytest.raises(Unauthenticated):
        await house.access.sign_in.sign_in(login, PASSWORD, address="a\x00b", agent="\ud800")


async def test_signing_out_ends_the_session_and_no_other(house: House) -> None:
    await house.user("ann", password=PASSWORD)
    one, two = [await house.access.sign_in.sign_in("ann@example.com", PASSWORD) for _ in range(2)]
    await house.access.sign_in.sign_out(one.key)
    assert await house.access.resolve(one.key) is None
    assert await house.access.resolve(two.key) is not None


async def test_a_token_has_less_than_its_person(house: House) -> None:
    ann = await house.user("ann", "manager")
    issued = await house.access.tokens.issue(ann, "robot", TokenScopes.parse(["post.letter:read"]))
    actor = await house.access.resolve(issued.key)
    assert actor is not None
    assert actor.token == issued.token
    assert dict(actor.rights.scopes) == {("post.letter", "read"): Scope.OWN}


async def test_a_token_dies_by_time_by_revocation_and_with_its_person(house: House) -> None:
    ann = await house.user("ann", "manager")
    everything = TokenScopes.parse(["*:*"])
    short = await house.access.tokens.issue(
        ann, "short", everything, expires_at=house.clock.now() + timedelta(hours=1)
    )
    revoked, lasting = [await house.access.tokens.issue(ann, name, everything) for name in ("a", "b")]
    assert all([await house.access.resolve(one.key) for one in (short, revoked, lasting)])
    house.clock.advance(timedelta(hours=1))
    await house.access.tokens.revoke(revoked.token)
    alive = [await house.access.resolve(one.key) is not None for one in (short, revoked, lasting)]
    assert alive == [False, False, True]


@pytest.mark.parametrize("key", ["", "x", "cfs_", "cft_nothing", "cfs_" + "é" * 50, "cft_" + "x" * 100_000])
async def test_garbage_opens_nothing(house: House, key: str) -> None:
    assert await house.access.resolve(key) is None


async def test_the_last_use_is_written_at_most_once_a_minute(house: House) -> None:
    ann = await house.user("ann", "manager")
    issued = await house.access.tokens.issue(ann, "robot", TokenScopes.parse(["*:*"]))
    noted = []
    for _ in range(4):
        await house.access.resolve(issued.key)
        await house.access.admission.flush()
        rows = await house.database.run(ApiToken.select(ApiToken.last_used_at))
        noted.append(rows[0]["last_used_at"])
        house.clock.advance(timedelta(seconds=30))
    start = noted[0]
    assert noted == [start, start, start + timedelta(minutes=1), start + timedelta(minutes=1)]


async def test_who_is_known_is_let_in_without_a_question_to_the_database(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await house.user("ann", "manager")
    session = await house.access.sign_in.open_session(ann)
    await house.access.resolve(session.key)
    monkeypatch.setattr("cardfile.access.freshness.OFTEN", 1_000.0)
    asked: list[object] = []
    monkeypatch.setattr(type(house.database), "run", lambda _self, query: asked.append(query))
    assert await house.access.resolve(session.key) is not None
    assert asked == []


class Undone(Exception):
    """What ends a change halfway."""


async def undo_a_change(house: House) -> None:
    async with house.database.transaction():
        await house.access.changed()
        raise Undone


async def test_a_change_that_was_undone_is_waited_for_no_longer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardfile.access.freshness.OFTEN", 1_000.0)
    fresh = house.access.freshness
    number = await fresh.number()
    with pytest.raises(Undone):
        await undo_a_change(house)
    assert (await fresh.number(), fresh.is_fresh) == (number, True)
    async with house.database.transaction():
        with pytest.raises(Undone):
            await undo_a_change(house)  # only a savepoint was undone: the rest may still change something
        assert not fresh.is_fresh
    assert (await fresh.number(), fresh.is_fresh) == (number, True)


async def test_a_change_is_asked_for_until_it_has_ended_and_known_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardfile.access.freshness.OFTEN", 1_000.0)
    fresh = house.access.freshness
    number = await fresh.number()
    async with house.database.transaction():
        await house.access.changed()
        assert not fresh.is_fresh
    assert not fresh.is_fresh
    assert await fresh.number() == number + 1
    assert fresh.is_fresh


async def test_the_last_use_of_sessions_is_written_on_whatever_went_wrong_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardfile.access.access.STEP", 0.001)
    whole, tried, written = house.access.admission.flush, [], asyncio.Event()

    async def flush() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise ConnectionResetError("the driver lost its connection")
        await whole()
        written.set()

    monkeypatch.setattr(house.access.admission, "flush", flush)
    async with asyncio.timeout(60), house.access.running():
        await written.wait()


def test_checking_nobody_takes_the_hasher_s_own_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    from cardfile.access import passwords  # noqa: PLC0415  As it is without the fixture.

    assert not Argon2Hasher().check_needs_rehash(passwords._NOBODY)
    assert isinstance(passwords.Passwords(), Passwords)
