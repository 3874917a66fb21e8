"""Who is there twice."""

import pytest
from clients_desk import Desk

from cardfile.app import App
from cardfile.clients import Certainty, DuplicateClient
from cardfile.rights import Actor

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(app: App) -> Desk:
    return Desk(app)


async def duplicates(
    desk: Desk, client: int, *, by: Actor | None = None
) -> list[tuple[int, Certainty, list[str]]]:
    found = await desk.do("client.find_duplicates", by=by, client=client)
    return [(int(one.id.removeprefix("client_")), one.certainty, one.reasons) for one in found.duplicates]


async def test_the_same_phone_written_otherwise_is_a_certain_duplicate(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", phones=["8 (916) 123-45-67"])
    again = await desk.client("Аня", phones=["+7 916 1234567"])
    assert await duplicates(desk, anna) == [(again, Certainty.CERTAIN, ["phone"])]
    assert await duplicates(desk, again) == [(anna, Certainty.CERTAIN, ["phone"])]


async def test_the_same_mail_in_other_letters_is_a_certain_duplicate(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", emails=["Anna@Example.com"])
    again = await desk.client("Анна", emails=["anna@example.com"])
    assert await duplicates(desk, anna) == [(again, Certainty.CERTAIN, ["email"])]


async def test_the_same_tax_number_is_a_certain_duplicate(desk: Desk) -> None:
    one = await desk.client("ООО «Ромашка»", tax_number="0276016375")
    other = await desk.client("Ромашка, ООО", tax_number="276016375")
    assert await duplicates(desk, one) == [(other, Certainty.CERTAIN, ["tax_number"])]


async def test_a_namesake_with_the_same_birthday_is_a_likely_duplicate(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", birthday="1990-05-17")
    again = await desk.client("ИВАНОВА АННА", birthday="17.05.1990", company="Лютик")
    await desk.client("Иванова Анна", birthday="1991-05-17")
    await desk.client("Иванова Анна Петровна", birthday="1990-05-17")
    assert await duplicates(desk, anna) == [(again, Certainty.LIKELY, ["birthday"])]


async def test_certain_duplicates_come_before_likely_ones(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", company="Лютик", phones=["8-916-123-45-67"])
    likely = await desk.client("Иванова Анна", company="лютик")
    certain = await desk.client("Аня", phones=["8-916-123-45-67"])
    assert [one[0] for one in await duplicates(desk, anna)] == [certain, likely]


async def test_archived_clients_are_no_duplicates(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", phones=["8-916-123-45-67"])
    again = await desk.client("Аня", phones=["8-916-123-45-67"])
    await desk.do("client.archive", record=again)
    assert await duplicates(desk, anna) == []


async def test_a_client_of_somebody_else_is_not_told_as_a_duplicate(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    mine = await desk.client(
        "Иванова Анна", by=boris, phones=["8-916-123-45-67"], birthday="1990-05-17", tax_number="0276016375"
    )
    await desk.client(
        "Иванова Анна", by=clara, phones=["8-916-123-45-67"], birthday="1990-05-17", tax_number="0276016375"
    )
    assert await duplicates(desk, mine, by=boris) == []


async def test_a_duplicate_of_somebody_else_does_not_stop_a_new_client(desk: Desk) -> None:
    boris, clara = await desk.colleague("Boris", "manager"), await desk.colleague("Clara", "manager")
    await desk.client("Иванова Анна", by=clara, phones=["8-916-123-45-67"])
    values = {"name": "Анна", "phones": ["8-916-123-45-67"]}
    made = await desk.do("client.create", by=boris, values=values, if_duplicate="refuse")
    assert made.owner == boris.user


async def test_whoever_sees_no_contacts_learns_nothing_from_them(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", phones=["8-916-123-45-67"])
    await desk.client("Аня", phones=["8-916-123-45-67"])
    analyst = await desk.colleague("Alan", "analyst")
    assert await duplicates(desk, anna, by=analyst) == []


async def test_a_new_client_with_a_known_contact_is_refused_when_asked_for(desk: Desk) -> None:
    await desk.client("Иванова Анна", phones=["8-916-123-45-67"])
    values = {"name": "Аня", "phones": ["+7 916 123 45 67"]}
    with pytest.raises(DuplicateClient, match="Иванова Анна"):
        await desk.do("client.create", values=values, if_duplicate="refuse")
    assert len(await desk.rows("client")) == 1


async def test_families_may_share_a_phone(desk: Desk) -> None:
    await desk.client("Иванова Анна", phones=["8-916-123-45-67"])
    await desk.client("Иванов Пётр", phones=["8-916-123-45-67"])
    assert len(await desk.rows("client")) == 2


async def test_of_very_many_duplicates_the_first_are_told_and_that_there_are_more(desk: Desk) -> None:
    rows = [{"name": "Иванова Анна", "birthday": "1990-05-17"} for _ in range(102)]
    ids = [await desk.client(**row) for row in rows[:2]]
    few = await desk.do("client.find_duplicates", client=ids[0])
    assert (len(few.duplicates), few.has_more) == (1, False)
    for row in rows[2:]:
        await desk.client(**row)
    many = await desk.do("client.find_duplicates", client=ids[0])
    assert (len(many.duplicates), many.has_more) == (100, True)


async def test_a_namesake_among_very_many_is_found(desk: Desk) -> None:
    anna = await desk.client("Иванова Анна", birthday="1990-05-17")
    for _ in range(101):
        await desk.client("Иванова Анна")
    again = await desk.client("Иванова Анна", birthday="1990-05-17")
    assert await duplicates(desk, anna) == [(again, Certainty.LIKELY, ["birthday"])]
