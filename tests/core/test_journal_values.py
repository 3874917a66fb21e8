"""Values are checked by the model: kinds, rights, references, and all that is wrong at once."""

from datetime import date
from decimal import Decimal

import pytest
from journal_house import Client, Club, Visit, manager, open_club

from cardfile.database import Database
from cardfile.errors import InvalidInput, InvalidInputs, NotAllowed, NotFound, Refused
from cardfile.journal import Call, Values, check_rows
from cardfile.rights import Actor, Scope

pytestmark = pytest.mark.anyio


@pytest.fixture
async def club(database: Database) -> Club:
    return await open_club(database)


async def create(house: Club, actor: Actor | None = None, /, **values: object) -> Client:
    made = await house.do("client.create", actor, values=values)
    assert isinstance(made, Client)
    return made


async def test_what_people_type_is_kept_in_its_own_columns(club: Club) -> None:
    await create(
        club,
        name="  Фёдор   Ёлкин ",
        birthday="07.03.1985",
        phones=["8 (916) 123-45-67", {"value": "+7 495 123-45-67", "label": "office", "isPrimary": True}],
        club={"goal": "Strength", "balance": "1 200,50 руб", "interests": "yoga, boxing"},
    )
    (row,) = await club.rows("select name, sort_name, search_text, standing, owner from client")
    assert row == ("Фёдор Ёлкин", "федор елкин", "федор елкин 79161234567 74951234567", "lead", None)
    (card,) = await club.rows(
        "select goal, interests, balance, balance_currency, visit_count from card_club_client"
    )
    assert card[0] == "strength"
    assert str(card[1]).replace(" ", "") == '["yoga","boxing"]'
    assert card[2:] == (120050, "RUB", 0)
    points = await club.rows("select value, raw, label, is_primary, kind from contact_point order by id")
    assert [(*row[:3], bool(row[3]), row[4]) for row in points] == [
        ("+79161234567", "8 (916) 123-45-67", None, False, "phone"),
        ("+74951234567", "+7 495 123-45-67", "office", True, "phone"),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"name": "A", "referredBy": "client_1", "club": {"lastVisit": "2026-01-01"}},
        {"name": "A", "referred_by": "client_1", "club.last_visit": "2026-01-01"},
    ],
    ids=["camel", "snake"],
)
async def test_names_are_taken_in_either_spelling(club: Club, values: dict[str, object]) -> None:
    await create(club, name="First")
    with pytest.raises(NotAllowed, match="Last visit is read-only"):
        await create(club, **values)
    rest = {key: value for key, value in values.items() if not key.startswith("club")}
    assert (await create(club, **rest)).referred_by == 1


async def test_everything_wrong_is_told_at_once_with_its_path(club: Club) -> None:
    with pytest.raises(InvalidInputs) as caught:
        await create(
            club,
            birthday="yesterday or so",
            standing="active",
            colour="red",
            phones=["8 916 123-45-67", "12"],
            club={"goal": "beauty", "size": 3},
        )
    assert [(type(error), error.path) for error in caught.value.errors] == [
        (InvalidInput, ("values", "birthday")),
        (NotAllowed, ("values", "standing")),
        (InvalidInput, ("values", "colour")),
        (InvalidInput, ("values", "phones", 1)),
        (InvalidInput, ("values", "club", "goal")),
        (InvalidInput, ("values", "club", "size")),
        (InvalidInput, ("values", "name")),
    ]
    assert "there are: birthday, club, code, name, owner, phones, referred_by" in str(caught.value.errors[2])
    assert await club.rows("select id from client") == []


async def test_a_required_field_cannot_be_emptied(club: Club) -> None:
    ann = await create(club, name="Ann")
    with pytest.raises(InvalidInput, match="Name must be filled in") as caught:
        await club.do("client.update", record=ann.id, values={"name": "  "})
    assert caught.value.path == ("values", "name")


async def test_a_hidden_field_answers_like_an_unknown_one(club: Club) -> None:
    actor = manager(1, hidden=frozenset({("client", "club.goal"), ("client", "phones")}))

    async def told(values: dict[str, object]) -> str:
        with pytest.raises(InvalidInput) as caught:
            await create(club, actor, name="Ann", **values)
        return str(caught.value)

    assert await told({"phones": ["89161234567"]}) == (await told({"fhones": []})).replace("fhones", "phones")
    assert await told({"club": {"goal": "health"}}) == (await told({"club": {"gaol": 1}})).replace(
        "gaol", "goal"
    )


async def test_a_locked_field_may_be_seen_and_not_changed(club: Club) -> None:
    actor = manager(1, locked=frozenset({("client", "birthday")}))
    with pytest.raises(NotAllowed, match="You may not change Birthday"):
        await create(club, actor, name="Ann", birthday="2000-01-01")


async def test_a_reference_must_exist_be_visible_and_be_of_its_type(club: Club) -> None:
    stranger = await create(club, manager(2), name="Stranger")
    hidden, missing, other = [
        await _refusal(club, referred_by=value) for value in (stranger.id, 77, "user_1")
    ]
    assert hidden.path == missing.path == other.path == ("values", "referred_by")
    assert str(hidden).replace(f"client_{stranger.id}", "client_77") == str(missing)
    assert isinstance(other, NotFound)


async def _refusal(club: Club, **values: object) -> Refused:
    with pytest.raises(NotFound) as caught:
        await create(club, manager(1), name="Ann", **values)
    return caught.value


async def test_a_hidden_reference_is_not_found_even_where_it_stands(club: Club) -> None:
    # Were it taken where it changes nothing, one could find out by trying what a record points to.
    stranger = await create(club, manager(2), name="Stranger")
    ann = await create(club, name="Ann", owner=1, referred_by=stranger.id)
    with pytest.raises(NotFound):
        await club.do("client.update", manager(1), record=ann.id, values={"referred_by": stranger.id})
    await club.do("client.update", manager(1), record=ann.id, values={"name": "Anna"})
    assert (await club.rows(f"select name, referred_by from client where id = {ann.id}")) == [
        ("Anna", stranger.id)
    ]


async def test_a_new_record_belongs_to_whoever_makes_it(club: Club) -> None:
    assert (await create(club, manager(2), name="Ann")).owner == 2


@pytest.mark.parametrize(("reach", "allowed"), [(Scope.OWN, False), (Scope.TEAM, True), (Scope.ALL, True)])
async def test_an_owner_must_be_within_reach(club: Club, reach: Scope, allowed: bool) -> None:  # noqa: FBT001
    actor = manager(1, reach=reach, own=(1,), team=(1, 2))
    if allowed:
        assert (await create(club, actor, name="Ann", owner=2)).owner == 2
        return
    with pytest.raises(NotAllowed) as caught:
        await create(club, actor, name="Ann", owner=2)
    assert caught.value.path == ("values", "owner")
    ann = await create(club, actor, name="Ann")
    with pytest.raises(NotAllowed):
        await club.do("client.update", actor, record=ann.id, values={"owner": 2})


async def test_what_hangs_on_a_record_is_made_within_reach_of_that(club: Club) -> None:
    mine, other = await create(club, name="Mine", owner=1), await create(club, name="Other", owner=2)
    values = {"client": mine.id, "entered_at": "2026-11-21T08:00:00Z"}
    await club.do("club.visit.create", manager(1), values=values)
    seeing = manager(1)
    scopes = {**seeing.rights.scopes, ("client", "read"): Scope.ALL}
    seeing = manager(1, scopes=scopes)
    with pytest.raises(NotAllowed) as caught:
        await club.do("club.visit.create", seeing, values={**values, "client": other.id})
    assert caught.value.path == ("values", "client")


async def test_a_taken_unique_value_is_a_refusal_with_a_path(club: Club) -> None:
    await create(club, name="Ann", code="A1")
    with pytest.raises(InvalidInput, match="taken already") as caught:
        await create(club, name="Bob", code="A1")
    assert caught.value.path == ("code",)


async def test_many_rows_are_checked_together_and_refused_one_by_one(club: Club) -> None:
    async with club.work(manager(1)) as work:
        call = Call(work, club.commands["client.create"])
        rows: list[dict[str, object]] = [
            {"name": "Ann", "birthday": "1.2.1990"},
            {"name": "Bob", "birthday": "?"},
            {"owner": 2, "name": "C"},
        ]
        good, bad, foreign = await check_rows(call, rows, creating=True)
    assert good == {"name": "Ann", "birthday": date(1990, 2, 1), "owner": 1}
    assert isinstance(good, Values)
    assert isinstance(bad, InvalidInput)
    assert isinstance(foreign, NotAllowed)


async def test_commands_may_write_what_people_may_not(club: Club) -> None:
    async with club.work() as work:
        call = Call(work, club.commands["client.create"])
        ann = await call.create(Client, {"name": "Ann", "standing": "active", "club": {"goal": "health"}})
        visit = await call.create(
            Visit, {"client": ann.id, "entered_at": work.now, "weight": 655, "details": {"door": 2}}
        )
        await call.write(visit, weight=Decimal("70.5"))
        await call.finish()
    assert await club.rows("select standing from client") == [("active",)]
    assert await club.rows("select weight from club_visit") == [(705,)]
    details = (await club.rows("select details from club_visit"))[0][0]
    assert str(details).replace(" ", "") == '{"door":2}'


async def test_a_command_that_gives_an_unknown_field_is_told_so(club: Club) -> None:
    async with club.work() as work:
        call = Call(work, club.commands["client.create"])
        with pytest.raises(InvalidInput, match="Client has no field colour; there are"):
            await call.create(Client, {"name": "Ann", "colour": "red"})
